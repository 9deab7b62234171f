"""Copies of the programme: the database, its photos and voice notes, in one folder, and how they are brought back.

What must stay true whatever copy is brought back (whom we erased since, which numbers leaders hold) stands beside
them in `since.json`; the service reads it when it starts.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
from pydantic import TypeAdapter, ValidationError

from bot.added_forms import free_texts, load_all
from bot.errors import DatabaseError
from bot.settings import Settings
from bot.store import copies, moving
from bot.store.copies import Rows, Since
from bot.store.engine import HALF, Database
from bot.store.lock import FileLock
from handlers.noun import noun

_NAME = "kurikirana-%Y-%m-%d-%H%M.db"
_SINCE_NAME = "since.json"
_SINCE: TypeAdapter[Since] = TypeAdapter(Since)


@noun
class Backups:
    """The folder of the copies. Everything here waits for the disk: call it in a thread."""

    folder: Path
    database: Path
    media: Path
    zone: ZoneInfo
    keep: int

    @classmethod
    def of(cls, settings: Settings) -> Backups | None:
        """None on PostgreSQL, which has tools of its own, and where `backup.folder` is empty."""
        if settings.sqlite_file is None or not settings.backup.folder:
            return None
        folder, media = settings.path(settings.backup.folder), settings.path(settings.privacy.media_folder)
        return cls(folder, settings.sqlite_file, media, settings.zone, settings.backup.keep)

    def made(self, now: datetime) -> list[tuple[datetime, Path]]:
        """The copies that are there, oldest first, with their time (aware).

        One of a time to come was made while the clock stood ahead, so before all others.
        """
        found = []
        for file in self.folder.glob("kurikirana-*.db"):
            with contextlib.suppress(ValueError):
                found.append((datetime.strptime(file.name, _NAME).replace(tzinfo=self.zone), file))
        return sorted(found, key=lambda one: (one[0] <= now, one[0]))

    def make(self, now: datetime) -> Path:
        """One more copy, proved; those that are too many go. Raises DatabaseError: nothing was kept, none went."""
        file = self.folder / now.astimezone(self.zone).strftime(_NAME)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            _own(self.folder, 0o700)
            copies.copy(self.database, file)
            _own(file, 0o600)
            self._follow(self.media, self.folder / "media")
            for _, old in self.made(now)[: -self.keep]:
                old.unlink(missing_ok=True)
        except OSError as error:
            raise DatabaseError(f"{self.folder}: cannot write there ({error.strerror})") from None
        return file

    def _follow(self, media: Path, into: Path) -> None:
        """Photos and voice notes never change: bring what is new, remove what was erased."""
        here = {file.relative_to(media) for file in media.rglob("*") if file.is_file()}
        for file in into.rglob("*"):
            if file.is_file() and file.relative_to(into) not in here:
                file.unlink()
        for name in here:
            _bring(media / name, into / name)

    def keep_since(self, since: Since) -> None:
        """Write down what a copy of before does not know."""
        self.folder.mkdir(parents=True, exist_ok=True)
        half = self._since.with_name(self._since.name + HALF)
        half.write_bytes(orjson.dumps(since, option=orjson.OPT_NON_STR_KEYS))
        copies.put(half, self._since)

    def since(self) -> Since:
        """What was written down. Raises DatabaseError when it cannot be read: somebody erased may come back."""
        return _since_in(self._since)

    @property
    def _since(self) -> Path:
        return self.folder / _SINCE_NAME

    def restore(self, file: Path, now: datetime) -> tuple[Rows, Path | None]:
        """Bring a copy back; returns its rows, and where the database is now that stood there.

        Raises DatabaseError: a service holds the database, the copy is damaged, the disk is full. Then everything
        is as it was.
        """
        lock, kept = FileLock(self.database), self.folder / "media"
        half = self.database.with_name(self.database.name + HALF)
        lock.take()
        try:
            rows = copies.prove(file)
            shutil.copyfile(file, half)
            half.chmod(0o600)
            _bring_all(kept, self.media)  # before the database: a full disk must leave that as it is
            copies.sync(half)
            before = self._aside(now)
            copies.put(half, self.database)
        except OSError as error:
            if self.database.exists():  # else it says that this must be done again
                half.unlink(missing_ok=True)
            raise DatabaseError(f"{self.database}: the copy could not be brought back ({error.strerror})") from None
        finally:
            lock.release()
        return rows, before

    def _aside(self, now: datetime) -> Path | None:
        """Whatever stands there is kept, with what belongs to it: it may be all that there is.

        The file first: from then on no start is taken until the copy stands there. Its log may be there without it,
        and would be taken for the copy's own.
        """
        before = self.database.with_name(f"{self.database.name}.before-{now.astimezone(self.zone):%Y-%m-%d-%H%M%S}")
        moved = None
        for ending in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                Path(f"{self.database}{ending}").replace(f"{before}{ending}")
                moved = before
        return moved


def _since_in(file: Path) -> Since:
    try:
        return _SINCE.validate_json(file.read_bytes())
    except FileNotFoundError:
        return Since({}, {})
    except (OSError, ValidationError):
        raise DatabaseError(
            f"{file}: cannot be read. It says whom we erased and which numbers were given; bring it back "
            "from another copy of the folder. Only if there is none, delete it."
        ) from None


async def into_server(file: Path, settings: Settings, brought: Callable[[int], None] = lambda rows: None) -> Rows:
    """Bring a copy into the PostgreSQL of these settings, which must be empty; `brought` hears how many rows more.

    A copy of an earlier version is brought up to date first, aside. Who was erased after it was made is erased again,
    by what stands beside it. Raises DatabaseError: then nothing of it is there.
    """
    await asyncio.to_thread(copies.prove, file)
    since, media = _since_in(file.parent / _SINCE_NAME), settings.path(settings.privacy.media_folder)
    with tempfile.TemporaryDirectory() as folder:
        await asyncio.to_thread(shutil.copyfile, file, Path(folder, "copy.db"))
        async with (
            _opened("sqlite:///copy.db", Path(folder)) as old,
            _opened(settings.database.url, settings.folder) as new,
            old.read() as source,
            new.engine.begin() as tx,
        ):
            rows = await moving.bring(source, tx, brought)
            await copies.catch_up(tx, [(since, free_texts(await load_all(tx)))])
            try:
                _bring_all(file.parent / "media", media)
            except OSError as error:
                raise DatabaseError(f"{media}: photos could not be brought ({error.strerror})") from None
    return rows


@contextlib.asynccontextmanager
async def _opened(url: str, folder: Path) -> AsyncIterator[Database]:
    database = await Database.open(url, folder)
    try:
        yield database
    finally:
        await database.close()


def _bring_all(folder: Path, to: Path) -> None:
    for one in folder.rglob("*"):
        if one.is_file():
            _bring(one, to / one.relative_to(folder))


def _own(place: Path, rights: int) -> None:
    """For its owner alone, where that can be said: a stick may know no rights, a folder may be somebody else's."""
    with contextlib.suppress(PermissionError):
        place.chmod(rights)


def _bring(file: Path, to: Path) -> None:
    """A file that never changes, unless it is there."""
    if not to.exists():
        to.parent.mkdir(parents=True, exist_ok=True)
        half = to.with_name(to.name + HALF)
        shutil.copyfile(file, half)
        copies.put(half, to)
