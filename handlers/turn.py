"""The nouns of a turn: what arrived, who is writing, what is known, what is decided.

A conversation is pure: `step(turn) -> Outcome`. It reads no clock, no database and no file; the
time, the next report number and every fact come in through the `Turn`. What it cannot know yet it
asks for with `turn.known(fact)`: when the fact is not loaded, `Unknown` is raised, the inbox worker
loads the fact for every turn of the group in one query, and takes the turn again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from handlers.forms import Form

Language = Literal["rn", "fr", "sw", "en"]
LANGUAGES: tuple[Language, ...] = ("rn", "fr", "sw", "en")
FALLBACK: Mapping[str, tuple[str, ...]] = {
    "rn": ("rn", "fr", "en"),
    "sw": ("sw", "fr", "en"),
    "fr": ("fr", "en"),
    "en": ("en",),
}
"""A missing text falls back in this order (conversations: words that non-programmers can edit)."""


class _Nothing(dict[str, Any]):
    """An empty mapping that a frozen dataclass takes as a default."""

    __hash__ = object.__hash__  # type: ignore[assignment]


NOTHING: Mapping[str, Any] = _Nothing()

Kind = Literal[
    "text",  # an SMS or a typed message
    "button",  # data: {"data": str, "callback": str, "message": str}
    "start",  # Telegram /start, data: {"token": str}
    "contact",  # data: {"phone": "+257...", "own": bool}
    "photo",  # data: {"file_id", "size", "width", "height"}; the file is fetched by the channel
    "voice",  # data: {"file_id", "size", "seconds"}
    "location",  # data: {"latitude", "longitude"}
    "sticker",
    "mms",  # a picture or sound by MMS, which cannot be opened
    "missed_call",
    "edited",  # text: the new text; data: {"message": provider's id of the edited message}
    "blocked",  # the person blocked the bot
    "group",  # written in a group chat
    "timer",  # a timer of ours fired; data: {"timer": kind, ...}
]


@dataclass(frozen=True, slots=True)
class Label:
    """A text in several languages, as a form definition gives it."""

    texts: Mapping[str, str]

    def text(self, language: str) -> str:
        """The text in this language, or in the next one of its fall-back chain, or ''."""
        for candidate in FALLBACK.get(language, ("en",)):
            if self.texts.get(candidate):
                return self.texts[candidate]
        return next(iter(self.texts.values()), "")


@dataclass(frozen=True, slots=True)
class Labels:
    """Several labels said in a row, as in "value chain, processing"."""

    items: tuple[Label, ...]
    between: str = ", "


@dataclass(frozen=True, slots=True)
class Inbound:
    """One thing that arrived, already stored. `received_at` and `sent_at` are aware UTC."""

    id: int
    channel: str
    kind: Kind
    text: str
    received_at: datetime
    sent_at: datetime | None = None
    data: Mapping[str, Any] = NOTHING


@dataclass(frozen=True, slots=True)
class Business:
    id: int
    no: str
    type: str


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Address:
    """A phone number or a chat; the unit of conversation: one open question per address."""

    id: int
    channel: str
    rich: bool
    """True where buttons and edits exist (chat), False for SMS."""
    ends_in: str = ""
    """The last two digits, the only part of a number that a text may say."""


@dataclass(frozen=True, slots=True)
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
    photo_megabytes: int = 10
    """Of a photo or a voice note; larger ones are refused in words."""
    practice: bool = False
    """True when everything here is practice (the simulator in a live installation)."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of one association or of the whole programme (programme/figures.py has the rules)."""

    trainings: int = 0
    attendances_women: int = 0
    attendances_men: int = 0
    new_women: int = 0
    new_men: int = 0
    new_people: int = 0
    """All new people, also those whose sex was not said."""


@dataclass(frozen=True, slots=True)
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


# --- facts: what a conversation may ask for; each has one loader in bot/store/facts.py ---


@dataclass(frozen=True, slots=True)
class FiguresOf:
    """-> Figures of one association, or of the programme when association_id is None."""

    association_id: int | None


@dataclass(frozen=True, slots=True)
class ReportNumbered:
    """-> Report | None"""

    number: int


@dataclass(frozen=True, slots=True)
class LastReport:
    """-> Report | None: the last one sent by these people, or from this phone."""

    person_ids: tuple[int, ...]
    address_id: int


@dataclass(frozen=True, slots=True)
class ReportsOn:
    """-> tuple[Report, ...]: an association's reports of one form and one day, not withdrawn."""

    association_id: int
    form: str
    day: str
    """ISO date of the report's first date question."""


@dataclass(frozen=True, slots=True)
class ReportOfCard:
    """-> Report | None: the report that the chat card started by this inbox row became."""

    card: int


@dataclass(frozen=True, slots=True)
class ReportOfMessage:
    """-> Report | None: the report that a message of this address became; `message` is its provider's id."""

    address_id: int
    message: str


@dataclass(frozen=True, slots=True)
class PeopleNamed:
    """-> tuple[Person, ...]: leaders of an association by spoken names (plain(), any order)."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonNumbered:
    """-> Person | None"""

    person_id: int


@dataclass(frozen=True, slots=True)
class PeopleOfPhone:
    """-> tuple[Person, ...]: whom the roster knows under this number (+257...)."""

    phone: str


@dataclass(frozen=True, slots=True)
class NextNumber:
    """-> int: the number that the next saved report will get."""


@dataclass(frozen=True, slots=True)
class TokenOwner:
    """-> Person | None: for whom this one-time token was made, None when unknown or used."""

    token: str


Fact = (
    FiguresOf
    | ReportNumbered
    | LastReport
    | ReportsOn
    | ReportOfCard
    | ReportOfMessage
    | PeopleNamed
    | PersonNumbered
    | PeopleOfPhone
    | NextNumber
    | TokenOwner
)


class Unknown(Exception):
    """Raised by `Turn.known`: the turn needs facts; the worker loads them and takes the turn again."""

    def __init__(self, *facts: Fact) -> None:
        super().__init__(f"not loaded yet: {', '.join(type(fact).__name__ for fact in facts)}")
        self.facts = facts


# --- effects: what a conversation decides; each has one performer in bot/effects/ ---


@dataclass(frozen=True, slots=True)
class SaveReport:
    number: int
    form: str
    version: str
    association_id: int | None
    person_id: int | None
    values: Mapping[str, Any]
    state: Literal["reported", "doubtful", "twin"]
    practice: bool
    source: str
    inbox_ids: tuple[int, ...]
    doubt: str = ""
    """Why it is doubtful: the catalogue key of the question that was asked, D2 ... D5."""
    card: int | None = None


@dataclass(frozen=True, slots=True)
class ChangeReport:
    """A correction, a removal, a bringing back, or the answer to a check; the old version is kept."""

    number: int
    reason: str
    values: Mapping[str, Any] | None = None
    state: Literal["reported", "doubtful", "twin", "withdrawn"] | None = None


@dataclass(frozen=True, slots=True)
class RecordConsent:
    person_id: int
    given: Literal["asked", "yes", "no", "stopped", "started"]
    text_key: str


@dataclass(frozen=True, slots=True)
class SetLanguage:
    person_id: int
    language: Language


@dataclass(frozen=True, slots=True)
class OpenTask:
    """Something a person of the team must do; closes only with a result."""

    kind: Literal["call", "read", "check_number", "wrong_number", "my_data", "sealed", "photo", "listen", "help"]
    due_at: datetime
    person_id: int | None = None
    association_id: int | None = None
    about: str = ""
    """Never a name, a number or the words of a message: those are found by the inbox row's id."""
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class CloseTasks:
    kind: str
    result: str
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class ErasePerson:
    """Blank the name, numbers and texts of a person; what she reported stays counted."""

    person_id: int


@dataclass(frozen=True, slots=True)
class LinkAddress:
    """This address belongs to this person from now on."""

    person_id: int
    address_id: int


@dataclass(frozen=True, slots=True)
class UnlinkAddress:
    """The people of this address are no longer reached here (wrong number, blocked bot)."""

    address_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class UseToken:
    token: str


@dataclass(frozen=True, slots=True)
class KeepMedia:
    """The photo or voice of this turn belongs to a report (or to none, then an officer looks)."""

    report_number: int | None


@dataclass(frozen=True, slots=True)
class KeepDraft:
    """A half-made report that was left: staff see it, the leader may finish it (F6)."""

    form: str
    association_id: int | None
    person_id: int | None
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wake:
    """Wake the conversation of somebody else's phone, as a timer would: it decides what to say there."""

    person_id: int
    data: Mapping[str, Any]


Effect = (
    SaveReport
    | ChangeReport
    | RecordConsent
    | SetLanguage
    | OpenTask
    | CloseTasks
    | ErasePerson
    | LinkAddress
    | UnlinkAddress
    | UseToken
    | KeepMedia
    | KeepDraft
    | Wake
)


@dataclass(frozen=True, slots=True)
class Timer:
    """Wake this address's conversation at `due_at`; one per (kind, key): the later one replaces."""

    kind: str
    key: str
    due_at: datetime | None
    """None cancels it."""
    data: Mapping[str, Any] = NOTHING


@dataclass(frozen=True, slots=True)
class Button:
    """One inline button. `label` is a catalogue key, or a Label, or plain text as digits and names."""

    label: str | Label
    data: str
    """At most 64 bytes (Bot API)."""
    values: Mapping[str, Any] = NOTHING


@dataclass(frozen=True, slots=True)
class Reply:
    """One text to send: a key of the catalogue and the values of its fields.

    A value may be an int, a str (a name), a date (said as day/month), a Label or Labels (said in the
    reader's language), or another Reply (its text is put in). `key` may be a Label: a text of a form.
    """

    key: str | Label
    values: Mapping[str, Any] = NOTHING
    buttons: tuple[tuple[Button, ...], ...] = ()
    keyboard: Literal["", "main", "contact", "remove"] = ""
    """The reply keyboard to show from now on (chat only)."""
    card: int | None = None
    """Chat only: this text is the card started by that inbox row, edited in place once it is sent."""
    language: Language | None = None
    """In which language, when it is not the reader's own."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the turn decided. `state` is JSON and replaces the conversation's state whole."""

    state: Mapping[str, Any]
    replies: tuple[Reply, ...] = ()
    effects: tuple[Effect, ...] = ()
    timers: tuple[Timer, ...] = ()
    understood: str = ""
    """What was understood, in a few words and figures without names: for the simulator's log."""

    def but(self, **changes: Any) -> Outcome:
        """The same outcome with some parts replaced."""
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class Turn:
    """Everything a conversation may look at."""

    now: datetime
    today: date
    """The local day at the programme's place."""
    inbound: Inbound
    address: Address
    people: tuple[Person, ...]
    """The leaders who share this address, in the roster's order; empty for a stranger."""
    person: Person | None
    """Who is writing: the only person of the address, or the one she said she is; else None."""
    state: Mapping[str, Any]
    language: Language
    programme: Programme
    utc_offset: timedelta = timedelta(hours=2)
    """Of the programme's place, now."""
    forms: Mapping[str, Form] = field(default_factory=dict)
    facts: Mapping[Fact, Any] = field(default_factory=dict)

    def known(self, fact: Fact) -> Any:
        """The fact's value. Raises Unknown when it has not been loaded: let it through."""
        try:
            return self.facts[fact]
        except KeyError:
            raise Unknown(fact) from None

    def need(self, *facts: Fact) -> None:
        """Ask for several facts at once, so that they are loaded together. Raises Unknown."""
        if missing := [fact for fact in facts if fact not in self.facts]:
            raise Unknown(*missing)

    def with_state(self, state: Mapping[str, Any]) -> Turn:
        """The same turn with another state."""
        return replace(self, state=state)

    @property
    def number(self) -> int:
        """The number that the next saved report will get. Raises Unknown."""
        return int(self.known(NextNumber()))

    @property
    def association(self) -> Association | None:
        """Of the writer; on a shared phone, of all who share it when it is the same."""
        people = (self.person,) if self.person else self.people
        found = {person.association.id: person.association for person in people if person.association}
        return next(iter(found.values())) if len(found) == 1 else None
