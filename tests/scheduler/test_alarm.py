"""The alarm asks again and again, and at the end lets what is under way come to its own."""

from __future__ import annotations

import asyncio
import time

import pytest

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


@pytest.mark.fault("C5")
async def test_a_loop_that_was_blocked_is_asked_once() -> None:
    """With APScheduler's own second of grace a job that is asked for seldom would be dropped."""
    asked: list[float] = []
    alarm = Alarm()

    async def call() -> None:
        asked.append(time.monotonic())

    alarm.every(0.05, call)
    alarm.start()
    assert [job.misfire_grace_time for job in alarm._scheduler.get_jobs()] == [None]
    while not asked:
        await asyncio.sleep(0.01)
    before = len(asked)
    time.sleep(0.3)  # noqa: ASYNC251 - what blocks the loop
    await asyncio.sleep(0.02)
    await alarm.stop(within_s=1)
    assert len(asked) == before + 1, "once, not for every turn that was missed"


async def test_what_is_under_way_is_not_begun_again_and_what_failed_is() -> None:
    alarm, goes_on, begun = Alarm(), asyncio.Event(), 0

    async def call() -> None:
        nonlocal begun
        begun += 1
        await goes_on.wait()
        raise ZeroDivisionError

    alarm.every(0.02, call)
    alarm.start()
    await asyncio.sleep(0.2)
    assert begun == 1
    goes_on.set()
    async with asyncio.timeout(5):
        while begun < 3:
            await asyncio.sleep(0.01)
    await alarm.stop(within_s=1)
