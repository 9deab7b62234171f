"""The business report: preset with the association's only business, its receipt (G7)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from handlers.forms import Context, Form, Step
from handlers.forms.saying import filled
from handlers.kinds import FollowUp, Kind
from handlers.turn import Association, Figures, Label, Reply, SaveReport, Spoken, Turn

QUARTER_ENDS = (3, 6, 9, 12)
"""In these months all questions are asked, in the others status, sales and problem only."""

EXAMPLE = "1 450000 210000 2 5"
"""A report in one line: status, sales, costs, kit, problem."""

EXTRA = ("workers_women", "workers_men", "stock", "need")
"""Answers that the receipt has no place for: said in a second text when she gave them."""
LONGEST_SAID = 40
"""Characters of her own words that are said back."""
_FIELDS = ("status", "sales", "costs", "kit", "problem")
_RECEIPTS = {
    frozenset(_FIELDS): "G7",
    frozenset({"status", "sales", "problem"}): "G7m",
    frozenset({"status", "problem"}): "G7s",
}
"""Which receipt says exactly what was given; anything else is said by G7any."""


class Business(Kind):
    """What `business` does beyond asking."""

    def preset(self, turn: Turn, association: Association | None) -> dict[str, Any]:
        """Her only business, and whether this is a month with all questions."""
        values: dict[str, Any] = {"quarterly": "1" if turn.today.month in QUARTER_ENDS else "0"}
        if association and len(association.businesses) == 1:
            values["business"] = association.businesses[0].no
        return values

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
        shown = {
            "number": number,
            "name": turn.person.sms_name if turn.person else "",
            **self._said(form, values, ctx),
        }
        for name in ("status", "kit", "problem"):
            if values.get(name) is not None:
                shown[name] = form.shown(name, values[name], ctx)
        sales, costs = values.get("sales"), values.get("costs")
        if sales is not None:
            shown["sales"] = int(sales)
        if sales is not None and costs is not None:
            shown |= {"costs": int(costs), "left": int(sales) - int(costs)}
        given = frozenset(name for name in _FIELDS if name in shown)
        return Reply(_RECEIPTS.get(given, "G7any"), shown)

    def follow_up(self, turn: Turn, form: Form, save: SaveReport, association: Association | None) -> FollowUp | None:
        """G8, in the months with all questions: what help is needed, when there is a problem."""
        quarter = turn.today.month in QUARTER_ENDS
        if not quarter or save.values.get("problem") in (None, "none") or save.values.get("need"):
            return None
        values = {**save.values, "about": save.values["problem"]}
        ctx = Context(turn.today, turn.language, turn.programme.start)
        if turn.address.rich:
            asked = filled(form, form.question("need").label, values, ctx)
            return FollowUp("remark", Reply("T10one", {"number": save.number, "prompt": asked}), {"field": "need"})
        return FollowUp("remark", Reply(form.prompt(form.step_of("need"), values, ctx)), {"field": "need"})

    def details(self, form: Form, values: Mapping[str, Any]) -> Label | None:
        names = [name for name in EXTRA if values.get(name) is not None]
        if not names:
            return None
        return Label(Spoken(form.languages, lambda language: self._line(form, values, None, language, names)))

    def missing(self, form: Form, step: Step, values: Mapping[str, Any], ctx: Context) -> Reply | None:
        """Which business (G9) is asked as it is; everything else after what was noted."""
        return None if step.name == "business" else super().missing(form, step, values, ctx)

    def once_more(self, association: Association | None) -> Reply:
        """Which business stands in the line only where there are several."""
        owned = association.businesses if association else ()
        words = ("BIZ", *((owned[0].no,) if len(owned) > 1 else ()), EXAMPLE)
        return Reply("D12biz", {"line": " ".join(words)})

    def words(self, form: Form, values: Mapping[str, Any], ctx: Context) -> Label:
        """As in "07A working, sales 450000"; nothing while only the business is known."""
        no = values.get("business") or ""

        def say(language: str) -> str:
            said = self._line(form, values, ctx, language, _FIELDS)
            return f"{no} {said}".strip() if said else ""

        return Label(Spoken(form.languages, say))

    def _said(self, form: Form, values: Mapping[str, Any], ctx: Context) -> dict[str, Any]:
        return {"business": values.get("business") or "", "summary": self._summary(form, values, ctx)}

    def _summary(self, form: Form, values: Mapping[str, Any], ctx: Context) -> Label:
        """What was said of it, without what was not: "working, sales 450000, costs 210000"."""
        return Label(Spoken(form.languages, lambda language: self._line(form, values, ctx, language, _FIELDS)))

    def _line(
        self, form: Form, values: Mapping[str, Any], ctx: Context | None, language: str, names: Collection[str]
    ) -> str:
        parts = []
        for question in (form.question(name) for name in names):
            value = values.get(question.name)
            if value is None or value == "":
                continue
            shown = form.shown(question.name, value, ctx).text(language)[:LONGEST_SAID]
            name = question.short.text(language)
            parts.append(shown if question.name == "status" else f"{name} {shown}".strip())
        return ", ".join(parts)

    def menu(self, form: Form, number: int, values: Mapping[str, Any], ctx: Context) -> tuple[Reply, tuple[str, ...]]:
        return Reply("E1biz", {"number": number, **self._said(form, values, ctx)}), (
            *(form.step_of(name).name for name in _FIELDS),
        )

    def changed(
        self, turn: Turn, form: Form, number: int, values: Mapping[str, Any], step: str, ctx: Context
    ) -> Reply:
        return Reply("E2biz", {"number": number, **self._said(form, values, ctx)})
