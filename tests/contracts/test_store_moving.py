"""A programme that outgrows its laptop: a copy of SQLite's goes on in PostgreSQL as it was."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from bot import demo
from bot.backups import Backups, into_server
from bot.errors import DatabaseError
from bot.settings import Settings
from bot.store import copies, tables
from bot.store.copies import Since
from bot.store.engine import Database
from tests.databases import NOW, count, execute, postgres_server, rows, with_schema
from tests.play import play
from tests.play_service import TODAY, begin
from tests.test_conversations import SCRIPTS

__all__ = ["postgres_server"]
pytestmark = pytest.mark.postgres
_names = (f"moved{os.getpid()}_{number}" for number in itertools.count())


@pytest.fixture
async def settings(postgres_server: str, tmp_path: Path) -> Settings:
    """A copy of the invented programme, with a photo; and the settings of a service on an empty PostgreSQL."""
    laptop = tmp_path / "laptop"
    laptop.mkdir()
    await begin(laptop)
    copies.copy(laptop / "demo.db", laptop / "copy.db")
    (laptop / "media" / "2026").mkdir(parents=True)
    (laptop / "media" / "2026" / "1.jpg").write_bytes(b"a photo")
    url, there = await with_schema(postgres_server, next(_names)), demo.settings_for(tmp_path, 0, TODAY)
    return there.model_copy(update={"database": there.database.model_copy(update={"url": url})})


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "laptop" / "copy.db"


async def everything(database: Database) -> dict[str, list[Any]]:
    """Every row of every table."""
    return {
        table.name: [tuple(row) for row in await rows(database, select(table).order_by(*table.primary_key))]
        for table in tables.metadata.sorted_tables
    }


async def test_every_row_is_there_and_the_next_ones_find_their_numbers(settings: Settings, copy: Path) -> None:
    heard: list[int] = []
    brought = await into_server(copy, settings, heard.append)
    old, new = await Database.open("sqlite:///copy.db", copy.parent), await Database.open(settings.database.url)
    try:
        before = await everything(old)
        assert await everything(new) == before
        assert brought == {name: len(some) for name, some in before.items()}
        assert sum(heard) == sum(brought.values()) and sum(n > 0 for n in brought.values()) > 15
        for table in tables.metadata.sorted_tables:  # a number that was given already would be refused
            if table.autoincrement_column is not None and (last := before[table.name]):
                name = f"{table.name}_{table.autoincrement_column.name}_seq"
                assert (await rows(new, select(func.nextval(name))))[0][0] == last[-1][0] + 1, table.name
    finally:
        await old.close()
        await new.close()
    assert (settings.path(settings.privacy.media_folder) / "2026" / "1.jpg").read_bytes() == b"a photo"


async def test_a_conversation_goes_on_there(settings: Settings, copy: Path, tmp_path: Path) -> None:
    await into_server(copy, settings)
    script = next(one for one in SCRIPTS if one.stem == "business_fix")
    await play(script.read_text(encoding="utf-8"), script.name, tmp_path, settings.database.url)


async def test_who_was_erased_since_is_erased_there_too(settings: Settings, copy: Path) -> None:
    beside = Backups(copy.parent, copy, copy.parent, settings.zone, 1)
    old = await Database.open("sqlite:///copy.db", copy.parent)
    who = (await rows(old, select(tables.people.c.id).where(tables.people.c.kind == "leader").limit(1)))[0][0]
    await old.close()
    beside.keep_since(Since({who: NOW}, {}))
    await into_server(copy, settings)
    new = await Database.open(settings.database.url)
    (person,) = await rows(new, select(tables.people).where(tables.people.c.id == who))
    await new.close()
    assert person.erased_at == NOW and not person.name


async def test_only_an_empty_database_takes_a_copy_and_a_half_one_never_stays(settings: Settings, copy: Path) -> None:
    def breaks(rows: int) -> None:
        raise OSError("the network is gone")

    with pytest.raises(OSError, match="gone"):
        await into_server(copy, settings, breaks)
    new = await Database.open(settings.database.url)
    try:
        assert await count(new, tables.addresses) == await count(new, tables.tips) == 0
        await execute(new, insert(tables.people), {"kind": "leader", "name": "Odette", "sms_name": "Odette"})
        with pytest.raises(DatabaseError, match=r"there are people already\. A copy is brought into an empty"):
            await into_server(copy, settings)
        assert await count(new, tables.people) == 1
    finally:
        await new.close()
