"""The leader's journey in Telegram, from the QR code to the receipt (conversations 1.5 and 1.6)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.end_to_end.chats import Chats, chats_fixture, programme  # noqa: F401
from tests.programme import ODETTE

KEYBOARD = [["📋 Training", "🏪 Business"], ["❓ Mentor", "💡 Lesson"], ["📊 Totals", "☎️ Call me"]]


async def test_the_whole_report_on_one_card(chats: Chats) -> None:
    odette = await chats.odette()
    assert odette.sees[-1].text == "Welcome, Odette. Tap 📋 after each training."
    assert odette.sees[-1].keyboard == KEYBOARD
    odette.taps("📋 Training")
    await chats.settled()
    card = odette.sees[-1]
    print(card.text, card.labels)
    before = len(odette.sees)
    for button in ("Saturday 21/11", "processing", "Next", "12", "5", "5", "3"):
        await chats.presses(odette, button, card)
        print(card.text, card.labels)
    await chats.presses(odette, "Send", card)
    print(card.text, card.labels)
    assert len(odette.sees) == before
    assert len(chats.botapi.answered) == len(set(chats.botapi.answered)) == len(chats.botapi.callbacks)
    report = await chats.report()
    assert report["source"] == "chat"


async def test_a_token_works_once(chats: Chats) -> None:
    token = await chats.token()
    odette, thief = chats.botapi.user(4711, "Odette"), chats.botapi.user(666, "Thief")
    before = len(await chats.rows("people_addresses"))
    odette.starts(token)
    await chats.settled()
    assert odette.sees[-1].labels == ["Ikirundi", "Français", "Kiswahili", "English"]
    await chats.presses(odette, "English")
    assert odette.sees[-1].keyboard == KEYBOARD
    thief.starts(token)
    await chats.settled()
    assert thief.sees[-1].keyboard and "QR" in thief.sees[-1].text
    assert [row["used_at"] is not None for row in await chats.rows("tokens")] == [True]
    assert len(await chats.rows("people_addresses")) == before + 1


async def test_consent_in_a_chat(botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with programme(botapi, tmp_path, monkeypatch, consent="none") as chats:
        odette = await chats.odette()
        assert "about twice a week" in odette.sees[-1].text
        more = await chats.presses(odette, "More")
        assert "donors see only counts" in more.text and "✅ I agree" in more.labels
        called = await chats.presses(odette, "Call me")
        assert "Eric" in called.text
        refused = await chats.presses(odette, "❌ No")
        assert "/start" in refused.text
        assert await chats.says(odette, "12 11 3 12 7 5 3") is refused, "she said no: nothing more is sent"
        assert [row["given"] for row in await chats.rows("consents")][-1] == "no"
        back = await chats.says(odette, "/start")
        assert back.keyboard == KEYBOARD


async def test_agreeing_gives_the_keyboard_and_takes_what_was_sent_before(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with programme(botapi, tmp_path, monkeypatch, consent="none") as chats:
        odette = await chats.odette()
        await chats.says(odette, "12 11 3 12 7 5 3")
        await chats.presses(odette, "I agree")
        welcome, card = odette.sees[-2:]
        assert welcome.text.startswith("Welcome, Odette") and welcome.keyboard == KEYBOARD
        assert "✅ Send" in card.labels
        assert (await chats.rows("consents"))[-1]["how"] == "chat"


async def test_only_her_own_contact_enrols(chats: Chats) -> None:
    odette = chats.botapi.user(4711, "Odette")
    odette.starts()
    await chats.settled()
    share = await chats.presses(odette, "English")
    assert share.keyboard == [["📱 Share my number"], ["No number"]]
    odette.shares_contact(ODETTE, own=False)
    await chats.settled()
    assert "another person's number" in odette.sees[-1].text
    odette.shares_contact("25779123456")
    await chats.settled()
    assert odette.sees[-1].text == "Are you Odette, ABAHUZA, Kivoga?"
    await chats.presses(odette, "Yes")
    await chats.presses(odette, "English")
    assert odette.sees[-1].keyboard == KEYBOARD


async def test_an_unknown_number_is_found_by_a_person(chats: Chats) -> None:
    stranger = chats.botapi.user(99, "Somebody")
    stranger.starts()
    await chats.presses(stranger, "English")
    stranger.shares_contact("+25779999999")
    await chats.settled()
    assert "Send the name of your association" in stranger.sees[-1].text and stranger.sees[-1].removes_keyboard
    other = chats.botapi.user(98, "Other")
    other.starts()
    await chats.presses(other, "English")
    assert (await chats.says(other, "No number")).text.startswith("Thank you. A person will find")
    assert [task["kind"] for task in await chats.rows("tasks")] == ["check_number", "check_number"]


async def test_a_new_number_in_a_chat_is_never_taken_over_by_itself(chats: Chats) -> None:
    """She says who she is; her old road is asked, an officer calls; until then nothing is linked."""
    odette = await chats.odette()
    new = chats.botapi.user(99, "Somebody")
    before = len(await chats.rows("people_addresses"))
    new.starts()
    await chats.presses(new, "English")
    new.shares_contact("+25779990034")
    await chats.settled()
    said = await chats.says(new, "ABAHUZA ODETTE")
    assert said.text.startswith("Thank you. Eric will call to check, then your number and this chat")
    assert len(await chats.rows("people_addresses")) == before
    await chats.botapi.until(lambda: "ends in 34" in odette.sees[-1].text, 10)  # no SMS here, so her chat is asked
    assert "Stopped, the number does not change" in (await chats.presses(odette, "No")).text
    assert "a person will read" in (await chats.says(new, "is it done?")).text
    kinds = [(task["kind"], task["person_id"] is not None) for task in await chats.rows("tasks")]
    assert kinds == [("check_number", False), ("check_number", True), ("check_number", True), ("read", False)]


async def test_not_her(chats: Chats) -> None:
    stranger = chats.botapi.user(99, "Somebody")
    before = len(await chats.rows("people_addresses"))
    stranger.starts()
    await chats.presses(stranger, "English")
    stranger.shares_contact(ODETTE)
    await chats.presses(stranger, "No")
    assert [task["kind"] for task in await chats.rows("tasks")] == ["check_number"]
    assert len(await chats.rows("people_addresses")) == before


async def test_typed_as_by_sms_it_is_the_same_report(chats: Chats) -> None:
    odette = await chats.odette()
    card = await chats.says(odette, "12 11 3 12 7 5 3")
    await chats.presses(odette, "Send")
    report = await chats.report()
    assert report["source"] == "chat" and report["state"] == "reported"
    values = {key: value for key, value in report["values"].items() if value is not None}
    assert values == {
        "held_on": "2026-11-12",
        "topics": ["processing"],
        **{"women": 12, "men": 7, "new_women": 5, "new_men": 3, "new_people": 8},
    }
    assert card.text.startswith("✅ No 1.") and len(odette.sees) == 3


async def test_answers_may_be_typed(chats: Chats) -> None:
    odette = await chats.odette()
    odette.taps("📋 Training")
    card = await chats.presses(odette, "Other date")
    assert card.text == "Write day and month, example 12/11."
    for text in ("12/11", "3", "13", "7", "5", "3"):
        await chats.says(odette, text)
    assert "women: 13" in card.text and "✅ Send" in card.labels
    unclear = await chats.says(odette, "ok")
    assert unclear.text.startswith("✅ No 1.") and len(odette.sees) == 3
    values = (await chats.report())["values"]
    assert [values[name] for name in ("women", "men", "new_women", "new_men")] == [13, 7, 5, 3]


async def test_what_is_not_clear_is_said_below(chats: Chats) -> None:
    odette = await chats.odette()
    odette.taps("📋 Training")
    await chats.settled()
    said = await chats.says(odette, "umbwa")
    assert "umbwa" in said.text
    await chats.presses(odette, "Today")
    assert "Which topics" in odette.sees[-2].text


async def test_change_later_cancel_and_bring_back(chats: Chats) -> None:
    odette = await chats.odette()
    card = await chats.says(odette, "12 11 3 12 7 5 3")
    await chats.presses(odette, "Change")
    await chats.presses(odette, "women")
    assert "How many women?" in card.text
    await chats.presses(odette, "15")
    assert "women: 15" in card.text and "✅ Send" in card.labels
    await chats.presses(odette, "Cancel")
    assert card.text.startswith("Thrown away: ") and card.labels == ["↩️ Bring back"]
    await chats.presses(odette, "Bring back")
    assert "women: 15" in card.text and "✅ Send" in card.labels
    await chats.presses(odette, "Later")
    assert card.text == "OK, the report is kept. To go on tap 📋." and not card.labels
    odette.taps("📋 Training")
    await chats.settled()
    assert odette.sees[-1] is not card and "women: 15" in odette.sees[-1].text
    await chats.presses(odette, "Send")
    assert (await chats.report())["values"]["women"] == 15
    assert len(chats.botapi.answered) == len(set(chats.botapi.answered)) == len(chats.botapi.callbacks)


async def test_fewer_people_ask_for_the_new_ones_again(chats: Chats) -> None:
    odette = await chats.odette()
    card = await chats.says(odette, "12 11 3 12 7 5 3")
    await chats.presses(odette, "Change")
    await chats.presses(odette, "women")
    await chats.presses(odette, "3")
    assert "Of the women (3), how many are NEW?" in card.text
    await chats.presses(odette, "2")
    assert "new women: 2" in card.text and "✅ Send" in card.labels


async def test_interrupted_a_card_goes_on_working(chats: Chats) -> None:
    odette = await chats.odette()
    odette.taps("📋 Training")
    card = await chats.presses(odette, "Today")
    odette.taps("📊 Totals")
    await chats.settled()
    odette.taps("❓ Mentor")
    await chats.settled()
    await chats.says(odette, "How do I dry rice?")
    await chats.presses(odette, "processing", card)
    assert "☑ processing" in card.labels and "date: 23/11" in card.text
    odette.taps("📋 Training")
    await chats.settled()
    assert odette.sees[-1] is not card and "date: 23/11" in odette.sees[-1].text


async def test_an_old_card_after_a_restart(botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with programme(botapi, tmp_path, monkeypatch) as chats:
        odette = await chats.odette()
        card = await chats.says(odette, "12 11 3 12 7 5 3")
        send = {text: data for row in card.buttons for text, data in row}["✅ Send"]
    async with programme(botapi, tmp_path, monkeypatch) as chats:
        await chats.presses(odette, "Send", card)
        assert card.text.startswith("✅ No 1.")
        await chats.says(odette, "/help")
        botapi.press(odette, card, send)
        await chats.settled()
        assert odette.sees[-1].text == "Sent as No 1." and odette.sees[-1].labels == ["↩️ Correct"]
        await chats.report()


async def test_two_taps_are_one(chats: Chats) -> None:
    odette = await chats.odette()
    card = await chats.says(odette, "12 11 3 12 7 5 3")
    odette.presses(card, "Send")
    odette.presses(card, "Send")
    await chats.settled()
    await chats.report()
    assert len(odette.sees) == 3 and len(chats.botapi.answered) == len(chats.botapi.callbacks) == 3
