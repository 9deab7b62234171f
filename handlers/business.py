"""The business report: preset with the association's only business, its receipt (G7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.forms import Context, Form
from handlers.kinds import Kind
from handlers.turn import Association, Figures, Label, Reply, Turn

QUARTER_ENDS = (3, 6, 9, 12)
"""In these months all questions are asked, in the others status, sales and problem only."""

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
        extra = [n for n in ("workers_women", "workers_men", "stock", "need") if values.get(n) is not None]
        given = frozenset(name for name in _FIELDS if name in shown)
        return Reply("G7any" if extra else _RECEIPTS.get(given, "G7any"), shown)

    def _said(self, form: Form, values: Mapping[str, Any], ctx: Context) -> dict[str, Any]:
        return {"business": values.get("business") or "", "summary": self._summary(form, values, ctx)}

    def _summary(self, form: Form, values: Mapping[str, Any], ctx: Context) -> Label:
        """What was said of it, without what was not: "working, sales 450000, costs 210000, left 240000"."""
        return Label({language: self._line(form, values, ctx, language) for language in form.languages})

    def _line(self, form: Form, values: Mapping[str, Any], ctx: Context, language: str) -> str:
        parts = []
        for question in form.questions:
            value = values.get(question.name)
            if value is None or value == "" or question.name in ("business", "quarterly"):
                continue
            shown = form.shown(question.name, value, ctx).text(language)
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
