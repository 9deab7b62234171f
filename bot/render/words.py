"""A key, a language and values -> the text that leaves. The only place where a text is put together.

What staff write is never a program: texts are split at {field} once, at start, and joined per message.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from babel.dates import get_day_names, get_month_names

from bot.errors import BotError
from bot.render import catalogue
from bot.render.catalogue import EVERY, Entry, Pieces, Rule, base
from bot.render.fields import COMMON, FIELDS
from bot.render.french import together
from bot.render.gsm import Encoding, fits, fold, plain, segments
from bot.render.keywords import load as load_keywords
from bot.render.keywords import with_labels
from bot.render.plural import is_one
from handlers.turn import FALLBACK, NOTHING, AsFits, BySms, Label, Labels, Parts, Reply
from handlers.understand.words import SHIPPED, Keywords

DEFAULTS: Mapping[str, Any] = {name: FIELDS[name].longest for name in COMMON}
"""What sender, hotline and per_week are when the settings were not asked (tests)."""


_LONGEST: Mapping[str, Any] = {name: about.longest for name, about in FIELDS.items()}


class RenderError(BotError):
    """A text could not be put together; names key, language and field, never a value."""


class Rendered(NamedTuple):
    """A text ready to leave. `key` is the version that was chosen (C5~2), `language` the one used."""

    text: str
    language: str
    key: str
    parts: int
    encoding: Encoding


class _Version(NamedTuple):
    key: str
    text: Pieces


class _Choice(NamedTuple):
    """What a key comes to for a reader: the versions to try, in the first language that has it."""

    language: str
    versions: tuple[_Version, ...]
    fell_back: bool


class Words:
    """All texts in all languages, compiled. One for the process; nothing in it changes but counters."""

    def __init__(
        self,
        rules: Mapping[str, Rule],
        texts: Mapping[str, Mapping[str, Entry]],
        common: Mapping[str, Any] = DEFAULTS,
        keywords: Keywords = SHIPPED,
    ) -> None:
        self.rules = rules
        self.texts = texts
        self.keywords = with_labels(keywords, texts)
        """What leaders command by; corrected as the texts are, because texts name them."""
        self.drafts = {lang: {key for key, entry in found.items() if entry.draft} for lang, found in texts.items()}
        self.fallbacks: Counter[tuple[str, str]] = Counter()
        """How often a reader of a language got a text in another one: (language, key)."""
        self.too_long: Counter[str] = Counter()
        """How often a text needed more than one SMS although its shortest version was taken."""
        self._common = {name: str(value) for name, value in {**DEFAULTS, **common}.items()}
        self._keys = {base(key) for key in rules}
        self._days = {lang: get_day_names("wide", locale=lang) for lang in EVERY}
        self._months = {lang: get_month_names("wide", locale=lang) for lang in EVERY}
        self._choices: dict[tuple[bool, bool, str], dict[str, _Choice]] = {}
        """By (rich, drafts, language), each made when the first reader needs it."""

    @classmethod
    def load(cls, overrides: Path | None = None, common: Mapping[str, Any] = DEFAULTS) -> Words:
        """Read every catalogue once. `overrides` is the programme's own words folder.

        `common`: sender, hotline and per_week from the settings. Raises WordsError listing all mistakes.
        """
        return cls(*catalogue.load(overrides), common, load_keywords(overrides))

    def learn(self, overrides: Path | None) -> None:
        """Take the programme's own words anew; what is being said meanwhile is said in the old ones.

        Raises WordsError; then nothing was taken.
        """
        (rules, texts), keywords = catalogue.load(overrides), load_keywords(overrides)
        self.rules, self.texts, self.keywords = rules, texts, with_labels(keywords, texts)
        self.drafts = {lang: {key for key, one in found.items() if one.draft} for lang, found in self.texts.items()}
        self._choices = {}

    def alone(self, key: str, language: str, text: str) -> Rendered:
        """A text for `key`, said by itself with the longest values: no shorter version takes its place."""
        texts: dict[str, dict[str, Entry]] = {lang: {} for lang in EVERY}
        texts[language][base(key)] = Entry(text, draft=False)
        one = Words({base(key): self.rules[key]}, texts, self._common)
        return one.text(base(key), language, _LONGEST, rich=self.rules[key].chat)

    def __contains__(self, key: str) -> bool:
        """Whether there is such a text."""
        return key in self._keys

    def fields(self, key: str) -> frozenset[str]:
        """Every field that any version of this text may use; give them all."""
        wanted = [rule.fields for name, rule in self.rules.items() if base(name) == key]
        return frozenset().union(*wanted) - set(COMMON)

    def text(
        self,
        key: str | Label,
        language: str,
        values: Mapping[str, Any] = NOTHING,
        *,
        rich: bool = False,
        drafts: bool = True,
    ) -> Rendered:
        """The text of a key for a reader of `language`, for SMS or (rich) for a chat.

        By SMS it is folded to GSM-7 and the first version that is one part is taken, else the last.
        `drafts=False` passes over texts that nobody has signed. Raises RenderError.
        """
        if isinstance(key, Label):
            return self._own(key.text(language), language, rich)
        choices = self._choices.get((rich, drafts, language)) or self._index(language, rich, drafts)
        choice = choices.get(key)
        if choice is None:
            raise RenderError(f"{key}: no such text for language {language!r}")
        if choice.fell_back:
            self.fallbacks[language, key] += 1
        for place, version in enumerate(choice.versions, 1):
            said = self._fill(version, choice.language, values, rich, drafts)
            if rich:
                return Rendered(said, choice.language, version.key, 1, "chat")
            if plain(said) or fits(said := fold(said)):
                return Rendered(said, choice.language, version.key, 1, "gsm7")
            for fewer in _shorter(version, choice.versions[place:], values):
                less = fold(self._fill(version, choice.language, fewer, rich, drafts))
                if fits(less):
                    return Rendered(less, choice.language, version.key, 1, "gsm7")
        self.too_long[key] += 1
        return Rendered(said, choice.language, version.key, *segments(said))

    def _own(self, said: str, language: str, rich: bool) -> Rendered:
        """A form's own text: said as it is."""
        if rich:
            return Rendered(said, language, "", 1, "chat")
        said = fold(said)
        return Rendered(said, language, "", *segments(said))

    def _fill(self, version: _Version, language: str, values: Mapping[str, Any], rich: bool, drafts: bool) -> str:
        pieces = list(version.text.pieces)
        for place, name in version.text.slots:
            value = values.get(name)
            kind = type(value)
            if kind is str:
                pieces[place] = value  # type: ignore[assignment]
            elif kind is int:
                pieces[place] = str(value)
            else:
                said = self._say(value, name, language, rich, drafts)
                if said is None:
                    raise RenderError(f"{version.key}: no value for {{{name}}} (language {language})")
                pieces[place] = self._within(pieces[place - 1], said) if name == "prompt" else said
        for place, name, one, several in version.text.words:
            number = self._say(values.get(name), name, language, rich, drafts)
            pieces[place] = one if is_one(number or "", language) else several
        return "".join(pieces)

    def _within(self, before: str, question: str) -> str:
        """A form's question inside a text of ours, which says who asks: the form's own prefix goes."""
        bare = question.removeprefix(f"{self._common['sender']}: ")
        begins = bare != question and before.endswith((". ", "! ", "? "))
        return bare[:1].upper() + bare[1:] if begins else bare

    def _say(self, value: Any, name: str, language: str, rich: bool, drafts: bool) -> str | None:
        """A value in the reader's language; None when it cannot be said."""
        match value:
            case bool() | None:
                return None
            case Label():
                return value.text(language)
            case AsFits():
                return value.forms[0].text(language)
            case Labels():
                return value.between.join(item.text(language) for item in value.items)
            case date():
                return self._date(value, name, language)
            case Reply():
                inner = value.language or language
                return self.text(value.key, inner, value.values, rich=rich, drafts=drafts).text
            case Parts() | BySms():
                inner, reply = value.reply.language or language, value.reply
                sms = self.text(reply.key, inner, reply.values, drafts=drafts)
                return str(sms.parts) if isinstance(value, Parts) else sms.text
            case tuple():
                said = [self._say(item, name, language, rich, drafts) for item in value]
                return None if None in said else FIELDS[name].between.join(filter(None, said))
            case str() | int():
                return str(value)
        return None

    def _date(self, day: date, name: str, language: str) -> str:
        if name == "weekday":
            return str(self._days[language][day.weekday()])
        if name == "month":
            return str(self._months[language][day.month])
        return f"{day.day}/{day.month}"

    def _index(self, language: str, rich: bool, drafts: bool) -> dict[str, _Choice]:
        found = self._choices[rich, drafts, language] = {}
        for key in self._keys:
            for candidate in FALLBACK.get(language, ()):
                versions = self._versions(key, candidate, rich, drafts)
                if versions:
                    found[key] = _Choice(candidate, versions, candidate != language)
                    break
        return found

    def _versions(self, key: str, language: str, rich: bool, drafts: bool) -> tuple[_Version, ...]:
        """The versions of a text in one language, in the order in which they are tried."""
        texts = self.texts[language]
        names = [f"{key}@chat"] if rich and f"{key}@chat" in texts else [key, f"{key}~2", f"{key}~3"]
        chat_of = together if rich and language == "fr" else str  # SMS keep the plain space that GSM-7 has
        return tuple(
            _Version(name, catalogue.split(chat_of(texts[name].text), self._common, language))
            for name in names
            if name in texts and (drafts or not texts[name].draft)
        )


def _shorter(version: _Version, others: Sequence[_Version], values: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The values with what may be said shorter ever shorter, unless a version after this one has it too."""
    later = {name for other in others for _, name in other.text.slots}
    for _, name in version.text.slots:
        value = values.get(name)
        if isinstance(value, AsFits) and name not in later:
            yield from ({**values, name: form} for form in value.forms[1:])
