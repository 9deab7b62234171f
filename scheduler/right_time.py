"""Whether the clock may be believed: it never stands earlier than it was once seen (faults C1).

A machine without a battery begins in 1970; a wrong time server sets it back. Then nothing leaves that nobody
asked for, until the clock is right again or a person says that it is. One that stands ahead cannot be told for
certain: what providers say of the time of several messages makes it likely, and people are told. Nothing here reads a
clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

TOLERANCE = timedelta(minutes=5)
"""Time servers correct a clock by seconds; more than this is a fault."""
EARLIEST = datetime(2024, 1, 1, tzinfo=UTC)
"""Older than this program: no clock that is right says so."""


def behind(now: datetime, seen: datetime | None) -> timedelta:
    """How far the clock stands behind the latest time that was seen; zero when it may be believed."""
    latest = max(seen or EARLIEST, EARLIEST)
    return latest - now if latest - now > TOLERANCE else timedelta()


LATELY = 8
"""So many of the newest messages are looked at."""
PHONES, SPREAD, AHEAD = 3, timedelta(minutes=30), timedelta(minutes=10)
"""All of them so old when they came, from so many phones, over so long: a gateway that was off brings its old ones at
once, and fresh ones after them."""


def ahead(arrived: Sequence[tuple[int, datetime, datetime]]) -> timedelta:
    """How far the clock seems to stand ahead of providers' clocks; zero when there is no sign of it.

    `arrived`: the newest messages, (address, when it was sent by its provider's clock, when it came by ours).
    """
    came = [at for _, _, at in arrived]
    if len(arrived) < LATELY or len({address for address, _, _ in arrived}) < PHONES:
        return timedelta()
    least = min(at - sent for _, sent, at in arrived)
    return least if least > AHEAD and max(came) - min(came) >= SPREAD else timedelta()


def said_ahead(ahead_by: timedelta) -> str:
    """What may be wrong and what to do; '' when nothing is."""
    if not ahead_by:
        return ""
    return (
        f"the clock of this machine stands {_span(ahead_by)} ahead of what the networks say of the last {LATELY} "
        "messages -> set it (timedatectl set-ntp true), then kurikirana clock right; if it is right, look at the "
        "clock of the gateway's phone"
    )


def said(behind_by: timedelta) -> str:
    """What is wrong and what to do, in words for the team; '' when nothing is."""
    if not behind_by:
        return ""
    return (
        f"the clock of this machine stands {_span(behind_by)} behind what it was; only answers are sent -> set it "
        "(timedatectl set-ntp true); if it is right now and was wrong before: kurikirana clock right"
    )


def _span(time: timedelta) -> str:
    minutes = int(time.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 2 * 24 * 60 else f"{minutes // (24 * 60)} days"
