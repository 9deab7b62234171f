"""Who trained whom? The project, its associations, their representatives, their trainings; nobody who was trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console import roles
from bot.console.ask import Ask
from bot.console.chosen import YEARS, Chosen, chosen, rules_of
from bot.console.figure_words import STANDINGS
from bot.console.page import Page
from bot.console.tables import Column, Table
from bot.console.words import _
from bot.programme.counting import AssociationBranch, Branch, Cascade, Period, Training, cascade, trainings
from bot.render import tree

YES_OR_NO = {"True": _("yes"), "False": _("no")}
TABLE = Table(
    "cascade",
    (
        Column("no", _("No"), link="/cascade/{no}"),
        Column("association", _("Association")),
        Column("representative", _("Representative"), "number"),
        Column("trainings", _("Trainings"), "number"),
        Column("new_people", _("New people"), "number"),
        Column("last_day", _("Last training"), "day"),
        Column("dormant", _("Has trained nobody"), "words", YES_OR_NO),
        Column("wrote", _("Has ever written"), "words", YES_OR_NO),
    ),
)
"""Without names, so that its files may leave."""


async def show(ask: Ask) -> Response:
    """The tree as at the end of the period; names of representatives for who works with them."""
    about, found = await ask.read(_counted, ask)
    names = _named(ask) and not ask.ending
    people = [branch.person_id for one in found.associations for branch in one.representatives] if names else []
    ask.saw(people=people)
    rows = [row for one in found.associations for row in _rows(one)]
    return TABLE.answer(
        ask,
        "cascade.html",
        rows,
        about=about,
        found=found,
        largest=max((one.figures.all.new_people for one in found.associations), default=0) or 1,
        names=names,
    )


async def one(ask: Ask) -> Response:
    """One association: each representative with her trainings."""
    about, found, there = await ask.read(_one, ask)
    branch, names = found.associations[0], _named(ask)
    ask.saw(people=[one.person_id for one in branch.representatives] if names else [])
    hers = [(number, who, _of(branch, who, there)) for number, who in enumerate(branch.branches, 1)]
    return ask.show("cascade_one.html", about=about, branch=branch, hers=hers, names=names, standings=STANDINGS)


async def chart(ask: Ask) -> Response:
    """The tree as a picture, each band as wide as its new people."""
    about, found = await ask.read(_counted, ask)
    ask.saw(people=[])
    branches = [
        tree.Branch(
            f"{one.place.no} {one.place.sms_name}", tuple(tree.Leaf(b.trained.new_people) for b in one.branches)
        )
        for one in found.associations
    ]
    words = ask.words
    title = words.say(
        _("New people by representative: %(place)s, until %(day)s"),
        place=about.title,
        day=words.day(about.period.last),
    )
    return ask.picture(tree.drawn(title, words.gettext(_("the project")), branches))


def _named(ask: Ask) -> bool:
    """Names are for who may open a person's page."""
    return roles.may(ask.me.role, "/people/{person}")


async def _counted(tx: AsyncConnection, ask: Ask) -> tuple[Chosen, Cascade]:
    about = await chosen(ask, tx)
    return about, await cascade(tx, about.scope, about.period.last, rules_of(ask))


async def _one(tx: AsyncConnection, ask: Ask) -> tuple[Chosen, Cascade, Sequence[Training]]:
    about = await chosen(ask, tx, str(ask.request.path_params["association"]))
    if about.scope.kind != "association":
        ask.missing()
    found = await cascade(tx, about.scope, about.period.last, rules_of(ask))
    since = Period("range", date(YEARS.start, 1, 1), about.period.last)
    return about, found, [one for one in await trainings(tx, about.scope, since) if one.counts]


def _of(branch: AssociationBranch, who: Branch, there: Sequence[Training]) -> list[Training]:
    """Her trainings; under the line without a person those of nobody in particular."""
    known = {one.person_id for one in branch.representatives}
    return [one for one in there if (one.person_id if one.person_id in known else 0) == who.person_id]


def _rows(one: AssociationBranch) -> list[Mapping[str, Any]]:
    return [
        {
            "no": one.place.no,
            "association": one.place.name,
            "representative": number if branch.person_id else None,
            "trainings": branch.trained.trainings,
            "new_people": branch.trained.new_people,
            "last_day": date.fromisoformat(branch.last_day) if branch.last_day else None,
            "dormant": branch.dormant,
            "wrote": branch.wrote,
        }
        for number, branch in enumerate(one.branches, 1)
    ]


PAGES = (
    Page("/cascade", show, reads="representatives", title=_("Cascade"), table=True),
    Page("/cascade/chart", chart, reads="representatives"),
    Page("/cascade/{association}", one, reads="representatives"),
)
