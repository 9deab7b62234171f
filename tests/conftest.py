"""For all tests: where files lie, how many cases are generated, and `--forks`."""

from __future__ import annotations

from tests.disk import use_memory
from tests.examples import use_profile

pytest_plugins = ("tests.forks",)
use_memory()
use_profile()
