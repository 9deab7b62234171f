"""The alarm asks again and again, and at the end lets what is under way come to its own."""

from __future__ import annotations

import asyncio

from scheduler.alarm import Alarm


async def test_what_is_under_way_ends_by_itself_and_nothing_begins_after_it() -> None:
    began, ended = asyncio.Event(), 0
    alarm = Alarm()

    async def call() -> None:
        nonlocal ended
        began.set()
        await asyncio.sleep(0.2)
        ended += 1

    alarm.every(0.05, call)
    alarm.start()
    await asyncio.wait_for(began.wait(), 5)
    await alarm.stop(within_s=5)
    assert ended == 1
    await asyncio.sleep(0.3)
    assert ended == 1


async def test_what_never_ends_is_cancelled() -> None:
    began, cancelled = asyncio.Event(), asyncio.Event()
    alarm = Alarm()

    async def hangs() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    alarm.every(0.05, hangs)
    alarm.start()
    await asyncio.wait_for(began.wait(), 5)
    await alarm.stop(within_s=0.1)
    await asyncio.wait_for(cancelled.wait(), 5)
