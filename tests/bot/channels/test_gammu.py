"""gammu-smsd: the files as it writes them, and the real program with its dummy phone."""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.channels.base import Arrival, Message, Recorder
from bot.channels.gammu import Gammu
from bot.errors import ChannelMisconfigured, DatabaseError, Refused, RetryLater
from tests.gammu import Smsd, folders, require

NAME = "IN20261123_173000_00_+25779123456_00.txt"
SMS = """; This file format was designed for Gammu and is compatible with Gammu+
; Saved 20261128T131055 (Sat Nov 28 13:10:55 2026)

[SMSBackup000]
; {comment}
PDU = {pdu}
DateTime = 20261123T173000Z
State = UnRead
Number = "+25779123456"
Text00 = {text}
Coding = {coding}
Folder = 1
"""
MESSAGE = Message(41, "+25779123456", "No 4127 OK ça 😀", 1)


def channel(folder: Path) -> Gammu:
    made = Gammu(folder)
    made.look_s, made.settle_s = 0.01, 0.0
    return made


def sms(
    text: str = "Ego", pdu: str = "Deliver", coding: str = "Default_No_Compression", comment: str = "Ego"
) -> bytes:
    """The file of an SMS with this text."""
    raw = text.encode("utf-8" if coding == "8bit" else "utf-16-be", "surrogatepass")
    return SMS.format(comment=comment, pdu=pdu, text=raw.hex().upper(), coding=coding).encode()


@asynccontextmanager
async def running(made: Gammu, intake: Recorder) -> AsyncIterator[Callable[[Callable[[], bool]], object]]:
    """The channel, looking; gives how to wait until something is so."""
    async with aiohttp.ClientSession() as http:
        await made.start(http)
        task = asyncio.create_task(made.run(intake))

        async def until(so: Callable[[], bool]) -> None:
            async with asyncio.timeout(20):
                while not so():
                    assert not task.done(), task.exception()
                    await asyncio.sleep(0.01)

        try:
            yield until
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def read(place: Path, *files: tuple[str, bytes]) -> list[Arrival]:
    """What comes of these files; all of them must be gone after."""
    folder, intake = folders(place), Recorder()
    for name, content in files:
        (folder / "inbox" / name).write_bytes(content)
    await channel(folder)._look(intake)
    assert not list((folder / "inbox").iterdir())
    return intake.kept


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (sms("Ego"), "Ego"),
        (sms("Ça va 😀", coding="Unicode_No_Compression"), "Ça va 😀"),
        (sms("12 F") + sms(" et 3 H").split(b"\n\n", 1)[1], "12 F et 3 H"),
        (sms("Ça", coding="8bit"), "Ça"),
        (sms(""), ""),
        (sms("a\0b"), "a\ufffdb"),
        (sms("Ego", comment='x\nPDU = Status_Report\n[SMSBackup009]\nNumber = "+25761000000"\nCoding = 8bit'), "Ego"),
        (sms("Ego").replace(b"\n", b"\r\n"), "Ego"),
    ],
)
async def test_a_file_becomes_an_arrival(tmp_path: Path, content: bytes, text: str) -> None:
    (arrival,) = await read(tmp_path, (NAME, content))
    assert (arrival.text, arrival.address, arrival.scheme) == (text, "+25779123456", "tel")
    assert "79123456" not in arrival.key and not arrival.data


async def test_half_a_letter_is_kept_with_its_bytes(tmp_path: Path) -> None:
    (arrival,) = await read(tmp_path, (NAME, sms("Ego \ud83d")))
    assert arrival.text.startswith("Ego") and arrival.data == {"bytes": "00450067006f0020d83d"}


async def test_who_sends_is_in_the_files_name(tmp_path: Path) -> None:
    named = [NAME.replace("+25779123456", each) for each in ("ECONET", "79123456", "8585", "Mon_Nom")]
    kept = await read(tmp_path, *((name, sms()) for name in named))
    assert sorted(each.address for each in kept) == ["+25779123456", "8585", "ECONET", "Mon_Nom"]
    assert len({each.key for each in kept}) == 4


async def test_a_delivery_report_is_no_message(tmp_path: Path) -> None:
    assert await read(tmp_path, (NAME, sms(pdu="Status_Report"))) == []


async def test_a_name_used_again_is_another_message(tmp_path: Path) -> None:
    (first,) = await read(tmp_path, (NAME, sms()))
    await asyncio.sleep(0.02)
    (second,) = await read(tmp_path, (NAME, sms()))
    assert first.text == second.text and first.key != second.key


async def test_what_is_not_stored_stays_and_is_the_same_arrival(tmp_path: Path) -> None:
    folder, intake = folders(tmp_path), Recorder(broken=DatabaseError("disk full"))
    (folder / "inbox" / NAME).write_bytes(sms())
    made = channel(folder)
    async with running(made, intake) as until:
        await asyncio.sleep(0.1)
        assert (folder / "inbox" / NAME).exists() and not intake.kept
        intake.broken = None
        await until(lambda: not (folder / "inbox" / NAME).exists())
    arrived, _ = made._read()
    assert len(intake.kept) == 1 and not arrived


async def test_a_kill_between_commit_and_deletion_brings_the_same_key(tmp_path: Path) -> None:
    folder = folders(tmp_path)
    (folder / "inbox" / NAME).write_bytes(sms())
    keys = {next(iter(channel(folder)._read()[0].values())).key for _ in range(3)}  # type: ignore[union-attr]
    assert len(keys) == 1


async def test_a_file_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    folder, intake = folders(tmp_path), Recorder()
    (folder / "inbox" / NAME).write_bytes(sms()[:200])
    made = channel(folder)
    made.settle_s = 2.0
    await made._look(intake)
    assert not intake.kept
    (folder / "inbox" / NAME).write_bytes(sms())
    old = time.time() - 3
    os.utime(folder / "inbox" / NAME, (old, old))
    await made._look(intake)
    assert [each.text for each in intake.kept] == ["Ego"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (NAME, b""),
        (NAME, b"\xfe\xff\x00E\x00g\x00o"),
        (NAME, sms().replace(b"Text00 = 0", b"Text00 = ")),
        (NAME, sms() + b"x" * 1_100_000),
        ("notes.txt", sms()),
        (NAME.replace("+25779123456", "\u200b"), sms()),
    ],
)
async def test_what_is_none_of_ours_stays_and_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    folder, intake = folders(tmp_path), Recorder()
    (folder / "inbox" / name).write_bytes(content)
    made = channel(folder)
    for _ in range(3):
        await made._look(intake)
    assert not intake.kept and (folder / "inbox" / name).exists()
    old = time.time() - 1000
    os.utime(folder / "inbox" / name, (old, old))
    (problem,) = await made.check()
    assert "inboxformat = detail" in problem
    (folder / "inbox" / NAME.replace("_00_+", "_01_+")).write_bytes(sms())
    await made._look(intake)
    assert len(intake.kept) == 1


async def test_a_message_is_laid_whole_once_and_in_order(tmp_path: Path) -> None:
    folder = folders(tmp_path)
    made = channel(folder)
    for number in (9, 10, 1000):
        for _ in range(2):
            sent = await made.send(Message(number, MESSAGE.address, MESSAGE.text, 1))
            assert (sent.state, sent.provider_id) == ("accepted", None)
    files = sorted((folder / "outbox").iterdir())
    assert [int(file.name.split("_")[1]) for file in files] == [9, 10, 1000]
    assert all(file.read_bytes().decode("utf-16") == MESSAGE.text and len(file.name) < 100 for file in files)
    assert not stat.S_IMODE(files[0].stat().st_mode) & 0o007


async def test_what_has_left_is_not_sent_again(tmp_path: Path) -> None:
    folder = folders(tmp_path)
    made, intake = channel(folder), Recorder()
    for place, state in (("sent", "sent"), ("error", "failed")):
        await made.send(MESSAGE)
        (file,) = (folder / "outbox").iterdir()
        file.rename(folder / place / file.name)
        await made.send(MESSAGE)
        assert not list((folder / "outbox").iterdir())
        await made._look(intake)
        assert (intake.told[-1].outbox_id, intake.told[-1].state, intake.told[-1].word) == (41, state, place)
        assert not list((folder / place).iterdir())


async def test_files_of_others_in_sent_are_left_alone(tmp_path: Path) -> None:
    folder, intake = folders(tmp_path), Recorder()
    (folder / "sent" / "OUTC20261123_173000_00_+25779123456_sms0.txt").write_bytes(b"x")
    await channel(folder)._look(intake)
    assert not intake.told and len(list((folder / "sent").iterdir())) == 1


async def test_what_cannot_be_laid_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = folders(tmp_path)
    made = channel(folder)
    with pytest.raises(Refused):
        await made.send(Message(1, "8585", "x", 1))
    with pytest.raises(Refused):
        await made.send(Message(1, "../../x", "x", 1))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RetryLater):
        await made.send(MESSAGE)
    assert not list((folder / "outbox").glob("OUT*"))
    monkeypatch.undo()
    await made.send(MESSAGE)
    for file in (folder / "outbox").iterdir():
        file.unlink()
    (folder / "outbox").rmdir()
    with pytest.raises(ChannelMisconfigured):
        await made.send(Message(42, MESSAGE.address, "x", 1))


async def test_the_doctor_and_the_start_name_a_missing_folder(tmp_path: Path) -> None:
    folder = folders(tmp_path)
    made = channel(folder)
    (folder / "inbox" / NAME).write_bytes(sms())
    old = time.time() - 1000
    os.utime(folder / "inbox" / NAME, (old, old))
    assert await made.check() == [], "what came before the service ran is no trouble"
    await made.send(MESSAGE)
    (file,) = (folder / "outbox").iterdir()
    os.utime(file, (old, old))
    (problem,) = await made.check()
    assert "gammu-smsd running" in problem
    (folder / "sent").rmdir()
    (problem,) = await made.check()
    assert "sent/ is missing" in problem
    async with aiohttp.ClientSession() as http:
        with pytest.raises(ChannelMisconfigured, match="sent/"):
            await made.start(http)
    with pytest.raises(ChannelMisconfigured, match="sent/"):  # it was there when the service began
        await made.run(Recorder())


async def test_the_real_program(tmp_path: Path) -> None:
    require()
    smsd, intake = Smsd(tmp_path), Recorder()
    long = "Muraho neza " * 12
    smsd.arrives("+25779123456", "12 F 3 H, ça va 😀")
    smsd.arrives("+25779123456", "Ego")
    smsd.arrives("+25779123456", "Ego")
    smsd.arrives("ECONET", 'Bundle\n[SMSBackup001]\nPDU = Status_Report\nNumber = "+25761000000"')
    smsd.arrives("+25761000000", long[:70], long[70:])
    made = channel(smsd.folder)
    made.settle_s = 0.3
    async with running(made, intake) as until:
        await made.send(MESSAGE)
        await made.send(Message(42, "+25761000000", "x" * 400, 1))
        async with smsd:
            await until(lambda: len(intake.kept) == 5 and len(intake.told) == 2)
    texts = sorted((each.address, each.text) for each in intake.kept)
    assert texts[0] == ("+25761000000", long)
    assert texts[1:4] == [("+25779123456", each) for each in ("12 F 3 H, ça va 😀", "Ego", "Ego")]
    assert texts[4][0] == "ECONET" and texts[4][1].startswith("Bundle\n[SMS")
    assert len({each.key for each in intake.kept}) == 5
    assert [(each.outbox_id, each.state) for each in intake.told] == [(41, "sent"), (42, "sent")]
    assert not [file for place in ("inbox", "outbox", "sent", "error") for file in (smsd.folder / place).iterdir()]
    assert 'text "No 4127 OK ça 😀"' in (smsd.folder / "log").read_text("utf-8", "replace")
