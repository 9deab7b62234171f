"""Behind every figure: the reports that it was counted from, and each of them with all that is known of it.

Who sees figures sees reports; names, words and photos only who reads what leaders wrote (roles.MAY of its messages).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console import roles
from bot.console.ask import Ask
from bot.console.chosen import YEARS, Chosen, chosen
from bot.console.figure_words import FIGURES, REASONS, SHEETS, SOURCES, STANDINGS, VERDICTS, WAYS
from bot.console.files import kept
from bot.console.flag_words import said
from bot.console.page import Page, Wrong
from bot.console.tables import Column, Table
from bot.console.values import CHANGED, GROUPS, topics, values_of
from bot.console.words import _
from bot.programme.counting import Period, Training, flags, trainings
from bot.store import checks, evidence
from bot.store.training_days import standing

SHOWN = 200
"""Lines on the page; the files have all of them."""
TABLE = Table(
    "reports",
    (
        Column("number", _("No"), link="/reports/{number}"),
        Column("no", _("Association")),
        Column("association", _("Name"), link="/associations/{no}"),
        Column("day", _("Day"), "day"),
        Column("topics", _("Topics")),
        Column("adds", _("Adds to the figure"), "number"),
        Column("women", _("Women"), "number"),
        Column("men", _("Men"), "number"),
        Column("new_people", _("New people"), "number"),
        Column("standing", _("Standing"), "words", STANDINGS),
        Column("sheet", _("Sheet"), "words", SHEETS),
        Column("messages", _("Messages")),
    ),
)
ALL = Table("reports", tuple(column for column in TABLE.columns if column.key != "adds"))
"""Of no figure in particular."""
SMALL = (*GROUPS, *(f"{name}_not_said" for name in ("youth", "new_youth", "groups", "new_groups")))
"""Figures of which a single report may tell who it was: in figures for those alone who read the reports' words."""
_SPLIT = "new_people"
"""The one figure of which a report can be in two parts: some of its new people were found by a call."""


async def show(ask: Ask) -> Response:
    """The reports that a figure was counted from, with what each adds; without a figure all reports."""
    figure, how = ask.query.get("figure", ""), ask.query.get("how", "")
    if figure not in ("", *FIGURES) or how not in ("", "checked", "reported", "doubtful"):
        raise Wrong(_("There is no such figure. Go back and choose one."))
    since = ask.query.get("since") == "start"
    about, there = await ask.read(_behind, ask, since)
    tells = figure not in SMALL or roles.may(ask.me.role, WORDS)
    whole = _SPLIT if figure.startswith("new_") else "attendances"
    found = [(one, _adds(one, figure if tells else whole, how)) for one in there]
    lines = [listed(ask, one, adds if tells else None) for one, adds in found if adds or not figure]
    return (TABLE if figure else ALL).answer(
        ask,
        "reports.html",
        lines if ask.ending else lines[:SHOWN],
        about=about,
        figure=figure,
        title=FIGURES.get(figure, ""),
        how=STANDINGS.get(how, ""),
        since=since,
        sum=None if figure.startswith("unique") or not figure or not tells else sum(adds for _one, adds in found),
        tells=tells,
        reports=len(lines),
        shown=SHOWN,
        files_of=about.to("", figure=figure, how=how, since="start" if since else ""),
    )


async def _behind(tx: AsyncConnection, ask: Ask, since: bool) -> tuple[Chosen, list[Training]]:
    about = await chosen(ask, tx)
    first = date(YEARS.start, 1, 1) if since else about.period.first
    return about, await trainings(tx, about.scope, Period("range", first, about.period.last))


def _adds(one: Training, figure: str, how: str) -> int:
    """To this part of this figure; 0 when it does not count."""
    if not one.counts or not figure:
        return 0
    name = "attendances" if figure.startswith("unique") else figure
    adds, checked = getattr(one.adds, name), one.adds.new_checked
    if how and name == _SPLIT:
        rest = adds - checked if one.standing == how else 0
        return checked if how == "checked" else rest
    return adds if how in ("", one.standing) else 0


def listed(ask: Ask, one: Training, adds: int | None) -> Mapping[str, Any]:
    """A line of TABLE."""
    return {
        "number": one.number,
        "no": one.place.no,
        "association": one.place.name,
        "day": _day(one.day),
        "topics": topics(ask, "training", "topics", one.values.get("topics")),
        "adds": adds,
        "women": one.values.get("women"),
        "men": one.values.get("men"),
        "new_people": one.adds.new_people if one.adds.new_not_said == 0 else None,
        "standing": one.standing,
        "sheet": one.sheet,
        "messages": ", ".join(map(str, one.messages)),
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


async def one(ask: Ask) -> Response:
    """One report: what it says, said before, and comes from; its checks and flags."""
    words = roles.may(ask.me.role, WORDS)
    found = await ask.read(_one, ask, words)
    report = found["report"]
    ask.saw(reports=[report["number"]], messages=[message["id"] for message in found["messages"]])
    values = values_of(ask, report["form"], report["values"], everything=words)
    before = [
        {**old, "shown": values_of(ask, report["form"], old["values"], everything=words), **_why(old["reason"])}
        for old in report["before"]
    ]
    return ask.show(
        "report.html", **found, values=values, before=before, words=words, standings=STANDINGS, ways=WAYS,
        reasons=REASONS, verdicts=VERDICTS, sources=SOURCES, how=_standing(report),
    )  # fmt: skip


def _why(reason: str) -> Mapping[str, str]:
    why, _colon, more = reason.partition(": ")
    return {"why": CHANGED.get(why, why), "in_words": more}


async def _one(tx: AsyncConnection, ask: Ask, words: bool) -> dict[str, Any]:
    report = await evidence.report(tx, ask.viewer, ask.number("report"))
    if report is None:
        ask.missing()
    return {
        "report": report,
        "messages": await evidence.messages(tx, report) if words else [],
        "files": await evidence.files(tx, report),
        "checks": (await checks.of(tx, [report["number"]]))[::-1],
        "flags": await _flags(tx, ask, report),
    }


async def _flags(tx: AsyncConnection, ask: Ask, report: Mapping[str, Any]) -> list[str]:
    """The rules that this report breaks, of the month that it is about."""
    about = await chosen(ask, tx, str(report["no"]))
    day = _day(report["day"]) or report["created_at"].astimezone(ask.words.zone).date()
    found = await flags(tx, about.scope, Period.of(day), ask.parts.settings.zone)
    return [said(ask.words, flag) for flag in found if flag.report == report["number"]]


def _standing(report: Mapping[str, Any]) -> str:
    """Also of one that does not count: what became of it."""
    if report["state"] in ("withdrawn", "twin"):
        return str(report["state"])
    return "rejected" if report["verdict"] == "rejected" else standing(report["state"], report["verdict"])


async def photo(ask: Ask) -> Response:
    """A photo of the report's sheet, or a voice note, as it was kept."""
    report = await ask.read(evidence.report, ask.viewer, ask.number("report"))
    name = await ask.read(evidence.file, report, ask.number("photo")) if report else None
    ask.saw(reports=[ask.number("report")], photos=[ask.number("photo")])
    return await kept(ask, name)


async def check(ask: Ask) -> Response:
    """Accept it, reject it or put it on hold; what it adds to the figures changes at once."""
    report = await ask.read(evidence.report, ask.viewer, ask.number("report"))
    if report is None:
        ask.missing()
    verdict, how = ask.form.get("verdict", ""), ask.form.get("how", "")
    reason = " ".join(ask.form.get("reason", "").split())[:300]
    if verdict not in VERDICTS or how not in WAYS:
        raise Wrong(_("Choose what becomes of the report, and how you know."))
    if verdict != "accepted" and not reason:
        raise Wrong(_("Say why, in a few words and without names; then send it once more."))
    if _standing(report) in ("withdrawn", "twin"):
        raise Wrong(_("This report counts nowhere; there is nothing to check."))
    if ask.form.get("seen") != str(report["revision"]):
        raise Wrong(_("The report was corrected since you opened it. Look at it as it is now, then decide."))
    details = {"number": report["number"], "verdict": verdict, "how": how, "reason": reason, "by": ask.me.person_id}
    details["seen"] = report["revision"]
    await ask.act("report check", details, report=report["number"], verdict=verdict)
    there = "/quality" if ask.form.get("then") == "quality" else f"/reports/{report['number']}"
    return ask.go(there, _("No %(number)s is settled; the figures are counted anew."), number=report["number"])


WORDS = "/reports/{report}/photo/{photo}"
PAGES = (
    Page("/reports", show, table=True),
    Page("/reports/{report}", one, reads="reports"),
    Page(WORDS, photo, reads="photos"),
    Page("/reports/{report}/check", check, writes="report checked"),
)
