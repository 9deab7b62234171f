"""For all tests: where files lie, how many cases are generated, and what is made once in a process."""

from __future__ import annotations

from tests.disk import use_memory
from tests.examples import use_profile
from tests.once import share

use_memory()
use_profile()
share()
