"""Whose associations one of the team sees, whatever her area says: the query against the rule in words."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.area import AREA, binds
from bot.store.engine import Database
from bot.store.tables import associations
from handlers.turn import Viewer
from tests.examples import examples

OLD, NOW = ("Bukemba", "Giharo", "Rutana", "Gitanga"), ("Musongati", "Rutana")
PLACES = [
    {
        "id": number,
        "no": f"{number:02}",
        "name": f"A{number}",
        "sms_name": f"A{number}",
        "commune_old": OLD[number % 4],
        "commune_now": NOW[number % 2],
        "colline": "Kivoga",
        "officer_id": (None, 100, 101)[number % 3],
    }
    for number in range(1, 13)
]
WORDS = st.lists(st.sampled_from([*OLD, *NOW, "03", "07", "99", "Nowhere"]), max_size=3).map(tuple)
VIEWERS = st.builds(Viewer, st.sampled_from((100, 101, 102)), st.booleans(), WORDS)


class Rows:
    """A database with these associations, in a loop of its own."""

    def __init__(self, folder: Path) -> None:
        self.runner = asyncio.Runner()
        self.database = self.runner.run(Database.open("sqlite:///area.db", folder))

        async def fill(tx: AsyncConnection, items: Sequence[None]) -> list[Any]:
            await tx.execute(insert(associations), PLACES)
            return list(items)

        self.runner.run(self._write(fill))

    async def _write(self, work: Any) -> None:
        await self.database.writer.do(work, None)

    def seen(self, viewer: Viewer) -> set[int]:
        """What the query gives."""

        async def look() -> set[int]:
            async with self.database.read() as tx:
                return set((await tx.execute(AREA, binds(viewer))).scalars())

        return self.runner.run(look())


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rows]:
    there = Rows(tmp_path_factory.mktemp("area"))
    yield there
    there.runner.run(there.database.close())
    there.runner.close()


def expected(viewer: Viewer) -> set[int]:
    """The rule: the administrator sees all; an area names communes, old or new, and numbers; without one she sees
    the associations whose officer she is, or all when she is nobody's.
    """
    if viewer.everything:
        return {row["id"] for row in PLACES}
    if viewer.words:
        named = ("no", "commune_old", "commune_now")
        return {row["id"] for row in PLACES if any(row[name] in viewer.words for name in named)}
    own = {row["id"] for row in PLACES if row["officer_id"] == viewer.person_id}
    return own or {row["id"] for row in PLACES}


@examples(60)
@given(viewer=VIEWERS)
def test_the_query_says_what_the_rule_says(rows: Rows, viewer: Viewer) -> None:
    assert rows.seen(viewer) == expected(viewer)


def test_there_is_something_to_see(rows: Rows) -> None:
    assert rows.seen(Viewer(100)) == {1, 4, 7, 10} and len(rows.seen(Viewer(102))) == 12
