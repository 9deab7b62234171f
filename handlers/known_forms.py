"""The forms of the programme as conversations see them: what each does beyond asking, what it may look at."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from handlers import head_count
from handlers.business import Business
from handlers.forms import Choice, Context, Form, Reading, Step, Values
from handlers.forms.atoms import DAY_NAMES
from handlers.forms.tables import EVERYBODY
from handlers.kinds import Kind
from handlers.training import Training
from handlers.turn import Association, AssociationOf, Figures, Label, Report, Turn
from handlers.turn import Business as Owned
from handlers.understand.choices import picked
from handlers.understand.phrases import CHANGES
from handlers.understand.vocabulary import IT_IS, POLITE
from handlers.understand.words import Token, plain, tokens

KINDS: dict[str, Kind] = {"training": Training(), "business": Business()}
"""The forms that do more than ask; every other form is just `Kind`."""
_ANY = Kind()
_APART = re.compile(r"\s*\d(?:\s+\d)+\s*")
_FIGURES = re.compile(r"\W*\d{1,4}(?:[\s.,;:*/-]+\d{1,4}){5,}\W*")
"""So many figures and nothing else are meant as a report, though one of them is no day, no topic, or one too many."""
_MORE = re.compile(r"\s*(\d{1,3}[\s,;]+\d{1,3})[\s,;]+(\d{1,3}(?:[\s,;]+\d{1,3})?)[\s.]*")
_SHORTEST_NAME = 3
_BY_SEX = (("women", "men"), ("new_women", "new_men"))


def context(turn: Turn, association: Association | None) -> Context:
    """What a form may look at: the day, the language, this association's places and businesses."""
    lists = _lists(association.collines, association.businesses) if association else _NO_LISTS
    names = _names(
        *((association.sms_name, association.officer) if association else ()),
        *(person.sms_name for person in turn.people),
    )
    rich = turn.address.rich
    return Context(turn.today, turn.language, turn.programme.start, lists, turn.programme.sender, rich, names)


@lru_cache(maxsize=4096)
def _names(*names: str) -> frozenset[str]:
    words = (token.text for name in names for token in tokens(name) if token.kind == "word")
    return frozenset(word for word in words if len(word) >= _SHORTEST_NAME)


@lru_cache(maxsize=4096)
def _lists(places: tuple[str, ...], businesses: tuple[Owned, ...]) -> Mapping[str, tuple[Choice, ...]]:
    """The choices of one association, for all its turns."""
    return {
        "collines": tuple(Choice(name, Label({"en": name})) for name in places),
        "businesses": tuple(Choice(b.no, Label({"en": f"{b.no} ({b.type})"})) for b in businesses),
    }


_NO_LISTS = _lists((), ())


def kind_of(form: Form) -> Kind:
    """What this form does beyond asking."""
    return KINDS.get(form.name, _ANY)


def form_of(turn: Turn, name: str) -> Form:
    """The form by name; a form that was removed while a report was half made is an error of ours."""
    return turn.forms[name]


def association_of(turn: Turn, draft: Mapping[str, Any]) -> Association | None:
    """The association a half-made report belongs to; one of the team reports for any."""
    number = draft.get("association")
    if number is not None and turn.person and turn.person.kind == "staff":
        there: Association | None = turn.known(AssociationOf(number))
        return there
    people = (p.association for p in turn.people if p.association)
    return next((a for a in people if a.id == number), None)


def figures_after(
    turn: Turn, form: Form, association: Association | None, report: Report | None, new: Mapping[str, Any] | None
) -> Figures | None:
    """The association's figures once a stored report (None: a first one) has these values (None: is gone)."""
    kind = kind_of(form)
    if turn.programme.practice or any(p.practice for p in turn.people):
        return kind.after(turn, association, None, None)
    counted = report is not None and report.state in ("reported", "doubtful")
    return kind.after(turn, association, report.values if report and counted else None, new)


def read_line(form: Form, text: str, ctx: Context) -> Reading:
    """A whole report in one line. The card's line does not say which of several businesses: that is asked."""
    if form.name == "training":
        return head_count.read(text, lambda said: form.read_line(said, ctx))
    reading = form.read_line(text, ctx)
    if reading.status not in ("leftover", "ambiguous"):
        return reading
    for question in form.tables.from_file:
        listed = ctx.lists.get(question.list_name, ())
        if question.required and len(listed) > 1:
            other = form.read_line(text, ctx, {question.name: listed[0].name})
            if other.status == "whole" and question.name not in other.values:
                return other
    return reading


def read_answer(form: Form, step: Step, text: str, ctx: Context, values: Values) -> Reading:
    """What an answer says. To "which topics?" alone, `1 3` is `13`: there is nothing else it could be."""
    if form.name == "training" and plain(text).rstrip(".! ") in EVERYBODY:
        came = [values.get(name) for name in ("women", "men")]
        if "new_women" in {question.name for question in step.questions} and None not in came:
            return Reading("whole", dict(zip(("new_women", "new_men"), came, strict=True)))
    several = len(step.questions) == 1 and step.questions[0].type == "select_multiple"
    if several and _APART.fullmatch(text):
        text = "".join(text.split())
    asked = {question.name for question in step.questions}
    names = next((pair for pair in _BY_SEX if asked.issuperset(pair)), None)
    if form.name != "training" or names is None:
        return form.read_answer(step, text, ctx, values)
    if names == _BY_SEX[0] and (both := _MORE.fullmatch(text)):
        return _with_new(form, step, both, ctx, values)
    return head_count.read(text, lambda said: form.read_answer(step, said, ctx, values), names)


def _with_new(form: Form, step: Step, both: re.Match[str], ctx: Context, values: Values) -> Reading:
    """12 7 5 3 to "how many women, then men?": the new ones follow, as in the whole line."""
    came = form.read_answer(step, both[1], ctx, values)
    new = form.read_answer(form.step_of("new_women"), both[2], ctx, {**values, **came.values})
    whole = came.status == new.status == "whole"
    return Reading("whole", {**came.values, **new.values}) if whole else form.read_answer(step, both[0], ctx, values)


def names(form: Form, step: str, said: Sequence[Token]) -> bool:
    """Whether a label, a choice or a written day of this step itself is in a message; a figure may be for any."""
    if any(question.type == "date" for question in form.step(step).questions):
        return any(token.kind == "date" or token.text in DAY_NAMES for token in said)
    own = {question.name for question in form.step(step).questions}
    own |= {other.name for name in own for other in form.stand_ins(name)}
    words = {token.text for token in said}
    return any(
        question in own and words.issuperset(phrase)
        for table in (form.tables.labels, form.tables.choices)
        for phrase, meanings in table.words.items()
        for question, _ in meanings
    )


def picked_change(text: str, steps: Sequence[str]) -> int:
    """The digit that "date", "5 enlever" or "personnes" stands for, of what E1 offers of a training; 0: none."""
    picks = picked(text, [CHANGES.get(step, ()) for step in (*steps, "")], IT_IS, near=False)
    return picks[0] if len(picks) == 1 else 0


def line_of(turn: Turn, association: Association) -> tuple[Form, Reading] | None:
    """The form that a message is a line of: one that reads the whole of it goes before one that reads a part."""
    found = None
    ctx = context(turn, association)
    others = _begun_with(turn)
    for form in turn.forms.values():
        reading = read_line(form, turn.inbound.text, ctx)
        if others and form.name not in others:
            continue
        if reading.status == "whole":
            return form, reading
        if found is None and reading.status != "nothing":
            found = form, reading
    return found


def _begun_with(turn: Turn) -> frozenset[str]:
    """The forms with whose keyword a line without a written day begins: BIZ 7 1 450000 is of no training."""
    words = [token for token in tokens(turn.inbound.text) if token.text not in POLITE]
    if not words or any(token.kind == "date" or token.text in DAY_NAMES for token in words):
        return frozenset()
    return frozenset(form.name for form in turn.forms.values() if words[0].text in form.tables.keywords)


def meant_as_line(turn: Turn) -> Form | None:
    """The form whose line a message of nothing but figures was meant to be, though no form can read it."""
    if _FIGURES.fullmatch(turn.inbound.text) is None:
        return None
    return next((form for form in turn.forms.values() if form.tables.dates), None)


def looks_like_report(turn: Turn) -> bool:
    """Whether a message is a report in one line, whichever association it is for."""
    associations = [person.association for person in turn.people if person.association]
    ctx = context(turn, associations[0] if associations else None)
    return any(read_line(form, turn.inbound.text, ctx).status != "nothing" for form in turn.forms.values())
