"""Mentoring tips as files: what staff write is read, checked and compared with what is kept."""

from bot.tips.check import Checked, check, load, shipped
from bot.tips.files import TipsError, Written, export, of_row, read

__all__ = ["Checked", "TipsError", "Written", "check", "export", "load", "of_row", "read", "shipped"]
