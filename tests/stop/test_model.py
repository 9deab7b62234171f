"""Promise 6 at random, a short run; `make stop` does a million. The planted fault must turn it red."""

from __future__ import annotations

import os
from functools import partial

import pytest

from tests import processes
from tests.stop.model import main

INTERLEAVINGS = int(os.environ.get("KURIKIRANA_INTERLEAVINGS", "3000"))
pytestmark = pytest.mark.timeout(14_400)
model = partial(processes.result, main)


@pytest.mark.fault("C11")
def test_after_a_stored_stop_no_send_begins_but_its_confirmation() -> None:
    result = model("--interleavings", str(INTERLEAVINGS))
    assert result["broken"] == []
    assert result["sends"] > INTERLEAVINGS / 20
    assert result["sends after a stop"] > INTERLEAVINGS / 100, "the confirmations, and answers to DELETE"


def test_claims_that_do_not_look_at_the_stop_are_seen() -> None:
    result = model("--interleavings", "1500", "--planted", "blind")
    assert any("began after a stop" in line for line in result["broken"])
    assert any("was sent to who had said stop" in line for line in result["broken"])
