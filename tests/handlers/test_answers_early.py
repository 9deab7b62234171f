"""Two answers at once, out of order (conversations 1.6): the one that overtook the other waits for its question."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.app import App
from bot.channels.phone import Phone
from bot.cli.talk import Line
from bot.store import listing
from bot.store.tables import reports, tasks
from tests.play_service import NOW, service


class Talk:
    def __init__(self, app: App, phone: str) -> None:
        self.app, self.line = app, Line(app, phone)

    async def says(self, text: str, before: timedelta = timedelta()) -> list[str]:
        """What comes back for a text that she sent `before` now."""
        phone = self.app.channels["phone"]
        assert isinstance(phone, Phone)
        await phone.hear(self.line.phone, f"{text} {before}", text, NOW - before)
        return [" ".join(shown.text.split()) for shown in await self.line.answers()]


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with service(tmp_path) as app:
        async with app.database.read() as tx:
            (person,) = await listing.people_named(tx, "ABAHUZA ODETTE")
        yield Talk(app, str(person["phone"]))


SENT = timedelta(minutes=2)
"""Before the question that is open was asked."""


async def test_an_answer_that_overtook_another_waits_for_its_question(talk: Talk) -> None:
    await talk.says("1")
    await talk.says("12/11")
    assert await talk.says("12 7", SENT) == [], "which topics? is open, and was asked later"
    (then,) = await talk.says("3", SENT)
    assert then.startswith("Inyigisho 4/4") or then.startswith("Formation 4/4"), "3/4 is answered already"
    (receipt,) = await talk.says("5 3")
    assert "12" in receipt and "7" in receipt
    async with talk.app.database.read() as tx:
        last = (await tx.execute(select(reports).order_by(reports.c.number.desc()).limit(1))).mappings().one()
        assert not (await tx.execute(select(tasks).where(tasks.c.kind == "call"))).all()
    assert (last["values"]["women"], last["values"]["men"], last["values"]["topics"]) == (12, 7, ["processing"])


async def test_in_the_order_of_the_questions_answers_are_taken_however_early(talk: Talk) -> None:
    await talk.says("1")
    for text in ("12/11", "3", "12 7"):
        (asked,) = await talk.says(text, SENT)
    assert "4/4" in asked


async def test_what_was_sent_after_the_question_is_its_answer_or_not_clear(talk: Talk) -> None:
    await talk.says("1")
    await talk.says("12/11")
    (said,) = await talk.says("12 7")
    assert "2/4" in said


async def test_numbers_with_labels_wait_for_nothing(talk: Talk) -> None:
    await talk.says("1")
    await talk.says("12/11")
    (said,) = await talk.says("12 femmes 7 hommes", SENT)
    assert "2/4" in said
    (said,) = await talk.says("3")
    assert "4/4" in said


async def test_it_waits_for_this_report_alone(talk: Talk) -> None:
    await talk.says("1")
    await talk.says("12/11")
    await talk.says("12 7", SENT)
    await talk.says("CANCEL")
    await talk.says("1", timedelta(seconds=-1))
    await talk.says("11/11")
    (asked,) = await talk.says("2", timedelta(seconds=-2))
    assert "3/4" in asked
