"""Where are we against the target? The one figure, what it consists of, how far it can be trusted, month by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console.ask import Ask
from bot.console.chosen import Chosen, bar_of, chosen, month_in_words, rules_of
from bot.console.figure_words import FIGURES, STANDINGS
from bot.console.page import Page
from bot.console.tables import Column, InWords, Table
from bot.console.words import Words, _
from bot.programme.counting import Month, Sheet, by_month, sheet
from bot.programme.counting.groups import REST, groups
from bot.programme.counting.groups import SHOWN as IN_STEPS
from bot.render import charts

MONTHS = 12
"""So many bars at most; earlier months are in the files."""
HOWS = ("checked", "reported", "doubtful")
SHOWN = (
    "trainings",
    "attendances",
    "women",
    "men",
    "new_people",
    "new_women",
    "new_men",
    "new_sex_not_said",
    *IN_STEPS,
    "unique_lower",
    "unique_upper",
)
SPLITS: Mapping[str, Mapping[str, str]] = {
    _("Women and men"): {"new_women": _("women"), "new_men": _("men"), "new_sex_not_said": _("not said")},
    _("Displaced, returnees, hosts"): {
        "new_displaced": _("displaced"),
        "new_returnee": _("returnees"),
        "new_host": _("hosts"),
        REST: _("rest"),
    },
}
"""How the new people are made up: title -> figure -> what it is called there."""
TABLE = Table(
    "progress",
    (
        Column("figure", _("Figure"), "words", {**FIGURES, REST: _("New people: rest, over a step or not said")}),
        Column("this", _("The period"), "number", link="{this_link}"),
        Column("before", _("The one before"), "number", link="{before_link}"),
        Column("since_start", _("Since the start"), "number", link="{since_link}"),
    ),
)
MONTHLY = Table(
    "months",
    (
        Column("month", _("Month"), "month", link="{link}"),
        Column("trainings", _("Trainings"), "number"),
        Column("attendances", _("Attendances"), "number"),
        Column("new_people", _("New people"), "number", link="{behind}"),
        Column("checked", _("New people since the start: checked"), "number"),
        Column("reported", _("reported"), "number"),
        Column("doubtful", _("doubtful"), "number"),
        Column("so_far", _("together"), "number"),
    ),
)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the bar: from `x` on, `width` of 1000."""

    how: str
    people: int
    x: float
    width: float
    link: str


async def show(ask: Ask) -> Response:
    """The one figure with its parts, and the table of all figures."""
    about, page, months = await ask.read(_counted, ask)
    rows = {name: row_of(about, page, name) for name in SHOWN}
    monthly = [_month(about, month) for month in months[-MONTHS:]]
    return TABLE.answer(
        ask,
        "progress.html",
        list(rows.values()),
        about=about,
        page=page,
        parts=parts(about, page),
        splits={
            title: [(label, rows[name]["since_start"], rows[name]["since_link"]) for name, label in names.items()]
            for title, names in SPLITS.items()
        },
        months=MONTHLY.shown(ask, monthly),
        standings=STANDINGS,
    )


async def monthly(ask: Ask) -> Response:
    """The months alone: page, and files with every month since the start."""
    about, _page, months = await ask.read(_counted, ask)
    rows = [_month(about, month) for month in months]
    return MONTHLY.answer(ask, "progress_months.html", rows, about=about)


async def chart(ask: Ask) -> Response:
    """New people since the start, by month and by standing."""
    about, page, months = await ask.read(_counted, ask)
    return ask.picture(drawn(about, page, months[-MONTHS:]))


def drawn(about: Chosen, page: Sheet, months: Sequence[Month]) -> str:
    """The bars: dark = checked, light = reported, then doubtful."""
    words = about.words
    title = words.say(
        _("New people since the start: %(place)s, until %(day)s"), place=about.title, day=words.day(page.period.last)
    )
    labels = [bar_of(words, month.period) for month in months]
    series = {words.gettext(STANDINGS[how]): [month.new_so_far[how] for month in months] for how in HOWS}
    return charts.bars(title, labels, series)


async def _counted(tx: AsyncConnection, ask: Ask) -> tuple[Chosen, Sheet, list[Month]]:
    about = await chosen(ask, tx)
    page = await sheet(tx, about.scope, about.period, rules_of(ask), ask.now)
    first: date = min(ask.parts.settings.project.start, about.period.first)
    return about, page, await by_month(tx, about.scope, first, about.period.last)


def parts(about: Chosen, page: Sheet) -> list[Part]:
    """Who was reached, in the order in which the figure is trusted; together as long as their share of the target."""
    target = page.target
    new = page.since_start.new_by_standing()
    people = {"direct": target.direct} if target.includes_direct else {}
    people |= {how: new[how] for how in HOWS}
    whole, x, found = max(target.people, target.reached, 1), 0.0, []
    for how, count in people.items():
        link = about.to("/cascade") if how == "direct" else about.behind("new_people", how, since="start")
        width = 1000 * count / whole
        found.append(Part(how, count, round(x, 1), round(width, 1), link))
        x += width
    return found


def row_of(about: Chosen, page: Sheet, name: str) -> dict[str, Any]:
    """A line of TABLE; groups of people in steps."""
    figure, columns = name, [column.all for column in (page.this, page.before, page.since_start)]
    if name in IN_STEPS:
        this, before, since = (cell(about.words, groups(column, page.rules.step)[name]) for column in columns)
        name = "new_people" if name == REST else name  # what stands behind it
    else:
        this, before, since = (getattr(column, name) for column in columns)
    return {
        "figure": figure,
        "this": this,
        "before": before,
        "since_start": since,
        "this_link": about.behind(name),
        "before_link": about.behind(name, period=page.period.previous),
        "since_link": about.behind(name, since="start"),
    }


def cell(words: Words, told: str | None) -> int | str:
    """A group as it may be shown: a number, "60+", "<5", or that nobody said it."""
    if told is None:
        return InWords(words.gettext(_("not said")), None)
    return int(told) if told.isdecimal() else told


def _month(about: Chosen, month: Month) -> Mapping[str, Any]:
    counts, so_far = month.this["all"], month.new_so_far
    return {
        "month": InWords(month_in_words(about.words, month.period), month.period.name),
        "link": about.to("/progress", month.period),
        "behind": about.behind("new_people", period=month.period),
        "trainings": counts.trainings,
        "attendances": counts.attendances,
        "new_people": counts.new_people,
        **{how: so_far[how] for how in HOWS},
        "so_far": so_far["all"],
    }


PAGES = (
    Page("/progress", show, title=_("Progress"), table=True),
    Page("/progress/months", monthly, table=True),
    Page("/progress/chart", chart),
)
