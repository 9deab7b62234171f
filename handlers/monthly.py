"""B4 unasked: a month has ended, and an association hears how far it has come.

One timer for each association goes on for ever, as those of reminders do. Its text is one of the two that a week
has room for, so it waits for its turn, and is news for some days only; who has reported nothing yet is not thanked.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers import menu, reminders, state
from handlers.turn import FiguresOf, Outcome, Reply, Timer, Turn, Unasked

KIND = "totals"
NEWS_FOR = timedelta(days=8)
"""After a month's end; later they wait for the next one."""
A_MOMENT = timedelta(minutes=1)
"""A week has room from the hour at which something left: a reminder may wait for that place, totals leave it."""
OFF_FOR = timedelta(days=30)
"""Where nobody wants them the timer only looks now and then whether somebody does."""


def key(association_id: int) -> str:
    """Of the one timer of an association."""
    return f"month:{association_id}"


def _timer(association_id: int, due_at: datetime, month: datetime) -> Timer:
    return Timer(KIND, key(association_id), due_at, {"month": month.isoformat()}, association_id)


def again(turn: Turn, at: datetime | None = None) -> Timer:
    """The same month's later, for whoever is the contact then."""
    data = turn.inbound.data
    number, month = int(data["association"]), datetime.fromisoformat(data["month"])
    return _timer(number, at or turn.now + reminders.WAIT, month)


def due(turn: Turn) -> Outcome:
    """The timer fired: the totals now, or later, or those of the next month."""
    data, rules, found = turn.inbound.data, reminders.rules(turn), state.contact(turn)
    if found is None:
        return _waits(turn, again(turn), "whom it was for has changed")
    person, association = found
    following = rules.month_end(association, turn.now)
    if following is None:
        return _waits(turn, again(turn, turn.now + OFF_FOR), "switched off")
    next_month = _timer(association.id, following, following)
    if turn.now - datetime.fromisoformat(data["month"]) > NEWS_FOR:
        return _waits(turn, next_month, "too late")
    if reminders.busy(turn):
        at = rules.next_hour(association, turn.now + reminders.WAIT)
        return _waits(turn, again(turn, at), "something else is open")
    if (at := rules.allowed(turn.now, association)) > turn.now:
        return _waits(turn, again(turn, at), "not at this hour")
    unasked, figures = turn.need(*foreseen(turn))
    free = rules.free(unasked, turn.now) or turn.now
    if free > turn.now:
        at = rules.next_hour(association, free + A_MOMENT)
        return _waits(turn, again(turn, at), "written to often enough")
    if not figures.trainings:
        return _waits(turn, next_month, "nothing reported yet")
    said = Reply("B4", menu.totals_of(turn, association), kind="totals", person=person.id)
    return Outcome(dict(turn.state), (said,), (), (next_month,), "totals of the month")


def foreseen(turn: Turn) -> tuple[Unasked, FiguresOf]:
    """What `due` will ask for: the timers of all associations are due on one evening."""
    data = turn.inbound.data
    return Unasked.in_week(data["person"], turn.now), FiguresOf(data["association"])


def _waits(turn: Turn, then: Timer, why: str) -> Outcome:
    return Outcome(dict(turn.state), (), (), (then,), f"totals: {why}")
