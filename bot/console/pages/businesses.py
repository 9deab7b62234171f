"""Which of the businesses work? A grid of months; of each its history, sales, kit, needs. Not said is never zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console import roles
from bot.console.ask import Ask
from bot.console.chosen import Chosen, bar_of, chosen, month_in_words
from bot.console.page import Page
from bot.console.tables import Column, InWords, Table
from bot.console.values import topics
from bot.console.words import _
from bot.programme.counting import Business, Cell, Grid, Period, grid
from bot.render import charts

MONTHS = 12
NOT_SAID, BEFORE = "not_said", "before"
LETTERS = {"working": _("W"), "paused": _("P"), "stopped": _("S"), "not_said": "?", "before": "–"}
STATUSES = {
    "working": _("working"),
    "paused": _("paused"),
    "stopped": _("stopped"),
    "not_said": _("not said"),
    "before": _("before the kit"),
}
SURVIVED = {"True": _("yes"), "False": _("no"), "None": _("not known")}
_FIXED = (
    Column("business", _("No"), link="/businesses/{business}"),
    Column("type", _("Business")),
    Column("association", _("Association")),
)
_AFTER = (
    Column("sales", _("Sales of the last month, BIF"), "number"),
    Column("costs", _("Costs of the last month, BIF"), "number"),
    Column("kit", _("Kit")),
    Column("survived_3", _("Survived 3 months"), "words", SURVIVED),
    Column("survived_6", _("Survived 6 months"), "words", SURVIVED),
    Column("survived_12", _("Survived 12 months"), "words", SURVIVED),
)
HISTORY = (
    Column("month", _("Month"), "month"),
    Column("status", _("Status"), "words", STATUSES),
    Column("sales", _("Sales, BIF"), "number"),
    Column("costs", _("Costs, BIF"), "number"),
    Column("left", _("Left, BIF"), "number"),
    Column("kit", _("Kit")),
    Column("workers", _("Paid workers"), "number"),
    Column("workers_women", _("of them women"), "number"),
    Column("problem", _("Problem")),
    Column("report", _("Report"), link="{link}"),
)
OWN_WORDS = (Column("stock", _("Stock, as she says")), Column("need", _("Need, as she says")))
"""Written freely: for who reads what leaders write."""


@dataclass(frozen=True, slots=True)
class Square:
    """A business in a month, as it is drawn."""

    status: str
    letter: str
    said: str
    link: str


async def show(ask: Ask) -> Response:
    """The grid, how many work, and what is known of sales and survival."""
    about, found = await ask.read(_counted, ask)
    months = tuple(Column(one.name, month_in_words(ask.words, one), "words", STATUSES) for one in found.months)
    rows = [_row(ask, line) for line in found.lines]
    if ask.ending:
        return Table("businesses", (*_FIXED, *months, *_AFTER)).answer(ask, "", rows)
    month = -1 if ask.query.get("period") else _spoken(found)
    totals = [(name, *found.total(name, month)) for name in ("sales", "costs", "left", "workers")]
    return ask.show(
        "businesses.html",
        about=about,
        grid=found,
        heads=[month_in_words(ask.words, one) for one in found.months],
        lines=[(line, [square(ask, line, cell) for cell in line.cells]) for line in found.lines],
        letters=LETTERS,
        statuses=STATUSES,
        month=month_in_words(ask.words, found.months[month]),
        counted=found.statuses(month),
        totals=totals,
        kits=_named(ask, "kit", found, month),
        problems=_named(ask, "problem", found, month),
        survival=found.survival(),
    )


def _spoken(found: Grid) -> int:
    """The last month of which anybody has said anything: reports come at the end of a month."""
    there = [n for n in range(len(found.months)) if any(cell.report for cell in found.cells(n))]
    return there[-1] if there else -1


def status(line: Business, cell: Cell) -> str:
    """One of STATUSES. Who had no kit yet was not asked, so that nothing was left unsaid."""
    if cell.report is None and line.kit_date and cell.month < f"{line.kit_date:%Y-%m}":
        return BEFORE
    return cell.status if cell.status in STATUSES else NOT_SAID


def square(ask: Ask, line: Business, cell: Cell) -> Square:
    """Letter, colour and pattern by its status; it leads to its report."""
    there = status(line, cell)
    letter, said = ask.words.gettext(LETTERS[there]), ask.words.gettext(STATUSES[there])
    return Square(there, letter, said, f"/reports/{cell.report}" if cell.report else "")


def _named(ask: Ask, question: str, found: Grid, month: int) -> list[tuple[str, Any]]:
    """What was said of kits or problems in that month, in the words of the form."""
    silent = ask.words.gettext(STATUSES[NOT_SAID])
    return [
        (silent if name == NOT_SAID else topics(ask, "business", question, name), figure)
        for name, figure in found.counted(question, month).items()
    ]


def _row(ask: Ask, line: Business) -> Mapping[str, Any]:
    last = line.cells[-1]
    return {
        "business": line.no,
        "type": line.type,
        "association": f"{line.place.no} {line.place.name}",
        **{cell.month: status(line, cell) for cell in line.cells},
        "sales": last.sales,
        "costs": last.costs,
        "kit": topics(ask, "business", "kit", last.kit),
        **{f"survived_{months}": str(line.survived.get(months)) for months in (3, 6, 12)},
    }


async def _counted(tx: AsyncConnection, ask: Ask) -> tuple[Chosen, Grid]:
    about = await chosen(ask, tx)
    return about, await _grid(tx, ask, about)


async def _grid(tx: AsyncConnection, ask: Ask, about: Chosen) -> Grid:
    """Twelve months until the end of the period."""
    last = about.period.last
    first = Period.month(last.year, last.month - MONTHS + 1).first
    return await grid(tx, about.scope, first, last, ask.parts.settings.zone)


async def one(ask: Ask) -> Response:
    """Month by month what was said of one business; stock and needs in the leader's words where they may be read."""
    about, line, found = await ask.read(_one, ask)
    words = ask.me.role in roles.FIELD
    cells = [cell for cell in line.cells if cell.report] if words else []
    ask.saw(business=line.no, reports=[cell.report for cell in cells])
    table = Table(f"business-{line.no}", (*HISTORY, *(OWN_WORDS if words else ())))
    return table.answer(
        ask,
        "business.html",
        [_month(ask, month, cell) for month, cell in _since(found, line)],
        about=about,
        line=line,
        survived=SURVIVED,
    )


def _since(found: Grid, line: Business) -> list[tuple[Period, Cell]]:
    """From the first month in which there was a kit or a report."""
    there = list(zip(found.months, line.cells, strict=True))
    kit = line.kit_date
    first = next((n for n, (month, cell) in enumerate(there) if cell.report or (kit and kit <= month.last)), 0)
    return there[first:]


def _month(ask: Ask, month: Period, cell: Cell) -> Mapping[str, Any]:
    return {
        "month": InWords(month_in_words(ask.words, month), month.name),
        "status": cell.status or NOT_SAID,
        "sales": cell.sales,
        "costs": cell.costs,
        "left": cell.left,
        "kit": topics(ask, "business", "kit", cell.kit),
        "workers": cell.workers,
        "workers_women": cell.workers_women,
        "problem": topics(ask, "business", "problem", cell.problem),
        "report": cell.report,
        "link": f"/reports/{cell.report}" if cell.report else "",
        "stock": cell.stock,
        "need": cell.need,
    }


async def chart(ask: Ask) -> Response:
    """Sales and costs month by month, in thousands; a gap where nothing was said."""
    about, line, found = await ask.read(_one, ask)
    ask.saw(business=line.no, reports=[])
    words, there = ask.words, _since(found, line)
    title = words.say(
        _("Sales and costs of %(business)s, thousands of BIF, until %(day)s"),
        business=f"{line.no} {line.type}",
        day=words.day(about.period.last),
    )
    series: dict[str, Sequence[float | None]] = {
        words.gettext(_("sales")): [_thousands(cell.sales) for _month, cell in there],
        words.gettext(_("costs")): [_thousands(cell.costs) for _month, cell in there],
    }
    return ask.picture(charts.bars(title, [bar_of(words, month) for month, _cell in there], series, stacked=False))


def _thousands(value: int | None) -> float | None:
    return None if value is None else value / 1000


async def _one(tx: AsyncConnection, ask: Ask) -> tuple[Chosen, Business, Grid]:
    about, found = await _counted(tx, ask)
    wanted = str(ask.request.path_params["business"]).upper()
    line = next((line for line in found.lines if line.no == wanted), None)
    if line is None:
        ask.missing()
    return about, line, found


PAGES = (
    Page("/businesses", show, title=_("Businesses"), table=True),
    Page("/businesses/{business}", one, reads="businesses", table=True),
    Page("/businesses/{business}/chart", chart, reads="businesses"),
)
