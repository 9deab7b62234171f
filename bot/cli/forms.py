"""forms check, forms add, forms list: forms are XLSForms; staff add their own with no code."""

from __future__ import annotations

from functools import reduce
from pathlib import Path
from typing import Annotated

import typer

from bot import added_forms, control
from bot import forms as form_files
from bot import settings as settings_file
from bot.cli import base
from bot.cli.words import in_use
from bot.errors import FormError
from bot.keywords import form_faults
from bot.render.sentences import Sentence, at, worded
from bot.settings import Settings
from handlers.forms import Form

commands = typer.Typer(no_args_is_help=True, help="The forms that leaders fill: check one, add one.")
File = Annotated[Path, typer.Argument(help="An XLSForm: .xlsx, or a Markdown table.")]


@commands.command()
def check(file: File, lang: base.Lang = "en") -> None:
    """Say what is wrong with a form and where."""
    problems = form_files.check(file)
    if not problems and settings_file.find(None).is_file():
        settings = base.load()
        problems = _not_taken(settings, file, form_files.load(file))
    for problem in problems:
        typer.echo(worded(problem, lang))
    if problems:
        raise typer.Exit(1)
    base.tell(Sentence("{name}: fine.", name=file.name), lang)


@commands.command()
def add(file: File, lang: base.Lang = "en") -> None:
    """Make a form answerable by its keyword at once, also while the service runs."""
    settings = base.load()
    try:
        sheets = form_files.sheets(file)
        form = form_files.built(sheets, file.name)
        if problems := _not_taken(settings, file, form):
            raise FormError(problems)
    except FormError as error:
        base.fail(base.why(error, lang))
    added = base.run(control.act(settings, "form add", {"sheets": sheets, "source": file.name}))
    words = reduce(lambda one, other: Sentence("{one} or {other}", one=one, other=other), added["keywords"])
    base.tell(Sentence("Added {form}: leaders start it with {words}.", form=added["form"], words=words), lang)


def _not_taken(settings: Settings, file: Path, form: Form) -> list[Sentence]:
    """Why this programme, with its words and its other forms, cannot take it."""
    others = base.read(settings, added_forms.load_all) if base.exists(settings) else form_files.load_shipped()
    return [at(file.name, problem) for problem in form_faults(in_use(settings), form, others.values())]


@commands.command("list")
def list_() -> None:
    """The forms and their keywords."""
    settings = base.load()
    for name, form in base.read(settings, added_forms.load_all).items():
        typer.echo(f"{name}\t{form.version}\t{' '.join(form.keywords)}")
