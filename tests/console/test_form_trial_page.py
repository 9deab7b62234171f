"""/words/forms/try: the real conversation answers somebody who does not exist, and nothing of it is kept."""

from __future__ import annotations

import re
import zipfile
from collections.abc import AsyncIterator
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select

from bot.app import App
from bot.store import tables as t
from tests.console.bringing import a_form
from tests.console.site import console, rows, signed_in

COUNTED = (t.reports, t.inbox, t.outbox, t.drafts, t.tasks, t.timers, t.people, t.addresses, t.conversations, t.audit)


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with console(tmp_path) as running:
        yield running


async def _counts(app: App) -> list[Any]:
    return [(await rows(app, select(func.count()).select_from(table)))[0][0] for table in COUNTED]


async def _tried(browser: Any, text: str, language: str = "en", **more: str) -> str:
    answer = await browser.get("/words/forms/try", params={"text": text, "language": language, **more})
    assert answer.status_code == 200
    return " ".join(answer.text.split())


async def test_a_line_is_read_and_receipted_and_nothing_is_kept(app: App) -> None:
    browser = await signed_in(app, "supervisor")
    before = await _counts(app)
    page = await _tried(browser, "12/11 3 12 7 5 3")
    assert "Would be stored: held_on = 2026-11-12" in page
    assert "women = 12, men = 7" in page
    assert "12/11 processing, 19 people: 12 women 7 men. New: 5 women 3 men." in page
    page = await _tried(browser, "12 11 3 1 0 3 0\n1 0\nFIX\n3\n2 1")
    assert "Women 1, men 0, but new women 3." in page and "1 person: 1 woman 0 men" in page
    assert "2 women 1 man = 3 people" in page and "women = 2, men = 1, new_women = 1" in page
    assert await _counts(app) == before
    french = await _tried(browser, "12/11 3 12 7 5 3", "fr")
    assert "Nouveaux: 5 femmes 3 hommes." in french
    assert await _counts(app) == before


async def test_a_form_of_the_staff_is_asked_step_by_step(app: App) -> None:
    browser = await signed_in(app, "supervisor")
    await browser.get("/words/forms")
    sent = {"form": ("seed.xlsx", (await a_form(app))["form"])}
    shown = await browser.http.post("/words/forms/check", data={"csrf": browser.token}, files=sent)
    digest = shown.text.partition('name="digest" value="')[2].partition('"')[0]
    assert (await browser.post("/words/forms/add", digest=digest)).status_code == 303
    before = await _counts(app)
    page = await _tried(browser, "SEED\n12\n2")
    assert "How many bags of seed?" in page
    assert "Known so far: bags = 12" in page
    assert "Would be stored: bags = 12, quality = bad" in page
    assert await _counts(app) == before


async def test_a_form_is_filled_by_the_buttons_of_a_chat(app: App) -> None:
    browser, before = await signed_in(app, "supervisor"), await _counts(app)
    text, page = "FORM", ""
    for label in ("Today 23/11", "☐ processing", "Next"):
        page = await _tried(browser, text, by="chat")
        (link,) = [
            link for link, said in re.findall(r'<a href="([^"]*by=chat[^"]*)">([^<]*)</a>', page) if said == label
        ]
        text = f"{text}\n{label}"
        assert parse_qs(urlsplit(unescape(link)).query)["text"] == [text]
    page = await _tried(browser, f"{text}\n9 4\n2 1", by="chat")
    assert "women: 9 men: 4 new women: 2 new men: 1 Send?" in page
    page = await _tried(browser, f"{text}\n9 4\n2 1\n✅ Send", by="chat")
    assert "Would be stored: held_on = 2026-11-23, topics = processing, women = 9, men = 4" in page
    assert await _counts(app) == before


async def test_a_form_is_tried_before_it_is_taken(app: App) -> None:
    browser, before = await signed_in(app, "supervisor"), dict(app.turns.forms)
    await browser.get("/words/forms")
    sent = {"form": ("seed.xlsx", (await a_form(app))["form"])}
    shown = await browser.http.post("/words/forms/check", data={"csrf": browser.token}, files=sent)
    link = shown.text.partition('href="/words/forms/try?form=')[2].partition('"')[0]
    page = await _tried(browser, "SEED\n12\n2", form=link)
    assert "leaders do not have it yet" in page and "Would be stored: bags = 12, quality = bad" in page
    assert "Would be stored" not in await _tried(browser, "SEED\n12\n2"), "without it, it is no form's word"
    assert app.turns.forms == before and await rows(app, select(t.forms.c.name)) == []
    other = await signed_in(app, "admin")
    assert (await other.get("/words/forms/try", params={"form": link})).status_code == 422, "not hers"
    digest = page.partition('name="digest" value="')[2].partition('"')[0]
    assert digest == link and (await browser.post("/words/forms/add", digest=digest)).status_code == 303
    assert len(await rows(app, select(t.forms.c.name))) == 1
    assert (await browser.get("/words/forms/try", params={"form": link})).status_code == 422, "it is taken"


ANYTHING = ["STOP", "7", "data", "delete\n1", "FIX", "xyzzy", "9", "totals", "0", "LESSON hello"]


@pytest.mark.parametrize("text", ANYTHING)
async def test_whatever_is_typed_is_answered_and_nothing_is_kept(app: App, text: str) -> None:
    browser = await signed_in(app, "staff")
    before = await _counts(app)
    assert "What is answered" in await _tried(browser, text)
    assert await _counts(app) == before


async def test_a_small_file_that_unpacks_to_far_too_much_is_not_opened(app: App) -> None:
    browser = await signed_in(app, "supervisor")
    await browser.get("/words/forms")
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", "<workbook/>")
        book.writestr("xl/worksheets/sheet1.xml", '<worksheet><row r="1048576"><c r="XFD1048576"/></row></worksheet>')
    sent = {"form": ("seed.xlsx", packed.getvalue())}
    refused = await browser.http.post("/words/forms/check", data={"csrf": browser.token}, files=sent)
    assert refused.status_code == 422
    assert "unpacks to far more than a form" in refused.text
    assert (await rows(app, select(func.count()).select_from(t.forms)))[0][0] == 0
