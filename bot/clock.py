"""The time: aware UTC, handed in to whoever needs it, so that tests and the demo can move it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo


def utc_offset_min(now: datetime, zone: tzinfo) -> int:
    """Minutes that the clocks of a zone are ahead of UTC at this moment."""
    return int((now.astimezone(zone).utcoffset() or timedelta()) / timedelta(minutes=1))


class Clock:
    """The real time, moved ahead by `offset` (only the demo moves it)."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """Aware UTC now."""
        return datetime.now(UTC) + self.offset

    def advance(self, by: timedelta) -> None:
        """Move the clock ahead; never back."""
        if by < timedelta():
            raise ValueError("the clock only moves ahead")
        self.offset += by


class StoppedClock(Clock):
    """A clock for tests: stands still until it is advanced."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self._at = at

    def now(self) -> datetime:
        """The set time plus what it was advanced by."""
        return self._at + self.offset
