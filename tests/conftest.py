"""For all tests: where files lie, how many cases are generated, and what is made once in a process, or in a run."""

from __future__ import annotations

import pytest

from tests.compiled import compile_once
from tests.disk import use_memory
from tests.examples import use_profile
from tests.once import share

use_memory()
use_profile()
share()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """Workers are about to be started."""
    compile_once(config)
