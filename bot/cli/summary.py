"""summary: what happened and what was said, of an association, a commune or the programme."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import control
from bot.cli import base
from bot.cli.base import Json
from bot.cli.progress import Month, period
from bot.errors import BotError
from bot.programme import counting
from bot.programme.counting import Rules
from bot.programme.summary import Asked, Say, Summary
from bot.programme.summary import summary as gathered
from bot.programme.summary.page import page
from bot.programme.summary.picture import picture
from bot.programme.summary.plain import plain
from bot.programme.summary.text import full_text
from bot.render.picture import png as drawn
from bot.render.report import pdf as set_pdf
from bot.settings import Settings

AsOf = Annotated[str, typer.Option("--as-of", help="The moment to print, as 2026-11-02T08:15; else now.")]


def summary(
    name: Annotated[str, typer.Argument(help="An association (07, ABAHUZA), a commune, or all.")],
    month: Month = "",
    json: Json = False,
    text: Annotated[
        bool, typer.Option("--text", help="As text, which is also what comes without an option.")
    ] = False,
    lang: base.Lang = "en",
    pdf: Annotated[Path | None, typer.Option("--pdf", help="Write one page to this file.")] = None,
    png: Annotated[Path | None, typer.Option("--png", help="Write the picture with two charts to this file.")] = None,
    as_of: AsOf = "",
) -> None:
    """What happened and what was said. It reads leaders' words, so the reading is noted in the audit."""
    settings = base.load()
    say = Say(lang, settings.zone)
    found = read(settings, name, month, as_of, all_ids=json)
    noted(settings, "summary", {"of": found.scope.no or found.scope.name or "all", "period": found.sheet.period.name})
    if json:
        base.show(plain(found, say))
    for file, make in ((pdf, lambda: set_pdf(page(found, say))), (png, lambda: drawn(picture(found, say)))):
        if file is not None:
            _write(file, make)
    if text or not (json or pdf or png):
        typer.echo(full_text(found, say), nl=False)


def _write(file: Path, make: Callable[[], bytes]) -> None:
    try:
        file.write_bytes(make())
    except BotError as error:
        base.fail(str(error))
    except OSError as error:
        base.fail(f"{file}: cannot be written ({error.strerror}). Name another file.")
    typer.echo(str(file))


def read(settings: Settings, name: str, month: str, as_of: str, *, all_ids: bool = False) -> Summary:
    """Gather it. Leaves with 1 when there is no such place or period."""

    async def look(tx: Any) -> Summary:
        scope = await counting.find(tx, name)
        when = await period(tx, month, settings)
        at = moment(as_of, settings) if as_of else await base.now(tx)
        return await gathered(tx, Asked(scope, when, Rules.of(settings), settings.zone, at, all_ids))

    return base.read(settings, look)


def moment(text: str, settings: Settings, option: str = "--as-of") -> datetime:
    """What was written behind --as-of. Raises BotError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BotError(f"{option} {text!r} is no moment. Write 2026-11-02T08:15.") from None
    return found if found.tzinfo else found.replace(tzinfo=settings.zone)


def noted(settings: Settings, what: str, details: dict[str, Any]) -> None:
    """Write the reading to the audit, before the answer leaves."""
    base.run(control.act(settings, "audit", {"user": getpass.getuser(), "what": what, "details": details}))
