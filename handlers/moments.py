"""A moment as states, timers and rows keep it."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

iso = lru_cache(maxsize=256)(datetime.isoformat)
"""Said once for all who ask about the same one: of many timers that are due at once, each asks seven times."""
