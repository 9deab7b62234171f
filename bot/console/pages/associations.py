"""How is one association doing? Its figures, trainings, businesses and people, its last messages, and ways on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console import roles
from bot.console.ask import Ask
from bot.console.chosen import Chosen, chosen, rules_of
from bot.console.page import Page
from bot.console.pages.businesses import LETTERS, STATUSES, square
from bot.console.pages.progress import TABLE as FIGURES
from bot.console.pages.progress import row_of
from bot.console.pages.reports import TABLE as REPORTS
from bot.console.pages.reports import listed
from bot.console.tables import Column, Table
from bot.console.values import LANGUAGES
from bot.console.words import _
from bot.programme.counting import (
    AssociationBranch,
    Flag,
    Grid,
    Place,
    Sheet,
    Talk,
    Training,
    cascade,
    flags,
    grid,
    sheet,
    talk,
    trainings,
)
from bot.store import evidence

SHOWN = ("trainings", "attendances", "women", "men", "new_people", "new_women", "new_men")
MESSAGES = 20
_CAME = Column("adds", _("Came"), "number")
TABLE = Table(
    "trainings",
    tuple(_CAME if one.key == "adds" else one for one in REPORTS.columns if one.key not in ("no", "association")),
)


@dataclass(frozen=True, slots=True)
class Association:
    """What its page shows."""

    about: Chosen
    sheet: Sheet
    trainings: list[Training]
    grid: Grid
    branch: AssociationBranch
    talk: Talk
    flags: list[Flag]
    messages: list[dict[str, Any]]

    @property
    def place(self) -> Place:
        """Itself, as on the roster."""
        return self.branch.place


async def show(ask: Ask) -> Response:
    """The association in the period; the table is that of its trainings."""
    may_read = roles.may(ask.me.role, "/conversations/{conversation}")
    found = await ask.read(_found, ask, may_read)
    ask.saw(association=found.place.id, messages=[one["id"] for one in found.messages])
    people = found.branch.representatives
    return TABLE.answer(
        ask,
        "association.html",
        [listed(ask, one, one.adds.attendances) for one in found.trainings],
        found=found,
        about=found.about,
        figures=FIGURES.shown(ask, [row_of(found.about, found.sheet, name) for name in SHOWN]),
        squares=[(line, square(ask, line, line.last or line.cells[-1])) for line in found.grid.lines],
        statuses=STATUSES,
        letters=LETTERS,
        languages=LANGUAGES,
        dormant=sum(one.dormant for one in people),
        silent=sum(not one.wrote for one in people),
        open_flags=len({flag.report for flag in found.flags if not flag.settled}),
        may_read=may_read,
    )


async def _found(tx: AsyncConnection, ask: Ask, may_read: bool) -> Association:
    about = await chosen(ask, tx, str(ask.request.path_params["association"]))
    if about.scope.kind != "association":
        ask.missing()
    scope, when, rules, zone = about.scope, about.period, rules_of(ask), ask.parts.settings.zone
    return Association(
        about,
        await sheet(tx, scope, when, rules, ask.now),
        await trainings(tx, scope, when),
        await grid(tx, scope, when.previous.first, when.last, zone),
        (await cascade(tx, scope, when.last, rules)).associations[0],
        await talk(tx, scope, when, zone),
        await flags(tx, scope, when, zone),
        await evidence.last_messages(tx, scope.places[0].id, MESSAGES) if may_read else [],
    )


PAGES = (Page("/associations/{association}", show, reads="associations", table=True),)
