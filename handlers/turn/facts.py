"""What a conversation may ask for. Each fact has one loader in the store, listed in its LOADERS."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from handlers.turn import (
    beside,
    broadcasts,
    console,
    lateness,
    mentoring,
    reminding,
    roads,
    sealed,
    team,
    tips,
    uncertain,
)


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
class AskedThen:
    """-> str: the text that this address was asked with in the turn of that moment; "" when it is no longer known."""

    address_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class NextNumber:
    """-> int: the number that the next saved report will get."""


@dataclass(frozen=True, slots=True)
class TokenOwner:
    """-> Person | None: for whom this one-time token was made, None when unknown or used."""

    token: str


@dataclass(frozen=True, slots=True)
class RepliedTo:
    """-> Replied | None: the text of ours that a chat message replies to; `message` is its provider's id."""

    address_id: int
    message: str


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
    | AskedThen
    | NextNumber
    | TokenOwner
    | RepliedTo
    | broadcasts.Facts
    | tips.Facts
    | mentoring.Facts
    | team.Facts
    | lateness.Facts
    | reminding.Facts
    | roads.Facts
    | uncertain.Facts
    | sealed.Facts
    | console.Facts
    | beside.Facts
)


class Unknown(Exception):
    """Raised by `Turn.known`: the turn needs facts; the worker loads them and takes the turn again."""

    def __init__(self, *facts: Fact) -> None:
        super().__init__(f"not loaded yet: {', '.join(type(fact).__name__ for fact in facts)}")
        self.facts = facts
