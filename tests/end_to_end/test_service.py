"""The main job with things nobody here wrote: a workbook in, a real Kannel, SMS in, receipt out, totals."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest

from tests import kannel
from tests.programme import AGNES, ODETTE, Programme, database_rows, free_port, small_roster


def outbox(folder: Path) -> dict[int, str]:
    """The state of every text."""
    return {number: state for number, state in database_rows(folder, "select id, state from outbox")}


@pytest.mark.kannel
async def test_a_training_by_sms_through_a_real_kannel(tmp_path: Path) -> None:
    kannel.require()
    programme = Programme(tmp_path, {})
    gateway = kannel.Kannel(tmp_path, programme.url)
    programme = Programme(tmp_path, {"kannel": gateway.settings})
    gateway = kannel.Kannel(tmp_path, programme.url)
    for name, value in gateway.settings.items():
        programme.environment[f"KURIKIRANA_CHANNELS__KANNEL__{name.upper()}"] = value
    programme.bring(small_roster())
    async with programme, gateway:
        await gateway.fakesmsc.says(ODETTE, "8585", "12 11 3 12 7 5 3")
        (receipt,) = await gateway.fakesmsc.hears(1)
        assert receipt.to == ODETTE
        assert receipt.text == (
            "OIM No 1 OK. 12/11 processing, 19 people: 12 women 7 men. New: 5 women 3 men. "
            "ABAHUZA 10 of 25. Wrong? FIX. Next: 12/11 3 12 7 5 3"
        )
        for _ in range(600):
            if set(outbox(tmp_path).values()) == {"delivered"}:
                break
            await asyncio.sleep(0.05)
        assert set(outbox(tmp_path).values()) == {"delivered"}
        await gateway.fakesmsc.says(
            AGNES, "8585", "inyigisho 12 munyonyo guhingura abakenyezi 12 abagabo 7 bashasha 8"
        )
        assert "bashasha 8" in (await gateway.fakesmsc.hears(2))[1].text
        totals = programme.json("totals")
        assert (totals["attendances"], totals["new_women"], totals["unique_lower"]) == (38, 5, 38)
        assert [a["attendances"] for a in totals["associations"]] == [19, 19]
        reports = programme.json("reports")
        assert reports[0]["values"]["women"] == 12
        assert reports[0]["values"]["youth"] is None
    for secret in (ODETTE, "79123456", gateway.password, "guhingura"):
        assert secret not in programme.log


async def test_a_command_that_writes_goes_through_the_running_service(tmp_path: Path) -> None:
    provider = {
        "sendsms_url": f"http://127.0.0.1:{free_port()}/",
        "username": "u",
        "password": "p",
        "secret": "s3cret",
    }
    programme = Programme(tmp_path, {"kannel": provider})
    async with programme:
        programme.bring(small_roster())
        again = programme.command("roster", "check", "roster.xlsx")
        assert "error" not in again
        async with aiohttp.ClientSession() as http:
            query = {"from": ODETTE, "to": "8585", "text": "12 11 3 12 7 5 3", "id": "a", "time": "1795000000"}
            incoming = f"{programme.url}/channels/kannel/s3cret/incoming"
            for _ in range(3):  # redelivered: one report
                async with http.get(incoming, params=query) as answer:
                    assert answer.status == 200
                    assert await answer.read() == b""
            async with http.get(incoming.replace("s3cret", "wrong"), params=query) as answer:
                assert answer.status == 403
        for _ in range(300):
            if programme.json("reports"):
                break
            await asyncio.sleep(0.1)
        assert [r["state"] for r in programme.json("reports")] == ["reported"]
        assert len(programme.json("messages")) == 1
        assert [one["text"] for one in programme.json("report", "1")["messages"]] == ["12 11 3 12 7 5 3"]
        programme.command("run", code=1)  # a second service is refused
    assert not (tmp_path / "kurikirana.db.sock").exists()
    assert programme.json("totals")["attendances"] == 19
