"""Who gets a copy, by which way, in which language, and who is left out and why. Pure: a page in, rows out.

One copy for each person and each shared phone: a person is reached by one road only (handlers/turn/roads.py); a phone
that several share gets one copy, with the name and language of the first of them.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from bot.programme.broadcasts.audience import Audience, Period
from bot.programme.broadcasts.wording import LEAVE_OUT, Wording
from bot.replies import SIMULATED
from bot.store.audiences import Door, Page
from handlers.turn import Road, Roads

STOPPED = "said stop or no"
NOT_AGREED = "not agreed yet"
WANTS_CALLS = "wants calls"
NO_ADDRESS = "no number that works"
CHAT_ONLY = "agreed in a chat only, which is closed"
NO_CHANNEL = "no channel reaches it"
NOT_LIVE = "live = false"
NO_TEXT = "no text in her language"
FULL = "already had the week's messages"
UNKNOWN_LANGUAGE = "rn"
"""Of leaders whose language nobody knows, as in conversations."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What the settings and channels say, as plain values: commands hand it to the service as JSON."""

    sender: str
    live: bool
    first: Mapping[str, str]
    """Scheme of an address -> the channel that reaches it when none is known."""
    channels: tuple[str, ...]
    rich: tuple[str, ...]
    """Those of the channels that are chats."""
    per_week: int
    timezone: str
    start: str
    """ISO date on which the programme began: who never reported is silent since then."""
    period_days: int
    """So long without news is late."""
    within_a_day: tuple[str, ...] = ()
    """Schemes by which a text leaves within a day of what she last wrote there only."""

    def period(self) -> Period:
        """Since when an association is late, as the officers' list counts it."""
        return Period(ZoneInfo(self.timezone), date.fromisoformat(self.start), self.period_days)


@dataclass(slots=True)
class Tally:
    """What the pages come to."""

    people: int = 0
    phones: int = 0
    chats: int = 0
    full: int = 0
    """Recipients who have had the week's messages already, left out or not."""
    languages: Counter[str] = field(default_factory=Counter)
    """Of the readers, their own ones."""
    instead: Counter[tuple[str, str]] = field(default_factory=Counter)
    undecided: Counter[str] = field(default_factory=Counter)
    """Readers of a language without a text, about whom the writer has not said what they get."""
    left_out: Counter[str] = field(default_factory=Counter)
    parts: dict[str, array[int]] = field(default_factory=dict)
    """Per channel, the parts of each copy."""
    longest: tuple[int, int, str] = (0, 0, "")
    """Characters and parts of the longest real SMS (or chat text, when there is no SMS), and the text."""

    @property
    def number(self) -> int:
        """Phones and chats: what a person types to approve."""
        return self.phones + self.chats


@dataclass(frozen=True, slots=True)
class Rule:
    """Everything that decides about a leader."""

    audience: Audience
    wording: Wording
    setup: Setup
    leave_out_full: bool = False


def rows_of(page: Page, rule: Rule, tally: Tally) -> Iterator[dict[str, Any]]:
    """The recipients of a page: to be written to (waiting) or left out with the reason. Counts in the tally."""
    for door in page.doors:
        mine, out = [], ""
        for leader in door.leaders:
            if not rule.audience.holds(leader):
                continue
            ways = page.ways[leader.id]
            chosen, reason = _way(leader, ways, rule.setup)
            if chosen == door.id:
                mine.append(leader)
            elif reason and ways[0].address_id == door.id:
                tally.left_out[reason] += 1
                out = out or reason
        if mine:
            yield _recipient(door, mine, rule, tally)
        elif out:
            yield _left_out(door, out)


def reached(page: Page, setup: Setup) -> Iterator[Any]:
    """The leaders of a page to whom a text would leave that everybody can read."""
    for door in page.doors:
        mine = [leader for leader in door.leaders if _way(leader, page.ways[leader.id], setup)[0] == door.id]
        if mine and not _hindered(_channel(door, setup), mine, setup):
            yield from mine


def without_address(leaders: Sequence[Any], rule: Rule, tally: Tally) -> None:
    """Count those who have no phone and no chat at all."""
    for leader in leaders:
        if rule.audience.holds(leader):
            tally.left_out[_unwilling(leader.consent) or NO_ADDRESS] += 1


def _unwilling(consent: str) -> str:
    if consent == "yes":
        return ""
    return STOPPED if consent in ("stopped", "no") else NOT_AGREED


def _way(leader: Any, ways: Sequence[Road], setup: Setup) -> tuple[int, str]:
    """The address a leader is written to at, or 0 and why not. Where no channel leads is none while another is."""
    if reason := _unwilling(leader.consent):
        return 0, reason
    if leader.channel == "call" or leader.can_read == "no":
        return 0, WANTS_CALLS
    active = [way for way in ways if way.works and (way.talked or way.scheme not in setup.within_a_day)]
    reached = [way for way in active if way.scheme in setup.first] or active
    best = Roads(tuple(reached), leader.channel, bool(leader.by_sms)).best
    return (best, "") if best else (0, CHAT_ONLY if active else NO_ADDRESS)


def _channel(door: Door, setup: Setup) -> str:
    """By which channel a text leaves to this phone or chat; '' when none leads there."""
    return door.channel if door.channel in setup.channels else setup.first.get(door.scheme, "")


def _hindered(channel: str, leaders: Sequence[Any], setup: Setup) -> str:
    """Why nothing at all leaves there; '' when something may."""
    practice = any(leader.practice for leader in leaders) or channel in SIMULATED
    return (not channel and NO_CHANNEL) or (not setup.live and not practice and NOT_LIVE) or ""


def _recipient(door: Door, leaders: Sequence[Any], rule: Rule, tally: Tally) -> dict[str, Any]:
    first, setup = leaders[0], rule.setup
    channel = _channel(door, setup)
    language = first.language or UNKNOWN_LANGUAGE
    text = rule.wording.for_reader(language)
    full = door.unasked >= setup.per_week
    reason = (
        _hindered(channel, leaders, setup)
        or (text == LEAVE_OUT and NO_TEXT)
        or (full and rule.leave_out_full and FULL)
    )
    tally.full += full
    if reason:
        tally.left_out[reason] += len(leaders)
        return _left_out(door, reason)
    tally.people += len(leaders)
    tally.languages[language] += 1
    if text is None:
        tally.undecided[language] += 1
        return _left_out(door, NO_TEXT)
    if text != language:
        tally.instead[language, text] += 1
    parts = _counted(door, channel, text, first, rule, tally)
    return {**_row(door, channel), "person_id": first.id, "people": len(leaders), "language": text, "parts": parts}


def _counted(door: Door, channel: str, text: str, first: Any, rule: Rule, tally: Tally) -> int:
    setup = rule.setup
    rich = channel in setup.rich
    association, officer = first.association or setup.sender, first.officer or setup.sender
    said = rule.wording.say(text, first.sms_name, association, officer, rich=rich)
    if rich:
        tally.chats += 1
    else:
        tally.phones += 1
    tally.parts.setdefault(channel, array("B")).append(said.parts)
    if (size := (not rich, len(said.text))) > (bool(tally.longest[1]), tally.longest[0]):
        tally.longest = (size[1], 0 if rich else said.parts, said.text)
    return said.parts


def _row(door: Door, channel: str) -> dict[str, Any]:
    return {
        "address_id": door.id,
        "person_id": None,
        "people": 0,
        "channel": channel,
        "language": "",
        "parts": 0,
        "state": "waiting",
        "reason": None,
    }


def _left_out(door: Door, reason: str) -> dict[str, Any]:
    return {**_row(door, door.channel or ""), "state": "left_out", "reason": reason}
