"""words list, words export, words import: the texts, for people who do not program."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot import words as tables
from bot.cli import base
from bot.errors import BotError
from bot.render import Words
from bot.settings import Settings

commands = typer.Typer(no_args_is_help=True, help="The texts in four languages: see drafts, correct, sign.")


def _words(settings: Settings) -> Words:
    folder = settings.path(settings.words.folder)
    try:
        return Words.load(folder if folder.is_dir() else None)
    except BotError as error:
        base.fail(str(error))


@commands.command("list")
def list_(
    draft: Annotated[bool, typer.Option("--draft", help="Only texts that nobody has signed.")] = False,
    language: Annotated[str, typer.Option(help="rn, sw, fr or en.")] = "",
) -> None:
    """Every text, or the drafts."""
    words = _words(base.load())
    if draft:
        for lang, key, text in tables.drafts(words, language or None):
            typer.echo(f"{lang}\t{key}\t{text}")
        return
    for lang in [language] if language else tables.SHEET_LANGUAGES:
        for key, entry in words.texts[lang].items():
            typer.echo(f"{lang}\t{key}\t{tables.state(entry)}\t{entry.text}")


@commands.command()
def export(file: Annotated[Path, typer.Argument(help="The Excel file to write.")]) -> None:
    """Write all texts into an Excel file for a native speaker."""
    number = tables.export(_words(base.load()), file)
    base.words.print(f"{number} texts written to {file}.", markup=False)


@commands.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="The corrected Excel file.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before saving.")] = False,
) -> None:
    """Show old and new, then save; a running service takes them at its next start."""
    settings = base.load()
    words = _words(settings)
    try:
        proposal = tables.propose(words, file)
    except BotError as error:
        base.fail(str(error))
    for line in (*proposal.notes, *(change.show() for change in proposal.changes), *proposal.problems):
        typer.echo(line)
    if proposal.problems:
        base.fail("Nothing was saved. Correct these first.")
    agreed = yes or (sys.stdin.isatty() and typer.confirm(f"Save {len(proposal.changes)} changes?", err=True))
    if not agreed:
        base.fail("Nothing was saved. To save without a question add --yes.")
    for written in tables.save(proposal, words, settings.path(settings.words.folder), datetime.now(UTC)):
        base.words.print(f"Saved {written}.", markup=False)
