"""A turn and its outcome: what the step is given, what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from handlers.noun import noun
from handlers.turn.effects import Effect
from handlers.turn.facts import Fact, NextNumber, Unknown
from handlers.turn.figures import MadeFile
from handlers.turn.nouns import NOTHING, Address, Association, Inbound, Kept, Label, Language, Person, Programme
from handlers.turn.when import When

if TYPE_CHECKING:
    from handlers.forms import Form


@noun
class Timer:
    """Wake this address's conversation at `due_at`; one per (kind, key): the later one replaces."""

    kind: str
    key: str
    due_at: datetime | None
    """None cancels it."""
    data: Mapping[str, Any] = NOTHING
    association_id: int | None = None
    """Wake the contact of this association instead, whoever that is when it fires."""


@noun
class Button:
    """One inline button. `label` is a catalogue key, or a Label, or plain text as digits and names."""

    label: str | Label
    data: str
    """At most 64 bytes (Bot API)."""
    values: Mapping[str, Any] = NOTHING


@noun
class Sheet:
    """A table that goes with a text as an Excel file; its cells are said in the reader's language."""

    name: str
    """Of the file, without its ending."""
    head: tuple[str, ...]
    """Of each column: a key of the catalogue, or the word itself."""
    rows: tuple[tuple[Any, ...], ...]
    """A cell is a str (as it is), an int, a day, a Label, a Reply, or None."""


@noun
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
    kind: Literal["reply", "reminder", "notice", "tip", "totals", "broadcast"] = "reply"
    """All but `reply` were not asked for: they leave within the hours, after every answer, or expire. A `reminder`
    asks for a report, and is counted as one; a `notice` is what else is said to one person."""
    task: int | None = None
    """To the team: the task that a reply to this text answers."""
    edits: str = ""
    """Chat only: the provider's id of the message that this text replaces, as that of a pressed button."""
    commands: str = ""
    """Chat only: the list of commands that this chat shows from now on: leader, or a role of the team."""
    file: Sheet | Kept | MadeFile | None = None
    """Chat only: what goes along with this text."""
    person: int | None = None
    """For whom it is, on a shared phone; it counts among what was written to her unasked."""
    asks: bool = False
    """Whether an answer is awaited though no question is open, as of the menu: a USSD session goes on with it."""


@noun
class Parts:
    """A value: how many SMS this text takes, in its own language."""

    reply: Reply


@noun
class BySms:
    """A value: this text as an SMS says it, in its own language, wherever it is shown."""

    reply: Reply


@noun
class Outcome:
    """What the turn decided. `state` is JSON and replaces the conversation's state whole."""

    state: Mapping[str, Any]
    replies: tuple[Reply, ...] = ()
    effects: tuple[Effect, ...] = ()
    timers: tuple[Timer, ...] = ()
    understood: str = ""
    """What was understood, in a few words and figures without names: for the simulator's log."""

    def but(
        self,
        *,
        state: Mapping[str, Any] | None = None,
        replies: tuple[Reply, ...] | None = None,
        effects: tuple[Effect, ...] | None = None,
        timers: tuple[Timer, ...] | None = None,
        understood: str | None = None,
    ) -> Outcome:
        """The same outcome with some parts replaced."""
        return Outcome(
            self.state if state is None else state,
            self.replies if replies is None else replies,
            self.effects if effects is None else effects,
            self.timers if timers is None else timers,
            self.understood if understood is None else understood,
        )


def _letters(text: str) -> tuple[int, int]:
    return len(text), 1


@noun
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
    measure: Callable[[str], tuple[int, int]] = _letters
    """How long a text is by SMS: its characters once folded, and its parts."""
    when: When | None = None
    """The programme's rules of time: always there in the service."""

    def known(self, fact: Fact) -> Any:
        """The fact's value. Raises Unknown when it has not been loaded: let it through."""
        try:
            return self.facts[fact]
        except KeyError:
            raise Unknown(fact) from None

    def need(self, *facts: Fact) -> Sequence[Any]:
        """The values of several facts, asked for at once, so that they are loaded together. Raises Unknown."""
        try:
            return [self.facts[fact] for fact in facts]
        except KeyError:
            raise Unknown(*(fact for fact in facts if fact not in self.facts)) from None

    @property
    def source(self) -> Literal["sms", "chat", "officer"]:
        """How a report is told: one that an officer took by phone is of another quality than one a leader wrote."""
        if self.person and self.person.kind == "staff":
            return "officer"
        return "chat" if self.address.rich else "sms"

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
        if self.person:
            return self.person.association
        people = self.people
        found = {person.association.id: person.association for person in people if person.association}
        return next(iter(found.values())) if len(found) == 1 else None
