"""sqlite3 alone: what 100,000 reminders cost where nothing is decided. What a disk and a thread can do.

Each due timer becomes a text in the outbox, a row that says why, and its next touch, 2,000 in a transaction; WAL,
synchronous=FULL. Nobody's consent, week, hours or open question is looked at. `python -m benchmarks.peers.raw_clock
FOLDER TIMERS` prints seconds.
"""

from __future__ import annotations

import sqlite3
import sys
import time
from pathlib import Path

AT_ONCE = 2_000
TEXT = "OIM: {name}, did {association} train people since 1 June? Reply 1 yes, 0 no, 2 later. HELP or STOP any time"
_SCHEMA = """
CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, association TEXT, address TEXT);
CREATE TABLE timers (id INTEGER PRIMARY KEY, person_id INTEGER, touch INTEGER, due_at INTEGER);
CREATE INDEX due ON timers (due_at);
CREATE TABLE inbox (id INTEGER PRIMARY KEY, key TEXT UNIQUE, person_id INTEGER, said TEXT, at INTEGER);
CREATE TABLE outbox (id INTEGER PRIMARY KEY, address TEXT, text TEXT, state TEXT, due_at INTEGER);
CREATE INDEX waits ON outbox (due_at) WHERE state = 'queued';
"""
_DUE = """SELECT t.id, t.person_id, t.touch, p.name, p.association, p.address FROM timers t
JOIN people p ON p.id = t.person_id WHERE t.due_at <= ? ORDER BY t.due_at LIMIT ?"""


def _fire(database: sqlite3.Connection, now: int) -> int:
    database.execute("BEGIN IMMEDIATE")
    due = database.execute(_DUE, (now, AT_ONCE)).fetchall()
    events = [(f"{row[0]}:{row[2]}", row[1], f"touch {row[2] + 1}", now) for row in due]
    texts = [(row[5], TEXT.format(name=row[3], association=row[4]), now) for row in due]
    database.executemany("INSERT INTO inbox (key, person_id, said, at) VALUES (?, ?, ?, ?)", events)
    database.executemany("INSERT INTO outbox (address, text, state, due_at) VALUES (?, ?, 'queued', ?)", texts)
    later = [(row[2] + 1, now + 7 * 86_400_000_000, row[0]) for row in due]
    database.executemany("UPDATE timers SET touch = ?, due_at = ? WHERE id = ?", later)
    database.execute("COMMIT")
    return len(due)


def main(folder: Path, timers: int) -> float:
    """Seconds from the first look to the last row in the outbox."""
    database = sqlite3.connect(folder / "raw_clock.db", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.executescript(_SCHEMA)
    now = time.time_ns() // 1000
    people = [(f"ODETTE{n}", f"ABAHUZA{n}", f"+25761{n:06}") for n in range(timers)]
    database.execute("BEGIN IMMEDIATE")
    database.executemany("INSERT INTO people (name, association, address) VALUES (?, ?, ?)", people)
    database.execute("INSERT INTO timers (person_id, touch, due_at) SELECT id, 0, ? FROM people", (now,))
    database.execute("COMMIT")
    began = time.perf_counter()
    while _fire(database, now):
        pass
    took = time.perf_counter() - began
    database.close()
    return took


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), int(sys.argv[2])))
