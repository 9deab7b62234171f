"""When a provider's list is read, and how far back: nothing falls between two readings, however long an outage."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels import pulling
from bot.errors import Ambiguous, ChannelMisconfigured, DatabaseError, RetryLater

NOW = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Clock:
    """Time passes while one waits."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.time, self.slept = NOW, list[float]()
        monkeypatch.setattr("bot.channels.pulling.asyncio.sleep", self.sleep)

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)


@pytest.mark.fault("B25")
async def test_nothing_falls_between_two_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider has a message every hour; of ten days three are an outage, in which every reading fails."""
    clock, have = Clock(monkeypatch), set[datetime]()
    errors = [RetryLater("off"), Ambiguous("cut"), DatabaseError("full")]
    first, last = NOW + timedelta(days=2), NOW + timedelta(days=5)

    async def read(since: datetime) -> None:
        if first <= clock.time < last:
            raise errors[len(clock.slept) % 3]
        if clock.time > NOW + timedelta(days=10):
            raise asyncio.CancelledError
        there = (NOW - timedelta(days=30) + HOUR * n for n in range(24 * 50))
        have.update(moment for moment in there if since <= moment <= clock.time)

    with pytest.raises(asyncio.CancelledError):
        await pulling.Readings("twilio", clock.now).go_on(read)
    began, ended = NOW - pulling.AT_START, NOW + timedelta(days=10)
    assert have >= {began + HOUR * n for n in range(int((ended - began) / HOUR))}
    assert min(have) >= began, "what was before our time is history"
    assert set(clock.slept) == {pulling.EVERY_S, pulling.SOON_S}


async def test_it_reaches_no_further_back_than_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, asked = Clock(monkeypatch), list[timedelta]()

    async def read(since: datetime) -> None:
        asked.append(clock.time - since)
        if len(asked) == 3:
            raise ChannelMisconfigured("refused", "look at the token")

    with pytest.raises(ChannelMisconfigured):
        await pulling.Readings("twilio", clock.now).go_on(read)
    later = pulling.OVERLAP + timedelta(seconds=pulling.EVERY_S)
    assert asked == [pulling.AT_START, later, later]


async def test_a_refused_account_forgets_nothing_of_how_far_it_had_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused for a week: what came meanwhile is asked for, although the service begins anew each minute."""
    clock, asked = Clock(monkeypatch), list[datetime]()

    async def read(since: datetime) -> None:
        asked.append(since)
        if len(asked) > 1:
            raise ChannelMisconfigured("refused", "look at the token")

    readings = pulling.Readings("twilio", clock.now)
    with pytest.raises(ChannelMisconfigured):
        await readings.go_on(read)
    clock.time += timedelta(days=7)
    with pytest.raises(ChannelMisconfigured):
        await readings.go_on(read)
    assert asked == [NOW - pulling.AT_START, NOW - pulling.OVERLAP, NOW - pulling.OVERLAP]
