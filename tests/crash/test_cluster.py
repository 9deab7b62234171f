"""Two processes on one PostgreSQL are killed again and again, and the server cuts their connections: nothing that was
acknowledged is lost or counted twice. `KURIKIRANA_CLUSTER_KILLS` sets how often (30; `make crash-cluster`: 2,000)."""

from __future__ import annotations

import asyncio
import os
from functools import partial
from typing import Any

import pytest

from tests import processes
from tests.crash.cluster import main
from tests.databases import Place, bare_place, place, postgres_server

__all__ = ["bare_place", "place", "postgres_server"]

KILLS = int(os.environ.get("KURIKIRANA_CLUSTER_KILLS", "30"))
pytestmark = [
    pytest.mark.timeout(14_400),
    pytest.mark.postgres,
    pytest.mark.parametrize("place", ["postgres"], indirect=True),
]


async def _killed(place: Place, *arguments: str) -> dict[str, Any]:
    return await asyncio.to_thread(partial(processes.result, main, "--database", place.url, *arguments))


@pytest.mark.fault("A1", "A2", "A3", "A4", "A5", "A6")
async def test_killed_and_cut_off_two_processes_lose_and_double_nothing(bare_place: Place) -> None:
    result = await _killed(bare_place, "--kills", str(KILLS))
    assert result["broken"] == []
    assert result["deaths"] >= KILLS
    assert result["messages"] > 3 * result["deaths"]
    assert result["reports"] == result["messages"]
    assert result["again"] > 0, "no message was brought again after it was taken"
    assert result["cuts"] > 0, "the server never cut a connection"
    assert result["quarantined"] == result["tasks"] == 0
    assert 0 < result["together"] < result["deaths"], "one was never alone, or always"


@pytest.mark.parametrize(
    ("planted", "seen"), [("early", ("lost: ", "figures differ")), ("twice", ("kept 2 times: ",))]
)
async def test_a_planted_bug_is_seen(bare_place: Place, planted: str, seen: tuple[str, ...]) -> None:
    result = await _killed(bare_place, "--kills", "12", "--planted", planted)
    for sign in seen:
        assert any(sign in line for line in result["broken"]), result["broken"]
