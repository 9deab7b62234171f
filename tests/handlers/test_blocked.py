"""A closed road: what was not taken is said on the next one, once, or a person calls."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from handlers import blocked
from handlers.turn import (
    Address,
    Association,
    Inbound,
    OpenTask,
    Outcome,
    Person,
    Programme,
    ReopenAddress,
    Road,
    Roads,
    RoadsOf,
    Turn,
    UnlinkAddress,
    Wake,
)

NOW = datetime(2026, 11, 23, 15, 31, tzinfo=UTC)
PLACE = Association(7, "07", "Abahuza", "ABAHUZA", 25, None, "Eric")
ODETTE = Person(1, "Odette N", "Odette", "F", "en", "yes", PLACE)
CHAT, PHONE = Road(10, "telegram"), Road(11, "tel")
REMINDER = {
    "timer": "reminder",
    "form": "training",
    "association": 7,
    "person": 1,
    "touch": 1,
    "due": NOW.isoformat(),
}


def turn(roads: Roads, data: dict[str, Any], *, active: bool = False, kind: Any = "blocked") -> Turn:
    """Odette's chat, and what is known of her roads."""
    return Turn(
        now=NOW,
        today=date(2026, 11, 23),
        inbound=Inbound(5, "timer", kind, "", NOW, None, data),
        address=Address(10, "telegram", True, active=active),
        people=(ODETTE,),
        person=ODETTE,
        state={},
        language="en",
        programme=Programme("OIM", date(2026, 4, 1), 600, 24, 60, "22", "Africa/Bujumbura"),
        facts={RoadsOf(1): roads},
    )


def closed(roads: Roads, active: bool = False, **data: Any) -> Outcome:
    """What is decided of a refused text, or of Telegram's own word."""
    return blocked.closed(turn(roads, data, active=active))


def kinds(outcome: Outcome) -> list[type]:
    return [type(effect) for effect in outcome.effects]


def test_a_reminder_is_due_again_at_once_for_whoever_is_the_contact_then() -> None:
    outcome = closed(Roads((CHAT, PHONE)), refused=3, first=True, woken=REMINDER)
    (timer,) = outcome.timers
    assert (timer.kind, timer.key, timer.due_at, timer.association_id) == ("reminder", "training:7", NOW, 7)
    assert timer.data == {"form": "training", "touch": 1, "since": "2026-11-23T15:31:00+00:00"}
    assert kinds(outcome) == []


@pytest.mark.parametrize(
    "woken",
    [{"timer": "wake", "what": "said", "text": "on Friday"}, {"timer": "answer", "number": 612}],
    ids=["the officer's words", "the mentor's, which had waited"],
)
def test_an_answer_of_the_team_is_said_by_her_next_road(woken: dict[str, Any]) -> None:
    outcome = closed(Roads((CHAT, PHONE)), refused=3, first=False, woken=woken)
    (wake,) = outcome.effects
    assert isinstance(wake, Wake)
    assert (wake.address_id, wake.data["what"]) == (PHONE.address_id, woken.get("what", "answer"))
    assert "timer" not in wake.data


def test_an_answer_to_her_own_message_is_not_said_elsewhere() -> None:
    assert kinds(closed(Roads((CHAT, PHONE)), refused=3, first=False, woken=None)) == []


@pytest.mark.parametrize(
    "roads",
    [Roads((CHAT,)), Roads((CHAT, PHONE), by_sms=False), Roads((CHAT, PHONE._replace(works=False)))],
    ids=["no other", "agreed in the chat only", "the phone does not work"],
)
def test_without_another_road_a_person_calls_once(roads: Roads) -> None:
    first = closed(roads, refused=3, first=True, woken=REMINDER)
    (task,) = first.effects
    assert isinstance(task, OpenTask) and (task.kind, task.person_id, task.association_id) == ("call", 1, 7)
    assert first.timers == (), "who cannot be reached is not reminded again at once"
    assert kinds(closed(roads, refused=4, first=False, woken=None)) == [], "the second refusal says nothing new"


def test_telegrams_own_word_closes_the_chat_and_the_second_changes_nothing() -> None:
    assert kinds(closed(Roads((CHAT,)), active=True)) == [UnlinkAddress, OpenTask]
    assert kinds(closed(Roads((CHAT._replace(works=False),)))) == []


def test_a_number_that_changed_is_checked_by_a_person_and_asked_about_on_her_phone() -> None:
    whatsapp = Road(10, "whatsapp")
    off, task, asked = closed(Roads((whatsapp, PHONE)), active=True, ends_in="88").effects
    assert off == UnlinkAddress(10, "another number")
    assert isinstance(task, OpenTask) and (task.kind, task.person_id) == ("check_number", 1)
    assert task.about == "move to the number that ends in 88"
    assert asked == Wake(None, {"what": "move", "person": 1, "ends_in": "88"}, address_id=PHONE.address_id)
    assert kinds(closed(Roads((whatsapp,)), active=True, ends_in="88")) == [UnlinkAddress, OpenTask]


def test_who_writes_from_a_closed_chat_opens_it() -> None:
    there = turn(Roads((CHAT,)), {}, kind="text")
    assert kinds(blocked.open_again(there, Outcome({}))) == [ReopenAddress]
    assert kinds(blocked.open_again(replace(there, people=()), Outcome({}))) == [], "nobody's: an officer decides"
    assert kinds(blocked.open_again(turn(Roads((CHAT,)), {}, kind="timer"), Outcome({}))) == []
