"""refunds: what leaders paid for their SMS in a month, and telling them that credit was sent."""

from __future__ import annotations

import getpass
from typing import Annotated, Any

import typer
from rich.table import Table

from bot import control
from bot.cli import base
from bot.cli.base import Json
from bot.render.plural import many
from bot.settings import Settings

commands = typer.Typer(no_args_is_help=True, help="Credit for the SMS that leaders paid.")
Month = Annotated[str, typer.Option(help="YYYY-MM.")]


def _who(settings: Settings) -> dict[str, str]:
    return {"who": getpass.getuser(), "zone": settings.project.timezone}


@commands.command("list")
def list_(month: Month, json: Json = False) -> None:
    """Each phone that sent SMS in that month: number, whose it is, how many. The reading is noted."""
    settings = base.load()
    rows = base.run(control.act(settings, "refunds list", {"month": month, **_who(settings)}))
    if json:
        base.show(rows)
        return
    table = Table("association", "names", "phone", "SMS", box=None)
    for row in rows:
        table.add_row(row["association"], " ".join(row["names"]), row["phone"], str(row["messages"]))
    base.printed(table)


@commands.command()
def sent(
    month: Month,
    yes: Annotated[int | None, typer.Option(help="The number of phones, to tell them.")] = None,
    json: Json = False,
) -> None:
    """Tell each phone, once, that its credit was sent, and ask whether it arrived (B5)."""
    settings = base.load()
    told: dict[str, Any] = base.run(
        control.act(settings, "refunds sent", {"month": month, "yes": yes, **_who(settings)})
    )
    if json:
        base.show(told)
        return
    if told["told"] is None:
        base.words.print(f"{many(told['phones'], 'phone', 'phones')} would be told. To do it: --yes {told['phones']}")
    else:
        phones = many(told["told"], "phone is", "phones are")
        base.words.print(f"{phones} told within the hours; nobody is told of {month} twice.")
