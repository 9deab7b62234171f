"""Broadcasts as a conversation sees them: what it may ask about them, and what it decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Literal

from handlers.noun import noun
from handlers.turn.nouns import Language
from handlers.turn.team import Viewer

Pairs = tuple[tuple[Language, str], ...]
Counts = tuple[tuple[str, int], ...]


@noun
class Audiences:
    """Whom one of the team may write to, and how many people of each a text would reach."""

    people: Mapping[str, int]
    """all, late, women, business"""
    communes: tuple[str, ...]
    associations: tuple[tuple[str, str], ...]
    """Number and short name. Of both as many as a card can show."""


@noun
class Copy:
    """A text as one reader gets it."""

    name: str
    rich: bool
    language: Language
    text: str
    parts: int


@noun
class Planned:
    """What a broadcast comes to, counted over its real recipients."""

    people: int
    phones: int
    chats: int
    left_out: Counts
    """Why (stopped, not_agreed, calls, no_number, no_channel, not_live, no_text), and how many people."""
    undecided: Counts
    """Languages of readers about whom nobody has said what they get, and how many phones and chats."""
    copies: tuple[Copy, ...]
    """The longest first, then some of every language."""
    mine: tuple[str, ...]
    """Each text as who writes it would get it in her chat."""
    parts: int
    """Of SMS."""
    cost_bif: int | None
    """None: the price is not set."""
    above_bif: int
    """So much more than the month's budget; 0 = within it, or there is none."""
    starts_at: datetime
    ends_at: datetime
    spill: int
    """Copies that leave on a later day."""
    spill_at: datetime | None
    full: int
    """Phones and chats that had the week's unasked texts."""
    same: tuple[tuple[int, datetime, int], ...]
    """(broadcast, when, recipients) with the same words in the last days."""


@noun
class Made:
    """A broadcast that was kept."""

    id: int
    state: str
    """draft, approved, sending, asks, stopped or done"""
    frozen: bool
    """Whether its list is complete."""
    made_by: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    """When the last one leaves, by the plan."""
    number: int
    """Phones and chats that it goes to; of a draft, those on its list."""
    by: str = ""
    """First name of who approved it, else of who made it."""


@noun
class Ended:
    """What became of the texts of a broadcast."""

    found: Counts
    """waiting, sent, delivered ... (bot/programme/broadcasts/present.py), and how many."""
    again: int
    """Texts that failed and may arrive when they are sent once more, there or by another road; 0 while it runs."""
    answers: Counts
    """yes and no, and how many."""
    questions: int
    """Recipients who wrote something that a person must read."""
    began: datetime | None = None
    """When its first text left, or when it is to begin."""


@noun
class Recipient:
    """A phone or a chat on a broadcast's list, and what became of its text."""

    name: str
    association: str
    what: str
    """As in Made.found."""
    place: int = 0
    """Of who still waits: how many texts leave before, and this one."""
    answer: str = ""
    """yes or no, when it was asked for and given."""


@noun
class BroadcastAsked:
    """-> int | None: the broadcast with a question that was the last thing said at this address, since then."""

    address_id: int
    since: datetime


@noun
class AudiencesOf:
    """-> Audiences | None"""

    address_id: int
    viewer: Viewer
    now: datetime = field(compare=False)
    since: datetime = field(compare=False)


@noun
class BroadcastPlan:
    """-> Planned | None: of these texts to this audience, as far as this person of the team may write to it."""

    address_id: int
    viewer: Viewer
    to: str
    texts: Pairs
    gaps: Pairs
    """Language of readers -> language they get, or leave_out."""
    at: datetime | None
    """When it begins; None: in a minute."""
    now: datetime = field(compare=False)
    since: datetime = field(compare=False)
    me: str = ""
    """Her first name."""


@noun
class BroadcastEnds:
    """-> Ended | None; `card` and `then` are what the chat goes on with: its card, and what was pressed there."""

    address_id: int
    key: str
    card: int
    now: datetime = field(compare=False)
    since: datetime = field(compare=False)
    then: str = ""
    state: str = ""
    """Of the broadcast: what was counted before it was stopped does not say how it stands."""


ToCount = AudiencesOf | BroadcastPlan | BroadcastEnds
"""What is counted over everybody: at once where that is quick, else by the service beside the turns. None = not
counted yet, or not since then: with `CountBroadcast` it is, and the chat has a turn ("wake counted")."""


@noun
class BroadcastMade:
    """-> Made | None: what a card made; `key` is the card's own for it."""

    key: str


@noun
class RecipientsOf:
    """-> tuple[Recipient, ...]: those who did not get it, then the next who wait; `most` of them at most."""

    key: str
    most: int
    everybody: bool = False
    """Those who got it too."""


@noun
class AnswerBroadcast:
    """Count the answer of this address."""

    broadcast_id: int
    answer: Literal["yes", "no"]


@noun
class CountBroadcast:
    """Have this counted for this chat; what it had asked before is forgotten."""

    question: ToCount


@noun
class MakeBroadcast:
    """Keep a draft; the service makes its list of recipients, within what she may see, and wakes the card."""

    key: str
    viewer: Viewer
    to: str
    texts: Pairs
    gaps: Pairs
    asks: bool = False
    """1 and 2 are counted as yes and no."""


@noun
class ApproveBroadcast:
    """Send it from `starts_at` on, when it goes to so many phones and chats."""

    key: str
    number: int
    starts_at: datetime
    ends_at: datetime


@noun
class StopBroadcast:
    """Call it off, or stop the rest."""

    key: str


@noun
class RetryBroadcast:
    """Send what failed and may arrive now once more, when it is so many texts."""

    key: str
    number: int


@noun
class TryBroadcast:
    """Send the texts to the phones of who writes them, as an SMS says them."""

    texts: Pairs


Facts = BroadcastAsked | ToCount | BroadcastMade | RecipientsOf
Acts = MakeBroadcast | ApproveBroadcast | StopBroadcast | RetryBroadcast | TryBroadcast
"""Done behind the other effects of a group, in its transaction; the card is woken to say what came of it."""
Effects = AnswerBroadcast | CountBroadcast | Acts
