"""/late: who has not reported, what is known of each, reminders to several at once, and the list as an Excel file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

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
    Outcome,
    RemindOf,
    Reply,
    Sheet,
    Turn,
)
from handlers.turn.lateness import LATE

PAGE = 8
NAMED = 30
"""So many that are not late are named; a message has 4,096 characters."""
DATA = 64
"""Bytes of a button's data (Bot API)."""
_HEAD = (
    "O.sheet.number",
    "O.sheet.association",
    "O.sheet.commune",
    "O.sheet.state",
    "O.sheet.days",
    "O.sheet.reminders",
    "O.sheet.until",
    "O.sheet.half",
    "O.sheet.text",
)
_STATES = {
    "silent": "O.sheet.silent",
    "unreachable": "O.sheet.unreachable",
    "later": "O.sheet.later",
    "zero": "O.sheet.zero",
}


def wanted(turn: Turn) -> LateOf:
    """The late list that this person sees today."""
    programme = turn.programme
    return LateOf(viewer(turn), turn.now, programme.timezone, programme.start, programme.period_days)


def late(turn: Turn, said: Said) -> Outcome:
    """/late"""
    return _page(turn, 0)


def pressed_late(turn: Turn, said: Said) -> Outcome | None:
    """From /today, the next page, the Excel file; `late:+:remind:7,11` shows their reminders, `send` sends them."""
    what, _, numbers = said.rest.removeprefix("+:").partition(":")
    if what == "xlsx":
        return _sheet(turn)
    if what == "cancel":
        return reminding.cancelled(turn)
    if what in ("remind", "send"):
        ids = [int(number) for number in numbers.split(",") if number.isdigit()]
        return reminding.several(turn, ids, send=what == "send") if ids else None
    return _page(turn, int(what)) if what.isdigit() else None


def _page(turn: Turn, start: int) -> Outcome:
    """Silent ones one by one, longest first; who said "later" or "no training" is not late and is only named."""
    there: LateList = turn.known(wanted(turn))
    silent = [one for one in there.rows if one.state in LATE]
    page = silent[start : start + PAGE]
    zero, later = ([one for one in there.rows if one.state == state] for state in ("zero", "later"))
    lines = [_head(turn, there, len(zero), len(later), len(silent))]
    lines += [_line(turn, place, one) for place, one in enumerate(page, start + 1)]
    if zero:
        lines.append(Reply("O.late.zero", {"items": _names(zero)}))
    if later:
        lines.append(Reply("O.late.later", {"items": _names(later)}))
    rows = _buttons(turn, page, start)
    if len(silent) > start + PAGE:
        rows = (*rows, (Button("b.nextpage", f"late:+:{start + PAGE}"),))
    audit = (Audit("late list", {"associations": len(page)}),)
    reply = Reply("O.lines", {"lines": tuple(lines)}, rows)
    return Outcome(dict(turn.state), (reply,), audit, understood=f"late: {len(silent)}")


def _head(turn: Turn, there: LateList, zero: int, later: int, silent: int) -> Reply:
    counts = {
        "O.late.n.reported": there.associations - len(there.rows),
        "O.late.n.zero": zero,
        "O.late.n.later": later,
        "O.late.n.silent": silent,
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


# --- as an Excel file ---


def _sheet(turn: Turn) -> Outcome:
    """All of them, also who is not late, with what is known of each."""
    there: LateList = turn.known(wanted(turn))
    silent = sum(one.state in LATE for one in there.rows)
    file = Sheet(f"late-{turn.today.isoformat()}", _HEAD, tuple(_cells(turn, one) for one in there.rows))
    audit = (Audit("late list", {"associations": len(there.rows), "file": True}),)
    values = {"date": turn.today, "count": silent}
    return Outcome(dict(turn.state), (Reply("O.late.file", values, file=file),), audit, understood="late, as a file")


def _cells(turn: Turn, late: Lateness) -> tuple[object, ...]:
    own = late.association
    half = (late.half_since + turn.utc_offset).date() if late.half_since else None
    values = (own.no, own.name, late.commune, Reply(_STATES[late.state]), late.days, late.reminders, late.later)
    return (*values, half, _last_text(turn, late))


def _last_text(turn: Turn, late: Lateness) -> Reply | None:
    """What became of it: arrived is never called read."""
    key = SENT.get(late.sent)
    return Reply(key, {"time": clock(turn, late.sent_at)}) if key and late.sent_at else None
