"""Which tip goes to whom, and when: a tip fits the association's work and the season, and is said twice at most.

In a group, different tips to different members may do twice as well as the same tip to all (conversations,
finding 7), so the representatives of one association go through the tips of a kind one place apart. Nothing
here reads a clock or a database, and the order in which tips are given makes no difference.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.noun import noun
from scheduler import cadence
from scheduler.cadence import Season

TOPICS = ("business", "value_chain", "processing", "savings")
SEASONS = ("A", "B", "C")
"""The growing seasons; C in the wet lowlands. Their days are a setting."""
ONE_A_WEEK = 7
"""Days between two tips to one person, whatever the settings say."""
TIMES = 2
"""How often one person is told a tip: once, and once more, which helps slightly (finding 7)."""


@noun
class Tip:
    """One tip in one variant. `chains` are the words, any of which in an association's work makes it fit."""

    id: int
    name: str
    variant: str
    topic: str
    chains: frozenset[str]
    seasons: str
    """Letters of the seasons in which it is useful; empty = all the year."""


@noun
class Sent:
    """A tip that was sent to somebody."""

    tip_id: int
    name: str
    at: datetime


@noun
class Reader:
    """Who gets the next tip."""

    place: int
    """Which of the association's representatives she is, from 0."""
    work: frozenset[str]
    """The words of the association's activity and businesses."""
    sent: tuple[Sent, ...] = ()
    """What she, and who shares her phone, was sent."""
    others: frozenset[int] = frozenset()
    """The tips (ids) that others of the association were sent since the last round."""


_Named = tuple[str, Sequence[Tip], Sequence[Tip]]
"""A name, all its variants, and those of them that are useful in the season."""


def letters_on(seasons: Mapping[str, Season], day: date) -> frozenset[str]:
    """The seasons that have this day."""
    return frozenset(letter for letter, one in seasons.items() if one.has(day))


def in_season(tip: Tip, now: Collection[str]) -> bool:
    """Whether a tip is useful in one of these seasons."""
    return not tip.seasons or any(letter in now for letter in tip.seasons.split())


def fit(tip: Tip, work: Collection[str]) -> int:
    """0: about what the association does; 1: useful for everybody; 2: about another value chain."""
    if not tip.chains:
        return 1
    return 0 if tip.chains & set(work) else 2


class Shelf:
    """The tips in use. What fits an association's work in a season is looked for once for all who do the same."""

    def __init__(self, tips: Iterable[Tip]) -> None:
        self._named: dict[str, list[Tip]] = {}
        for tip in sorted(tips, key=lambda tip: (tip.name, tip.variant, tip.id)):
            self._named.setdefault(tip.name, []).append(tip)
        self._fitting: dict[tuple[frozenset[str], frozenset[str]], list[list[_Named]]] = {}

    def choose(self, reader: Reader, now: datetime, season: Collection[str], repeat_after: timedelta) -> Tip | None:
        """The next tip for this reader, None when nothing is left for her.

        What fits her association best comes first; in that, what she was never told before what is repeated. The
        same tip in other words (a variant) is the same tip. Of those left she takes the one at her place.
        """
        told: dict[str, list[datetime]] = {}
        for sent in reader.sent:
            told.setdefault(sent.name, []).append(sent.at)
        for same in self._by_fit(reader.work, frozenset(season)):
            found = []
            for number, (name, variants, useful) in enumerate(same):
                times = told.get(name, ())
                if not useful or len(times) >= TIMES or (times and now - max(times) < repeat_after):
                    continue
                heard_there = any(tip.id in reader.others for tip in variants) if reader.others else False
                found.append((len(times), heard_there, (number - reader.place) % len(same), useful))
            if found:
                return _variant(min(found, key=lambda one: one[:3])[3], reader)
        return None

    def _by_fit(self, work: frozenset[str], season: frozenset[str]) -> list[list[_Named]]:
        """What fits best first."""
        found = self._fitting.get((work, season))
        if found is None:
            kinds: dict[int, list[_Named]] = {}
            for name, variants in self._named.items():
                useful = [tip for tip in variants if in_season(tip, season)]
                kinds.setdefault(min(fit(tip, work) for tip in variants), []).append((name, variants, useful))
            found = self._fitting[work, season] = [kinds[kind] for kind in sorted(kinds)]
        return found


def more(tips: Iterable[Tip], told: int, sent: Iterable[int], season: Collection[str]) -> Tip | None:
    """She wants to know more: another variant of the tip she was told, else another tip on the same thing."""
    known = {tip.id: tip for tip in tips}
    first, heard = known.get(told), {told, *sent}
    if first is None:
        return None
    left = [tip for tip in known.values() if tip.id not in heard and in_season(tip, season)]
    left = [tip for tip in left if tip.name == first.name or _same_thing(tip, first)]
    return min(
        left, key=lambda tip: (tip.name != first.name, tip.name < first.name, tip.name, tip.variant), default=None
    )


def next_due(now: datetime, last: date | None, every_days: int, at: time, place: int, zone: ZoneInfo) -> datetime:
    """When a person's next tip is due, in UTC: every so many days, each association on days of its own.

    `last` is the local day of her last tip: there is a week between two. `place` (the association's id) spreads
    associations over the days, so that a gateway is not flooded at one hour. Hours of silence are the caller's.
    """
    day = now.astimezone(zone).date()
    if last is not None:
        day = max(day, last + timedelta(days=ONE_A_WEEK))
    day += timedelta(days=(place - day.toordinal()) % every_days)
    due = cadence.on(day, at, zone)
    return due if due > now else cadence.on(day + timedelta(days=every_days), at, zone)


def _same_thing(tip: Tip, first: Tip) -> bool:
    return bool(tip.chains & first.chains) if first.chains else not tip.chains and tip.topic == first.topic


def _variant(variants: Sequence[Tip], reader: Reader) -> Tip:
    """Of one tip's variants the one she has not read, then the one nobody there was sent, then by her place."""
    heard = {sent.tip_id for sent in reader.sent}
    order = {
        tip.id: (tip.id in heard, tip.id in reader.others, (number - reader.place) % len(variants))
        for number, tip in enumerate(variants)
    }
    return min(variants, key=lambda tip: order[tip.id])
