"""Promise 6 at random, a short run; `make stop` does a million. The planted fault must turn it red."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

INTERLEAVINGS = int(os.environ.get("KURIKIRANA_INTERLEAVINGS", "6000"))
pytestmark = pytest.mark.timeout(14_400)


def model(*arguments: str) -> dict[str, Any]:
    """Run it in a process of its own: the planted fault changes the product."""
    command = [sys.executable, "-m", "tests.stop.model", *arguments]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, check=True)
    result: dict[str, Any] = json.loads(done.stdout)
    print(json.dumps({**result, "broken": len(result["broken"])}))
    return result


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
