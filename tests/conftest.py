"""For all tests: where files lie; generated cases are the same at every run of the continuous integration, and new
ones elsewhere."""

from __future__ import annotations

import os

from hypothesis import settings

from tests.disk import use_memory

use_memory()
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI") == "true":
    settings.load_profile("ci")
