"""The card of a broadcast that was approved: undo, progress, stop; the report, whom it did not reach, once more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from handlers import state
from handlers.team.viewing import clock
from handlers.turn import (
    Audit,
    BroadcastMade,
    Button,
    Effect,
    Made,
    Outcome,
    Recipient,
    RecipientsOf,
    Reply,
    RetryBroadcast,
    Sheet,
    StopBroadcast,
    Timer,
    Turn,
    Wake,
)

TYPED_ABOVE = 20
"""So many phones and chats are approved with a button; above, their number is typed."""
EVERY = ((timedelta(hours=1), timedelta(minutes=1)), (timedelta(hours=6), timedelta(minutes=10)))
"""So long after it began the card is looked at anew so often by itself, then each hour."""
SELDOM = timedelta(hours=1)
AT_ONCE = timedelta(seconds=3)
"""After it began: "Undo" becomes "Stop the rest"."""
FOR = timedelta(hours=48)
"""After that by its button only."""
MOST_SHOWN = 30
"""Recipients in one list; more stand in `kurikirana broadcast N --json`."""
MOST_ROWS = 5_000
"""Of the file."""
_HEAD = ("O.sheet.name", "O.sheet.association", "O.sheet.state", "O.sheet.answer")
_RUNS = ("approved", "sending", "asks")
_STATES = (
    "waiting",
    "sent",
    "delivered",
    "temporary",
    "expired",
    "permanent",
    "ours",
    "refused",
    "uncertain",
    "stopped",
    "too_late",
)
"""What may have become of a text, in the order of the report."""
_LEFT = ("sent", "delivered")
_MAY_CHANGE = ("waiting", "sent", "temporary")


def wake(turn: Turn, card: int, key: str) -> Wake:
    """This chat has a turn of its own once everything is committed."""
    return Wake(None, {"what": "broadcast", "card": card, "key": key}, address_id=turn.address.id)


def called_off(key: str | None) -> tuple[Effect, ...]:
    """What stops it, when there is one."""
    return (StopBroadcast(key), Audit("broadcast stopped", {"key": key})) if key else ()


def pressed(turn: Turn, card: int, arg: str) -> Outcome | None:
    """Undo, stop, refresh, who, again: who made it, or an administrator."""
    action, _, key = arg.partition(":")
    made = _hers(turn, key)
    if made is None:
        return None
    if action == "stop" and made.state in _RUNS:
        effects = (*called_off(key), wake(turn, card, key))
        return Outcome(dict(turn.state), (), effects, understood=f"broadcast {made.id}: stopped")
    if action == "who":
        return _who(turn, made, card, key)
    if action == "xlsx":
        return _sheet(turn, made, key)
    if action == "again" and made.again and made.state not in _RUNS:
        return _again(turn, made, card, key)
    return shown(turn, made, card, key)


def _hers(turn: Turn, key: str) -> Made | None:
    """The broadcast, when she may do something with it."""
    made: Made | None = turn.known(BroadcastMade(key))
    person = turn.person
    return made if made and person and (made.made_by == person.id or person.role == "admin") else None


# --- once more ---


def _again(turn: Turn, made: Made, card: int, key: str) -> Outcome:
    if made.again <= TYPED_ABOVE:
        return _sent_again(turn, made, card, key, dict(turn.state))
    asked = Reply("O.bc.number", {"count": made.again}, (_back(card, key),), card=card)
    return Outcome(
        state.ask(turn, "broadcast", again=key, card=card),
        (asked,),
        understood=f"broadcast {made.id}: asks the number",
    )


def _sent_again(turn: Turn, made: Made, card: int, key: str, kept: Mapping[str, Any]) -> Outcome:
    audit = Audit("broadcast sent again", {"key": key, "recipients": made.again})
    effects = (RetryBroadcast(key, made.again), audit, wake(turn, card, key))
    return Outcome(kept, (), effects, understood=f"broadcast {made.id}: {made.again} once more")


def typed(turn: Turn, said: str, question: Mapping[str, Any]) -> Outcome | None:
    """The number of texts that are sent once more."""
    key, card = str(question["again"]), int(question["card"])
    made = _hers(turn, key)
    if made is None:
        return None
    if said == str(made.again) and made.state not in _RUNS:
        return _sent_again(turn, made, card, key, state.close(turn))
    wrong = Reply("O.bc.wrongnumber", {"said": said[:20], "count": made.again}, (_back(card, key),), card=card)
    return Outcome(dict(turn.state), (wrong,), understood=f"broadcast {made.id}: another number")


# --- whom it did not reach ---


def _who(turn: Turn, made: Made, card: int, key: str) -> Outcome:
    there: tuple[Recipient, ...] = turn.known(RecipientsOf(key, MOST_SHOWN))
    waiting = dict(made.found).get("waiting", 0)
    lines = [Reply("O.bc.who", {"number": made.id})]
    lines += [_one(turn, made, one, waiting) for one in there] or [Reply("O.bc.who.nobody")]
    if len(there) == MOST_SHOWN:
        lines.append(Reply("O.bc.who.more", {"number": made.id}))
    shown_ = Reply("O.lines", {"lines": tuple(lines)}, (_back(card, key),), card=card)
    seen = Audit("broadcast recipients seen", {"key": key, "recipients": len(there)})
    return Outcome(dict(turn.state), (shown_,), (seen,), understood=f"broadcast {made.id}: who")


def _sheet(turn: Turn, made: Made, key: str) -> Outcome:
    """Everybody on the list, as an Excel file beside the card."""
    there: tuple[Recipient, ...] = turn.known(RecipientsOf(key, MOST_ROWS, everybody=True))
    rows = tuple((one.name, one.association, Reply(f"O.bc.is.{one.what}"), one.answer or None) for one in there)
    file = Sheet(f"broadcast-{made.id}", _HEAD, rows)
    seen = Audit("broadcast recipients seen", {"key": key, "recipients": len(there), "file": True})
    said = Reply("O.bc.file", {"number": made.id, "count": len(there)}, file=file)
    return Outcome(dict(turn.state), (said,), (seen,), understood=f"broadcast {made.id}: as a file")


def _one(turn: Turn, made: Made, one: Recipient, waiting: int) -> Reply:
    values: dict[str, Any] = {"name": one.name, "association": one.association or "-"}
    if one.what != "waiting" or made.ends_at is None:
        return Reply(f"O.bc.who.{one.what}", values)
    about = max(turn.now, made.starts_at or turn.now) + one.place * _each(turn, made, waiting)
    place = {"number": _gone(made) + one.place, "people": _all(made), "time": clock(turn, about)}
    return Reply("O.bc.who.waiting", values | place)


def _each(turn: Turn, made: Made, waiting: int) -> timedelta:
    """What one of those who wait takes, as the plan has it."""
    left = (made.ends_at or turn.now) - max(turn.now, made.starts_at or turn.now)
    return max(left, timedelta()) / max(waiting, 1)


def _all(made: Made) -> int:
    return sum(count for name, count in made.found if name in _STATES)


def _gone(made: Made) -> int:
    return _all(made) - dict(made.found).get("waiting", 0)


# --- how it stands ---


def shown(turn: Turn, made: Made, card: int, key: str) -> Outcome:
    """How it stands now; looked at again as long as something may change. By itself it says only what is new."""
    found, log = dict(made.found), f"broadcast {made.id}: {made.state}"
    said = f"{made.state} {sorted(made.found)} {sorted(made.answers)} {made.questions}"
    timers = _timers(turn, made, card, key, said)
    if turn.inbound.data.get("said") == said:
        return Outcome(dict(turn.state), (), (), timers, log)
    lines = [_head(turn, made, found), *_progress(turn, made, found)]
    lines += [_line(name, found) for name in _STATES if found.get(name)]
    if found.get("left_out"):
        lines.append(Reply("O.bc.run.leftout", {"count": found["left_out"]}))
    if made.answers or made.questions:
        yes, no = (dict(made.answers).get(word, 0) for word in ("yes", "no"))
        lines.append(Reply("O.bc.run.answers", {"yes": yes, "no": no, "count": made.questions}))
    if made.state in ("done", "stopped"):
        lines.append(Reply("O.bc.run.notread"))
    reply = Reply("O.lines", {"lines": tuple(lines)}, _buttons(turn, made, card, key), card=card)
    return Outcome(dict(turn.state), (reply,), (), timers, log)


def _line(name: str, found: Mapping[str, int]) -> Reply:
    return Reply(f"O.bc.run.{name}", {"count": found[name]})


def _head(turn: Turn, made: Made, found: Mapping[str, int]) -> Reply:
    values = {
        "number": made.id,
        "count": sum(found.get(name, 0) for name in _LEFT),
        "people": _all(made),
        "arrived": found.get("delivered", 0),
        "time": clock(turn, turn.now),
    }
    if made.state == "approved" and made.starts_at:
        begins = clock(turn, made.starts_at)
        return Reply("O.bc.approved", {"number": made.id, "people": values["people"], "time": begins})
    if made.state == "stopped" and not values["count"] and not found.get("waiting"):  # nothing is under way either
        return Reply("O.bc.undone", {"number": made.id})
    return Reply(f"O.bc.{made.state}", values)


def _progress(turn: Turn, made: Made, found: Mapping[str, int]) -> tuple[Reply, ...]:
    """Which one leaves next, and when the last one does."""
    if made.state != "sending" or made.ends_at is None or not found.get("waiting"):
        return ()
    ends = clock(turn, max(made.ends_at, turn.now))
    return (Reply("O.bc.run.next", {"number": _gone(made) + 1, "people": _all(made), "time": ends}),)


def _buttons(turn: Turn, made: Made, card: int, key: str) -> tuple[tuple[Button, ...], ...]:
    refresh, who = _run(card, "b.bc.refresh", "look", key), _run(card, "b.bc.who", "who", key)
    if made.state not in _RUNS:
        again = (_run(card, "b.bc.again", "again", key, count=made.again),) if made.again else ()
        return ((who, *again, _run(card, "b.excel", "xlsx", key)), (refresh,))
    begun = made.state != "approved" or made.starts_at is None or made.starts_at <= turn.now
    stop = _run(card, "b.bc.stop" if begun else "b.bc.undo", "stop", key)
    return ((stop, refresh), (who,)) if begun else ((stop, refresh),)


def _run(card: int, label: str, action: str, key: str, **values: Any) -> Button:
    return Button(label, f"bc:{card}:run:{action}:{key}", values)


def _back(card: int, key: str) -> tuple[Button, ...]:
    return (_run(card, "b.bc.back", "look", key),)


def _timers(turn: Turn, made: Made, card: int, key: str, said: str) -> tuple[Timer, ...]:
    """One card is looked at by one timer; none once nothing can change any more."""
    if not _changes(made) or (due := _next_look(turn.now, made)) is None:
        return (Timer("broadcast", str(card), None),)
    return (Timer("broadcast", str(card), due, {"card": card, "key": key, "said": said}),)


def _changes(made: Made) -> bool:
    return made.state in _RUNS or any(count and name in _MAY_CHANGE for name, count in made.found)


def _next_look(now: datetime, made: Made) -> datetime | None:
    began = made.starts_at
    if began is None:
        return None
    if made.state == "approved":
        return max(now, began) + AT_ONCE
    due = now + next((often for until, often in EVERY if now - began < until), SELDOM)
    return due if due <= began + FOR else None
