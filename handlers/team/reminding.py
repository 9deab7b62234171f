"""/remind and the reminders of /late: shown before they are sent; and "no training", said by phone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from handlers import reminders
from handlers.said import Said
from handlers.team.reporting import found, not_found
from handlers.team.viewing import LANGUAGE_NAMES, clock, pressed, viewer
from handlers.turn import (
    Association,
    Audit,
    Button,
    BySms,
    Outcome,
    Parts,
    RemindOf,
    Reply,
    SaveVisit,
    SaveZero,
    Timer,
    ToRemind,
    Turn,
    When,
)
from handlers.working_days import day_of

APART = timedelta(hours=72)
"""Between two reminders of an association that an officer sends by hand, or after any other."""
_WHY: Mapping[str, str] = {
    "the last reminder is less than 72 hours ago": "O.remind.apart",
    "she has got as much as a week allows": "O.remind.week",
    "it is outside the hours of unasked messages there": "O.remind.hours",
}
"""Why no reminder may leave now, as `possible` says it."""


def possible(
    when: When, association: Association, reminded_at: datetime | None, unasked: Sequence[datetime], now: datetime
) -> tuple[datetime | None, str]:
    """When an officer may send a reminder by hand, and why not now; (now, "") when she may.

    None = never: the programme writes nobody unasked.
    """
    free = when.free(unasked, now, by_hand=True)
    if free is None:
        return None, "the settings allow no unasked message"
    apart = reminded_at + APART if reminded_at else now
    at = when.allowed(max(now, apart, free), association)
    if apart > now:
        return at, "the last reminder is less than 72 hours ago"
    if free > now:
        return at, "she has got as much as a week allows"
    return at, "it is outside the hours of unasked messages there" if at > now else ""


def remind(turn: Turn, said: Said) -> Outcome:
    """/remind 11"""
    there = found(turn, said.rest)
    return _offered(turn, there.id) if there else not_found(turn, said.rest)


def pressed_remind(turn: Turn, said: Said) -> Outcome | None:
    """On an association's page; then `send` or `cancel`."""
    number, _, action = said.rest.partition(":")
    if not number.isdecimal():
        return None
    return cancelled(turn) if action == "cancel" else _offered(turn, int(number), send=action == "send")


def cancelled(turn: Turn) -> Outcome:
    """Nothing is sent."""
    return Outcome(dict(turn.state), (Reply("O.remind.not", edits=pressed(turn)),), understood="not reminded")


def may(turn: Turn, there: ToRemind | None) -> bool:
    """Whether a reminder by hand may leave now."""
    return there is not None and _hindered(turn, there) is None


def _hindered(turn: Turn, there: ToRemind) -> Reply | None:
    """Why no reminder may leave now, and when it may; None when it may."""
    own = there.association
    if there.person is None:
        return Reply("O.remind.nobody", {"association": own.sms_name})
    at, why = possible(reminders.rules(turn), own, there.reminded_at, there.unasked, turn.now)
    if not why:
        return None
    if why not in _WHY or at is None:
        return Reply("O.remind.never", {"association": own.sms_name})
    return Reply(_WHY[why], {"association": own.sms_name, "time": clock(turn, at)})


def _offered(turn: Turn, number: int, *, send: bool = False) -> Outcome:
    """The text as she would read it, with "send"; or why it may not leave now and when it may."""
    there: ToRemind | None = turn.known(RemindOf(viewer(turn), number, turn.now))
    if there is None:
        return Outcome(dict(turn.state), (Reply("O.gone"),), understood="no such association, or not hers")
    own = there.association
    if hindered := _hindered(turn, there):
        where = pressed(turn) if send else ""
        shown = Reply(hindered.key, hindered.values, edits=where)
        return Outcome(dict(turn.state), (shown,), understood=f"no reminder to {own.no}")
    if send:
        reply = Reply("O.remind.sent", {"association": own.sms_name}, edits=pressed(turn))
        return Outcome(dict(turn.state), (reply,), (_audit(own.id),), (_timer(turn, there),), f"reminds {own.no}")
    said = _shown(turn, there)
    rows = ((Button("b.send", f"remind:{own.id}:send"), Button("b.cancel", f"remind:{own.id}:cancel")),)
    reply = Reply(said.key, said.values, rows)
    return Outcome(dict(turn.state), (reply,), understood=f"shows the reminder of {own.no}")


def several(turn: Turn, ids: Sequence[int], *, send: bool = False) -> Outcome:
    """Several from /late: each text shown, then all sent by one press; those that may not leave any more say why."""
    facts = [RemindOf(viewer(turn), number, turn.now) for number in ids]
    turn.need(*facts)
    asked: list[ToRemind] = [there for fact in facts if (there := turn.known(fact)) is not None]
    why = {there.association.id: _hindered(turn, there) for there in asked}
    free = [there for there in asked if why[there.association.id] is None]
    hindered = [reply for reply in why.values() if reply]
    if send or not free:
        return _sent(turn, free, hindered, pressed(turn) if send else "")
    numbers = ",".join(str(there.association.id) for there in free)
    rows = ((Button("b.send", f"late:+:send:{numbers}"), Button("b.cancel", "late:+:cancel")),)
    lines = (*(_shown(turn, there) for there in free), *hindered)
    return Outcome(
        dict(turn.state), (Reply("O.lines", {"lines": lines}, rows),), understood=f"shows {len(free)} reminders"
    )


def _sent(turn: Turn, free: Sequence[ToRemind], hindered: Sequence[Reply], where: str) -> Outcome:
    names = tuple(Reply("O.who.association", {"association": there.association.sms_name}) for there in free)
    lines = (*((Reply("O.remind.some", {"items": names}),) if names else ()), *hindered)
    reply = Reply("O.lines", {"lines": lines or (Reply("O.gone"),)}, edits=where)
    audits = tuple(_audit(there.association.id) for there in free)
    timers = tuple(_timer(turn, there) for there in free)
    return Outcome(dict(turn.state), (reply,), audits, timers, f"reminds {len(free)}")


def _shown(turn: Turn, there: ToRemind) -> Reply:
    """The text as her phone or her chat gets it, below her name."""
    assert there.person is not None
    own, language, when = there.association, there.person.language or "rn", reminders.rules(turn)
    since = day_of(turn, there.heard_at) if there.heard_at else turn.programme.start
    last = there.touch + 1 >= when.touches(own, there.day0 or turn.now)
    text = reminders.training_text(own, there.person, since, turn.programme.sender, last=last)
    text = Reply(text.key, text.values, language=language)
    values = {"name": there.person.sms_name, "association": own.sms_name, "language_name": LANGUAGE_NAMES[language]}
    if there.rich:
        return Reply("O.remind", {**values, "lines": (text,)})
    return Reply("O.remind.sms", {**values, "lines": (BySms(text),), "parts": Parts(text)})


def _timer(turn: Turn, there: ToRemind) -> Timer:
    """Its timer is due now; what leaves is decided in her conversation, as for every reminder."""
    data: dict[str, Any] = {"touch": there.touch, "by_hand": True}
    if there.day0:
        data["day0"] = there.day0.isoformat()
    return reminders.timer("training", there.association.id, turn.now, **data)


def _audit(association_id: int) -> Audit:
    return Audit("reminded", {"association": association_id})


# --- no training, said by phone ---


def no_training(turn: Turn, said: Said) -> Outcome | None:
    """A zero report for them, once she says that it is meant: the association is not late, the ladder begins anew.

    Its button stands beside others, and nothing takes a zero report back.
    """
    number, _, sure = said.rest.partition(":")
    if not number.isdecimal():
        return None
    if sure == "cancel":
        return Outcome(dict(turn.state), (Reply("M6undone", edits=pressed(turn)),), understood="no zero report")
    there: ToRemind | None = turn.known(RemindOf(viewer(turn), int(number), turn.now))
    if there is None:
        return None
    own = there.association
    since = day_of(turn, there.heard_at) if there.heard_at else turn.programme.start
    if sure != "sure":
        rows = ((Button("b.yes", f"zero:{own.id}:sure"), Button("b.cancel", f"zero:{own.id}:cancel")),)
        asked = Reply("O.notraining.sure", {"association": own.sms_name, "since": since}, rows)
        return Outcome(dict(turn.state), (asked,), understood="a zero report by phone?")
    first = reminders.rules(turn).first(own, "training", turn.now)
    effects = (
        SaveZero(own.id, "training", since, None),
        SaveVisit("call", own.id, None, turn.today, "no training"),
        Audit("no training", {"association": own.id}),
    )
    timer = reminders.timer("training", own.id, max(first, turn.now + timedelta(minutes=1)))
    values = {"association": own.sms_name, "since": since, "officer": turn.person.sms_name if turn.person else ""}
    noted = Reply("O.notraining", values, edits=pressed(turn))
    return Outcome(dict(turn.state), (noted,), effects, (timer,), "zero report by phone")
