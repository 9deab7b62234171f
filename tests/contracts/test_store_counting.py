"""The store's contract on counting: whatever leaders, officers and erasures do, the days say what the reports say."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.effects import people as people_effects
from bot.effects import reports as effects
from bot.effects.scene import Scene
from bot.programme import checking, recounting
from bot.programme.counting import NAMES, Period, Rules, by_month, cascade, find, talk
from bot.programme.counting.trainings import START, column
from bot.store import checks, erasure, facts, figures, message_days, tables, training_days
from bot.store.batch import Batch
from bot.store.engine import Database
from handlers.turn import ChangeReport, CheckReport, ErasePerson, ReportNumbered, SaveReport
from tests.contracts.counting_model import Told, totals
from tests.databases import NOW, database, execute, place, postgres_server, processes, rows
from tests.examples import examples

__all__ = ["database", "place", "postgres_server", "processes"]
ASSOCIATIONS, PEOPLE, MEMBERS = 3, 6, 20
MANY = examples(30, suppress_health_check=[HealthCheck.function_scoped_fixture])
COUNTS = st.none() | st.integers(0, 12)
_NAMES = ("women", "men", "new_women", "new_men", "new_people", "youth", "displaced", "returnee", "host")
DAYS = st.sampled_from(("2026-09-30", "2026-10-01", "2026-10-31", "2026-11-01"))
VALUES = st.fixed_dictionaries(
    {"held_on": DAYS, **{name: COUNTS for name in _NAMES}, "words": st.sampled_from((None, "she said"))},
    optional={name: COUNTS for name in ("new_youth", "new_displaced", "new_returnee", "new_host")},
)
STATES = ("reported", "reported", "doubtful", "twin")
SAVE = st.tuples(st.just("save"), st.integers(1, PEOPLE), VALUES, st.sampled_from(STATES), st.booleans())
WHICH = st.integers(0, 2)
ACT = st.one_of(
    st.tuples(st.just("change"), WHICH, VALUES, st.sampled_from((None, "reported", "doubtful", "withdrawn"))),
    st.tuples(st.just("say more"), WHICH, st.integers(0, 3)),
    st.tuples(st.just("check"), WHICH, st.sampled_from(("accepted", "accepted", "rejected", "hold"))),
    st.tuples(st.just("judge"), WHICH, st.sampled_from(("accepted", "rejected", "hold"))),
    st.tuples(st.just("found"), WHICH, st.integers(0, 3)),
    st.tuples(st.just("undo"), WHICH, st.none()),
    st.tuples(st.just("erase"), st.integers(1, PEOPLE)),
)
RULES = Rules(600, includes_representatives=True, members_only=True)
UTC = ZoneInfo("UTC")
OCTOBER = Period.month(2026, 10)
ROLLED = (tables.figures, tables.training_days, tables.training_months)
PERIODS = ((START, "2026-12-31"), ("2026-10-01", "2026-10-31"), (START, "2026-10-30"), ("2026-09-30", "2026-10-31"))
"""Whole months, one month, whole months and days behind them, before them."""


async def _begin(database: Database) -> None:
    made = (*ROLLED, tables.message_days, tables.checks, tables.report_history, tables.reports)
    for table in (*made, tables.people, tables.associations):
        await execute(database, delete(table))
    for number in range(1, ASSOCIATIONS + 1):
        row: dict[str, Any] = {"id": number, "no": f"{number:02}", "name": f"A{number}", "sms_name": f"A{number}"}
        row |= {"commune_old": f"O{number % 2}", "commune_now": "N", "colline": "x", "members_women": MEMBERS}
        await execute(database, insert(tables.associations), row)
    for number in range(1, PEOPLE + 1):
        person = {"id": number, "kind": "leader", "association_id": 1 + number % ASSOCIATIONS, "consent": "yes"}
        await execute(database, insert(tables.people), person | {"name": "x", "sms_name": "x"})


class _World:
    """The real effects on one side, the model on the other."""

    def __init__(self) -> None:
        self.told: list[Told] = []

    async def group(self, tx: AsyncConnection, jobs: Sequence[Any]) -> None:
        """As a group of turns: decided one after the other, written together."""
        batch = Batch(tx)
        known: dict[Any, Any] = {}
        inbound = SimpleNamespace(id=1)
        turn: Any = SimpleNamespace(now=NOW, address=SimpleNamespace(id=1, rich=False), inbound=inbound)
        scene = Scene(batch, turn, known, tx.dialect.name)
        for job in jobs:
            if job[0] in ("judge", "found", "undo"):  # operations have a transaction of their own
                await self._close(tx, batch)
            await self._one(tx, scene, *job)
        await self._close(tx, batch)

    async def _close(self, tx: AsyncConnection, batch: Batch) -> None:
        await batch.flush()
        await batch.count()
        if batch.erased:
            await erasure.blank_words(tx, batch.erased, {"training": ("words",)})
            batch.erased.clear()

    async def _one(self, tx: AsyncConnection, scene: Scene, what: str, which: int, *how: Any) -> None:
        if what == "save":
            self._save(scene, which, *how)
            return
        if what == "erase":
            people_effects.erase(ErasePerson(which), scene)
            for told in self.told:
                if told.person == which:
                    told.values["words"] = None
            scene.facts.clear()
            await self._close(tx, scene.batch)
            return
        if not self.told:
            return
        told = self.told[which % len(self.told)]
        await self._load(tx, scene, told.number)
        await self._act(tx, scene, told, what, *how)

    async def _load(self, tx: AsyncConnection, scene: Scene, number: int) -> None:
        """What a turn knows of the report: loaded before the group, or as an earlier turn left it."""
        if ReportNumbered(number) not in scene.facts:
            await self._close(tx, scene.batch)
            scene.facts.update(await facts.load(tx, [ReportNumbered(number)], {}))

    def _save(self, scene: Scene, person: int, values: dict[str, Any], state: Any, practice: bool) -> None:
        number = len(self.told) + 1
        association = 1 + person % ASSOCIATIONS
        told = Told(number, association, person, dict(values), state, practice=practice and number % 3 == 0)
        self.told.append(told)
        report = SaveReport(
            number, "training", "1", association, person, values, state, told.practice, "sms", (number,)
        )
        effects.save(report, scene)

    async def _act(self, tx: AsyncConnection, scene: Scene, told: Told, what: str, how: Any, *state: Any) -> None:
        if what == "change":
            effects.change(ChangeReport(told.number, "x", how, state[0]), scene)
            told.change(how, state[0])
        elif what == "say more":
            more = {**told.values, "new_host": how} if told.values.get("new_host") is None else dict(told.values)
            effects.change(ChangeReport(told.number, "details", more), scene)
            told.change(more, None)
        elif what == "check":
            effects.check(CheckReport(told.number, how, "sheet"), scene)
            told.verdict = how
        elif what == "undo" and not told.practice:
            scene.facts.pop(ReportNumbered(told.number), None)
            act = checking.report_back if told.state == "withdrawn" else checking.report_undo
            done = await act(tx, {"number": told.number, "reason": "x", "user": "x"}, NOW)
            told.change(None, done["state"])
        elif told.state not in ("twin", "withdrawn") and not told.practice:
            scene.facts.pop(ReportNumbered(told.number), None)
            if what == "judge":
                await checking.judge(tx, told.number, how, "visit", "", None, NOW)
                told.verdict = how
            else:
                await tx.execute(checks.FOUND, {"which": told.number, "found": how})
                await training_days.recount(tx, [(told.association, told.day)])
                told.found = how


async def _agrees(tx: AsyncConnection, told: Sequence[Told]) -> None:
    """Every place and period, every standing, the bounds, the months and the tree."""
    for said in ("all", "01", "o1", "n"):
        scope = await find(tx, said)
        ids = {place.id for place in scope.places}
        for first, last in PERIODS:
            found = await column(tx, scope, first, last, RULES, sources=True)
            own = [one for one in told if one.association in ids and first <= one.day <= last]
            for how in ("all", "checked", "reported", "doubtful"):
                wanted = totals((one for one in own if how in ("all", one.standing)), {n: MEMBERS for n in ids})
                assert found.by(how).plain() == {name: wanted.get(name, 0) for name in NAMES}, (said, first, how)
    everything = await find(tx, "all")
    months = await by_month(tx, everything, date(2026, 10, 1), date(2026, 11, 1))
    counted = [one for one in told if one.counts]
    assert months[-1].new_so_far["all"] == totals(counted).get("new_people", 0)
    assert (
        sum(months[-1].new_so_far[how] for how in ("checked", "reported", "doubtful")) == months[-1].new_so_far["all"]
    )
    tree = await cascade(tx, everything, OCTOBER.last, RULES)
    assert tree.reached == totals(one for one in counted if one.day <= "2026-10-31").get("new_people", 0)
    assert tree.direct == PEOPLE, "who had herself erased was trained all the same"


@MANY
@given(
    first=st.lists(SAVE, min_size=1, max_size=6),
    then=st.lists(st.one_of(ACT, ACT, SAVE), max_size=12),
    together=st.integers(1, 6),
)
async def test_the_days_say_what_the_reports_say(
    database: Database, first: list[Any], then: list[Any], together: int
) -> None:
    await _begin(database)
    world = _World()
    jobs = [*first, *then]
    for start in range(0, len(jobs), together):
        group = jobs[start : start + together]

        async def work(tx: AsyncConnection, items: Sequence[Any]) -> list[None]:
            await world.group(tx, items[0])
            return [None]

        await database.writer.do(work, group)
    async with database.read() as tx:
        await _agrees(tx, world.told)
        kept = await _rolled(tx)
    await database.writer.do(_recount_all, None)
    async with database.read() as tx:
        assert await _rolled(tx) == kept


async def _rolled(tx: AsyncConnection) -> list[set[Any]]:
    """Without the rows by which an association that has nothing was held."""
    there = [select(table).where(table.c.trainings > 0) for table in ROLLED]
    return [{tuple(row) for row in await tx.execute(one)} for one in there]


async def _recount_all(tx: AsyncConnection, _items: Sequence[None]) -> list[None]:
    await training_days.recount_all(tx)
    await figures.recount(tx, range(1, ASSOCIATIONS + 1))
    return [None]


_SAID = {"held_on": "2026-10-03", "women": 6, "men": 3, "new_women": 1, "new_men": 1}
_OTHER = {**_SAID, "men": 5}
_WAITS = text("select count(*) from pg_locks where not granted")


@pytest.mark.postgres
@pytest.mark.parametrize("place", ["postgres"], indirect=True)
@pytest.mark.parametrize("corrected", [[("change", 0, _OTHER, None)], [("found", 0, 1)]], ids=["by her", "by a call"])
async def test_a_report_that_another_process_takes_meanwhile_counts(
    processes: Sequence[Database], corrected: list[Any]
) -> None:
    """Counted anew while a neighbour's report is stored, not committed: it is waited for, or it waits."""
    one, two = processes
    await _begin(one)
    world = _World()
    async with one.engine.begin() as tx:
        await world.group(tx, [("save", 1, _SAID, "reported", False), ("save", 4, _SAID, "reported", False)])

    async def correct() -> None:
        async with two.engine.begin() as tx:
            await world.group(tx, corrected)

    async with one.engine.begin() as tx:
        await world.group(tx, [("save", 4, _SAID, "reported", False)])
        meanwhile = asyncio.create_task(correct())
        async with asyncio.timeout(20):
            while not (await tx.execute(_WAITS)).scalar_one():
                await asyncio.sleep(0.01)
    await meanwhile
    async with one.read() as tx:
        await _agrees(tx, world.told)
        kept = await _rolled(tx)
    await one.writer.do(_recount_all, None)
    async with one.read() as tx:
        assert await _rolled(tx) == kept


async def test_what_was_changed_by_hand_is_found_and_counted_anew(database: Database) -> None:
    await _begin(database)
    world = _World()
    async with database.engine.begin() as tx:
        await world.group(tx, [("save", person, _SAID, "reported", False) for person in (1, 2, 3)])
        assert await recounting.differing(tx) == []
        await tx.execute(delete(tables.figures).where(tables.figures.c.association_id == 2))
        assert await recounting.differing(tx) == ["02"]
        for association, table in ((3, tables.training_days), (1, tables.training_months)):
            await tx.execute(update(table).where(table.c.association_id == association), {"women": 7})
        await message_days.arrived(tx, {("2026-10-03", one, "kannel", "fr"): 2 for one in (1, 2)})
        days = tables.message_days
        assert await recounting.differing(tx) == ["01", "02", "03"]
        await tx.execute(delete(days).where(days.c.association_id == message_days.TOGETHER))
        wrong = ["01", "02", "03", "all"]
        assert await recounting.differing(tx) == wrong
        assert (await recounting.recount(tx, {"who": "Aline"}, NOW))["associations"] == wrong
        assert (await talk(tx, await find(tx, "all"), OCTOBER, UTC)).arrived.value == 4
        assert await recounting.differing(tx) == []
        await _agrees(tx, world.told)


async def test_erasing_changes_no_total(database: Database) -> None:
    await _begin(database)
    world = _World()
    said = {"held_on": "2026-10-03", "women": 6, "men": 3, "new_women": 1, "new_men": 1, "words": "she said"}
    jobs = [("save", 1, said, "reported", False), ("check", 0, "accepted"), ("erase", 1)]

    async def work(tx: AsyncConnection, items: Sequence[Any]) -> list[None]:
        for job in items[0]:
            await world.group(tx, [job])
        return [None]

    await database.writer.do(work, jobs)
    assert (await rows(database, select(tables.people.c.erased_at).where(tables.people.c.id == 1)))[0][0] is not None
    assert (await rows(database, select(tables.reports)))[0].values["words"] is None
    async with database.read() as tx:
        await _agrees(tx, world.told)
