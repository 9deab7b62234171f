"""For all tests: where files lie, how many cases are generated, and that statements are compiled once."""

from __future__ import annotations

from tests.disk import use_memory
from tests.examples import use_profile
from tests.statements import share

use_memory()
use_profile()
share()
