"""/late and /remind: who has not reported, and one reminder by hand, shown before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from handlers import reminders
from handlers.said import Said
from handlers.team.reporting import found, not_found
from handlers.team.viewing import LANGUAGE_NAMES, clock, pressed, viewer
from handlers.turn import (
    Audit,
    Button,
    Label,
    LateList,
    Lateness,
    LateOf,
    Outcome,
    RemindOf,
    Reply,
    SaveVisit,
    SaveZero,
    ToRemind,
    Turn,
)

PAGE = 8
NAMED = 30
"""So many that are not late are named; a message has 4,096 characters."""
LATE = ("silent", "unreachable")
"""Who said "later" or "no training" is not late."""
_WHY: Mapping[str, str] = {
    "the last reminder is less than 72 hours ago": "O.remind.apart",
    "she has got as much as a week allows": "O.remind.week",
    "it is outside the hours of unasked messages there": "O.remind.hours",
}
"""Why no reminder may leave now, as handlers/reminders.py says it."""


def wanted(turn: Turn) -> LateOf:
    """The late list that this person sees today."""
    programme = turn.programme
    return LateOf(viewer(turn), turn.now, programme.timezone, programme.start, programme.period_days)


def late(turn: Turn, said: Said) -> Outcome:
    """/late"""
    return _page(turn, 0)


def pressed_late(turn: Turn, said: Said) -> Outcome | None:
    """From /today, or the next page."""
    place = said.rest.removeprefix("+:")
    return _page(turn, int(place)) if place.isdigit() else None


def _page(turn: Turn, start: int) -> Outcome:
    """Silent ones one by one, longest first; who said "later" or "no training" is not late and is only named."""
    there: LateList = turn.known(wanted(turn))
    silent = [one for one in there.rows if one.state in LATE]
    page = silent[start : start + PAGE]
    zero, later = ([one for one in there.rows if one.state == state] for state in ("zero", "later"))
    head = {
        "date": turn.today,
        "associations": there.associations,
        "reports": there.associations - len(there.rows),
        "count": len(silent),
        "days": there.days,
    }
    lines = [Reply("O.late", head), *(_line(one) for one in page)]
    if zero:
        lines.append(Reply("O.late.zero", {"items": _names(zero)}))
    if later:
        lines.append(Reply("O.late.later", {"items": _names(later)}))
    rows = (
        [tuple(Button(Label({"en": one.association.no}), f"assoc:{one.association.id}") for one in page)]
        if page
        else []
    )
    if len(silent) > start + PAGE:
        rows.append((Button("b.nextpage", f"late:+:{start + PAGE}"),))
    audit = (Audit("late list", {"associations": len(page)}),)
    reply = Reply("O.lines", {"lines": tuple(lines)}, tuple(rows))
    return Outcome(dict(turn.state), (reply,), audit, understood=f"late: {len(silent)}")


def _line(late: Lateness) -> Reply:
    values = {
        "number": late.association.no,
        "association": late.association.sms_name,
        "place": late.commune,
        "days": late.days,
        "count": late.reminders,
    }
    return Reply("O.late.unreachable" if late.state == "unreachable" else "O.late.silent", values)


def _names(there: list[Lateness]) -> tuple[Reply, ...]:
    more = (Reply("O.today.more"),) if len(there) > NAMED else ()
    return (*(_named(one) for one in there[:NAMED]), *more)


def _named(late: Lateness) -> Reply:
    if late.later is None:
        return Reply("O.who.association", {"association": late.association.sms_name})
    return Reply("O.late.until", {"association": late.association.sms_name, "date": late.later})


# --- one reminder, by hand ---


def remind(turn: Turn, said: Said) -> Outcome:
    """/remind 11"""
    there = found(turn, said.rest)
    return _offered(turn, there.id) if there else not_found(turn, said.rest)


def pressed_remind(turn: Turn, said: Said) -> Outcome | None:
    """On an association's page; then `send` or `cancel`."""
    number, _, action = said.rest.partition(":")
    if not number.isdigit():
        return None
    if action == "cancel":
        return Outcome(dict(turn.state), (Reply("O.remind.not", edits=pressed(turn)),), understood="not reminded")
    return _offered(turn, int(number), send=action == "send")


def _offered(turn: Turn, number: int, *, send: bool = False) -> Outcome:
    """The text as she would read it, with "send"; or why it may not leave now and when it may."""
    there: ToRemind | None = turn.known(RemindOf(viewer(turn), number, turn.now))
    if there is None:
        return Outcome(dict(turn.state), (Reply("O.gone"),), understood="no such association, or not hers")
    where, own = pressed(turn) if send else "", there.association
    if there.person is None:
        reply = Reply("O.remind.nobody", {"association": own.sms_name}, edits=where)
        return Outcome(dict(turn.state), (reply,), understood="nobody can be written to")
    when = reminders.rules(turn)
    at, why = reminders.possible(when, own, there.reminded_at, there.unasked, turn.now)
    if why:
        key = _WHY.get(why, "O.remind.never")
        values = {"association": own.sms_name, **({"time": clock(turn, at)} if at and key in _WHY.values() else {})}
        if key in _WHY.values() and at is None:
            key = "O.remind.never"
        return Outcome(dict(turn.state), (Reply(key, values, edits=where),), understood=f"no reminder: {why}")
    if send:
        return _sent(turn, there)
    return _shown(turn, there, last=there.touch + 1 >= when.touches(own, there.day0 or turn.now))


def _shown(turn: Turn, there: ToRemind, *, last: bool) -> Outcome:
    assert there.person is not None
    heard = there.heard_at
    since = reminders.local_day(turn, heard) if heard else turn.programme.start
    own, language = there.association, there.person.language or "rn"
    text = reminders.training_text(own, there.person, since, turn.programme.sender, last=last)
    text = Reply(text.key, text.values, language=language)
    values = {"name": there.person.sms_name, "association": own.sms_name, "language_name": LANGUAGE_NAMES[language]}
    rows = ((Button("b.send", f"remind:{own.id}:send"), Button("b.cancel", f"remind:{own.id}:cancel")),)
    reply = Reply("O.remind", {**values, "lines": (text,)}, rows)
    return Outcome(dict(turn.state), (reply,), understood=f"shows the reminder of {own.no}")


def _sent(turn: Turn, there: ToRemind) -> Outcome:
    """Its timer is due now; what leaves is decided in her conversation, as for every reminder."""
    data: dict[str, Any] = {"touch": there.touch, "by_hand": True}
    if there.day0:
        data["day0"] = there.day0.isoformat()
    timer = reminders.timer("training", there.association.id, turn.now, **data)
    reply = Reply("O.remind.sent", {"association": there.association.sms_name}, edits=pressed(turn))
    audit = (Audit("reminded", {"association": there.association.id}),)
    return Outcome(dict(turn.state), (reply,), audit, (timer,), f"reminds {there.association.no}")


# --- no training, said by phone ---


def no_training(turn: Turn, said: Said) -> Outcome | None:
    """A zero report for them: the association is not late, and the ladder begins anew."""
    if not said.rest.isdigit():
        return None
    there: ToRemind | None = turn.known(RemindOf(viewer(turn), int(said.rest), turn.now))
    if there is None:
        return None
    own = there.association
    since = reminders.local_day(turn, there.heard_at) if there.heard_at else turn.programme.start
    first = reminders.rules(turn).first(own, "training", turn.now)
    effects = (
        SaveZero(own.id, "training", since, None),
        SaveVisit("call", own.id, None, turn.today, "no training"),
        Audit("no training", {"association": own.id}),
    )
    timer = reminders.timer("training", own.id, max(first, turn.now + timedelta(minutes=1)))
    values = {"association": own.sms_name, "since": since, "officer": turn.person.sms_name if turn.person else ""}
    return Outcome(dict(turn.state), (Reply("O.notraining", values),), effects, (timer,), "zero report by phone")
