"""Column types that both databases share: aware UTC times, JSON by orjson, and personal data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import BigInteger, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Id = BigInteger().with_variant(Integer, "sqlite")
"""A row's id: 64 bits; SQLite's INTEGER PRIMARY KEY must be called INTEGER."""


class Moment(TypeDecorator[datetime]):
    """An aware UTC time, kept as whole microseconds since 1970.

    DateTime(timezone=True) comes back naive on SQLite and aware on PostgreSQL; a number is the same
    on both, sorts right and needs no parsing.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone was about to be stored")
        return (value - _BEGIN) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        # Windows has no fromtimestamp() before 1970 or after 3000: one such time would make its row unreadable
        return None if value is None else _BEGIN + timedelta(0, 0, value)


class Json(TypeDecorator[Any]):
    """Any JSON value, as text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else orjson.dumps(value, default=dict).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else orjson.loads(value)


class Personal(TypeDecorator[str]):
    """A name, a number, or the words of a message: every personal column has this type.

    There is no cipher yet, so values pass untouched; encryption, erasure and retention change this one class.
    """

    impl = Text
    cache_ok = True


class PersonalJson(Json):
    """A JSON value that holds personal data (a raw payload, a conversation's state)."""

    cache_ok = True


class PersonalKey(Personal):
    """A personal value that rows are looked up by (a phone number, a chat); later a blind index."""

    cache_ok = True
