"""/broadcast: one card from the audience to the report, and who may write to whom."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.base import Arrival, Delivery
from bot.clock import StoppedClock
from bot.programme.broadcasts import counted
from bot.programme.roster import Leader, Roster, Staff
from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.botapi_updates import Shown, User
from tests.end_to_end import chats as running
from tests.end_to_end.chats import Chats, programme
from tests.play_service import NOW
from tests.programme import AGNES, AGREED, Gateway, small_roster

PATIENCE = 30.0
"""Seconds."""


def _many() -> Roster:
    """The small roster, and 21 more women with phones of their own who read French."""
    small = small_roster()
    more = tuple(
        Leader("11", f"Ange{n} Niyonzima", f"Ange{n}", "F", f"+257791300{n:02}", "fr", **AGREED) for n in range(21)
    )
    return Roster(small.associations, (*small.leaders, *more), small.businesses, small.staff)


@asynccontextmanager
async def _programme(
    botapi: Emulator, folder: Path, patch: pytest.MonkeyPatch, *staff: Staff, many: bool = False
) -> AsyncIterator[tuple[Chats, Gateway, StoppedClock]]:
    """The service at 14:30 with Telegram and an SMS gateway."""
    clock = StoppedClock(NOW - timedelta(hours=3))
    if many:
        patch.setattr(running, "small_roster", _many)
    async with Gateway() as gateway:
        channels = {"kannel": gateway.settings}
        async with programme(botapi, folder, patch, clock=clock, staff=staff, channels=channels) as chats:
            yield chats, gateway, clock


async def _becomes(chats: Chats, state: str) -> None:
    """The last broadcast comes to this state."""
    async with asyncio.timeout(PATIENCE):
        while (await chats.rows("broadcasts"))[-1]["state"] != state:
            await asyncio.sleep(0.05)


async def _composed(chats: Chats, eric: User, audience: str) -> Shown:
    """A card with an English and a French text, readers of Kirundi left out, at the plan."""
    card = await _counted(chats, await chats.says(eric, "/broadcast"))
    await chats.presses(eric, audience, card)
    await chats.says(eric, "OIM: {name} ({association}), come on 12/12")
    await chats.presses(eric, "English", card)
    await _counted(chats, card)
    while "Send them English" in card.labels:
        if "Kirundi" in card.text:
            await chats.presses(eric, "Leave them out", card)
        else:
            await chats.presses(eric, "Write it in French", card)
            await chats.says(eric, "OIM: {name} ({association}), venez le 12/12")
        await _counted(chats, card)
    assert "SMS" in card.text and "12/12" in card.text
    await chats.presses(eric, "Continue", card)
    return card


async def _counted(chats: Chats, card: Shown) -> Shown:
    """The service has counted what the card waits for."""
    await chats.botapi.until(lambda: card.text != "Counting...", PATIENCE)
    await chats.settled()
    return card


async def _listed(chats: Chats, eric: User, card: Shown) -> None:
    """Continue: the service makes the list and wakes the card."""
    await chats.presses(eric, "Continue", await _counted(chats, card))
    await chats.botapi.until(lambda: card.text.startswith(("Type ", "Send to ")), PATIENCE)
    await chats.settled()


async def test_from_the_audience_to_undo_and_stop_with_everybody_counted_beside_the_turns(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counted, "FEW", 3)
    async with _programme(botapi, tmp_path, monkeypatch, many=True) as (chats, gateway, clock):
        eric = await chats.eric()
        card = await _composed(chats, eric, "All 24")
        assert "23 people = 23 phones + 0 chats" in card.text or "24 people" in card.text
        assert "left out: 1 reads a language that is left out" in card.text and "price not set" in card.text
        await chats.presses(eric, "Tomorrow 07:30", card)
        await _counted(chats, card)
        assert "From 24/11 07:30" in card.text
        await chats.presses(eric, "Now", card)
        await _listed(chats, eric, card)
        assert card.text == "Type 23 to send to 23 phones and chats."
        await chats.says(eric, "24")
        assert card.text.startswith("You typed 24. Nothing was sent.")
        assert [row["state"] for row in await chats.rows("broadcasts")] == ["draft"]
        await chats.says(eric, "23")
        assert card.text.startswith("📢 Broadcast 1 to 23 phones and chats begins at 14:3")
        await chats.presses(eric, "Undo", card)
        await botapi.until(lambda: card.text.startswith("Broadcast 1 was called off. Nothing was sent."), PATIENCE)
        assert gateway.sent == []
        kept = {row["about"].split()[0]: row["found"] for row in await chats.rows("countings")}
        assert set(kept) == {"audiences", "plan", "ends"} and all(kept.values()), "counted by the service"
        second = await _composed(chats, eric, "With a business")
        await _listed(chats, eric, second)
        await chats.presses(eric, "Send to 2", second)
        clock.advance(timedelta(seconds=61))
        await botapi.until(lambda: len(gateway.sent) == 2, PATIENCE)
        await _becomes(chats, "done")
        await chats.presses(eric, "Refresh", second)
        assert second.text.startswith("✅ Broadcast 2: 2/2 sent, 0 arrived\n2 left our phone, no receipt yet")
        assert [text for _, text in sorted(gateway.sent)] == [
            "OIM: Odette (ABAHUZA), come on 12/12",
            "OIM: Jean (ABAHUZA), venez le 12/12",
        ]
        assert eric.sees[-1] is second, "one card, edited"


async def test_a_text_is_checked_and_tried_and_an_area_limits_it(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aline = Staff("Aline", "officer", area="07")
    async with _programme(botapi, tmp_path, monkeypatch, aline, Staff("Bosco", "mentor")) as (chats, gateway, clock):
        hers, bosco = await chats.one_of_the_team("Aline", 33), await chats.one_of_the_team("Bosco", 35)
        assert (await chats.says(bosco, "/broadcast")).text == (await chats.says(bosco, "/nonsense")).text
        card = await chats.says(hers, "/broadcast")
        assert {"All 2", "Women 1", "Late 2", "With a business 2"} <= set(card.labels)
        await chats.presses(hers, "One association", card)
        assert card.labels == ["07 ABAHUZA", "Back", "🗑 Cancel"]
        assert (await chats.says(hers, "11")).text == "I find no association 11 among yours."
        await chats.says(hers, "7")
        assert card.text.startswith("📢 To 07 ABAHUZA.")
        await chats.presses(hers, "Back", card)
        await chats.presses(hers, "One association", card)
        await chats.presses(hers, "07 ABAHUZA", card)
        await chats.says(hers, "Come, {nom}")
        assert card.text.startswith("{nom} is not known.")
        await chats.says(hers, "OIM: {name}, come")
        await chats.presses(hers, "English", card)
        await chats.presses(hers, "Send them English", card)
        seen = [card.text]
        for _ in range(2):
            await chats.presses(hers, "Next person", card)
            assert card.text != seen[-1] and "SMS" in card.text
            seen.append(card.text)
        assert (await chats.presses(hers, "Send test to me", card)).text == "OIM: Aline, come"
        await chats.presses(hers, "Continue", card)
        await _listed(chats, hers, card)
        assert "Send to 2" in card.labels
        await chats.presses(hers, "Cancel", card)
        assert card.text == "Cancelled. Nothing was sent." and not card.labels
        assert [row["state"] for row in await chats.rows("broadcasts")] == ["stopped"]
        assert gateway.sent == []


async def test_a_text_that_is_too_long_is_shortened_and_the_other_language_stays(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with _programme(botapi, tmp_path, monkeypatch) as (chats, _gateway, _clock):
        eric = await chats.eric()
        card = await chats.says(eric, "/broadcast")
        await chats.presses(eric, "With a business", card)
        long = "OIM: {name}, come on 12/12. " + "Bring what you have made. " * 6
        await chats.says(eric, long)
        await chats.presses(eric, "English", card)
        while "Send them English" in card.labels:
            await chats.presses(eric, "Write it in", card)
            await chats.says(eric, "OIM: {name}, venez le 12/12")
        assert " = 2 SMS" in card.text and "Shorten" in card.labels and "Write it anew" not in card.labels
        characters = len(f"OIM: Odette, come on 12/12. {long.partition('12/12. ')[2]}".rstrip())
        await chats.presses(eric, "Shorten", card)
        assert f"For Odette the text in English has {characters} characters = 2 SMS" in card.text
        assert "OIM: {name}, come on 12/12." in card.text
        await chats.says(eric, "OIM: {name}, come on 12/12")
        assert "= 1 SMS" in card.text and {"Write it anew", "Continue"} <= set(card.labels)
        await chats.presses(eric, "Write it anew", card)
        assert "says now:" in card.text and "shorter" not in card.text
        await chats.says(eric, "OIM: {name}, come at 12")
        await chats.presses(eric, "Continue", card)
        await _listed(chats, eric, card)
        texts = (await chats.rows("broadcasts"))[-1]["texts"]
        assert texts["en"] == "OIM: {name}, come at 12" and "OIM: {name}, venez le 12/12" in texts.values()


async def test_going_back_giving_up_and_what_else_is_typed(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing that she decided is final before the number, and CANCEL is no text for everybody."""
    async with _programme(botapi, tmp_path, monkeypatch) as (chats, gateway, clock):
        eric = await chats.eric()
        for word in ("/cancel", "annuler", "Cancel"):
            card = await chats.says(eric, "/broadcast")
            await chats.presses(eric, "All 3", card)
            await chats.says(eric, word)
            assert card.text == "Cancelled. Nothing was sent."
        assert (await chats.presses(eric, "Back", await _at_the_text(chats, eric))).text == "📢 To whom?"
        card = await _at_the_text(chats, eric)
        await chats.says(eric, "/association 07")
        await chats.presses(eric, "Note")
        assert (await chats.says(eric, "cancel")).text == "It is taken back."
        await chats.says(eric, "Venez le 12/12. 1 oui 2 non")
        await chats.says(eric, "Venez samedi. 1 oui 2 non")
        assert card.text.startswith("Venez samedi. 1 oui 2 non"), "another question came between, and another text"
        await chats.says(eric, "Français")
        assert "reads English" in card.text
        await chats.presses(eric, "Leave them out", card)
        await chats.presses(eric, "Send them French", card)
        await chats.presses(eric, "Back", card)
        assert "reads English" in card.text, "what was left out by mistake is asked once more"
        await chats.presses(eric, "Back", card)
        assert "In which language" in card.text
        await chats.presses(eric, "French", card)
        while "Send them French" in card.labels:
            await chats.presses(eric, "Send them French", card)
        await chats.presses(eric, "Continue", card)
        await _listed(chats, eric, card)
        await chats.presses(eric, "Back", card)
        assert "Now" in card.labels
        await _listed(chats, eric, card)
        assert card.text.startswith("Send to 3")
        assert [(row["state"], row["asks"]) for row in await chats.rows("broadcasts")] == [
            ("stopped", True),
            ("draft", True),
        ]
        assert await chats.rows("visits") == [] and gateway.sent == []


async def _at_the_text(chats: Chats, eric: User) -> Shown:
    card = await chats.says(eric, "/broadcast")
    return await chats.presses(eric, "All 3", card)


@pytest.mark.parametrize("counts", [True, False])
async def test_a_text_that_says_1_yes_2_no_counts_them_unless_she_says_otherwise(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counts: bool
) -> None:
    """A leader's 1 began a training report."""
    async with _programme(botapi, tmp_path, monkeypatch) as (chats, gateway, clock):
        eric = await chats.eric()
        card = await chats.says(eric, "/broadcast")
        await chats.presses(eric, "One association", card)
        await chats.presses(eric, "11 TWIYUNGE", card)
        await chats.says(eric, "OIM: {name}, muzoza? 1 ego 2 oya")
        await chats.presses(eric, "Kirundi", card)
        await chats.presses(eric, "Continue", card)
        if not counts:
            await chats.presses(eric, "☑ Count 1 yes, 2 no", card)
            assert "☐ Count 1 yes, 2 no" in card.labels
        await _listed(chats, eric, card)
        await chats.presses(eric, "Send to 1", card)
        clock.advance(timedelta(seconds=61))
        await _becomes(chats, "done")
        await botapi.until(lambda: len(gateway.sent) == 1, PATIENCE)
        sms = Arrival("kannel", "answer", "tel", AGNES, text="1", sent_at=clock.now())
        await chats.app.inbox.arrivals([sms])
        await botapi.until(lambda: len(gateway.sent) == 2, PATIENCE)
        await chats.presses(eric, "Refresh", card)
        assert ("Answers: 1 yes" in card.text) is counts
        (text, *_) = await chats.rows("outbox", kind="broadcast")
        await chats.app.inbox.deliveries([Delivery("kannel", "delivered", "1", text["id"])])
        await chats.presses(eric, "Refresh", card)
        assert "1/1 sent, 1 arrived" in card.text, "Refresh may be pressed again and again"
        assert ("Inyigisho 1/4" in gateway.sent[-1][1]) is not counts


async def test_what_is_hours_late_goes_on_from_its_card(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The card named a command of the machine, to whoever sits on a motorbike."""
    async with _programme(botapi, tmp_path, monkeypatch) as (chats, gateway, clock):
        eric = await chats.eric()
        card = await _composed(chats, eric, "With a business")
        await chats.presses(eric, "Tomorrow 07:30", card)
        await _listed(chats, eric, card)
        await chats.presses(eric, "Send to 2", card)
        clock.advance(timedelta(hours=24))
        await _becomes(chats, "asks")
        assert "the service: broadcast 1 waits" in (await chats.says(eric, "/inbox")).text
        await chats.presses(eric, "Refresh", card)
        assert "Is the rest still to be sent?" in card.text and "Stop the rest" in card.labels
        await chats.presses(eric, "Send to 2", card)
        await botapi.until(lambda: "begins at 14:32" in card.text and "Undo" in card.labels, PATIENCE)
        assert not [text for _, text in gateway.sent if "12/12" in text]
        clock.advance(timedelta(seconds=61))
        await _becomes(chats, "done")
        await botapi.until(lambda: len([text for _, text in gateway.sent if "12/12" in text]) == 2, PATIENCE)
