"""Values that a statement writes out, where it would name a parameter."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer, String, literal_column


def written(value: str | int) -> Any:
    """The value in the statement's own words; of constants of ours only, which have no quote in them.

    A statement that is prepared before its values are known takes a partial index only where it says the index's own
    words: with bound values every claim read the whole outbox.
    """
    if isinstance(value, int):
        return literal_column(str(value), Integer)
    assert "'" not in value, "it would end the text"
    return literal_column(f"'{value}'", String)
