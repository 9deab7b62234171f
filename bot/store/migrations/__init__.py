"""Alembic migrations, run when the database is opened; every one is tested with data on both databases."""

from __future__ import annotations

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.errors import DatabaseError


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file."""
    made = Config()
    made.set_main_option("script_location", "bot.store:migrations")
    made.attributes["connection"] = connection
    return made


@cache
def _revisions() -> tuple[frozenset[str], frozenset[str]]:
    """All revisions that this program knows, and the newest ones; read once in a process."""
    scripts = ScriptDirectory.from_config(config())
    return frozenset(script.revision for script in scripts.walk_revisions()), frozenset(scripts.get_heads())


def upgrade(connection: Connection) -> None:
    """Bring the schema up to date. Raises DatabaseError when it is newer than this program.

    On PostgreSQL the processes that start together take turns (advisory lock of the transaction).
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(727002)"))
    made = config(connection)
    known, heads = _revisions()
    present = MigrationContext.configure(connection).get_current_heads()
    if unknown := set(present) - known:
        raise DatabaseError(
            f"the database was written by a newer version ({', '.join(sorted(unknown))}). "
            "Install that version; it was not touched."
        )
    if set(present) != heads:
        command.upgrade(made, "head")
