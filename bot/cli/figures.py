"""totals, reports, messages: what was counted and what it was counted from."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bot.cli import base
from bot.cli.base import Json
from bot.clock import Clock
from bot.programme.totals import of_programme
from bot.store import listing

_COLUMNS = ("no", "name", "trainings", "attendances", "new_women", "new_men", "unique_lower", "unique_upper")


def totals(json: Json = False) -> None:
    """Attendances, new people and the bounds of unique people, per association and in all."""
    settings = base.load()
    rows = base.read(settings, listing.figures_by_association)
    found = of_programme(rows, Clock().now(), members_only=settings.counting.members_only)
    if json:
        base.show(found)
        return
    base.table(found["associations"] + [{"no": "", "name": "all", **found}], _COLUMNS)
    base.words.print(
        "Three figures, never added: attendances; new people as reported; bounds of unique people "
        "(lower: the largest training of each association; upper: all attendances)."
    )


def reports(json: Json = False) -> None:
    """Every report: number, association, form, values, state, the messages it came from."""
    settings = base.load()
    found = base.read(settings, listing.all_reports)
    if json:
        base.show(found)
        return
    for row in found:
        row["values"] = base.values(row["values"])
    base.table(found, ("number", "association", "form", "state", "values"))


def messages(
    json: Json = False,
    unanswered: Annotated[bool, typer.Option("--unanswered", help="Only those that wait for a person.")] = False,
) -> None:
    """What arrived. Numbers of phones are not shown, nothing of the problem door is listed."""
    settings = base.load()

    async def question(tx: Any) -> list[dict[str, Any]]:
        return await listing.messages(tx, unanswered=unanswered)

    found = base.read(settings, question)
    if json:
        base.show(found)
    else:
        base.table(found, ("id", "received_at", "person", "kind", "text", "understood"), zone=settings.zone)
