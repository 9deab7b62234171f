"""Conversations put aside: open, pending, snoozed or resolved, with something in them that waits or nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.app import App
from bot.programme import talks
from bot.store import tables as t
from tests.console.site import rows, signed_in
from tests.console.test_talks_page import _door, _open_tasks, _writes, app

__all__ = ["app"]


async def test_a_conversation_is_put_aside_and_opens_again_when_she_writes(app: App) -> None:
    eric, there = await signed_in(app, "officer"), await _door(app)
    tomorrow = (app.clock.now() + timedelta(days=1)).date().isoformat()

    async def state() -> str:
        found = await eric.get("/conversations")
        line = next(line for line in found.text.split("<li>") if f"/conversations/{there}" in line)
        return next((word for word in ("pending", "snoozed") if f"<em>{word}" in line), "open")

    async def put(**form: str) -> int:
        return int((await eric.post(f"/conversations/{there}/state", **form)).status_code)

    await eric.get("/conversations")
    assert await put(state="snoozed", until="yesterday") == 422
    assert await put(state="snoozed", until="2020-01-01") == 422
    assert await put(state="elsewhere") == 404
    assert await put(state="snoozed", until=tomorrow) == 303
    assert await state() == "snoozed"
    app.clock.advance(timedelta(days=1))  # type: ignore[attr-defined]
    eric = await signed_in(app, "officer")
    assert await state() == "open"
    assert await put(state="pending") == 303
    assert await state() == "pending"
    app.clock.advance(timedelta(minutes=1))  # type: ignore[attr-defined]
    await _writes(app, "once more")
    assert await state() == "open"
    assert await put(state="resolved", result="talked") == 303
    assert await _open_tasks(app) == []
    assert {row[0] for row in await rows(app, select(t.tasks.c.result).where(t.tasks.c.address_id == there))} == {
        "talked"
    }


async def test_a_conversation_in_which_nothing_waits_is_put_aside_and_comes_back_on_its_day(app: App) -> None:
    eric, there = await signed_in(app, "officer"), await _door(app)
    tomorrow = (app.clock.now() + timedelta(days=1)).date().isoformat()

    async def put(**form: str) -> int:
        return int((await eric.post(f"/conversations/{there}/state", **form)).status_code)

    async def listed(query: str) -> str:
        lines = (await eric.get(f"/conversations?{query}")).text.split("<li>")
        return next((line for line in lines if f'href="/conversations/{there}"' in line), "")

    await eric.get("/conversations")
    assert await put(state="resolved") == 303
    assert await put(state="open") == 422, "there is nothing to open"
    assert await put(state="snoozed", until=tomorrow) == 303
    assert "<em>snoozed" in await listed("state=snoozed") and "<em>snoozed" in await listed("")
    assert "snoozed" in (await eric.get(f"/conversations/{there}")).text
    assert await listed("kind=unanswered") == await listed("state=open") == ""
    app.clock.advance(timedelta(days=1))  # type: ignore[attr-defined]
    eric = await signed_in(app, "officer")
    assert "put aside until" in await listed("state=open")
    assert await put(state="resolved") == 303
    assert await listed("state=open") == ""


@pytest.mark.parametrize(
    ("decided", "tasks", "state"),
    [
        (None, [1], "open"),
        (None, [], "resolved"),
        (("pending", None, 2), [1], "pending"),
        (("pending", None, 2), [1, 3], "open"),
        (("snoozed", 9, 2), [1], "snoozed"),
        (("snoozed", 4, 2), [1], "open"),
        (("open", None, 2), [1], "open"),
        (("snoozed", 9, 2), [], "snoozed"),
        (("snoozed", 4, 2), [], "open"),
        (("pending", None, 2), [], "pending"),
        (("open", None, 2), [], "resolved"),
    ],
)
def test_the_state_of_a_conversation(decided: Any, tasks: list[int], state: str) -> None:
    class Row:
        def __init__(self, **values: Any) -> None:
            self.__dict__.update(values)

    def at(hour: int | None) -> datetime | None:
        return datetime(2026, 11, 23, hour, tzinfo=UTC) if hour else None

    row = Row(state=decided[0], until=at(decided[1]), changed_at=at(decided[2])) if decided else None
    there: Any = [Row(made_at=at(hour)) for hour in tasks]
    now = at(5)
    assert now is not None
    assert talks.state_of(row, there, now) == state
