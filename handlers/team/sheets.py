"""The photo of a sheet: what the report says that it belongs to, and what becomes of that report. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from handlers.known_forms import context, form_of, kind_of
from handlers.turn import CheckReport, Reply, Report, ReportNumbered, Task, Turn

_PHOTO_FOR = re.compile(r"photo for No (\d+)")
VERDICTS: Mapping[str, tuple[Literal["accepted", "hold"], str]] = {
    "checked": ("accepted", ""),
    "wrong": ("hold", "the photo is not right"),
}
"""A button under a photo -> what becomes of the report."""


def report_of(turn: Turn, task: Task) -> Report | None:
    """The report of a photo, while there is something to check in it."""
    named = _PHOTO_FOR.fullmatch(task.about) if task.kind == "photo" else None
    report: Report | None = turn.known(ReportNumbered(int(named[1]))) if named else None
    return report if report is not None and report.state in ("reported", "doubtful") else None


def need(turn: Turn, tasks: tuple[Task, ...] | list[Task]) -> None:
    """Ask for the reports of all these at once. Raises Unknown."""
    named = [_PHOTO_FOR.fullmatch(task.about) for task in tasks if task.kind == "photo"]
    turn.need(*(ReportNumbered(int(one[1])) for one in named if one))


def says(turn: Turn, task: Task, report: Report, key: str = "O.task.figures") -> Reply:
    """What is to be compared with the photo."""
    form = form_of(turn, report.form)
    summary = kind_of(form).words(form, report.values, context(turn, task.association))
    return Reply(key, {"number": report.number, "summary": summary})


def verdict(turn: Turn, report: Report, action: str) -> CheckReport:
    """What the officer saw on the photo makes its report checked, or puts it on hold."""
    found, reason = VERDICTS[action]
    return CheckReport(report.number, found, "sheet", reason, turn.person.id if turn.person else None)
