"""A report's values in the words of its form, question by question. What a person wrote freely is said apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.console.ask import Ask
from bot.console.tables import InWords
from bot.console.words import _
from bot.programme.counting.small_cells import HIDDEN, fewer, is_small
from handlers.forms import Form

LANGUAGES = {"rn": _("Kirundi"), "fr": _("French"), "sw": _("Swahili"), "en": _("English")}
"""In which leaders are written to."""
_ASKED = ("youth", "displaced", "returnee", "host")
GROUPS = (*_ASKED, *(f"new_{name}" for name in _ASKED))
"""What a report says of groups of people."""


@dataclass(frozen=True, slots=True)
class Value:
    """An answer: `text` is None where it was not said."""

    name: str
    label: str
    text: str | None
    own_words: bool = False
    """Free text: personal, shown to those alone who read what leaders wrote."""


def values_of(ask: Ask, form: str, values: Mapping[str, Any], *, everything: bool) -> list[Value]:
    """In the order of the form; of a form that is no longer there under their bare names.

    Without `everything` nobody's own words, and of groups nothing of few people (`privacy.small_cells_below`), nor
    what would tell it.
    """
    found = _all(ask, form, values)
    if everything:
        return found
    step = ask.parts.settings.privacy.small_cells_below
    small = any(is_small(int(values.get(name) or 0), step) for name in GROUPS)
    return [_guarded(one, values.get(one.name), step) if small else one for one in found if not one.own_words]


def _guarded(one: Value, value: Any, step: int) -> Value:
    if one.name not in GROUPS or value is None:
        return one
    return replace(one, text=fewer(step) if is_small(int(value), step) else HIDDEN)


def _all(ask: Ask, form: str, values: Mapping[str, Any]) -> list[Value]:
    known = ask.parts.turns.forms.get(form)
    if known is None:
        return [Value(name, name, None if value is None else str(value), True) for name, value in values.items()]
    asked = [question for question in known.questions if question.name in values]
    language = ask.words.language
    return [
        Value(
            one.name,
            one.short.text(language) or one.label.text(language) or one.name,
            _text(ask, known, one.name, values[one.name]),
            one.type == "text",
        )
        for one in asked
        if one.type not in ("calculate", "hidden") or values[one.name] is not None
    ]


def _text(ask: Ask, form: Form, name: str, value: Any) -> str | None:
    if value is None or value == "" or value == []:
        return None
    if form.question(name).type == "date":
        return ask.words.day(date.fromisoformat(str(value)))
    if isinstance(value, int) and not isinstance(value, bool):
        return ask.words.number(value)
    return form.shown(name, value).text(ask.words.language)


def topics(ask: Ask, form: str, name: str, value: Any) -> str:
    """Of a table: the labels of what was chosen, '' when nothing was; in JSON the names of it."""
    known = ask.parts.turns.forms.get(form)
    if known is None or not value:
        return ""
    names = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return InWords(_text(ask, known, name, value) or "", names)


CHANGED = {
    "the leader corrected it": _("the leader corrected it"),
    "the leader removed it": _("the leader removed it"),
    "the leader brought it back": _("the leader brought it back"),
    "the leader answered a check": _("the leader answered a question about it"),
    "the leader says it is the same training": _("the leader says it is the same training"),
    "details added": _("details were added"),
    "the team removed it": _("the team removed it"),
    "the team brought it back": _("the team brought it back"),
}
"""Why a revision was replaced, as the turns and the team's operations write it; behind a colon: in their words."""
