"""What a process of the field does once in its life, and a test process would do thousands of times.

A statement of SQLAlchemy is compiled in a millisecond and kept with its engine; the service opens one database, tests
open thousands. Texts are split at their fields when the first reader needs them, the tree of commands is built when a
command is given. What comes of each depends on nothing but what goes in, so it is kept for the whole process; each
test still has a database, words and a command of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import typer.main
import typer.testing
from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

from bot.render import catalogue

_compiled: LRUCache[object, object] = LRUCache(4_000)


@cache
def share() -> None:
    """From now on in this process."""
    # every engine looks here, and dialects of one kind count as the same, since what is kept names its own
    Engine._compiled_cache = property(lambda engine: _compiled, lambda engine, own: None)  # type: ignore[assignment]
    DefaultDialect.__eq__ = lambda own, other: type(own) is type(other)  # type: ignore[method-assign,assignment]
    DefaultDialect.__hash__ = lambda own: hash(type(own))  # type: ignore[method-assign,assignment]
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
