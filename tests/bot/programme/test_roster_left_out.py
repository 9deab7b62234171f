"""An import without the rows that have errors: what stays out, and that the corrected workbook completes it."""

from __future__ import annotations

import asyncio
import functools
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bot.programme.roster import Checked, Roster, Workbook, check, load, plan
from bot.store import tables as t
from bot.store.roster import look
from tests.bot.programme.roster_books import ASSOCIATION, LEADER, STAFF, table
from tests.examples import examples

NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
Sheets = dict[str, list[dict[str, Any]]]
PEOPLE = {"07": ("Odette N", "Jean N", "Odette"), "08": ("Aline K", "Aline Kaneza"), "09": ("Marie I",)}
HILLS = ("Kivoga", "Muzye")


def good() -> Sheets:
    """Three associations; two phones that are shared, one of them by people whose names are alike."""
    people = []
    for no, names in PEOPLE.items():
        for number, name in enumerate(names):
            row = {"association_no": no, "name": name, "sms_name": name.split()[0], "phone_is": "shared"}
            people.append(LEADER | row | {"phone": f"79 00 {no} {number // 2}1"})
    officers = (("07", "Eric"), ("08", "Eric"), ("09", "Aline"))
    return {
        "Associations": [
            ASSOCIATION | {"no": no, "name": f"Aba {no}", "sms_name": f"ABA{chr(64 + int(no))}", "officer": officer}
            for no, officer in officers
        ],
        "Leaders": people,
        "Businesses": [{"no": f"{no}A", "association_no": no, "type": "husker"} for no in PEOPLE],
        "Staff": [dict(STAFF), STAFF | {"name": "Aline"}],
        "Places": [
            {"commune_old": "Rutana", "commune_now": "Rutana", "colline": hill} for hill in ("Kivoga", "Muzye")
        ],
    }


def fault(sheet: str, column: str, value: str, *rows: int) -> list[tuple[str, int, str, str]]:
    return [(sheet, row, column, value) for row in rows]


FAULTS = [
    *fault("Associations", "officer", "Nobody", 0, 1, 2),
    *fault("Associations", "target", "many", 0, 2),
    *fault("Associations", "no", "07", 1, 2),
    *fault("Leaders", "phone", "7912", *range(6)),
    *fault("Leaders", "language", "lingala", 0, 3, 4),
    *fault("Leaders", "association_no", "25", 2, 5),
    *fault("Leaders", "phone_is", "own", 0, 4),
    *fault("Leaders", "name", "Odette N", 1),
    *fault("Leaders", "name", "", 0, 3),
    *fault("Businesses", "no", "07", 1),
    *fault("Staff", "role", "boss", 0, 1),
    *fault("Places", "colline", "", 1),
]


def checked(faults: list[tuple[str, int, str, str]]) -> Checked:
    sheets = good()
    sheets["Associations"][0]["target"] = 25
    for sheet, row, column, value in faults:
        sheets[sheet][row][column] = value
    book = {name: tuple((n, tuple(row)) for n, row in enumerate(table(rows), 1)) for name, rows in sheets.items()}
    return check(Workbook("w", book), associations_expected=3, people_per_association=2)


async def there(tx: AsyncConnection) -> list[str]:
    """Everybody and everything as far as a roster says it, without the numbers of rows."""
    present = await look(tx)
    people = [*present.leaders, *present.staff]
    said = [f"{k.values['name']} {k.values['association_no']} {k.values['role']} {sorted(k.phones)}" for k in people]
    said += [f"{no} {k.values['name']} {k.values['officer']}" for no, k in present.associations.items()]
    said += [str(address) for address in present.addresses]
    return sorted([*said, *present.businesses, *map(str, present.places)])


async def left_by(*rosters: Roster) -> list[str]:
    """What is there after these imports, one after the other; the last one has nothing more to do."""
    engine = create_async_engine("sqlite+aiosqlite://")
    try:
        async with engine.begin() as tx:
            await tx.run_sync(t.metadata.create_all)
            for number, roster in enumerate(rosters):
                if number:
                    removed = (await plan(tx, roster, (), NOW)).changes.removed
                    assert (removed["Leaders"], removed["Staff"]) == ((), ())
                await load(tx, roster, NOW, "Aline")
            assert (await plan(tx, rosters[-1], (), NOW)).nothing
            return await there(tx)
    finally:
        await engine.dispose()


@functools.cache
def at_once() -> list[str]:
    return asyncio.run(left_by(whole()))


@functools.cache
def whole() -> Roster:
    roster = checked([]).roster
    assert roster is not None
    return roster


@examples(10)
@given(st.lists(st.sampled_from(FAULTS), min_size=1, max_size=4, unique_by=lambda one: one[:2]))
def test_what_was_left_out_comes_in_with_the_corrected_workbook(faults: list[tuple[str, int, str, str]]) -> None:
    found = checked(faults)
    assert found.roster is not None
    assert len(found.left_out) == whole().rows - found.roster.rows > 0
    numbers = {one.no for one in found.roster.associations}
    assert {one.association_no for one in (*found.roster.leaders, *found.roster.businesses)} <= numbers
    assert asyncio.run(left_by(found.roster, whole(), found.roster, whole())) == at_once()


def test_each_row_that_is_left_out_is_named_with_what_it_waits_for() -> None:
    found = checked([("Associations", 1, "no", "07"), ("Staff", 1, "role", "boss"), ("Leaders", 5, "phone", "7912")])
    assert [line for line in found.left_out if "Leaders" in line or "Staff" in line] == [
        "Left out with Associations row 2: Leaders row 2, Odette N",
        "Left out with Associations row 2: Leaders row 3, Jean N",
        "Left out with Associations row 2: Leaders row 4, Odette",
        "Left out: Leaders row 5, Aline K",
        "Left out: Leaders row 6, Aline Kaneza",
        "Left out: Leaders row 7, Marie I",
        "Left out: Staff row 3, Aline",
    ]
    text = "Staff row 3 has an error: its associations (row 4) get no officer until it is corrected."
    assert ("warning", text) in [(message.level, message.text) for message in found.messages]
    assert found.roster is not None
    assert [(one.no, one.officer) for one in found.roster.associations] == [("09", None)]
