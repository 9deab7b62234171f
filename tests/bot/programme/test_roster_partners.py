"""The optional sheet Partners, languages and areas on the sheet Staff: checked and imported as the others are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import create_async_engine

from bot.programme.roster import Checked, Partner, Roster, check, load, plan, read, write
from bot.store import tables as t
from bot.store.partners import directory
from tests.bot.programme.roster_books import ASSOCIATION, LEADER, STAFF, book, table

NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
ROW = {"name": "ISABU", "subjects": "seed, imbuto", "contact": "Chantal 00 00 00 52", "place": "Gisozi"}
ISABU = Partner("ISABU", "seed, imbuto", "Chantal 00 00 00 52", "Gisozi")


def checked(path: Path, *partners: dict[str, Any], **more: Any) -> Checked:
    file = book(
        path / "roster.xlsx",
        Associations=table([ASSOCIATION]),
        Leaders=table([LEADER]),
        Businesses=table([{"no": "07A", "association_no": "07", "type": "rice husker"}]),
        Staff=table([STAFF]),
        Places=table([{"commune_old": "Rutana", "commune_now": "Rutana", "colline": "Kivoga"}]),
        **({"Partners": table(list(partners))} if partners else {}),
        **more,
    )
    return check(read(file), associations_expected=1, people_per_association=1, today=date(2026, 11, 23))


def test_it_may_be_left_out_and_is_read_when_it_is_there(tmp_path: Path) -> None:
    assert checked(tmp_path).messages == ()
    found = checked(tmp_path, ROW)
    assert found.messages == ()
    assert found.roster is not None and found.roster.partners == (ISABU,)


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (
            [ROW | {"contact": "x" * 41}],
            f'Partners row 2, contact "{"x" * 40}...": 41 letters, at most 40. Shorten it.',
        ),
        ([ROW | {"name": "y" * 25}], f'Partners row 2, name "{"y" * 25}": 25 letters, at most 24. Shorten it.'),
        ([ROW | {"place": ""}], "Partners row 2, place is empty. Write it."),
        (
            [ROW, ROW | {"name": "isabu"}],
            'Partners row 3, name "isabu": already in row 2. Make them different, or remove one.',
        ),
    ],
)
def test_what_is_wrong_is_said_where_and_the_row_is_left_out(
    tmp_path: Path, rows: list[dict[str, Any]], text: str
) -> None:
    found = checked(tmp_path, *rows)
    assert [(message.level, message.text) for message in found.messages] == [("error", text)]
    assert found.roster is not None and not found.roster.partners


def test_a_missing_column_is_an_error(tmp_path: Path) -> None:
    found = checked(tmp_path, Partners=[["name", "subjects", "place"]])
    assert [message.text for message in found.messages] == ['Partners: column "contact" not found. Add it.']
    assert found.roster is None


async def test_an_import_updates_and_never_deletes(tmp_path: Path) -> None:
    made = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/kurikirana.db")
    async with made.begin() as tx:
        await tx.run_sync(t.metadata.create_all)
        await load(tx, Roster(partners=(ISABU, replace(ISABU, name="SODDREC"))), NOW, "Aline")
        moved = Roster(partners=(replace(ISABU, contact="Anna 00 00 00 55", hours="Mon-Fri"),))
        lines = (await plan(tx, moved, (), NOW)).say()
        assert "Partners: 1 changed" in lines
        assert "Partners, no longer in the workbook, kept in the database: soddrec" in lines
        await load(tx, moved, NOW, "Aline")
        assert [(one.name, one.contact, one.hours) for one in await directory(tx)] == [
            ("ISABU", "Anna 00 00 00 55", "Mon-Fri"),
            ("SODDREC", "Chantal 00 00 00 52", ""),
        ]
        assert len((await tx.execute(select(t.partners))).all()) == 2
    await made.dispose()


def test_a_workbook_written_is_read_again(tmp_path: Path) -> None:
    write(tmp_path / "r.xlsx", Roster(partners=(ISABU,)))
    found = check(read(tmp_path / "r.xlsx"), associations_expected=0, people_per_association=0)
    assert found.roster is not None and found.roster.partners == (ISABU,)


@pytest.mark.parametrize(
    ("written", "kept", "level", "text"),
    [
        ("rn fr", "rn fr", "", ""),
        ("Kirundi, Français", "rn fr", "note", 'languages "Kirundi, Français" read as rn fr.'),
        ("anglais et kiswahili", "en sw", "note", 'languages "anglais et kiswahili" read as en sw.'),
        ("fr/lingala", "fr", "warning", 'languages "fr/lingala": not known. Write one of rn, fr, sw, en.'),
    ],
)
def test_languages_of_the_team_are_read_as_those_of_leaders(
    tmp_path: Path, written: str, kept: str, level: str, text: str
) -> None:
    file = book(
        tmp_path / "r.xlsx",
        Associations=table([ASSOCIATION]),
        Leaders=table([LEADER]),
        Staff=table([STAFF | {"languages": written}]),
    )
    found = check(read(file), associations_expected=1, people_per_association=1)
    assert found.roster is not None
    assert found.roster.staff[0].languages == kept
    wanted = [(level, f"Staff row 2, {text}")] if text else []
    assert [(one.level, one.text) for one in found.messages if "languages" in one.text] == wanted


def test_a_unknown_area_opens_nothing(tmp_path: Path) -> None:
    """Without any area an officer of nobody's association would see all of them."""
    file = book(
        tmp_path / "roster.xlsx",
        Associations=table([ASSOCIATION]),
        Leaders=table([LEADER]),
        Staff=table([STAFF | {"area": "rutana; 7"}, {"name": "Aline", "role": "supervisor", "area": "Gisozi"}]),
    )
    roster = check(read(file), associations_expected=1, people_per_association=1, today=date(2026, 11, 23)).roster
    assert roster is not None
    assert [one.area for one in roster.staff] == ["Rutana, 07", "Gisozi"]
