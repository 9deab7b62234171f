"""backup, restore: copies of the programme, and bringing one back."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from bot.backups import Backups, into_server
from bot.cli import base
from bot.cli.composer import counting
from bot.clock import Clock
from bot.errors import BotError
from bot.render.plural import many
from bot.settings import Settings
from bot.store import copies
from bot.store.copies import Rows

IN_PLACE = "Bring it back? What came after it is then only in what is put aside."
INTO_SERVER = "Bring it into the database of database.url, which is empty?"
OLD = timedelta(hours=26)
"""Without a new copy for so long something is wrong with the daily one."""


def backup() -> None:
    """Copy the database, photos and voice notes now, also while the service runs."""
    backups = _backups(base.load())
    try:
        file = backups.make(Clock().now())
    except BotError as error:
        base.fail(str(error))
    kept = len(backups.made(Clock().now()))
    said = many(kept, "copy is", "copies are")
    base.words.print(f"{file}: made and proved; {said} kept.", markup=False)


def restore(
    file: Annotated[Path, typer.Argument(help="A copy; `kurikirana doctor` says where they are.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Bring a copy back in place of the database, which is kept beside it. The service must not run.

    On PostgreSQL: into a database that is empty yet, as when a programme outgrows its laptop.
    """
    settings = base.load()
    backups = None if settings.sqlite_file is None else _backups(settings)
    try:
        rows = copies.prove(file)
        base.words.print(f"{file}: {_said(rows)}.", markup=False)
        if not yes and not typer.confirm(IN_PLACE if backups else INTO_SERVER):
            base.fail("Nothing was changed.")
        if backups is None:
            _into_server(file, settings, sum(rows.values()))
        else:
            _in_place(file, backups)
    except BotError as error:
        base.fail(str(error))


def _in_place(file: Path, backups: Backups) -> None:
    _, before = backups.restore(file, Clock().now())
    base.words.print(f"{backups.database}: is this copy now.", markup=False)
    if before:
        base.words.print(f"What stood there is {before}; delete it when nobody needs it any more.", markup=False)
    base.words.print("At the next start those who were erased since are erased again. Now: kurikirana run")


def _into_server(file: Path, settings: Settings, rows: int) -> None:
    with counting() as progress:
        task = progress.add_task("rows", total=rows)
        base.run(into_server(file, settings, lambda more: progress.advance(task, more)))
    base.words.print("Every row and photo is there. Never start the old service again. Now: kurikirana run")


def last(settings: Settings, now: datetime) -> tuple[str, str]:
    """One line of `doctor`."""
    backups = Backups.of(settings)
    if settings.sqlite_file is None:
        return "i", "copies: PostgreSQL's own tools make them, see docs/operating.md"
    if backups is None:
        return "!!", "no copies are made -> backup.folder"
    made = backups.made(now)
    if not made or made[-1][0] > now:
        return "i", f"no copy yet, the first one at {settings.backup.at:%H:%M} -> or now: kurikirana backup"
    at, file = made[-1]
    if now - at > OLD:
        return "!!", f"last copy {at:%d/%m %H:%M} ({file.parent}) -> kurikirana backup says what is wrong"
    return "ok", f"last copy {at:%d/%m %H:%M}, {len(made)} in {file.parent}"


def _backups(settings: Settings) -> Backups:
    backups = Backups.of(settings)
    if backups is None:
        base.fail(last(settings, Clock().now())[1])
    return backups


def _said(rows: Rows) -> str:
    return ", ".join(
        (
            many(rows["people"], "person", "people"),
            many(rows["reports"], "report", "reports"),
            many(rows["inbox"], "message", "messages"),
        )
    )
