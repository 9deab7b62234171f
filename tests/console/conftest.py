"""The browser is the same for all modules of this folder; a fixture that is imported would be one for each.

Passwords cost a tenth of a second and 64 MB in the field, and next to nothing here.
"""

from __future__ import annotations

from argon2 import PasswordHasher

from bot.console import passwords
from tests.console.chromium import chromium

__all__ = ["chromium"]
IN_THE_FIELD = passwords._HASHER
passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
