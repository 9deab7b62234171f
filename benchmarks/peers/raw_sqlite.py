"""sqlite3 alone, one commit for each message: no HTTP, no parsing, no words. What a disk and a thread can do.

Each of the seven messages stores the inbound, the conversation's state and the answer, the last one the report;
WAL, synchronous=FULL. `python -m benchmarks.peers.raw_sqlite FOLDER SECONDS` prints messages per second.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from pathlib import Path

from benchmarks import talk
from benchmarks.talk import FIELDS, PROMPTS, TEXTS, phone, receipt

_SCHEMA = """
CREATE TABLE inbox (id INTEGER PRIMARY KEY, key TEXT UNIQUE, sender TEXT, text TEXT, at REAL);
CREATE TABLE outbox (id INTEGER PRIMARY KEY, receiver TEXT, text TEXT, state TEXT, at REAL);
CREATE TABLE conversations (sender TEXT PRIMARY KEY, state TEXT);
CREATE TABLE reports (number INTEGER PRIMARY KEY, sender TEXT, said TEXT);
"""


def _message(database: sqlite3.Connection, sender: str, key: str, text: str) -> None:
    now = time.time()
    database.execute("BEGIN IMMEDIATE")
    database.execute("INSERT INTO inbox (key, sender, text, at) VALUES (?, ?, ?, ?)", (key, sender, text, now))
    row = database.execute("SELECT state FROM conversations WHERE sender = ?", (sender,)).fetchone()
    said = [] if text == "BIZ" or row is None else [*json.loads(row[0]), text]
    if len(said) < len(FIELDS):
        answer = PROMPTS[len(said)]
    else:
        report = (sender, json.dumps(dict(zip(FIELDS, said, strict=True))))
        number = database.execute("INSERT INTO reports (sender, said) VALUES (?, ?)", report).lastrowid or 0
        answer, said = receipt(number, int(said[1]), int(said[2])), []
    database.execute("INSERT OR REPLACE INTO conversations VALUES (?, ?)", (sender, json.dumps(said)))
    database.execute("INSERT INTO outbox (receiver, text, state, at) VALUES (?, ?, 'sent', ?)", (sender, answer, now))
    database.execute("COMMIT")


def main(folder: Path, seconds: float, contacts: int = 100) -> float:
    """Messages per second."""
    database = sqlite3.connect(folder / "raw.db", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.executescript(_SCHEMA)
    done, began = 0, time.perf_counter()
    while (took := time.perf_counter() - began) < seconds:
        for place in range(len(TEXTS)):
            for contact in range(contacts):
                _message(database, phone(contact), str(done), talk.text(place, 0))
                done += 1
            if time.perf_counter() - began >= seconds:
                break
    database.close()
    return done / took if took else 0.0


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), float(sys.argv[2])))
