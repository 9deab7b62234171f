"""/people/{person}/merge: two rows side by side, what would happen, then one leader; the totals stay."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot.app import App
from bot.store import tables as t
from tests.console.site import console, rows, signed_in, write

SUMS = [func.sum(t.training_days.c[name]) for name in ("trainings", "women", "men", "new_people")]


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with console(tmp_path) as running:
        yield running


async def _leaders(app: App, no: str = "07") -> list[Any]:
    there = select(t.people.c.id, t.people.c.name, t.people.c.reports).join(t.associations)
    return await rows(app, there.where(t.associations.c.no == no).order_by(t.people.c.id))


async def test_two_rows_are_shown_side_by_side_and_become_one(app: App) -> None:
    browser = await signed_in(app, "supervisor")
    kept, other, *_ = await _leaders(app)
    await write(app, update(t.people).where(t.people.c.id == other.id).values(consent="stopped"))
    before = await rows(app, select(*SUMS))
    person = (await browser.get(f"/people/{kept.id}")).text
    assert f'<option value="{other.id}">{other.name}' in person
    page = " ".join((await browser.get(f"/people/{kept.id}/merge?other={other.id}")).text.split())
    assert kept.name in page
    assert other.name in page
    assert "Consent that holds: said STOP." in page
    assert await rows(app, select(t.people.c.left_at).where(t.people.c.id == other.id)) == [(None,)]
    done = await browser.post(f"/people/{kept.id}/merged", other=str(other.id))
    assert done.headers["location"] == f"/people/{kept.id}"
    now = (await browser.get(f"/people/{kept.id}")).text
    assert "The two rows are one leader now." in now
    assert "said STOP" in now
    assert (await browser.get(f"/people/{other.id}")).status_code == 404
    assert await rows(app, select(*SUMS)) == before
    audit = (await rows(app, select(t.audit.c.what, t.audit.c.details).where(t.audit.c.what == "people merged")))[0]
    assert audit.details == {"kept": kept.id, "other": other.id}


async def test_it_is_for_supervisors_and_administrators_and_for_two_of_one_association(app: App) -> None:
    kept, other, *_ = await _leaders(app)
    elsewhere = (await _leaders(app, "11"))[0]
    officer, administrator = await signed_in(app, "officer"), await signed_in(app, "admin")
    assert "/merge" not in (await officer.get(f"/people/{kept.id}")).text
    assert (await officer.get(f"/people/{kept.id}/merge?other={other.id}")).status_code == 404
    assert (await officer.post(f"/people/{kept.id}/merged", other=str(other.id))).status_code == 404
    await administrator.get("/account")
    for wrong, status in ((elsewhere.id, 422), (kept.id, 422), (10**9, 404), ("x", 404)):
        page = await administrator.get(f"/people/{kept.id}/merge?other={wrong}")
        assert page.status_code == status, wrong
        assert (await administrator.post(f"/people/{kept.id}/merged", other=str(wrong))).status_code == status
    assert [row.name for row in await _leaders(app)][:2] == [kept.name, other.name]
