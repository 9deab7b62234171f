"""Photos and voice notes: fetched once, kept under names of our own, whatever a sender or a crash does."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from PIL import Image

from bot.errors import Refused
from tests.bot.media_bench import OGG, Bench, opened
from tests.bot.pictures import SVG, bomb, picture


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[Any]]:
    with structlog.testing.capture_logs() as entries:
        yield entries


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with opened(tmp_path) as made:
        yield made


# --- what is kept ---


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_a_photo_is_kept_as_a_jpeg_under_our_own_name(bench: Bench, kind: str) -> None:
    row = await bench.comes(picture(kind))
    assert (row.state, row.reason) == ("kept", None)
    assert bench.files == [row.file]
    month, name = row.file.split("/")
    assert month == "2026-12" and len(name) == 36 and name.endswith(".jpg")
    content = (bench.folder / row.file).read_bytes()
    assert (row.sha256, row.bytes) == (hashlib.sha256(content).hexdigest(), len(content))
    with Image.open(io.BytesIO(content)) as image:
        assert image.format == "JPEG" and image.size == (64, 48)
        red, _, blue = image.getpixel((10, 20))  # type: ignore[misc]
        assert red > 200 and blue < 50
    if os.name == "posix":
        assert (bench.folder / row.file).stat().st_mode & 0o077 == 0
        assert bench.folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (OGG, ".ogg"),
        (b"ID3\x04" + bytes(500), ".mp3"),
        (b"\xff\xfb\x90\x64" + bytes(500), ".mp3"),
        (b"\x00\x00\x00\x20ftypM4A \x00\x00" + bytes(20) + b"hdlr" + bytes(8) + b"soun" + bytes(99), ".m4a"),
    ],
)
async def test_a_voice_note_is_kept_as_it_is(bench: Bench, content: bytes, ending: str) -> None:
    row = await bench.comes(content, "voice")
    assert row.state == "kept" and row.file.endswith(ending) and bench.files == [row.file]
    assert (bench.folder / row.file).read_bytes() == content
    assert row.sha256 == hashlib.sha256(content).hexdigest()


HOSTILE = ["../../etc/passwd", "..\\..\\boot.ini", "CON", "a\x00b.jpg", "x" * 4096, "/etc/passwd", "-rf", "ünï.svg"]


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_senders_file_name_is_never_used(bench: Bench, name: str) -> None:
    row = await bench.comes(OGG, "voice", file_name=name, file_path=name)
    assert row.state == "kept" and set(row.file) <= set("0123456789abcdef-/.og")
    assert bench.files == [row.file]
    around = {f.name for f in bench.settings.folder.iterdir()}
    assert {n for n in around if not n.startswith("test.db")} == {"media"}


async def test_identical_photos_are_two_photos(bench: Bench) -> None:
    first, second = await bench.comes(picture()), await bench.comes(picture())
    assert first.sha256 == second.sha256 and first.file != second.file and len(bench.files) == 2


# --- what is refused ---

REFUSED = [
    (SVG, "not a JPEG"),
    (picture(size=(600, 400))[:-900], "damaged"),
    (bomb(60_000, 60_000), "40 million pixels"),
    (bytes(2_000_001), "larger than 2 MB"),
]


@pytest.mark.parametrize(("content", "why"), REFUSED)
async def test_what_is_no_safe_photo_is_refused_in_words(bench: Bench, content: bytes, why: str) -> None:
    row = await bench.comes(content)
    assert row.state == "refused" and why in row.reason
    assert (row.file, row.sha256, row.bytes) == (None, None, None)
    assert bench.files == []
    bench.channel.asked.clear()
    await bench.worker.look()
    assert bench.channel.asked == []


@pytest.mark.parametrize(
    "content",
    [b"", b"RIFF\x00\x00\x00\x00WAVE", picture(), b"OggS" + bytes(100), b"\xff\xff\xff\xff", SVG, b"MZ" + bytes(99),
     b"\x00\x00\x00\x20ftypisom" + b"hdlr" + bytes(8) + b"vide" + b"hdlr" + bytes(8) + b"soun"],
)  # fmt: skip
async def test_what_is_no_voice_note_is_refused(bench: Bench, content: bytes) -> None:
    row = await bench.comes(content, "voice")
    assert row.state == "refused" and "not a voice note" in row.reason and bench.files == []


async def test_what_the_channel_refuses_is_refused(bench: Bench) -> None:
    bench.channel.answers = [Refused("larger than 2000000 bytes")]
    number = await bench.arrives()
    await bench.worker.look()
    row = await bench.row(number)
    assert (row.state, row.reason) == ("refused", "larger than 2000000 bytes")


async def test_the_event_loop_goes_on_while_a_large_photo_is_decoded(bench: Bench) -> None:
    written = io.BytesIO()
    Image.new("RGB", (6000, 5000), "red").save(written, "PNG")
    gaps, last, going = [], time.monotonic(), True

    async def ticks() -> None:
        nonlocal last
        while going:
            await asyncio.sleep(0.005)
            gaps.append(time.monotonic() - last)
            last = time.monotonic()

    ticking = asyncio.create_task(ticks())
    began = time.monotonic()
    row = await bench.comes(written.getvalue())
    going, took = False, time.monotonic() - began
    await ticking
    assert row.state == "kept" and len(gaps) > 20 and max(gaps) < took / 2
