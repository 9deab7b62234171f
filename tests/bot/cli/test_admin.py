"""kurikirana admin, beside the running service: addresses to enrol, no password anywhere, everybody signed out."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path

import aiohttp
import pyotp

from tests.programme import Gateway, Programme, command, small_roster

GOOD = "quatre collines vertes lentement"


async def _enrol(http: aiohttp.ClientSession, address: str) -> str:
    """With the authenticator's secret that the page shows."""
    async with http.get(address) as answer:
        page = await answer.text()
    token = re.search(r'name="csrf" value="(\w+)"', page)[1]  # type: ignore[index]
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")  # type: ignore[index]
    form = {"csrf": token, "login": "olivier", "password": GOOD, "again": GOOD, "code": pyotp.TOTP(secret).now()}
    async with http.post(address, data=form, allow_redirects=False) as answer:
        assert answer.status == 303, await answer.text()
    return secret


async def test_from_an_empty_database_to_the_first_page(tmp_path: Path) -> None:
    """Nobody is there, no roster: one command, one address, one sign-in."""
    async with Gateway() as gateway:
        programme = Programme(tmp_path, {"kannel": gateway.settings})
        jar = aiohttp.CookieJar(unsafe=True)
        async with programme, aiohttp.ClientSession(cookie_jar=jar) as http:
            made = await asyncio.to_thread(programme.json, "admin", "create", "Olivier Nduwimana")
            secret = await _enrol(http, made["address"])
            async with http.get(f"{programme.url}/sign-in") as answer:
                token = re.search(r'name="csrf" value="(\w+)"', await answer.text())[1]  # type: ignore[index]
            wrong = {"csrf": token, "login": "olivier", "password": "admin", "code": pyotp.TOTP(secret).now()}
            async with http.post(f"{programme.url}/sign-in", data=wrong, allow_redirects=False) as answer:
                assert answer.status == 401
            code = pyotp.TOTP(secret).at(int(time.time()) + 30)  # the one of now was taken to enrol
            right = {"csrf": token, "login": "olivier", "password": GOOD, "code": code}
            async with http.post(f"{programme.url}/sign-in", data=right) as answer:
                page = await answer.text()
                assert (answer.status, str(answer.url)) == (200, f"{programme.url}/people")
            assert 'action="/sign-out"' in page
            async with http.get(made["address"]) as answer:
                assert answer.status == 422, "used once"


async def test_the_first_administrator(tmp_path: Path) -> None:
    async with Gateway() as gateway:
        programme = Programme(tmp_path, {"kannel": gateway.settings})
        await asyncio.to_thread(programme.bring, small_roster())
        jar = aiohttp.CookieJar(unsafe=True)
        async with programme, aiohttp.ClientSession(cookie_jar=jar) as http:
            made = await asyncio.to_thread(programme.json, "admin", "create", "Olivier Nduwimana")
            assert made["address"].startswith(f"{programme.url}/sign-in/enrol/")
            await _enrol(http, made["address"])
            await asyncio.to_thread(_then, programme)
            log = programme.log
    assert made["address"].rpartition("/")[2] not in log
    assert GOOD.encode() not in b"".join(
        file.read_bytes() for file in tmp_path.glob("kurikirana.db*") if file.is_file()
    )


def _then(programme: Programme) -> None:
    listed = {row["name"]: row for row in programme.json("admin", "list")}
    assert (listed["Olivier Nduwimana"]["role"], listed["Olivier Nduwimana"]["account"]) == ("admin", "yes")
    assert listed["Eric"]["account"] == "no"
    assert programme.json("admin", "audit")["broken"] is None
    found = programme.json("admin", "incident", "--since", "2026-01-01T00:00", "--dry-run")
    assert found["ended"] == {} and "account invited" in {one["what"] for one in found["readings"]}
    programme.command("admin", "incident", "--since", "yesterday", code=1)
    programme.command("admin", "audit", "--known", "0" * 63 + "1", code=1)
    programme.command("admin", "create", "Olivier Nduwimana", code=1)
    programme.command("admin", "create", "Eric", code=1)
    programme.command("admin", "reset", "Nobody", code=1)
    for name, way in (("Second N.", "kurikirana admin create 'Second N.'"), ("Eric", "/console in the chat")):
        if name != "Eric":
            programme.command("admin", "create", name)
        said = command(("admin", "reset", name), programme.environment, programme.folder).stderr
        assert f"{name} has no account yet." in said and way in " ".join(said.split())
    assert "/sign-in/enrol/" in programme.command("admin", "reset", "Olivier Nduwimana")
    programme.command("admin", "revoke", "Olivier Nduwimana")
    assert {row["account"] for row in programme.json("admin", "list")} == {"no", "revoked"}
