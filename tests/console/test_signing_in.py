"""Signing in: password and authenticator, links and PINs, sessions that end; what is wrong is refused alike."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest
from sqlalchemy import select, update

from bot.app import App
from bot.console import passwords
from bot.console.limits import PASSWORD_TRIES, TRIES
from bot.console.page import each
from bot.store import accounts
from bot.store import tables as t
from bot.store.tokens import digest
from tests.console.conftest import IN_THE_FIELD
from tests.console.site import Browser, console, person, rows, signed_in, write

GOOD = "quatre collines vertes lentement"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with console(tmp_path) as running:
        yield running


async def _enrolled(app: App, role: str = "admin") -> int:
    who, kept = await person(app, role), await passwords.hashed(GOOD)

    async def work(tx: Any) -> None:
        await accounts.enrol(tx, who, f"test.{role}", app.clock.now(), password=kept, totp=SECRET)

    await app.database.writer.do(each, work)
    return who


def _code(app: App, later_s: int = 0) -> str:
    return pyotp.TOTP(SECRET).at(app.clock.now() + timedelta(seconds=later_s))


async def _seconds(app: App, **given: str) -> float:
    began = time.perf_counter()
    assert (await _sign_in(Browser(app), **given)).status_code == 401
    return time.perf_counter() - began


def test_in_the_field_a_guess_is_dear() -> None:
    """The other tests pay less, see conftest.py."""
    assert IN_THE_FIELD.memory_cost >= 64 * 1024 and IN_THE_FIELD.time_cost >= 3
    assert passwords._HASHER is not IN_THE_FIELD


@pytest.mark.fault("E5")
@pytest.mark.parametrize("tells", [False, True], ids=["as it is", "planted: nobody's password is not looked at"])
async def test_a_wrong_name_takes_as_long_as_a_wrong_password(
    app: App, monkeypatch: pytest.MonkeyPatch, tells: bool
) -> None:
    """E5: who may sign in cannot be told by the time that a refusal takes."""
    monkeypatch.setattr(passwords, "_HASHER", IN_THE_FIELD)
    passwords._nobodys.cache_clear()
    await _enrolled(app)
    if tells:
        monkeypatch.setattr(passwords, "_nobodys", lambda: "no hash")
    await _seconds(app, login="nobody.here")
    names, words = [], []
    for tries in range(1, 31):  # by turns, and the fastest: processor and wall are shared here
        names.append(await _seconds(app, login="nobody.here"))
        words.append(await _seconds(app, password="another password here"))
        alike = 0.6 < min(names) / min(words) < 1.7
        if tries >= 5 and alike is not tells:
            return
    raise AssertionError(f"{min(names):.3f} s and {min(words):.3f} s")


async def _sign_in(browser: Browser, **given: str) -> httpx.Response:
    await browser.get("/sign-in")
    there = {"login": "test.admin", "password": GOOD, "code": _code(browser.app)} | given
    return await browser.post("/sign-in", **there)


async def test_name_password_and_code_sign_in(app: App) -> None:
    who, browser = await _enrolled(app), Browser(app)
    answer = await _sign_in(browser, next="/access")
    assert (answer.status_code, answer.headers["location"]) == (303, "/access")
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("sid="))
    assert {"HttpOnly", "Path=/", "SameSite=strict", "Max-Age=43200"} <= set(cookie.split("; "))
    await browser.get("/people")
    page, listed = (await browser.get("/access")).text, (await browser.get("/access.json")).json()
    assert "people: 120" in page and "searched" not in page, "what is so, in the words of the page"
    assert "people: 120; searched: False" in [row["about"] for row in listed], "for programs as the audit has it"
    (session,) = await rows(app, select(t.sessions))
    token = browser.http.cookies["sid"]
    assert (session.person_id, session.digest) == (who, digest(token))
    assert token not in str((await rows(app, select(t.sessions)))[0])


@pytest.mark.parametrize(
    "given",
    [
        {"login": "test.adminn"},
        {"password": GOOD + "."},
        {"code": "000000"},
        {"code": ""},
        {"login": "", "password": ""},
    ],
)
async def test_whatever_is_wrong_the_answer_is_the_same(app: App, given: dict[str, str]) -> None:
    await _enrolled(app)
    browser = Browser(app)
    answer = await _sign_in(browser, **given)
    assert answer.status_code == 401
    assert "Name, password or code are not right" in answer.text
    assert await rows(app, select(t.sessions)) == []
    assert [row.what for row in await rows(app, select(t.audit.c.what))][-1] == "sign-in tried"


async def test_a_code_is_taken_once(app: App) -> None:
    await _enrolled(app)
    assert (await _sign_in(Browser(app))).status_code == 303
    assert (await _sign_in(Browser(app))).status_code == 401
    assert (await _sign_in(Browser(app), code=_code(app, 30))).status_code == 303


@pytest.mark.fault("E5")
async def test_after_five_wrong_tries_the_account_rests(app: App) -> None:
    await _enrolled(app)
    for _ in range(PASSWORD_TRIES):
        assert (await _sign_in(Browser(app), password="wrong")).status_code == 401
    assert (await _sign_in(Browser(app))).status_code == 401
    app.clock.advance(timedelta(minutes=16))
    assert (await _sign_in(Browser(app))).status_code == 303


async def test_a_network_may_not_try_for_ever(app: App) -> None:
    browser = Browser(app)
    for _ in range(TRIES):
        app.console.brake.holds("127.0.0.1", app.clock.now())
    await _enrolled(app)
    answer = await _sign_in(browser)
    assert answer.status_code == 422
    assert "Too many tries" in answer.text
    app.clock.advance(timedelta(minutes=61))
    assert (await _sign_in(browser)).status_code == 303


@pytest.mark.fault("E8")
async def test_a_session_ends_when_idle_at_twelve_hours_and_when_revoked(app: App) -> None:
    browser = await signed_in(app, "auditor")
    assert (await browser.get("/access")).status_code == 200
    for _ in range(25):  # used again and again, until the twelve hours are over
        app.clock.advance(timedelta(minutes=29))
        last = await browser.get("/access")
    assert last.status_code == 303
    idle = await signed_in(app, "auditor")
    app.clock.advance(timedelta(minutes=31))
    assert (await idle.get("/access")).status_code == 303
    for change in ({"left_at": app.clock.now()}, {"role": "mentor"}):
        used = await signed_in(app, "auditor")
        await write(app, update(t.people).where(t.people.c.name == "Test auditor").values(**change))
        assert (await used.get("/access")).status_code in (303, 404)
        await write(
            app, update(t.people).where(t.people.c.name == "Test auditor").values(left_at=None, role="auditor")
        )


async def test_signing_out_and_ending_another_browser(app: App) -> None:
    here, there = await signed_in(app, "admin"), await signed_in(app, "admin")
    number = max(row.id for row in await rows(app, select(t.sessions)))
    page = await here.get("/account")
    assert page.text.count('action="/account/end"') == 1
    await here.post("/account/end", session=str(number))
    assert (await there.get("/account")).status_code == 303
    old = here.http.cookies["sid"]
    await here.post("/sign-out")
    here.http.cookies.set("sid", old)
    assert (await here.get("/account")).status_code == 303


async def test_nobody_can_end_the_session_of_somebody_else(app: App) -> None:
    mine, other = await signed_in(app, "officer"), await signed_in(app, "admin")
    number = max(row.id for row in await rows(app, select(t.sessions)))
    await mine.get("/account")
    assert (await mine.post("/account/end", session=str(number))).status_code == 404
    assert (await other.get("/account")).status_code == 200


# --- enrolment ---


async def _invited(app: App, role: str = "staff") -> str:
    admin = await signed_in(app, "admin")
    await admin.get("/account")
    page = await admin.post("/accounts/invite", person=str(await person(app, role)))
    return re.search(r"<code class=\"long\">http://[^/]+(/sign-in/enrol/[\w-]+)</code>", page.text)[1]  # type: ignore[index]


async def test_an_address_to_enrol_is_used_once(app: App) -> None:
    path, browser = await _invited(app), Browser(app)
    for _ in range(5):
        page = await browser.get(path)
        assert page.status_code == 200
    assert "<svg" in page.text and 'src="http' not in page.text
    assert re.search(r'<svg[^>]* viewBox="0 0 (\d+) \1"', page.text), "without it the picture is cut off"
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page.text)[1].replace(" ", "")  # type: ignore[index]
    code = pyotp.TOTP(secret).at(app.clock.now())
    weak = await browser.post(path, login="bosco", password="test staff test", again="test staff test", code=code)
    assert weak.status_code == 422
    other = await browser.post(path, login="bosco", password=GOOD, again=GOOD + "x", code=code)
    assert "not the same" in other.text
    done = await browser.post(path, login="bosco", password=GOOD, again=GOOD, code=code)
    assert done.headers["location"] == "/sign-in"
    assert "ready" in (await browser.get("/sign-in")).text
    assert (await browser.get(path)).status_code == 422
    answer = await _sign_in(
        browser, login="bosco", code=pyotp.TOTP(secret).at(app.clock.now() + timedelta(seconds=30))
    )
    assert answer.status_code == 303
    (kept,) = await rows(app, select(t.accounts).where(t.accounts.c.login == "bosco"))
    assert kept.password.startswith("$argon2id$")


async def test_an_area_is_read_as_the_roster_reads_it_and_what_is_none_is_refused(app: App) -> None:
    admin, who = await signed_in(app, "admin"), await person(app, "staff")
    await admin.get("/account")
    for typed, kept in (("giharo; 7 / Mpinga kayove", "Giharo, 07, Mpinga-Kayove"), ("", None)):
        await admin.post("/accounts/role", person=str(who), role="officer", area=typed)
        assert (await rows(app, select(t.people.c.area).where(t.people.c.id == who)))[0][0] == kept
    refused = await admin.post("/accounts/role", person=str(who), role="officer", area="Giharo, Gisozi")
    assert refused.status_code == 422
    assert "Gisozi is neither a commune nor the number of an association" in refused.text


async def test_an_address_to_enrol_is_for_a_day(app: App) -> None:
    path = await _invited(app)
    app.clock.advance(timedelta(hours=25))
    assert (await Browser(app).get(path)).status_code == 422


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "aaaaaaaaaaaaaaaa",
        "kurikirana kurikirana",
        "motdepasse123",
        "test.staff 2026",
        "azertyuiop12",
        "x" * 201,
    ],
)
def test_a_weak_password_is_refused(password: str) -> None:
    assert passwords.weakness(password, "test.staff", "Rutana")


@pytest.mark.parametrize("password", [GOOD, "correct horse battery", "ibiti-bine-vyiza-cane", "7 vaches & 3 chèvres"])
def test_a_good_password_needs_no_signs_or_digits(password: str) -> None:
    assert passwords.weakness(password, "bosco", "Rutana") == ""


@pytest.mark.parametrize("pin", ["123456", "987654", "111111", "121212", "12345", "abcdef", "١٢٣٤٥٦", "1234567"])
def test_a_pin_that_is_easy_to_guess_is_refused(pin: str) -> None:
    assert passwords.weak_pin(pin)
