"""tips check, tips import, tips export, tips list: mentoring tips, for the people who write them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Column, Table

from bot import control
from bot import tips as files
from bot.cli import base
from bot.cli.base import Json
from bot.errors import BotError
from bot.render.plural import many
from bot.store import tip_list

commands = typer.Typer(no_args_is_help=True, help="Mentoring tips: check, import, export, see what was useful.")
File = Annotated[Path, typer.Argument(help="The tips: .md, or the .xlsx that `tips export` writes.")]
_SAID = ("sent", "useful", "not_useful", "not_said")
_DONE = {"new": "new", "changed": "changed", "on": "switched on again", "off": "switched off"}


@commands.command()
def check(file: File, json: Json = False) -> None:
    """Say everything that is wrong with a file of tips; write nothing. Mistakes leave with 1, notes do not."""
    checked = _checked(file)
    if json:
        base.show({"tips": len(checked.tips), "mistakes": checked.errors, "notes": checked.notes})
    if len(checked.errors) if json else _show(checked):
        raise typer.Exit(1)


@commands.command("import")
def import_(
    file: File,
    yes: Annotated[int | None, typer.Option("--yes", help="How many tips change; then nothing is asked.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    json: Json = False,
) -> None:
    """Show what would change, then write it. A tip that is not in the file is switched off, not deleted."""
    settings = base.load()
    checked = _checked(file)
    if _show(checked):
        base.fail("Nothing was written. Correct the mistakes first.")
    rows = [tip.row() for tip in checked.tips]

    async def question(tx: Any) -> dict[str, list[str]]:
        return await tip_list.changes(tx, rows)

    nothing: dict[str, list[str]] = {what: [] for what in _DONE}
    every = [tip_list.called(tip.name, tip.variant) for tip in checked.tips]
    changes = base.read(settings, question) if base.exists(settings) else {**nothing, "new": every}
    count = sum(map(len, changes.values()))
    if not json:
        for what, said in _DONE.items():
            for name in changes[what]:
                typer.echo(f"{said:18}{name}")
    writes = bool(count) and not dry_run
    if writes and not _agreed(count, yes):
        base.fail(f"Nothing was written. {many(count, 'tip changes', 'tips change')}: to import add --yes {count}.")
    if writes:
        changes = base.run(control.act(settings, "tips import", {"tips": rows}))
    if json:
        base.show({**changes, "imported": writes})
    counts = ", ".join(f"{len(changes[what])} {said}" for what, said in _DONE.items())
    base.words.print(f"{'Imported' if writes else 'Nothing was written'}: {counts}.", markup=False)


def _agreed(count: int, yes: int | None) -> bool:
    """By the right number; on a terminal without one a question is asked."""
    if yes is None and sys.stdin.isatty():
        return typer.confirm(f"Change {many(count, 'tip', 'tips')}?", err=True)
    return yes == count


@commands.command()
def export(file: Annotated[Path, typer.Argument(help="The Excel file to write.")], json: Json = False) -> None:
    """Write the tips in use into an Excel file."""
    if file.suffix.lower() != ".xlsx":
        base.fail(f"{file}: an Excel file ends in .xlsx.")
    found = [files.of_row(row) for row in base.read(base.load(), tip_list.listed) if row["active"]]
    with base.writing(file):
        number = files.export(found, file)
    if json:
        base.show({"tips": number, "file": str(file)})
    base.words.print(f"{many(number, 'tip', 'tips')} written to {file}.", markup=False)


@commands.command("list")
def list_(
    json: Json = False,
    draft: Annotated[bool, typer.Option("--draft", help="Only the texts that no native speaker has signed.")] = False,
) -> None:
    """Every tip: how often it was sent, and who found it useful."""
    found = base.read(base.load(), tip_list.listed)
    if draft:
        found = [row for row in found if row["drafts"] and row["active"]]
    if json:
        base.show(found)
        return
    if draft:
        for row in found:
            for language in row["drafts"]:
                typer.echo(f"{language}\t{tip_list.called(row['name'], row['variant'])}\t{row['texts'][language]}")
        return
    if not found:
        base.words.print("No tips yet: those that are shipped are loaded when the service starts.")
    _table(found)


def _table(found: list[dict[str, Any]]) -> None:
    table = Table(Column("tip", no_wrap=True), "topic", "value chain", "seasons", "languages", *_SAID, box=None)
    for row in found:
        name = tip_list.called(row["name"], row["variant"]) + ("" if row["active"] else " (off)")
        languages = " ".join(one + ("*" if one in row["drafts"] else "") for one in row["texts"])
        about = (row["topic"], row["value_chain"] or "", row["seasons"], languages)
        table.add_row(name, *about, *(str(row[said]) for said in _SAID))
    base.printed(table)


def _checked(file: Path) -> files.Checked:
    try:
        return files.load(file)
    except BotError as error:
        base.fail(str(error))


def _show(checked: files.Checked) -> int:
    """Print every message; returns how many are mistakes."""
    for level, messages in (("mistake", checked.errors), ("note", checked.notes)):
        for message in messages:
            sys.stdout.write(f"{level:8}{message}\n")
    tips, mistakes = many(len(checked.tips), "tip", "tips"), many(len(checked.errors), "mistake", "mistakes")
    base.words.print(f"{tips}, {mistakes}, {many(len(checked.notes), 'note', 'notes')}.")
    return len(checked.errors)
