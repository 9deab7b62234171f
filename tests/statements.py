"""Statements are compiled once for all databases of a test process.

SQLAlchemy keeps what it compiled with each engine, a millisecond for every statement. The service opens one database
in its life, tests open thousands: without this a third of the processor's time of every start is spent on compiling
the same statements anew. Engines of one kind share what was compiled; each test still has a database of its own.
"""

from __future__ import annotations

from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

_compiled: LRUCache[object, object] = LRUCache(4_000)


def share() -> None:
    """Have every engine look here, and dialects of one kind count as the same, since what is kept names its own."""
    Engine._compiled_cache = property(lambda engine: _compiled, lambda engine, own: None)  # type: ignore[assignment]
    DefaultDialect.__eq__ = lambda own, other: type(own) is type(other)  # type: ignore[method-assign,assignment]
    DefaultDialect.__hash__ = lambda own: hash(type(own))  # type: ignore[method-assign,assignment]
