"""What the pages that take a file need for the walker: a workbook, a file that was shown already."""

from __future__ import annotations

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select

from bot import demo
from bot.app import App
from bot.programme import invented, roster
from bot.store import tables as t
from tests.console.canaries import INSIDE
from tests.console.site import person, rows
from tests.play import TODAY


def workbook() -> bytes:
    """The roster of the invented programme, as it is in the database of these tests."""
    there, _reports = invented.invent(Random(demo.SEED), TODAY)
    with TemporaryDirectory() as folder:
        roster.write(Path(folder) / "roster.xlsx", there)
        return (Path(folder) / "roster.xlsx").read_bytes()


async def _kept(app: App) -> dict[str, Any]:
    """A workbook that was shown to the administrator of these tests."""
    digest, _place = await app.console.uploads.keep("roster", await person(app, "admin"), workbook())
    return {"digest": digest}


async def _other(app: App) -> dict[str, Any]:
    """Another row of the canary's association: as if it were hers."""
    there = select(t.people.c.id).join(t.associations).where(t.associations.c.no == "07", t.people.c.name != INSIDE)
    return {"other": (await rows(app, there.where(t.people.c.left_at.is_(None)).order_by(t.people.c.id)))[0][0]}


FORMS: dict[str, Any] = {
    "/people/{person}/merged": _other,
    "/people/import/check": {"file": workbook()},
    "/people/import/now": _kept,
}
"""As in walking.py; bytes are sent as a file."""
