"""roster check, roster import: the workbook of people, read whole before anything is written."""

from __future__ import annotations

import getpass
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import control
from bot.cli import base
from bot.errors import BotError
from bot.programme import roster
from bot.settings import Settings

commands = typer.Typer(no_args_is_help=True, help="The programme's people: check and import the workbook.")
File = Annotated[Path, typer.Argument(help="The workbook, .xlsx.")]


@commands.command()
def check(file: File) -> None:
    """Say everything that is wrong with a workbook; write nothing. Warnings are fine, errors leave with 1."""
    settings = base.load()
    errors = _show(_checked(settings, file))
    if errors:
        raise typer.Exit(1)


@commands.command("import")
def import_(
    file: File,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before writing.")] = False,
) -> None:
    """Show the whole workbook's messages and what would change, then write it in one transaction."""
    settings = base.load()
    checked = _checked(settings, file)
    if _show(checked) or checked.roster is None:
        base.fail("Nothing was written. Correct the errors first.")
    details = {
        "file": str(file.resolve()),
        "associations": settings.limits.associations,
        "people_per_association": settings.limits.people_per_association,
        "who": getpass.getuser(),
    }
    if base.exists(settings):
        for line in base.run(control.act(settings, "roster plan", details)):
            base.words.print(line, markup=False)
    if not yes and not _agreed():
        base.fail("Nothing was written.")
    for line in base.run(control.act(settings, "roster import", details)):
        base.words.print(line, markup=False)
    base.words.print("Imported.")


def _agreed() -> bool:
    if not sys.stdin.isatty():
        base.words.print("To import without a question add --yes.")
        return False
    return typer.confirm("Import now?", err=True)


def _checked(settings: Settings, file: Path) -> roster.Checked:
    try:
        workbook = roster.read(file)
    except BotError as error:
        base.fail(str(error))
    checked = roster.check(
        workbook,
        associations_expected=settings.limits.associations,
        people_per_association=settings.limits.people_per_association,
        today=datetime.now(settings.zone).date(),
    )
    if not base.exists(settings):
        return checked

    async def look(tx: Any) -> roster.Checked:
        return await roster.refuse(tx, checked, settings.zone)

    try:
        return base.read(settings, look)
    except typer.Exit:
        base.words.print("So nobody was asked who has been erased; the import asks again.")
        return checked


def _show(checked: roster.Checked) -> int:
    """Print every message; returns how many are errors."""
    for message in checked.messages:
        sys.stdout.write(f"{message.level:8}{message.text}\n")
    levels = [message.level for message in checked.messages]
    leaders = len(checked.roster.leaders) if checked.roster else 0
    base.words.print(f"{leaders} leaders fine, {levels.count('error')} errors, {levels.count('warning')} warnings.")
    return levels.count("error")
