"""A summary of a month reads the month: no table that grows is read from its beginning, however long the history.

But what was ever said of the businesses is, for their survival: of a place by its own index.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.counting import Period, Rules, find
from bot.programme.summary import Asked, summary
from bot.store.engine import Database
from tests import october

ZONE = ZoneInfo("Africa/Bujumbura")
OCTOBER = Period.parse("2026-10", date(2026, 11, 2))
RULES = Rules(600, includes_representatives=True, members_only=False)
GROWING = ("reports", "inbox", "outbox", "checks", "report_history", "message_days")
BOUND = ("rowid=?", "number=?", "day=?", "day>?", "created_at>?", "received_at>?", "sent_at>?")
"""What a step must look for beside the association or the form; `day<?` alone would be everything before."""

FEW = {
    "SEARCH reports USING COVERING INDEX ix_reports_made": "min(",
    "SEARCH reports USING INDEX ix_reports_day (association_id=? AND form=? AND day<?)": "LIMIT 1",
    "SEARCH reports USING INDEX ix_reports_day (association_id=? AND form=?)": "reports.association_id IN (1)",
    "SEARCH inbox USING INDEX ix_inbox_talk (association_id=?)": "inbox.person_id IN (SELECT",
}
"""What is let through, and what its statement has: the first entry of an index, the last before a day, one place's
own reports, the messages of places where somebody neither reported nor answered whether she agrees."""


@pytest.fixture
async def tx(tmp_path: Path) -> AsyncIterator[AsyncConnection]:
    """A reader of the example, on SQLite, which tells its plan without knowing how many rows there are."""
    database = await Database.open("sqlite:///plan.db", tmp_path)

    async def work(tx: AsyncConnection, items: object) -> list[None]:
        await october.load(tx)
        return [None]

    await database.writer.do(work, None)
    async with database.read() as reader:
        yield reader
    await database.close()


async def steps(tx: AsyncConnection, said: list[str]) -> list[str]:
    """What SQLite does for these statements, of the tables that grow with every message or report."""
    found = []
    for statement in dict.fromkeys(said):
        if statement.startswith(("SELECT", "WITH")):
            plan = await tx.exec_driver_sql("EXPLAIN QUERY PLAN " + statement.replace("%", "%%"))
            found += [
                f"{row[3]} | {statement}" for row in plan if row[3].split()[1:2] and row[3].split()[1] in GROWING
            ]
    return found


@pytest.mark.parametrize("name", ["all", "abahuza", "rutana"])
async def test_of_a_month_no_table_that_grows_is_read_whole(tx: AsyncConnection, name: str) -> None:
    said: list[str] = []
    scope = await find(tx, name)
    driver = (await tx.get_raw_connection()).driver_connection
    assert driver is not None
    await driver.set_trace_callback(said.append)
    await summary(tx, Asked(scope, OCTOBER, RULES, ZONE, october.AS_OF))
    await driver.set_trace_callback(None)
    found = await steps(tx, said)
    assert {step.split()[1] for step in found} >= {"reports", "inbox", "outbox"}
    of_businesses = [one for one in said if "FROM reports" in one and "reports.form = 'business'" in one]
    since_start = [one for one in of_businesses if "created_at >=" not in one]
    assert (len(of_businesses), len(since_start)) == (3, 1), (
        "once for the survival, of months shown, of a year for flags"
    )
    by = {step.split()[4] for step, one in (step.split(" | ") for step in found) if one in since_start}
    assert by == {"ix_reports_made" if name == "all" else "ix_reports_day"}
    plans = [step.partition(" | ") for step in found if step.partition(" | ")[2] not in since_start]
    whole = [(step, said) for step, _, said in plans if not any(bound in step for bound in BOUND)]
    assert whole
    assert not [(step, said) for step, said in whole if FEW.get(step, "nothing") not in said]
