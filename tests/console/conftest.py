"""The browser is the same for all modules of this folder; a fixture that is imported would be one for each."""

from __future__ import annotations

from tests.console.chromium import chromium

__all__ = ["chromium"]
