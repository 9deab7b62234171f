"""A real gammu-smsd for tests, with gammu's dummy phone: a folder of files that it takes for a modem.

async with Smsd(tmp_path) as smsd:  # or Smsd(tmp_path, sql=True)
    smsd.arrives("+25779123456", "Ego")
    ... smsd.folder, or smsd.database, is what [channels.gammu] names
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from glob import glob
from pathlib import Path
from typing import Any

import pytest

RC = """
[gammu]
connection = none
model = dummy
port = {folder}/phone
[smsd]
debuglevel = 255
logfile = {folder}/log
transmitformat = auto
commtimeout = 1
loopsleep = 1
checksecurity = 0
"""
FILES = """
service = files
inboxpath = {folder}/inbox/
outboxpath = {folder}/outbox/
sentsmspath = {folder}/sent/
errorsmspath = {folder}/error/
inboxformat = detail
"""
SQL = """
service = sql
driver = sqlite3
dbdir = {folder}/
database = smsd.db
"""
SCHEMA = Path("/usr/share/doc/gammu-smsd/examples/sqlite.sql")
"""Debian's own; of its tables, what we touch stands in TABLES for machines without gammu."""
TABLES = """
CREATE TABLE inbox (ID INTEGER PRIMARY KEY AUTOINCREMENT, UpdatedInDB NUMERIC DEFAULT (datetime('now')),
  ReceivingDateTime NUMERIC, Text TEXT, SenderNumber TEXT, Coding TEXT, UDH TEXT, Class INTEGER DEFAULT -1,
  RecipientID TEXT);
CREATE TABLE outbox (ID INTEGER PRIMARY KEY AUTOINCREMENT, UpdatedInDB NUMERIC DEFAULT (datetime('now')),
  InsertIntoDB NUMERIC, SendingDateTime NUMERIC, SendingTimeOut NUMERIC, DestinationNumber TEXT, Coding TEXT,
  UDH TEXT, TextDecoded TEXT DEFAULT '', MultiPart TEXT DEFAULT 'false', DeliveryReport TEXT, CreatorID TEXT);
CREATE TABLE outbox_multipart (ID INTEGER, SequencePosition INTEGER, TextDecoded TEXT, Coding TEXT, UDH TEXT,
  PRIMARY KEY (ID, SequencePosition));
CREATE TABLE sentitems (ID INTEGER, SequencePosition INTEGER DEFAULT 1, Text TEXT, TextDecoded TEXT DEFAULT '',
  UDH TEXT, SenderID TEXT, Status TEXT, CreatorID TEXT, SendingDateTime NUMERIC DEFAULT (datetime('now')),
  PRIMARY KEY (ID, SequencePosition));
CREATE TABLE phones (ID TEXT, IMEI TEXT PRIMARY KEY, IMSI TEXT, Client TEXT, Signal INTEGER DEFAULT -1,
  UpdatedInDB NUMERIC DEFAULT (datetime('now')));
"""
_made: list[bytes] = []
PART = """
[SMSBackup{part:03d}]
PDU = Deliver
Number = "{sender}"
NumberUnicode = {name}
State = UnRead
DateTime = 20261123T173000
Class = -1
{udh}Text00 = {text}
Coding = Unicode_No_Compression
Folder = 1
"""


def require(*, sql: bool = False) -> None:
    """Skip the test, naming what is missing; fail instead where CI=true says it must be there."""
    driver = not sql or bool(glob("/usr/lib/*/dbd/libdbdsqlite3.so"))
    if not shutil.which("gammu-smsd") or not driver:
        reason = "not installed: gammu-smsd; apt-get install gammu-smsd libdbd-sqlite3"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


def folders(place: Path) -> Path:
    """gammu-smsd's four folders, in `place`."""
    for name in ("inbox", "outbox", "sent", "error"):
        (place / name).mkdir(parents=True, exist_ok=True)
    return place


def database(place: Path) -> Path:
    """A file with gammu-smsd's tables, in `place`."""
    if not _made:
        with closing(sqlite3.connect(":memory:")) as db:
            db.executescript(SCHEMA.read_text(encoding="utf-8") if SCHEMA.exists() else TABLES)
            _made.append(db.serialize())
    (place / "smsd.db").write_bytes(_made[0])
    return place / "smsd.db"


def put(file: Path, table: str, row: Mapping[str, Any]) -> None:
    """A row as smsd writes it; one that is there stays."""
    marks = ", ".join("?" * len(row))
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("PRAGMA synchronous = OFF")
        db.execute(f"INSERT OR IGNORE INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))


def left(file: Path) -> bool:
    """Whether a message lies in the inbox, or words in what was sent."""
    with closing(sqlite3.connect(file)) as db:
        (count,) = db.execute(
            "SELECT (SELECT count(*) FROM inbox) + (SELECT count(*) FROM sentitems WHERE Text <> '')"
        ).fetchone()
    return bool(count)


def empty(file: Path) -> None:
    """What the next delivery of the same finds."""
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("DELETE FROM inbox")
        db.execute("DELETE FROM sentitems")


class Smsd:
    """gammu-smsd as a process of ours; what `arrives` lies on its SIM card."""

    def __init__(self, place: Path, *, sql: bool = False) -> None:
        self.folder = folders(place / "gammu")
        self.database = database(self.folder) if sql else None
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
        rc.write_text((RC + (SQL if self.database else FILES)).format(folder=self.folder))
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
