"""The example of the documents: from its rows come its figures, and they add up as the page says."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.counting import (
    Period,
    Rules,
    cascade,
    find,
    flags,
    grid,
    sample,
    sheet,
    talk,
    trainings,
)
from bot.programme.counting.scope import Scope
from bot.store.engine import Database
from tests import october
from tests.databases import database, place, postgres_server

__all__ = ["database", "place", "postgres_server"]
OCTOBER = Period.parse("2026-10", date(2026, 11, 2))
RULES = Rules(600, includes_representatives=True, members_only=False)
ZONE = ZoneInfo("Africa/Bujumbura")


@pytest.fixture
async def tx(database: Database) -> AsyncConnection:
    """A reader of the example."""

    async def work(tx: AsyncConnection, items: object) -> list[None]:
        await october.load(tx)
        return [None]

    await database.writer.do(work, None)
    async with database.read() as reader:
        yield reader


@pytest.fixture
async def abahuza(tx: AsyncConnection) -> Scope:
    """ABAHUZA (07)."""
    return await find(tx, "abahuza")


async def test_the_figures_of_the_month(tx: AsyncConnection, abahuza: Scope) -> None:
    page = await sheet(tx, abahuza, OCTOBER, RULES, october.AS_OF, sources=True)
    now, before, since = page.this.all, page.before.all, page.since_start.all
    assert (now.trainings, before.trainings, since.trainings) == (3, 1, 5)
    assert (now.attendances, now.women, now.men) == (33, 21, 12)
    assert (before.attendances, before.women, before.men, since.attendances) == (9, 5, 4, 51)
    assert (now.new_people, now.new_women, now.new_men, before.new_people, since.new_people) == (6, 4, 2, 1, 8)
    assert (now.new_displaced, now.new_returnee, now.new_host, now.new_groups_not_said) == (1, 3, 2, 0)
    assert (since.new_displaced, since.new_returnee, since.new_host) == (1, 4, 3)
    assert (now.new_youth, now.new_youth_not_said, since.new_youth, since.new_youth_not_said) == (3, 1, 4, 2)
    assert page.this.new_by_standing() == {"checked": 5, "reported": 1, "doubtful": 0}
    assert (page.this.checked.trainings, page.this.reported.trainings) == (2, 1)
    assert page.this.figure("trainings", "checked").reports == (4038, 4102)
    assert page.this.figure("new_people").reports == (3981, 4038, 4102)
    assert page.this.figure("trainings").messages == (1, 10, 13, 25, 26)
    assert (page.target.reached, page.target.people, page.target.direct, page.target_before.reached) == (13, 25, 5, 7)
    assert "Target 25: it includes" in next(page.rules.said())


async def test_the_reports_one_by_one(tx: AsyncConnection, abahuza: Scope) -> None:
    found = {one.number: one for one in await trainings(tx, abahuza, OCTOBER)}
    assert list(found) == [3981, 4038, 4102]
    assert [(one.adds.attendances, one.adds.new_people) for one in found.values()] == [(9, 2), (13, 3), (11, 1)]
    assert [one.sheet for one in found.values()] == ["no", "seen", "seen"]
    assert [revision.values["women"] for revision in found[4038].before] == [9]
    assert found[3981].new_found == 1


async def test_the_messages(tx: AsyncConnection, abahuza: Scope) -> None:
    said = await talk(tx, abahuza, OCTOBER, ZONE, ids=True)
    assert (said.arrived.value, said.left.value) == (27, 38)
    assert said.by_language == {"rn": 19, "sw": 5, "fr": 3}
    assert said.by_channel == {"kannel": 21, "telegram": 6}
    assert len(said.arrived.messages) == 27


async def test_the_business(tx: AsyncConnection, abahuza: Scope) -> None:
    months = await grid(tx, abahuza, date(2026, 9, 1), OCTOBER.last, ZONE)
    (husker,) = months.lines
    september, now = husker.cells
    assert (now.status, now.sales, now.costs, now.left, now.kit, now.workers) == (
        "working",
        385000,
        228000,
        157000,
        "good",
        2,
    )
    assert (september.sales, september.costs, september.left, september.workers) == (310000, 195000, 115000, None)
    assert now.stock is None
    assert husker.survived == {3: True}


async def test_who_trained_whom(tx: AsyncConnection, abahuza: Scope) -> None:
    tree = await cascade(tx, abahuza, OCTOBER.last, RULES)
    (association,) = tree.associations
    by_name = {branch.name: branch for branch in association.branches}
    assert (tree.direct, tree.reached, tree.dormant) == (5, 8, 3)
    assert [by_name[name].trained.new_people for name in october.LEADERS] == [7, 1, 0, 0, 0]
    assert [name for name in october.LEADERS if not by_name[name].wrote] == ["Chantal", "Egide"]


async def test_what_is_to_be_looked_at_and_called(tx: AsyncConnection, abahuza: Scope) -> None:
    assert await flags(tx, abahuza, OCTOBER, ZONE) == []
    drawn = await sample(tx, "2026-10")
    assert drawn is not None
    assert [call.number for call in drawn.calls] == [3981, 4001, 4038, 4102]
    assert drawn.rates()["confirmed"].of == 0
