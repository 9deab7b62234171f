"""For all tests: where files lie, and how many cases are generated."""

from __future__ import annotations

from tests.disk import use_memory
from tests.examples import use_profile

use_memory()
use_profile()
