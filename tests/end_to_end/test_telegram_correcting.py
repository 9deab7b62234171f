"""Corrections in a chat: their questions have buttons, and no text asks for a digit that is not shown."""

from __future__ import annotations

from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.botapi_updates import Shown, User
from tests.end_to_end.chats import Chats, chats_fixture  # noqa: F401


async def _asked(chats: Chats, odette: User, line: str, part: str) -> Shown:
    """The correction of a report that was just sent."""
    card = await chats.says(odette, line)
    await chats.presses(odette, "Send", card)
    menu = await chats.presses(odette, "Correct", card)
    return await chats.presses(odette, part, menu)


async def test_the_day_and_the_topic_of_a_training_are_buttons(chats: Chats) -> None:
    odette = await chats.odette()
    day = await _asked(chats, odette, "12 11 3 12 7 5 3", "Date")
    assert day.text == "No 1: which date? Another day: write it, for example 12/11."
    assert day.labels[0].startswith("Today ") and day.labels[-1] == "Nothing"
    changed = await chats.presses(odette, "Yesterday", day)
    assert changed.text.startswith("✅ No 1 changed: the date is ")
    menu = await chats.presses(odette, "Correct", changed)
    topic = await chats.presses(odette, "Topic", menu)
    assert topic.text == "No 1: which topic? Two topics: write both."
    assert topic.labels == ["business", "value chain", "processing", "Nothing"]
    await chats.presses(odette, "value chain", topic)
    assert (await chats.report())["values"]["topics"] == ["value_chain"]
    menu = await chats.presses(odette, "Correct", odette.sees[-1])
    await chats.presses(odette, "Topic", menu)
    await chats.says(odette, "business processing")
    assert (await chats.report())["values"]["topics"] == ["business", "processing"]
    nothing = await chats.presses(odette, "Topic", await chats.presses(odette, "Correct", odette.sees[-1]))
    await chats.presses(odette, "Nothing", nothing)
    assert (await chats.report())["values"]["topics"] == ["business", "processing"]


async def test_the_answers_of_any_other_form_are_buttons_too(chats: Chats) -> None:
    odette = await chats.odette()
    status = await _asked(chats, odette, "BIZ 1 450000 X 2 5", "status")
    assert "0" not in status.text and "1 working" not in status.text
    assert status.labels == ["working", "paused", "stopped", "Nothing"]
    changed = await chats.presses(odette, "paused", status)
    assert (await chats.report())["values"]["status"] == "paused"
    sales = await chats.presses(odette, "sales", await chats.presses(odette, "Correct", changed))
    assert sales.text == "No 1: Sales this month in BIF?" and sales.labels == ["I do not know"]
    await chats.presses(odette, "I do not know", sales)
    assert (await chats.report())["values"]["sales"] is None


async def test_what_is_not_clear_is_asked_again_without_the_words_of_an_sms(chats: Chats) -> None:
    odette = await chats.odette()
    odette.taps("📋 Training")
    await chats.settled()
    unclear = await chats.says(odette, "zzz")
    assert unclear.text == "“zzz” is not clear to us. When was it?"


async def test_a_line_that_was_read_wrong_comes_again_with_an_example_of_its_form(chats: Chats) -> None:
    odette = await chats.odette()
    examples = {
        "12 11 3 12 7 5 3 MUYINGA": "12 11 3 12 7 5 3, or tap 📋",
        "BIZ 1 450000 210000 2 5 umbwa": "BIZ 1 450000 210000 2 5, or tap 🏪",
    }
    for line, example in examples.items():
        read = await chats.says(odette, line)
        assert read.text.endswith("Right as read?")
        again = await chats.presses(odette, "again", read)
        assert f"for example {example} below" in again.text


async def test_the_new_people_are_asked_without_an_x(chats: Chats) -> None:
    odette = await chats.odette()
    card = await chats.says(odette, "12/11 agri f12 m7 n8")
    await chats.presses(odette, "Send", card)
    assert card.text == "No 1 is kept: 8 new. How many of the 8 are women?"
    assert card.labels == ["I do not know"]
