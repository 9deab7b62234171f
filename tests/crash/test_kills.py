"""The real service is killed at random times and at every named point; nothing acknowledged is lost or counted
twice, no text leaves more than twice. `KURIKIRANA_KILLS` sets how often (200; `make crash`: 10,000)."""

from __future__ import annotations

import os
from functools import partial

import pytest

from tests import processes
from tests.crash.harness import main

KILLS = int(os.environ.get("KURIKIRANA_KILLS", "200"))
POINTS = ("before_commit", "after_commit", "inside_turn", "after_send", "any time")
RECOVERING = ("inside_recovery", "before_commit", "after_commit", "inside_turn")
HALVES = 2
pytestmark = pytest.mark.timeout(14_400)
harness = partial(processes.result, main)


@pytest.mark.fault("A1", "A2", "A3", "A4", "A5", "A6")
@pytest.mark.parametrize("half", range(HALVES))
def test_killed_at_any_time_and_at_every_point(half: int) -> None:
    result = harness("--kills", str(KILLS // HALVES), "--seed", str(1 + 1000 * half))
    assert result["broken"] == []
    assert result["deaths"] >= KILLS // HALVES
    assert result["messages"] > 3 * result["deaths"]
    assert result["reports"] == result["messages"]
    assert result["again"] > 0, "no message was brought again after it was taken"
    assert result["refused"] > 0, "no webhook met a dead service"
    assert 0 < result["extra_copies"] <= result["under_way"]
    if KILLS >= 200:
        assert all(result.get(f"died {point}") for point in POINTS), result
        assert result["nested"] > KILLS // HALVES // 10
        assert sum(bool(result.get(f"died {point} in recovery")) for point in RECOVERING) >= 3, result


@pytest.mark.parametrize(
    ("planted", "seen"), [("early", ("lost: ", "figures differ")), ("twice", ("kept 2 times: ",))]
)
def test_a_planted_bug_is_seen(planted: str, seen: tuple[str, ...]) -> None:
    result = harness("--kills", "12", "--planted", planted)
    assert result["deaths"] >= 12
    for sign in seen:
        assert any(sign in line for line in result["broken"]), result["broken"]


@pytest.mark.fault("A5")
def test_a_text_interrupted_again_and_again_leaves_at_most_twice_and_is_then_shown_as_doubtful() -> None:
    result = harness("--scenario", "same_text")
    assert result["broken"] == []
    assert result["died"]["after_send"] >= 9
    assert result["extra_copies"] > 0
    assert result["uncertain"] > 0


def test_without_the_cap_the_same_deaths_send_it_three_times() -> None:
    result = harness("--scenario", "same_text", "--planted", "again")
    assert [line for line in result["broken"] if "copies of text" in line]


@pytest.mark.fault("A7")
def test_a_message_that_ends_the_process_is_set_aside_and_the_others_flow() -> None:
    result = harness("--scenario", "poison")
    assert result["broken"] == []
    assert result["died"]["by the message"] == 5, "once before it was kept, once among others, three times alone"
    assert result["quarantined"] == result["tasks"] == 1
    assert result["messages"] - 1 == result["reports"] > 20
