"""The example of the documents as a summary: figures, words, JSON; nothing private, the same bytes twice."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from zoneinfo import ZoneInfo

import orjson
import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.counting import Period, Rules, find
from bot.programme.summary import Asked, Say, Summary, summary
from bot.programme.summary.caption import MOST, caption, text_chart, units
from bot.programme.summary.phrases import sentence
from bot.programme.summary.plain import plain
from bot.programme.summary.text import chat_text, full_text
from bot.store import tables
from bot.store.engine import Database
from tests import october
from tests.databases import database, place, postgres_server
from tests.october_messages import MESSAGES, SUBJECTS

__all__ = ["database", "place", "postgres_server"]
ZONE = ZoneInfo("Africa/Bujumbura")
IDS = {row[0]: number for number, row in enumerate(MESSAGES, 1)}


@pytest.fixture
async def tx(database: Database) -> AsyncConnection:
    """A reader of the example."""

    async def work(tx: AsyncConnection, items: object) -> list[None]:
        await october.load(tx)
        return [None]

    await database.writer.do(work, None)
    async with database.read() as reader:
        yield reader


async def of(tx: AsyncConnection, name: str, period: str = "2026-10", as_of: datetime = october.AS_OF) -> Summary:
    """The summary of a place."""
    rules = Rules(600, includes_representatives=True, members_only=False)
    when = Period.parse(period, date(2026, 11, 2))
    return await summary(tx, Asked(await find(tx, name), when, rules, ZONE, as_of))


async def test_the_figures_with_what_stands_behind_them(tx: AsyncConnection) -> None:
    found = plain(await of(tx, "abahuza"), Say("en", ZONE))
    values = {name: found[name]["value"] for name in ("trainings", "attendances", "women", "men", "new_people")}
    assert values == {"trainings": 3, "attendances": 33, "women": 21, "men": 12, "new_people": 6}
    assert (found["new_women"]["value"], found["new_men"]["value"]) == (4, 2)
    assert (found["unique_lower"]["value"], found["unique_upper"]["value"]) == (13, 33)
    assert found["attendances"]["reports"] == [3981, 4038, 4102]
    assert set(found["attendances"]["messages"]) == {IDS[key] for key in ("t3", "t17", "agreed", "t31", "sheet")}
    assert found["new_by_standing"] == {"checked": 5, "reported": 1, "doubtful": 0}
    assert found["before"]["attendances"]["value"] == 9
    assert (found["since_start"]["attendances"]["value"], found["since_start"]["new_people"]["value"]) == (51, 8)
    assert (found["target"]["reached"], found["target"]["people"], found["target_before"]["reached"]) == (13, 25, 7)
    assert (found["messages"]["in"]["value"], found["messages"]["out"]["value"]) == (27, 38)
    assert (found["businesses"]["sales"]["value"], found["businesses"]["left"]["value"]) == (385_000, 157_000)
    assert orjson.loads(orjson.dumps(found))


async def test_what_they_told_us_by_subject(tx: AsyncConnection) -> None:
    found = await of(tx, "abahuza")
    by = {point.subject: point.figure.messages for point in found.said}
    names = {
        "quality": "price of quality",
        "time": "time of the training",
        "machine": "broken belt",
        "weather": "rain",
    }
    for subject, told in names.items():
        assert by[subject] == tuple(sorted(IDS[key] for key in SUBJECTS[told])), subject
    assert [point.subject for point in found.points] == ["machine", "quality", "time", "weather"]
    grouped = sum(point.figure.value or 0 for point in found.said) + (found.not_grouped.value or 0)
    assert grouped == len({number for point in found.said for number in point.figure.messages}) + 1
    assert found.not_grouped.messages == (IDS["hello"],)


async def test_quoted_only_with_consent_and_with_the_translator(tx: AsyncConnection) -> None:
    text = full_text(await of(tx, "abahuza"), Say("en", ZONE))
    assert "Since we dry the rice longer, buyers in Rutana take it without arguing.” (transl. Eric)" in _line(text)
    assert "started at three" not in text
    assert "Vijana walikuja" not in text


def _line(text: str) -> str:
    return " ".join(text.split())


async def test_questions_and_our_debts(tx: AsyncConnection) -> None:
    found = plain(await of(tx, "abahuza"), Say("en", ZONE))
    assert [(one["number"], one["hours"]) for one in found["questions"]] == [(571, 3.0), (583, 7.0), (598, None)]
    (owed,) = found["owed"]
    assert (owed["number"], owed["overdue"], owed["messages"]) == (598, True, [IDS["credit"]])
    assert found["answer_hours"] == 5
    earlier = await of(tx, "abahuza", as_of=datetime(2026, 10, 25, tzinfo=UTC))
    assert not earlier.owed[0].overdue(earlier.sheet.as_of)


async def test_needs_reminders_and_doubts(tx: AsyncConnection) -> None:
    found = plain(await of(tx, "abahuza"), Say("en", ZONE))
    needs = {one["what"]: (one["who"], one["messages"]) for one in found["needs"]}
    assert needs == {
        "attendance sheets": ("Eric", [IDS["sheets"]]),
        "packaging bags": ("Eric", sorted((IDS["bags"], IDS["biz"]))),
    }
    assert (found["reminders"]["value"], found["reminders"]["answered"]) == (2, 1)
    doubts = {one["kind"]: one for one in found["doubts"]}
    assert doubts["no_sheet"]["reports"] == [3981]
    assert (doubts["corrected"]["reports"], doubts["corrected"]["said"]) == ([4038], {"before": 14, "after": 13})
    assert (doubts["silent"]["value"], doubts["silent"]["said"]["of"]) == (2, 5)
    assert all(set(one) >= {"value", "reports", "messages"} for one in found["unknown"])


async def test_the_caption_says_it_as_the_documents_do(tx: AsyncConnection) -> None:
    said = caption(await of(tx, "abahuza"), Say("en", ZONE))
    for line in (
        "ABAHUZA (07), Rutana · October 2026 · made 2/11 08:15",
        "3 trainings, 33 attendances (21 women, 12 men), 6 NEW people.",
        "Reached since the start: 13 of 25 (52 %), September 7.",
        "Sales 385,000 BIF (September 310,000), costs 228,000, left 157,000. Self-reported.",
        "They need: attendance sheets, packaging bags.",
        "27 messages in (Kirundi 19, Swahili 5, French 3), 38 out. Answer time, middle value: 5 h.",
        "Doubts: no sheet for No 3981; 2 of 5 representatives never wrote.",
    ):
        assert line in said.splitlines(), line
    assert "late since 26/10" in said
    assert units(said) <= MOST


PLACES = ("abahuza", "twiyunge", "rutana", "all")
PERIODS = ("2026-10", "2026-q4", "2026-w42", "2026-10-03..2026-10-17", "2026-06")


async def test_every_place_and_period_in_both_languages(tx: AsyncConnection) -> None:
    for name, period in product(PLACES, PERIODS):
        found, again = await of(tx, name, period), await of(tx, name, period)
        for language in ("en", "fr"):
            say = Say(language, ZONE)
            faces = [
                (face(found, say), face(again, say)) for face in (caption, full_text, chat_text, text_chart, plain)
            ]
            assert all(one == other for one, other in faces)
            text = "".join(orjson.dumps(one).decode() for one, _ in faces)
            assert not re.search(r"\+?257\d{6,}|79000", text)
            assert [leader for leader in (*october.LEADERS, "Ndayizeye", "Agnes") if leader in text] == []
            assert units(faces[0][0]) <= MOST
            assert not re.search(r"at the end of \d|fin d[eu] |end of (week|quarter)", full_text(found, say))


async def test_small_groups_are_not_shown(tx: AsyncConnection) -> None:
    summed = await of(tx, "abahuza")
    found = plain(summed, Say("en", ZONE))
    for column, name in product((found, found["since_start"]), ("new_displaced", "new_returnee", "new_host")):
        assert (column[name]["value"], column[name]["shown"]) == (None, "<5")
        assert column[name]["reports"] == column["new_people"]["reports"], "which ones say it would tell of whom"
    assert (found["new_groups_rest"]["value"], found["since_start"]["new_groups_rest"]["value"]) == (6, 8)
    assert found["before"]["new_displaced"]["shown"] == "<5"
    assert not {"displaced", "new_groups_not_said"} & {*found, *found["checked"], *found["before"]}
    assert "displaced / returnee / host / rest" in full_text(summed, Say("en", ZONE))


async def test_a_period_that_goes_on_is_told_until_now(tx: AsyncConnection) -> None:
    quarter = await of(tx, "rutana", "2026-q4")
    text = full_text(quarter, Say("en", ZONE))
    assert "Data until 2/11 08:15, by rules v2." in text
    assert quarter.grid.months[-1].name == quarter.months[-1].period.name == "2026-11"
    assert "07 ABAHUZA" in text
    assert "24:00" in full_text(await of(tx, "rutana"), Say("en", ZONE))


async def test_a_month_is_told_nothing_that_came_after_it(database: Database) -> None:
    """A call that is asked for in November is owed now; it is no need of October's."""
    made = datetime(2026, 11, 1, 9, tzinfo=UTC)

    async def work(tx: AsyncConnection, items: object) -> list[None]:
        await october.load(tx)
        row = {"kind": "call", "association_id": 7, "due_at": made, "made_at": made, "sealed": False, "state": "open"}
        await tx.execute(insert(tables.tasks), row)
        return [None]

    await database.writer.do(work, None)
    async with database.read() as tx:
        said = {
            month: {need.what["en"] for need in (await of(tx, "all", month)).needs}
            for month in ("2026-10", "2026-11")
        }
    assert "a call that was asked for" in said["2026-11"] - said["2026-10"]


async def test_charts_begin_with_the_project(tx: AsyncConnection) -> None:
    """Its representatives stood in the months before it, as if they had been reached then."""
    rules = Rules(600, includes_representatives=True, members_only=False, start=date(2026, 9, 3))
    for period, months in (("2026-10", ["2026-09", "2026-10"]), ("2026-06", ["2026-06"])):
        when = Period.parse(period, date(2026, 11, 2))
        found = await summary(tx, Asked(await find(tx, "all"), when, rules, ZONE, october.AS_OF))
        assert [month.period.name for month in found.months] == months


async def test_months_are_compared_where_the_same_businesses_said_it(tx: AsyncConnection) -> None:
    found = await of(tx, "abahuza")
    assert "it sold for more than in September (385,000 against 310,000 BIF)" in sentence(found, Say("en", ZONE))
    line = found.grid.lines[0]
    silent = replace(line, cells=(*line.cells[:-2], replace(line.cells[-2], sales=None), line.cells[-1]))
    grid = replace(found.grid, lines=(line, silent))
    assert "sold" not in sentence(replace(found, grid=grid), Say("en", ZONE))
