"""What is counted over: an association, a commune (old or new) or the programme, within what somebody may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import BotError
from bot.programme.desk import EVERYTHING
from bot.store import counting as store
from handlers.turn import Viewer
from handlers.understand.words import plain

ALL = ("", "all", "area", "tout", "tous", "programme", "program", "bose", "wote", "vyose")
SUGGESTIONS = 5


@dataclass(frozen=True, slots=True)
class Place:
    """An association as it stands on the roster; nothing personal."""

    id: int
    no: str
    name: str
    sms_name: str
    commune_old: str
    commune_now: str
    colline: str
    activity: str
    members_women: int | None
    members_men: int | None
    target: int
    officer_id: int | None
    left: bool

    @property
    def members(self) -> int | None:
        """None when the roster does not say."""
        said = [n for n in (self.members_women, self.members_men) if n is not None]
        return sum(said) if said else None

    def commune(self, geography: str) -> str:
        """Of the old geography or of the one since 2025 (now)."""
        return self.commune_old if geography == "old" else self.commune_now


@dataclass(frozen=True, slots=True)
class Scope:
    """`kind`: association, commune, programme, or area: what somebody sees who does not see all of it.

    `name` is what a title says; `no` is an association's number.
    """

    kind: str
    name: str
    places: tuple[Place, ...]
    no: str = ""
    geography: str = "old"
    everything: bool = True
    """Whether no association of the programme is missing: the viewer sees all and the scope is the programme."""

    @property
    def ids(self) -> tuple[int, ...] | None:
        """Of the associations; None when it is all of them."""
        return None if self.everything else tuple(place.id for place in self.places)


class NotFound(BotError):
    """Nothing is called that; `suggestions` are up to five names that are."""

    def __init__(self, said: str, suggestions: list[str]) -> None:
        meant = f" Did you mean {', '.join(suggestions)}?" if suggestions else ""
        super().__init__(f"No association or commune is called {said!r}.{meant}")
        self.suggestions = suggestions


async def places(tx: AsyncConnection, viewer: Viewer = EVERYTHING) -> tuple[Place, ...]:
    """The associations that somebody sees, by number."""
    return tuple(_place(row) for row in await store.seen(tx, viewer))


async def find(tx: AsyncConnection, said: str, viewer: Viewer = EVERYTHING, geography: str = "") -> Scope:
    """What is meant by a number, a name, a commune, or "all". Raises NotFound.

    A word that is an old commune and a new one means the old one, unless `geography` says "now".
    """
    seen = await places(tx, viewer)
    scope = _meant(seen, said, geography)
    if scope.kind != "programme" or viewer.everything or len(seen) == len(await places(tx)):
        return scope
    return replace(scope, kind="area", everything=False)


def _meant(seen: Sequence[Place], said: str, geography: str) -> Scope:
    word = plain(said)
    if word in ALL:
        return Scope("programme", "", tuple(seen))
    number = word.zfill(2) if word.isdecimal() else word
    for place in seen:
        if place.no == number or word in (plain(place.sms_name), plain(place.name)):
            name = f"{place.name} ({place.no})"
            return Scope("association", name, (place,), place.no, geography or "old", everything=False)
    for which in (geography,) if geography else ("old", "now"):
        there = tuple(place for place in seen if plain(place.commune(which)) == word)
        if there:
            return Scope("commune", there[0].commune(which), there, geography=which, everything=False)
    raise NotFound(said, _like(seen, word))


def _like(seen: Sequence[Place], word: str) -> list[str]:
    names = {plain(name): name for place in seen for name in (place.name, place.commune_old, place.commune_now)}
    return [names[found] for found in get_close_matches(word, sorted(names), SUGGESTIONS, 0.6)]


def _place(row: Any) -> Place:
    return Place(
        id=row.id,
        no=row.no,
        name=row.name,
        sms_name=row.sms_name,
        commune_old=row.commune_old,
        commune_now=row.commune_now,
        colline=row.colline,
        activity=row.activity or "",
        members_women=row.members_women,
        members_men=row.members_men,
        target=row.target,
        officer_id=row.officer_id,
        left=row.left_at is not None,
    )
