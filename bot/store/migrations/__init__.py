"""Alembic migrations, run when the database is opened; every one is tested with data on both databases."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from bot.errors import DatabaseError

if TYPE_CHECKING:
    from alembic.config import Config


@cache
def revisions() -> tuple[str, ...]:
    """All revisions that this program knows, oldest first: one follows the other, its file's name begins with it."""
    folder = files("bot.store.migrations").joinpath("versions")
    names = (file.name for file in folder.iterdir() if file.name.endswith(".py"))
    return tuple(sorted(name.partition("_")[0] for name in names if name[0].isdigit()))


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file."""
    from alembic.config import Config  # noqa: PLC0415 - it takes 9 MB and 0.2 s; only a schema that changes pays

    made = Config()
    made.set_main_option("script_location", "bot.store:migrations")
    made.attributes["connection"] = connection
    return made


def upgrade(connection: Connection) -> None:
    """Bring the schema up to date. Raises DatabaseError when it is newer than this program.

    On PostgreSQL the processes that start together take turns (advisory lock of the transaction).
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(727002)"))
    known, present = revisions(), _present(connection)
    if unknown := present - set(known):
        raise DatabaseError(
            f"the database was written by a newer version ({', '.join(sorted(unknown))}). "
            "Install that version; it was not touched."
        )
    if present != {known[-1]}:
        from alembic import command  # noqa: PLC0415 - as above

        command.upgrade(config(connection), "head")


def _present(connection: Connection) -> set[str]:
    """What Alembic wrote down: the revision of this schema; nothing in a new database."""
    if not inspect(connection).has_table("alembic_version"):
        return set()
    return set(connection.execute(text("select version_num from alembic_version")).scalars())
