"""A form as a live programme may say it: without the texts that no native speaker has signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from handlers.forms.form import Form
from handlers.forms.model import Choice, Question, Step
from handlers.turn.nouns import Label

_TEXTS: Final = ("label", "hint", "sms", "short", "constraint_message")


def as_said(forms: Mapping[str, Form], drafts: bool) -> Mapping[str, Form]:
    """The forms of a programme that says drafts, or of one that does not."""
    return forms if drafts else {name: signed(form) for name, form in forms.items()}


@lru_cache(maxsize=256)
def signed(form: Form) -> Form:
    """The form without its draft languages, which fall back as everywhere; what they call a choice is understood."""
    languages = [language for language in form.languages if language not in form.drafts]
    if not languages or len(languages) == len(form.languages):
        return form

    def left(label: Label) -> Label:
        return Label({language: text for language, text in label.texts.items() if language not in form.drafts})

    def choice(one: Choice) -> Choice:
        drafts = (label.texts.get(language, "") for label in (one.label, one.short) for language in form.drafts)
        heard = tuple(text.replace(" ", "_") for text in drafts if text)
        return replace(one, label=left(one.label), short=left(one.short), aliases=(*one.aliases, *heard))

    def question(q: Question) -> Question:
        texts: dict[str, Any] = {name: left(getattr(q, name)) for name in _TEXTS}
        return replace(q, choices=tuple(map(choice, q.choices)), **texts)

    def step(s: Step) -> Step:
        texts: dict[str, Any] = {name: left(getattr(s, name)) for name in _TEXTS[:4]}
        own = tuple(questions[q.name] for q in s.questions)
        return replace(s, questions=own, notes=tuple(map(left, s.notes)), **texts)

    questions = {q.name: question(q) for q in form.questions}
    return Form(
        name=form.name,
        version=form.version,
        title=left(form.title),
        languages=languages,
        drafts=form.drafts,
        questions=tuple(questions.values()),
        all_steps=tuple(map(step, form.all_steps)),
        prefix=left(form.prefix),
        keywords=form.keywords,
    )
