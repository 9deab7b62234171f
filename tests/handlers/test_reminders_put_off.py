"""When a reminder that cannot be said now comes instead: at the association's hour, not behind its own question."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from handlers import reminders
from handlers.turn import Address, Association, Heard, Inbound, Person, Programme, Turn
from scheduler.cadence import Cadence
from scheduler.quiet import Hours
from scheduler.when import Rules

HOURS = Hours(time(7, 30), time(19, 30), (), (), ZoneInfo("Africa/Bujumbura"))
RULES = Rules(HOURS, Cadence(14, time(17, 30), (1, 2), 25), reminders=3, per_week=2)
DUE = datetime(2026, 12, 1, 15, 30, tzinfo=UTC)
"""17:30 in Bujumbura."""
PLACE = Association(7, "07", "Abahuza", "ABAHUZA", 25, None, "Eric")
ODETTE = Person(1, "Odette N", "Odette", "F", "en", "yes", PLACE)


def turn(*, sent: Any = (), open_: Any = None, **data: Any) -> Turn:
    """The second touch of the training reminder has fired at Odette's phone."""
    data = {"timer": "reminder", "form": "training", "association": 7, "person": 1, "touch": 1} | data
    data |= {"due": DUE.isoformat(), "day0": (DUE - timedelta(days=1)).isoformat()}
    bare = Turn(
        now=DUE,
        today=date(2026, 12, 1),
        utc_offset=timedelta(hours=2),
        inbound=Inbound(5, "timer", "timer", "", DUE, None, data),
        address=Address(10, "kannel", False),
        people=(ODETTE,),
        person=ODETTE,
        state={"open": open_} if open_ else {},
        language="en",
        programme=Programme("OIM", date(2026, 4, 1), 600, 24, 60, "22", "Africa/Bujumbura"),
        facts={},
        when=RULES,
    )
    news, unasked = reminders.foreseen(bare)
    return replace(bare, facts={news: Heard(), unasked: tuple(sent)})


FULL = (DUE - timedelta(days=2, hours=5), DUE - timedelta(days=1))
JUST = (DUE - timedelta(days=7, seconds=-0.5), DUE - timedelta(days=3))
"""The first touch left half a second behind its hour."""
FORM = {"kind": "form", "at": DUE.isoformat()}


@pytest.mark.parametrize(
    ("given", "due_at", "why"),
    [
        ({"sent": FULL}, DUE + timedelta(days=5), "written to often enough"),  # free at 12:30 that day
        ({"sent": JUST}, JUST[0] + timedelta(days=7), "written to often enough"),  # no day later for that
        ({"sent": FULL, "by_hand": True}, FULL[0] + timedelta(days=7), "written to often enough"),
        ({"sent": [DUE]}, DUE + timedelta(hours=1), "written to often enough"),  # a tip, in this minute
        ({"sent": [DUE - timedelta(minutes=59)]}, DUE + timedelta(minutes=1), "written to often enough"),
        ({"open_": FORM}, DUE + timedelta(days=1), "something else is open"),
        ({"open_": FORM, "by_hand": True}, DUE + reminders.WAIT, "something else is open"),
    ],
)
def test_it_comes_at_the_hour_of_the_association(given: dict[str, Any], due_at: datetime, why: str) -> None:
    outcome = reminders.due(turn(**given))
    assert not outcome.replies and outcome.understood == f"reminder training: {why}"
    assert [(one.due_at, one.data["touch"]) for one in outcome.timers] == [(due_at, 1)]


def test_it_remembers_since_when_it_waits_until_it_is_said() -> None:
    first = reminders.due(turn(sent=FULL))
    assert [one.data["since"] for one in first.timers] == [DUE.isoformat()]
    second = reminders.due(turn(open_=FORM, since="2026-11-28T15:30:00+00:00"))
    assert [one.data["since"] for one in second.timers] == ["2026-11-28T15:30:00+00:00"]
    said = reminders.due(turn(since="2026-11-28T15:30:00+00:00"))
    assert said.replies and "since" not in said.timers[0].data


@pytest.mark.parametrize(("form", "says"), [("training", True), ("business", False)])
def test_its_own_question_of_the_day_before_is_no_other_one(form: str, says: bool) -> None:
    asked = {"kind": "reminder", "form": form, "association": 7, "at": (DUE - timedelta(days=1)).isoformat()}
    assert [reply.key for reply in reminders.due(turn(open_=asked)).replies] == (["F1"] if says else [])
