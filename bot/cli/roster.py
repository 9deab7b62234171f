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
from bot.render.sentences import Sentence, worded
from bot.settings import Settings

commands = typer.Typer(no_args_is_help=True, help="The programme's people: check and import the workbook.")
File = Annotated[Path, typer.Argument(help="The workbook, .xlsx.")]
_LEVELS = {"error": Sentence("error"), "warning": Sentence("warning"), "note": Sentence("note")}
_CORRECT_FIRST = Sentence("Nothing was written. Correct the errors first.")


@commands.command()
def check(file: File, lang: base.Lang = "en") -> None:
    """Say everything that is wrong with a workbook; write nothing. Warnings are fine, errors leave with 1."""
    settings = base.load()
    errors = _show(_checked(settings, file, lang), lang)
    if errors:
        raise typer.Exit(1)


@commands.command()
def left(
    name: Annotated[str, typer.Argument(help="A leader: ODETTE, or ABAHUZA ODETTE; one of the team: ERIC.")],
    on: Annotated[str, typer.Option("--on", help="The day on which she left, YYYY-MM-DD; else today.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")] = False,
    json: base.Json = False,
) -> None:
    """A leader has left her association, or somebody the team: nothing more is written to her; her reports stay."""
    settings = base.load()
    details = {"name": name, "on": on, "dry_run": dry_run, "user": getpass.getuser()}
    details["utc_offset_min"] = base.utc_offset_min(settings)
    found = base.run(control.act(settings, "leader left", details))
    if json:
        base.show({**found, "left": not dry_run})
    ends = "would end" if dry_run else "ended"
    whose = found.get("association") or found["role"]
    base.words.print(f"{found['name']}, {whose}: her role {ends} on {found['on']}.", markup=False)
    base.words.print("Take the row out of the workbook too: an import that has it brings her back.")
    if found.get("questions"):
        numbers = ", ".join(f"No {number}" for number in found["questions"])
        base.words.print(f"Questions that go to the officer: {numbers}.", markup=False)
    if found.get("associations"):
        numbers = ", ".join(found["associations"])
        base.words.print(f"Without an officer: {numbers}. Name another one in the workbook, import it.", markup=False)
    if found.get("unheard"):
        base.words.print("Nobody hears of a sealed message then. Give somebody the role safeguarding, and a chat.")


@commands.command("import")
def import_(
    file: File,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before writing.")] = False,
    leave_out: Annotated[
        bool, typer.Option("--leave-out-errors", help="Import the rows without errors; leaves with 1 all the same.")
    ] = False,
    lang: base.Lang = "en",
) -> None:
    """Show the whole workbook's messages and what would change, then write it in one transaction.

    Rows with errors are left out, each of them named, when whoever imports says so.
    """
    settings = base.load()
    checked = _checked(settings, file, lang)
    errors = _show(checked, lang)
    if errors and not (checked.roster and checked.roster.rows):
        base.fail(_CORRECT_FIRST, lang)
    details = {
        "file": str(file.resolve()),
        "associations": settings.limits.associations,
        "people_per_association": settings.limits.people_per_association,
        "today": _today(settings).isoformat(),
        "zone": settings.project.timezone,
        "errors": errors,
        "who": getpass.getuser(),
        "lang": lang,
    }
    for line in checked.left_out:
        base.tell(line, lang)
    planned = base.run(control.act(settings, "roster plan", details)) if base.exists(settings) else []
    for line in planned:
        base.words.print(line, markup=False)
    if not _agreed(checked, yes, leave_out, lang):
        base.fail(_CORRECT_FIRST if errors else Sentence("Nothing was written."), lang)
    done = base.run(control.act(settings, "roster import", details))
    for line in done if done != planned else ():  # somebody else's import may have come between
        base.words.print(line, markup=False)
    if errors:
        left_out = "Imported without the rows left out ({n}). Correct them, then import again."
        base.fail(Sentence(left_out, n=len(checked.left_out)), lang)
    base.tell(Sentence("Imported."), lang)


def _agreed(checked: roster.Checked, yes: bool, leave_out: bool, lang: str) -> bool:
    """Whether to write: errors want a word of their own, so that --yes alone never leaves somebody out."""
    errors = not checked.ok
    if yes and (leave_out or not errors):
        return True
    if yes or not sys.stdin.isatty():
        asked = (
            Sentence("To import the other rows without a question add {options}.", options="--yes --leave-out-errors")
            if errors
            else Sentence("To import without a question add {options}.", options="--yes")
        )
        base.tell(asked, lang)
        return False
    leaders = len(checked.roster.leaders) if checked.roster else 0
    question = (
        "Import {leaders} now and leave out {n} {n:row|rows}? No = correct first"
        if errors
        else "Import {leaders} now?"
    )
    return typer.confirm(Sentence(question, leaders=leaders, n=len(checked.left_out)).said(lang), err=True)


def _today(settings: Settings) -> date:
    return datetime.now(settings.zone).date()


def _checked(settings: Settings, file: Path, lang: str) -> roster.Checked:
    try:
        workbook = roster.read(file)
    except BotError as error:
        base.fail(base.why(error, lang))
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
        base.tell(Sentence("So nobody was asked who has been erased; the import asks again."), lang)
        return checked


def _show(checked: roster.Checked, lang: str) -> int:
    """Print every message; returns how many are errors."""
    levels = {level: said.said(lang) for level, said in _LEVELS.items()}
    width = max(map(len, levels.values())) + 1
    for message in checked.messages:
        sys.stdout.write(f"{levels[message.level]:{width}}{worded(message.text, lang)}\n")
    found = {"errors": checked.count("error"), "warnings": checked.count("warning")}
    counted = "{n} {n:leader|leaders} fine, {errors} {errors:error|errors}, {warnings} {warnings:warning|warnings}."
    base.tell(Sentence(counted, n=len(checked.roster.leaders) if checked.roster else 0, **found), lang)
    return found["errors"]
