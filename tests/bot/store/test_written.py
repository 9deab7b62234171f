"""A value that is written out: SQLite takes the partial index whose condition it is."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy import select
from sqlalchemy.dialects import sqlite

from bot.store.tables import tasks
from bot.store.written import written


def plan(condition: object) -> str:
    """What SQLite does for the tasks of which this holds."""
    statement = select(tasks.c.id).where(condition).order_by(tasks.c.due_at)  # type: ignore[arg-type]
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute(f"CREATE TABLE tasks ({', '.join(column.name for column in tasks.columns)})")
        connection.execute("CREATE INDEX ix_tasks_open ON tasks (due_at) WHERE state = 'open'")
        said = str(statement.compile(dialect=sqlite.dialect()))
        found = connection.execute(f"EXPLAIN QUERY PLAN {said}")
        return " ".join(str(step[3]) for step in found)
    finally:
        connection.close()


def test_the_partial_index_is_taken_for_what_is_written_out() -> None:
    assert "ix_tasks_open" in plan(tasks.c.state == written("open"))


def test_a_number_and_no_quote() -> None:
    assert str((tasks.c.id > written(0)).compile()) == "tasks.id > 0"
    with pytest.raises(AssertionError):
        written("it's")
