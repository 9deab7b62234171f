"""The service with Africa's Talking's USSD: a leader dials, reports, is cut off, dials again."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import aiohttp

from tests.end_to_end.test_africastalking import SECRET, AfricasTalking, until
from tests.programme import ODETTE, Programme, database_rows, small_roster


class Handset:
    """A phone that dials: the request that Africa's Talking makes for each step."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http, self._url, self._session, self.text = http, f"{url}/channels/africastalking/{SECRET}/ussd", 0, ""

    async def dial(self, behind: str = "") -> str:
        """Dial the code, with digits behind it perhaps; the screen."""
        self._session, self.text = self._session + 1, behind
        return await self.again()

    async def type(self, text: str) -> str:
        """Type something and press "send"; the screen."""
        self.text = f"{self.text}*{text}" if self.text else text
        return await self.again()

    async def again(self) -> str:
        """The same request once more."""
        form = {"sessionId": f"ATUid_{self._session}", "serviceCode": "*384*57#", "phoneNumber": ODETTE}
        async with self._http.post(self._url, data=form | {"text": self.text, "networkCode": "99999"}) as answer:
            assert answer.status == 200
            screen = await answer.text()
            assert screen[:4] in ("CON ", "END ") and len(screen) <= 182
            return screen


async def test_a_report_over_ussd_cut_off_and_gone_on_with(tmp_path: Path) -> None:
    async with AfricasTalking() as provider:
        programme = Programme(tmp_path, {"africastalking": provider.settings})
        programme.bring(small_roster())
        async with programme, aiohttp.ClientSession() as http:
            phone = Handset(http, programme.url)
            menu = await phone.dial()
            assert menu.startswith("CON OIM") and "1 training" in menu
            day = await phone.type("1")
            assert day.startswith("CON") and await phone.again() == day
            topic = await phone.type("12/11")
            again = await phone.dial()
            assert again == topic, "cut off: the open question in its own words"
            people = await phone.type("3")
            assert people.startswith("CON") and people != topic
            new = await phone.type("12 7")
            assert new.startswith("CON")
            receipt = await phone.type("5 3")
            assert "No 1 OK" in receipt
            line = await phone.dial("13*11*3*2*2*1*1")
            assert "No 2 OK" in line

            rows = partial(database_rows, tmp_path)
            await until(lambda: rows("select distinct state, parts from outbox") == [("sent", 0)])
            assert rows("select distinct kind, count(*) from inbox") == [("ussd", 8)]
            reports = await asyncio.to_thread(programme.json, "reports")
            assert len(reports) == 2
        assert not provider.sent, "no SMS"
    for canary in (ODETTE, "79123456", SECRET, "ATUid"):
        assert canary not in programme.log


async def test_a_restart_in_the_middle_of_a_session(tmp_path: Path) -> None:
    async with AfricasTalking() as provider, aiohttp.ClientSession() as http:
        programme = Programme(tmp_path, {"africastalking": provider.settings})
        programme.bring(small_roster())
        phone = Handset(http, programme.url)
        async with programme:
            await phone.dial()
            day = await phone.type("1")
        async with programme:
            assert await phone.again() == day, "the same request, the same screen"
            topic = await phone.type("12/11")
            assert topic.startswith("CON") and topic != day
        assert not provider.sent


async def test_before_the_programme_is_live_nobody_is_told_anything(tmp_path: Path) -> None:
    async with AfricasTalking() as provider, aiohttp.ClientSession() as http:
        programme = Programme(tmp_path, {"africastalking": provider.settings}, KURIKIRANA_LIVE="false")
        programme.bring(small_roster())
        async with programme:
            async with asyncio.timeout(6):  # an answer that never comes would take 8
                screen = await Handset(http, programme.url).dial()
            assert screen == "END OIM: Thank you, it is kept. To go on, dial again."
        assert not provider.sent
