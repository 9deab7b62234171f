"""Fetches photos and voice notes, makes photos safe, and keeps them under names of our own.

Asked by the alarm every two seconds; one file at a time. Nothing of a sender's reaches the disk but
a photo's pixels and a voice note's sound: not a file name, not the place where it was taken. On the
way to the disk a crash may happen anywhere: the row waits until the file is whole and in its place.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BufferedRandom
from pathlib import Path

import structlog

from bot import safe_image
from bot.channels.base import Channel
from bot.errors import DatabaseError, Refused, RetryLater, SendError
from bot.settings import Settings
from bot.store import media
from bot.store.engine import Database

log = structlog.get_logger(__name__)

GIVES_UP = timedelta(days=2)
FIRST_PAUSE_S = 30.0
LONGEST_PAUSE_S = 3600.0
FETCH_S = 120.0
"""A provider that sends slower than this is asked again later."""
ANOTHERS = timedelta(minutes=10)
"""With several processes on one database: a row that another reserved is left to it so long."""
AT_ONCE = 50
LONGEST_REASON = 200

_VIDEO = re.compile(rb"hdlr.{8}vide", re.DOTALL)
_SOUND = re.compile(rb"hdlr.{8}soun", re.DOTALL)


@dataclass(slots=True)
class _Seen:
    """What is remembered of a row that still waits; lost at a restart, which then tries at once."""

    due: datetime
    tries: int = 0
    file: str | None = None
    """The reservation as we last knew it."""
    ours: bool = False


class MediaWorker:
    """Asked by the alarm: `look()` fetches what waits and is due."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        channels: Mapping[str, Channel],
        now: Callable[[], datetime],
    ) -> None:
        self._settings, self._database, self._channels, self._now = settings, database, channels, now
        self._folder = settings.path(settings.privacy.media_folder)
        self._limit = settings.privacy.photo_megabytes * 1_000_000
        self._seen: dict[int, _Seen] = {}
        self._looking = asyncio.Lock()

    async def look(self) -> None:
        """Fetch everything that waits and is due, oldest first. Raises nothing; it is asked again.

        One look at a time, whoever asks: two would write the same file.
        """
        async with self._looking:
            await self._look()

    async def _look(self) -> None:
        waiting: set[int] = set()
        last = 0
        try:
            while rows := await self._rows(last):
                for row in rows:
                    waiting.add(row.id)
                    if self._is_due(row):
                        await self._one(row)
                last = rows[-1].id
        except Exception as error:  # the database is away; everything waits where it is
            log.error("photos and voice notes must wait", exc_info=error)
            return
        self._seen = {number: seen for number, seen in self._seen.items() if number in waiting}

    async def _rows(self, after: int) -> list[media.Waiting]:
        async with self._database.glance() as tx:
            return await media.waiting(tx, after, AT_ONCE)

    def _is_due(self, row: media.Waiting) -> bool:
        now = self._now()
        seen = self._seen.get(row.id)
        if seen is None or (seen.file != row.file and row.file):
            anothers = self._database.shared and row.file
            seen = self._seen[row.id] = _Seen(now + ANOTHERS if anothers else now, file=row.file)
        return seen.due <= now

    async def _one(self, row: media.Waiting) -> None:
        """One row, to its end or to a later try. Raises DatabaseError."""
        seen = self._seen[row.id]
        try:
            if await self._reserved(row, seen):
                await self._fetch(row, seen)
        except DatabaseError:
            raise
        except (Refused, safe_image.Unsafe) as error:
            await self._refuse(row, seen, str(error)[:LONGEST_REASON])
        except Exception as error:  # noqa: BLE001 - whatever it is, the others' photos go on
            await self._later(row, seen, error)

    async def _reserved(self, row: media.Waiting, seen: _Seen) -> bool:
        """Whether the row is ours, under a name that stands in it before there is a file."""
        if seen.ours:
            return True
        name = f"{self._now().astimezone(self._settings.zone):%Y-%m}/{secrets.token_hex(16)}"
        if not await self._database.writer.do(media.reserve, media.Reservation(row.id, row.file, name)):
            return False
        if row.file:
            await asyncio.to_thread(_remove, self._folder / row.file)
        seen.file, seen.ours = name, True
        return True

    async def _fetch(self, row: media.Waiting, seen: _Seen) -> None:
        if row.channel is None or not row.data:
            raise Refused("the message it came with is no longer there")
        channel = self._channels.get(row.channel)
        if channel is None:
            raise RetryLater("its channel is switched off")
        async with asyncio.timeout(FETCH_S):
            content = (await channel.fetch(row.data, self._limit)).content
        if len(content) > self._limit:
            raise Refused(f"larger than {self._settings.privacy.photo_megabytes} MB")
        ending = ".jpg" if row.kind == "photo" else await asyncio.to_thread(_sound, content)
        assert seen.file is not None
        place = self._folder / seen.file
        digest, size = await self._store(content, place, ending)
        kept = media.Kept(row.id, seen.file, seen.file + ending, digest, size, self._now())
        if await self._database.writer.do(media.keep, kept):
            log.info("media kept", media=row.id, kind=row.kind, bytes=size, tries=seen.tries)
        else:
            await asyncio.to_thread(_remove, place)  # erased meanwhile, or another process has it

    async def _store(self, content: bytes, place: Path, ending: str) -> tuple[str, int]:
        """The file, whole or not at all; its SHA-256 and bytes."""
        part = place.with_suffix(".part")
        with await asyncio.to_thread(_create, part) as file:
            if ending == ".jpg":
                await safe_image.clean_apart(content, file)
            else:
                await asyncio.to_thread(file.write, content)
            return await asyncio.to_thread(_finish, file, part, place.with_suffix(ending))

    async def _later(self, row: media.Waiting, seen: _Seen, error: Exception) -> None:
        """Try again later, at most for two days."""
        if self._now() - row.at > GIVES_UP:
            await self._refuse(row, seen, "it could not be fetched for two days")
            return
        asked = error.after_s if isinstance(error, RetryLater) else 0.0
        pause = min(FIRST_PAUSE_S * 2**seen.tries, LONGEST_PAUSE_S)
        seen.tries += 1
        seen.due = self._now() + timedelta(seconds=max(asked, pause))
        level = log.info if isinstance(error, SendError) else log.error
        level("media waits", media=row.id, channel=row.channel, tries=seen.tries, exc_info=error)

    async def _refuse(self, row: media.Waiting, seen: _Seen, why: str) -> None:
        log.info("media refused", media=row.id, kind=row.kind, channel=row.channel)
        if (
            await self._database.writer.do(media.refuse, media.Refusal(row.id, seen.file, why, self._now()))
            and seen.file
        ):
            await asyncio.to_thread(_remove, self._folder / seen.file)


def _sound(content: bytes) -> str:
    """The ending of a voice note, told by its bytes. Raises Refused when it is none that we keep."""
    if content.startswith(b"OggS") and b"OpusHead" in content[:64]:
        return ".ogg"
    if content.startswith(b"ID3") or _is_mp3_frame(content[:3]):
        return ".mp3"
    if content[4:8] == b"ftyp" and _SOUND.search(content) and not _VIDEO.search(content):
        return ".m4a"
    raise Refused("not a voice note in OGG/Opus, MP3 or M4A")


def _is_mp3_frame(start: bytes) -> bool:
    """The first bytes of an MPEG frame, layer III, with a bit rate and a sampling rate that exist."""
    if len(start) < 3 or start[0] != 0xFF or start[1] & 0xE6 != 0xE2 or start[1] & 0x18 == 0x08:
        return False
    return start[2] >> 4 not in (0, 15) and start[2] & 0x0C != 0x0C


def _create(part: Path) -> BufferedRandom:
    """An empty file that only we can read."""
    part.parent.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part.parent.mkdir(mode=0o700, exist_ok=True)
    return os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600), "r+b")


def _finish(file: BufferedRandom, part: Path, place: Path) -> tuple[str, int]:
    """Onto the disk and into its place; after a power cut there is the whole file or none."""
    file.flush()
    os.fsync(file.fileno())
    file.seek(0)
    digest, size = hashlib.file_digest(file, "sha256").hexdigest(), file.tell()
    file.close()
    part.replace(place)
    if sys.platform != "win32":  # where a folder cannot be opened
        for folder in (place.parent, place.parent.parent):
            number = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(number)
            finally:
                os.close(number)
    return digest, size


def _remove(place: Path) -> None:
    """Whatever was written under a reserved name, with any ending."""
    with contextlib.suppress(FileNotFoundError):
        for file in place.parent.glob(place.name + ".*"):
            file.unlink(missing_ok=True)
