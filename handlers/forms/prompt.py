"""The question of a step as it is asked: by SMS with its place in the form, its choices numbered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from handlers.forms import saying
from handlers.forms.filling import Filling
from handlers.forms.model import SELECTS, Context, Step, Values
from handlers.forms.scope import Evaluation
from handlers.turn.nouns import Label, Spoken

_PREFIX: Final = "{title} {n}/{m}."


def prompt(form: Filling, step: Step, values: Values, ctx: Context, rich: bool) -> Label:
    """The question as it is asked: by SMS with its prefix, its choices numbered; by chat label and hint."""
    return Label(Spoken(form.languages, lambda language: _asked(form, step, values, ctx, rich, language)))


def _asked(form: Filling, step: Step, values: Values, ctx: Context, rich: bool, language: str) -> str:
    """The question in one language; '' when it has none."""
    sms = "" if rich else step.sms.texts.get(language, "")
    body = sms or " ".join(filter(None, (step.label.texts.get(language), step.hint.texts.get(language))))
    if not body:
        return ""
    scope = Evaluation(form, values, ctx, language)
    named = {"title": form.title.text(language), "sender": ctx.sender}
    if len(step.questions) == 1 and step.questions[0].type in SELECTS:
        named["choices"] = saying.numbered(step.questions[0], scope)
        body += "" if rich or sms else " {choices}"
    elif "?" not in body and len(step.questions) > 1:
        body = " ".join((body, *_parts(step, scope)))
    notes = [note.text(language) for note in step.notes]
    parts = (*notes, *(() if rich else (_prefix(form, language),)), body)
    if not rich and any("{n}" in part or "{m}" in part for part in parts):
        place, many = form.progress(step, values, ctx)
        named |= {"n": str(place), "m": str(many)}
    return " ".join(filter(None, (saying.fill(part, scope, named) for part in parts)))


def _parts(step: Step, scope: Evaluation) -> Iterator[str]:
    """What a group asks whose own text is a heading and no question: the label of each question, and its choices."""
    for question in step.questions:
        if question.shows_only or (question.conditions and not scope.relevant(question)):
            continue
        yield question.label.text(scope.language)
        if question.type in SELECTS:
            yield saying.numbered(question, scope)


def _prefix(form: Filling, language: str) -> str:
    given = form.prefix.texts.get(language) or form.prefix.text(language) or _PREFIX
    return "" if given == saying.NO_PREFIX else given
