"""Erasure as an attacker with the disk would test it: the name, the number and the words are nowhere.

A leader with canary names and words reports, sends a photo, asks for erasure. Afterwards no table,
not the file, not the -wal after a checkpoint, not the media folder holds them; the figures stay.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import logs
from bot.app import App
from bot.channels.base import Arrival
from bot.cli.talk import Line
from bot.store import listing
from bot.store import tables as t
from bot.workers.erasures import ErasureWorker
from tests.play_service import NOW, service

NAME, SMS_NAME, WORDS = "Zebulonne Qwxyzandi", "Zebulonne", "canaryword xylophone husker"
PHONE = "+25779481516"
CANARIES = ("Zebulonne", "Qwxyzandi", "canaryword", "25779481516", "79481516")


async def _one(app: App, query: Any) -> Any:
    async with app.database.read() as tx:
        return (await tx.execute(query)).all()


async def _write(app: App, *statements: Any) -> None:
    async def work(tx: AsyncConnection, items: Sequence[None]) -> list[None]:
        for statement in statements:
            await tx.execute(statement)
        return [None] * len(items)

    await app.database.writer.do(work, None)


async def _rename(app: App, person: int, name: str, sms_name: str, old: str, phone: str) -> None:
    """Give somebody of the invented programme the canary's name and number."""
    await _write(
        app,
        update(t.people).where(t.people.c.id == person).values(name=name, sms_name=sms_name, language="en"),
        update(t.addresses).where(t.addresses.c.value == old).values(value=phone),
    )


async def _person(app: App, name: str) -> Any:
    async with app.database.read() as tx:
        return (await listing.people_named(tx, name))[0]


async def _say(line: Line, *texts: str) -> list[str]:
    got: list[str] = []
    for said in texts:
        await line.send(said)
        got += [shown.text for shown in await line.answers()]
    return got


async def _figures(app: App) -> Any:
    async with app.database.read() as tx:
        return await listing.figures_by_association(tx)


def _bytes(folder: Path) -> bytes:
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert any(file.suffix == ".db" or ".db" in file.name for file in files), files
    return b"".join(file.read_bytes() + str(file.name).encode() for file in files)


async def _checkpoint(folder: Path) -> None:
    """As the service does in time: the write-ahead log is emptied into the file, once nobody reads in it."""
    with contextlib.closing(sqlite3.connect(next(folder.glob("*.db")), timeout=0)) as connection:
        async with asyncio.timeout(20):
            while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                await asyncio.sleep(0.02)
    assert all(wal.stat().st_size == 0 for wal in folder.glob("*-wal"))


def _found(content: bytes) -> list[str]:
    low = content.lower()
    return [canary for canary in CANARIES if canary.lower().encode() in low]


async def _report_and_talk(app: App, folder: Path) -> tuple[Line, int]:
    """The canary writes, reports with a remark, sends a photo; returns her line and her id."""
    odette = await _person(app, "ABAHUZA ODETTE")
    await _rename(app, odette["id"], NAME, SMS_NAME, odette["phone"], PHONE)
    line = Line(app, PHONE)
    await _say(line, f"hello {WORDS}", "12 11 3 12 7 5 3", "FIX", "3", "12 8", "8", "1")
    await _say(line, "3", f"what does the {WORDS} do?", "4", f"a lesson: {WORDS}", "1", "STOP", "START", "9")
    await _team_saw_it(app)
    hers = select(t.inbox.c.id).where(t.inbox.c.kind == "text")  # the newest of all may have woken an officer
    inbox = (await _one(app, hers.order_by(t.inbox.c.id.desc())))[0].id
    file = folder / "media" / "2026-11" / "canary.jpg"
    file.parent.mkdir(parents=True)
    file.write_bytes(f"photo of {WORDS}".encode())
    row = {"inbox_id": inbox, "kind": "photo", "state": "kept", "file": "2026-11/canary.jpg", "at": NOW}
    await _write(app, insert(t.media).values(**row))
    values = (await _one(app, select(t.reports).order_by(t.reports.c.number.desc())))[0]
    name = next(iter(app.turns.free_texts["training"]), None)
    if name:
        said = {**values._mapping["values"], name: f"difficult: {WORDS}"}
        await _write(app, update(t.reports).where(t.reports.c.number == values.number).values(values=said))
    return line, odette["id"]


async def _team_saw_it(app: App) -> None:
    """Her question was shown to the mentor, her message to the officer: copies of her words in their chats."""
    keys = ("M1", "O.task.read")
    for _ in range(250):
        shown = await _one(
            app, select(t.outbox.c.text).where(t.outbox.c.key.in_(keys), t.outbox.c.state == "delivered")
        )
        if len(shown) == len(keys):
            break
        await asyncio.sleep(0.02)
    assert [WORDS in row.text for row in shown] == [True, True]


async def _end(app: App, folder: Path) -> None:
    await ErasureWorker(app.database, folder / "media").look()
    await _checkpoint(folder)


@pytest.mark.fault("E14")
async def test_after_erasure_nothing_of_her_is_left_and_the_figures_are(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Nor did a log ever have her number or words, at the level that tells most."""
    caplog.set_level("DEBUG")
    for name in logs._TELL_TOO_MUCH:
        caplog.set_level("WARNING", name)
    async with service(tmp_path) as app:
        line, _ = await _report_and_talk(app, tmp_path)
        await _checkpoint(tmp_path)
        assert _found(_bytes(tmp_path)) == list(CANARIES), "the search must be able to find"
        before, reports = await _figures(app), await _one(app, select(t.reports.c.number, t.reports.c.state))
        answers = await _say(line, "DELETE", "55")
        assert [said[:13] for said in answers] == ["OIM: erase yo", "OIM: erased. "]
        await _end(app, tmp_path)
        assert _found(_bytes(tmp_path)) == []
        assert not list((tmp_path / "media").rglob("*.jpg"))
        assert await _figures(app) == before
        assert await _one(app, select(t.reports.c.number, t.reports.c.state)) == reports
    written = "".join(capfd.readouterr())
    assert "erased" in written, "what the service logs is seen"
    assert _found((written + caplog.text).encode()) == []


async def test_what_waited_for_an_officer_is_blanked_once_it_has_left(tmp_path: Path) -> None:
    """Her chat was not reached when the leader was erased: the text leaves as it was made, and then it goes."""
    async with service(tmp_path) as app:
        line, _ = await _report_and_talk(app, tmp_path)
        shown = (await _one(app, select(t.outbox).where(t.outbox.c.key == "O.task.read")))[0]
        waits = {**shown._mapping, "id": shown.id + 10_000, "state": "queued", "due_at": NOW + timedelta(days=1)}
        await _write(app, insert(t.outbox).values(**waits))
        await _say(line, "DELETE", "55")
        await _end(app, tmp_path)
        left = select(t.outbox.c.text).where(t.outbox.c.id == waits["id"])
        assert WORDS in (await _one(app, left))[0].text
        await _write(app, update(t.outbox).where(t.outbox.c.id == waits["id"]).values(state="delivered"))
        assert "canaryword" in _found(_bytes(tmp_path)), "the search must be able to find"
        await _end(app, tmp_path)
        assert _found(_bytes(tmp_path)) == []


async def test_what_arrived_before_is_still_refused_and_the_number_is_a_strangers(tmp_path: Path) -> None:
    async with service(tmp_path) as app:
        line, person = await _report_and_talk(app, tmp_path)
        hers = select(t.inbox.c.dedupe_key, t.inbox.c.channel).where(t.inbox.c.kind == "text")
        key = (await _one(app, hers.order_by(t.inbox.c.id.desc())))[0]
        await _say(line, "DELETE", "55")
        await _end(app, tmp_path)
        rows = len(await _one(app, select(t.inbox.c.id)))
        again = Arrival(key.channel, key.dedupe_key, "tel", PHONE, "text", "9", None)
        await app.inbox.arrivals([again])
        assert await line.answers() == []
        assert len(await _one(app, select(t.inbox.c.id))) == rows
        assert "do not know this number" in (await _say(line, "hello, please help"))[0]
        linked = await _one(app, select(t.people_addresses).where(t.people_addresses.c.person_id == person))
        assert linked == []


async def test_on_a_shared_phone_one_is_erased_and_the_other_stays(tmp_path: Path) -> None:
    async with service(tmp_path) as app:
        first = await _person(app, "TWIYUNGE FABIOLA")
        await _rename(app, first["id"], NAME, SMS_NAME, first["phone"], PHONE)
        line = Line(app, PHONE)
        await _say(line, "8", "1", "3", "12 11 3 12 7 5 3")
        answers = await _say(line, "DELETE", "1", "55", "8")
        assert answers[0].startswith(f"OIM: {SMS_NAME} and Sylvestre use")
        assert answers[-1].startswith("OIM garde: nom Sylvestre N.") or "Sylvestre" in answers[-1]
        await _end(app, tmp_path)
        gone = set(_found(_bytes(tmp_path)))
        assert not gone & {"Zebulonne", "Qwxyzandi"}
        assert "25779481516" in gone, "the number is Sylvestre's too"
        people = await _one(
            app, select(t.people.c.name, t.people.c.consent).where(t.people.c.sms_name == "Sylvestre")
        )
        assert [tuple(row) for row in people] == [("Sylvestre Ndayizeye", "yes")]


async def test_a_lesson_from_a_shared_phone_goes_with_who_told_it(tmp_path: Path) -> None:
    async with service(tmp_path) as app:
        first = await _person(app, "TWIYUNGE FABIOLA")
        line = Line(app, first["phone"])
        await _say(line, "4", "1", f"we learned: {WORDS}", "1", "4", "2", "we sell on Saturdays", "2")
        assert len([1 for row in await _one(app, select(t.lessons)) if row.text]) == 2
        await _say(line, "DELETE", "1", "55")
        await _end(app, tmp_path)
        assert [(row.text, row.show) for row in await _one(app, select(t.lessons).order_by(t.lessons.c.number))] == [
            ("", "no"),
            ("we sell on Saturdays", "anonymous"),
        ]
        assert not {"canaryword"} & set(_found(_bytes(tmp_path)))


@pytest.mark.parametrize("kept", ["1", "no", "what is this?"])
async def test_anything_but_55_erases_nothing(kept: str, tmp_path: Path) -> None:
    async with service(tmp_path) as app:
        odette = await _person(app, "ABAHUZA ODETTE")
        line = Line(app, odette["phone"])
        await _say(line, "DELETE", kept)
        row = (await _one(app, select(t.people).where(t.people.c.id == odette["id"])))[0]
        assert row.name == "Odette Ninahazwe"
        assert row.erased_at is None


async def test_a_crash_between_file_and_row_is_ended_at_the_next_look(tmp_path: Path) -> None:
    async with service(tmp_path) as app:
        line, _ = await _report_and_talk(app, tmp_path)
        await _say(line, "DELETE", "55")
        worker = ErasureWorker(app.database, tmp_path / "media")

        def die(point: str) -> None:
            raise OSError(point)

        worker.crash = die
        await worker.look()
        left = select(t.media.c.file).where(t.media.c.state == "erased")
        assert [row.file for row in await _one(app, left)] == ["2026-11/canary.jpg"]
        await ErasureWorker(app.database, tmp_path / "media").look()
        assert [row.file for row in await _one(app, left)] == [None]


async def test_sealed_words_are_in_no_list(tmp_path: Path) -> None:
    """J2: the words stand in the inbox row that a sealed task points to, and no list shows it."""
    async with service(tmp_path) as app:
        odette = await _person(app, "ABAHUZA ODETTE")
        line = Line(app, odette["phone"])
        await _say(line, "the husker?", "help me, he beat me", "my neighbour saw it", "1", "call +257 79 00 11 22")
        await _say(
            line, "STOP", "he beat me again", "START", "Problem: he wants money for the kit", "1", "7", "1", "7"
        )
        async with app.database.read() as tx:
            shown = await listing.messages(tx, unanswered=False) + await listing.messages(tx, unanswered=True)
            tasks = (await tx.execute(select(t.tasks))).all()
        said = " ".join(row["text"] for row in shown)
        assert "the husker?" in said
        assert "7" not in said.split() and not any("problem" in (row["understood"] or "") for row in shown)
        for words in ("beat", "neighbour", "79 00 11 22", "wants money"):
            assert words not in said
        assert {task.kind for task in tasks if task.sealed} == {"sealed"}
        assert all(word not in task.about for task in tasks for word in ("beat", "husker", "neighbour"))
        assert all("beat" not in row.text for row in await _one(app, select(t.outbox.c.text)))
        assert all("beat" not in str(row.state) for row in await _one(app, select(t.conversations.c.state)))
