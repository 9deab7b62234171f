"""The card of a broadcast under way: stopped in the middle, whom it did not reach, once more, its report for 48 h."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.channels.base import Delivery
from bot.clock import StoppedClock
from bot.control import run_all
from bot.operations import Asked
from bot.programme.broadcasts import acts
from bot.programme.broadcasts.plan import means_of
from bot.programme.broadcasts.wording import Wording
from bot.programme.roster import Leader, Roster
from bot.store import broadcasts
from tests.bot.test_attachments import read
from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.botapi_updates import Shown, User
from tests.end_to_end import chats as running
from tests.end_to_end.chats import Chats, programme
from tests.play_service import NOW
from tests.programme import AGREED, STAFF, Gateway, small_roster

PATIENCE = 30.0
STOPPED_WITHIN_S = 5.0


class Slow(Gateway):
    """A gateway that needs so many seconds for each text, and refuses those to some numbers."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__()
        self.seconds, self.refused = seconds, frozenset[str]()
        self.began: list[float] = []

    async def _sendsms(self, request: web.Request) -> web.Response:
        self.began.append(time.monotonic())
        await asyncio.sleep(self.seconds)
        if request.query["to"] in self.refused:
            return web.Response(status=400, text="rejected")
        return await super()._sendsms(request)


def _women(how_many: int) -> Callable[[], Roster]:
    def made() -> Roster:
        small = small_roster()
        more = (
            Leader("11", f"Ange{n} Niyonzima", f"Ange{n}", "F", f"+25779130{n:03}", "en", **AGREED)
            for n in range(how_many)
        )
        return replace(small, leaders=(*small.leaders, *more))

    return made


@asynccontextmanager
async def _programme(
    botapi: Emulator, folder: Path, patch: pytest.MonkeyPatch, gateway: Gateway, people: int
) -> AsyncIterator[tuple[Chats, User, StoppedClock]]:
    """The service at 14:30, with so many women more who read English, and Eric in his chat."""
    clock = StoppedClock(NOW - timedelta(hours=3))
    patch.setattr(running, "small_roster", _women(people))
    async with gateway, programme(botapi, folder, patch, clock=clock, channels={"kannel": gateway.settings}) as chats:
        yield chats, await chats.eric(), clock


async def _approved(chats: Chats, eric: User, audience: str, number: int) -> Shown:
    """A card with one text for everybody, approved for so many."""
    card = await chats.says(eric, "/broadcast")
    await chats.presses(eric, audience, card)
    await chats.says(eric, "OIM: {name}, come on 12/12")
    await chats.presses(eric, "English", card)
    while "Send them English" in card.labels:
        await chats.presses(eric, "Send them English", card)
    await chats.presses(eric, "Continue", card)
    await chats.presses(eric, "Continue", card)
    await chats.botapi.until(lambda: card.text.startswith(("Type ", "Send to ")), PATIENCE)
    await chats.settled()
    if number > 20:
        await chats.says(eric, str(number))
    else:
        await chats.presses(eric, f"Send to {number}", card)
    return card


async def _begins(chats: Chats, clock: StoppedClock) -> None:
    """The minute for undoing is over; seconds later the card says so."""
    clock.advance(timedelta(seconds=61))
    await _is(chats, "sending")
    clock.advance(timedelta(seconds=3))


async def _is(chats: Chats, state: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while (await chats.rows("broadcasts"))[-1]["state"] != state:
            await asyncio.sleep(0.05)


async def test_stopped_in_the_middle_nothing_more_begins_to_leave_within_seconds(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = Slow(seconds=2.0)
    async with _programme(botapi, tmp_path, monkeypatch, gateway, 197) as (chats, eric, clock):
        card = await _approved(chats, eric, "All 200", 200)
        await _begins(chats, clock)
        await botapi.until(lambda: len(gateway.began) >= 40, PATIENCE)  # the second round of 32 has begun
        await botapi.until(lambda: "Stop the rest" in card.labels, PATIENCE)
        pressed = time.monotonic()
        eric.presses(card, "Stop the rest")
        await botapi.until(lambda: "was stopped" in card.text, PATIENCE)
        said = time.monotonic() - pressed
        await asyncio.sleep(2 * gateway.seconds)  # whatever was under way has ended, and others could have begun
        last = max(gateway.began) - pressed
        print(f"the last send began {last:.2f} s after the press, the card said so after {said:.2f} s")
        assert last < STOPPED_WITHIN_S and said < STOPPED_WITHIN_S
        assert 40 <= len(gateway.began) < 200
        await chats.presses(eric, "Refresh", card)
        left = len(gateway.began)
        assert f"Broadcast 1 was stopped: {left}/200 sent" in card.text
        assert f"{200 - left} not sent: stopped" in card.text
        assert len(gateway.sent) == len(set(gateway.sent)) == left, "nobody got it twice"


async def _told(chats: Chats, number: int, state: str, word: str) -> None:
    """The provider reports what became of a text."""
    told: Any = Delivery("kannel", state, word, outbox_id=number)  # type: ignore[arg-type]
    await chats.app.inbox.deliveries([told])


async def _texts(chats: Chats) -> dict[str, int]:
    """First name -> outbox row of her text."""
    names = {row["id"]: row["sms_name"] for row in await chats.rows("people")}
    return {names[row["person_id"]]: row["id"] for row in await chats.rows("outbox", kind="broadcast")}


async def _once_more(chats: Chats, eric: User, card: Shown, gateway: Gateway) -> None:
    """Who was not reached, and what may arrive now leaves again."""
    await chats.presses(eric, "Who?", card)
    assert card.text.splitlines() == [
        "Broadcast 1, not arrived:",
        "Jean, ABAHUZA: phone off for too long: retry, or call",
        "Ange0, TWIYUNGE: wrong number: correct it",
    ]
    await chats.presses(eric, "Back", card)
    assert "Retry 1" in card.labels, "a wrong number stays wrong"
    await chats.presses(eric, "Retry 1", card)
    await _is(chats, "done")
    assert [to for to, _ in gateway.sent].count("+25779123457") == 2
    await chats.presses(eric, "Refresh", card)
    assert "Retry 1" not in card.labels and card.text.startswith("✅ Broadcast 1: 4/5 sent, 1 arrived")
    audit = [row["what"] for row in await chats.rows("audit") if row["what"].startswith("broadcast")]
    assert audit == ["broadcast approved", "broadcast recipients seen", "broadcast sent again"]


async def test_the_report_says_what_came_of_it_for_two_days(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = Slow()
    async with _programme(botapi, tmp_path, monkeypatch, gateway, 2) as (chats, eric, clock):
        gateway.refused = frozenset(["+25779130000"])
        card = await _approved(chats, eric, "All 5", 5)
        assert "Who?" not in card.labels
        clock.advance(timedelta(seconds=61))
        await _is(chats, "done")
        clock.advance(timedelta(seconds=60))
        await botapi.until(lambda: card.text.startswith("✅ Broadcast 1: 4/5 sent, 0 arrived"), PATIENCE)
        assert "4 left our phone, no receipt yet\n1 wrong number: correct it" in card.text
        assert "\nIt began 14:32, by Eric.\n" in card.text
        edits, texts = len(card.history), await _texts(chats)
        clock.advance(timedelta(minutes=1, seconds=1))
        await asyncio.sleep(2.5)
        assert len(card.history) == edits, "nothing is new, nothing is said"
        await _told(chats, texts["Odette"], "delivered", "1")
        await _told(chats, texts["Jean"], "failed", "absent subscriber")
        clock.advance(timedelta(minutes=1, seconds=1))
        await botapi.until(lambda: "1 arrived on the phone" in card.text, PATIENCE)
        assert "1 phone off or no signal for too long: retry, or call" in card.text
        await _once_more(chats, eric, card, gateway)
        await chats.presses(eric, "Excel", card)
        sent = eric.sees[-1].file
        assert sent and sent[0] == "broadcast-1.xlsx"
        head, first, *others = read(sent[1])
        assert head == ["Name", "Association", "State", "Answer"] and len(others) == 4
        assert first[:3] == ["Ange0", "TWIYUNGE", "wrong number"], "what went wrong comes first"
        assert ["Odette", "ABAHUZA", "arrived on the phone"] in [row[:3] for row in others]
        clock.advance(timedelta(hours=47))
        await asyncio.sleep(2.5)
        await _told(chats, texts["Agnes"], "delivered", "1")
        clock.advance(timedelta(hours=1))
        await botapi.until(lambda: "2 arrived on the phone" in card.text, PATIENCE)
        assert [row for row in await chats.rows("timers") if row["kind"] == "broadcast"] == [], "two days are over"


async def test_more_than_twenty_are_sent_again_by_their_typed_number_and_the_waiting_have_their_place(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = Slow(seconds=3.0)
    async with _programme(botapi, tmp_path, monkeypatch, gateway, 57) as (chats, eric, clock):
        card = await _approved(chats, eric, "All 60", 60)
        await _begins(chats, clock)
        await botapi.until(lambda: "Next is number" in card.text and "Who?" in card.labels, PATIENCE)
        assert "of 60; the last one leaves about 14:3" in card.text
        eric.presses(card, "Who?")
        await botapi.until(lambda: "waiting (number " in card.text, PATIENCE)
        await _is(chats, "done")
        for row in (await chats.rows("outbox", kind="broadcast"))[:22]:
            await _told(chats, row["id"], "failed", "no credit")
        await chats.presses(eric, "Back", card)
        await chats.presses(eric, "Retry 22", card)
        assert card.text == "Type 22 to send to 22 phones and chats."
        await chats.says(eric, "21")
        assert card.text.startswith("You typed 21. Nothing was sent.")
        await chats.says(eric, "22")
        await botapi.until(lambda: len(gateway.sent) == 82, PATIENCE)


async def test_a_test_goes_to_her_own_phone_too(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = Slow()
    async with _programme(botapi, tmp_path, monkeypatch, gateway, 0) as (chats, eric, _):
        card = await chats.says(eric, "/broadcast")
        await chats.presses(eric, "One association", card)
        await chats.presses(eric, "07 ABAHUZA", card)
        assert card.text.startswith("📢 To 07 ABAHUZA.\n")
        await chats.says(eric, "OIM: {name}, come \N{EN DASH} 12/12")
        await chats.presses(eric, "English", card)
        await chats.presses(eric, "Send them English", card)
        tried = await chats.presses(eric, "Send test to me", card)
        assert tried.text == "OIM: Eric, come \N{EN DASH} 12/12"
        assert gateway.sent == [(STAFF[0].phone, "OIM: Eric, come - 12/12")]
        assert await chats.rows("broadcasts") == []


async def test_one_and_two_are_buttons_in_a_chat_and_are_counted(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = StoppedClock(NOW - timedelta(hours=3))
    async with programme(botapi, tmp_path, monkeypatch, clock=clock) as chats:
        odette, now = await chats.odette(), clock.now()

        async def do(name: str, **details: Any) -> Any:
            return await chats.app.database.writer.do(run_all, Asked(f"broadcast {name}", details, now))

        text = Wording({"en": "{name}, will you come? 1 yes 2 no"}, asks=True)
        number = (await do("make", **acts.as_details(text), audience={"asked": "association:07"}, submitted="s"))[
            "id"
        ]
        setup = acts.setup_details(means_of(chats.app.settings, chats.app.channels, {}).setup)
        await do("freeze", id=number, after=None, setup=setup, asked="association:07", associations=None)
        times = {"starts_at": now.isoformat(), "ends_at": (now + timedelta(hours=1)).isoformat()}
        await do("approve", id=number, number=1, **times)
        await botapi.until(lambda: odette.sees[-1].text == "Odette, will you come? 1 yes 2 no", PATIENCE)
        asked = odette.sees[-1]
        assert asked.labels == ["1", "2"]
        await chats.presses(odette, "2", asked)
        assert "no" in odette.sees[-1].text
        await chats.presses(odette, "1", asked)
        (row,) = await chats.rows("recipients", state="queued")
        assert row["answer"] == "yes", "the last answer counts"
        await chats.says(odette, "how do we come there?")
        await chats.says(odette, "we come with our children")
        assert [task["kind"] for task in await chats.rows("tasks")] == ["question", "read"]
        async with chats.app.database.read() as tx:
            assert await broadcasts.questions(tx, number, now) == 2, "a mentor's counts too"
