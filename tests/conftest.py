"""For all tests: where files lie, how many cases are generated, and what is made once in a process, or in a run."""

from __future__ import annotations

import gc
import sys
from collections.abc import Generator

import pytest

from tests.at_once import answer_at_once
from tests.compiled import compile_once
from tests.disk import use_memory
from tests.examples import THOROUGH, use_profile
from tests.once import share
from tests.processes import serve_workers

# what forks, kills or signals a service
collect_ignore_glob = (
    ["crash/*", "end_to_end/*kannel*", "end_to_end/test_service.py"] if sys.platform == "win32" else []
)

use_memory()
use_profile()
share()
if not THOROUGH:
    answer_at_once()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """Workers are about to be started."""
    compile_once(config)
    if config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        serve_workers()  # for a few files only, whoever needs one has its own


LONGEST = ("tests/crash/test_kills.py", "tests/power/")
"""Each takes as long as hundreds of others."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first: at the end the other workers would wait for it."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported and collected stays to the end: looking through it for garbage took a third of the time."""
    gc.disable()
    collected = yield
    gc.freeze()
    gc.set_threshold(20_000, 10, 50)
    gc.enable()
    return collected
