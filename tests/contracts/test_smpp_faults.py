"""Direct SMPP over a line that breaks: one connection carries everything, so each bind meets another fault."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter

import pytest

from bot.channels.base import Message, Recorder, Sent
from bot.errors import Ambiguous, RetryLater
from tests import faultproxy
from tests.bot.channels.test_smpp import channel as smpp
from tests.contracts.channel_kit import PHONE, outcome
from tests.smsc import Smsc

LINES = (
    faultproxy.HalfOpen(),
    faultproxy.CutAfter(30),
    faultproxy.SwallowAnswer(),
    faultproxy.CutAfter(50, reset=True),
    faultproxy.Drip(0.001),
    faultproxy.ResetAfterRequest(),
    faultproxy.Latency(0.05),
)
"""Of an answer to a bind (21 bytes) or to a text (19)."""


@pytest.mark.fault("B5", "B6", "B23")
async def test_over_smpp_a_line_that_breaks_repeats_nothing() -> None:
    lines, ends = itertools.cycle(LINES), dict[str, type]()
    async with Smsc() as smsc, faultproxy.FaultProxy("127.0.0.1", smsc.port) as proxy:
        proxy.choose = lambda: next(lines)
        channel = smpp(int(proxy.url.rpartition(":")[2]))
        channel.connect_s = channel.answer_s = 0.3
        running = asyncio.create_task(channel.run(Recorder()))
        try:
            async with asyncio.timeout(60):
                while proxy.connections < 2 * len(LINES):
                    text = f"text {len(ends)}"
                    ends[text] = type(await outcome(channel, Message(len(ends), PHONE, text, 1)))
                    if len(ends) % 10 == 0:  # a line that is only slow would stay for ever
                        await proxy.drop()
                    await asyncio.sleep(0.02)
        finally:
            running.cancel()
            await asyncio.wait([running])
    copies = Counter(order.short_message for order in smsc.submitted)
    assert set(copies.values()) == {1}, "each was tried once"
    assert {copies[text] for text, end in ends.items() if end is RetryLater} == {0}
    assert {copies[text] for text, end in ends.items() if end is Sent} == {1}
    assert Ambiguous in ends.values()
