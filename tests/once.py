"""What a process of the field does once in its life, and a test process would do thousands of times.

A statement of SQLAlchemy is compiled in a millisecond and kept with its engine; the service opens one database, tests
open thousands. Texts are split at their fields when the first reader needs them, the tree of commands is built when a
command is given, a new SQLite file goes through every migration in a quarter of a second. What comes of each depends
on nothing but what goes in, so it is kept for the whole process; each test still has a database, words and a command
of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import typer.main
import typer.testing
from sqlalchemy import Connection
from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

from bot.render import catalogue
from bot.store import migrations

_compiled: LRUCache[object, object] = LRUCache(4_000)


@cache
def share() -> None:
    """From now on in this process."""
    # every engine looks here, and dialects of one kind count as the same, since what is kept names its own
    Engine._compiled_cache = property(lambda engine: _compiled, lambda engine, own: None)  # type: ignore[assignment]
    DefaultDialect.__eq__ = lambda own, other: type(own) is type(other)  # type: ignore[method-assign,assignment]
    DefaultDialect.__hash__ = lambda own: hash(type(own))  # type: ignore[method-assign,assignment]
    migrations.upgrade = _upgrade_once()  # type: ignore[assignment]
    catalogue.split = _split_once()  # type: ignore[assignment]
    typer.main.get_command = typer.testing._get_command = cache(typer.main.get_command)  # type: ignore[attr-defined]


def _split_once():  # type: ignore[no-untyped-def]
    real = catalogue.split

    @cache
    def kept(text: str, common: tuple[tuple[str, str], ...], language: str) -> catalogue.Pieces:
        return real(text, dict(common), language)

    def split(text: str, common: Mapping[str, str], language: str) -> catalogue.Pieces:
        return kept(text, tuple(common.items()), language)

    return split


def _upgrade_once():  # type: ignore[no-untyped-def]
    """An empty SQLite file is given what the first one had after its migrations; all others are migrated."""
    real, kept = migrations.upgrade, dict[tuple[str, ...], list[str]]()
    there = (
        "select sql from sqlite_master where sql is not null and name not like 'sqlite~_%' escape '~' order by rowid"
    )

    def upgrade(connection: Connection) -> None:
        known = migrations.revisions()
        if connection.dialect.name != "sqlite" or connection.exec_driver_sql(there).first():
            real(connection)
        elif known in kept:
            for statement in kept[known]:
                connection.exec_driver_sql(statement)
        else:
            real(connection)
            made = [*connection.exec_driver_sql(there).scalars()]
            kept[known] = [*made, f"insert into alembic_version values ('{known[-1]}')"]

    return upgrade
