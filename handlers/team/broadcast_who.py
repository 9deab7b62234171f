"""Whom a broadcast did not reach and why, and the place of those who wait; everybody as an Excel file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from handlers.team.viewing import clock
from handlers.turn import Audit, Button, Ended, Made, Outcome, Recipient, RecipientsOf, Reply, Sheet, Turn

MOST_SHOWN = 30
"""Recipients in one list; more stand in `kurikirana broadcast N --json`."""
MOST_ROWS = 5_000
"""Of the file."""
_HEAD = ("O.sheet.name", "O.sheet.association", "O.sheet.state", "O.sheet.answer")
STATES = (
    "waiting",
    "sent",
    "delivered",
    "temporary",
    "expired",
    "permanent",
    "unclear",
    "ours",
    "refused",
    "uncertain",
    "stopped",
    "too_late",
)
"""What may have become of a text, in the order of the report."""


def who(turn: Turn, made: Made, ended: Ended, card: int, key: str, back: tuple[Button, ...]) -> Outcome:
    """Those first whom it did not reach, then the next who wait."""
    there: tuple[Recipient, ...] = turn.known(RecipientsOf(key, MOST_SHOWN))
    found = dict(ended.found)
    lines = [Reply("O.bc.who", {"number": made.id})]
    lines += [_one(turn, made, one, found) for one in there] or [Reply("O.bc.who.nobody")]
    if len(there) == MOST_SHOWN:
        lines.append(Reply("O.bc.who.more", {"number": made.id}))
    shown_ = Reply("O.lines", {"lines": tuple(lines)}, (back,), card=card)
    seen = Audit("broadcast recipients seen", {"key": key, "recipients": len(there)})
    return Outcome(dict(turn.state), (shown_,), (seen,), understood=f"broadcast {made.id}: who")


def sheet(turn: Turn, made: Made, key: str) -> Outcome:
    """Everybody on the list, as an Excel file beside the card."""
    there: tuple[Recipient, ...] = turn.known(RecipientsOf(key, MOST_ROWS, everybody=True))
    rows = tuple((one.name, one.association, Reply(f"O.bc.is.{one.what}"), one.answer or None) for one in there)
    file = Sheet(f"broadcast-{made.id}", _HEAD, rows)
    seen = Audit("broadcast recipients seen", {"key": key, "recipients": len(there), "file": True})
    said = Reply("O.bc.file", {"number": made.id, "count": len(there)}, file=file)
    return Outcome(dict(turn.state), (said,), (seen,), understood=f"broadcast {made.id}: as a file")


def _one(turn: Turn, made: Made, one: Recipient, found: Mapping[str, int]) -> Reply:
    values: dict[str, Any] = {"name": one.name, "association": one.association or "-"}
    if one.what != "waiting" or made.ends_at is None:
        return Reply(f"O.bc.who.{one.what}", values)
    about = max(turn.now, made.starts_at or turn.now) + one.place * _each(turn, made, found.get("waiting", 0))
    place = {"number": gone(found) + one.place, "people": all_of(found), "time": clock(turn, about)}
    return Reply("O.bc.who.waiting", values | place)


def _each(turn: Turn, made: Made, waiting: int) -> timedelta:
    """What one of those who wait takes, as the plan has it."""
    left = (made.ends_at or turn.now) - max(turn.now, made.starts_at or turn.now)
    return max(left, timedelta()) / max(waiting, 1)


def all_of(found: Mapping[str, int]) -> int:
    """Everybody it goes or went to."""
    return sum(count for name, count in found.items() if name in STATES)


def gone(found: Mapping[str, int]) -> int:
    """Those who wait no more."""
    return all_of(found) - found.get("waiting", 0)
