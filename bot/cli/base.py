"""What every command needs: the settings, the database for reading, a way to say things."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar
from zoneinfo import ZoneInfo

import orjson
import typer
from rich.console import Console
from rich.table import Column, Table
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import clock
from bot import settings as settings_file
from bot.errors import BotError, FormError
from bot.render.sentences import LANGUAGES, worded
from bot.settings import Settings
from bot.store import singles
from bot.store.engine import Database, half_restored

Result = TypeVar("Result")
Json = Annotated[bool, typer.Option("--json", help="As JSON, for another program.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")]
Who = Annotated[str, typer.Option("--as", help="Who it was, a name of the sheet Staff; else the command line.")]
words = Console(stderr=True, highlight=False, soft_wrap=True)
"""Words for a person; never data."""
_ANY_WIDTH = 10_000
"""In a file or a pipe a row is a line, and nothing is cut off."""


def _readable(language: str) -> str:
    if language not in LANGUAGES:
        fail(f"--lang {language}: it is {' or '.join(LANGUAGES)}.")
    return language


Lang = Annotated[str, typer.Option("--lang", help="en or fr.", callback=_readable)]


def utc_offset_min(settings: Settings) -> int:
    """Minutes that the programme's clock is ahead of UTC now."""
    return clock.utc_offset_min(clock.Clock().now(), settings.zone)


def load() -> Settings:
    """The settings named by --config or KURIKIRANA_CONFIG. Leaves with 1 when they are wrong."""
    try:
        return settings_file.load()
    except BotError as error:
        return fail(str(error))
    except SQLAlchemyError as error:  # its own text holds the values, which may be personal
        why = type(getattr(error, "orig", None) or error).__name__
        return fail(f"the database did not do that ({why}). Is it the right one? `kurikirana doctor` looks.")


def fail(text: str, language: str = "en") -> NoReturn:
    """Say what is wrong and leave with 1."""
    tell(text, language)
    raise typer.Exit(1)


@contextlib.contextmanager
def writing(file: Path) -> Iterator[None]:
    """What cannot be written, as while another program has the file open, is said with what to do."""
    try:
        yield
    except OSError as error:
        fail(f"{file}: cannot be written ({error.strerror}). Close it elsewhere, or check its path.")


def tell(text: str, language: str = "en") -> None:
    """Say it to a person."""
    words.print(worded(text, language), markup=False)


def why(error: BotError, language: str) -> str:
    """What an error of ours says."""
    lines = error.problems if isinstance(error, FormError) else error.args[:1]
    return "\n".join(worded(line, language) for line in lines)


def draw(address: str) -> None:
    """Its QR code, where a person sits at a terminal with a phone in the hand."""
    if sys.stderr.isatty():
        import segno  # noqa: PLC0415 - 4 MB that only who draws a code pays

        segno.make(address, error="m").terminal(sys.stderr, compact=True)


def show(value: Any) -> None:
    """JSON to standard output. The names of a row are the database library's own texts: to be taken as keys."""
    how = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS
    sys.stdout.write(orjson.dumps(value, option=how, default=str).decode() + "\n")


def exists(settings: Settings) -> bool:
    """Whether there is a database to look into, or was."""
    return settings.sqlite_file is None or settings.sqlite_file.is_file() or half_restored(settings.sqlite_file)


def local(moment: datetime | str, zone: ZoneInfo) -> str:
    """A moment as people read it, in the programme's time; from the service it comes as text."""
    there = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return f"{there.astimezone(zone):%Y-%m-%d %H:%M}"


def table(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str], json: bool = False, zone: ZoneInfo | None = None
) -> None:
    """Rows on standard output, for a person or as JSON for another program. `zone`: where there are moments."""
    if json:
        show(rows)
        return
    said = Table(*(Column(name, overflow="fold") for name in columns), box=None)
    for row in rows:
        said.add_row(*(_cell(name, row.get(name), zone) for name in columns))
    printed(said)
    if zone and rows:
        words.print(f"Times are local ({zone}).")


def printed(said: Table) -> None:
    """A table on standard output."""
    Console(highlight=False, width=None if sys.stdout.isatty() else _ANY_WIDTH).print(said, markup=False)


def record(found: Mapping[str, Any], json: bool = False, zone: ZoneInfo | None = None) -> None:
    """One thing on standard output: what is known of it, a line each, or as JSON. `zone`: where there are moments."""
    if json:
        show(found)
        return
    for name, value in found.items():
        if value not in (None, ""):
            typer.echo(f"{name:12} {_cell(name, value, zone)}")
    if zone:
        words.print(f"Times are local ({zone}).")


def _cell(name: str, value: Any, zone: ZoneInfo | None) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime) or (name.endswith("_at") and value):
        assert zone is not None, f"{name}: whoever shows a moment to people says in which zone"
        return local(value, zone)
    return str(value)


def values(found: Mapping[str, Any]) -> str:
    """Every value of a report that was said, by its name in the form."""
    there = {name: value for name, value in found.items() if value not in (None, "", [])}
    return ", ".join(
        f"{name} {'+'.join(map(str, value)) if isinstance(value, list) else value}" for name, value in there.items()
    )


async def now(tx: AsyncConnection) -> datetime:
    """The programme's time, also where a demo has moved it."""
    return clock.Clock(await singles.offset(tx)).now()


def read(settings: Settings, question: Callable[[AsyncConnection], Awaitable[Result]]) -> Result:
    """Look into the database, also while the service runs."""

    async def look() -> Result:
        database = await Database.look(settings.database.url, settings.folder)
        try:
            async with database.read() as tx:
                return await question(tx)
        finally:
            await database.close()

    return run(look())


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where it is installed (the extra `fast`), which costs half of asyncio's own loop; else None."""
    try:
        import uvloop  # noqa: PLC0415 - an extra
    except ImportError:
        return None
    return uvloop.new_event_loop


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run it; an error of ours is said without a traceback."""
    try:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            return runner.run(coroutine)
    except BotError as error:
        return fail(str(error))
    except SQLAlchemyError as error:  # its own text holds the values, which may be personal
        why = type(getattr(error, "orig", None) or error).__name__
        return fail(f"the database did not do that ({why}). Is it the right one? `kurikirana doctor` looks.")
    except (OverflowError, orjson.JSONEncodeError) as error:
        if isinstance(error, TypeError) and "64-bit" not in str(error):
            raise  # JSONEncodeError is any TypeError
        return fail("a number is larger than any that is kept. See the list that it is from.")
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
