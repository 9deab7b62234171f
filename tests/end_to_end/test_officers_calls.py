"""What follows from a call: who is to be called again, or whose number is wrong, stays known."""

from __future__ import annotations

import pytest

from tests.botapi import botapi_fixture  # noqa: F401
from tests.end_to_end.chats import Chats, chats_fixture  # noqa: F401


async def _asks(chats: Chats, name: str, chat_id: int) -> None:
    user = chats.botapi.user(chat_id, name)
    user.starts(await chats.token(name))
    await chats.presses(user, "English")
    user.taps("☎️ Call me")
    await chats.settled()


async def test_who_did_not_answer_is_called_again_by_her_name(chats: Chats) -> None:
    eric = await chats.eric()
    await _asks(chats, "ABAHUZA JEAN", 51)
    await chats.presses(eric, "I called")
    await chats.presses(eric, "No answer")
    await chats.says(eric, "/today")
    again = await chats.presses(eric, "Calls")
    assert again.text == "☎️ Jean, ABAHUZA: no answer on 23/11, call again."
    await chats.presses(eric, "I called", again)
    await chats.presses(eric, "Wrong number")
    *_, task = await chats.rows("tasks")
    (jean,) = [row["id"] for row in await chats.rows("people") if row["sms_name"] == "Jean"]
    assert (task["kind"], task["state"], task["person_id"]) == ("check_number", "open", jean)


async def test_two_who_did_not_answer_on_one_day_are_both_called_again(chats: Chats) -> None:
    eric = await chats.eric()
    for name, chat_id in (("ABAHUZA JEAN", 51), ("TWIYUNGE AGNES", 52)):
        await _asks(chats, name, chat_id)
        await chats.presses(eric, "I called")
        await chats.presses(eric, "No answer")
    waiting = [row["association_id"] for row in await chats.rows("tasks", state="open")]
    assert len(waiting) == len(set(waiting)) == 2, "the second one was taken for the first"


@pytest.mark.parametrize("times", [1, 2])
async def test_who_waited_for_a_call_at_one_association_waits_on(chats: Chats, times: int) -> None:
    """The button of the association's page ends all its calls: each of those people is called again, once."""
    eric = await chats.eric()
    await _asks(chats, "ABAHUZA ODETTE", 50)
    await _asks(chats, "ABAHUZA JEAN", 51)
    for _ in range(times):
        page = await chats.says(eric, "/association 07")
        await chats.presses(eric, "I called", page)
        await chats.presses(eric, "No answer")
    names = {row["id"]: row["sms_name"] for row in await chats.rows("people")}
    waiting = [names.get(row["person_id"]) for row in await chats.rows("tasks", state="open")]
    assert sorted(map(str, waiting)) == ["Jean", "Odette"]


async def test_an_association_where_nobody_waited_is_called_again_too(chats: Chats) -> None:
    eric = await chats.eric()
    for number in ("07", "11"):
        page = await chats.says(eric, f"/association {number}")
        await chats.presses(eric, "I called", page)
        await chats.presses(eric, "No answer")
    tasks = await chats.rows("tasks", state="open")
    assert [(row["kind"], row["person_id"], row["address_id"]) for row in tasks] == [("call", None, None)] * 2
    assert (await chats.says(eric, "/today")).text.startswith("Good afternoon Eric. Monday 23/11\n☎️ To call (2):")


async def test_what_a_call_is_about_stays_known_however_often_nobody_answers(chats: Chats) -> None:
    eric, odette = await chats.eric(), await chats.odette()
    await chats.says(odette, "call me, the belt of the husker is torn again")
    await chats.says(odette, "7")
    await chats.presses(odette, "Kit or money")
    for _ in range(2):
        page = await chats.says(eric, "/association 07")
        await chats.presses(eric, "I called", page)
        await chats.presses(eric, "No answer")
    await chats.says(eric, "/today")
    await chats.presses(eric, "Calls")
    first = "☎️ Odette, ABAHUZA: no answer on 23/11, call again."
    assert [one.text for one in eric.sees[-2:]] == [
        f"{first}\ncall me, the belt of the husker is torn again",
        f"{first}\nhas a problem",
    ]
