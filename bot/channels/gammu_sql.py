"""gammu-smsd's SQL service on SQLite: the tables of one file instead of four folders.

It says of each text whether it was delivered, which the folders do not. The tables are those of gammu-smsd 1.42
(`gammu-smsd-tables`, version 17). What is ours bears our id as its creator; what was read or has ended is deleted.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import smsutil
import structlog

from bot.channels import web
from bot.channels.base import Arrival, Delivery, Message, State
from bot.channels.gammu import AT_ONCE, STUCK_S, Gammu
from bot.channels.phone_numbers import normalise
from bot.channels.smpp_wire import header
from bot.render.plural import many
from handlers.turn import NOTHING
from handlers.understand.words import clean

log = structlog.get_logger(__name__)

BUSY_S = 5.0
"""Seconds that we wait while smsd writes."""
USSD = 127
"""Class of what is an answer to a USSD code of the SIM, and no message."""
REPORTS_WITHIN = "-3 days"
"""A text without a report after that stays as it is: it was sent."""
PARTS_WITHIN, LATELY = "-30 seconds", f"-{STUCK_S} seconds"
WORDS: dict[str, State] = {"Error": "failed", "SendingError": "failed", "DeliveryFailed": "failed"}
WORDS |= dict.fromkeys(("SendingOKNoReport", "SendingOK", "DeliveryPending", "DeliveryUnknown"), "sent")
WORDS |= {"DeliveryOK": "delivered"}
"""Status of a part -> state; of a text it is the first of these that one of its parts has."""
NO_END = ("SendingOK", "DeliveryPending")
"""A report may come yet."""
OURS = re.compile(r"kurikirana (\d{1,18}) ([0-9a-f]{12})")
FIRST = datetime(2000, 1, 1, tzinfo=UTC)
"""smsd sends in the order of InsertIntoDB, to the second: there our ids stand, as seconds from this moment."""
_TABLES = "SELECT 1 FROM inbox, outbox, outbox_multipart, sentitems, phones LIMIT 0"
_THERE = "SELECT 1 FROM outbox WHERE CreatorID = ?1 UNION ALL SELECT 1 FROM sentitems WHERE CreatorID = ?1"
_LAY = (
    "INSERT INTO outbox (CreatorID, DestinationNumber, TextDecoded, Coding, UDH, MultiPart, InsertIntoDB, "
    "SendingDateTime, SendingTimeOut, DeliveryReport) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'yes')"
)
_PART = "INSERT INTO outbox_multipart (ID, SequencePosition, TextDecoded, Coding, UDH) VALUES (?, ?, ?, ?, ?)"
_CAME = (
    "SELECT ID, ReceivingDateTime, SenderNumber, Text, Coding, UDH, Class, UpdatedInDB < datetime('now', ?) "
    "FROM inbox ORDER BY ID LIMIT ?"
)
_ENDED = (
    "SELECT ID, CreatorID, group_concat(Status) FROM sentitems WHERE CreatorID LIKE 'kurikirana %' "
    "AND ID NOT IN (SELECT ID FROM outbox) GROUP BY ID, CreatorID ORDER BY ID"
)
_READ = "DELETE FROM inbox WHERE ID = ?"
_BLANK = "UPDATE sentitems SET Text = '', TextDecoded = '' WHERE ID = ?"
_OVER = "DELETE FROM sentitems WHERE ID = ?"
_OLD = "DELETE FROM sentitems WHERE CreatorID LIKE 'kurikirana %' AND SendingDateTime < datetime('now', ?)"
_WAITING = "SELECT count(*) FROM outbox WHERE CreatorID LIKE 'kurikirana %' AND UpdatedInDB < datetime('now', ?)"
_SENDERS = "SELECT SenderNumber FROM inbox"
_PHONE = "SELECT Signal FROM phones WHERE UpdatedInDB >= datetime('now', ?)"


class GammuSql(Gammu):
    """The channel `gammu`; `folder` is the SQLite file that gammu-smsd writes."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._told: dict[int, str] = {}

    async def check(self) -> list[str]:
        """Whether the file is ours to use, smsd alive, the modem in a network, and nothing stuck."""
        if problem := self._unusable():
            return [f"channels.gammu.folder: {problem}"]
        with self._open() as db:
            (waiting,) = db.execute(_WAITING, (LATELY,)).fetchone()
            odd = [row for row in db.execute(_SENDERS) if not normalise(str(row[0]))]
            signals = [row[0] for row in db.execute(_PHONE, (LATELY,))]
        problems = []
        if not signals:
            problems.append("gammu: gammu-smsd wrote nothing for 15 minutes; is it running, the modem in?")
        elif max(signals) == 0:
            problems.append("gammu: the modem has no network; look at SIM card and antenna.")
        if waiting:
            messages = many(waiting, "message waits", "messages wait")
            problems.append(f"gammu: {messages} in outbox for 15 minutes; see gammu-smsd's log.")
        if odd:
            messages = many(len(odd), "message", "messages")
            problems.append(f"gammu: {messages} in inbox without a sender; look at them.")
        return problems

    def _unusable(self) -> str:
        name, folder = self.folder.name, self.folder.parent
        if not os.access(self.folder, os.R_OK | os.W_OK) or not os.access(folder, os.W_OK | os.X_OK):
            return f"{name} or its folder is missing or not ours to write; give both to smsd's user and ours"
        try:
            with self._open() as db:
                db.execute(_TABLES)
        except OSError:
            return f"{name} has no tables of gammu-smsd; make them with its sqlite.sql (docs/channels/gammu.md)"
        return ""

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One transaction. Raises OSError, also where SQLite says no; then nothing has changed."""
        if not self.folder.exists():  # SQLite would make a new one
            raise FileNotFoundError(self.folder.name)
        try:
            with contextlib.closing(sqlite3.connect(self.folder, timeout=BUSY_S)) as db, db:
                yield db
        except sqlite3.Error as error:
            raise OSError(type(error).__name__) from None

    def _lay(self, message: Message, digest: str) -> None:
        creator = f"kurikirana {message.id} {digest}"
        split = smsutil.split(message.text)
        coding = "Default_No_Compression" if split.encoding == "gsm0338" else "Unicode_No_Compression"
        count, texts = len(split.parts), [part.content for part in split.parts]
        heads = [f"050003{message.id % 256:02X}{count:02X}{n:02X}" if count > 1 else "" for n in range(1, count + 1)]
        order, past = (f"{FIRST + timedelta(seconds=after):%Y-%m-%d %H:%M:%S}" for after in (message.id, 0))
        first = (creator, message.address, texts[0], coding, heads[0], "true" if count > 1 else "false")
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            if db.execute(_THERE, (creator,)).fetchone():
                return
            row = db.execute(_LAY, (*first, order, past, past)).lastrowid
            more = zip(texts[1:], heads[1:], strict=True)
            db.executemany(_PART, [(row, n, text, coding, udh) for n, (text, udh) in enumerate(more, 2)])

    def _read(self) -> tuple[dict[Any, Arrival | None], dict[Any, Delivery]]:
        with self._open() as db:
            came = db.execute(_CAME, (PARTS_WITHIN, AT_ONCE + len(self._odd))).fetchall()
            ended = db.execute(_ENDED).fetchall()
        arrived: dict[Any, Arrival | None] = {}
        for rows in _messages(row for row in came if row[0] not in self._odd):
            try:
                arrived[tuple(row[0] for row in rows)] = self._message(rows)
            except ValueError:
                self._odd.update(row[0] for row in rows)
                log.warning("a message in gammu's inbox cannot be read", channel=self.name)
        told: dict[Any, Delivery] = {}
        for row, creator, words in ended:
            word = next((word for word in WORDS if word in words.split(",")), "")
            if (ours := OURS.fullmatch(creator)) and word and self._told.get(row) != word:
                event = f"{word}.{ours[2]}"
                told[row] = Delivery(self.name, WORDS[word], word, int(ours[1]), event=event)
        return arrived, told

    def _forget(self, arrived: Mapping[Any, Arrival | None], told: Mapping[Any, Delivery]) -> None:
        """Of what may have a report yet, only the words go."""
        if not arrived and not told:
            return
        open_ = [row for row, told_ in told.items() if told_.word in NO_END]
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            db.executemany(_READ, [(row,) for rows in arrived for row in rows])
            db.executemany(_BLANK, [(row,) for row in open_])
            db.executemany(_OVER, [(row,) for row in told if row not in open_])
            db.execute(_OLD, (REPORTS_WITHIN,))
        self._told = {**self._told, **{row: told[row].word for row in open_}}

    def _message(self, rows: list[Any]) -> Arrival | None:
        """One of all its parts; None for what is none. Raises ValueError."""
        number, at, sent_by, _, coding, _, class_, _ = rows[0]
        if class_ == USSD:
            return None
        if not (sender := normalise(str(sent_by))):
            raise ValueError
        raw = b"".join(bytes.fromhex(row[3]) for row in rows)
        text, whole = web.decode(raw, b"utf-8" if coding == "8bit" else b"utf-16be")
        digest = hashlib.sha256(sender.encode() + b"\0" + raw).hexdigest()[:12]
        key = f"{number}.{re.sub(r'[^0-9]', '', str(at))}.{digest}"
        data = NOTHING if whole else {"bytes": raw.hex()}  # kept, never refused
        return Arrival(self.name, key, self.scheme, sender, text=clean(text), data=data)


def _messages(rows: Iterable[Any]) -> list[list[Any]]:
    """The rows of each message, its parts in their order. One whose parts are not all there waits half a minute: smsd
    writes them one by one, and has waited for late ones itself."""
    found: list[tuple[int, dict[int, Any]]] = []
    latest: dict[Any, dict[int, Any]] = {}
    for row in rows:
        part, _ = header(bytes.fromhex(row[5] or ""))
        reference, number, count = part or (0, 1, 1)
        key = (row[2], reference, count) if count > 1 else row[0]
        if key not in latest or number in latest[key]:  # a reference comes round again
            latest[key] = {}
            found.append((count, latest[key]))
        latest[key][number] = row
    return [
        [parts[number] for number in sorted(parts)]
        for count, parts in found
        if len(parts) >= count or all(row[7] for row in parts.values())
    ]
