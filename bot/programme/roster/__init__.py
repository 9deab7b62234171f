"""The roster: who belongs to the programme, kept by its staff in a workbook.

`read` a workbook, `check` it, show the `plan`, `load` it in one transaction; `write_empty` makes the
workbook to fill in, `write` turns a roster back into one.
"""

from bot.programme.roster.check import check
from bot.programme.roster.erased import refuse
from bot.programme.roster.load import load
from bot.programme.roster.nouns import (
    Association,
    Business,
    Checked,
    Leader,
    Message,
    Partner,
    Place,
    Roster,
    Staff,
    Workbook,
)
from bot.programme.roster.plan import TEAM_BY_ADMINISTRATORS, Plan, plan
from bot.programme.roster.workbook import WorkbookError, read, write, write_empty

__all__ = [
    "TEAM_BY_ADMINISTRATORS",
    "Association",
    "Business",
    "Checked",
    "Leader",
    "Message",
    "Partner",
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
    "refuse",
    "write",
    "write_empty",
]
