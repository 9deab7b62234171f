"""The card of a broadcast that was approved: undo, progress, stop; the report, whom it did not reach, once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from handlers import state
from handlers.team.broadcast_card import UNDO
from handlers.team.broadcast_who import STATES, all_of, gone, sheet, who
from handlers.team.viewing import clock
from handlers.turn import (
    ApproveBroadcast,
    Audit,
    BroadcastEnds,
    BroadcastMade,
    Button,
    CountBroadcast,
    Effect,
    Ended,
    Made,
    Outcome,
    Reply,
    RetryBroadcast,
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
FRESH = timedelta(seconds=2)
"""Of what was counted: a refresh that is pressed later counts anew."""
_RUNS = ("approved", "sending", "asks")
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
    action, _, key = arg.replace(":+:", ":").partition(":")
    made = _hers(turn, key)
    if made is None:
        return None
    if action == "stop" and made.state in _RUNS:
        effects = (*called_off(key), wake(turn, card, key))
        return Outcome(dict(turn.state), (), effects, understood=f"broadcast {made.id}: stopped")
    if action == "xlsx":
        return sheet(turn, made, key)
    return _goes_on(turn, made, card, key, action)


def counted(turn: Turn) -> Outcome:
    """Its texts are counted: the card goes on with what was pressed."""
    key, card, then = (turn.inbound.data[name] for name in ("key", "card", "then"))
    made: Made | None = turn.known(BroadcastMade(key))
    if made is None:
        return Outcome(dict(turn.state), understood="broadcast: gone")
    return _goes_on(turn, made, int(card), key, then)


def _goes_on(turn: Turn, made: Made, card: int, key: str, then: str) -> Outcome:
    """With "who" or "again", else how it stands; over many texts once they are counted."""
    told = turn.inbound.data.get("what") == "counted"
    since = datetime.fromtimestamp(0, UTC) if told else turn.now - FRESH
    step = then if then in ("who", "again", "go") else ""
    question = BroadcastEnds(turn.address.id, key, card, turn.now, since, step, made.state)
    ended: Ended | None = turn.known(question)
    if ended is None:
        return _is_counted(turn, made, question)
    if then == "who":
        return who(turn, made, ended, card, key, _back(card, key))
    if then == "again" and ended.again and made.state not in _RUNS:
        return _again(turn, made, ended, card, key)
    if then == "go" and made.state == "asks" and (waits := dict(ended.found).get("waiting")):
        return _go_on(turn, made, waits, card, key)
    return _stands(turn, made, ended, card, key)


def _is_counted(turn: Turn, made: Made, question: BroadcastEnds) -> Outcome:
    """The card stays as it is until then; one that was approved just now may be called off at once."""
    replies: tuple[Reply, ...] = ()
    if made.state == "approved" and not question.then:
        replies = (_card(turn, made, question.card, question.key, [_head(turn, made, {})], 0),)
    timers = (_timer(turn, made, question.card, question.key, ""),)  # where a newer question takes this one's place
    counts = (CountBroadcast(question),)
    return Outcome(dict(turn.state), replies, counts, timers, f"broadcast {made.id}: is counted")


def _hers(turn: Turn, key: str) -> Made | None:
    """The broadcast, when she may do something with it."""
    made: Made | None = turn.known(BroadcastMade(key))
    person = turn.person
    return made if made and person and (made.made_by == person.id or person.role == "admin") else None


# --- once more ---


def _again(turn: Turn, made: Made, ended: Ended, card: int, key: str) -> Outcome:
    if ended.again <= TYPED_ABOVE:
        return _sent_again(turn, made, ended.again, card, key, dict(turn.state))
    asked = Reply("O.bc.number", {"count": ended.again}, (_back(card, key),), card=card)
    return Outcome(
        state.ask(turn, "broadcast", again=key, card=card, number=ended.again),
        (asked,),
        understood=f"broadcast {made.id}: asks the number",
    )


def _sent_again(turn: Turn, made: Made, number: int, card: int, key: str, kept: Mapping[str, Any]) -> Outcome:
    """Nothing happens when it is another number by now; the card shows how things are."""
    audit = Audit("broadcast sent again", {"key": key, "recipients": number})
    effects = (RetryBroadcast(key, number), audit, wake(turn, card, key))
    return Outcome(kept, (), effects, understood=f"broadcast {made.id}: {number} once more")


def typed(turn: Turn, said: str, question: Mapping[str, Any]) -> Outcome | None:
    """The number of texts that are sent once more."""
    key, card, number = str(question["again"]), int(question["card"]), int(question["number"])
    made = _hers(turn, key)
    if made is None:
        return None
    if said == str(number) and question.get("go") and made.state == "asks":
        return _goes_again(turn, made, number, card, key, state.close(turn))
    if said == str(number) and made.state not in _RUNS:
        return _sent_again(turn, made, number, card, key, state.close(turn))
    wrong = Reply("O.bc.wrongnumber", {"said": said[:20], "count": number}, (_back(card, key),), card=card)
    return Outcome(dict(turn.state), (wrong,), understood=f"broadcast {made.id}: another number")


def _go_on(turn: Turn, made: Made, number: int, card: int, key: str) -> Outcome:
    """It was late, or is for many more by now: the rest is sent once she says to how many."""
    if number <= TYPED_ABOVE:
        return _goes_again(turn, made, number, card, key, dict(turn.state))
    asked = Reply("O.bc.number", {"count": number}, (_back(card, key),), card=card)
    new = state.ask(turn, "broadcast", again=key, card=card, number=number, go=True)
    return Outcome(new, (asked,), understood=f"broadcast {made.id}: asks the number")


def _goes_again(turn: Turn, made: Made, number: int, card: int, key: str, kept: Mapping[str, Any]) -> Outcome:
    """In a minute, as long as it was planned to take."""
    begins = turn.now + UNDO
    takes = made.ends_at - made.starts_at if made.ends_at and made.starts_at else timedelta(hours=1)
    audit = Audit("broadcast approved", {"key": key, "recipients": number})
    effects = (ApproveBroadcast(key, number, begins, begins + takes), audit, wake(turn, card, key))
    return Outcome(kept, (), effects, understood=f"broadcast {made.id}: goes on for {number}")


# --- how it stands ---


def shown(turn: Turn, made: Made, card: int, key: str) -> Outcome:
    """How it stands now."""
    return _goes_on(turn, made, card, key, "")


def _stands(turn: Turn, made: Made, ended: Ended, card: int, key: str) -> Outcome:
    """Looked at again as long as something may change. By itself it says only what is new."""
    found, log = dict(ended.found), f"broadcast {made.id}: {made.state}"
    said = f"{made.state} {sorted(ended.found)} {sorted(ended.answers)} {ended.questions}"
    timers = _timers(turn, made, ended, card, key, said)
    if turn.inbound.data.get("said") == said:
        return Outcome(dict(turn.state), (), (), timers, log)
    lines = [_head(turn, made, found), *_progress(turn, made, found)]
    lines += [_line(name, found) for name in STATES if found.get(name)]
    if found.get("left_out"):
        lines.append(Reply("O.bc.run.leftout", {"count": found["left_out"]}))
    if ended.answers or ended.questions:
        yes, no = (dict(ended.answers).get(word, 0) for word in ("yes", "no"))
        lines.append(Reply("O.bc.run.answers", {"yes": yes, "no": no, "count": ended.questions}))
    if made.state in ("done", "stopped") and (began := _began(turn, made, ended)):
        lines += (*began, Reply("O.bc.run.notread"))
    number = found.get("waiting", 0) if made.state == "asks" else ended.again
    return Outcome(dict(turn.state), (_card(turn, made, card, key, lines, number),), (), timers, log)


def _began(turn: Turn, made: Made, ended: Ended) -> tuple[Reply, ...]:
    """When, and who sent it; nothing of one that was called off before."""
    left = any(count and name in STATES and name not in ("waiting", "stopped") for name, count in ended.found)
    if not left or ended.began is None or not made.by:
        return ()
    return (Reply("O.bc.run.began", {"moment": clock(turn, ended.began), "officer": made.by}),)


def _card(turn: Turn, made: Made, card: int, key: str, lines: Sequence[Reply], number: int) -> Reply:
    return Reply("O.lines", {"lines": tuple(lines)}, _buttons(turn, made, number, card, key), card=card)


def _line(name: str, found: Mapping[str, int]) -> Reply:
    return Reply(f"O.bc.run.{name}", {"count": found[name]})


def _head(turn: Turn, made: Made, found: Mapping[str, int]) -> Reply:
    values = {
        "number": made.id,
        "count": sum(found.get(name, 0) for name in _LEFT),
        "people": all_of(found),
        "arrived": found.get("delivered", 0),
        "time": clock(turn, turn.now),
    }
    if made.state == "approved" and made.starts_at:
        begins = clock(turn, made.starts_at)
        return Reply("O.bc.approved", {"number": made.id, "people": made.number, "time": begins})
    if made.state == "stopped" and not values["count"] and not found.get("waiting"):  # nothing is under way either
        return Reply("O.bc.undone", {"number": made.id})
    return Reply(f"O.bc.{made.state}", values)


def _progress(turn: Turn, made: Made, found: Mapping[str, int]) -> tuple[Reply, ...]:
    """Which one leaves next, and when the last one does."""
    if made.state != "sending" or made.ends_at is None or not found.get("waiting"):
        return ()
    ends = clock(turn, max(made.ends_at, turn.now))
    return (Reply("O.bc.run.next", {"number": gone(found) + 1, "people": all_of(found), "time": ends}),)


def _buttons(turn: Turn, made: Made, number: int, card: int, key: str) -> tuple[tuple[Button, ...], ...]:
    refresh, who = _run(card, "b.bc.refresh", "look", key), _run(card, "b.bc.who", "who", key)
    if made.state not in _RUNS:
        again = (_run(card, "b.bc.again", "again", key, count=number),) if number else ()
        return ((who, *again, _run(card, "b.excel", "xlsx", key)), (refresh,))
    begun = made.state != "approved" or made.starts_at is None or made.starts_at <= turn.now
    stop = _run(card, "b.bc.stop" if begun else "b.bc.undo", "stop", key)
    on = ((_run(card, "b.bc.send", "go", key, count=number),),) if made.state == "asks" and number else ()
    return (*on, (stop, refresh), (who,)) if begun else ((stop, refresh),)


def _run(card: int, label: str, action: str, key: str, **values: Any) -> Button:
    again = "+:" if action == "look" else ""  # how it stands may be asked as often as she likes
    return Button(label, f"bc:{card}:run:{action}:{again}{key}", values)


def _back(card: int, key: str) -> tuple[Button, ...]:
    return (_run(card, "b.bc.back", "look", key),)


def _timers(turn: Turn, made: Made, ended: Ended, card: int, key: str, said: str) -> tuple[Timer, ...]:
    """None once nothing can change any more."""
    if not _changes(made, ended):
        return (Timer("broadcast", str(card), None),)
    return (_timer(turn, made, card, key, said),)


def _timer(turn: Turn, made: Made, card: int, key: str, said: str) -> Timer:
    """One card is looked at by one timer, for two days."""
    return Timer("broadcast", str(card), _next_look(turn.now, made), {"card": card, "key": key, "said": said})


def _changes(made: Made, ended: Ended) -> bool:
    return made.state in _RUNS or any(count and name in _MAY_CHANGE for name, count in ended.found)


def _next_look(now: datetime, made: Made) -> datetime | None:
    began = made.starts_at
    if began is None:
        return None
    if made.state == "approved":
        return max(now, began) + AT_ONCE
    due = now + next((often for until, often in EVERY if now - began < until), SELDOM)
    return due if due <= began + FOR else None
