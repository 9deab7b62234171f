"""What a conversation may ask for. Each fact has one loader in the store, listed in its LOADERS."""

from __future__ import annotations

from datetime import datetime

from handlers.noun import noun
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


@noun
class FiguresOf:
    """-> Figures of one association, or of the programme when association_id is None."""

    association_id: int | None


@noun
class ReportNumbered:
    """-> Report | None"""

    number: int


@noun
class LastReport:
    """-> Report | None: the last one sent by these people, or from this phone."""

    person_ids: tuple[int, ...]
    address_id: int


@noun
class ReportsOn:
    """-> tuple[Report, ...]: an association's reports of one form and one day, not withdrawn."""

    association_id: int
    form: str
    day: str
    """ISO date of the report's first date question."""


@noun
class ReportOfCard:
    """-> Report | None: the report that the chat card started by this inbox row became."""

    card: int


@noun
class ReportOfMessage:
    """-> Report | None: the report that a message of this address became; `message` is its provider's id."""

    address_id: int
    message: str


@noun
class PeopleNamed:
    """-> tuple[Person, ...]: leaders of an association by spoken names (plain(), any order)."""

    words: tuple[str, ...]


@noun
class PersonNumbered:
    """-> Person | None"""

    person_id: int


@noun
class PeopleOfPhone:
    """-> tuple[Person, ...]: whom the roster knows under this number (+257...)."""

    phone: str


@noun
class AskedThen:
    """-> str: the text that this address was asked with in the turn of that moment; "" when it is no longer known."""

    address_id: int
    at: datetime


@noun
class NextNumber:
    """-> int: the number that the next saved report will get."""


@noun
class TokenOwner:
    """-> Person | None: for whom this one-time token was made, None when unknown or used."""

    token: str


@noun
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
