"""roster check, import: the workbook of people, read whole before anything is written. roster left: who has left."""

from __future__ import annotations

import getpass
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import control
from bot.cli import base
from bot.errors import BotError
from bot.programme import roster
from bot.render.plural import many
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


@commands.command()
def left(
    name: Annotated[str, typer.Argument(help="The leader: ODETTE, or ABAHUZA ODETTE.")],
    on: Annotated[str, typer.Option("--on", help="The day on which she left, YYYY-MM-DD; else today.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")] = False,
    json: base.Json = False,
) -> None:
    """A leader has left her association: nothing is written to her any more, and her reports stay with it."""
    settings = base.load()
    details = {"name": name, "on": on, "dry_run": dry_run, "user": getpass.getuser()}
    details["utc_offset_min"] = base.utc_offset_min(settings)
    found = base.run(control.act(settings, "leader left", details))
    if json:
        base.show({**found, "left": not dry_run})
    ends = "would end" if dry_run else "ended"
    base.words.print(f"{found['name']}, {found['association']}: her role {ends} on {found['on']}.", markup=False)


@commands.command("import")
def import_(
    file: File,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before writing.")] = False,
    leave_out: Annotated[
        bool, typer.Option("--leave-out-errors", help="Import the rows without errors; leaves with 1 all the same.")
    ] = False,
) -> None:
    """Show the whole workbook's messages and what would change, then write it in one transaction.

    Rows with errors are left out, each of them named, when whoever imports says so.
    """
    settings = base.load()
    checked = _checked(settings, file)
    errors = _show(checked)
    if errors and not (checked.roster and checked.roster.rows):
        base.fail("Nothing was written. Correct the errors first.")
    details = {
        "file": str(file.resolve()),
        "associations": settings.limits.associations,
        "people_per_association": settings.limits.people_per_association,
        "today": _today(settings).isoformat(),
        "errors": errors,
        "who": getpass.getuser(),
    }
    for line in checked.left_out:
        base.words.print(line, markup=False)
    if base.exists(settings):
        for line in base.run(control.act(settings, "roster plan", details)):
            base.words.print(line, markup=False)
    if not _agreed(checked, yes, leave_out):
        base.fail("Nothing was written. Correct the errors first." if errors else "Nothing was written.")
    for line in base.run(control.act(settings, "roster import", details)):
        base.words.print(line, markup=False)
    if errors:
        base.fail(f"Imported without the rows left out ({len(checked.left_out)}). Correct them, then import again.")
    base.words.print("Imported.")


def _agreed(checked: roster.Checked, yes: bool, leave_out: bool) -> bool:
    """Whether to write: errors want a word of their own, so that --yes alone never leaves somebody out."""
    errors = not checked.ok
    if yes and (leave_out or not errors):
        return True
    if yes or not sys.stdin.isatty():
        options = "--yes --leave-out-errors" if errors else "--yes"
        base.words.print(f"To import {'the other rows ' if errors else ''}without a question add {options}.")
        return False
    leaders = len(checked.roster.leaders) if checked.roster else 0
    left = f" and leave out {many(len(checked.left_out), 'row', 'rows')}? No = correct first" if errors else "?"
    return typer.confirm(f"Import {leaders} now{left}", err=True)


def _today(settings: Settings) -> date:
    return datetime.now(settings.zone).date()


def _checked(settings: Settings, file: Path) -> roster.Checked:
    try:
        workbook = roster.read(file)
    except BotError as error:
        base.fail(str(error))
    checked = roster.check(
        workbook,
        associations_expected=settings.limits.associations,
        people_per_association=settings.limits.people_per_association,
        today=_today(settings),
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
    fine, errors = many(leaders, "leader", "leaders"), many(levels.count("error"), "error", "errors")
    base.words.print(f"{fine} fine, {errors}, {many(levels.count('warning'), 'warning', 'warnings')}.")
    return levels.count("error")
