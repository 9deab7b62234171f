"""To whom, what it costs and when the last one leaves: every audience and option of a plan, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter
from sqlalchemy import insert, update

from bot.programme.broadcasts import people_list, present
from bot.programme.broadcasts import plan as plans
from bot.programme.broadcasts.audience import AudienceError
from bot.programme.broadcasts.plan import Means, Plan
from bot.programme.broadcasts.recipients import Setup
from bot.programme.broadcasts.wording import Wording
from bot.store import audiences, late, tables
from bot.store.engine import Database
from scheduler import pacing
from scheduler.pace import Limits
from scheduler.quiet import Hours
from tests.databases import NOW, database, execute, place, postgres_server

__all__ = ["database", "place", "postgres_server"]
ZONE = ZoneInfo("Africa/Bujumbura")
DAY = timedelta(days=1)
HOURS = Hours.parse(time(7, 30), time(19, 30), (), (), ZONE)
SETUP = Setup("OIM", True, {"tel": "kannel"}, ("kannel",), (), 2, "Africa/Bujumbura", "2026-04-01", 14)
MEANS = Means(SETUP, HOURS, {"kannel": Limits()})
TEXT = Wording({"en": "{name} of {association}: come"})
PLACES = {  # number -> name, old and new commune
    "07": ("ABAHUZA", "Rutana", "Rutana"),
    "11": ("TWIYUNGE", "Giharo", "Bukemba"),
    "19": ("DUTERIMBERE", "Gitanga", "Rutana"),
    "21": ("TERIMBERE", "Bukemba", "Bukemba"),
}
PEOPLE = {"Odette": ("07", "F"), "Jean": ("07", "M"), "Agnes": ("11", "F"), "Paul": ("19", "M"), "Ange": ("21", "F")}


async def fill(database: Database) -> None:
    """Four associations; 07 has a business and reported, 11 is silent, 19 had nothing to report, 21 said later."""
    for number, (name, old, new) in PLACES.items():
        names = {"no": number, "name": name.title(), "sms_name": name, "colline": "x"}
        row = {"id": int(number), **names, "commune_old": old, "commune_now": new}
        await execute(database, insert(tables.associations), row)
    for n, (name, (association, sex)) in enumerate(PEOPLE.items(), 1):
        person = {
            "id": n,
            "kind": "leader",
            "association_id": int(association),
            "name": f"{name} N",
            "sms_name": name,
        }
        await execute(database, insert(tables.people), {**person, "sex": sex, "consent": "yes", "language": "en"})
        await execute(database, insert(tables.addresses), {"id": n, "scheme": "tel", "value": f"+2577912345{n}"})
        await execute(database, insert(tables.people_addresses), {"person_id": n, "address_id": n})
    await execute(database, insert(tables.businesses), {"no": "07A", "association_id": 7, "type": "rice husker"})
    report = {"number": 1, "form": "training", "version": "1", "association_id": 7, "person_id": 1, "values": {}}
    report |= {"state": "reported", "practice": False, "source": "sms", "inbox_ids": []}
    await execute(database, insert(tables.reports), {**report, "created_at": NOW - DAY, "changed_at": NOW - DAY})
    zero = {"association_id": 19, "form": "training", "since": "2026-11-01", "at": NOW - 2 * DAY}
    await execute(database, insert(tables.zero_reports), zero)
    until = {"later": (NOW + 4 * DAY).date().isoformat()}
    timer = {"kind": "reminder", "key": "training:21", "due_at": NOW + 4 * DAY, "association_id": 21, "data": until}
    await execute(database, insert(tables.timers), timer)


async def plan(
    database: Database,
    asked: str,
    starts_at: datetime = NOW,
    means: Means = MEANS,
    text: Wording = TEXT,
    **more: Any,
) -> tuple[Plan, set[str]]:
    """The plan, and the names of whom it reaches."""
    names: set[str] = set()

    def keep(page: Any, row: Mapping[str, Any], *_: Any) -> None:
        if row["state"] == "waiting":
            names.update(one.sms_name for door in page.doors if door.id == row["address_id"] for one in door.leaders)

    async with database.read() as tx:
        return await plans.make(tx, {"asked": asked, **more}, text, means, starts_at, NOW, keep), names


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("all", "Odette Jean Agnes Paul Ange"),
        ("women", "Odette Agnes Ange"),
        ("men", "Jean Paul"),
        ("business", "Odette Jean"),
        ("late", "Agnes"),
        ("commune:Giharo", "Agnes"),
        ("commune:rutana", "Odette Jean Paul"),
        ("commune:BUKEMBA", "Agnes Ange"),
        ("association:07", "Odette Jean"),
        ("association:duterimbere", "Paul"),
        ("report:training:2026-11-22", "Odette Jean"),
        ("report:training:2026-11-23", ""),
        ("report:business:2026-01-01", ""),
        ("no-report:training:2026-11-22", "Agnes Paul Ange"),
    ],
)
async def test_who_is_in_an_audience(database: Database, asked: str, names: str) -> None:
    await fill(database)
    found, reached = await plan(database, asked)
    assert reached == set(names.split())
    assert (found.tally.people, found.tally.number) == (len(reached), len(reached))


async def test_when_they_leave_is_found_beside_the_loop(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """100,000 texts by one phone take a second to plan, in which nobody was answered."""
    where, plan_ = list[threading.Thread](), pacing.plan

    def noted(*given: Any) -> Any:
        where.append(threading.current_thread())
        return plan_(*given)

    monkeypatch.setattr(pacing, "plan", noted)
    await fill(database)
    await plan(database, "all")
    assert where and threading.main_thread() not in where


async def test_late_is_what_the_officers_list_says(database: Database) -> None:
    await fill(database)
    for days in (1, 2, 3, 14):
        async with database.read() as tx:
            listed = await late.late(tx, NOW, ZONE, datetime(2026, 4, 1).date(), days)
        theirs = {one.no for one in listed if one.state in ("silent", "unreachable")}
        means = replace(MEANS, setup=replace(SETUP, period_days=days))
        _, reached = await plan(database, "late", means=means)
        assert reached == {name for name, (no, _) in PEOPLE.items() if no in theirs}


async def test_the_day_of_a_report_begins_at_midnight_there(database: Database) -> None:
    await fill(database)
    just_after = datetime(2026, 11, 22, 0, 5, tzinfo=ZONE)
    await execute(database, update(tables.reports).values(created_at=just_after))
    assert (await plan(database, "report:training:2026-11-22"))[1] == {"Odette", "Jean"}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("everybody", "everybody: not an audience. Known are all, late"),
        ("commune:Giharro", "commune:Giharro: no such commune. Known are Bukemba, Giharo, Gitanga, Rutana"),
        ("association:99", "association:99: no such association. Known are 07 ABAHUZA, 11 TWIYUNGE, 19"),
        ("report:training", "write report:FORM:DATE, example report:training:2026-11-02"),
        ("no-report:trainin:2026-11-02", "no form trainin. Known are training, business."),
        ("no-report:training:11/02", "no-report:training:11/02: write report:FORM:DATE"),
        ("no-report:training:2027-11-02", "no-report:training:2027-11-02: that day has not come yet."),
    ],
)
async def test_an_audience_that_nobody_knows_says_what_is_known(database: Database, asked: str, said: str) -> None:
    await fill(database)
    with pytest.raises(AudienceError) as error:
        await plan(database, asked)
    assert said in str(error.value)


async def test_of_many_it_says_how_many_more_there_are(database: Database) -> None:
    await fill(database)
    for number in range(30, 70):
        names = {"no": str(number), "name": f"Group {number}", "sms_name": f"G{number}", "colline": "x"}
        row = {"id": number, **names, "commune_old": "Rutana", "commune_now": "Rutana"}
        await execute(database, insert(tables.associations), row)
    with pytest.raises(AudienceError) as error:
        await plan(database, "association:99")
    assert str(error.value).endswith("64 G64, 65 G65 and 4 more.")


async def _listed(database: Database, file: Path) -> list[int]:
    async with database.read() as tx:
        return people_list.found(people_list.rows(file), await audiences.listed(tx), file.name)


async def test_a_list_from_a_file(database: Database, tmp_path: Path) -> None:
    await fill(database)
    comma, book = tmp_path / "fair.csv", tmp_path / "fair.xlsx"
    comma.write_text("Association;Name;Phone\n#07;Nobody;\nEXAMPLE;Nobody;\n7;odette n;\n;;+257 79 123 453\n")
    with xlsxwriter.Workbook(str(book)) as opened:
        sheet = opened.add_worksheet()
        for place, row in enumerate((["For the Fair"], ["no", "nom"], [7, "Odette"], ["11", "Agnes N"])):
            sheet.write_row(place, 0, row)
    for file in (comma, book):
        ids = await _listed(database, file)
        assert ids == [1, 3]
        assert (await plan(database, f"list:{file}", people=ids))[1] == {"Odette", "Agnes"}


async def test_the_file_of_a_broadcast_is_a_list_too(database: Database, tmp_path: Path) -> None:
    await fill(database)
    (tmp_path / "broadcast-31.csv").write_text(
        "Nom,Association,État\nOdette,ABAHUZA,arrivé\nAgnes N,twiyunge,éteint\n"
    )
    assert await _listed(database, tmp_path / "broadcast-31.csv") == [1, 3]


async def test_an_association_is_found_without_its_nought(database: Database) -> None:
    await fill(database)
    assert (await plan(database, "association:7"))[1] == (await plan(database, "association:07"))[1]


async def test_a_list_says_every_row_that_is_wrong(database: Database, tmp_path: Path) -> None:
    await fill(database)
    await execute(database, update(tables.people).where(tables.people.c.id == 2).values(name="Odette N"))
    (tmp_path / "a.csv").write_text("association,name\n07,Odette N\n07,Marie\n11,Agnes\n")
    with pytest.raises(AudienceError) as error:
        await _listed(database, tmp_path / "a.csv")
    assert str(error.value).splitlines() == [
        "a.csv row 2: two of this name",
        "a.csv row 3: nobody of the roster",
        "Correct these rows, or take them out.",
    ]
    (tmp_path / "b.csv").write_text("who\nOdette\n")
    with pytest.raises(AudienceError, match=r"b\.csv: no row with the names of the columns"):
        await _listed(database, tmp_path / "b.csv")
    with pytest.raises(AudienceError, match="No such file"):
        await _listed(database, tmp_path / "c.csv")


async def test_money_and_the_last_minute_and_what_goes_tomorrow(database: Database) -> None:
    await fill(database)
    evening = datetime(2026, 11, 23, 19, 10, tzinfo=ZONE)
    slow = replace(MEANS, limits={"kannel": Limits(2)})
    free, _ = await plan(database, "all", evening, slow)
    lines = list(present.plan_lines(free, ZONE))
    assert lines[0] == "To        all: 5 people = 5 phones + 0 chats"
    assert "Cost      5 SMS parts; price not set ([sms] price_bif)" in lines
    assert (
        "When      from 23/11 19:10; the last one leaves 24/11 08:00, so 3 go 24/11 07:30 (Africa/Bujumbura)" in lines
    )
    assert (free.spill, free.cost_bif) == (3, None)
    text = Wording({"en": "{name}, " + "x" * 160})
    priced, _ = await plan(database, "all", evening, replace(MEANS, price_bif=40, budget_bif=300), text)
    lines = list(present.plan_lines(priced, ZONE))
    assert "Cost      10 SMS parts x 40 BIF = 400 BIF; this month 400 of 300 BIF" in lines
    assert "Careful   this is 100 BIF above the month's budget" in lines
    assert priced.ends_at == evening and priced.spill == 0
    for asks, said in ((True, "Answers   1 and 2 are counted"), (False, "Careful   the text has choices 1 and 2")):
        asking, _ = await plan(database, "all", evening, text=Wording({"en": "Come? 1 yes 2 no"}, asks=asks))
        assert any(line.startswith(said) for line in present.plan_lines(asking, ZONE))
    assert not any("choices" in line for line in lines)


async def test_the_weeks_messages_and_the_same_words_are_minded(database: Database) -> None:
    await fill(database)
    text = {"address_id": 1, "channel": "kannel", "key": "tip", "kind": "tip", "urgency": 1, "language": "en"}
    text |= {"text": "x", "parts": 1, "due_at": NOW, "made_at": NOW - DAY, "state": "sent"}
    await execute(database, insert(tables.outbox), [{**text}, {**text}])
    found, reached = await plan(database, "all")
    assert (found.tally.full, len(reached)) == (1, 5)
    found, reached = await plan(database, "all", leave_out_full=True)
    assert "Odette" not in reached and found.tally.left_out == {"already had the week's messages": 1}
    row = {"state": "done", "audience": {"asked": "all"}, "texts": {}, "gaps": {}, "digest": TEXT.digest}
    await execute(database, insert(tables.broadcasts), {**row, "id": 9, "made_at": NOW, "starts_at": NOW - 6 * DAY})
    listed = {"broadcast_id": 9, "address_id": 2, "people": 1, "channel": "kannel", "language": "en", "parts": 1}
    await execute(database, insert(tables.recipients), {**listed, "state": "queued"})
    (again, _), (other, _) = await plan(database, "all"), await plan(database, "all", text=Wording({"en": "come"}))
    assert [(number, count) for number, _, count in again.same] == [(9, 1)] and other.same == ()
    assert any(line.startswith("Careful   the same text went to 1 ") for line in present.plan_lines(again, ZONE))
    await execute(database, update(tables.broadcasts).values(starts_at=NOW - 8 * DAY))
    assert (await plan(database, "all"))[0].same == ()
