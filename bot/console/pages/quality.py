"""Which figures can I trust? The reports that a rule has flagged; a person asks the leader, accepts or rejects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console import roles
from bot.console.ask import Ask
from bot.console.chosen import Chosen, chosen
from bot.console.figure_words import REASONS, VERDICTS, WAYS
from bot.console.flag_words import KINDS, said
from bot.console.page import Page
from bot.console.tables import Column, Table
from bot.console.words import _
from bot.programme.counting import Flag, Place, flags, trainings
from bot.store import checks, evidence

SHOWN = 60
"""Reports on the page; the files have all of them."""
TABLE = Table(
    "quality",
    (
        Column("report", _("No"), link="/reports/{report}"),
        Column("no", _("Association")),
        Column("association", _("Name")),
        Column("day", _("Day"), "day"),
        Column("kind", _("Flag"), "words", KINDS),
        Column("said", _("What was noticed")),
        Column("others", _("Other reports")),
        Column("verdict", _("Decision"), "words", VERDICTS),
        Column("reason", _("Because")),
    ),
)


@dataclass(frozen=True, slots=True)
class Flagged:
    """A report with all that was noticed of it, and the last thing that a person decided."""

    number: int
    place: Place
    day: str
    flags: tuple[Flag, ...]
    check: Mapping[str, Any] | None
    revision: int
    settled: bool
    """Accepted or rejected; one on hold waits. No rule looks at a rejected one any more: it has no flags."""


async def show(ask: Ask) -> Response:
    """The flagged reports of the period, those that wait first."""
    about, there = await ask.read(_flagged, ask)
    settled = ask.query.get("settled") == "1"
    rows = [_row(ask, one, flag) for one in there for flag in one.flags or (None,)]
    if ask.ending:
        return TABLE.answer(ask, "", rows)
    open_ = [one for one in there if not one.settled]
    listed = there if settled else open_
    return ask.show(
        "quality.html",
        about=about,
        listed=[(one, [said(ask.words, flag) for flag in one.flags]) for one in listed[:SHOWN]],
        counts=_by_kind(open_),
        waiting=len(open_),
        done=len(there) - len(open_),
        more=len(listed) - SHOWN,
        settled=settled,
        may_settle=roles.may(ask.me.role, "/reports/{report}/check"),
        verdicts=VERDICTS,
        ways=WAYS,
        reasons=REASONS,
    )


async def _flagged(tx: AsyncConnection, ask: Ask) -> tuple[Chosen, list[Flagged]]:
    about = await chosen(ask, tx)
    found: dict[int, list[Flag]] = {}
    for flag in await flags(tx, about.scope, about.period, ask.parts.settings.zone):
        found.setdefault(flag.report, []).append(flag)
    revisions = await checks.revisions(tx, list(found))
    rejected = [one for one in await trainings(tx, about.scope, about.period) if one.standing == "rejected"]
    looked = {check["number"]: check for check in await checks.of(tx, [*found, *(one.number for one in rejected)])}
    listed = [
        Flagged(number, own[0].place, own[0].day, tuple(own), looked.get(number), revisions[number], own[0].settled)
        for number, own in found.items()
    ]
    listed += [
        Flagged(one.number, one.place, one.day, (), looked.get(one.number), 1 + len(one.before), True)
        for one in rejected
    ]
    return about, sorted(listed, key=lambda one: (one.settled, -len(one.flags), one.number))


def _by_kind(there: Sequence[Flagged]) -> list[tuple[str, int]]:
    kinds = [flag.kind for one in there for flag in one.flags]
    return [(label, kinds.count(kind)) for kind, label in KINDS.items() if kind in kinds]


def _row(ask: Ask, one: Flagged, flag: Flag | None) -> Mapping[str, Any]:
    check = one.check or {}
    return {
        "report": one.number,
        "no": one.place.no,
        "association": one.place.name,
        "day": date.fromisoformat(one.day) if one.day else None,
        "kind": flag.kind if flag else None,
        "said": said(ask.words, flag) if flag else "",
        "others": ", ".join(map(str, flag.others)) if flag else "",
        "verdict": check.get("verdict"),
        "reason": check.get("reason"),
    }


async def ask_her(ask: Ask) -> Response:
    """Have the leader look at it once more, in her own channel and language, without a word of why."""
    report = await ask.read(evidence.report, ask.viewer, ask.number("report"))
    if report is None:
        ask.missing()
    details = {"number": report["number"], "by": ask.me.person_id}
    await ask.act("report ask", details, report=report["number"])
    text = _("The leader is asked about No %(number)s; until it is settled it is on hold.")
    there = "/quality" if ask.form.get("then") == "quality" else f"/reports/{report['number']}"
    return ask.go(there, text, number=report["number"])


PAGES = (
    Page("/quality", show, title=_("Quality"), table=True),
    Page("/reports/{report}/ask", ask_her, writes="leader asked about a report"),
)
