"""The store's contract on its schema: migrations make what the tables say, and carry the data along."""

from __future__ import annotations

from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, create_engine, insert, inspect, text
from sqlalchemy.pool import NullPool

from bot.errors import DatabaseError
from bot.store import migrations, tables
from bot.store.engine import Database
from tests.databases import Place, bare_place, database, place, postgres_server

__all__ = ["bare_place", "database", "place", "postgres_server"]
REVISIONS = [script.revision for script in ScriptDirectory.from_config(migrations.config()).walk_revisions()][::-1]

MADE = {("0010", "message_days"): 1}
"""Rows that a migration makes of those that are there: the messages of all associations together."""


def test_the_files_names_say_the_revisions_in_their_order() -> None:
    assert len(REVISIONS) >= 2
    assert list(migrations.revisions()) == REVISIONS


def _differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, tables.metadata))


async def test_the_migrations_make_exactly_the_tables_there_are(bare_place: Place) -> None:
    opened = await bare_place.open()
    async with opened.engine.begin() as tx:
        assert await tx.run_sync(_differences) == []
        there = await tx.run_sync(lambda connection: inspect(connection).get_table_names())
    await opened.close()
    assert set(there) == {*tables.metadata.tables, "alembic_version"}
    assert len(there) > 15


async def test_opening_again_changes_nothing(database: Database, place: Place) -> None:
    await database.close()
    again = await place.open()
    async with again.engine.begin() as tx:
        assert await tx.run_sync(_differences) == []
    await again.close()


def _fill(connection: Connection) -> dict[str, int]:
    """One row in every table there is, whatever its columns; returns how many rows each has."""
    found = MetaData()
    found.reflect(connection)
    for table in found.sorted_tables:
        if table.name != "alembic_version":
            connection.execute(
                insert(table), {column.name: _value(column.type.python_type) for column in table.columns}
            )
    return _counts(connection)


def _value(kind: type) -> Any:
    return {int: 1, str: "x", bool: True}.get(kind) if kind in (int, str, bool) else _date()


def _date() -> Any:
    from datetime import date

    return date(2026, 11, 23)


def _counts(connection: Connection) -> dict[str, int]:
    names = inspect(connection).get_table_names()
    return {name: connection.exec_driver_sql(f'select count(*) from "{name}"').scalar_one() for name in names}


async def test_each_migration_carries_the_data_of_its_predecessor(bare_place: Place) -> None:
    opened = await _empty(bare_place)

    def migrate(connection: Connection) -> None:
        for before, revision in zip([None, *REVISIONS], REVISIONS, strict=False):
            with connection.begin_nested() as tried:
                _carried(connection, before, revision)
                tried.rollback()
            command.upgrade(migrations.config(connection), revision)

    async with opened.begin() as tx:
        await tx.run_sync(migrate)
    await opened.dispose()


def _carried(connection: Connection, predecessor: str | None, revision: str) -> None:
    before = _fill(connection) if predecessor else {}
    command.upgrade(migrations.config(connection), revision)
    counts = _counts(connection)
    kept = [name for name in before if name in counts]
    wanted = [(name, before[name] + MADE.get((revision, name), 0)) for name in kept]
    assert [(name, counts[name]) for name in kept] == wanted, revision
    if not before:
        assert sum(_fill(connection).values()) > 15
    if connection.dialect.name == "sqlite":
        assert connection.exec_driver_sql("pragma foreign_key_check").all() == [], revision


async def _empty(place: Place) -> Any:
    from bot.store import engine

    return (
        engine._sqlite(place.file, writes=True)
        if place.kind == "sqlite"
        else engine._postgres(place.url, writes=True)
    )


@pytest.mark.fault("A21")
async def test_a_migration_that_breaks_off_leaves_nothing_behind(bare_place: Place) -> None:
    """Fault A21: a schema is changed in one transaction, on both databases."""
    opened = await _empty(bare_place)

    def broken(connection: Connection) -> None:
        migrations.upgrade(connection)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        async with opened.begin() as tx:
            await tx.run_sync(broken)
    async with opened.begin() as tx:
        assert await tx.run_sync(lambda connection: inspect(connection).get_table_names()) == []
    await opened.dispose()
    await (await bare_place.open()).close()


@pytest.mark.parametrize(
    ("revision", "said"),
    [
        (None, "nothing of ours yet. Import a roster"),
        (REVISIONS[-2], rf"earlier version \({REVISIONS[-2]}\). Nothing is lost: `kurikirana run` brings it up"),
        ("9999", r"newer version \(9999\). Install that version"),
    ],
)
async def test_who_only_reads_hears_whose_schema_it_is(bare_place: Place, revision: str | None, said: str) -> None:
    """After an update `doctor` said of a table that is not there yet that the last copy should be restored."""

    def make(connection: Connection) -> None:
        command.upgrade(migrations.config(connection), REVISIONS[-2])
        connection.execute(text("update alembic_version set version_num = :is"), {"is": revision})

    opened = await _empty(bare_place)
    async with opened.begin() as tx:
        await tx.run_sync(make if revision else lambda connection: inspect(connection).get_table_names())
    await opened.dispose()
    with pytest.raises(DatabaseError, match=said):
        await Database.look(bare_place.url, bare_place.folder)


def test_the_list_of_migrations_is_one_line() -> None:
    assert REVISIONS[0] == "0001"
    assert len(set(REVISIONS)) == len(REVISIONS)
    assert isinstance(create_engine("sqlite://", poolclass=NullPool), Engine)
