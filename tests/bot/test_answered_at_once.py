"""What arrives is answered in the transaction that keeps it, but by a process whose forerunner died."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.app import App
from bot.channels.base import Arrival
from bot.errors import DatabaseError
from bot.store import tables
from bot.store.lock import FileLock
from tests.crash import programme
from tests.crash.programme import phones, told
from tests.databases import rows


@pytest.mark.parametrize("died", [False, True])
async def test_a_message_is_done_when_it_is_acknowledged(tmp_path: Path, died: bool) -> None:
    settings = programme.settings(tmp_path, 1, 9, date.today())
    await programme.make(settings)
    if died:
        (tmp_path / "crash.db.lock").write_text("4711")
    phone, association = phones()[0]
    message = told(phone, association, 1, date.today())
    async with App.running(settings, web=False) as app:
        app.inbox.notify = lambda address_id: None  # type: ignore[method-assign] # no turn but that of its keeping
        await app.inbox.arrivals([Arrival("kannel", message.key, "tel", phone, text=message.text)])
        [row] = await rows(app.database, select(tables.inbox.c.state))
        assert app.database.careful is died
        assert row.state == ("new" if died else "done")
    assert (tmp_path / "crash.db.lock").read_text() == ""


def test_a_lock_that_was_never_let_go_says_so(tmp_path: Path) -> None:
    file = tmp_path / "test.db"
    for died in (False, False, True, False):
        if died:
            (tmp_path / "test.db.lock").write_text("4711")
        lock = FileLock(file)
        lock.take()
        assert lock.holder_died is died
        lock.release()


def test_a_start_that_fails_does_not_forget_that_the_last_one_died(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "test.db.lock").write_text("4711")
    lock = FileLock(tmp_path / "test.db")
    with monkeypatch.context() as full:
        full.setattr("os.getpid", lambda: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(DatabaseError, match="Make space on its disk"):
            lock.take()
    lock.take()
    assert lock.holder_died
    lock.release()
