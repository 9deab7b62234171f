"""The training report: its checks (D2 to D5, membership), its receipt (C5) and what is asked after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from handlers.forms import Context, Form, Step
from handlers.kinds import TWIN_WITHIN, Check, FollowUp, Kind, senders, twin_of
from handlers.turn import (
    Association,
    Figures,
    FiguresOf,
    Label,
    Labels,
    LastReport,
    NextNumber,
    Reply,
    Report,
    ReportsOn,
    SaveReport,
    Turn,
)

ROOM_FOR_COLLINES = 90
"""Characters of C7b that the names of the collines may take."""
_RAISED_BY = {"D4": ("held_on", "topics"), "D5": ("people",), "D10": ("new",)}
"""Which steps of the form can raise a check again when a settled report is corrected."""
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

    def early(self, turn: Turn, form: Form, values: Mapping[str, Any]) -> Check | None:
        """D3: a day that has not come yet, or lies before the project."""
        if values.get("held_on") is None:
            return None
        day = date.fromisoformat(values["held_on"])
        step = form.step_of("held_on").name
        if day > turn.today:
            return Check("D3", "doubtful", Reply("D3", {"date": day}), "step", step)
        if day < turn.programme.start:
            shown = f"{day.day}/{day.month}/{day.year}"
            return Check("D3", "doubtful", Reply("D3b", {"date": shown}), "step", step)
        return None

    def checks(
        self,
        turn: Turn,
        form: Form,
        values: Mapping[str, Any],
        association: Association | None,
        ctx: Context,
        report: Report | None,
    ) -> Iterator[Check]:
        if association and (existing := self._existing(turn, form, values, association, report)):
            yield existing
        if wrong_day := self.early(turn, form, values):
            yield wrong_day
        yield from self.constraints(form, values, ctx)
        if people(values) > turn.programme.ask_above:
            step = form.step_of("women").name
            yield Check("D5", "doubtful", Reply("D5", {"people": people(values)}), "yes_no", step)
        if crowd := self._membership(turn, form, values, association, report):
            yield crowd

    def untouched(self, step: str) -> frozenset[str]:
        return frozenset(key for key, steps in _RAISED_BY.items() if step not in steps)

    def _existing(
        self, turn: Turn, form: Form, values: Mapping[str, Any], association: Association, report: Report | None
    ) -> Check | None:
        """D4: the same association, day and topic is already in; an exact repeat does not count."""
        number = report.number if report else turn.number
        there = [one for one in turn.known(_same_day(association, values)) if one.number != number]
        for other in there:
            exact = all(other.values.get(name) == values.get(name) for name in _SAME)
            fresh = turn.now - other.created_at <= TWIN_WITHIN
            if exact and fresh and other.person_id in (None, *senders(turn)):
                return twin_of(turn, number, other.number)
        for other in there:
            if set(other.values.get("topics") or ()) & set(values.get("topics") or ()):
                shown = {**self._said(form, values), "other": other.number, "people": people(other.values)}
                return Check("D4", "doubtful", Reply("D4", shown), "same_other", other=other.number)
        return None

    def _membership(
        self,
        turn: Turn,
        form: Form,
        values: Mapping[str, Any],
        association: Association | None,
        report: Report | None,
    ) -> Check | None:
        """D10: more new people than the association has members (it may be right, others may attend)."""
        if association is None or association.members is None or not new_people(values):
            return None
        counted = report is not None and report.state in ("reported", "doubtful")
        after = self.after(turn, association, report.values if report and counted else None, values)
        if after is None or after.new_people <= association.members:
            return None
        shown = {"association": association.sms_name, "members": association.members, "reached": after.new_people}
        return Check("D10", "doubtful", Reply("D10", shown), "yes_no", form.step_of("new_women").name)

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
            **self._said(form, values),
            "number": number,
            "association": association.sms_name if association else "",
            "reached": reached(association, figures, turn) if association and figures else 0,
            "target": association.target if association else 0,
            "name": turn.person.sms_name if turn.person else (association.sms_name if association else ""),
            "line": form.line(values, ctx),
        }
        return Reply(key, shown)

    def _said(self, form: Form, values: Mapping[str, Any]) -> dict[str, Any]:
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
        """D2b when the split of the new people is unknown; else now and then C6, C7 or C8."""
        values, number = save.values, save.number
        new = values.get("new_people")
        if new and values.get("new_women") is None:
            return FollowUp("split", Reply("D2b", {"number": number, "new": new}), {"new": new}, instead=True)
        if self.details(form, values):
            return None
        turn_of = turn.person.reports % 6 if turn.person else 0
        if turn.address.rich:  # the receipt has a button for the details
            return FollowUp("remark", Reply("C8", {"number": number})) if turn_of % 3 == 2 else None
        if turn_of == 1:
            return FollowUp("details", Reply("C6", {"number": number, "people": people(values)}))
        if turn_of == 3:
            return FollowUp("remark", Reply("C8", {"number": number}))
        if turn_of == 5 and association and len(association.collines) > 1:
            return self._which_colline(turn, number, association)
        return None

    def _which_colline(self, turn: Turn, number: int, association: Association) -> FollowUp:
        """C7, with the colline of her last report; C7b, with all, when that had none."""
        last: Report | None = turn.known(LastReport(senders(turn), turn.address.id))
        before = last.values.get("place") if last else None
        if before in association.collines:
            ask = Reply("C7", {"number": number, "colline": before})
            return FollowUp("place", ask, {"choices": [before]})
        listed: list[str] = []
        for name in association.collines[:9]:
            if sum(len(one) + 3 for one in (*listed, name)) <= ROOM_FOR_COLLINES:
                listed.append(name)
        choices = " ".join(f"{digit} {name}" for digit, name in enumerate(listed, 1))
        return FollowUp("place", Reply("C7b", {"number": number, "choices": choices}), {"choices": listed})

    def details(self, form: Form, values: Mapping[str, Any]) -> Label | None:
        names = [name for name in ("youth", "displaced", "returnee", "host", "place") if values.get(name) is not None]
        if not names:
            return None
        return Label(
            {
                language: ", ".join(f"{form.question(name).short.text(language)} {values[name]}" for name in names)
                for language in form.languages
            }
        )

    def words(self, form: Form, values: Mapping[str, Any], ctx: Context) -> Label:
        """As in the receipt: "12/11 processing, women 12, men 7, new women 5, new men 3"."""
        first = [name for name in ("held_on", "topics") if values.get(name)]
        split = values.get("new_women") is not None and values.get("new_men") is not None
        rest = {
            name: value
            for name, value in values.items()
            if name not in ("held_on", "topics") and not (split and name == "new_people")
        }
        counted = super().words(form, rest, ctx)
        texts = {}
        for language in form.languages:
            said = " ".join(form.shown(name, values[name], ctx).text(language) for name in first)
            texts[language] = ", ".join(filter(None, (said, counted.texts.get(language))))
        return Label(texts)

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

    def send_again(self, shown: str) -> Reply:
        return Reply("D7again", {"leftover": shown})

    def once_more(self, association: Association | None) -> Reply:
        return Reply("D12")

    def menu(self, form: Form, number: int, values: Mapping[str, Any], ctx: Context) -> tuple[Reply, tuple[str, ...]]:
        return Reply("E1", {"number": number, **self._said(form, values)}), tuple(
            step.name for step in form.steps[:4]
        )

    def ask_again(self, form: Form, number: int, step: str, values: Mapping[str, Any], ctx: Context) -> Reply:
        keys = dict(zip((s.name for s in form.steps), ("E1date", "E1topics", "E1people", "E1new"), strict=False))
        if step not in keys:  # the details, which only a check asks for
            return Reply("C6", {"number": number, "people": people(values)})
        return Reply(keys[step], {"number": number, "people": people(values)})

    def changed(
        self, turn: Turn, form: Form, number: int, values: Mapping[str, Any], step: str, ctx: Context
    ) -> Reply:
        keys = dict(zip((s.name for s in form.steps), ("E2date", "E2topics", "E2", "E2new"), strict=False))
        if new_people(values) is None and step == form.step_of("new_women").name:
            step = form.step_of("women").name  # nothing new is known: say what there is
        return Reply(keys.get(step, "E2"), {"number": number, **self._said(form, values)})


def _known(value: Any) -> Any:
    return "?" if value is None else value


def _same_day(association: Association, values: Mapping[str, Any]) -> ReportsOn:
    return ReportsOn(association.id, "training", values["held_on"])
