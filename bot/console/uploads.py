"""A file that was shown to somebody and waits for her decision: under our own name, for an hour at most.

Its name says who brought it and what is in it (SHA-256), so that what is taken later is exactly what was shown.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bot.console.page import Wrong
from bot.console.words import _

LASTS = timedelta(hours=1)
log = structlog.get_logger(__name__)


class Uploads:
    """The waiting files of all who are signed in; of each person and kind only the newest one waits."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        """`folder` is made when the first file comes; only the service's own user may look into it."""
        self._folder, self._now = folder, now

    async def keep(self, kind: str, person_id: int, content: bytes, ending: str = ".xlsx") -> tuple[str, Path]:
        """Keep it in the place of the one before; returns its digest and its place. Raises Wrong: no room."""
        try:
            return await asyncio.to_thread(self._keep, kind, person_id, content, ending)
        except OSError as error:
            log.error("upload not kept", why=type(error).__name__)
            raise Wrong(_("The file could not be kept. Send it once more.")) from None

    async def find(self, kind: str, person_id: int, digest: str) -> Path | None:
        """The file that this person was shown under this digest; None when its hour is over or it is another."""
        return await asyncio.to_thread(self._find, kind, person_id, digest)

    async def forget(self, place: Path) -> None:
        """It has been taken, or nobody wants it."""
        await asyncio.to_thread(place.unlink, missing_ok=True)

    async def look(self) -> None:
        """Asked by the alarm: whose hour is over leaves the disk. Raises nothing; it is asked again."""
        try:
            await asyncio.to_thread(self._sweep)
        except OSError as error:
            log.error("uploads must wait", why=type(error).__name__)

    def _keep(self, kind: str, person_id: int, content: bytes, ending: str) -> tuple[str, Path]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        digest = hashlib.sha256(content).hexdigest()
        for before in self._folder.glob(f"{kind}-{person_id}-*"):
            before.unlink(missing_ok=True)
        place = self._folder / f"{kind}-{person_id}-{digest}{ending}"
        with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        at = self._now().timestamp()
        os.utime(place, (at, at))
        return digest, place

    def _find(self, kind: str, person_id: int, digest: str) -> Path | None:
        if len(digest) != 64 or not (digest.isascii() and digest.isalnum()):
            return None
        place = next(self._folder.glob(f"{kind}-{person_id}-{digest}.*"), None)
        if place is None or self._over(place):
            return None
        return place if hashlib.sha256(place.read_bytes()).hexdigest() == digest else None

    def _over(self, place: Path) -> bool:
        return self._now().timestamp() - place.stat().st_mtime >= LASTS.total_seconds()

    def _sweep(self) -> None:
        for place in self._folder.glob("*-*-*.*"):
            if self._over(place):
                place.unlink(missing_ok=True)
