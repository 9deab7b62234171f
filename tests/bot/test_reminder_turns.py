"""What a reminder leaves behind besides texts: an officer's call that a report closes, and buttons in a chat."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.app import App
from bot.channels.chat import Chat
from bot.cli.talk import Line
from bot.store import listing, writer
from bot.store import tables as t
from bot.workers import timers as workers_timers
from tests.databases import execute
from tests.play_service import service

ON = frozenset(("reminders",))


async def _rows(app: App, statement: Any) -> list[Any]:
    async with app.database.read() as tx:
        return list((await tx.execute(statement)).all())


async def _line(app: App, name: str) -> Line:
    async with app.database.read() as tx:
        (found,) = await listing.people_named(tx, name)
    return Line(app, str(found["phone"]))


async def _calls(app: App) -> list[tuple[str, str, str | None]]:
    calls = (
        select(t.tasks).where(t.tasks.c.kind == "call", t.tasks.c.about.like("training: %")).order_by(t.tasks.c.id)
    )
    theirs = calls.join(t.associations, t.associations.c.id == t.tasks.c.association_id)
    rows = await _rows(app, theirs.where(t.associations.c.no == "07"))
    return [(row.state, row.about, row.result) for row in rows]


async def _until_the_call(app: App) -> Line:
    odette = await _line(app, "ABAHUZA ODETTE")
    await odette.send("BIZ 1 450000 210000 2 5")
    await odette.send("12 11 3 12 7 5 3")
    await odette.answers()
    await odette.move(timedelta(days=21, minutes=5))
    assert "Eric wo muri OIM azobahamagara" in (await odette.answers())[-1].text
    assert await _calls(app) == [("open", "training: no news since 2026-11-23, 3 reminders", None)]
    return odette


async def test_more_timers_than_the_writer_holds_are_all_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the service was off for days: none is left for the look of a second later, which is for other faults."""
    monkeypatch.setattr(writer, "MOST_WAITING", 8)
    monkeypatch.setattr(workers_timers, "MOST_AT_ONCE", 7)
    async with service(tmp_path, on=ON) as app:
        when = {"due_at": app.clock.now(), "state": "waiting"}
        due = await _rows(app, select(t.timers.c.id).where(t.timers.c.kind == "reminder"))
        await execute(app.database, update(t.timers).where(t.timers.c.kind == "reminder").values(**when))
        await app.timers.look()
        left = select(t.inbox.c.id).where(t.inbox.c.channel == "timer", t.inbox.c.state == "new")
        assert (len(due) > 30, await _rows(app, left)) == (True, [])


async def test_the_third_touch_is_an_officers_call_that_a_report_closes(tmp_path: Path) -> None:
    async with service(tmp_path, on=ON) as app:
        odette = await _until_the_call(app)
        await odette.send("13/12 3 12 7 5 3")
        await odette.answers()
        assert [(state, result) for state, _, result in await _calls(app)] == [("closed", "reported")]


async def test_a_zero_report_closes_it_too_and_says_what_would_help(tmp_path: Path) -> None:
    async with service(tmp_path, on=ON) as app:
        odette = await _until_the_call(app)
        await odette.send("0")
        await odette.send("1")
        await odette.answers()
        assert [state for state, _, _ in await _calls(app)] == ["closed"]
        (zero,) = await _rows(app, select(t.zero_reports))
        assert (zero.form, zero.since, zero.need) == ("training", "2026-11-23", "mentor")
        helps = await _rows(app, select(t.tasks.c.about).where(t.tasks.c.kind == "help"))
        assert [row.about for row in helps] == ["would be helped by: mentor"]


async def test_trainings_that_fill_the_week_leave_businesses_their_turn(tmp_path: Path) -> None:
    """Asked every 7 days, one who never answers has no week with room: who waited longest goes first."""
    only = frozenset({"ABAHUZA"})
    async with service(tmp_path, on=ON, only=only, training_every_days=7) as app:
        odette = await _line(app, "ABAHUZA ODETTE")
        await odette.send("12 11 3 12 7 5 3")
        await odette.answers()
        for _ in range(20):
            await odette.move(timedelta(days=1))
        of_whom = select(t.outbox.c.key).where(t.outbox.c.kind == "reminder").order_by(t.outbox.c.id)
        assert [row.key for row in await _rows(app, of_whom)] == ["form", "form", "F1", "G1last", "F1", "F4"]


async def _leave_jean(app: App) -> None:
    """The others who report for ABAHUZA say STOP, so that Jean, in his chat, is its contact."""
    for name in ("ABAHUZA ODETTE", "ABAHUZA FIDES"):
        line = await _line(app, name)
        await line.send("STOP")
        await line.answers()


async def test_in_a_chat_it_has_buttons_and_later_offers_days(tmp_path: Path) -> None:
    async with service(tmp_path, on=ON) as app:
        chat = app.channels["chat"]
        assert isinstance(chat, Chat)
        (jean,) = await _rows(
            app,
            select(t.addresses.c.value, t.addresses.c.id)
            .join(t.people_addresses, t.people_addresses.c.address_id == t.addresses.c.id)
            .join(t.people, t.people.c.id == t.people_addresses.c.person_id)
            .where(t.addresses.c.scheme == "telegram", t.people.c.kind == "leader"),
        )
        odette = await _line(app, "ABAHUZA ODETTE")
        for text in ("BIZ 1 450000 210000 2 5", "12 11 3 12 7 5 3"):
            await odette.send(text)
            await odette.answers()
        await _leave_jean(app)
        await odette.move(timedelta(days=14, minutes=5))
        hers = select(t.outbox).where(t.outbox.c.address_id == jean.id).order_by(t.outbox.c.id)
        reminder = [row for row in await _rows(app, hers) if row.kind == "reminder"][-1]
        buttons = [button for row in reminder.data["buttons"] for button in row]
        assert len(buttons) == 4 and reminder.key == "F1" and reminder.urgency == 1
        pressed = {"data": buttons[2]["data"], "callback": "c", "message": "m"}
        await chat.hear(jean.value, "k3", "button", data=pressed)
        await odette.move(timedelta(minutes=1))
        await odette.answers()
        await asyncio.sleep(0.5)
        later = (await _rows(app, hers))[-1]
        assert later.key == "F2" and len([b for row in later.data["buttons"] for b in row]) == 4
        (timer,) = await _rows(app, select(t.timers).where(t.timers.c.key == "training:7"))
        assert timer.data["later"] > "2026-12-07"


async def test_in_a_chat_two_businesses_are_two_cards_one_after_the_other(tmp_path: Path) -> None:
    async with service(tmp_path, on=ON) as app:
        chat = app.channels["chat"]
        assert isinstance(chat, Chat)
        hers = await _of_the_chat(app)
        odette = await _line(app, "ABAHUZA ODETTE")
        await odette.send("12 11 3 12 7 5 3")
        await odette.answers()
        await _leave_jean(app)
        await _second_business(app)
        await odette.move(timedelta(days=3, minutes=5))
        reminder = [row for row in await _rows(app, hers) if row.kind == "reminder"][-1]
        assert reminder.key == "G1ask"

        async def presses(row: Any, which: int) -> list[Any]:
            before = len(await _rows(app, hers))
            buttons = [button for line in row.data["buttons"] for button in line]
            pressed = {"data": buttons[which]["data"], "callback": "c", "message": f"m{row.id}"}
            await chat.hear(row.address_value, f"k{row.id}:{which}", "button", data=pressed)
            await odette.answers()
            for _ in range(100):
                if len(found := await _rows(app, hers)) > before:
                    return found[before:]
                await asyncio.sleep(0.05)
            raise AssertionError("nothing came")

        (card,) = await presses(reminder, 0)
        assert "07A" in card.text and "Which" not in card.text, "the first of those that were asked about"
        (card,) = await presses(card, 2)  # stopped: no sales are asked
        (card,) = await presses(card, 0)
        receipt, *more = await presses(card, 0)
        assert receipt.key.startswith("G7") and "07A" in receipt.text
        assert len(more) == 1 and "07B" in more[0].text and more[0].card != receipt.card
        (card,) = await presses(more[0], 2)
        (card,) = await presses(card, 0)
        receipt, *more = await presses(card, 0)
        assert "07B" in receipt.text and not more


async def _of_the_chat(app: App) -> Any:
    """What is said in the leader's chat."""
    (jean,) = await _rows(
        app,
        select(t.addresses.c.id)
        .join(t.people_addresses, t.people_addresses.c.address_id == t.addresses.c.id)
        .join(t.people, t.people.c.id == t.people_addresses.c.person_id)
        .where(t.addresses.c.scheme == "telegram", t.people.c.kind == "leader"),
    )
    whose = select(t.outbox, t.addresses.c.value.label("address_value"))
    whose = whose.join(t.addresses, t.addresses.c.id == t.outbox.c.address_id)
    return whose.where(t.outbox.c.address_id == jean.id).order_by(t.outbox.c.id)


async def _second_business(app: App) -> None:
    async def work(tx: Any, items: Any) -> list[None]:
        (number,) = (await tx.execute(select(t.associations.c.id).where(t.associations.c.no == "07"))).one()
        await tx.execute(insert(t.businesses).values(no="07B", association_id=number, type="maize mill"))
        return [None] * len(items)

    await app.database.writer.do(work, None)
    app.turns.roster_changed()
