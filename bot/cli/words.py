"""words list, words export, words import: the texts, for people who do not program."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot import added_forms, changes, control, word_files
from bot import forms as form_files
from bot import words as tables
from bot.cli import base
from bot.errors import BotError
from bot.operations import WORDS_SAVED
from bot.render import Words
from bot.render.plural import many
from bot.settings import Settings

commands = typer.Typer(no_args_is_help=True, help="The texts in four languages: see drafts, correct, sign.")


def in_use(settings: Settings) -> Words:
    """The words as the service speaks in them. Leaves with 1 when a file of them has a mistake."""
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
    """Every text, or the drafts, a line each."""
    if language and language not in tables.SHEET_LANGUAGES:
        base.fail(f"--language {language}: write one of {', '.join(tables.SHEET_LANGUAGES)}.")
    words = in_use(base.load())
    if draft:
        for lang, key, text in tables.drafts(words, language or None):
            typer.echo(f"{lang}\t{key}\t{_line(text)}")
        return
    for lang in [language] if language else tables.SHEET_LANGUAGES:
        for key, entry in words.texts[lang].items():
            typer.echo(f"{lang}\t{key}\t{tables.state(entry)}\t{_line(entry.text)}")


def _line(text: str) -> str:
    return text.replace("\n", " / ")


@commands.command()
def export(file: Annotated[Path, typer.Argument(help="The Excel file to write.")]) -> None:
    """Write all texts, and the keywords, into an Excel file for a native speaker."""
    with base.writing(file):
        number = word_files.export(in_use(base.load()), file)
    base.words.print(f"{many(number, 'text', 'texts')} written to {file}.", markup=False)


@commands.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="The corrected Excel file, or a PO file of one language.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before saving.")] = False,
) -> None:
    """Show old and new, then save; a running service speaks in them at once."""
    settings = base.load()
    words = in_use(settings)
    try:
        forms = base.read(settings, added_forms.load_all) if base.exists(settings) else form_files.load_shipped()
        proposal = tables.propose(words, word_files.load(file), forms.values())
    except BotError as error:
        base.fail(str(error))
    for line in (*proposal.notes, *proposal.show(words), *proposal.problems):
        typer.echo(line)
    if proposal.problems:
        base.fail("Nothing was saved. Correct these first.")
    if not proposal.size:
        base.words.print("Nothing in this file is different from the words in use.")
        return
    agreed = yes or (
        sys.stdin.isatty() and typer.confirm(f"Save {many(proposal.size, 'change', 'changes')}?", err=True)
    )
    if not agreed:
        base.fail("Nothing was saved. To save without a question add --yes.")
    folder = settings.path(settings.words.folder)
    for written in tables.save(proposal, words, folder, datetime.now(UTC)):
        base.words.print(f"Saved {written}.", markup=False)
    if base.exists(settings):
        base.run(control.act(settings, WORDS_SAVED, {"files": changes.files_of(folder)}))
