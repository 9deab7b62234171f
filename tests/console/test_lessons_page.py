"""/lessons: what can be shown, translations, posters; never behind the neutral door, never outside the area."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from bot.app import App
from bot.store import tables as t
from tests.console.site import console, rows, signed_in, write
from tests.console.walking import INSIDE, WORDS, canary


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with console(tmp_path) as running:
        await canary(running, INSIDE, "07")
        yield running


async def test_a_translation_is_added_with_its_name_and_printed(app: App) -> None:
    browser = await signed_in(app, "supervisor")
    page = await browser.get("/lessons/1")
    assert WORDS[INSIDE] in page.text
    done = await browser.post("/lessons/1/translation", to="fr", text="Peser  le riz", by="Anna N.")
    assert done.status_code == 303
    found = (await browser.get("/lessons?to=fr")).text
    assert "Peser le riz" in found
    assert "Anna N." in found
    table = csv.DictReader(io.StringIO((await browser.get("/lessons.csv?to=fr")).content.decode("utf-8-sig")))
    assert [(row["No"], row["Translation"], row["May be shown"]) for row in table] == [
        ("1", "Peser le riz", "with the association's name")
    ]
    pdf = await browser.get("/lessons/posters?to=fr")
    assert pdf.content.startswith(b"%PDF")
    assert pdf.headers["content-type"] == "application/pdf"
    photo = await browser.get("/lessons/1/file")
    assert (photo.content, photo.headers["content-type"]) == (b"a photo", "image/jpeg")


@pytest.mark.parametrize(
    "form", [{"text": "x", "by": ""}, {"text": " ", "by": "Anna"}, {"to": "rn", "text": "x", "by": "A"}]
)
async def test_a_translation_that_lacks_something_changes_nothing(app: App, form: dict[str, str]) -> None:
    browser = await signed_in(app, "supervisor")
    await browser.get("/lessons/1")
    answer = await browser.post("/lessons/1/translation", **{"to": "fr", **form})
    assert answer.status_code == 422
    assert (await rows(app, select(t.lessons.c.translations)))[0][0] == {}


async def test_who_has_changed_her_mind_is_shown_without_the_name_then_not_at_all(app: App) -> None:
    browser = await signed_in(app, "supervisor")
    for press, says in (("anonymous", "without a name"), ("no", "not to be shown")):
        await browser.get("/lessons/1")
        assert (await browser.post("/lessons/1/hidden", show=press)).status_code == 303
        assert f'value="{press}"' not in (await browser.get("/lessons/1")).text, "pressed once"
        assert says in (await browser.get("/lessons/1")).text
    assert (await browser.get("/lessons/posters")).status_code == 422, "nothing is left to print"
    for press, status in (("anonymous", 422), ("name", 404), ("", 404)):
        await browser.get("/lessons/1")
        refused = await browser.post("/lessons/1/hidden", show=press)
        assert refused.status_code == status, f"she has not allowed {press!r}"
    assert await rows(app, select(t.lessons.c.show)) == [("no",)]
    noted = await rows(app, select(t.audit.c.details).where(t.audit.c.what == "lesson hidden"))
    assert [row[0]["show"] for row in noted] == ["anonymous", "no"]


async def test_a_search_finds_in_every_language_without_accents(app: App) -> None:
    browser = await signed_in(app, "supervisor")
    await browser.get("/lessons/1")
    await browser.post("/lessons/1/translation", to="fr", text="La récolte séchée", by="Anna N.")
    assert "1 lesson" in (await browser.get("/lessons?q=recolte+SECHEE")).text
    assert "0 lessons" in (await browser.get("/lessons?q=recolte+omega")).text
    assert "0 lessons" in (await browser.get("/lessons?show=no")).text


async def test_what_came_through_the_neutral_door_is_no_lesson(app: App) -> None:
    message, now = (await rows(app, select(t.lessons.c.inbox_id)))[0][0], app.clock.now()
    await write(app, insert(t.tasks).values(kind="problem", sealed=True, due_at=now, made_at=now, inbox_id=message))
    browser = await signed_in(app, "supervisor")
    assert WORDS[INSIDE] not in (await browser.get("/lessons")).text
    assert (await browser.get("/lessons/1")).status_code == 404
    assert (await browser.get("/lessons/1/file")).status_code == 404
    assert (await browser.get("/lessons/posters")).status_code == 422
