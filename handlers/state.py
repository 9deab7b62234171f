"""The conversation's state, one JSON object per address, and the small moves all conversations make.

Its keys: `open` (the one open question: its kind and what it needs), `drafts` (half-made reports that were
left), `who` (which of the people who share the phone is writing, while it matters), `agreed` (who had agreed
when STOP came), `claims` (whom a new number says to be), `foreign` (the other language of the last message),
`early` (answers that overtook others, and of which report), `stays` (the language she does not want to go on
in), `silent` (a wrong number), `brake` and `same` (automatic answers, and what was answered, in the current
hour), `sent` (messages of one of the team that have left), `unread` (since when a line that was not clear waits for
her answer, and of which form), `wished` (when she said who shall call, at the neutral door).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from handlers.moments import iso
from handlers.turn import Association, Effect, OpenTask, Outcome, Person, Reply, Timer, Turn

OPEN_FOR = timedelta(hours=48)
"""After this an open question is closed; a half-made report becomes a draft, not a loss."""
NUDGE_AFTER = timedelta(hours=24)
PASSING = (
    *("call", "data", "details", "helped", "later", "logged", "more", "need", "photo", "place"),
    *("problem", "refund", "remark", "road", "switch", "tip"),
)
"""Questions that need no answer."""
ASKED_TO_BE_CALLED = "asked to be called"
"""What a call task is about that she asked for with 9: she may take it back."""


def opened(turn: Turn) -> dict[str, Any] | None:
    """The open question, or None when there is none or it was asked too long ago."""
    question = turn.state.get("open")
    if question is None:
        return None
    lasts = question["kind"] == "consent"  # A5 comes after three days, and her choice is hers at any time
    return dict(question) if lasts or turn.now - asked_at(question) <= OPEN_FOR else None


def asked_at(question: Mapping[str, Any]) -> datetime:
    """When it was asked."""
    return datetime.fromisoformat(question["at"])


def ask(turn: Turn, kind: str, **details: Any) -> dict[str, Any]:
    """The state with this question open."""
    return {**close(turn), "open": {"kind": kind, "at": iso(turn.now), **details}}


def close(turn: Turn) -> dict[str, Any]:
    """The state with no question open."""
    return {key: value for key, value in turn.state.items() if key != "open"}


def say(turn: Turn, key: str, *effects: Effect, state: Mapping[str, Any] | None = None, **values: Any) -> Outcome:
    """One text and nothing open (or the given state)."""
    return Outcome(close(turn) if state is None else state, (Reply(key, values),), effects, understood=key)


SENT = 20
"""Messages of one of the team that are remembered as sent: editing one of them changes nothing any more."""


def sent(turn: Turn, message: Any) -> dict[str, Any]:
    """The state with nothing open, and this message of hers (its provider's id) remembered as sent."""
    new = close(turn)
    return {**new, "sent": [*new.get("sent", []), message][-SENT:]} if message else new


def tomorrow_evening(turn: Turn) -> datetime:
    """When a promise made now is due."""
    return evening_after(turn.now, turn.utc_offset)


def evening_after(now: datetime, utc_offset: timedelta) -> datetime:
    """Tomorrow 17:00 at the programme's place, in UTC."""
    local = now + utc_offset + timedelta(days=1)
    return local.replace(hour=17, minute=0, second=0, microsecond=0) - utc_offset


def task(turn: Turn, kind: Any, about: str = "", *, sealed: bool = False, tell: bool = True) -> OpenTask:
    """A task for the officer of the sender's association, due tomorrow evening.

    Of a photo or voice note she is told once it is kept (bot/store/media.py), not now. Of a phone that
    serves two associations it is the first one's: without any it would be shown to the whole team, as a stranger's.
    A sealed one names no association that may be the other.
    """
    association = turn.association
    if association is None and not sealed:
        association = next((one.association for one in turn.people if one.association), None)
    return OpenTask(
        kind,
        tomorrow_evening(turn),
        turn.person.id if turn.person else None,
        association.id if association else None,
        about,
        sealed,
        tell,
    )


def nudge(turn: Turn, after: timedelta = NUDGE_AFTER) -> Timer:
    """Wake this conversation about its half-made report."""
    return Timer("form", str(turn.address.id), turn.now + after)


def contact(turn: Turn) -> tuple[Person, Association] | None:
    """Whom an association's timer woke; None when she left, took back her consent or changed her phone since."""
    data = turn.inbound.data
    person = next((p for p in turn.people if p.id == data.get("person") and p.consent == "yes"), None)
    if person is None or person.association is None or person.association.id != data["association"]:
        return None
    return person, person.association


def officer(turn: Turn) -> str:
    """The officer's first name; the sender's name stands in when nobody is named."""
    association = turn.association
    return (association.officer if association else "") or turn.programme.sender
