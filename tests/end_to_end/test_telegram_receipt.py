"""What follows the receipt in a chat (conversations 1.5): the sheet's photo, details, a lesson, corrections."""

from __future__ import annotations

from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.botapi_updates import Shown, User
from tests.end_to_end.chats import Chats, chats_fixture  # noqa: F401

RECEIPT = ["📷 Photo of the sheet", "➕ Details", "↩️ Correct"]


async def reported(chats: Chats, odette: User, line: str = "12 11 3 12 7 5 3") -> Shown:
    """A training in one line, reviewed and sent; the card with its receipt."""
    card = await chats.says(odette, line)
    await chats.presses(odette, "Send", card)
    return card


async def test_a_photo_is_kept_for_the_report_whose_receipt_was_pressed(chats: Chats) -> None:
    odette = await chats.odette()
    first = await reported(chats, odette)
    await reported(chats, odette, "13 11 3 9 6 1 1")
    assert first.labels == RECEIPT
    asked = await chats.presses(odette, "Photo of the sheet", first)
    assert "the attendance sheet only, no faces" in asked.text and "OIM sees it?" in asked.text
    assert asked.labels == ["Skip"] and first.labels == RECEIPT, "the receipt stays"
    for page in (1, 2):
        odette.sends_photo()
        await chats.settled()
        got = odette.sees[-1]
        assert got.text == "📷 received for No 1. Eric checks it.", page
        assert got.labels == ["Another page", "Done"]
    await chats.presses(odette, "Another page", got)
    assert "no faces" in got.text
    odette.sends_photo()
    await chats.settled()
    done = await chats.presses(odette, "Done", odette.sees[-1])
    assert done.text == "Thank you, Odette." and not done.labels
    assert [row["report_number"] for row in await chats.rows("media")] == [1, 1, 1]
    assert [task["about"] for task in await chats.rows("tasks")] == ["photo for No 1"] * 3
    odette.sends_photo()
    await chats.settled()
    assert odette.sees[-1].text == "📷 received for No 2. Eric checks it.", "not asked for: the last report"


async def test_the_photo_may_be_skipped(chats: Chats) -> None:
    odette = await chats.odette()
    card = await reported(chats, odette)
    asked = await chats.presses(odette, "Photo", card)
    skipped = await chats.presses(odette, "Skip", asked)
    assert skipped is asked and skipped.text == "Thank you, Odette." and not await chats.rows("media")


async def test_a_photo_in_the_middle_of_a_report_does_not_end_it(chats: Chats) -> None:
    odette = await chats.odette()
    await reported(chats, odette)
    odette.taps("📋 Training")
    card = await chats.presses(odette, "Today")
    odette.sends_photo()
    await chats.settled()
    assert odette.sees[-1].text.startswith("📷 received for No 1") and not odette.sees[-1].labels
    await chats.presses(odette, "processing", card)
    assert "☑ processing" in card.labels


async def test_details_are_asked_one_by_one_and_not_known_is_not_zero(chats: Chats) -> None:
    odette = await chats.odette()
    card = await reported(chats, odette)
    asked = await chats.presses(odette, "Details", card)
    assert asked.text == "No 1: Youth 15-35" and {"0", "15", "I do not know", "Skip"} <= set(asked.labels)
    assert "20" not in asked.labels, "19 people came"
    await chats.presses(odette, "5", asked)
    assert asked.text == "No 1: Displaced"
    typed = await chats.says(odette, "0")
    assert typed is not asked and typed.text == "No 1: Returnees"
    await chats.presses(odette, "I do not know", typed)
    assert typed.text == "No 1: Host community"
    before = len(odette.sees)
    await chats.presses(odette, "10", typed)
    if "colline" in typed.text:
        await chats.presses(odette, "I do not know", typed)
    assert typed.text.startswith("✅ No 1. ABAHUZA") and typed.labels == RECEIPT, "the receipt again"
    assert odette.sees[-1].text == "No 1: youth 5, displaced 0, host 10." and len(odette.sees) == before + 1
    values = (await chats.report())["values"]
    assert [values[name] for name in ("youth", "displaced", "returnee", "host", "place")] == [5, 0, None, 10, None]
    assert [row["reason"] for row in await chats.rows("report_history")] == ["details added"] * 3
    old = await chats.presses(odette, "5", asked) if asked.labels else None
    assert old is None or "old message" in old.text


async def test_details_that_do_not_add_up_are_asked_about_once(chats: Chats) -> None:
    odette = await chats.odette()
    card = await reported(chats, odette)
    shown = await chats.presses(odette, "Details", card)
    for button in ("I do not know", "5", "5", "5"):
        await chats.presses(odette, button, shown)
    assert shown.text.startswith("People 19, but displaced 5, returnees 5 and host 5 are not 19.")
    report = await chats.report()
    assert (report["state"], report["doubt"]) == ("doubtful", "D2")
    settled = await chats.says(odette, "6 4 6 9")
    assert any(one.text.startswith("✅ No 1.") and one.labels == RECEIPT for one in odette.sees), settled.text
    report = await chats.report()
    assert (report["state"], report["doubt"], report["values"]["host"]) == ("reported", "", 9)


async def test_what_was_given_is_kept_when_the_rest_is_skipped(chats: Chats) -> None:
    odette = await chats.odette()
    card = await reported(chats, odette)
    shown = await chats.presses(odette, "Details", card)
    await chats.presses(odette, "8", shown)
    await chats.presses(odette, "Skip", shown)
    assert shown.text.startswith("✅ No 1.") and (await chats.report())["values"]["youth"] == 8
    again = await chats.presses(odette, "Details", shown)
    assert again.text == "No 1: Displaced", "only what is not known yet"


async def test_a_lesson_is_asked_of_one_report_in_three(chats: Chats) -> None:
    odette = await chats.odette()
    for day in (10, 11):
        await reported(chats, odette, f"{day} 11 3 9 6 1 1")
        assert "difficult" not in odette.sees[-1].text
    card = await reported(chats, odette)
    lesson = odette.sees[-1]
    assert lesson.text == "What was difficult, or worked well? Text or voice." and lesson.labels == ["Nothing"]
    await chats.presses(odette, "Nothing", lesson)
    assert lesson.text == "OK." and not lesson.labels and card.text.startswith("✅ No 3.") and card.labels == RECEIPT
    assert not await chats.rows("tasks")


async def test_a_lesson_may_be_told(chats: Chats) -> None:
    odette = await chats.odette()
    for day in (10, 11, 12):
        await reported(chats, odette, f"{day} 11 3 9 6 1 1")
    odette.sends_voice()
    await chats.settled()
    assert odette.sees[-1].text == "Received. A person will listen before tomorrow evening."
    assert [task["about"] for task in await chats.rows("tasks")] == ["voice note, No 3"]
    assert [row["report_number"] for row in await chats.rows("media")] == [3]


async def test_a_button_of_a_removed_report_says_so(chats: Chats) -> None:
    odette = await chats.odette()
    card = await reported(chats, odette)
    await chats.presses(odette, "Correct", card)
    await chats.presses(odette, "Remove")
    for button in ("Photo", "Details"):
        assert "old message" in (await chats.presses(odette, button, card)).text
    assert (await chats.report())["state"] == "withdrawn"


async def test_the_business_report_reads_like_the_training(chats: Chats) -> None:
    odette = await chats.odette()
    card = await chats.says(odette, "BIZ 1 450000 X 2 5")
    assert "✅ Send" in card.labels and "status: working" in card.text and "sales: 450000" in card.text
    await chats.presses(odette, "Send", card)
    receipt = "✅ No 1. 07A: working, sales 450000, kit needs repair, problem machine. Thank you, Odette."
    assert card.text == receipt and card.labels == ["↩️ Correct"]
    menu = await chats.presses(odette, "Correct", card)
    assert menu.text.endswith("What is to change?")
    assert menu.labels == ["status", "sales", "costs", "kit", "problem", "🗑 Remove", "Nothing"]
    await chats.presses(odette, "sales", menu)
    changed = await chats.says(odette, "460000")
    assert changed.text.startswith("✅ No 1 changed. 07A: working, sales 460000") and changed.labels == ["↩️ Correct"]
    removed = await chats.presses(odette, "Correct", changed)
    removed = await chats.presses(odette, "Remove", removed)
    assert removed.text.startswith("No 1 removed.") and removed.labels == ["↩️ Bring back"]
    back = await chats.presses(odette, "Bring back", removed)
    assert back.text == "✅ No 1 is back." and back.labels == ["↩️ Correct"]
