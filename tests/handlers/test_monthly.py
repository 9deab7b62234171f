"""The totals after a month's end: said once in the month, or why they wait, or why they are not said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from handlers import monthly, refund
from handlers.turn import Address, Association, Figures, FiguresOf, Inbound, Person, Programme, Turn, Unasked
from scheduler.cadence import Cadence
from scheduler.quiet import Hours
from scheduler.when import Rules

HOME = ZoneInfo("Africa/Bujumbura")
HOURS, USUAL = Hours(time(7, 30), time(19, 30), (), (), HOME), Cadence(14, time(17, 30), (3, 7), 25)
RULES = Rules(HOURS, USUAL, reminders=3, per_week=2, totals_after_month=True)
DUE, NEXT = datetime(2026, 12, 1, 15, 30, tzinfo=UTC), datetime(2027, 1, 1, 15, 30, tzinfo=UTC)
PLACE = Association(7, "07", "Abahuza", "ABAHUZA", 25, None, "Eric")
ODETTE = Person(1, "Odette N", "Odette", "F", "en", "yes", PLACE)


def turn(now: datetime = DUE, *, rules: Rules = RULES, sent: Any = (), trainings: int = 6, **more: Any) -> Turn:
    """The timer of November's totals has fired at Odette's phone."""
    data = {"timer": "totals", "association": 7, "person": 1, "month": DUE.isoformat(), "due": DUE.isoformat()}
    ours = Figures(trainings=trainings)
    known = Turn(
        now=now,
        today=date(2026, 12, 1),
        inbound=Inbound(5, "timer", "timer", "", now, None, data),
        address=Address(10, "kannel", False),
        people=(ODETTE,),
        person=ODETTE,
        state={},
        language="en",
        programme=Programme("OIM", date(2026, 4, 1), 600, 24, 60, "22", "Africa/Bujumbura"),
        facts={Unasked.in_week(1, now): tuple(sent), FiguresOf(7): ours, FiguresOf(None): ours},
        when=rules,
    )
    return replace(known, **more)


def test_they_are_said_and_the_next_ones_wait_for_the_next_month() -> None:
    said = monthly.due(turn())
    assert [(reply.key, reply.kind, reply.person) for reply in said.replies] == [("B4", "totals", 1)]
    assert [(one.kind, one.key, one.due_at, one.data["month"]) for one in said.timers] == [
        ("totals", "month:7", NEXT, NEXT.isoformat())
    ]


FULL = (DUE - timedelta(days=2), DUE - timedelta(days=1))
EARLIER = tuple(at - timedelta(hours=5.5) for at in FULL)
OPEN = {"open": {"kind": "form", "at": DUE.isoformat()}}
LEFT = replace(ODETTE, association=None)


@pytest.mark.parametrize(
    ("given", "due_at", "why"),
    [
        ({"sent": FULL}, FULL[0] + timedelta(days=8), "written to often enough"),
        ({"sent": EARLIER}, EARLIER[0] + timedelta(days=7, hours=5.5), "written to often enough"),
        ({"now": DUE + timedelta(hours=3)}, DUE + timedelta(hours=14), "not at this hour"),  # 20:30 -> 07:30
        ({"state": OPEN}, DUE + timedelta(days=1), "something else is open"),
        ({"people": (LEFT,)}, DUE + timedelta(hours=6), "whom it was for has changed"),
    ],
)
def test_they_wait_as_those_of_the_same_month(given: dict[str, Any], due_at: datetime, why: str) -> None:
    outcome = monthly.due(turn(**given))
    assert not outcome.replies and outcome.understood == f"totals: {why}"
    assert [(one.due_at, one.data["month"]) for one in outcome.timers] == [(due_at, DUE.isoformat())]


@pytest.mark.parametrize(
    ("given", "why"),
    [({"now": DUE + timedelta(days=9)}, "too late"), ({"trainings": 0}, "nothing reported yet")],
)
def test_they_are_left_out_until_the_next_month(given: dict[str, Any], why: str) -> None:
    outcome = monthly.due(turn(**given))
    assert not outcome.replies and outcome.understood == f"totals: {why}"
    assert [one.due_at for one in outcome.timers] == [NEXT]


def test_switched_off_the_timer_looks_again_much_later() -> None:
    outcome = monthly.due(turn(rules=replace(RULES, totals_after_month=False)))
    assert not outcome.replies and [one.due_at for one in outcome.timers] == [DUE + timedelta(days=30)]


def test_the_credit_is_told_as_no_reminder_and_within_the_week() -> None:
    given = turn(inbound=Inbound(5, "timer", "timer", "", DUE, None, {"month": "2026-11", "messages": 6}))
    assert [(reply.key, reply.kind) for reply in refund.sent(given).replies] == [("B5", "notice")]
    full = replace(given, facts={**given.facts, Unasked.in_week(1, DUE): FULL})
    waits = refund.sent(full)
    assert (waits.replies, [one.due_at for one in waits.timers]) == ((), [FULL[0] + timedelta(days=7)])
