"""Summaries read beside the turns, on both databases: one answer for each wish, also of a process that died."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import orjson
from sqlalchemy import insert, select, text

from bot.render import Words
from bot.settings import Settings
from bot.store import countings, facts, tables
from bot.store.engine import Database
from bot.workers.broadcast_counts import BroadcastCounter
from bot.workers.figures import FiguresWorker
from handlers.turn import LateList, LateOf, Summarised, SummaryOf, Viewer
from handlers.turn.beside import ReadBeside
from tests import october
from tests.contracts.test_broadcasts import MEANS
from tests.databases import NOW, Place, database, execute, place, postgres_server, rows

__all__ = ["database", "place", "postgres_server"]
CHAT = 101
MANY = 2_400
AT = datetime(2026, 11, 2, 6, 15, tzinfo=UTC)


def _worker(database: Database, place: Place, woken: list[int]) -> FiguresWorker:
    project = {"name": "Rutana", "start": "2026-04-01"}
    settings = Settings.model_validate({"project": project, "database": {"url": place.url}, "folder": place.folder})
    return FiguresWorker(settings, Words.load(), database, lambda: NOW, woken.append)


async def _ask(database: Database, number: int, face: str, said: str) -> None:
    question = SummaryOf(Viewer(1, everything=True), said, face, "en", date(2026, 11, 2), AT, "Eric")
    row = {"address_id": CHAT, "about": f"figures {number}", "question": orjson.dumps(question).decode()}
    dialect = "postgresql" if database.shared else "sqlite"
    await execute(database, countings.ASK[dialect], row | {"inbox_id": number, "asked_at": NOW})


async def _load(tx: Any, items: list[None]) -> list[None]:
    await october.load(tx)
    if tx.dialect.name == "postgresql":  # the example's messages have their own numbers
        await tx.execute(text("select setval(pg_get_serial_sequence('inbox', 'id'), (select max(id) from inbox))"))
    return [None]


async def test_every_wish_has_one_answer(database: Database, place: Place) -> None:
    await database.writer.do(_load, None)
    faces = ("picture", "text", "progress", "messages", "pdf", "xlsx", "export donor")
    for number, face in enumerate(faces, 1):
        await _ask(database, number, face, "abahuza 2026-10")
    card = {"address_id": CHAT, "about": "plan", "question": "{}", "inbox_id": 99, "asked_at": NOW}
    await execute(database, insert(tables.countings), card)
    woken: list[int] = []
    one, other = _worker(database, place, woken), _worker(database, place, woken)
    await asyncio.gather(one.look(), other.look())
    await one.look()
    assert woken == [CHAT] * len(faces)
    wakes = select(tables.inbox.c.data).where(tables.inbox.c.dedupe_key.like("wake:counted:%"))
    assert sorted(row.data["asked"] for row in await rows(database, wakes)) == [
        f"figures {number}" for number in range(1, len(faces) + 1)
    ]
    async with database.read() as tx:
        wanted = [ReadBeside(CHAT, f"figures {number}") for number in range(1, len(faces) + 1)]
        found = await facts.load(tx, wanted, {})
    assert all(isinstance(answer, Summarised) for answer in found.values())
    assert [answer.face for answer in found.values() if answer] == list(faces)
    kinds = [[file.kind for file in answer.files] for answer in found.values() if answer]
    assert kinds == [["picture"], [], [], [], ["pdf"], ["xlsx"], ["pdf", "xlsx"]]
    assert all(answer and answer.place == "07" and answer.period == "2026-10" for answer in found.values())
    keys = await rows(database, select(tables.facts.c.value).where(tables.facts.c.name == "export_key"))
    assert len(keys) == 1


async def test_the_one_look_begins_what_waits_and_nothing_else(database: Database, place: Place) -> None:
    await database.writer.do(_load, None)
    woken: list[int] = []
    figures = _worker(database, place, woken)
    counter = BroadcastCounter(database, lambda: NOW, MEANS, woken.append, figures.begin)
    await counter.look()
    assert figures._under_way is None, "nothing waits"
    await _ask(database, 1, "text", "abahuza 2026-10")
    await counter.look()
    begun = figures._under_way
    await counter.look()
    assert begun is not None and figures._under_way is begun, "it is being read"
    await figures.end(30)
    assert woken == [CHAT]
    await counter.look()
    assert figures._under_way is begun, "it is answered"


async def _many(tx: Any, items: list[None]) -> list[None]:
    await tx.execute(insert(tables.addresses), {"id": CHAT, "scheme": "telegram", "value": "1"})
    names = {"commune_old": "x", "commune_now": "Giharo", "colline": "x"}
    numbers = range(1, MANY + 1)
    places = [{"id": n, "no": f"{n:04}", "name": f"A {n}", "sms_name": f"A{n}", **names} for n in numbers]
    await tx.execute(insert(tables.associations), places)
    zero = {"form": "training", "since": "2026-11-01", "at": NOW}
    await tx.execute(insert(tables.zero_reports), [{"association_id": n, **zero} for n in range(1, 101)])
    return [None]


async def test_of_very_many_associations_a_page_is_kept_and_the_file_has_them_all(
    database: Database, place: Place
) -> None:
    """What the turn that tells it has to read is as small as for a few; only the file is as long as the list."""
    await database.writer.do(_many, None)
    faces = (("page", 16), ("today", 0), ("file", 0))
    for number, (face, start) in enumerate(faces, 1):
        question = LateOf(Viewer(1, everything=True), NOW, "en", face, start)  # type: ignore[arg-type]
        row = {"address_id": CHAT, "about": f"figures {number}", "question": orjson.dumps(question).decode()}
        dialect = "postgresql" if database.shared else "sqlite"
        await execute(database, countings.ASK[dialect], row | {"inbox_id": number, "asked_at": NOW})
    await _worker(database, place, []).look()
    kept = await rows(database, select(tables.countings.c.found).order_by(tables.countings.c.about))
    assert [len(orjson.dumps(row.found)) < 30_000 for row in kept] == [True, True, False]
    async with database.read() as tx:
        wanted = [ReadBeside(CHAT, f"figures {number}") for number in range(1, len(faces) + 1)]
        page, today, file = (await facts.load(tx, wanted, {})).values()
    assert isinstance(page, LateList) and isinstance(today, LateList) and isinstance(file, LateList)
    assert (page.associations, page.late, page.zero, page.start) == (MANY, MANY - 100, 100, 16)
    assert [one.association.no for one in page.rows] == [f"{n:04}" for n in range(117, 125)]
    assert len(page.quiet) == 31 and today.late == MANY - 100 and today.rows == today.quiet == ()
    assert file.file and len(file.file.data["pages"][0]["rows"]) == MANY


async def test_an_erasure_in_between_has_it_read_anew(database: Database, place: Place) -> None:
    """What was being read while she had herself erased is dropped; the wish stays, and is answered once."""
    await database.writer.do(_load, None)
    await _ask(database, 1, "text", "abahuza 2026-10")
    await database.writer.do(_forget, None)
    late = countings.Answer(CHAT, "figures 1", 1, {"text": "Odette"}, NOW, {"what": "figures", "asked": "figures 1"})
    assert await database.writer.do(countings.keep, late) is False
    woken: list[int] = []
    await _worker(database, place, woken).look()
    await database.writer.do(_forget, None)
    async with database.read() as tx:
        fact = ReadBeside(CHAT, "figures 1")
        assert await facts.load(tx, [fact], {}) == {fact: None}
    await _worker(database, place, woken).look()
    assert woken == [CHAT, CHAT]


async def _forget(tx: Any, items: list[None]) -> list[None]:
    await countings.forget_all(tx)
    return [None]
