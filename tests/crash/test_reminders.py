"""Reminders, totals and tips killed while they fall due: said and asked for as if nobody had been (promise 7).

On three evenings (totals, those that waited behind a tip, trainings), each with one to three deaths;
`make crash-reminders`: on 400.
"""

from __future__ import annotations

from functools import partial

import pytest

from tests import processes
from tests.crash.reminders import main

EVENINGS = 3
harness = partial(processes.result, main)


@pytest.mark.fault("C4")
def test_killed_again_and_again_it_says_what_one_says_that_nobody_killed() -> None:
    result = harness("--steps", str(EVENINGS), "--associations", "60")
    assert result["broken"] == []
    assert result["deaths"] >= EVENINGS
    assert result["texts"] >= 60


@pytest.mark.parametrize(
    ("planted", "evenings", "associations", "sign"),
    [("lost", 3, 20, "events, lost: "), ("again", 1, 60, "left 2 times")],
)
def test_a_planted_bug_is_seen(planted: str, evenings: int, associations: int, sign: str) -> None:
    result = harness("--steps", str(evenings), "--associations", str(associations), "--planted", planted)
    assert any(sign in line for line in result["broken"]), result["broken"]
