"""The invented programme of the demo: a roster and four months of reports, the same for the same seed.

Nobody in it exists. The numbers cannot exist either (no Burundi number begins with 0), the hills and
the new commune of each old one are made up. It is built so that the examples of the documents come
out of it: ABAHUZA stands at 13 of 25 and everybody together at 399 of 600, and Odette's
"12 11 3 12 7 5 3" makes 21 of 25 and 407 of 600 of it.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.invented.history import DAYS, InventedReport, history
from bot.programme.invented.people import roster
from bot.programme.roster import Roster
from bot.programme.roster import load as load_roster
from bot.store import checks, training_days
from bot.store import reports as store
from bot.store.figures import recount
from bot.store.roster import add_address, association_ids, leader_ids
from bot.store.singles import put

__all__ = ["FIRST_NUMBER", "InventedReport", "invent", "load"]

FIRST_NUMBER = 3001
CHAT = "100007"
"""Of Jean, ABAHUZA's leader with a smartphone."""
VERSION = "1"
"""Of both forms, as they are shipped."""


def invent(rng: Random, today: date) -> tuple[Roster, list[InventedReport]]:
    """The programme on this day: 24 associations, 120 leaders, 32 businesses; reports, oldest first."""
    made = roster(rng, consented=today - timedelta(days=DAYS + 20))
    return made, history(rng, made, today)


async def load(tx: AsyncConnection, today: date, now: datetime, seed: int) -> None:
    """Write the invented programme into an empty database, in the caller's transaction."""
    made, reports = invent(Random(seed), today)
    await load_roster(tx, made, now, "demo")
    numbers, ids = await association_ids(tx), await leader_ids(tx)
    await _chat(tx, ids[made.leaders.index(next(one for one in made.leaders if one.sms_name == "Jean"))])
    rows = [
        _row(number, report, numbers[report.association_no], ids[report.person_index])
        for number, report in enumerate(reports, FIRST_NUMBER)
    ]
    await tx.execute(store.INSERT, rows)
    seen = [row for row in rows if row["verdict"]]
    await tx.execute(checks.NOTE, [_check(row, now) for row in seen])
    sent = Counter(row["person_id"] for row in rows)
    await tx.execute(store.SENT_IN_ALL, [{"person": person, "sent": count} for person, count in sent.items()])
    await put(tx, "last_report", rows[-1]["number"])
    await recount(tx, numbers.values())
    await training_days.recount_all(tx)


async def _chat(tx: AsyncConnection, person_id: int) -> None:
    """The leader with a smartphone has opened her link already."""
    chat = {"scheme": "telegram", "value": CHAT, "channel": "telegram"}
    await add_address(tx, person_id, chat)


def _check(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    """An officer saw the sheet three days after the report, at the latest now."""
    at = min(now, row["created_at"] + timedelta(days=3))
    why = "the sheet shows other numbers" if row["verdict"] == "hold" else ""
    return {"which": row["number"], "new_verdict": row["verdict"], "how": "sheet", "why": why, "by": None, "at": at}


def _row(number: int, report: InventedReport, association_id: int, person_id: int) -> dict[str, Any]:
    withdrawn = report.created_at + timedelta(hours=2) if report.state == "withdrawn" else None
    return {
        "number": number,
        "form": report.form,
        "version": VERSION,
        "association_id": association_id,
        "person_id": person_id,
        "values": dict(report.values),
        "day": report.values.get("held_on"),
        "state": report.state,
        "doubt": report.doubt,
        "practice": False,
        "source": report.source,
        "inbox_ids": [],
        "created_at": report.created_at,
        "changed_at": withdrawn or report.created_at,
        "withdrawn_at": withdrawn,
        "verdict": report.verdict,
    }
