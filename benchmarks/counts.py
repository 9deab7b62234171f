"""W3's rows: the figures of a month from a million messages and a hundred thousand reports, by our own functions.

*All*: every association's figures of the month, and the messages of all by direction, channel and language. *One*:
the same of one association. What is read is the roll-up that turns keep; beside it stands what it costs in processor
time, which a busy machine disturbs least, what a page with everything since the start costs, with the numbers of the
reports behind it, and the month by one GROUP BY over the messages, as it would be without a roll-up.
"""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks import world
from benchmarks.runs import Bench
from benchmarks.targets import Row
from bot.programme.counting import Period, Rules, find, sheet, talk
from bot.programme.counting.trainings import each
from bot.settled import settle
from bot.store import message_days, tables, training_days
from bot.store.engine import Database

ZONE = ZoneInfo("Africa/Bujumbura")
RULES = Rules(600, includes_representatives=True, members_only=False)
BEGAN = datetime(2025, 11, 1, 8, tzinfo=UTC)
"""A year before the end of the month that is counted: nothing is dated in the future of whoever measures."""
MONTH = Period.month(2026, 10)
DAYS = 365
_FILE = "counts.db"
SECONDS = 0.3
AGAIN = 7, 101
"""So long each is measured, and so often at least and at most; the median counts."""
_WITHOUT = """select association_id, count(*) from inbox where received_at >= {} and received_at < {}
and association_id is not null group by association_id"""

_LEFT = """insert into message_days (day, direction, channel, language, association_id, part, messages)
select date(sent_at / 1000000 + 7200, 'unixepoch'), 'out', channel, language, {}, 0, count(*) from outbox
group by 1, 3, 4, 5"""
"""As the marks of a year would have counted, of each association and of all together."""


def measure(bench: Bench, say: Callable[[str], None]) -> Iterator[Row]:
    """For few associations and for many."""
    for places in bench.size.places:
        say(f"W3, {places:,} associations, {bench.size.messages:,} messages, {bench.size.reports:,} reports")
        folder = bench.new_folder()
        found = asyncio.run(measured(folder, places, bench.size.messages, bench.size.reports))
        names = ("processor ms", "with since the start ms", "without a roll-up ms", "filled s")
        beside = {name: found[name] for name in names}
        yield Row(f"w3_all_{places}", f"W3, a month of {places:,} associations", found["all"], "ms", beside)
        beside = {name: found[name] for name in ("its page ms", "its page with report numbers ms")}
        yield Row(f"w3_one_{places}", f"W3, a month of one of {places:,}", found["one"], "ms", beside)
        started = bench.start_s(folder / _FILE)
        what = f"start to ready, {bench.size.messages:,} messages, {places:,} associations"
        yield Row(f"start_{places}", what, started, "s", {"MB": (folder / _FILE).stat().st_size / 1e6})


async def measured(folder: Path, places: int, messages: int, reports: int) -> dict[str, float]:
    """Milliseconds of each way to count the month."""
    database = await Database.open(f"sqlite:///{_FILE}", folder)
    try:
        began = time.perf_counter()
        async with database.engine.begin() as tx:
            await world.populate(tx, places * world.PER_ASSOCIATION)
            await _fill(tx, places, messages // 2, reports)
        filled = time.perf_counter() - began
        settle()  # as the service has done when it is asked
        async with database.read() as tx:
            return {**await _times(tx, places), "filled s": filled}
    finally:
        await database.close()


async def _times(tx: AsyncConnection, places: int) -> dict[str, float]:
    everything, one = await find(tx, "all"), await find(tx, f"{places // 2:02}")
    first, last = MONTH.first.isoformat(), MONTH.last.isoformat()
    starts, ends = (int(at.timestamp() * 1_000_000) for at in MONTH.moments(ZONE))

    async def month(scope: Any) -> None:
        await each(tx, scope, first, last, RULES)
        await talk(tx, scope, MONTH, ZONE)

    return {
        "all": await _ms(lambda: month(everything)),
        "processor ms": await _ms(lambda: month(everything), time.process_time),
        "one": await _ms(lambda: month(one)),
        "with since the start ms": await _ms(lambda: sheet(tx, everything, MONTH, RULES, BEGAN)),
        "its page ms": await _ms(lambda: sheet(tx, one, MONTH, RULES, BEGAN)),
        "its page with report numbers ms": await _ms(lambda: sheet(tx, one, MONTH, RULES, BEGAN, sources=True)),
        "without a roll-up ms": await _ms(lambda: _read_all(tx, _WITHOUT.format(starts, ends))),
    }


async def _read_all(tx: AsyncConnection, statement: str) -> None:
    (await tx.exec_driver_sql(statement)).all()


async def _ms(what: Callable[[], Awaitable[Any]], clock: Callable[[], float] = time.perf_counter) -> float:
    took: list[float] = []
    least, most = AGAIN
    until = time.perf_counter() + SECONDS
    while len(took) < least or (len(took) < most and time.perf_counter() < until):
        began = clock()
        await what()
        took.append((clock() - began) * 1000)
    return statistics.median(took)


async def _fill(tx: AsyncConnection, places: int, pairs: int, reports: int) -> None:
    """A year of messages in and out, and of trainings, evenly over the associations; days as turns would count."""
    counted: Counter[message_days.Talk] = Counter()
    await world.put(tx, tables.inbox, (_message(n, places, pairs, counted) for n in range(pairs)))
    await message_days.arrived(tx, counted)
    await world.put(tx, tables.outbox, (_text(n, places, pairs) for n in range(pairs)))
    for whose in ("association_id", str(message_days.TOGETHER)):
        await tx.exec_driver_sql(_LEFT.format(whose))
    await world.put(tx, tables.reports, (_training(n, places, reports) for n in range(reports)))
    await training_days.recount_all(tx)


def _at(number: int, of: int) -> datetime:
    return BEGAN + timedelta(days=DAYS * number / of)


def _whose(number: int, places: int) -> dict[str, int]:
    person = number * 7 % (places * world.PER_ASSOCIATION)
    who = person + 1
    return {"person_id": who, "address_id": who, "association_id": person // world.PER_ASSOCIATION + 1}


def _message(number: int, places: int, of: int, counted: Counter[message_days.Talk]) -> dict[str, Any]:
    at, whose = _at(number, of), _whose(number, places)
    day = at.astimezone(ZONE).date().isoformat()
    language = world.LANGUAGES[(whose["person_id"] - 1) % len(world.LANGUAGES)]
    counted[day, whose["association_id"], "kannel", language] += 1
    row = {
        "id": number + 1,
        "channel": "kannel",
        "dedupe_key": str(number),
        "kind": "text",
        "text": "12 11 3 12 7 5 3",
    }
    return row | whose | {"received_at": at, "handled_at": at, "state": "done"}


def _text(number: int, places: int, of: int) -> dict[str, Any]:
    at = _at(number, of)
    row = {"id": number + 1, "channel": "kannel", "key": "C5", "kind": "reply", "language": "fr", "text": "No 1 OK"}
    row |= _whose(number, places) | {"parts": 1, "state": "delivered", "due_at": at, "made_at": at, "sent_at": at}
    return row


_SHAPES = itertools.cycle(((12, 7, 5, 3), (8, 5, 2, 1), (20, 11, 0, 0), (6, 3, 1, 0)))
_STATES = itertools.cycle((("reported", "accepted"), ("reported", ""), ("reported", "accepted"), ("doubtful", "")))


def _training(number: int, places: int, of: int) -> dict[str, Any]:
    at, whose = _at(number, of), _whose(number, places)
    names = ("women", "men", "new_women", "new_men")
    values: dict[str, Any] = dict(zip(names, next(_SHAPES), strict=True))
    day = at.astimezone(ZONE).date().isoformat()
    state, verdict = next(_STATES)
    row = {"number": number + 1, "form": "training", "version": "1", **whose, "day": day, "state": state}
    row |= {"values": values | {"held_on": day, "topics": ["business"]}, "verdict": verdict, "practice": False}
    return row | {"source": "sms", "inbox_ids": [number + 1], "created_at": at, "changed_at": at}
