"""A reminder is sent once at its local time; after an outage or a clock jump it is sent late, once, within its limit,
or reported as expired. The short version of `make reminders-check`; each planted bug must be seen.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from bot.settings import Settings
from tests.scheduler import reminders_model
from tests.scheduler.reminders_model import ASSOCIATIONS, BROKEN, HOUR, MARKET, World, live, many

RUNS = int(os.environ.get("KURIKIRANA_REMINDER_RUNS", "2"))
SEED = 7


def broken(found: Mapping[str, int]) -> dict[str, int]:
    return {name: found[name] for name in BROKEN if found.get(name)}


@pytest.mark.fault("C1", "C2", "C4")
async def test_once_within_the_limit_never_at_night_never_silently_dropped() -> None:
    found = await many(RUNS, SEED)
    assert broken(found) == {}
    assert found["simulated"] == RUNS * ASSOCIATIONS
    assert found["sent"] > found["simulated"] and found["late"] and found["expired"] and found["waited"]


@pytest.mark.parametrize(("plant", "seen"), [("double", "double"), ("drop", "lost"), ("night", "night")])
async def test_a_planted_bug_is_seen(plant: str, seen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminders_model, "DAYS", 20)
    assert broken(await live(3_000_000, plant)).get(seen, 0) > 0


def _burundi(start: datetime, days: float) -> World:
    markets = {"market_days": {MARKET: ["Tue before 14:00"]}}
    settings = Settings.model_validate({"project": {"start": start.date() - timedelta(days=1)}, "hours": markets})
    return World(Random(1), settings, start, start + timedelta(days=days))


async def test_off_for_three_days_and_back_at_two_in_the_morning() -> None:
    """Due on Monday at 17:30; off until Thursday 02:00: nothing at night, expired, and said on Thursday."""
    start = datetime(2026, 11, 9, 6, 0, tzinfo=UTC)  # Monday 08:00 there; day 0 is the Monday two weeks later
    life = _burundi(start, 18)
    monday = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    life.outages = [(monday, monday + timedelta(days=2, hours=14))]
    life.rng = _Steady()
    found = await live(0, made=life)
    assert broken(found) == {}
    assert (found["expired"], found["sent"], found.get("late", 0)) == (ASSOCIATIONS, ASSOCIATIONS, 0)


async def test_off_over_one_evening_it_is_said_the_next_morning() -> None:
    life = _burundi(datetime(2026, 11, 9, 6, 0, tzinfo=UTC), 15.5)
    evening = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
    life.outages = [(evening, evening + 10 * HOUR)]
    life.rng = _Steady()
    found = await live(0, made=life)
    assert broken(found) == {}
    assert (found.get("expired", 0), found["sent"], found["late"]) == (0, ASSOCIATIONS, ASSOCIATIONS)


class _Steady(Random):
    """No deaths and no news by chance."""

    def random(self) -> float:
        return 0.99
