"""What a process of the field does once in its life, and a test process would do thousands of times.

A statement of SQLAlchemy is compiled in a millisecond and kept with its engine; the service opens one database, tests
open thousands. Texts are split at their fields when a language has its first reader, the tree of commands is
built when a command is given, a new SQLite file goes through every migration in a quarter of a second. What comes of
each depends on nothing but what goes in, so it is kept for the whole process; each test still has a database, words
and a command of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from copy import copy
from functools import cache
from pathlib import Path
from typing import Any

import typer.main
import typer.testing
from sqlalchemy import Connection
from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

from bot.render import Words
from bot.render.words import DEFAULTS
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
    Words.load = classmethod(_words_once())  # type: ignore[assignment]
    typer.main.get_command = typer.testing._get_command = cache(typer.main.get_command)  # type: ignore[attr-defined]


def _words_once():  # type: ignore[no-untyped-def]
    """Whoever says the shipped words with the same settings has them split once; who corrects them, anew."""
    real, kept = Words.load.__func__, dict[tuple[tuple[str, Any], ...], Words]()  # type: ignore[attr-defined]

    def load(cls: type[Words], overrides: Path | None = None, common: Mapping[str, Any] = DEFAULTS) -> Words:
        if overrides and any(overrides.iterdir()):
            return real(cls, overrides, common)  # type: ignore[no-any-return]
        settings = tuple(common.items())
        if settings not in kept:
            kept[settings] = real(cls, None, common)
        words = copy(kept[settings])
        words.fallbacks, words.too_long = Counter(), Counter()
        return words

    return load


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
