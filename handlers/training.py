"""The training report: its checks (D2 to D5, membership), its receipt (C5) and what is asked after it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from handlers.forms import Context, Form, Step
from handlers.kinds import Check, FollowUp, Kind
from handlers.turn import (
    Association,
    Figures,
    FiguresOf,
    Label,
    Labels,
    NextNumber,
    Reply,
    Report,
    ReportsOn,
    SaveReport,
    Turn,
)

TWIN_WITHIN = timedelta(hours=24)
_SAME = ("held_on", "topics", "women", "men", "new_women", "new_men", "new_people", "place")


def people(values: Mapping[str, Any]) -> int:
    """Everybody who came."""
    return int(values.get("women") or 0) + int(values.get("men") or 0)


def new_people(values: Mapping[str, Any]) -> int | None:
    """All new people; None when it was not said."""
    split = [values.get(name) for name in ("new_women", "new_men")]
    if values.get("new_people") is not None:
        return int(values["new_people"])
    return None if split == [None, None] else sum(int(n or 0) for n in split)


def reached(association: Association, figures: Figures, turn: Turn) -> int:
    """New people, with the trained representatives where the target includes them."""
    return figures.new_people + (association.representatives if turn.programme.includes_representatives else 0)


class Training(Kind):
    """What `training` does beyond asking."""

    def need(self, turn: Turn, association: Association | None, values: Mapping[str, Any]) -> None:
        if association is None:
            turn.need(NextNumber())
        else:
            turn.need(NextNumber(), FiguresOf(association.id), _same_day(association, values))

    def check(
        self, turn: Turn, form: Form, values: Mapping[str, Any], association: Association | None, ctx: Context
    ) -> Check | None:
        if association and (existing := self._existing(turn, form, values, association)):
            return existing
        day = date.fromisoformat(values["held_on"])
        if day > turn.today:
            return Check("D3", "doubtful", Reply("D3", {"date": day}), "step", "held_on")
        if day < turn.programme.start:
            return Check("D3", "doubtful", Reply("D3b", {"date": day}), "step", "held_on")
        if problem := super().check(turn, form, values, association, ctx):
            return problem
        if people(values) > turn.programme.ask_above:
            return Check("D5", "doubtful", Reply("D5", {"people": people(values)}), "yes_no")
        return self._membership(turn, values, association)

    def _existing(self, turn: Turn, form: Form, values: Mapping[str, Any], association: Association) -> Check | None:
        """D4: the same association, day and topic is already in; an exact repeat does not count."""
        there: tuple[Report, ...] = turn.known(_same_day(association, values))
        said = self._said(form, values, None)
        senders = {person.id for person in turn.people} | {None}
        for report in there:
            exact = all(report.values.get(name) == values.get(name) for name in _SAME)
            fresh = turn.now - report.created_at <= TWIN_WITHIN
            if exact and fresh and report.person_id in senders:
                reply = Reply("D9", {"other": report.number, "number": turn.number})
                return Check("D4", "twin", reply, "same_other")
        for report in there:
            if set(report.values.get("topics") or ()) & set(values.get("topics") or ()):
                shown = {**said, "other": report.number, "people": people(report.values)}
                return Check("D4", "doubtful", Reply("D4", shown), "same_other")
        return None

    def _membership(self, turn: Turn, values: Mapping[str, Any], association: Association | None) -> Check | None:
        """More new people than the association has members: ask (it may be right, others may attend)."""
        if association is None or association.members is None or not new_people(values):
            return None
        figures = turn.known(FiguresOf(association.id))
        total = figures.new_people + (new_people(values) or 0)
        if total <= association.members:
            return None
        shown = {"association": association.sms_name, "members": association.members, "reached": total}
        return Check("D10", "doubtful", Reply("D10", shown), "yes_no")

    def after(
        self,
        turn: Turn,
        association: Association | None,
        old: Mapping[str, Any] | None,
        new: Mapping[str, Any] | None,
    ) -> Figures | None:
        if association is None:
            return None
        figures: Figures = turn.known(FiguresOf(association.id))
        added = (new_people(new) or 0) if new else 0
        taken = (new_people(old) or 0) if old else 0
        return Figures(
            trainings=figures.trainings + bool(new) - bool(old), new_people=figures.new_people + added - taken
        )

    def receipt(
        self,
        turn: Turn,
        form: Form,
        number: int,
        values: Mapping[str, Any],
        association: Association | None,
        figures: Figures | None,
        ctx: Context,
    ) -> Reply:
        new = new_people(values)
        split = values.get("new_women") is not None and values.get("new_men") is not None
        key = "C5" if split else "C5x" if new is None else "C5n"
        shown = {
            **self._said(form, values, ctx),
            "number": number,
            "association": association.sms_name if association else "",
            "reached": reached(association, figures, turn) if association and figures else 0,
            "target": association.target if association else 0,
            "name": turn.person.sms_name if turn.person else (association.sms_name if association else ""),
            "line": form.line(values, ctx),
        }
        return Reply(key, shown)

    def _said(self, form: Form, values: Mapping[str, Any], ctx: Context | None) -> dict[str, Any]:
        """The fields that texts about a training may use."""
        topics = values.get("topics") or []
        names = [choice.name for choice in form.question("topics").choices]
        return {
            "date": date.fromisoformat(values["held_on"]),
            "topics": Labels(tuple(form.shown("topics", [name]) for name in topics)),
            "topics_digits": "".join(str(names.index(name) + 1) for name in topics),
            "people": people(values),
            "women": values.get("women") or 0,
            "men": values.get("men") or 0,
            "new": new_people(values) if new_people(values) is not None else "?",
            "new_women": _known(values.get("new_women")),
            "new_men": _known(values.get("new_men")),
        }

    def follow_up(self, turn: Turn, form: Form, save: SaveReport, association: Association | None) -> FollowUp | None:
        """D2b when the split of the new people is unknown; else, never at a first report, C6, C7 or C8."""
        values, number = save.values, save.number
        new = new_people(values)
        if new and values.get("new_women") is None:
            ask = Reply("D2b", {"number": number, "new": new})
            return FollowUp("split", (ask,), {"new": new}, instead=True)
        given = self._details(form, values)
        if given:
            return FollowUp("details", (Reply("C5d", {"number": number, "details": given}),), {"done": True})
        turn_of = turn.person.reports % 6 if turn.person else 0
        if turn_of == 1:
            return FollowUp("details", (Reply("C6", {"number": number, "people": people(values)}),))
        if turn_of == 3:
            return FollowUp("remark", (Reply("C8", {"number": number}),))
        if turn_of == 5 and association and len(association.collines) > 1 and not values.get("place"):
            ask = Reply("C7", {"number": number, "colline": association.collines[0]})
            return FollowUp("place", (ask,))
        return None

    def _details(self, form: Form, values: Mapping[str, Any]) -> Label | None:
        """The optional details she gave of herself, in words."""
        names = [name for name in ("youth", "displaced", "returnee", "host", "place") if values.get(name) is not None]
        if not names:
            return None
        return Label(
            {
                language: ", ".join(f"{form.question(name).short.text(language)} {values[name]}" for name in names)
                for language in form.languages
            }
        )

    def missing(self, form: Form, step: Step, values: Mapping[str, Any], ctx: Context) -> Reply | None:
        """D1: what is noted, what is missing. Where only the new people are missing, C4 itself asks."""
        names = {question.name for question in step.questions}
        if "new_women" in names:
            return None
        key = "D1date" if "held_on" in names else "D1topics" if "topics" in names else "D1people"
        noted: list[Any] = []
        if values.get("held_on"):
            noted.append(date.fromisoformat(values["held_on"]))
        if values.get("topics"):
            noted.append(Labels(tuple(form.shown("topics", [name]) for name in values["topics"])))
        if not noted:
            noted.append(self.words(form, values, ctx))
        return Reply(key, {"noted": tuple(noted)})

    def menu(self, form: Form, number: int, values: Mapping[str, Any], ctx: Context) -> tuple[Reply, tuple[str, ...]]:
        return Reply("E1", {"number": number, **self._said(form, values, ctx)}), tuple(
            step.name for step in form.steps[:4]
        )

    def ask_again(self, form: Form, number: int, step: str, values: Mapping[str, Any], ctx: Context) -> Reply:
        keys = dict(zip((s.name for s in form.steps), ("E1date", "E1topics", "E1people", "E1new"), strict=False))
        return Reply(keys[step], {"number": number, "people": people(values)})

    def changed(
        self, turn: Turn, form: Form, number: int, values: Mapping[str, Any], step: str, ctx: Context
    ) -> Reply:
        keys = dict(zip((s.name for s in form.steps), ("E2date", "E2topics", "E2", "E2new"), strict=False))
        return Reply(keys.get(step, "E2"), {"number": number, **self._said(form, values, ctx)})


def _known(value: Any) -> Any:
    return "?" if value is None else value


def _same_day(association: Association, values: Mapping[str, Any]) -> ReportsOn:
    return ReportsOn(association.id, "training", values["held_on"])
