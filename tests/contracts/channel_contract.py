"""What every channel must do, whatever the provider: subclass ChannelContract and give it a Kit.

A channel that polls has no address to be called at: Receiving and Sending only.

Receiving is asked in process, over ASGI; sending goes to a provider that answers as it is told, on
a real port, behind a proxy that breaks connections. After each test nothing secret may be in a log.
"""

from __future__ import annotations

import logging
import random
import socket
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.channels.base import Channel, Recorder, Sent
from bot.errors import Ambiguous, ChannelMisconfigured, DatabaseError, Refused, RetryLater
from tests import faultproxy
from tests.contracts.channel_kit import (
    FUZZ,
    PHONE,
    Call,
    Kit,
    assert_clean,
    knock,
    outcome,
    sending,
    spoil,
    untrusted,
)

REJECTIONS = {400, 401, 403, 404, 405, 413}


class _Contract:
    """What all parts of the suite share."""

    kit: Kit

    @pytest.fixture(autouse=True)
    def nothing_leaks(self, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
        caplog.set_level(logging.DEBUG)
        yield
        out, err = capfd.readouterr()
        logged = [record for record in caplog.get_records("call") if not record.name.startswith("uvicorn")]
        written = "".join([out, err, *map(logging.Formatter().format, logged)])
        for canary in (PHONE, PHONE[1:], "79123456", "canary", *self.kit.secrets):
            assert canary not in written, f"{canary} is in a log"


class Receiving(_Contract):
    """However the provider brings it, by a call or by a poll."""

    @pytest.mark.fault("B16")
    async def test_every_canned_payload_is_understood(self) -> None:
        assert len(self.kit.samples) > 5
        for name, sample in self.kit.samples.items():
            intake = Recorder()
            assert await self.kit.deliver(intake, sample.call) == {200}, name
            assert len(intake.kept) == sample.arrivals, name
            assert tuple(each.state for each in intake.told) == sample.deliveries, name
            channel = self.kit.channel("http://127.0.0.1:9")
            for arrival in intake.kept:
                assert_clean(arrival)
                assert arrival.channel == channel.name and arrival.scheme == channel.scheme

    @pytest.mark.fault("B11")
    async def test_a_repeated_delivery_has_the_same_key(self) -> None:
        for name, sample in self.kit.samples.items():
            intake = Recorder()
            assert await self.kit.deliver(intake, *[sample.call] * 50) == {200}
            assert len({arrival.key for arrival in intake.kept}) == sample.arrivals, name
            assert len({told.event for told in intake.told}) == len(sample.deliveries), name

    async def test_two_honest_messages_with_one_text_stay_two(self) -> None:
        intake = Recorder()
        for call in self.kit.ego:
            assert await self.kit.deliver(intake, call) == {200}
        first, second = intake.kept
        assert first.text == second.text and first.address == second.address and first.key != second.key

    async def test_what_is_not_stored_is_not_acknowledged(self) -> None:
        for sample in self.kit.samples.values():
            if not sample.arrivals and not sample.deliveries:
                continue
            intake = Recorder(broken=DatabaseError("disk full"))
            assert await self.kit.deliver(intake, sample.call) == {503}
            intake.broken = RuntimeError("a fault of ours")
            with pytest.raises(RuntimeError):
                await self.kit.deliver(intake, sample.call)
            assert not intake.kept


class Called(_Contract):
    """A provider that calls an address of ours: what else may call it."""

    def receiving(self) -> tuple[Channel, Recorder]:
        return self.kit.channel("http://127.0.0.1:9"), Recorder()

    @pytest.mark.fault("B19")
    async def test_without_the_secret_nothing_is_kept(self) -> None:
        tried = 0
        channel, _ = self.receiving()  # making one may be slow, as Telegram's TLS is
        for name, sample in self.kit.samples.items():
            for call, status in self.kit.forgeries(sample.call):
                intake = Recorder()
                assert await knock(channel, intake, call) == status, (name, call)
                assert not intake.kept and not intake.told
                tried += 1
        assert tried > 20

    @pytest.mark.fault("B20")
    async def test_a_large_body_is_refused_unread(self) -> None:
        call = self.first("POST")
        channel, intake = self.receiving()
        announced = replace(call, headers=(*call.headers, (b"content-length", b"99999999")))
        assert await knock(channel, intake, announced) == 413
        chunks = [b"x" * 65_536] * 40
        assert await knock(channel, intake, call, chunks) == 413
        assert not intake.kept

    async def test_other_methods_are_refused(self) -> None:
        channel, intake = self.receiving()
        for sample in self.kit.samples.values():
            assert await knock(channel, intake, replace(sample.call, method="PUT")) == 405
            assert not intake.kept

    @pytest.mark.fault("B20")
    async def test_spoilt_requests_never_break_us(self) -> None:
        chance = random.Random(7)
        calls = [sample.call for sample in self.kit.samples.values()]
        channel, intake = self.receiving()
        accepted = 0
        for _ in range(FUZZ):
            call = self.kit.seal(spoil(chance, chance.choice(calls)))
            begin = time.process_time()  # the machine may be busy with something else
            status = await knock(channel, intake, call)
            assert status == 200 or status in REJECTIONS, call.path
            assert time.process_time() - begin < 1.0, call.path
            accepted += status == 200
        assert 0 < accepted < FUZZ
        for arrival in intake.kept:
            assert_clean(arrival)

    def first(self, method: str) -> Call:
        return next(each.call for each in self.kit.samples.values() if each.call.method == method)


class Sending(_Contract):
    """The one call that `send` makes."""

    async def test_what_was_taken_is_sent_or_accepted(self) -> None:
        async with sending(self.kit) as (channel, provider):
            for provider.answer in self.kit.sent:
                taken = await outcome(channel)
                assert isinstance(taken, Sent) and taken.state in ("accepted", "sent", "delivered")

    @pytest.mark.fault("B4")
    @pytest.mark.parametrize("kind", ["refused", "misconfigured", "later", "doubtful"])
    async def test_what_was_not_taken_says_why(self, kind: str) -> None:
        due = {"refused": Refused, "misconfigured": ChannelMisconfigured, "later": RetryLater}
        answers = getattr(self.kit, kind)
        assert answers
        async with sending(self.kit) as (channel, provider):
            for provider.answer in answers:
                assert type(await outcome(channel)) is due.get(kind, Ambiguous), provider.answer

    @pytest.mark.fault("B3")
    @pytest.mark.parametrize(
        ("header", "seconds"),
        [("7", 7), ("3600", 3600), ("1000000000", 3600), ("soon", 30), ("-1", 30), ("0", 30), (None, 30)],
    )
    async def test_slow_down_says_how_long(self, header: str | None, seconds: float) -> None:
        async with sending(self.kit) as (channel, provider):
            provider.answer = self.kit.slow_down(header)
            error = await outcome(channel)
            assert isinstance(error, RetryLater) and error.after_s == seconds

    @pytest.mark.fault("B2", "B5", "B6")
    @pytest.mark.parametrize(
        "fault",
        [
            faultproxy.HalfOpen(),
            faultproxy.SwallowAnswer(),
            faultproxy.ResetAtOnce(),
            faultproxy.ResetAfterRequest(),
            faultproxy.CutAfter(0),
            faultproxy.CutAfter(9),
            faultproxy.CutAfter(40, reset=True),
            faultproxy.Drip(0.05),
            faultproxy.Latency(5),
        ],
        ids=repr,
    )
    async def test_a_broken_call_is_in_doubt_and_never_repeated(self, fault: faultproxy.Fault) -> None:
        async with sending(self.kit, fault=fault) as (channel, provider):
            before = len(provider.asked)
            provider.answer = self.kit.sent[0]
            begin = time.monotonic()
            assert type(await outcome(channel)) is Ambiguous
            assert time.monotonic() - begin < 3
            assert len(provider.asked) - before <= 1

    async def test_a_slow_answer_in_time_is_an_answer(self) -> None:
        async with sending(self.kit, fault=faultproxy.Latency(0.05), hurry=False) as (channel, provider):
            provider.answer = self.kit.sent[0]
            assert isinstance(await outcome(channel), Sent)

    @pytest.mark.fault("B1")
    @pytest.mark.parametrize("where", ["closed port", "unknown host"])
    async def test_nothing_left_when_nobody_is_there(self, where: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            url = f"http://127.0.0.1:{server.getsockname()[1]}"
        async with sending(self.kit, url if where == "closed port" else "http://gateway.invalid") as (channel, _):
            assert type(await outcome(channel)) is RetryLater

    @pytest.mark.fault("B1")
    async def test_nothing_left_to_whom_no_authority_vouches_for(self) -> None:
        async with untrusted() as (url, heard), sending(self.kit, url) as (channel, _):
            assert type(await outcome(channel)) is RetryLater
            assert not heard

    async def test_no_file_is_promised(self) -> None:
        async with sending(self.kit) as (channel, _):
            with pytest.raises((Refused, RetryLater)):
                await channel.fetch({}, 1000)


class ChannelContract(Receiving, Called, Sending):
    """The whole suite. A subclass sets `kit`."""
