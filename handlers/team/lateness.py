"""/late: who has not reported, what is known of each, reminders to several at once, and the list as an Excel file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from handlers.said import Said
from handlers.team import reminding
from handlers.team.opening import SENT
from handlers.team.viewing import clock, viewer
from handlers.turn import (
    Audit,
    Button,
    LateList,
    Lateness,
    LateOf,
    MadeFile,
    Outcome,
    RemindOf,
    Reply,
    Turn,
)
from handlers.turn.beside import AskBeside

PAGE = 8
NAMED = 30
"""So many that are not late are named; a message has 4,096 characters."""
DATA = 64
"""Bytes of a button's data (Bot API)."""
STATES = {
    "silent": "O.sheet.silent",
    "unreachable": "O.sheet.unreachable",
    "later": "O.sheet.later",
    "zero": "O.sheet.zero",
}
"""As the file says them."""


def late(turn: Turn, said: Said) -> Outcome:
    """/late"""
    return asks(turn, "page")


def asks(turn: Turn, face: Literal["page", "file", "today", "morning"], start: int = 0) -> Outcome:
    """Who is late is read beside the turns, and this chat is woken to tell it (beside.told)."""
    wanted = LateOf(viewer(turn), turn.now, turn.language, face, start)
    return Outcome(dict(turn.state), effects=(AskBeside(wanted),), understood=f"asks who is late: {face}")


def pressed_late(turn: Turn, said: Said) -> Outcome | None:
    """From /today, the next page, the Excel file; `late:+:remind:7,11` shows their reminders, `send` sends them."""
    what, _, numbers = said.rest.removeprefix("+:").partition(":")
    if what == "xlsx":
        return asks(turn, "file")
    if what == "cancel":
        return reminding.cancelled(turn)
    if what in ("remind", "send"):
        ids = [int(number) for number in numbers.split(",") if number.isdecimal()]
        return reminding.several(turn, ids, send=what == "send") if ids else None
    return asks(turn, "page", int(what)) if what.isdecimal() and len(what) < 9 else None


def shown(turn: Turn, there: LateList) -> Outcome:
    """Silent ones one by one, longest first; who said "later" or "no training" is not late and is only named."""
    if there.file:
        return _sheet(turn, there, there.file)
    lines = [_head(turn, there)]
    lines += [_line(turn, place, one) for place, one in enumerate(there.rows, there.start + 1)]
    for state, key in (("zero", "O.late.zero"), ("later", "O.late.later")):
        if named := [one for one in there.quiet if one.state == state]:
            lines.append(Reply(key, {"items": _names(named)}))
    rows = _buttons(turn, there.rows, there.start)
    if there.late > there.start + len(there.rows) and there.rows:
        rows = (*rows, (Button("b.nextpage", f"late:+:{there.start + len(there.rows)}"),))
    audit = (Audit("late list", {"associations": len(there.rows)}),)
    reply = Reply("O.lines", {"lines": tuple(lines)}, rows)
    return Outcome(dict(turn.state), (reply,), audit, understood=f"late: {there.late}")


def _sheet(turn: Turn, there: LateList, file: MadeFile) -> Outcome:
    """All of them, also who is not late, as an Excel file."""
    audit = (Audit("late list", {"associations": there.not_reported, "file": True}),)
    values = {"date": turn.today, "count": there.late}
    return Outcome(dict(turn.state), (Reply("O.late.file", values, file=file),), audit, understood="late, as a file")


def _head(turn: Turn, there: LateList) -> Reply:
    counts = {
        "O.late.n.reported": there.associations - there.not_reported,
        "O.late.n.zero": there.zero,
        "O.late.n.later": there.later,
        "O.late.n.silent": there.late,
    }
    values = {
        "date": turn.today,
        "since": turn.today - timedelta(days=there.days - 1),
        "associations": there.associations,
        "items": tuple(Reply(key, {"count": count}) for key, count in counts.items()),
    }
    return Reply("O.late", values)


def _line(turn: Turn, place: int, late: Lateness) -> Reply:
    values = {
        "step": place,
        "number": late.association.no,
        "association": late.association.sms_name,
        "place": late.commune,
        "days": late.days,
        "items": tuple(_known(turn, late)),
    }
    return Reply("O.late.row", values)


def _known(turn: Turn, late: Lateness) -> list[Reply]:
    """Reminders, half a report, and what became of the last text."""
    found = [Reply("O.late.reminders", {"count": late.reminders})]
    if late.state == "unreachable":
        found.append(Reply("O.late.unreachable"))
    if late.half_since:
        day = (late.half_since + turn.utc_offset).date()
        found.append(Reply("O.late.half", {"since": day}))
    if text := _last_text(turn, late):
        found.append(text)
    return found


def _buttons(turn: Turn, page: Sequence[Lateness], start: int) -> tuple[tuple[Button, ...], ...]:
    """Each of the page by its place, the reminders that may leave now, the whole list as a file."""
    places = [str(start + at) for at, _ in enumerate(page, 1)]
    opens = [Button(at, f"assoc:{one.association.id}") for at, one in zip(places, page, strict=True)]
    facts = [RemindOf(viewer(turn), one.association.id, turn.now) for one in page]
    turn.need(*facts)
    free = [reminding.may(turn, turn.known(fact)) for fact in facts]
    may = [(at, fact.association_id) for at, fact, now in zip(places, facts, free, strict=True) if now]
    excel = Button("b.excel", "late:+:xlsx")
    return (*((tuple(opens),) if opens else ()), (*_remind(may, len(page)), excel))


def _remind(may: Sequence[tuple[str, int]], shown: int) -> tuple[Button, ...]:
    """ "Remind all", or "Remind 2 and 3"; as many as a button can name."""
    data = "late:+:remind:" + ",".join(str(number) for _, number in may)
    while len(data) > DATA:
        may, data = may[:-1], data.rpartition(",")[0]
    if not may:
        return ()
    if len(may) == shown > 1:
        return (Button("b.remindall", data),)
    *others, last = [place for place, _ in may]
    items = Reply("O.and", {"first": ", ".join(others), "second": last}) if others else last
    return (Button("b.remindsome", data, {"items": items}),)


def _names(there: list[Lateness]) -> tuple[Reply, ...]:
    more = (Reply("O.today.more"),) if len(there) > NAMED else ()
    return (*(_named(one) for one in there[:NAMED]), *more)


def _named(late: Lateness) -> Reply:
    if late.later is None:
        return Reply("O.who.association", {"association": late.association.sms_name})
    return Reply("O.late.until", {"association": late.association.sms_name, "date": late.later})


def _last_text(turn: Turn, late: Lateness) -> Reply | None:
    """What became of it: arrived is never called read."""
    key = SENT.get(late.sent)
    return Reply(key, {"time": clock(turn, late.sent_at)}) if key and late.sent_at else None
