"""The roads to a person: SMS to her phone, or a chat of hers; and which of them a text takes.

An answer goes back where the question came from, which needs no rule; only a mentor's, which comes days later, may be
wanted elsewhere. What nobody asked for (reminders, tips, broadcasts) takes the road that she prefers, for its kind or
for all, else the cheapest one that works; where one is closed, the next.
This is the only place that says so: whoever chooses an address for such a text asks here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any, Literal, NamedTuple

from handlers.noun import noun

PREFERRED = {"sms": "tel", "telegram": "telegram", "whatsapp": "whatsapp"}
"""What a person may prefer -> the scheme of its addresses. "call" is no road: somebody phones her."""
EVERY = frozenset(PREFERRED.values())
"""All schemes."""
Kind = Literal["reminder", "tip", "broadcast", "answer"]
"""What may take a road of its own; "answer" is a mentor's."""
_COSTS = {"telegram": 0, "tel": 1, "whatsapp": 2}
"""The cheapest first. A chat is free; WhatsApp takes what nobody asked for as a template only, which is paid."""


class Road(NamedTuple):
    """An address of hers."""

    address_id: int
    scheme: str
    works: bool = True
    """Nobody blocked us there or said that it is wrong, and a channel leads there."""
    talked: bool = True
    """She wrote from there within a day; told of WhatsApp, which takes nothing but templates after that."""


@noun
class Roads:
    """All roads to one person, and what she wants of them."""

    roads: tuple[Road, ...]
    prefers: str | None = None
    """sms, telegram, whatsapp or call; None = she has not said."""
    by_sms: bool = True
    """She agreed to SMS: on paper, aloud or by SMS. Who agreed in a chat gets none that she did not ask for."""
    kinds: Mapping[Kind, str] = field(default_factory=dict)
    """What she wants instead of `prefers` for a kind of text."""

    def of(self, kind: Kind) -> Roads:
        """The same roads as a text of this kind sees them."""
        return replace(self, prefers=self.kinds.get(kind, self.prefers))

    @property
    def in_order(self) -> tuple[Road, ...]:
        """Those that a text may take that nobody asked for, the best first; none: a person calls."""
        if self.prefers == "call":
            return ()
        wanted = PREFERRED.get(self.prefers or "")
        allowed = self.by_sms or wanted == "tel"
        there = [road for road in self.roads if road.works and (allowed or road.scheme != "tel")]
        if len(there) < 2:  # as most have: reminders for thousands ask
            return tuple(there)
        return tuple(sorted(there, key=lambda road: (road.scheme != wanted, _COSTS[road.scheme], road.address_id)))

    @property
    def best(self) -> int | None:
        """The address that it takes; None = no road is open."""
        order = self.in_order
        return order[0].address_id if order else None

    @property
    def for_answers(self) -> int | None:
        """Where she wants a mentor's answers; None = where she asked, as when that road is closed."""
        wanted = PREFERRED.get(self.kinds.get("answer", ""))
        return next((road.address_id for road in self.roads if road.works and road.scheme == wanted), None)


@noun
class RoadsOf:
    """-> Roads of a person; without any when nobody has this id."""

    person_id: int


class There(NamedTuple):
    """The conversation on another road of a person."""

    address_id: int
    scheme: str
    shared: bool
    """Others write from there too."""
    state: Mapping[str, Any]


@noun
class LeftElsewhere:
    """-> tuple[There, ...]: the conversations on the other roads of a person than this address."""

    person_id: int
    address_id: int


@noun
class PreferRoad:
    """She said by which road unasked texts shall come, of whichever kind; what was set for a kind no longer holds."""

    person_id: int
    road: str
    """sms, telegram or whatsapp."""


Facts = RoadsOf | LeftElsewhere
Effects = PreferRoad
