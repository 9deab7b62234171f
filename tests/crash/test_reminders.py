"""Reminders, totals and tips killed while they fall due: said and asked for as if nobody had been (promise 7).

On two evenings, each with one to three deaths; `make crash-reminders`: on 400.
"""

from __future__ import annotations

from functools import partial

import pytest

from tests import processes
from tests.crash.reminders import main

EVENINGS = 2
harness = partial(processes.result, main)


@pytest.mark.fault("C4")
def test_killed_again_and_again_it_says_what_one_says_that_nobody_killed() -> None:
    result = harness("--steps", str(EVENINGS), "--associations", "60")
    assert result["broken"] == []
    assert result["deaths"] >= EVENINGS
    assert result["texts"] >= 60


@pytest.mark.parametrize("planted", ["lost", "again"])
def test_a_planted_bug_is_seen(planted: str) -> None:
    result = harness("--steps", "2", "--associations", "20", "--planted", planted)
    sign = {"lost": "events, lost: ", "again": "left 2 times"}[planted]
    assert any(sign in line for line in result["broken"]), result["broken"]
