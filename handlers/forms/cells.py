"""Cells of a form's sheets: column names, languages, expressions; every mistake is collected with its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz.distance import OSA

from handlers.forms.expressions import BadExpression, Expression, compiled
from handlers.forms.mistakes import Mistake
from handlers.forms.model import NO_LABEL, Choice
from handlers.turn.nouns import LANGUAGES, Label

Row = Mapping[str, str]
Sheets = Mapping[str, Sequence[Row]]
"""The sheets survey, choices and settings as pyxform reads them: a dict of column to text per row."""

FIRST_ROW: Final = 2
"""The row under the header, as a spreadsheet counts."""

SURVEY: Final = frozenset(
    [
        "type",
        "name",
        "label",
        "hint",
        "required",
        "required_message",
        "relevant",
        "constraint",
        "constraint_message",
        "calculation",
        "default",
        "choice_filter",
        "appearance",
        "read_only",
        "parameters",
        "guidance_hint",
        "sms_alias",
        "sms_step_alias",
        "sms_position",
        "sms_stands_for",
        "sms",
        "short",
        "ask",
        "store",
    ]
)
CHOICES: Final = frozenset(["list_name", "name", "label", "short", "sms_alias"])
SETTINGS: Final = frozenset(
    [
        "form_id",
        "form_title",
        "version",
        "default_language",
        "sms_keyword",
        "sms_prefix",
        "draft_languages",
        "style",
        "instance_name",
        "public_key",
        "submission_url",
        "id_string",
    ]
)
_SAME: Final = {
    "readonly": "read_only",
    "relevance": "relevant",
    "calculate": "calculation",
}
_OF_THE_APP: Final = frozenset(
    ["start", "end", "today", "deviceid", "phonenumber", "username", "email", "simserial", "subscriberid", "audit"]
    + ["start-geopoint", "background-audio"]
)
"""What Collect and Kobo's app note by themselves, in nearly every form; an SMS has its own time and sender."""
_SHORT: Final = 5
"""Letters of a word that is another one with two of them changed: note is no slip of name."""
_MEDIA: Final = frozenset(["media", "image", "big-image", "audio", "video"])
_TAGS: Final = re.compile(r"</?[A-Za-z][^<>]*>|\*\*(?=\S)|(?<=\S)\*\*|^#{1,6} ")
"""What a form's app shows as bold, coloured or large."""
_LANGUAGE: Final = re.compile(r"(.+?)\s*\((\w+)\)")
_YES: Final = frozenset(("yes", "true", "true()", "1"))
_NO: Final = frozenset(("", "no", "false", "false()", "0"))


_SAME_TYPE: Final = {
    "string": "text",
    "int": "integer",
    "photo": "image",
    "select": "select_one",
    "select1": "select_one",
}
_SPACED: Final = re.compile(r"select (one|multiple)\b", re.IGNORECASE)


def typed(text: str) -> list[str]:
    """The words of a type, in today's spelling: select1 yn -> select_one, yn."""
    words = _SPACED.sub(lambda found: f"select_{found[1].lower()}", text.strip(), count=1).split()
    return [_SAME_TYPE.get(words[0], words[0]), *words[1:]] if words else []


@dataclass(slots=True)
class Cells:
    """One form's sheets while they are read."""

    sheets: Sheets
    kept: bool = False
    """Whether it is in use already: what is refused since then must not stop a start."""
    problems: list[Mistake] = field(default_factory=list)
    headers: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    """(sheet, header) -> base column and language code."""
    languages: tuple[str, ...] = ()
    drafts: frozenset[str] = frozenset()

    def wrong(self, sheet: str, row: int, found: Mistake) -> None:
        """Note a mistake: where it is, what was found, what to do."""
        where = Mistake("{sheet}, row {row}", sheet=sheet, row=row) if row else sheet
        self.problems.append(Mistake("{where}: {what}", where=where, what=found))

    def read_headers(self) -> None:
        """Sort out every column: its base name and its language; note what cannot be understood."""
        settings = self.row("settings")
        default = self._code(settings.get("default_language", "English (en)")) or "en"
        seen: dict[str, None] = {}
        for sheet, known in (("survey", SURVEY), ("choices", CHOICES), ("settings", SETTINGS)):
            named: dict[str, None] = dict.fromkeys(header for row in self.sheets.get(sheet, ()) for header in row)
            for header in named:
                base, separator, language = header.partition("::")
                if (
                    not (separator or self.kept)
                    and header.partition(":")[0].strip().lower() in known
                    and ":" in header
                ):
                    self.wrong(
                        sheet,
                        1,
                        Mistake("column {header!r}: write two colons, as label::English (en)", header=header),
                    )
                base = "_".join(base.lower().split())  # "constraint message" is one of XLSForm's spellings too
                base = _SAME.get(base, base)
                code = self._code(language) if separator else default
                if separator and code is None and base in known:
                    codes = ", ".join(LANGUAGES)
                    found = "column {header!r}: write the language as English (en); codes: {codes}"
                    self.wrong(sheet, 1, Mistake(found, header=header, codes=codes))
                self.headers[sheet, header] = (base, code or default)
                if separator and code and base in known:
                    seen[code] = None
                if base not in known:
                    self._unknown_column(sheet, header, base, known)
        self.languages = tuple(code for code in ("en", "fr", "rn", "sw") if code in seen) or (default,)
        self.drafts = frozenset(settings.get("draft_languages", "").split())

    def _unknown_column(self, sheet: str, header: str, base: str, known: Collection[str]) -> None:
        """A column of the staff's own is fine; one that looks like a slip, or whose meaning would be lost, is not."""
        if self.kept:
            return
        if base in _MEDIA and sheet != "settings":
            found = Mistake(
                "column {header!r}: no picture or sound is sent with a question;"
                " say in the label what it shows, and delete the column",
                header=header,
            )
            self.wrong(sheet, 1, found)
            return
        if base == "trigger" and sheet == "survey":
            found = Mistake(
                "column {header!r} is not supported: what is calculated follows every answer; delete the column",
                header=header,
            )
            self.wrong(sheet, 1, found)
            return
        slip = 1 if len(base) <= _SHORT else 2
        near = [name for name in known if len(name) > 3 and OSA.distance(base, name, score_cutoff=slip) <= slip]
        if near and sheet != "choices":
            found = Mistake("column {header!r} is not known; did you mean {near!r}?", header=header, near=near[0])
            self.wrong(sheet, 1, found)

    def read(self, sheet: str) -> Iterator[tuple[int, Row, dict[str, str]]]:
        """Its rows that count, with their numbers and their cells by base column."""
        for number, row in enumerate(self.sheets.get(sheet, ()), FIRST_ROW):
            cells = self.bases(sheet, row)
            off = cells.get("disabled", "").lower() in _YES
            if row and not off and cells.get("type", "").lower() not in _OF_THE_APP:
                yield number, row, cells

    @staticmethod
    def _code(language: str) -> str | None:
        found = _LANGUAGE.fullmatch(language.strip())
        code = (found[2] if found else language.strip()).lower()
        return code if code in LANGUAGES else None

    def row(self, sheet: str, index: int = 0) -> Row:
        """One row, an empty one when there is none."""
        rows = self.sheets.get(sheet, ())
        return rows[index] if index < len(rows) else {}

    def bases(self, sheet: str, row: Row) -> dict[str, str]:
        """The row's cells by base column (those without languages)."""
        return {self.headers[sheet, header][0]: text.strip() for header, text in row.items()}

    def label(self, sheet: str, row: Row, base: str) -> Label:
        """The texts of one column in all its languages."""
        texts = {
            self.headers[sheet, header][1]: _TAGS.sub("", text).strip()
            for header, text in row.items()
            if self.headers[sheet, header][0] == base and text.strip()
        }
        return Label(texts) if texts else NO_LABEL

    def need_languages(self, sheet: str, number: int, what: Mistake, *labels: Label) -> None:
        """Every language of the form that is no draft needs one of these labels."""
        for code in self.languages:
            if code not in self.drafts and not any(label.texts.get(code) for label in labels):
                found = (
                    "{what} has no text in language {code!r};"
                    " fill its column, or name {code!r} in draft_languages on the settings sheet"
                )
                self.wrong(sheet, number, Mistake(found, what=what, code=code))

    def expression(self, number: int, column: str, source: str, columns: Collection[str] = ()) -> Expression | None:
        """The expression in a survey cell; None when it is empty or wrong."""
        if not source:
            return None
        try:
            return compiled(source, columns)
        except BadExpression as error:
            found = Mistake("{column} {source!r}: {what}", column=column, source=source, what=error.mistake)
            self.wrong("survey", number, found)
            return None

    def flag(self, number: int, column: str, text: str, default: bool = False) -> bool:
        """A yes or no cell."""
        if not text:
            return default
        if text.lower() in _YES:
            return True
        if text.lower() not in _NO:
            found = Mistake("{column} is {text!r}; write yes, or no, or leave it empty", column=column, text=text)
            self.wrong("survey", number, found)
        return False


def lists(cells: Cells) -> dict[str, tuple[Choice, ...]]:
    """The choices sheet, by list."""
    choices: dict[str, tuple[Choice, ...]] = {}
    own = {"list_name", "name", "label", "short", "sms_alias"}
    for place, row in enumerate(cells.sheets.get("choices", ())):
        if not row:
            continue
        number, found = place + FIRST_ROW, cells.bases("choices", row)
        list_name, name = found.get("list_name", ""), found.get("name", "")
        if not list_name or not name or " " in name:
            cells.wrong("choices", number, Mistake("a choice needs list_name and name, both without spaces"))
            continue
        if name in {choice.name for choice in choices.get(list_name, ())}:
            twice = Mistake(
                "the choice {name!r} is twice in the list {list!r}; rename one", name=name, list=list_name
            )
            cells.wrong("choices", number, twice)
            continue
        label, short = (cells.label("choices", row, base) for base in ("label", "short"))
        cells.need_languages("choices", number, Mistake("the choice {name!r}", name=name), label)
        extra = {base: text for base, text in found.items() if base not in own}
        aliases = tuple(found.get("sms_alias", "").split())
        choices[list_name] = (*choices.get(list_name, ()), Choice(name, label, aliases, extra, short))
    return choices
