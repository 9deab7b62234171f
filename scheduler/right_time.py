"""Whether the clock may be believed: it never stands earlier than it was once seen (faults C1).

A machine without a battery begins in 1970; a wrong time server sets it back. Then nothing leaves that nobody
asked for, until the clock is right again or a person says that it is. Nothing here reads a clock.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

TOLERANCE = timedelta(minutes=5)
"""Time servers correct a clock by seconds; more than this is a fault."""
EARLIEST = datetime(2024, 1, 1, tzinfo=UTC)
"""Older than this program: no clock that is right says so."""


def behind(now: datetime, seen: datetime | None) -> timedelta:
    """How far the clock stands behind the latest time that was seen; zero when it may be believed."""
    latest = max(seen or EARLIEST, EARLIEST)
    return latest - now if latest - now > TOLERANCE else timedelta()


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
