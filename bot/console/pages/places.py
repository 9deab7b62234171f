"""Where? The communes, old or new, against their targets; no group of fewer than five people can be told from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console.chosen import Chosen, chosen, rules_of
from bot.console.page import Ask, Page
from bot.console.tables import Column, Table
from bot.console.words import _
from bot.programme.counting import PlaceFigures, Suppressed, by_commune, suppress
from bot.programme.counting.small_cells import HIDDEN, SHOWN_AS, is_small
from bot.render import charts

GEOGRAPHIES = {"": _("old communes"), "now": _("communes since 2025"), "both": _("both, side by side")}
GROUPS = ("new_displaced", "new_returnee", "new_host", "new_groups_not_said")
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
        Column("new_groups_not_said", _("not said"), "number"),
    ),
)
"""Since the start until the end of the period. A cell is a number, "<5" or "..."."""


async def show(ask: Ask) -> Response:
    """The communes in the geography that was chosen, with the sums of all."""
    about, which, places = await ask.read(_counted, ask)
    rows, rules = shown(about, which, places), rules_of(ask)
    target = rules.target if about.scope.kind == "programme" else sum(one.target.people for one in places)
    rules = replace(rules, target=target, direct=sum(one.target.direct for one in places))
    words = {"geographies": GEOGRAPHIES, "least": SHOWN_AS, "rules": rules}
    return TABLE.answer(ask, "places.html", rows, about=about, which=which, **words)


async def chart(ask: Ask) -> Response:
    """Reached, and what is missing to the target, by commune; nothing where it may not be shown."""
    about, which, places = await ask.read(_counted, ask)
    rows = shown(about, which, places)[:-1]
    known = [row["reached"] if isinstance(row["reached"], int) else None for row in rows]
    missing = [None if n is None else max(0, row["target"] - n) for n, row in zip(known, rows, strict=True)]
    words = ask.words
    title = words.say(
        _("Reached by commune: %(place)s, until %(day)s"), place=about.title, day=words.day(about.period.last)
    )
    series = {words.gettext(_("reached")): known, words.gettext(_("missing to the target")): missing}
    return ask.picture(charts.bars(title, [row["place"] for row in rows], series, across=True))


async def _counted(tx: AsyncConnection, ask: Ask) -> tuple[Chosen, str, list[PlaceFigures]]:
    which = ask.query.get("geography", "")
    about = await chosen(ask, tx)
    which = which if which in GEOGRAPHIES else ""
    places = await by_commune(tx, about.scope, about.period, rules_of(ask), which or "old")
    return about, which, places


def shown(about: Chosen, which: str, places: Sequence[PlaceFigures]) -> list[Mapping[str, Any]]:
    """The lines as they may be shown, and that of all. What is reached would tell the new people: it hides too."""
    cells = suppress([[getattr(one.since_start.all, name) for name in GROUPS] for one in places])
    rows = [_line(about, which, one, cells, number) for number, one in enumerate(places)]
    return [*rows, _all(about, places, cells)] if places else []


def _line(about: Chosen, which: str, one: PlaceFigures, cells: Suppressed, number: int) -> Mapping[str, Any]:
    counts, target = one.since_start.all, one.target
    return {
        "place": one.name,
        "link": about.to("/progress", place=one.name, geography=which) if which != "both" else "",
        "behind": about.behind("new_people", since="start", place=one.name, geography=which)
        if which != "both"
        else "",
        "associations": len(one.places),
        "trainings": counts.trainings,
        "attendances": counts.attendances,
        "target": target.people,
        **_sums(target.reached, counts.new_people, cells.row_sums[number]),
        **{name: _cell(cells.shown(number, column)) for column, name in enumerate(GROUPS)},
    }


def _all(about: Chosen, places: Sequence[PlaceFigures], cells: Suppressed) -> Mapping[str, Any]:
    columns = [sum(getattr(one.since_start.all, name) for one in places) for name in GROUPS]
    reached, new = sum(one.target.reached for one in places), sum(one.target.cascade for one in places)
    return {
        "place": about.words.gettext(_("together")),
        "link": about.to("/progress"),
        "behind": about.behind("new_people", since="start"),
        "associations": sum(len(one.places) for one in places),
        "trainings": sum(one.since_start.all.trainings for one in places),
        "attendances": sum(one.since_start.all.attendances for one in places),
        "target": sum(one.target.people for one in places),
        **_sums(reached, new, cells.total),
        **{name: _sum(columns[n], cells.column_sums[n]) for n, name in enumerate(GROUPS)},
    }


def _sums(reached: int, new: int, may: int | None) -> dict[str, Any]:
    return {"reached": reached if may is not None else HIDDEN, "new_people": _sum(new, may)}


def _sum(value: int, may: int | None) -> int | str:
    """A sum, or what stands in its place."""
    if may is not None:
        return value
    return SHOWN_AS if is_small(value) else HIDDEN


def _cell(text: str) -> int | str:
    return int(text) if text.isdigit() else text


PAGES = (
    Page("/places", show, title=_("Places"), table=True),
    Page("/places/chart", chart),
)
