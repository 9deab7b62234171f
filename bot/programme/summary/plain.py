"""A summary for another program: figures as {"value", "reports", "messages"}, lists of points with the same. Pure."""

from __future__ import annotations

from typing import Any

from bot.programme.counting import Figure, PlaceFigures, Training, groups
from bot.programme.summary.doubts import UNKNOWN
from bot.programme.summary.model import RULES_VERSION, Summary
from bot.programme.summary.words import Say


def plain(found: Summary, say: Say) -> dict[str, Any]:
    """The figures of the period stand at the top; `before`, `since_start` and `target` beside them."""
    sheet, language = found.sheet, say.language
    return {
        "scope": {"kind": found.scope.kind, "name": found.scope.name, "no": found.scope.no},
        "period": sheet.period.name,
        "first": sheet.period.first.isoformat(),
        "last": sheet.period.last.isoformat(),
        "as_of": sheet.as_of.isoformat(timespec="seconds"),
        **groups.plain(sheet.this, sheet.rules.step),
        "before": groups.plain(sheet.before, sheet.rules.step),
        "since_start": groups.plain(sheet.since_start, sheet.rules.step),
        "target": sheet.target.plain(),
        "target_before": sheet.target_before.plain(),
        "places": [_place(one) for one in found.places],
        "training_reports": [_training(one) for one in found.trainings],
        "messages": found.talk.plain(),
        "said": [point.plain(language) for point in found.said],
        "not_grouped": found.not_grouped.plain(),
        "questions": [one.plain(language, sheet.as_of) for one in found.asked],
        "answer_hours": found.answer_hours,
        "owed": [one.plain(language, sheet.as_of) for one in found.owed],
        "businesses": found.grid.plain(),
        "needs": [one.plain(language) for one in found.needs],
        "reminders": {**found.reminders.sent.plain(), "answered": found.reminders.answered},
        "doubts": [one.plain() for one in found.doubts],
        "unknown": [{"what": say(what), **Figure(None).plain()} for what in UNKNOWN],
        "rules": {"version": RULES_VERSION, "said": list(sheet.rules.said(language))},
    }  # fmt: skip


def _place(one: PlaceFigures) -> dict[str, Any]:
    names = ("trainings", "attendances", "new_people")
    return {"name": one.name, "target": one.target.plain(), **{name: getattr(one.this.all, name) for name in names}}


def _training(one: Training) -> dict[str, Any]:
    names = ("attendances", "women", "men", "new_people", "new_women", "new_men")
    return {
        "number": one.number,
        "association": one.place.no,
        "day": one.day,
        "topics": list(one.values.get("topics") or ()),
        **{name: getattr(one.adds, name) for name in names},
        "counts": one.counts,
        "standing": one.standing,
        "sheet": one.sheet,
        "messages": list(one.messages),
    }
