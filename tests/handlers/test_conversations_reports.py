"""What a script cannot say: what lies in the tables after each step of a talk about a report."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.app import App
from bot.channels.phone import Phone
from bot.cli.talk import Line
from bot.store import listing
from bot.store.tables import associations, businesses, drafts, figures, inbox, report_history, reports, tasks
from handlers.forms import Context, Form, Reading
from tests.play_service import NOW, service

LAST = 3231
"""The last report of the invented programme."""
SEVEN = "12 11 3 12 7 5 3"
REPORTED = {
    "held_on": "2026-11-12",
    "topics": ["processing"],
    "women": 12,
    "men": 7,
    "new_women": 5,
    "new_men": 3,
    "new_people": 8,
}
NOT_SAID = dict.fromkeys(("youth", "displaced", "returnee", "host", "place"))


@dataclass
class Talk:
    """Odette's phone and the tables behind it."""

    app: App
    line: Line

    async def say(self, *texts: str) -> list[str]:
        """Send these one after the other; the answers to the last one."""
        said: list[str] = []
        for text in texts:
            await self.line.send(text)
            said = [" ".join(shown.text.split()) for shown in await self.line.answers()]
        return said

    async def rows(self, statement: Any) -> list[Any]:
        async with self.app.database.read() as tx:
            return list((await tx.execute(statement)).mappings())

    async def stored(self) -> list[Any]:
        return await self.rows(select(reports).where(reports.c.number > LAST).order_by(reports.c.number))

    async def counted(self) -> tuple[int, int]:
        """(trainings, new people) of her association in the figures, 5 and 8 before she says anything."""
        hers = select(figures).join(associations).where(associations.c.sms_name == "ABAHUZA")
        (row,) = await self.rows(hers)
        return row["trainings"], row["new_people"]


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with service(tmp_path) as app:
        async with app.database.read() as tx:
            (odette,) = await listing.people_named(tx, "ABAHUZA ODETTE")
        phone = Talk(app, Line(app, str(odette["phone"])))
        await phone.say("LANG", "4")
        yield phone


@pytest.mark.parametrize(
    "line",
    [
        SEVEN,
        "FORM 12/11 AGRI F12 M7 NF5 NM3",
        "form12/11agri f12m7nf5nm3",
        "12/11 transformation 12 femmes et 7 hommes 5 nouvelles femmes 3 nouveaux hommes",
    ],
)
async def test_what_is_echoed_is_what_is_stored(talk: Talk, line: str) -> None:
    (receipt,) = await talk.say(line)
    (row,) = await talk.stored()
    assert row["values"] == REPORTED | NOT_SAID
    assert (row["state"], row["doubt"], row["revision"]) == ("reported", "", 1)
    for shown in (f"No {LAST + 1} OK", "12/11 processing", "12 women 7 men", "New: 5 women 3 men", "21 of 25"):
        assert shown in receipt
    assert await talk.counted() == (6, 16)
    next_time = receipt.partition("Next: ")[2].replace("12/11", "13/11")
    await talk.say(next_time)
    assert (await talk.stored())[1]["values"] == {**REPORTED, **NOT_SAID, "held_on": "2026-11-13"}


@pytest.mark.parametrize(
    ("lines", "state", "doubt", "new", "answers", "after"),
    [
        (["12 11 3 12 7 15 3"], "doubtful", "D2", 26, ["5 3"], ("reported", 16)),
        (["25 12 3 12 7 5 3"], "doubtful", "D3", 16, ["12/11"], ("reported", 16)),
        ([SEVEN, "12 11 3 14 8 2 1"], "doubtful", "D4", 19, ["1"], ("withdrawn", 16)),
        ([SEVEN, "12 11 3 14 8 2 1"], "doubtful", "D4", 19, ["2"], ("reported", 19)),
        ([SEVEN, SEVEN], "twin", "D4", 16, ["1"], ("withdrawn", 16)),
        ([SEVEN, SEVEN], "twin", "D4", 16, ["2"], ("reported", 24)),
        (["12 11 3 40 21 1 1"], "doubtful", "D5", 10, ["1"], ("reported", 10)),
        (["12 11 3 40 21 1 1"], "doubtful", "D5", 10, ["2", "14 7"], ("reported", 10)),
        (["12 11 3 20 15 15 10"], "doubtful", "D10", 33, ["1"], ("reported", 33)),
        (["12 11 3 20 15 15 10"], "doubtful", "D10", 33, ["2", "5 3"], ("reported", 16)),
    ],
)
async def test_a_check_asks_after_the_report_is_stored(
    talk: Talk, lines: list[str], state: str, doubt: str, new: int, answers: list[str], after: tuple[str, int]
) -> None:
    (asked,) = await talk.say(*lines)
    *_, row = await talk.stored()
    assert (row["state"], row["doubt"]) == (state, doubt), asked
    assert (await talk.counted())[1] == new
    await talk.say(*answers)
    *_, row = await talk.stored()
    assert (row["state"], row["doubt"], (await talk.counted())[1]) == (after[0], "", after[1])
    (old,) = await talk.rows(select(report_history).where(report_history.c.number == row["number"]))
    assert old["state"] == state


@pytest.mark.parametrize(
    ("correction", "doubt", "answer"),
    [
        (["FIX", "4", "15 3"], "D2", "5 3"),
        (["FIX", "1", "25/12"], "D3", "12/11"),
        (["FIX", "3", "40 21"], "D5", "1"),
        (["FIX", "3", "20 15", "FIX", "4", "15 10"], "D10", "1"),
    ],
)
async def test_a_correction_that_is_doubtful_says_why_until_it_is_settled(
    talk: Talk, correction: list[str], doubt: str, answer: str
) -> None:
    (asked,) = await talk.say(SEVEN, *correction)
    (row,) = await talk.stored()
    assert (row["state"], row["doubt"]) == ("doubtful", doubt), asked
    async with talk.app.database.read() as tx:
        listed = (await listing.all_reports(tx))[-1]
    assert (listed["number"], listed["state"], listed["doubt"]) == (row["number"], "doubtful", doubt)
    await talk.say(answer)
    (row,) = await talk.stored()
    assert (row["state"], row["doubt"]) == ("reported", "")


async def test_removed_it_is_not_doubtful_and_brought_back_beside_its_like_it_is(talk: Talk) -> None:
    await talk.say("12 11 3 40 21 1 1", "FIX", "5")
    (row,) = await talk.stored()
    assert (row["state"], row["doubt"]) == ("withdrawn", "")
    await talk.say("12 11 3 41 21 1 1", "1", f"BACK {row['number']}")
    row, _ = await talk.stored()
    assert (row["state"], row["doubt"]) == ("doubtful", "D4")


async def test_x_is_not_known_and_nobody_is_zero(talk: Talk) -> None:
    await talk.say("FORM 12/11 AGRI F12 M7", "X")
    await talk.say("FORM 13/11 AGRI F12 M7", "0 0")
    unknown, nobody = (row["values"] for row in await talk.stored())
    assert [unknown[name] for name in ("new_women", "new_men", "new_people")] == [None, None, None]
    assert [nobody[name] for name in ("new_women", "new_men", "new_people")] == [0, 0, 0]


async def test_an_unread_split_stays_a_total(talk: Talk) -> None:
    await talk.say("12 11 3 12 7 8", "X")
    (row,) = await talk.stored()
    assert [row["values"][name] for name in ("new_women", "new_men", "new_people")] == [None, None, 8]
    assert row["state"] == "reported"


async def test_a_leftover_word_stores_nothing_until_she_says_so(talk: Talk) -> None:
    await talk.say(SEVEN + " MUYINGA")
    assert await talk.stored() == []
    await talk.say("1")
    (row,) = await talk.stored()
    assert row["values"] == REPORTED | NOT_SAID


async def test_two_readings_are_asked_about(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    read, both = Form.read_line, (REPORTED, {**REPORTED, "women": 7, "men": 12})

    def two(form: Form, text: str, ctx: Context, values: Any = None) -> Reading:
        if form.name == "training" and text == "12 7?":
            return Reading("ambiguous", {}, (), both)
        return read(form, text, ctx, values)

    monkeypatch.setattr(Form, "read_line", two)
    (asked,) = await talk.say("12 7?")
    assert asked.startswith("OIM: two ways to read it. 1 12/11 processing, women 12, men 7,")
    assert await talk.stored() == []
    (again,) = await talk.say("3")
    assert again == "OIM: OK, send it again. Example: 12 11 3 12 7 5 3"
    await talk.say("12 7?", "2")
    (row,) = await talk.stored()
    assert (row["values"]["women"], row["values"]["men"]) == (7, 12)


async def test_the_same_digit_sent_again_before_our_question_arrived_is_taken_once(talk: Talk) -> None:
    (first,) = await talk.say("1")
    channel = talk.app.channels["phone"]
    assert isinstance(channel, Phone)
    await channel.hear(talk.line.phone, "again", "1", NOW - timedelta(seconds=40))
    assert await talk.line.answers() == []
    (then,) = await talk.say("12/11")
    assert (first[:12], then[:12]) == ("Training 1/4", "Training 2/4")


async def test_a_letter_of_two_thousand_characters_is_kept_and_read(talk: Talk) -> None:
    letter = ("the machine is broken and we need help " * 60)[:2000]
    await talk.say("1", "12/11")
    (answer,) = await talk.say(letter)
    assert len(answer) <= 160
    kept = await talk.rows(select(inbox.c.text).where(inbox.c.kind == "text").order_by(inbox.c.id.desc()).limit(1))
    assert kept[0]["text"] == letter.strip()
    assert [task["kind"] for task in await talk.rows(select(tasks))] == ["read"]
    await talk.say("3", "12 7", "5 3")
    assert (await talk.stored())[0]["values"] == REPORTED | NOT_SAID


async def test_two_failed_tries_keep_a_draft_and_book_a_call(talk: Talk) -> None:
    await talk.say("1", "12/11", "4", "5")
    (draft,) = await talk.rows(select(drafts))
    assert draft["values"] == {"held_on": "2026-11-12"}
    assert [task["kind"] for task in await talk.rows(select(tasks))] == ["call"]


async def test_a_correction_keeps_the_old_values(talk: Talk) -> None:
    await talk.say(SEVEN, "FIX", "3", "12 9")
    (row,) = await talk.stored()
    (old,) = await talk.rows(select(report_history).where(report_history.c.number == row["number"]))
    assert (old["values"]["men"], row["values"]["men"], row["revision"]) == (7, 9, 2)
    assert old["reason"] == "the leader corrected it"


async def test_the_need_is_kept_with_the_business(talk: Talk) -> None:
    await talk.line.move(timedelta(days=20))
    await talk.line.answers()
    await talk.say("BIZ 1 450000 X 2 5", "1 2 6 bags", "a new belt")
    (row,) = await talk.stored()
    assert row["values"] == {
        "business": "07A",
        "status": "working",
        "sales": 450000,
        "costs": None,
        "kit": "repair",
        "problem": "machine",
        "workers_women": 1,
        "workers_men": 2,
        "stock": "6 bags",
        "need": "a new belt",
    }


async def test_an_association_without_a_business_is_told_so(talk: Talk) -> None:
    async def left(tx: Any, items: Any) -> list[None]:
        hers = select(associations.c.id).where(associations.c.sms_name == "ABAHUZA").scalar_subquery()
        await tx.execute(update(businesses).where(businesses.c.association_id == hers).values(left_at=NOW))
        return [None] * len(items)

    await talk.app.database.writer.do(left, None)
    await talk.app.reload()
    (said,) = await talk.say("2")
    assert said == "OIM: we know of no business of ABAHUZA yet. To tell us send 9 and we call you."
