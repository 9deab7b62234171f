"""The roster: who belongs to the programme, kept by its staff in a workbook of five sheets.

    read(path)                 a workbook as it stands
    check(workbook, ...)       what is wrong with it, and the roster of the rows without errors
    plan(tx, roster)           what an import would change
    load(tx, roster, now, who) the import, in the caller's transaction
    write_empty, write         the workbook to fill in; a roster back into a workbook
"""

from bot.programme.roster.check import check
from bot.programme.roster.load import load
from bot.programme.roster.nouns import (
    Association,
    Business,
    Checked,
    Leader,
    Message,
    Place,
    Roster,
    Staff,
    Workbook,
)
from bot.programme.roster.plan import Plan, plan
from bot.programme.roster.workbook import WorkbookError, read, write, write_empty

__all__ = [
    "Association",
    "Business",
    "Checked",
    "Leader",
    "Message",
    "Place",
    "Plan",
    "Roster",
    "Staff",
    "Workbook",
    "WorkbookError",
    "check",
    "load",
    "plan",
    "read",
    "write",
    "write_empty",
]
