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
    if _present(connection) != {revisions()[-1]}:
        from alembic import command  # noqa: PLC0415 - as above

        command.upgrade(config(connection), "head")


def expect(connection: Connection) -> None:
    """For who only reads: raises DatabaseError, with what to do, where the schema is not this program's."""
    present = _present(connection)
    if not present:
        raise DatabaseError("the database has nothing of ours yet. Import a roster, or run `kurikirana run`.")
    if present != {revisions()[-1]}:
        raise DatabaseError(
            f"the database was written by an earlier version ({', '.join(sorted(present))}). Nothing is lost: "
            "`kurikirana run` brings it up to date. Where the earlier version's service still runs, stop that first."
        )


def _present(connection: Connection) -> set[str]:
    """The schema's revision, as Alembic wrote it down; none in a new database. Raises DatabaseError: newer."""
    if not inspect(connection).has_table("alembic_version"):
        return set()
    present = set(connection.execute(text("select version_num from alembic_version")).scalars())
    if unknown := present - set(revisions()):
        raise DatabaseError(
            f"the database was written by a newer version ({', '.join(sorted(unknown))}). "
            "Install that version; it was not touched."
        )
    return present
