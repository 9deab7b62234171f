"""A real gammu-smsd for tests, with gammu's dummy phone: a folder of files that it takes for a modem.

async with Smsd(tmp_path) as smsd:
    smsd.arrives("+25779123456", "Ego")
    ... smsd.folder is what [channels.gammu] names
"""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

import pytest

RC = """
[gammu]
connection = none
model = dummy
port = {folder}/phone
[smsd]
service = files
debuglevel = 255
logfile = {folder}/log
inboxpath = {folder}/inbox/
outboxpath = {folder}/outbox/
sentsmspath = {folder}/sent/
errorsmspath = {folder}/error/
inboxformat = detail
transmitformat = auto
commtimeout = 1
loopsleep = 1
checksecurity = 0
"""
PART = """
[SMSBackup{part:03d}]
Number = "{sender}"
NumberUnicode = {name}
State = UnRead
DateTime = 20261123T173000
Class = -1
{udh}Text00 = {text}
Coding = Unicode_No_Compression
Folder = 1
"""


def require() -> None:
    """Skip the test, naming what is missing; fail instead where CI=true says it must be there."""
    if not shutil.which("gammu-smsd"):
        reason = "not installed: gammu-smsd; apt-get install gammu-smsd"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


def folders(place: Path) -> Path:
    """gammu-smsd's four folders, in `place`."""
    for name in ("inbox", "outbox", "sent", "error"):
        (place / name).mkdir(parents=True, exist_ok=True)
    return place


class Smsd:
    """gammu-smsd as a process of ours; what `arrives` lies on its SIM card."""

    def __init__(self, place: Path) -> None:
        self.folder = folders(place / "gammu")
        self._card = self.folder / "phone" / "sms" / "1"
        for number in range(1, 6):
            (self._card.parent / str(number)).mkdir(parents=True)
        self._count = 0

    def arrives(self, sender: str, *parts: str) -> None:
        """An SMS of these parts comes in; to be called before smsd runs, as it reads the card at once."""
        for number, text in enumerate(parts, 1):
            self._count += 1
            udh = f"UDH = 050003BA{len(parts):02X}{number:02X}\n" if len(parts) > 1 else ""
            written = PART.format(part=0, sender=sender, name=_hex(sender), udh=udh, text=_hex(text))
            (self._card / str(self._count)).write_text(written)

    async def __aenter__(self) -> Smsd:
        rc = self.folder / "rc"
        rc.write_text(RC.format(folder=self.folder))
        quiet = asyncio.subprocess.DEVNULL
        self._process = await asyncio.create_subprocess_exec(
            "gammu-smsd", "-c", str(rc), stdout=quiet, stderr=quiet, env={**os.environ, "LC_ALL": "C.UTF-8"}
        )
        return self

    async def __aexit__(self, *args: object) -> None:
        self._process.terminate()
        await self._process.wait()


def _hex(text: str) -> str:
    return text.encode("utf-16-be").hex().upper()
