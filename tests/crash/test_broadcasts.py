"""Broadcasts killed at any moment: nobody gets one twice, every recipient has an end (promise 5).

`KURIKIRANA_BROADCASTS` sets how many (3; `make crash-broadcast`: 1,000), each to 1,000 recipients.
"""

from __future__ import annotations

import asyncio
import os
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from bot import channels
from bot.clock import Clock
from tests import processes
from tests.crash import programme
from tests.crash.broadcasts import WINDOW, main
from tests.databases import Place, place, postgres_server

__all__ = ["place", "postgres_server"]

BROADCASTS = int(os.environ.get("KURIKIRANA_BROADCASTS", "3"))
pytestmark = pytest.mark.timeout(14_400)
harness = partial(processes.result, main)


def test_as_many_may_be_in_doubt_at_a_death_as_its_channel_sends_at_once(tmp_path: Path) -> None:
    built = channels.build(programme.settings(tmp_path, 1, 1, date(2026, 11, 28)), Clock().now)
    assert {channel.window for channel in built.values()} == {WINDOW}


@pytest.mark.fault("C8")
def test_killed_resumed_and_stopped_nobody_gets_it_twice() -> None:
    result = harness("--broadcasts", str(BROADCASTS), "--recipients", "1000")
    assert result["broken"] == []
    assert result["twice"] == 0
    assert result["recipients"] == 1000 * BROADCASTS
    assert result["deaths"] >= BROADCASTS
    assert result["reached"] > 100 * BROADCASTS


async def test_killed_on_either_database_two_broadcasts_reach_everybody_once(place: Place) -> None:
    """A card's and a command's. Short: on PostgreSQL each life waits for the leases of the one before."""
    where = ("--database", place.url) if place.kind == "postgres" else ()
    result = await asyncio.to_thread(harness, "--broadcasts", "2", "--recipients", "500", "--seed", "7", *where)
    assert result["broken"] == []
    assert (result["twice"], result["recipients"]) == (0, 1000)
    assert result["deaths"] >= 2 and result["reached"] > 300


@pytest.mark.parametrize("planted", ["again", "anew"])
def test_a_planted_bug_is_seen(planted: str) -> None:
    result = harness("--broadcasts", "2", "--recipients", "300", "--planted", planted)
    assert result["twice"] > 0
    assert [line for line in result["broken"] if "copies" in line]
