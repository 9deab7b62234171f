"""Lists of more than 500 persons leave only when a second person has agreed, for a day (faults, E16)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.app import App
from bot.programme import exporting
from bot.store import tables as t
from tests.console.site import console, person, rows, signed_in, write

LIST = "/people.csv?reason=the+donor%27s+audit"


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """As many leaders as one may take away alone."""
    async with console(tmp_path) as running:
        leaders = select(t.people).where(t.people.c.kind == "leader", t.people.c.left_at.is_(None))
        found = await rows(running, leaders)
        like = {name: value for name, value in found[0]._mapping.items() if name != "id"}
        more = [{**like, "name": f"Leader {number}"} for number in range(exporting.MOST - len(found))]
        await write(running, *(insert(t.people).values(**row) for row in more))
        yield running


async def _one_more(app: App) -> None:
    there = (await rows(app, select(t.people).where(t.people.c.name == "Leader 0")))[0]._mapping
    await write(app, insert(t.people).values(**{**there, "id": None, "name": "One more"} | {"id": 900_000}))


async def _done(app: App) -> list[Any]:
    found = [row.what for row in await rows(app, select(t.audit.c.what).order_by(t.audit.c.id))]
    return [what for what in found if "export" in what and what != "export requests read"]


async def test_500_persons_leave_with_a_reason_alone(app: App) -> None:
    answer = await (await signed_in(app, "supervisor")).get(LIST)
    assert answer.status_code == 200
    head, *lines = answer.text.splitlines()
    assert len(lines) == exporting.MOST
    at = app.clock.now().astimezone(app.settings.zone)
    assert head.endswith('"Taken away by, when"')
    assert all(line.endswith(f'"Test supervisor, {at:%Y-%m-%d %H:%M}"') for line in lines)
    assert await _done(app) == ["people exported"]


@pytest.mark.fault("E16")
async def test_more_wait_for_somebody_else_who_sees_as_much(app: App) -> None:
    await _one_more(app)
    asker, admin = await signed_in(app, "supervisor"), await signed_in(app, "admin")
    waits = await asker.get(LIST)
    assert waits.status_code == 403
    assert "501 persons" in waits.text
    assert "Leader 0" not in waits.text
    assert (await asker.get(LIST)).status_code == 403
    assert await _done(app) == ["export asked for"], "asked once, exported never"
    page = await asker.get("/exports")
    assert "waits for somebody else" in page.text
    assert "Agree" not in page.text
    assert (await asker.post("/exports/1", yes="yes")).status_code == 422, "not by herself"
    await write(app, update(t.people).where(t.people.c.name == "Test admin").values(role="supervisor", area="07"))
    part = await signed_in(app, "admin")
    assert "audit" not in (await part.get("/exports")).text, "not by who sees a part"
    assert (await part.post("/exports/1", yes="yes")).status_code == 422
    await write(app, update(t.people).where(t.people.c.name == "Test admin").values(role="admin", area=None))
    assert "audit" in (await admin.get("/exports")).text
    assert (await admin.post("/exports/1", yes="yes")).status_code == 303
    assert (await asker.get(LIST)).status_code == 200
    assert (await admin.get(LIST)).status_code == 403, "the yes was for who asked"
    app.clock.advance(timedelta(hours=24))  # type: ignore[attr-defined]
    late = await signed_in(app, "supervisor")
    assert (await late.get(LIST)).status_code == 403, "a day later it is asked for anew"
    assert await _done(app) == [
        *("export asked for", "export agreed to", "people exported", "export asked for", "export asked for")
    ]


async def test_a_no_stays_a_no_and_larger_lists_are_asked_for_anew(app: App) -> None:
    await _one_more(app)
    asker, admin = await signed_in(app, "supervisor"), await signed_in(app, "admin")
    await asker.get(LIST)
    await admin.get("/exports")
    assert (await admin.post("/exports/1", yes="no")).status_code == 303
    assert (await admin.post("/exports/1", yes="yes")).status_code == 422, "decided is decided"
    assert (await asker.get(LIST)).status_code == 403
    assert [row.agreed for row in await rows(app, select(t.export_requests.c.agreed))] == [False, None]
    assert (await admin.post("/exports/2", yes="yes")).status_code == 303
    await write(app, update(t.export_requests).where(t.export_requests.c.id == 2).values(persons=500))
    assert (await asker.get(LIST)).status_code == 403, "she was to have 500"
    assert await person(app, "admin")
