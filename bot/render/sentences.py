"""A sentence of the programme with its values: English where it is made, French for who reads French.

The French of all stands in reports.po, by its English. What a check or an act has to say goes on as a sentence, and
is worded where it is shown: a command prints it, the console says it in the language of the reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files

from babel.messages.pofile import read_po

from bot.render.french import together
from bot.render.plural import Number, is_one
from handlers.forms import Mistake

LANGUAGES = ("en", "fr")
"""In which the programme speaks to its staff."""
_LISTED = 10


@lru_cache(maxsize=1)
def french() -> Mapping[str, str]:
    """English -> French."""
    place = files("templates") / "locale" / "fr" / "LC_MESSAGES" / "reports.po"
    there = read_po(place.read_text("utf-8").splitlines(keepends=True), locale="fr", abort_invalid=True)
    return {str(one.id): together(str(one.string)) for one in there if one.id and one.string}


class Sentence(str):
    """In English as it is, in another language by `said`.

    Values fill the places in braces, as bot/render/plural.py says them. A value may be a sentence itself, or a tuple
    of what commas set apart.
    """

    _english: str
    _values: Mapping[str, object]

    def __new__(cls, english: str, **values: object) -> Sentence:
        """Made with its values."""
        made = super().__new__(cls, _filled(english, values, "en"))
        made._english, made._values = english, values
        return made

    def said(self, language: str) -> str:
        """For a reader of `language`, en or fr."""
        text = self._english if language == "en" else french().get(self._english, self._english)
        return _filled(text, self._values, language)


def worded(text: str, language: str) -> str:
    """What was said in English, as a sentence or plainly, for a reader of `language`."""
    return text.said(language) if isinstance(text, Sentence) else str(text)


def _filled(text: str, values: Mapping[str, object], language: str) -> str:
    return text.format(**{name: _value(value, language) for name, value in values.items()})


def _value(value: object, language: str) -> str:
    if isinstance(value, Sentence):
        return value.said(language)
    if isinstance(value, tuple):
        return ", ".join(_value(one, language) for one in value)
    written = str(value)
    return Number(written, one=is_one(written, language)) if isinstance(value, int) else written


def listed(values: Iterable[object]) -> Sentence | str:
    """'17', '3, 9 and 17', or the first ten and how many more."""
    there = tuple(value if isinstance(value, Sentence) else str(value) for value in values)
    if len(there) > _LISTED:
        return Sentence("{items} and {n} more", items=there[:_LISTED], n=len(there) - _LISTED)
    if len(there) > 1:
        return Sentence("{first} and {last}", first=there[:-1], last=there[-1])
    return there[0] if there else ""


def at(where: str, what: Sentence) -> Sentence:
    """Of something named, before a colon."""
    return Sentence("{where}: {what}", where=where, what=what)


def mistaken(where: str, mistake: Mistake) -> Sentence:
    """What is wrong in a form that comes from `where`."""
    return at(where, _of(mistake))


def _of(mistake: Mistake) -> Sentence:
    values = {name: _of(one) if isinstance(one, Mistake) else one for name, one in mistake.values.items()}
    return Sentence(mistake.english, **values)


def in_lines(sentences: Iterable[str]) -> Sentence:
    """Each in a line of its own."""
    there = {f"line{n}": one for n, one in enumerate(sentences)}
    return Sentence("\n".join(f"{{{name}}}" for name in there), **there)
