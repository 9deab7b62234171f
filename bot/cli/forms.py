"""forms check, forms add, forms list: forms are XLSForms; staff add their own with no code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot import added_forms, control
from bot import forms as form_files
from bot import settings as settings_file
from bot.cli import base
from bot.cli.words import in_use
from bot.errors import BotError
from bot.keywords import form_faults
from bot.settings import Settings
from handlers.forms import Form

commands = typer.Typer(no_args_is_help=True, help="The forms that leaders fill: check one, add one.")
File = Annotated[Path, typer.Argument(help="An XLSForm: .xlsx, or a Markdown table.")]


@commands.command()
def check(file: File) -> None:
    """Say what is wrong with a form and where."""
    problems = form_files.check(file)
    if not problems and settings_file.find(None).is_file():
        settings = base.load()
        problems = _not_taken(settings, file, form_files.load(file))
    for problem in problems:
        typer.echo(problem)
    if problems:
        raise typer.Exit(1)
    base.words.print(f"{file.name}: fine.", markup=False)


@commands.command()
def add(file: File) -> None:
    """Make a form answerable by its keyword at once, also while the service runs."""
    settings = base.load()
    try:
        sheets = added_forms.sheets(file)
        form = added_forms.from_sheets(sheets, file.name)
    except BotError as error:
        base.fail(str(error))
    if problems := _not_taken(settings, file, form):
        base.fail("\n".join(problems))
    added = base.run(control.act(settings, "form add", {"sheets": sheets, "source": file.name}))
    base.words.print(f"Added {added['form']}: leaders start it with {' or '.join(added['keywords'])}.", markup=False)


def _not_taken(settings: Settings, file: Path, form: Form) -> list[str]:
    """Why this programme, with its words and its other forms, cannot take it."""
    others = base.read(settings, added_forms.load_all) if base.exists(settings) else form_files.load_shipped()
    return [f"{file.name}: {problem}" for problem in form_faults(in_use(settings), form, others.values())]


@commands.command("list")
def list_() -> None:
    """The forms and their keywords."""
    settings = base.load()
    for name, form in base.read(settings, added_forms.load_all).items():
        typer.echo(f"{name}\t{form.version}\t{' '.join(form.keywords)}")
