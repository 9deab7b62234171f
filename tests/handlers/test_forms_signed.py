"""What nobody has signed is not said in a live programme, and understood all the same."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.cli.talk import Line
from bot.forms import load_shipped
from bot.store import listing
from handlers.forms import Context, signed
from tests.bot.test_forms import CTX
from tests.play_service import service

RN = Context(date(2026, 11, 23), "rn", date(2026, 4, 1))


@pytest.mark.parametrize("name", ["training", "business"])
def test_draft_languages_are_not_said(name: str) -> None:
    form = load_shipped()[name]
    assert form.drafts == {"rn", "sw"}
    live = signed(form)
    assert signed(form) is live
    for step, as_drafted in zip(live.all_steps, form.all_steps, strict=True):
        said = live.prompt(step, {}, RN)
        assert said.text("rn") == said.text("fr") == form.prompt(as_drafted, {}, RN).text("fr")
    assert live.title.text("sw") == form.title.text("fr")


@pytest.mark.parametrize(
    "line",
    [
        "inyigisho 12 munyonyo guhingura abakenyezi 12 abagabo 7 bashasha 8",
        "mafunzo jana mnyororo wa thamani wanawake 12 wanaume 7 wapya 8",
        "12/11 urunani rw'agaciro 12 7 5 3",
    ],
)
def test_what_is_not_said_is_understood(line: str) -> None:
    form = load_shipped()["training"]
    read = signed(form).read_line(line, CTX)
    assert read.status == "whole"
    assert read == form.read_line(line, CTX)


async def test_a_live_programme_asks_in_the_language_of_its_receipts(tmp_path: Path) -> None:
    async with service(tmp_path) as app:
        app.turns.replies.drafts = False  # as live, without send_drafts
        async with app.database.read() as tx:
            (person,) = await listing.people_named(tx, "ABAHUZA ODETTE")
        line = Line(app, str(person["phone"]))
        said = []
        for text in ("inyigisho", "12/11", "guhingura", "abakenyezi 12 abagabo 7", "5 3"):
            await line.send(text)
            said += [shown.text for shown in await line.answers()]
    assert [text.partition(".")[0] for text in said[:4]] == [f"Formation {n}/4" for n in (1, 2, 3, 4)]
    assert "transformation: 12 femmes 7 hommes" in said[4]
