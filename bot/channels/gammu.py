"""gammu-smsd: a USB modem at our own machine, through the folders of its files service (SQL: gammu_sql.py).

The folder has gammu's inbox, outbox, sent and error. Formats are those of gammu-smsd 1.42 with
`inboxformat = detail`: the other formats lose letters outside the machine's locale, and lay the parts of
a long SMS down as several files. What is read or reported is deleted, since nobody would ever do so later.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import structlog
from starlette.routing import BaseRoute

from bot.channels import web
from bot.channels.base import Alone, Arrival, Delivery, Intake, Message, Sent, State
from bot.channels.phone_numbers import is_number, normalise
from bot.errors import ChannelMisconfigured, DatabaseError, Refused, RetryLater
from bot.render.plural import many
from handlers.turn import NOTHING
from handlers.understand.words import clean

log = structlog.get_logger(__name__)

GONE = (FileNotFoundError, PermissionError, NotADirectoryError)
FOLDERS = ("inbox", "outbox", "sent", "error")
STATES: dict[str, State] = {"sent": "sent", "error": "failed"}
SETTLE_S = 2.0
"""Seconds that a file must not have changed: smsd writes it where it stays."""
LOOK_S = 2.0
"""Seconds between two looks into the folders."""
STUCK_S = 900
"""Seconds after which a message that still waits in the outbox is a matter for the doctor."""
AT_ONCE = 100
"""Files of a folder taken in one look, so that a full SIM card does not become one huge commit."""
LARGEST = 1_048_576
"""Bytes of a file that is read; a long SMS in this format has 10 KB."""
INCOMING = re.compile(r"IN(\d{8}_\d{6}_\d+)_(.+)_\d+\.\w+")
OUTGOING = re.compile(r"OUTA_\d{19}_0_[^_]+_(\d{1,18})-[0-9a-f]{12}\.txt")
TEXT = re.compile(rb"(?m)^Text\d\d = ([0-9A-Fa-f]*)\r?$")
VALUES = re.compile(rb"(?m)^(PDU|Coding) = (\w+)\r?$")
"""The last of a name counts: what a text with line breaks brings along stands above, in a comment."""


class Gammu(web.Gateway):
    """The channel `gammu`; `folder` is where gammu-smsd has its four folders."""

    name = "gammu"
    alone: Alone = "receiving"
    keyed = True
    window = 1
    look_s, settle_s = LOOK_S, SETTLE_S

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._odd: set[int] = set()  # inodes, as a name is used again

    def routes(self, intake: Intake) -> Sequence[BaseRoute]:
        """Nobody calls us."""
        return []

    async def start(self, http: aiohttp.ClientSession) -> None:
        """Look whether the folders are there. Raises ChannelMisconfigured."""
        await super().start(http)
        if problem := self._unusable():
            raise ChannelMisconfigured("channels.gammu.folder", problem)

    async def run(self, intake: Intake) -> None:
        """Look at what came until cancelled. It is deleted after its commit: after a kill in between it is read
        again, and is the same arrival. Raises ChannelMisconfigured when there is no folder any more."""
        while True:
            try:
                await self._look(intake)
            except GONE as error:
                if problem := await asyncio.to_thread(self._unusable):
                    raise ChannelMisconfigured("channels.gammu.folder", problem) from None
                log.warning("a file went while it was looked at", channel=self.name, reason=type(error).__name__)
            except (DatabaseError, OSError) as error:
                log.warning("what came is looked at again later", channel=self.name, reason=type(error).__name__)
            await asyncio.sleep(self.look_s)

    async def send(self, message: Message) -> Sent:
        """Lay it into the outbox, whole at once. What is there, or has left, is not laid again."""
        if not is_number(message.address):
            raise Refused("gammu sends to numbers only")
        digest = hashlib.sha256(f"{message.address}\0{message.text}".encode()).hexdigest()[:12]
        try:
            await asyncio.to_thread(self._lay, message, digest)
        except GONE as error:
            raise ChannelMisconfigured(
                f"gammu's outbox: {type(error).__name__}", "make it again, ours to write"
            ) from None
        except OSError as error:  # a full disk; it is laid whole or not at all, so nothing has left
            raise RetryLater(f"gammu's outbox: {type(error).__name__}") from None
        return Sent(None, "accepted")

    async def check(self) -> list[str]:
        """Whether the folders are ours to use, and whether smsd takes what lies in them."""
        if problem := self._unusable():
            return [f"channels.gammu.folder: {problem}"]
        problems = []
        waiting = [file for file in (self.folder / "outbox").glob("OUT*") if _age_s(file) > STUCK_S]
        if waiting:
            messages = many(len(waiting), "message waits", "messages wait")
            problems.append(f"gammu: {messages} in outbox; is gammu-smsd running, the modem in?")
        if odd := [file for file in (self.folder / "inbox").iterdir() if self._is_odd(file)]:
            problems.append(
                f"gammu: {many(len(odd), 'file', 'files')} in inbox cannot be read; set inboxformat = detail."
            )
        return problems

    def _is_odd(self, file: Path) -> bool:
        """It is no message, and not because smsd is still writing it; what can be read only waits for the service."""
        try:
            if _age_s(file) > STUCK_S:
                self._arrival(file)
        except ValueError:
            return True
        except FileNotFoundError:  # the service has taken it
            pass
        return False

    def _unusable(self) -> str:
        for place in (self.folder / name for name in FOLDERS):
            if not place.is_dir() or not os.access(place, os.R_OK | os.W_OK | os.X_OK):
                return f"{place.name}/ is missing or not ours to write; make it for smsd's user and ours"
        return ""

    def _lay(self, message: Message, digest: str) -> None:
        """The outbox is looked into before the others, as a file moves that way only."""
        name = f"OUTA_{message.id:019d}_0_{message.address}_{message.id}-{digest}.txt"
        if any((self.folder / place / name).exists() for place in ("outbox", *STATES)):
            return
        hidden = self.folder / "outbox" / f".{name}"  # smsd passes over what begins with a dot
        with hidden.open("wb") as file:
            file.write(b"\xfe\xff" + message.text.encode("utf-16-be"))
            file.flush()
            os.fsync(file.fileno())
        hidden.chmod(0o660)
        hidden.rename(hidden.with_name(name))

    async def _look(self, intake: Intake) -> None:
        """Take what is there: read, have it kept, delete."""
        arrived, told = await asyncio.to_thread(self._read)
        if arrivals := [each for each in arrived.values() if each]:
            await intake.arrivals(arrivals)
        if told:
            await intake.deliveries(list(told.values()))
        await asyncio.to_thread(self._forget, arrived, told)

    def _forget(self, arrived: Mapping[Any, Arrival | None], told: Mapping[Any, Delivery]) -> None:
        """Both are kept with us."""
        for file in [*arrived, *told]:
            file.unlink(missing_ok=True)

    def _read(self) -> tuple[dict[Any, Arrival | None], dict[Any, Delivery]]:
        """What arrived, None of which is no message, and what became of ours."""
        arrived: dict[Any, Arrival | None] = {}
        for file in self._settled("inbox"):
            try:
                arrived[file] = self._arrival(file)
            except ValueError:
                self._odd.add(file.stat().st_ino)
                log.warning("a file in gammu's inbox cannot be read", channel=self.name)
        told: dict[Any, Delivery] = {}
        for place, state in STATES.items():
            for file in self._settled(place):
                if ours := OUTGOING.fullmatch(file.name):
                    told[file] = Delivery(self.name, state, place, int(ours[1]), event=f"{place}.{file.stem[-12:]}")
        return arrived, told

    def _settled(self, place: str) -> list[Path]:
        files = sorted(file for file in (self.folder / place).iterdir() if not file.name.startswith("."))
        files = [file for file in files if _age_s(file) >= self.settle_s and file.stat().st_ino not in self._odd]
        return files[:AT_ONCE]

    def _arrival(self, file: Path) -> Arrival | None:
        """None for a delivery report, which is no message. Raises ValueError for what is none of ours.

        The sender is the file name's: in the file a text with line breaks can write lines of its own.
        smsd uses a name again once it is free, so two messages of one second differ by file and time.
        """
        named = INCOMING.fullmatch(file.name)
        stat = file.stat()
        if not named or stat.st_size > LARGEST or not (sender := normalise(named[2])):
            raise ValueError
        content = file.read_bytes()
        if b"[SMSBackup" not in content:
            raise ValueError
        values = dict(VALUES.findall(content))
        if values.get(b"PDU") == b"Status_Report":
            return None
        raw = b"".join(bytes.fromhex(part.decode()) for part in TEXT.findall(content))
        text, whole = web.decode(raw, b"utf-8" if values.get(b"Coding", b"").startswith(b"8bit") else b"utf-16be")
        key = f"{named[1]}.{stat.st_mtime_ns}.{stat.st_ino}"
        data = NOTHING if whole else {"bytes": raw.hex()}  # kept, never refused
        return Arrival(self.name, key, self.scheme, sender, text=clean(text), data=data)


def _age_s(file: Path) -> float:
    """Seconds between its writing and now, whichever the clock says is first; 0 for one that has just gone."""
    try:
        return abs(time.time() - file.stat().st_mtime)
    except FileNotFoundError:
        return 0.0
