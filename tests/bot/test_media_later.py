"""Photos and voice notes that cannot be had at once: asked for again, given up in words, never lost or doubled."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot import safe_image
from bot.channels.base import File
from bot.errors import ChannelMisconfigured, Refused, RetryLater
from bot.store import media as store
from bot.store.engine import Database
from bot.workers import media as media_worker
from tests.bot.media_bench import OGG, Bench, opened
from tests.bot.pictures import picture


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[Any]]:
    with structlog.testing.capture_logs() as entries:
        yield entries


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with opened(tmp_path) as made:
        yield made


# --- later, never twice, never lost ---


async def test_it_waits_and_is_asked_again_less_and_less_often(bench: Bench) -> None:
    bench.channel.answers = [RetryLater("the network is away", 5)]
    number = await bench.arrives()
    asked = []
    for second in range(0, 3 * 3600, 30):
        before = len(bench.channel.asked)
        await bench.worker.look()
        if len(bench.channel.asked) > before:
            asked.append(second)
        bench.clock.advance(timedelta(seconds=30))
    assert asked[:5] == [0, 30, 90, 210, 450]
    assert max(b - a for a, b in zip(asked, asked[1:], strict=False)) <= 3600
    assert (await bench.row(number)).state == "waiting"
    bench.channel.answers = [picture()]
    bench.clock.advance(timedelta(hours=1))
    await bench.worker.look()
    assert (await bench.row(number)).state == "kept"


async def test_a_provider_says_how_long_to_wait(bench: Bench) -> None:
    bench.channel.answers = [RetryLater("flood", 300), picture()]
    number = await bench.arrives()
    await bench.worker.look()
    bench.clock.advance(timedelta(seconds=299))
    await bench.worker.look()
    assert len(bench.channel.asked) == 1
    bench.clock.advance(timedelta(seconds=1))
    await bench.worker.look()
    assert (await bench.row(number)).state == "kept"


@pytest.mark.parametrize(
    "error",
    [
        RetryLater("away"),
        ChannelMisconfigured("refused", "copy the token"),
        ValueError("a fault of ours"),
        OSError(28),
    ],
)
async def test_after_two_days_it_is_given_up_in_words(bench: Bench, error: Exception) -> None:
    bench.channel.answers = [error]
    number = await bench.arrives()
    for _ in range(49):
        await bench.worker.look()
        assert (await bench.row(number)).state == "waiting"
        bench.clock.advance(timedelta(hours=1))
    await bench.worker.look()
    row = await bench.row(number)
    assert (row.state, row.reason, row.file) == ("refused", "it could not be fetched for two days", None)


async def test_after_a_long_outage_it_is_tried_before_it_is_given_up(bench: Bench) -> None:
    bench.channel.answers = [picture()]
    number = await bench.arrives()
    bench.clock.advance(timedelta(days=9))
    await bench.worker.look()
    assert (await bench.row(number)).state == "kept"


async def test_a_channel_that_is_switched_off_may_come_back(bench: Bench) -> None:
    number = await bench.arrives(channel="telegram")
    await bench.worker.look()
    assert (await bench.row(number)).state == "waiting" and bench.channel.asked == []


async def test_one_that_fails_does_not_hold_up_the_others(bench: Bench) -> None:
    bench.channel.answers = [ValueError("boom"), Refused("gone"), OGG]
    numbers = [await bench.arrives("voice") for _ in range(media_worker.AT_ONCE + 5)]
    await bench.worker.look()
    states = [(await bench.row(number)).state for number in numbers]
    assert states == ["waiting", "refused", *["kept"] * (len(numbers) - 2)]
    assert len(bench.files) == len(numbers) - 2


async def test_a_slow_provider_is_left_and_asked_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media_worker, "FETCH_S", 0.05)
    bench.channel.answers = [lambda: asyncio.sleep(99), picture()]
    number = await bench.arrives()
    await bench.worker.look()
    bench.clock.advance(timedelta(minutes=1))
    await bench.worker.look()
    assert (await bench.row(number)).state == "kept"


async def test_no_room_on_the_disk_is_no_fault_of_the_photo(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(media_worker, "_finish", full)
    assert (await bench.comes(picture())).state == "waiting"
    monkeypatch.undo()
    bench.clock.advance(timedelta(minutes=1))
    await bench.worker.look()
    assert len(bench.files) == 1 and bench.files[0].endswith(".jpg")


async def test_a_stuck_child_is_ended_and_the_photo_waits(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "stuck.py"
    program.write_text("import time; time.sleep(99)")
    monkeypatch.setattr(safe_image, "__file__", str(program))
    monkeypatch.setattr(safe_image, "WALL_S", 0.5)
    began = time.monotonic()
    assert (await bench.comes(picture())).state == "waiting"
    assert time.monotonic() - began < 10
    monkeypatch.undo()
    bench.clock.advance(timedelta(minutes=1))
    await bench.worker.look()
    assert len(bench.files) == 1


async def test_a_closed_database_stops_nothing(bench: Bench) -> None:
    await bench.arrives()
    await bench.database.close()
    await bench.worker.look()


async def test_a_stop_in_the_middle_leaves_the_row_waiting(bench: Bench) -> None:
    bench.channel.answers = [lambda: asyncio.sleep(99)]
    number = await bench.arrives()
    looking = asyncio.create_task(bench.worker.look())
    await bench.channel.was_asked.wait()
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking
    assert (await bench.row(number)).state == "waiting"


# --- a file is never without a row ---


async def test_after_a_crash_the_file_without_a_row_is_replaced(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies between the rename and the commit; the next one leaves one file, not two."""

    async def dies(*_: Any) -> Any:
        raise SystemExit

    bench.channel.answers = [picture()]
    number = await bench.arrives()
    monkeypatch.setattr(store, "keep", dies)
    monkeypatch.setattr(bench.database.writer, "do", dying(bench.database, dies))
    with pytest.raises(SystemExit):
        await bench.worker.look()
    monkeypatch.undo()
    left = bench.files
    assert len(left) == 1 and (await bench.row(number)).state == "waiting"
    await bench.restarted().look()
    row = await bench.row(number)
    assert row.state == "kept" and bench.files == [row.file] and row.file not in left


def dying(database: Database, at: Any) -> Callable[..., Any]:
    real = database.writer.do

    async def do(work: Any, item: Any) -> Any:
        return await at() if work is at else await real(work, item)

    return do


async def test_erased_while_it_was_fetched_leaves_no_file(bench: Bench) -> None:
    number = await bench.arrives()

    async def erased() -> File:
        await bench.change(number, state="refused", file=None, reason="erased")
        return File(picture(), "")

    bench.channel.answers = [erased]
    await bench.worker.look()
    assert (await bench.row(number)).reason == "erased" and bench.files == []


async def test_two_processes_on_one_database_keep_one_file(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second leaves the row alone for ten minutes, then takes it over; the late first one clears up."""
    monkeypatch.setattr(Database, "shared", property(lambda self: True))
    number = await bench.arrives()
    gate = asyncio.Event()

    async def slow() -> File:
        await gate.wait()
        return File(picture(), "")

    bench.channel.answers = [slow, picture()]
    first = asyncio.create_task(bench.worker.look())
    await bench.channel.was_asked.wait()
    other = bench.restarted()
    await other.look()
    bench.clock.advance(timedelta(minutes=9))
    await other.look()
    assert len(bench.channel.asked) == 1
    bench.clock.advance(timedelta(minutes=1))
    await other.look()
    kept = await bench.row(number)
    gate.set()
    await first
    assert kept.state == "kept" and await bench.row(number) == kept and bench.files == [kept.file]
