"""Exports: tables with what they mean, two pages for the donor. Persons are pseudonyms unless asked for by right."""

from __future__ import annotations

from bot.programme.exports.gather import Exported, Wanted, gather
from bot.programme.exports.tables import KINDS, pages

__all__ = ["KINDS", "Exported", "Wanted", "gather", "pages"]
