"""Who had herself erased is not entered again by a roster, unless her own phone has asked for it since."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.app import App
from bot.cli.talk import Line
from bot.errors import BotError
from bot.operations import roster_import
from bot.programme import roster
from bot.programme.roster import Association, Checked, Leader, Roster
from bot.store import listing
from bot.workers.erasures import ErasureWorker
from tests.play_service import NOW, service

ZONE = ZoneInfo("Africa/Bujumbura")
BACK = " Who wants back writes to us from that phone, answers 1 and then says association and name."
NUMBER = "Leaders row 9: this number was erased at its owner's wish on 23/11/2026; take the row out." + BACK
NAME = (
    "Leaders row 9: somebody of this name was erased at her or his own wish on 23/11/2026; take the row out." + BACK
)


async def _erased(app: App, folder: Path, name: str = "ABAHUZA ODETTE") -> Leader:
    """She erases herself; returns the row that the office still has of her."""
    async with app.database.read() as tx:
        her = (await listing.people_named(tx, name))[0]
    line = Line(app, her["phone"])
    for said in ("DELETE", "55"):
        await line.send(said)
        await line.answers()
    await ErasureWorker(app.database, folder / "media").look()
    return Leader("07", "Odette Ninahazwe", "Odette", "F", her["phone"], "rn", row=9)


async def _refused(app: App, *leaders: Leader) -> Checked:
    there = Roster((Association("07", "Abahuza", "ABAHUZA", "Rutana", "Rutana", "Kivoga"),), leaders)
    async with app.database.read() as tx:
        return await roster.refuse(tx, Checked((), there), ZONE)


async def test_her_number_and_her_name_are_refused_with_what_to_do(tmp_path: Path) -> None:
    async with service(tmp_path) as app:
        her = await _erased(app, tmp_path)
        for row, message in (
            (her, NUMBER),
            (replace(her, name="Chantal Bukuru"), NUMBER),
            (replace(her, phone="+25779555555", name="ODETTE  NINAHAZWE"), NAME),
        ):
            checked = await _refused(app, row)
            assert [(one.level, one.text) for one in checked.messages] == [("error", message)]
            assert checked.roster is not None
            assert checked.roster.leaders == ()
        assert (await _refused(app, replace(her, phone="+25779555555", name="Chantal Bukuru"))).ok
        assert (await _refused(app, replace(her, phone="+25779555555", association_no="08"))).ok


async def test_who_writes_again_and_says_who_she_is_is_welcome(tmp_path: Path) -> None:
    async with service(tmp_path) as app:
        her = await _erased(app, tmp_path)
        app.clock.advance(timedelta(days=2))
        line = Line(app, her.phone)
        await line.send("hello")
        assert len(await line.answers()) == 1
        assert not (await _refused(app, her)).ok, "a message alone is no wish to be back"
        for said in ("1", "ABAHUZA ODETTE"):
            await line.send(said)
            await line.answers()
        assert (await _refused(app, her)).ok


async def test_an_import_of_her_row_writes_nothing(tmp_path: Path) -> None:
    async with service(tmp_path) as app:
        her = await _erased(app, tmp_path)
        there = Roster((Association("07", "Abahuza", "ABAHUZA", "Rutana", "Rutana", "Kivoga"),), (her,))
        roster.write(tmp_path / "roster.xlsx", there)
        details = {"file": str(tmp_path / "roster.xlsx"), "associations": 1, "people_per_association": 1}
        details |= {"today": "2026-11-23", "errors": 0, "zone": "Africa/Bujumbura"}
        async with app.database.engine.connect() as tx:
            with pytest.raises(BotError, match="the roster has errors"):
                await roster_import(tx, {**details, "who": "Aline", "demo": True}, NOW)
