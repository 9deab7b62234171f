"""For all tests: where files lie; generated cases are the same at every run of the continuous integration, and new
ones elsewhere."""

from __future__ import annotations

import os

from hypothesis import settings

from tests.disk import use_memory

use_memory()
settings.register_profile("here", deadline=None)  # a busy machine is no fault
settings.register_profile("ci", derandomize=True, deadline=None)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "here")
