"""Where? The communes, old or new, against their targets; groups of people in fives."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console.ask import Ask
from bot.console.chosen import Chosen, chosen, rules_of
from bot.console.page import Page
from bot.console.pages.progress import cell
from bot.console.tables import Column, InWords, Table
from bot.console.words import _
from bot.programme.counting import Counts, PlaceFigures, by_commune
from bot.programme.counting.figures import added
from bot.programme.counting.groups import GROUPS, REST, groups
from bot.render import charts
from bot.render.map import Place, drawn, known, load

GEOGRAPHIES = {"": _("old communes"), "now": _("communes since 2025"), "both": _("both, side by side")}
TABLE = Table(
    "places",
    (
        Column("place", _("Commune"), link="{link}"),
        Column("associations", _("Associations"), "number"),
        Column("trainings", _("Trainings"), "number"),
        Column("attendances", _("Attendances"), "number"),
        Column("reached", _("Reached"), "number", link="{behind}"),
        Column("target", _("Target"), "number"),
        Column("new_people", _("New people"), "number"),
        Column("new_displaced", _("displaced"), "number"),
        Column("new_returnee", _("returnees"), "number"),
        Column("new_host", _("hosts"), "number"),
        Column(REST, _("rest"), "number"),
    ),
)
"""Since the start until the end of the period."""


async def show(ask: Ask) -> Response:
    """The communes in the geography that was chosen, with the sums of all."""
    about, which, places = await ask.read(_counted, ask)
    rules = rules_of(ask)
    rows = shown(about, which, places, rules.step)
    target = rules.target if about.scope.kind == "programme" else sum(one.target.people for one in places)
    rules = replace(rules, target=target, direct=sum(one.target.direct for one in places))
    names = [str(row["place"]) for row in rows[:-1]]
    mapped = [] if which == "both" else known(await asyncio.to_thread(_shapes, ask), names)
    more = {"mapped": mapped, "unmapped": [name for name in names if name not in mapped]}
    words = {**more, "geographies": GEOGRAPHIES, "rules": rules}
    return TABLE.answer(ask, "places.html", rows, about=about, which=which, **words)


async def chart(ask: Ask) -> Response:
    """Reached, and what is missing to the target, by commune."""
    about, which, places = await ask.read(_counted, ask)
    rows = shown(about, which, places, rules_of(ask).step)[:-1]
    if ask.query.get("as") == "map":
        return _map(ask, about, rows, await asyncio.to_thread(_shapes, ask))
    reached = [row["reached"] for row in rows]
    missing = [max(0, row["target"] - row["reached"]) for row in rows]
    words = ask.words
    title = words.say(
        _("Reached by commune: %(place)s, until %(day)s"), place=about.title, day=words.day(about.period.last)
    )
    series = {words.gettext(_("reached")): reached, words.gettext(_("missing to the target")): missing}
    return ask.picture(charts.bars(title, [row["place"] for row in rows], series, across=True))


def _map(ask: Ask, about: Chosen, rows: Sequence[Mapping[str, Any]], shapes: Mapping[str, Any]) -> Response:
    """Of the programme's own file: each commune with what it reached."""
    told = [Place(row["place"], row["reached"], row["target"]) for row in rows]
    if not known(shapes, [one.name for one in told]):
        ask.missing()
    words, day = ask.words, about.period.last
    title = words.say(_("Reached / target: %(place)s, until %(day)s"), place=about.title, day=words.day(day))
    return ask.picture(drawn(title, shapes, told))


def _shapes(ask: Ask) -> Mapping[str, Any]:
    """Raises MapError. Empty when the programme has no map."""
    file = ask.parts.settings.project.map
    return load(ask.parts.settings.path(file)) if file else {}


async def _counted(tx: AsyncConnection, ask: Ask) -> tuple[Chosen, str, list[PlaceFigures]]:
    which = ask.query.get("geography", "")
    about = await chosen(ask, tx)
    which = which if which in GEOGRAPHIES else ""
    places = await by_commune(tx, about.scope, about.period, rules_of(ask), which or "old")
    return about, which, places


def shown(about: Chosen, which: str, places: Sequence[PlaceFigures], step: int) -> list[Mapping[str, Any]]:
    """The lines and those of all together, groups in steps."""
    if not places:
        return []
    counts = added(one.since_start.all for one in places)
    target = sum(one.target.people for one in places), sum(one.target.reached for one in places)
    associations = sum(len(one.places) for one in places)
    together = _line(about, InWords(about.words.gettext(_("together")), "all"), counts, step, target, associations)
    lines = []
    for one in places:
        reached = (one.target.people, one.target.reached)
        line = _line(about, one.name, one.since_start.all, step, reached, len(one.places))
        links = {
            "link": about.to("/progress", place=one.name, geography=which),
            "behind": about.behind("new_people", since="start", place=one.name, geography=which),
        }
        lines.append(line | (links if which != "both" else {"link": "", "behind": ""}))
    return [*lines, together]


def _line(
    about: Chosen, name: str, counts: Counts, step: int, target: tuple[int, int], associations: int
) -> dict[str, Any]:
    told = groups(counts, step)
    return {
        "place": name,
        "link": about.to("/progress"),
        "behind": about.behind("new_people", since="start"),
        "associations": associations,
        "trainings": counts.trainings,
        "attendances": counts.attendances,
        "target": target[0],
        "reached": target[1],
        "new_people": counts.new_people,
        **{name: cell(about.words, told[name]) for name in (*GROUPS, REST)},
    }


PAGES = (
    Page("/places", show, title=_("Places"), table=True),
    Page("/places/chart", chart),
)
