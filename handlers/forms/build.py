"""Sheets of an XLSForm -> `Form`, or every mistake in them at once.

Beyond XLSForm's columns the survey sheet may have

    sms_alias         labels in one-line SMS, separated by spaces; _ stands for a space: "F W FEMMES NEW_WOMEN"
    sms_step_alias    labels that count only while the question's own step is open
    sms_position      place among the bare numbers of the one-line form, 1 to n
    sms_stands_for    this question replaces those, when one number comes where they could all come
    sms::English (en) the SMS prompt, where it is not label and hint; {choices} {title} {n} {m} {sender}
    short::...        short name, for receipts, cards and lists
    ask               "never" or "optional": only understood; or a condition: asked only when it holds
    store             "no": neither stored nor exported

the choices sheet `sms_alias` and `short::...`, the settings sheet `sms_keyword` (several words),
`sms_prefix::...` (default "{title} {n}/{m}.", "none" for none) and `draft_languages`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from handlers.forms.cells import FIRST_ROW, Cells, Row, Sheets, lists, typed
from handlers.forms.expressions import Expression
from handlers.forms.form import Form
from handlers.forms.mistakes import Mistake
from handlers.forms.model import (
    QUESTION_TYPES,
    SAID,
    SELECTS,
    SENT,
    UNASKED,
    BadForm,
    Choice,
    Question,
    Step,
)
from handlers.forms.rules import check_form, placed
from handlers.turn.nouns import Label

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_ASK: Final[Mapping[str, Literal["", "optional", "never"]]] = {"": "", "optional": "optional", "never": "never"}
_REPEATS: Final = ("begin repeat", "end repeat")


@dataclass(slots=True)
class _Group:
    name: str
    row: int
    cells: Row
    conditions: tuple[Expression, ...]
    field_list: bool
    questions: list[Question] = field(default_factory=list)
    notes: list[Label] = field(default_factory=list)


class _Survey:
    """The survey sheet, read row by row."""

    def __init__(self, cells: Cells, lists: Mapping[str, tuple[Choice, ...]]) -> None:
        self.cells = cells
        self.lists = lists
        self.open: list[_Group] = []
        self.questions: list[Question] = []
        self.steps: list[Step] = []
        self.notes: list[Label] = []
        self.rows: dict[str, int] = {}

    def read(self) -> None:
        """All rows, in order."""
        for number, row, cells in self.cells.read("survey"):
            self._row(number, row, cells)
        for group in self.open:
            found = Mistake("the group {name!r} is not closed; add a row 'end group'", name=group.name)
            self.cells.wrong("survey", group.row, found)

    def _row(self, number: int, row: Row, cells: dict[str, str]) -> None:
        words = typed(cells.get("type", ""))
        kind = " ".join(words).replace("_", " ").lower()
        if not words:
            self.cells.wrong("survey", number, Mistake("there is no type; write one, or empty the whole row"))
        elif kind in _REPEATS:
            found = Mistake("repeats are not supported; make a form of its own for what repeats")
            self.cells.wrong("survey", number, found)
        elif kind == "begin group":
            self._begin(number, row, cells)
        elif kind == "end group":
            self._end(number)
        else:
            self._question(number, row, cells, words)

    def _named(self, number: int, cells: Mapping[str, str]) -> str:
        name = cells.get("name", "")
        if not _NAME.fullmatch(name):
            found = Mistake("the name {name!r} cannot be used; letters, digits, _ only", name=name)
            self.cells.wrong("survey", number, found)
        elif name in self.rows:
            found = Mistake(
                "the name {name!r} is used in row {row} too; give it another", name=name, row=self.rows[name]
            )
            self.cells.wrong("survey", number, found)
        self.rows.setdefault(name, number)
        return name

    def _begin(self, number: int, row: Row, cells: Mapping[str, str]) -> None:
        own = self.cells.expression(number, "relevant", cells.get("relevant", ""))
        around = self.open[-1].conditions if self.open else ()
        field_list = "field-list" in cells.get("appearance", "").split()
        if self.open and self.open[-1].field_list:
            found = Mistake("a group inside a field-list group is not supported; close that first")
            self.cells.wrong("survey", number, found)
        name = self._named(number, cells)
        self.open.append(_Group(name, number, row, (*around, *([own] if own else [])), field_list))

    def _end(self, number: int) -> None:
        if not self.open:
            self.cells.wrong("survey", number, Mistake("'end group' without a group; delete the row"))
            return
        group = self.open.pop()
        if not group.field_list:
            return
        asked = [question for question in group.questions if not question.shows_only]
        if not (asked or group.notes):
            found = Mistake("the group {name!r} asks nothing; delete it", name=group.name)
            self.cells.wrong("survey", group.row, found)
            return
        label, hint, sms, short = (
            self.cells.label("survey", group.cells, base) for base in ("label", "hint", "sms", "short")
        )
        headed = sms.texts or (label.texts and len(asked) != 1)
        if not headed or not _in_one_sms(asked):
            self.notes += group.notes
            for question in group.questions:
                self._asks(question)
            return
        self.cells.need_languages("survey", group.row, Mistake("the group {name!r}", name=group.name), label, sms)
        notes, self.notes = (*self.notes, *group.notes), []
        self.steps.append(
            Step(group.name, label, hint, tuple(group.questions), sms, short if short.texts else label, notes)
        )

    def _question(self, number: int, row: Row, cells: Mapping[str, str], words: list[str]) -> None:
        kind, list_name = words[0], " ".join(words[1:])
        from_file = kind == "select_one_from_file"
        if from_file:
            kind, list_name = "select_one", list_name.removesuffix(".csv")
        if kind not in QUESTION_TYPES or (list_name and kind not in SELECTS):
            known = ", ".join((*QUESTION_TYPES, "select_one_from_file X.csv", "begin group", "end group"))
            found = Mistake(
                "the type {type!r} is not supported; there are: {known}", type=" ".join(words), known=known
            )
            self.cells.wrong("survey", number, found)
            self._named(number, cells)
            return
        question = self._read(number, row, cells, kind, list_name, from_file)
        group = self.open[-1] if self.open else None
        if kind == "note":
            (group.notes if group and group.field_list else self.notes).append(question.label)
        self.questions.append(question)
        if group and group.field_list:
            group.questions.append(question)
        else:
            self._asks(question)

    def _asks(self, question: Question) -> None:
        """A step of its own, with the notes before it."""
        if not question.shows_only and question.stored and not question.stands_for:
            notes, self.notes = tuple(self.notes), []
            self.steps.append(
                Step(question.name, question.label, question.hint, (question,), question.sms, question.called, notes)
            )

    def _read(
        self, number: int, row: Row, cells: Mapping[str, str], kind: str, list_name: str, from_file: bool
    ) -> Question:
        name = self._named(number, cells)
        choices = () if kind not in SELECTS or from_file else self._list(number, list_name)
        columns = {column for choice in choices for column in choice.extra}
        around = self.open[-1].conditions if self.open else ()

        def formula(column: str, bare: set[str] | None = None) -> Expression | None:
            return self.cells.expression(number, column, cells.get(column, ""), bare or ())

        relevant = formula("relevant")
        return Question(
            name=name,
            type=kind,
            required=self.cells.flag(number, "required", cells.get("required", "")),
            relevant=relevant,
            conditions=(*around, *([relevant] if relevant else [])),
            constraint=formula("constraint"),
            calculation=formula("calculation"),
            default=self._default(number, cells.get("default", ""), kind),
            list_name=list_name,
            choices=choices,
            from_file=from_file,
            choice_filter=formula("choice_filter", columns),
            group=self.open[-1].name if self.open else "",
            aliases=tuple(cells.get("sms_alias", "").split()),
            step_aliases=tuple(cells.get("sms_step_alias", "").split()),
            position=self._position(number, cells.get("sms_position", "")),
            stands_for=tuple(cells.get("sms_stands_for", "").split()),
            appearance=cells.get("appearance", ""),
            read_only=self.cells.flag(number, "read_only", cells.get("read_only", "")),
            stored=kind != "note" and self.cells.flag(number, "store", cells.get("store", ""), default=True),
            row=number,
            ask=_ASK.get(cells.get("ask", ""), ""),
            asked_when=None if cells.get("ask", "") in _ASK else formula("ask"),
            **self._texts(number, row, kind, cells),
        )

    def _texts(self, number: int, row: Row, kind: str, cells: Mapping[str, str]) -> dict[str, Label]:
        found = {
            base: self.cells.label("survey", row, base)
            for base in ("label", "hint", "sms", "short", "constraint_message")
        }
        what = Mistake("the question {name!r}", name=cells.get("name", ""))
        if kind not in UNASKED or kind == "note":
            self.cells.need_languages("survey", number, what, found["label"])
        if cells.get("constraint"):
            message = Mistake("constraint_message of {what}", what=what)
            self.cells.need_languages("survey", number, message, found["constraint_message"])
        return found

    def _default(self, number: int, text: str, kind: str) -> Expression | None:
        """A default is an expression when it looks like one, else the text itself."""
        if not text:
            return None
        looks = "${" in text or text.endswith(")") or (kind in ("integer", "decimal"))
        quoted = "'" + text.replace("'", "’") + "'"
        return self.cells.expression(number, "default", text if looks else quoted)

    def _position(self, number: int, text: str) -> int | None:
        if not text:
            return None
        if not text.isdecimal() or int(text) < 1:
            found = Mistake("sms_position is {text!r}; write a number from 1", text=text)
            self.cells.wrong("survey", number, found)
            return None
        return int(text)

    def _list(self, number: int, name: str) -> tuple[Choice, ...]:
        if name not in self.lists:
            found = Mistake("the list {name!r} is not on the choices sheet; add it there", name=name)
            if name.endswith("or_other"):
                found = Mistake("or_other is not supported; add the choice other, and a text question for it")
            self.cells.wrong("survey", number, found)
        return self.lists.get(name, ())


def _in_one_sms(asked: Sequence[Question]) -> bool:
    """Whether one answer can hold them: words stand only behind what is read, and nothing is sent in it."""
    return all(one.type in SAID for one in asked[:-1]) and not any(one.type in SENT for one in asked[-1:])


def build(sheets: Sheets, *, kept: bool = False) -> Form:
    """The form of these sheets; `kept`: it is in use already.

    Raises BadForm with every mistake: sheet, row, what was found, what to do.
    """
    cells = Cells(sheets, kept)
    if not sheets.get("survey"):
        cells.wrong("survey", 0, Mistake("the sheet is missing or empty; a form needs a sheet named survey"))
        raise BadForm(cells.problems)
    cells.read_headers()
    survey = _Survey(cells, lists(cells))
    survey.read()
    row = cells.row("settings")
    settings = cells.bases("settings", row)
    if not settings.get("form_id"):
        missing = Mistake("form_id is missing; give the form a short name without spaces")
        cells.wrong("settings", FIRST_ROW, missing)
    title = cells.label("settings", row, "form_title")
    questions, steps = placed(survey.questions, survey.steps)
    shared: dict[str, Any] = {
        "name": settings.get("form_id", ""),
        "version": settings.get("version", "1"),
        "title": title if title.texts else Label({"en": settings.get("form_id", "")}),
        "languages": cells.languages,
        "drafts": cells.drafts,
        "questions": questions,
        "all_steps": steps,
        "prefix": cells.label("settings", row, "sms_prefix"),
        "keywords": tuple(settings.get("sms_keyword", "").split()),
    }
    check_form(cells, **shared)
    if cells.problems:
        raise BadForm(cells.problems)
    return Form(**shared)
