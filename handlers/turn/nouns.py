"""The nouns: what arrived, who is writing, the programme, figures and reports as a conversation sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Literal

from handlers.noun import noun
from handlers.turn.tips import TipRules
from handlers.understand.words import SHIPPED, Keywords

Language = Literal["rn", "fr", "sw", "en"]
LANGUAGES: tuple[Language, ...] = ("rn", "fr", "sw", "en")
FALLBACK: Mapping[str, tuple[str, ...]] = {
    "rn": ("rn", "fr", "en"),
    "sw": ("sw", "fr", "en"),
    "fr": ("fr", "en"),
    "en": ("en",),
}
"""A missing text falls back in this order (conversations: words that non-programmers can edit)."""


_LAST = ("en",)


class _Nothing(dict[str, Any]):
    """An empty mapping that a frozen dataclass takes as a default."""

    __hash__ = object.__hash__  # type: ignore[assignment]


NOTHING: Mapping[str, Any] = _Nothing()

Kind = Literal[
    "text",  # an SMS or a typed message; data in a chat: {"message", "reply_to": a message of ours, if it is a reply}
    "button",  # data: {"data": str, "callback": str, "message": str}
    "start",  # Telegram /start, data: {"token": str}
    "contact",  # data: {"phone": "+257...", "own": bool}
    "photo",  # data: {"file_id", "size", "width", "height"}; the file is fetched by the channel
    "voice",  # data: {"file_id", "size", "seconds"}
    "location",  # data: {"latitude", "longitude"}
    "sticker",
    "mms",  # a picture or sound by MMS, which cannot be opened
    "missed_call",
    "ussd",  # a step of a USSD session: what was typed, "" when the code was dialled; data: {"session": its key}
    "edited",  # text: the new text; data: {"message": provider's id of the edited message}
    "blocked",  # the person blocked the bot; data: {"ends_in"} when she has another number there now
    "group",  # written in a group chat
    "timer",  # a timer of ours fired; data: {"timer": kind, ...}
]


@noun
class Kept:
    """A photo or a voice note that somebody sent and we kept; nothing of it goes along once it was erased."""

    kind: Literal["photo", "voice"]
    file: str
    """Its name below the media folder."""


class Spoken(Mapping[str, str]):
    """A text by language, put together when that language is read: of four, a reader has one."""

    __slots__ = ("_languages", "_said", "_say")

    def __init__(self, languages: tuple[str, ...], say: Callable[[str], str]) -> None:
        self._languages, self._say = languages, say
        self._said: dict[str, str] = {}

    def __getitem__(self, language: str) -> str:
        """Raises KeyError where there is nothing to say."""
        if language not in self._said:
            self._said[language] = self._say(language) if language in self._languages else ""
        if not self._said[language]:
            raise KeyError(language)
        return self._said[language]

    def __iter__(self) -> Iterator[str]:
        return (language for language in self._languages if self.get(language))

    def __len__(self) -> int:
        return sum(1 for _ in self)


@noun
class Label:
    """A text in several languages, as a form definition gives it."""

    texts: Mapping[str, str]

    def text(self, language: str) -> str:
        """The text in this language, or in the next one of its fall-back chain, or ''."""
        texts = self.texts
        for candidate in FALLBACK.get(language, _LAST):
            if said := texts.get(candidate):
                return said
        return next(iter(texts.values()), "")


@noun
class AsFits:
    """A text in ever shorter forms: in an SMS the first that leaves it one part, elsewhere the first of all.

    A version of a text that leaves it out altogether is taken only where the last of them is too long.
    """

    forms: tuple[Label, ...]


@noun
class Labels:
    """Several labels said in a row, as in "value chain, processing"."""

    items: tuple[Label, ...]
    between: str = ", "


@noun
class Inbound:
    """One thing that arrived, already stored. `received_at` and `sent_at` are aware UTC."""

    id: int
    channel: str
    kind: Kind
    text: str
    received_at: datetime
    sent_at: datetime | None = None
    data: Mapping[str, Any] = NOTHING


@noun
class Business:
    id: int
    no: str
    type: str


@noun
class Association:
    id: int
    no: str
    name: str
    sms_name: str
    target: int
    members: int | None
    officer: str
    """The officer's first name, as leaders know it."""
    representatives: int = 0
    """Trained by the project itself; counted as reached when the target includes them."""
    women: int = 0
    """Of the representatives."""
    collines: tuple[str, ...] = ()
    businesses: tuple[Business, ...] = ()
    activity: str = ""
    communes: tuple[str, ...] = ()
    """The old one and the one since 2025."""
    officer_id: int | None = None


@noun
class Person:
    id: int
    name: str
    sms_name: str
    sex: str
    language: Language | None
    consent: Literal["none", "asked", "yes", "no", "stopped"]
    association: Association | None
    kind: Literal["leader", "staff"] = "leader"
    practice: bool = False
    reports: int = 0
    """How many reports she has sent, for "my data"."""
    role: str = ""
    """Of staff: officer, supervisor, mentor, staff, safeguarding, admin, auditor."""
    area: tuple[str, ...] = ()
    """Of staff: communes and association numbers that they look after; empty = everything."""
    addresses: int = 1
    """How many phones and chats she writes from."""


@noun
class Address:
    """A phone number or a chat; the unit of conversation: one open question per address."""

    id: int
    channel: str
    rich: bool
    """True where buttons and edits exist (chat), False for SMS."""
    ends_in: str = ""
    """The last two digits, the only part of a number that a text may say."""
    active: bool = True
    """False where somebody blocked us, or nobody is there any more."""


@noun
class Programme:
    """What the settings say about the programme, as far as a conversation needs it."""

    sender: str
    start: date
    target_people: int
    associations: int
    ask_above: int
    hotline: str
    timezone: str
    includes_representatives: bool = True
    representatives: int = 0
    """Of the whole programme."""
    members_only: bool = False
    replies_per_hour: int = 30
    """Automatic answers to one address; a valid report is always answered."""
    holidays: tuple[date, ...] = ()
    """Days on which nobody works."""
    photo_megabytes: int = 10
    """Of a photo or a voice note; larger ones are refused in words."""
    practice: bool = False
    """True when everything here is practice (the simulator in a live installation)."""
    period_days: int = 14
    """An association without a training report for so many days is late."""
    drafts: bool = True
    """Whether texts that no native speaker has signed may be sent."""
    tips: TipRules | None = None
    """None when no tips are sent."""
    keywords: Keywords = SHIPPED
    """The words by which leaders command."""


@noun
class Figures:
    """Counts of one association or of the whole programme (bot/programme/counting has the rules)."""

    trainings: int = 0
    attendances_women: int = 0
    attendances_men: int = 0
    new_women: int = 0
    new_men: int = 0
    new_people: int = 0
    """All new people, also those whose sex was not said."""


@noun
class Report:
    """A stored report, as a conversation may look at it."""

    number: int
    form: str
    association_id: int | None
    person_id: int | None
    values: Mapping[str, Any]
    state: str
    """reported, doubtful, twin, withdrawn"""
    created_at: datetime
    withdrawn_at: datetime | None = None
    practice: bool = False
    address_id: int | None = None
    """Where it was sent from: on a shared phone nobody is named."""
    verdict: str = ""
    """Of the last check by a person: accepted, rejected, hold."""
    revision: int = 1
    """How often it was replaced, and once more."""


@noun
class Replied:
    """A text of ours that somebody replied to with Telegram's own reply."""

    key: str
    """Of the catalogue."""
    task_id: int | None
    woken: Mapping[str, Any] = NOTHING
    """What woke the turn that wrote it, as in {"what": "question", "number": 612}; empty when nothing did."""
