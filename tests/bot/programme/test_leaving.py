"""A leader leaves: nothing is written to her any more, her number is a stranger's, and no figure changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.app import App
from bot.cli.talk import Line
from bot.control import run_all
from bot.errors import BotError
from bot.operations import Asked
from bot.store import counting, listing, people
from bot.store import tables as t
from tests.play_service import NOW, service


async def _ends(app: App, **details: Any) -> Any:
    asked = Asked("leader left", {"user": "test", "utc_offset_min": 120, **details}, NOW)
    return await app.database.writer.do(run_all, asked)


async def test_a_role_ends_with_a_day_and_its_history_stays(tmp_path: Path) -> None:
    async with service(tmp_path) as app:
        async with app.database.read() as tx:
            (odette,) = await listing.people_named(tx, "ABAHUZA ODETTE")
            before = await _figures(tx)
            address = select(t.addresses.c.id).where(t.addresses.c.value == odette["phone"])
            there = (await tx.execute(address)).scalar_one()
        waits = {"address_id": there, "person_id": odette["id"], "channel": "phone", "key": "F1", "kind": "reminder"}
        waits |= {"language": "en", "text": "x", "parts": 1, "due_at": NOW.replace(year=2027), "made_at": NOW}
        waits |= {"urgency": 1}

        async def queue(tx: Any, items: Any) -> Any:
            await tx.execute(insert(t.outbox).values(**waits))
            return [None for _ in items]

        await app.database.writer.do(queue, None)
        for name, on, why in (
            ("ABAHUZA NOBODY", "", "nobody. Write ASSOCIATION NAME"),
            ("ABAHUZA ODETTE", "2026-11-24", "has not come yet"),
            ("ABAHUZA ODETTE", "20/11", "is not a day"),
        ):
            with pytest.raises(BotError, match=why):
                await _ends(app, name=name, on=on)
        said = await _ends(app, name="ABAHUZA ODETTE", on="2026-11-20", dry_run=True)
        assert said == {"person": odette["id"], "name": "Odette", "association": "ABAHUZA", "on": "2026-11-20"}
        await _ends(app, name="abahuza odette", on="2026-11-20")
        with pytest.raises(BotError, match="no leader any more"):
            await _ends(app, person=odette["id"])
        async with app.database.read() as tx:
            assert await _figures(tx) == before
            left = (await tx.execute(select(t.people.c.left_at).where(t.people.c.id == odette["id"]))).scalar_one()
            mine = select(t.outbox.c.state, t.outbox.c.reason).where(t.outbox.c.person_id == odette["id"])
            assert (await tx.execute(mine)).all()[-1] == ("cancelled", "left the association")
        assert left.date().isoformat() == "2026-11-20"
        line = Line(app, odette["phone"])
        await line.send("HELP")
        (answer,) = await line.answers()
        assert "Iyi nomero ntituyizi" in answer.text or "do not know this number" in answer.text


async def _figures(tx: Any) -> Any:
    """All that reports and people say: what is trained, and of which association."""
    known = await people.load_associations(tx)
    return known[7].representatives, known[7].women, await counting.direct(tx, None)
