"""How many generated cases a property is tried with: a third in `make test`, all with KURIKIRANA_THOROUGH (`make
thorough`).

Generated cases are the same at every run of the continuous integration, and new ones elsewhere.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import settings

THOROUGH = "KURIKIRANA_THOROUGH" in os.environ
USUAL = 100


def short_of(many: int) -> int:
    """How many of so many are tried here."""
    return many if THOROUGH else -(-many // 3)


def examples(many: int, **more: Any) -> settings:
    """For a property that needs another number than USUAL: so many when it is thorough."""
    return settings(max_examples=short_of(many), **more)


def use_profile() -> None:
    """For all properties. A busy machine is no fault, so nothing has a deadline."""
    derandomize = os.environ.get("CI") == "true"
    settings.register_profile("ours", derandomize=derandomize, deadline=None, max_examples=short_of(USUAL))
    settings.load_profile("ours")
