"""Promise 7 as a model: programmes with hundreds of timers live through outages and wrong clocks in any time zone.

The rules, the store, the turns and the outbox are the real ones; only the world around them is simulated: when the
service is up, what its clock says, when it dies between writing a text and sending it. What must hold is looked at
afterwards in the rows, with a second, simple idea of what quiet hours are.

    python -m tests.scheduler.reminders_model --runs 400 --seed 1
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import channels
from bot.added_forms import load_all
from bot.render import Words
from bot.settings import Settings, rules
from bot.store import outbox, reminder_timers, timers
from bot.store import tables as t
from bot.store.engine import Database
from bot.store.outbox import Mark, Wanted
from bot.store.timers import Look
from bot.turns import Take, Turns
from handlers.conversations import step
from handlers.turn import Outcome, Turn
from scheduler.when import Rules
from tests.scheduler.reminders_found import HOLIDAY, found_in

ASSOCIATIONS = 250
"""Of one run: each is a simulated ladder of its own."""
DAYS = 40
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
MARKET = "Giharo"
"""The commune of every fifth association; its market is on Tuesdays until 14:00."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_made: dict[str, Any] = {}


@dataclass
class World:
    """One run: true time, when the service is up, by how much its clock is wrong."""

    rng: Random
    settings: Settings
    true: datetime
    end: datetime
    outages: list[tuple[datetime, datetime]] = field(default_factory=list)
    steps: list[tuple[datetime, timedelta]] = field(default_factory=list)
    """From then on the clock is wrong by this much."""

    def down_until(self) -> datetime | None:
        return next((end for start, end in self.outages if start <= self.true < end), None)

    def now(self) -> datetime:
        """What the service's clock says."""
        wrong = [by for at, by in self.steps if at <= self.true]
        return self.true + (wrong[-1] if wrong else timedelta())

    def boundary(self) -> datetime:
        """The next true moment at which something about the service changes."""
        moments = [start for start, _ in self.outages] + [at for at, _ in self.steps]
        return min([moment for moment in moments if moment > self.true] + [self.end])


def world(seed: int) -> World:
    """A programme somewhere, some weeks of outages and steps of the clock."""
    rng = Random(seed)
    zone = rng.choice(_made.setdefault("zones", sorted(z for z in available_timezones() if "/" in z)))
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=rng.randrange(600 * 24 * 60))
    own = {
        f"{n:04}": {"at": f"{rng.randint(8, 18):02}:{rng.choice((0, 15, 30, 45)):02}"}
        for n in range(0, ASSOCIATIONS, 3)
    }
    settings = Settings.model_validate(
        {
            "project": {"start": start.date() - DAY, "timezone": zone},
            "hours": {"holidays": [HOLIDAY], "market_days": {MARKET: ["Tue before 14:00"]}},
            "reminders": {"associations": own},
        }
    )
    made = World(rng, settings, start, start + DAYS * DAY)
    for _ in range(rng.randint(0, 6)):
        at = start + timedelta(minutes=rng.randrange(DAYS * 24 * 60))
        made.outages.append((at, at + timedelta(minutes=rng.choice((5, 90, 600, 1500, 3000, 5760)) * rng.random())))
    for _ in range(rng.randint(0, 2)):
        at = start + timedelta(minutes=rng.randrange(DAYS * 24 * 60))
        by = rng.choice((HOUR, -HOUR, 2 * DAY, -2 * DAY, EPOCH - at))
        made.steps += [(at, by), (at + timedelta(minutes=rng.randint(1, 2000)), timedelta())]
    made.steps.sort()
    return made


class Service:
    """The real parts, driven by hand; `plant` breaks one of them, so that the model can be seen to notice."""

    def __init__(self, database: Database, world: World, plant: str) -> None:
        self.database, self.world, self.plant = database, world, plant
        self.rules = replace(rules(world.settings), totals_after_month=False)  # this counts reminders
        self.channels = channels.build(world.settings, world.now, simulate=True)
        self.turns = Turns(world.settings, _made["words"], _made["forms"], world.now, self._step, self.channels)

    def _step(self, turn: Turn) -> Outcome:
        outcome = step(turn)
        if self.plant == "double" and outcome.replies:  # a touch that does not move its timer on
            (timer,) = outcome.timers
            stays = {"form": "training", "due": turn.inbound.data["due"]}
            return outcome.but(state={}, timers=(replace(timer, due_at=turn.now + HOUR, data=stays),))
        if self.plant == "drop" and "expired" in outcome.understood:
            return Outcome(dict(turn.state), understood="")
        if self.plant == "night" and "not at this hour" in outcome.understood:
            return step(_any_hour(turn))
        return outcome

    async def tick(self, tx: AsyncConnection, items: Sequence[bool]) -> list[None]:
        """What a service does that looks now; `items`: whether it dies before it sends."""
        now = self.world.now()
        fired = (await timers.fire(tx, [Look(now, 100_000, self.rules)]))[0]
        if fired.addresses:
            await self.turns.take(tx, [Take(address) for address in sorted(set(fired.addresses))])
        for dies in items:
            if not dies:
                await self._send(tx, now)
        return [None] * len(items)

    async def _send(self, tx: AsyncConnection, now: datetime) -> None:
        allowed = self.plant == "night" or self.rules.hours.is_allowed(now)
        (claims,) = await outbox.claim(tx, [Wanted("phone", 100_000, now, allowed)])
        if claims:
            await outbox.mark(tx, [Mark(claim.id, "sent", now) for claim in claims])

    async def next_look(self) -> datetime:
        """The next moment of its clock at which something is due."""
        now = self.world.now()
        async with self.database.read() as tx:
            timer = (
                await tx.execute(select(func.min(t.timers.c.due_at)).where(t.timers.c.state == "waiting"))
            ).scalar()
            text = (
                await tx.execute(select(func.min(t.outbox.c.due_at)).where(t.outbox.c.state == "queued"))
            ).scalar()
        moments = [timer] if timer else []
        moments += [self.rules.hours.next_allowed(max(text, now))] if text else []
        return max(min(moments, default=now + DAY), now)


def _any_hour(turn: Turn) -> Turn:
    """The turn as a service sees it that knows no hours."""
    when = turn.when
    assert isinstance(when, Rules)
    return replace(turn, when=replace(when, hours=replace(when.hours, send_from=time(0), no_sending=())))


async def live(seed: int, plant: str = "", made: World | None = None) -> dict[str, Any]:
    """One run; what was found in its rows."""
    life = made or world(seed)
    with tempfile.TemporaryDirectory(dir=_fast()) as folder:
        await _prepare(Path(folder))
        database = await Database.open("sqlite:///test.db", Path(folder))
        try:
            await database.writer.do(_programme, life)
            service = Service(database, life, plant)
            await database.writer.do(reminder_timers.make, (life.now(), service.rules))
            await _weeks(life, service)
            async with database.read() as tx:
                return await found_in(tx, ZoneInfo(life.settings.project.timezone), life.now(), ASSOCIATIONS)
        finally:
            await database.close()


async def _weeks(life: World, service: Service) -> None:
    while life.true < life.end:
        if (up := life.down_until()) is not None:
            life.true = up
            continue
        dies = life.rng.random() < 0.1
        await service.database.writer.do(service.tick, dies)
        if dies:
            life.outages.append((life.true, life.true + timedelta(minutes=life.rng.randint(1, 1200))))
            continue
        if life.rng.random() < 0.05:
            await service.database.writer.do(_news, life)
        wait = max(await service.next_look() - life.now(), timedelta()) + timedelta(seconds=life.rng.random())
        life.true = min(life.true + wait, life.boundary())
    life.outages.clear()
    life.steps.clear()
    life.true = service.rules.hours.next_allowed(life.now())  # what waits for the morning ends too
    await service.database.writer.do(service.tick, False)


async def _programme(tx: AsyncConnection, items: Sequence[World]) -> list[None]:
    numbers = range(1, ASSOCIATIONS + 1)
    where = [MARKET if n % 5 == 0 else "Rutana" for n in numbers]
    rows = [
        {
            "id": n,
            "no": f"{n:04}",
            "commune_old": c,
            "commune_now": c,
            "name": "x",
            "sms_name": "ABAHUZA",
            "colline": "x",
        }
        for n, c in zip(numbers, where, strict=True)
    ]
    leader = {"kind": "leader", "name": "Odette", "sms_name": "Odette", "language": "en", "consent": "yes"}
    await tx.execute(insert(t.associations), rows)
    await tx.execute(insert(t.people), [{"id": n, "association_id": n, **leader} for n in numbers])
    await tx.execute(insert(t.addresses), [{"id": n, "scheme": "tel", "value": f"+2570{n:07}"} for n in numbers])
    await tx.execute(insert(t.people_addresses), [{"person_id": n, "address_id": n} for n in numbers])
    return [None] * len(items)


async def _news(tx: AsyncConnection, items: Sequence[World]) -> list[None]:
    """Some associations say that there was nothing."""
    for life in items:
        at, form = life.now(), "training"
        some = life.rng.sample(range(1, ASSOCIATIONS + 1), ASSOCIATIONS // 20)
        rows = [{"association_id": n, "form": form, "since": at.date().isoformat(), "at": at} for n in some]
        await tx.execute(insert(t.zero_reports), rows)
    return [None] * len(items)


def _fast() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


async def _prepare(folder: Path) -> None:
    """The schema, the words and the forms: made once in a process."""
    if "schema" not in _made:
        database = await Database.open("sqlite:///test.db", folder)
        async with database.read() as tx:
            _made["forms"] = await load_all(tx)
        await database.close()
        _made["schema"] = (folder / "test.db").read_bytes()
        _made["words"] = Words.load(common={"sender": "OIM", "hotline": "OIM", "per_week": 2})
    (folder / "test.db").write_bytes(_made["schema"])


BROKEN = ("double", "dropped", "lost", "night", "market", "over_limit")


async def many(runs: int, seed: int, plant: str = "") -> dict[str, int]:
    """So many runs; the sums of what was found."""
    total: Counter[str] = Counter({name: 0 for name in BROKEN})
    for number in range(runs):
        total.update(await live(seed * 1_000_000 + number, plant))
        total["simulated"] += ASSOCIATIONS
    return dict(total)


def main() -> None:
    """Print what was found as JSON; leave with 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=400, help=f"each simulates {ASSOCIATIONS} ladders")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plant", choices=("", "double", "drop", "night"), default="")
    given = parser.parse_args()
    found = asyncio.run(many(given.runs, given.seed, given.plant))
    print(json.dumps(found, indent=2, sort_keys=True))
    with suppress(KeyError):
        raise SystemExit(any(found[name] for name in BROKEN))


if __name__ == "__main__":
    main()
