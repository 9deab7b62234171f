"""kurikirana clock, and what doctor says of the clock and of a SIM's day."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.programme import Programme, small_roster

KANNEL = {"sendsms_url": "http://127.0.0.1:1/x", "username": "a", "password": "b", "secret": "c" * 16}


def _write(folder: Path, statement: str, *values: object) -> None:
    with contextlib.closing(sqlite3.connect(folder / "kurikirana.db")) as connection:
        connection.execute(statement, values)
        connection.commit()


def test_a_clock_that_stands_back_is_said_and_can_be_said_to_be_right(tmp_path: Path) -> None:
    programme = Programme(tmp_path, {})
    programme.bring(small_roster())
    assert programme.command("clock") == "The clock may be believed.\n"
    ahead = datetime.now(UTC) + timedelta(days=3)
    _write(tmp_path, "insert or replace into facts values ('last_seen', ?)", f'"{ahead.isoformat()}"')
    _write(tmp_path, "insert into figures values (1, 1, 6, 3, 0, 0, 0, 6, 3)")  # of no report
    for words in (("clock",), ("doctor",)):
        said = programme.command(*words, code=1)
        assert "stands 2 days behind" in said and "kurikirana clock right" in said
    assert "i   Swahili: drafts in the forms " in said
    assert "!!  figures of 07 are not the sums of their reports -> kurikirana recount" in said
    assert programme.command("recount").startswith("Not the sums of their reports were the figures of 07.")
    assert programme.command("recount", "--dry-run") == "All figures are the sums of their reports.\n"
    programme.command("clock", "right")
    assert programme.command("clock") == "The clock may be believed.\n"
    programme.command("clock", "wrong", code=1)


def test_a_full_day_is_said(tmp_path: Path) -> None:
    programme = Programme(tmp_path, {"kannel": KANNEL})
    programme.environment["KURIKIRANA_CHANNELS__KANNEL__PER_DAY"] = "2"
    programme.bring(small_roster())
    now = int(datetime.now(UTC).timestamp() * 1_000_000)
    columns = "address_id,channel,key,kind,language,text,parts,state,due_at,made_at,sent_at"
    row = (1, "kannel", "C5", "reply", "en", "x", 1, "delivered", now, now, now)
    for used, said in ((1, "ok  kannel: 1 of 2 SMS parts of today"), (2, "!!  kannel: 2 SMS parts left today")):
        _write(tmp_path, f"insert into outbox ({columns}) values ({','.join('?' * len(row))})", *row)
        assert said in programme.command("doctor", code=1), used
