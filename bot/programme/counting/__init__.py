"""What is counted, for summaries, exports and pages: every figure with what it was counted from.

`find` a Scope, parse a `Period`, then `sheet`, `by_commune`, `cascade`, `talk`, `grid`, `flags`. All only read.
"""

from __future__ import annotations

from bot.programme.counting.businesses import Business, Cell, Grid, grid
from bot.programme.counting.cascade import AssociationBranch, Branch, Cascade, cascade
from bot.programme.counting.figures import NAMES, Column, CountingError, Counts, Figure, Source
from bot.programme.counting.messages import Talk, talk
from bot.programme.counting.period import Period
from bot.programme.counting.quality import KINDS, Flag, flags
from bot.programme.counting.reports import Revision, Training, trainings
from bot.programme.counting.rules import Rules
from bot.programme.counting.scope import NotFound, Place, Scope, find, places
from bot.programme.counting.small_cells import in_steps, told
from bot.programme.counting.trainings import (
    Month,
    PlaceFigures,
    Sheet,
    Target,
    by_association,
    by_commune,
    by_month,
    sheet,
)
from bot.programme.counting.verification import QUESTIONS, Call, Rate, Sample, sample

__all__ = [
    "KINDS",
    "NAMES",
    "QUESTIONS",
    "AssociationBranch",
    "Branch",
    "Business",
    "Call",
    "Cascade",
    "Cell",
    "Column",
    "CountingError",
    "Counts",
    "Figure",
    "Flag",
    "Grid",
    "Month",
    "NotFound",
    "Period",
    "Place",
    "PlaceFigures",
    "Rate",
    "Revision",
    "Rules",
    "Sample",
    "Scope",
    "Sheet",
    "Source",
    "Talk",
    "Target",
    "Training",
    "by_association",
    "by_commune",
    "by_month",
    "cascade",
    "find",
    "flags",
    "grid",
    "in_steps",
    "places",
    "sample",
    "sheet",
    "talk",
    "told",
    "trainings",
]
