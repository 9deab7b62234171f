"""What a form says: prompts, values in words, texts with their figures filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

from handlers.forms.definition import Definition
from handlers.forms.functions import Value, string
from handlers.forms.model import SELECTS, Choice, Context, Question, Values
from handlers.forms.scope import Evaluation
from handlers.turn.nouns import Label

_PLACE: Final = re.compile(r"\$\{\s*([^{}]+?)\s*\}|\{(\w+)\}")
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d")
PLACES: Final = frozenset(("choices", "title", "n", "m", "sender"))
"""What stands in braces in a form's texts; everything else there is a mistake."""
NO_PREFIX: Final = "none"
UNKNOWN: Final = "?"


@lru_cache(maxsize=4096)
def pieces(text: str) -> tuple[tuple[str, str, str], ...]:
    """(text before, question, place) of every ${question} and {place}, then the text after them."""
    found, at = [], 0
    for match in _PLACE.finditer(text):
        found.append((text[at : match.start()], match[1] or "", match[2] or ""))
        at = match.end()
    return (*found, (text[at:], "", ""))


def fill(text: str, scope: Evaluation, named: Mapping[str, str]) -> str:
    """The text with ${question} and {place} filled in."""
    if "{" not in text:
        return text
    said = []
    for before, question, place in pieces(text):
        said.append(before)
        if question:
            said.append(spoken(scope.value(question)))
        elif place:
            said.append(named.get(place, ""))
    return "".join(said)


def spoken(value: Value) -> str:
    """A value in a text: a date as day/month."""
    text = string(value)
    if len(text) == 10 and _ISO.fullmatch(text):
        return day_month(text)
    return text


def day_month(iso: str) -> str:
    """2026-11-12 -> 12/11, the way dates are said everywhere."""
    day = date.fromisoformat(iso)
    return f"{day.day}/{day.month}"


def filled(
    form: Definition, label: Label, values: Values, ctx: Context, named: Mapping[str, str] | None = None
) -> Label:
    """A label with its figures filled in, in every language it has."""
    named = named or {"sender": ctx.sender}
    texts = label.texts
    if not any("{" in text for text in texts.values()):
        return label
    return Label(
        {language: fill(text, Evaluation(form, values, ctx, language), named) for language, text in texts.items()}
    )


def shown(form: Definition, name: str, value: Any, ctx: Context | None) -> Label:
    """A value in words: the labels of choices, a date as 12/11, ? for what is not known."""
    question = form.question(name)
    if value is None or value == "" or value == []:
        return Label({form.languages[0]: UNKNOWN})
    if question.type not in SELECTS:
        if question.type == "date":
            return Label({form.languages[0]: day_month(str(value))})
        return Label({form.languages[0]: string(value)})
    listed = question.choices if ctx is None or not question.from_file else ctx.lists.get(question.list_name, ())
    names = value if isinstance(value, list | tuple) else [value]
    labels = [_label(listed, one) for one in names]
    if len(labels) == 1:
        return labels[0]
    return Label({language: ", ".join(label.text(language) for label in labels) for language in form.languages})


def _label(listed: Sequence[Choice], name: Any) -> Label:
    for choice in listed:
        if choice.name == name:
            return Label({**choice.label.texts, **choice.short.texts}) if choice.short.texts else choice.label
    return Label({"en": str(name)})


def numbered(question: Question, scope: Evaluation) -> str:
    """1 business 2 value chain 3 processing."""
    listed = enumerate(scope.choices(question), start=1)
    return " ".join(f"{digit} {choice.label.text(scope.language)}" for digit, choice in listed)
