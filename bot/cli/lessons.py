"""lessons list, search, translate, export: what leaders told for the Fair, and the posters made of it."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import control
from bot.cli import base
from bot.cli.base import DryRun, Json
from bot.errors import BotError
from bot.programme import posters
from bot.render.catalogue import EVERY
from bot.render.plural import many
from bot.store import lessons
from handlers.understand.words import plain

commands = typer.Typer(no_args_is_help=True, help="Lessons for the Fair: find, translate, print as posters.")
FORMATS = {"pdf": "lessons-posters.pdf", "csv": "lessons.csv"}
_SHOWN = 60
Number = Annotated[int, typer.Argument(help="The lesson's number.")]


@commands.command("list")
def list_(json: Json = False) -> None:
    """Every lesson: whether it may be shown, in which languages it is there."""
    _list(base.read(base.load(), lessons.everything), json)


@commands.command()
def search(
    words: Annotated[list[str], typer.Argument(help="All of them, in any language.")], json: Json = False
) -> None:
    """Lessons with these words, in any of their languages, with or without accents."""
    wanted = plain(" ".join(words)).split()
    _list([row for row in base.read(base.load(), lessons.everything) if posters.has(row, wanted)], json)


def _list(found: list[dict[str, Any]], json: bool) -> None:
    rows = [
        {
            "number": row["number"],
            "association": row["association"],
            "language": row["language"],
            "translations": row["translations"] or {},
            "show": row["show"] or "not said",
            "text": row["text"],
            "at": row["at"],
        }
        for row in found
    ]
    if not json:
        for row in rows:
            row["text"] = row["text"] if len(row["text"]) <= _SHOWN else f"{row['text'][:_SHOWN]}..."
            row["translations"] = " ".join(sorted(row["translations"]))
    base.table(rows, ("number", "association", "language", "translations", "show", "text"), json)


@commands.command()
def translate(
    number: Number,
    to: Annotated[str, typer.Option("--to", help="rn, fr, sw or en.")],
    text: Annotated[str, typer.Option(help="The translation; or, of a voice note, what was said.")],
    by: Annotated[str, typer.Option("--by", help="Name of the translator, printed beside it.")],
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Add a translation with its translator's name."""
    text, by = " ".join(text.split()), " ".join(by.split())
    if not text or not by:
        base.fail("A translation needs its text and its translator's name.")
    details = {"number": number, "to": to, "text": text, "by": by, "user": getpass.getuser()}
    found = base.run(control.act(base.load(), "lesson translate", {**details, "dry_run": dry_run}))
    if json:
        base.show({**found, "kept": not dry_run})
    kept = "would be kept" if dry_run else "is kept"
    base.words.print(f"No {number} {kept} in {to}, by {by.rstrip('.')}.", markup=False)


@commands.command()
def hide(
    number: Number,
    name: Annotated[bool, typer.Option("--name", help="Her association's name only: it is shown on.")] = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """A leader has changed her mind: her lesson is shown no more, or without her association's name."""
    details = {"number": number, "show": "anonymous" if name else "no", "user": getpass.getuser(), "dry_run": dry_run}
    found = base.run(control.act(base.load(), "lesson hide", details))
    if json:
        base.show({**found, "hidden": not dry_run})
    how = "shown without the association's name" if name else "not shown any more"
    base.words.print(
        f"No {number} {'would be' if dry_run else 'is'} {how}. What was printed before is taken down by hand."
    )


@commands.command()
def export(
    out: Annotated[Path, typer.Option(help="The folder to write into.")],
    format_: Annotated[str, typer.Option("--format", help="pdf, csv, or both with a comma.")] = "pdf,csv",
    lang: Annotated[str, typer.Option(help="In this language where it is translated; else as it was told.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be written; write nothing.")] = False,
    json: Json = False,
) -> None:
    """Posters (one lesson a page) and a list. Only what may be shown; nobody's name, no telephone number."""
    wanted = [name.strip() for name in format_.split(",") if name.strip()]
    if not wanted or set(wanted) - set(FORMATS):
        base.fail(f"--format {format_}: write {' or '.join(FORMATS)}, or both with a comma.")
    if lang and lang not in EVERY:
        base.fail(f"--lang {lang}: one of {', '.join(EVERY)}.")
    settings = base.load()

    async def look(tx: Any) -> tuple[list[dict[str, Any]], list[str]]:
        return await lessons.everything(tx), await lessons.names(tx)

    rows, names = base.read(settings, look)
    found = posters.posters(rows, names, lang or None)
    if not found:
        base.fail("No lesson may be shown yet: leaders say so by answering 1 or 2 to H5.")
    if not dry_run:
        try:
            out.mkdir(parents=True, exist_ok=True)
            for name in wanted:
                _write(name, found, settings.project.name, out / FORMATS[name])
        except BotError as error:
            base.fail(str(error))
        except OSError as error:
            base.fail(f"--out {out}: cannot be written ({error.strerror}). Name another folder.")
    missing = sum(one.language != lang for one in found) if lang else 0
    note = f"; {missing} without a translation into {lang}, in their own language" if missing else ""
    kept = len(rows) - len(found)
    if json:
        files = [] if dry_run else [str(out / FORMATS[name]) for name in wanted]
        base.show({"lessons": len(found), "not_translated": missing, "left_out": kept, "files": files})
    base.words.print(
        f"{many(len(found), 'lesson', 'lessons')}{note}; {kept} left out: not to be shown, or not written down."
    )


def _write(name: str, found: list[posters.Poster], title: str, file: Path) -> None:
    if name == "pdf":
        posters.write_pdf(found, title, file)
    else:
        posters.write_csv(found, file)
    base.words.print(f"Written: {file}", markup=False)
