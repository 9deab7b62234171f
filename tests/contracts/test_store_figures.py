"""The store's contract on the figures: what is added up turn by turn is what a recount of the reports gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.effects import reports as effects
from bot.store import figures, tables
from bot.store import reports as store
from bot.store.batch import Batch
from bot.store.engine import Database
from tests.databases import NOW, database, execute, place, postgres_server, rows
from tests.examples import examples

__all__ = ["database", "place", "postgres_server"]
ASSOCIATIONS = 3
MANY = examples(40, suppress_health_check=[HealthCheck.function_scoped_fixture])
COUNTS = st.none() | st.integers(0, 40)
VALUES = st.fixed_dictionaries(
    {"women": COUNTS, "men": COUNTS, "new_women": COUNTS, "new_men": COUNTS, "new_people": COUNTS}
)
REPORT = st.tuples(
    st.integers(1, ASSOCIATIONS),
    VALUES,
    st.sampled_from(("reported", "reported", "doubtful", "twin")),
    st.sampled_from(("training", "training", "business")),
    st.booleans(),
)
CHANGE = st.tuples(st.integers(0, 30), VALUES, st.sampled_from(("reported", "doubtful", "withdrawn")))


async def _begin(database: Database) -> None:
    for table in (tables.figures, tables.report_history, tables.reports):
        await execute(database, delete(table))
    if not await rows(database, select(tables.associations.c.id)):
        for number in range(1, ASSOCIATIONS + 1):
            row: dict[str, Any] = {"id": number, "no": f"{number:02}", "name": "x", "sms_name": "x"}
            await execute(
                database,
                insert(tables.associations),
                row | {"commune_old": "x", "commune_now": "x", "colline": "x"},
            )


def _save(batch: Batch, dialect: str, number: int, report: Any) -> None:
    """The rows of SaveReport, as the effect stages them."""
    association, values, state, form, practice = report
    row = {"number": number, "form": form, "version": "1", "association_id": association, "person_id": None}
    row |= {"values": values, "day": None, "state": state, "doubt": "", "practice": practice, "source": "sms"}
    row |= {"inbox_ids": [], "card": None, "created_at": NOW, "changed_at": NOW}
    batch.add(store.INSERT, row)
    if effects.counts(form, state, practice):
        batch.add(figures.upsert(dialect), {"association_id": association, **figures.of_report(values)})


def _change(batch: Batch, number: int, association: int, change: Any) -> None:
    """The rows of ChangeReport: a correction, a withdrawal, or bringing back."""
    _, values, state = change
    batch.add(store.KEEP_OLD, {"why": "x", "by": None, "at": NOW, "which": number})
    new = {"which": number, "new_values": values, "new_day": None, "new_state": state, "at": NOW, "gone": None}
    new["new_doubt"] = ""
    batch.add(store.CHANGE, new)
    batch.recount.add(association)


async def _kept(database: Database) -> dict[int, dict[str, int]]:
    found = await rows(database, select(tables.figures))
    kept = {row.association_id: {name: getattr(row, name) for name in figures.NOTHING} for row in found}
    return {number: row for number, row in kept.items() if row != figures.NOTHING}


def _expected(reports: Sequence[Any]) -> dict[int, dict[str, int]]:
    """The model: all that counts, added in any order."""
    totals: dict[int, dict[str, int]] = {}
    for association, values, state, form, practice in reports:
        if effects.counts(form, state, practice):
            totals[association] = figures.add(totals.get(association, figures.NOTHING), figures.of_report(values))
    return totals


@MANY
@given(
    first=st.lists(REPORT, min_size=1, max_size=12),
    changes=st.lists(CHANGE, max_size=6),
    more=st.lists(REPORT, max_size=6),
    groups=st.integers(1, 5),
)
async def test_adding_up_is_what_a_recount_gives(
    database: Database, first: list[Any], changes: list[Any], more: list[Any], groups: int
) -> None:
    await _begin(database)
    model = [*first]

    async def work(tx: AsyncConnection, items: Sequence[Any]) -> list[None]:
        batch = Batch(tx)
        for number, report, change in items:
            if change is None:
                _save(batch, tx.dialect.name, number, report)
            else:
                _change(batch, number, report[0], change)
        await batch.flush()
        await figures.recount(tx, batch.recount)
        return [None] * len(items)

    jobs: list[Any] = [(number, report, None) for number, report in enumerate(first, 1)]
    for change in changes:
        which = change[0] % len(first)
        jobs.append((which + 1, model[which], change))
        model[which] = (model[which][0], change[1], change[2], *model[which][3:])
    jobs += [(len(first) + 1 + number, report, None) for number, report in enumerate(more)]
    model += more
    for start in range(0, len(jobs), groups):
        group = jobs[start : start + groups]
        await database.writer.do(_as_one(work, group), None)
    kept = await _kept(database)
    assert kept == _expected(model)
    assert len(await rows(database, select(tables.report_history))) == len(changes), "a revision was lost"
    await database.writer.do(_recount_all, None)
    assert await _kept(database) == kept


def _as_one(work: Any, group: Sequence[Any]) -> Any:
    async def together(tx: AsyncConnection, _items: Sequence[None]) -> list[None]:
        await work(tx, group)
        return [None]

    return together


async def _recount_all(tx: AsyncConnection, _items: Sequence[None]) -> list[None]:
    await tx.execute(update(tables.figures).values(trainings=999))
    await figures.recount(tx, range(1, ASSOCIATIONS + 1))
    return [None]


async def test_an_association_whose_last_report_goes_has_no_figures_left(database: Database) -> None:
    await _begin(database)
    batch_values = {"women": 4, "men": 3, "new_women": 1, "new_men": 1, "new_people": None}

    async def work(tx: AsyncConnection, _items: Sequence[None]) -> list[None]:
        batch = Batch(tx)
        _save(batch, tx.dialect.name, 1, (1, batch_values, "reported", "training", False))
        await batch.flush()
        _change(batch, 1, 1, (0, batch_values, "withdrawn"))
        await batch.flush()
        await figures.recount(tx, batch.recount)
        return [None]

    await database.writer.do(work, None)
    assert await _kept(database) == {}
