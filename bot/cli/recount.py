"""recount: the sums that pages and summaries show, counted anew from the reports."""

from __future__ import annotations

import getpass
from typing import Annotated, Any

import typer

from bot import control
from bot.cli import base
from bot.cli.base import Json
from bot.programme import recounting


def recount(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say whose figures differ.")] = False,
    json: Json = False,
) -> None:
    """Count all figures anew from the reports; needed only when `doctor` says so."""
    settings = base.load()
    if dry_run:
        wrong = base.read(settings, recounting.differing)
    else:
        wrong = base.run(control.act(settings, "recount", {"who": getpass.getuser()}))["associations"]
    if json:
        base.show({"associations": wrong})
    else:
        typer.echo(_said(wrong, dry_run))


def _said(wrong: list[str], dry_run: bool) -> str:
    if not wrong:
        return "All figures are the sums of their reports."
    return f"Not the sums of their reports {'are' if dry_run else 'were'} the figures of {', '.join(wrong)}." + (
        " Count them anew: kurikirana recount" if dry_run else " They are now."
    )


async def line(tx: Any) -> tuple[str, str]:
    """A line of `doctor`."""
    wrong = await recounting.differing(tx)
    if not wrong:
        return "ok", "figures: the sums of their reports"
    return "!!", f"figures of {', '.join(wrong)} are not the sums of their reports -> kurikirana recount"
