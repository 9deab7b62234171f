"""The gateway asleep, unplugged or out of credit: two of the team are told, once, and when it is over (O7)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.smsgate import SmsGate
from bot.clock import StoppedClock
from bot.programme import roster as rosters
from bot.workers.channel_watch import ChannelWatch
from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.botapi_updates import User
from tests.end_to_end.chats import Chats, programme
from tests.play_service import NOW

PHONE = {"url": "http://127.0.0.1:9", "username": "sms", "password": "p", "signing_key": "k"}
STAFF = [rosters.Staff("Anna", "admin", languages="en"), rosters.Staff("Felix", "officer", languages="en")]


async def looks(chats: Chats, clock: StoppedClock, minutes: int, watch: ChannelWatch | None = None) -> None:
    """So many minutes pass, with a look each."""
    for _ in range(minutes):
        clock.advance(timedelta(minutes=1))
        await (watch or chats.app.watch).look()
    await chats.settled()


async def test_two_are_told_once_and_when_it_is_over(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = StoppedClock(NOW)
    on = {"smsgate": PHONE}
    async with programme(botapi, tmp_path, monkeypatch, clock=clock, staff=STAFF, channels=on) as chats:
        team = [await chats.one_of_the_team(name, chat) for name, chat in (("Eric", 31), ("Felix", 32), ("Anna", 33))]
        phone = chats.app.channels["smsgate"]
        assert isinstance(phone, SmsGate)
        before = [len(user.sees) for user in team]

        def told(user: User) -> list[str]:
            return [shown.text for shown in user.sees[before[team.index(user)] :]]

        await looks(chats, clock, 15)
        assert not any(map(told, team)), "15 minutes are not too long"
        await looks(chats, clock, 20)
        assert [len(told(user)) for user in team] == [1, 0, 1], "the administrator and the first officer"
        assert told(team[2]) == [
            "⚠️ smsgate: the phone has said nothing since 17:31. Is it on power and in the network?"
        ]
        phone.heard_at, phone.warns = clock.now(), ("unplugged", "failing")
        await looks(chats, clock, 1)
        assert told(team[0])[1:] == [
            "⚠️ smsgate: all texts of the last hour failed. Has the SIM airtime, and a bundle?"
        ]
        await looks(chats, clock, 14)
        assert len(told(team[0])) == 2, "a short cut of the power is nobody's business"
        phone.heard_at = clock.now()
        await looks(chats, clock, 2)
        assert "not on power" in told(team[0])[2] and len(told(team[0])) == 3
        phone.heard_at, phone.warns = clock.now(), ()
        await looks(chats, clock, 3)
        assert told(team[0])[3:] == ["✅ smsgate: works again."] == told(team[2])[3:]
        other = ChannelWatch(
            chats.app.database, clock.now, chats.app.channels, chats.app.outbox, chats.app.inbox.notify
        )
        phone.warns = ("battery",)
        await chats.app.watch.look()
        await looks(chats, clock, 1, other)
        assert [len(told(user)) for user in team] == [5, 0, 5], "two processes see it, it is told once"


async def test_texts_that_wait_are_told_and_nothing_twice(
    botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = StoppedClock(NOW)
    async with programme(botapi, tmp_path, monkeypatch, clock=clock) as chats:
        eric = await chats.eric()
        before = len(eric.sees)
        monkeypatch.setitem(chats.app.outbox._paused, "telegram", NOW + timedelta(days=1))
        await chats.app.watch.look()
        del chats.app.outbox._paused["telegram"]
        chats.app.outbox.notify()
        await chats.settled()
        assert [shown.text for shown in eric.sees[before:]] == [
            "⚠️ telegram does not work: its account or its settings are refused. Tell the administrator."
        ]
