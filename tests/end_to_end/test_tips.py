"""Tips in the real service: in a chat with buttons, after an outage, on a shared phone, within the week's limit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app import App
from bot.cli.talk import Line
from bot.clock import StoppedClock
from bot.store import listing
from bot.store import tables as t
from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.botapi_updates import Shown
from tests.end_to_end.chats import Chats, programme
from tests.play_service import NOW, service

DAY = timedelta(days=1)


async def _write(app: App, statement: Any, *values: Any) -> list[Any]:
    async def work(tx: AsyncConnection, items: Sequence[None]) -> list[list[Any]]:
        result = await tx.execute(statement, *values)
        return [list(result.all()) if result.returns_rows else []]

    return list(await app.database.writer.do(work, None))


async def _rows(app: App, statement: Any) -> list[Any]:
    async with app.database.read() as tx:
        return list((await tx.execute(statement)).all())


async def _phone(app: App, name: str, language: str = "en") -> tuple[Line, int]:
    async with app.database.read() as tx:
        (found,) = await listing.people_named(tx, name)
    await _write(app, update(t.people).where(t.people.c.id == found["id"]), {"language": language})
    return Line(app, found["phone"]), int(found["id"])


async def _move(line: Line, by: timedelta) -> list[str]:
    await line.move(by)
    return [shown.text for shown in await line.answers()]


@asynccontextmanager
async def _odette(folder: Path) -> AsyncIterator[tuple[App, Line, int]]:
    async with service(folder, on=frozenset({"tips"})) as app:
        yield app, *(await _phone(app, "ABAHUZA ODETTE"))


# --- a chat ---


@pytest.fixture
async def chats(botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Chats]:
    clock = StoppedClock(NOW)
    async with programme(botapi, tmp_path, monkeypatch, clock=clock) as running:
        yield running


async def _tip(chats: Chats) -> tuple[Any, Shown]:
    """Odette in her chat, and the tip that came there on the association's day."""
    await _write(chats.app, update(t.people).where(t.people.c.sms_name == "Odette"), {"channel": "telegram"})
    odette = await chats.odette()
    await _write(chats.app, t.timers.delete())
    await chats.app.tips.look()
    (person,) = await chats.rows("people", sms_name="Odette")
    (row,) = await chats.rows("timers", kind="tip", key=str(person["id"]))
    chats.app.clock.advance(row["due_at"] - chats.app.clock.now())
    await chats.app.timers.look()
    await chats.settled()
    return odette, odette.sees[-1]


async def test_a_tip_in_a_chat_has_thumbs_and_more(chats: Chats) -> None:
    odette, shown = await _tip(chats)
    assert shown.text.startswith("💡 rice: dry the paddy well") and shown.text.endswith("\nUseful?")
    assert shown.labels == ["👍", "👎", "ℹ️ More"]
    said = await chats.presses(odette, "👍", shown)
    assert "Thank you" in said.text
    assert [row["useful"] for row in await chats.rows("tip_sends")] == [True]
    await chats.presses(odette, "👎", shown)  # she thinks again
    assert [row["useful"] for row in await chats.rows("tip_sends")] == [False]
    another = await chats.presses(odette, "More", shown)
    assert another.text.startswith("💡 rice: bite a grain") and another.labels == shown.labels
    (kind,) = {row["kind"] for row in await chats.rows("outbox", key="H6", urgency=0)}
    assert kind == "reply"
    assert (await chats.presses(odette, "👍", shown)).text != shown.text  # the first tip's buttons are old now
    assert [row["useful"] for row in await chats.rows("tip_sends")] == [False, None]
    await chats.presses(odette, "👍", another)
    assert [row["useful"] for row in await chats.rows("tip_sends")] == [False, True]


async def test_more_comes_to_an_end(chats: Chats) -> None:
    odette, shown = await _tip(chats)
    seen = {shown.text}
    for _ in range(10):
        after = await chats.presses(odette, "More", shown)
        if not after.labels:
            break
        assert after.text not in seen
        seen.add(after.text)
        shown = after
    assert after.text == "There is no other tip on this now. A question? Tap ❓ Mentor."
    assert len(seen) == len(await chats.rows("tip_sends")) > 2


async def test_a_typed_digit_after_the_thumb_is_the_menus(chats: Chats) -> None:
    odette, shown = await _tip(chats)
    await chats.presses(odette, "👍", shown)
    await chats.says(odette, "2")
    assert [row["useful"] for row in await chats.rows("tip_sends")] == [True]


# --- phones ---


async def test_after_an_outage_one_tip_comes_and_none_at_night(tmp_path: Path) -> None:
    async with _odette(tmp_path) as (app, line, person):
        (due,) = await _rows(app, select(t.timers.c.due_at).where(t.timers.c.key == str(person)))
        night = due[0] + 100 * DAY + timedelta(hours=14)  # 02:00
        app.clock.advance(night - app.clock.now())
        await app.timers.look()
        for _ in range(100):
            if not await _rows(app, select(t.inbox.c.id).where(t.inbox.c.state == "new")):
                break
            await line.answers(0.1)
        assert [shown.text for shown in await line.answers(0.5)] == []
        sent = await _rows(app, select(t.tip_sends).where(t.tip_sends.c.person_id == person))
        assert sent == []
        assert len(await _move(line, timedelta(hours=7))) == 1
        assert await _move(line, 5 * DAY) == []


async def test_after_a_week_without_us_the_tip_comes_when_we_are_back_by_day(tmp_path: Path) -> None:
    async with _odette(tmp_path) as (app, line, person):
        (due,) = await _rows(app, select(t.timers.c.due_at).where(t.timers.c.key == str(person)))
        app.clock.advance(due[0] + timedelta(days=7, hours=3) - app.clock.now())
        assert [text[:9] for text in await _move(line, timedelta())] == ["Tip, rice"]


async def test_after_days_without_us_the_totals_of_the_month_come(tmp_path: Path) -> None:
    async with service(tmp_path, on=frozenset({"totals"})) as app:
        line, _ = await _phone(app, "ABAHUZA ODETTE")
        app.clock.advance(datetime(2026, 12, 5, 14, tzinfo=UTC) - app.clock.now())
        assert [text[:16] for text in await _move(line, timedelta())] == ["OIM: ABAHUZA has"]


async def test_after_an_outage_the_tip_and_the_question_come_an_hour_apart(tmp_path: Path) -> None:
    """The tip waited since noon; at 17:30 it is the hour of reminders."""
    async with service(tmp_path, on=frozenset({"tips", "reminders"})) as app:
        line, _ = await _phone(app, "ABAHUZA ODETTE")
        question = t.timers.c.key.in_([f"business:{one}" for one in range(1, 25)])
        (due, *_) = await _rows(app, select(t.timers.c.due_at).where(question).order_by(t.timers.c.due_at))
        local = due[0].astimezone(app.turns.settings.zone)
        assert f"{local:%H:%M}" == "17:30"
        await _write(app, update(t.timers).where(t.timers.c.kind == "tip"), {"due_at": due[0] - timedelta(hours=5)})
        app.clock.advance(local - app.clock.now())
        assert [text[:4] for text in await _move(line, timedelta())] == ["Tip,"]
        assert await _move(line, timedelta(minutes=58)) == []
        assert [text[:11] for text in await _move(line, timedelta(minutes=2))] == ["OIM: Odette"]


async def test_two_who_share_a_phone_get_one_tip_between_them(tmp_path: Path) -> None:
    async with _odette(tmp_path) as (app, line, person):
        _, yvonne = await _phone(app, "ABAHUZA YVONNE")
        hers = select(t.people_addresses.c.address_id).where(t.people_addresses.c.person_id == person)
        both = update(t.people_addresses).where(t.people_addresses.c.person_id == yvonne)
        await _write(app, both, {"address_id": (await _rows(app, hers))[0][0]})
        assert len(await _move(line, 6 * DAY)) == 1
        assert await _move(line, 2 * DAY) == await _move(line, 3 * DAY) == []
        told = await _rows(app, select(t.tip_sends).where(t.tip_sends.c.person_id.in_((person, yvonne))))
        assert len(told) == 1


async def test_the_limit_of_the_week_holds_and_the_tip_comes_afterwards(tmp_path: Path) -> None:
    async with _odette(tmp_path) as (app, line, person):
        (mine,) = await _rows(app, select(t.people_addresses).where(t.people_addresses.c.person_id == person))
        text = {"address_id": mine.address_id, "person_id": person, "channel": "phone", "key": "F1", "language": "en"}
        text |= {"kind": "reminder", "text": "x", "parts": 1, "state": "sent", "urgency": 1}
        for days in (4, 5):
            await _write(app, insert(t.outbox), text | {"due_at": NOW + days * DAY, "made_at": NOW + days * DAY})
        assert await _move(line, 6 * DAY) == []
        assert await _move(line, 4 * DAY) == []
        for _ in range(3):
            got = await _move(line, DAY)
            if got:
                break
        assert len(got) == 1 and got[0].startswith("Tip, rice")


async def test_a_tip_follows_her_to_a_new_phone(tmp_path: Path) -> None:
    async with _odette(tmp_path) as (app, line, person):
        new = insert(t.addresses).returning(t.addresses.c.id)
        ((number,),) = await _write(app, new, {"scheme": "tel", "value": "+25700099999", "channel": "phone"})
        hers = update(t.people_addresses).where(t.people_addresses.c.person_id == person)
        await _write(app, hers, {"address_id": number})
        app.turns.roster_changed()
        elsewhere = Line(app, "+25700099999")
        assert await _move(line, 6 * DAY) == []
        assert [shown.text[:9] for shown in await elsewhere.answers()] == ["Tip, rice"]


async def test_where_drafts_are_not_sent_she_gets_the_french_text(tmp_path: Path) -> None:
    async with _odette(tmp_path) as (app, line, person):
        await _write(app, update(t.people).where(t.people.c.id == person), {"language": "rn"})
        app.turns.replies.drafts = False
        app.turns.roster_changed()
        (got,) = await _move(line, 6 * DAY)
        assert got.startswith("Conseil riz: ") and got.endswith("Utile? 1 oui 2 non")
