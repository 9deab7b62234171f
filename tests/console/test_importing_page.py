"""/people/import: the whole file is shown first, and exactly that file is imported."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, update

from bot import demo
from bot.app import App
from bot.console.uploads import LASTS
from bot.programme import invented, roster
from bot.store import tables as t
from tests.bot.programme.roster_books import ASSOCIATION, LEADER, book, table
from tests.console.site import Browser, console, person, rows, signed_in, write
from tests.play_service import TODAY

NEW = "Béatrice Nshimirimana"


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with console(tmp_path) as running:
        yield running


def _workbook(folder: Path, change: Callable[[roster.Roster], roster.Roster]) -> bytes:
    there, _reports = invented.invent(Random(demo.SEED), TODAY)
    roster.write(folder / "changed.xlsx", change(there))
    return (folder / "changed.xlsx").read_bytes()


def _renamed(there: roster.Roster) -> roster.Roster:
    """The last leader is somebody else, with a number of her own."""
    last = replace(there.leaders[-1], name=NEW, sms_name="Beatrice", phone="+25700000977")
    return replace(there, leaders=(*there.leaders[:-1], last))


async def _check(browser: Browser, content: bytes) -> httpx.Response:
    await browser.get("/people/import")
    sent = {"file": ("Ma liste.xlsx", content)}
    return await browser.http.post("/people/import/check", data={"csrf": browser.token}, files=sent)


def _digest(page: str) -> str:
    return page.partition('name="digest" value="')[2].partition('"')[0]


async def _people(app: App) -> list[Any]:
    return await rows(app, select(t.people.c.name, t.people.c.consent, t.people.c.left_at))


def _waiting(app: App) -> list[Path]:
    return list(app.console.uploads._folder.glob("*"))


async def test_the_file_that_was_shown_is_imported_and_leaves_the_disk(app: App, tmp_path: Path) -> None:
    browser, before = await signed_in(app, "supervisor"), await _people(app)
    page = await _check(browser, _workbook(tmp_path, _renamed))
    assert page.status_code == 200
    assert "Ma liste.xlsx" in page.text
    assert "120 leaders fine, 0 errors" in " ".join(page.text.split())
    assert "1 new, 119 unchanged" in page.text
    assert "no longer in the workbook, kept in the database" in page.text
    assert await _people(app) == before
    (kept,) = _waiting(app)
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700
    done = await browser.post("/people/import/now", digest=_digest(page.text))
    assert (done.status_code, done.headers["location"]) == (303, "/people")
    assert NEW in {row.name for row in await _people(app)}
    assert len(await _people(app)) == len(before) + 1
    assert not _waiting(app)
    noted = [row.what for row in await rows(app, select(t.audit.c.what).order_by(t.audit.c.id))]
    assert [one for one in noted if one.startswith("roster")][1:] == [
        "roster checked",
        "roster imported",
    ]


async def test_a_file_with_errors_says_where_and_is_imported_without_them_when_she_says_so(
    app: App, tmp_path: Path
) -> None:
    def broken(there: roster.Roster) -> roster.Roster:
        there = _renamed(there)
        return replace(there, leaders=(replace(there.leaders[0], phone="7912345"), *there.leaders[1:]))

    browser, before = await signed_in(app, "supervisor"), await _people(app)
    content = _workbook(tmp_path, broken)
    page = await _check(browser, content)
    assert '<td class="late">error</td><td class="wide">Leaders</td><td class="number wide">3</td>' in page.text
    assert "7 digits, Burundi numbers have 8" in page.text
    assert "Left out: Leaders row 3, " in page.text
    assert "Import 119 leaders now" in page.text
    await browser.post("/account/language", language="fr")
    french = (await _check(browser, content)).text
    assert "7 chiffres, un numéro du Burundi en a 8. Ajoutez le chiffre qui manque." in french
    assert "119 responsables en ordre, 1 erreur, 4 avertissements\u00a0; 1 en plus, 118 sans changement" in french
    assert "Mis de côté\u00a0: Leaders, ligne 3, " in french
    unseen = await browser.post("/people/import/now", digest=_digest(page.text))
    assert (unseen.status_code, await _people(app)) == (422, before)
    done = await browser.post("/people/import/now", digest=_digest(page.text), errors="1")
    assert (done.status_code, await _people(app)) == (303, [*before, await _last(app)])


async def _last(app: App) -> Any:
    return (await _people(app))[-1]


async def test_a_file_of_which_nothing_can_be_imported_has_no_button(app: App, tmp_path: Path) -> None:
    book(tmp_path / "r.xlsx", Associations=table([ASSOCIATION | {"no": "x"}]), Leaders=table([LEADER]))
    page = await _check(await signed_in(app, "admin"), (tmp_path / "r.xlsx").read_bytes())
    assert "Correct the errors in the workbook first" in page.text
    assert "/people/import/now" not in page.text
    assert not _waiting(app)


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04 nor this"])
async def test_what_is_no_workbook_is_told_so(app: App, content: bytes) -> None:
    page = await _check(await signed_in(app, "admin"), content)
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert not _waiting(app)
    assert "roster-" not in page.text


async def test_another_file_another_person_or_another_hour_is_not_imported(app: App, tmp_path: Path) -> None:
    supervisor, administrator = await signed_in(app, "supervisor"), await signed_in(app, "admin")
    before = await _people(app)
    shown = _digest((await _check(supervisor, _workbook(tmp_path, _renamed))).text)
    await administrator.get("/people/import")
    assert (await administrator.post("/people/import/now", digest=shown)).status_code == 422
    for digest in ("", "../" * 20, "0" * 64, shown[:-1]):
        assert (await supervisor.post("/people/import/now", digest=digest)).status_code == 422
    (kept,) = _waiting(app)
    content = kept.read_bytes()
    kept.write_bytes(_workbook(tmp_path, lambda there: there))
    assert (await supervisor.post("/people/import/now", digest=shown)).status_code == 422
    kept.write_bytes(content)
    stamp = app.clock.now().timestamp()
    os.utime(kept, (stamp, stamp))
    app.clock.advance(LASTS)
    assert await app.console.uploads.find("roster", await person(app, "supervisor"), shown) is None
    await app.console.uploads.look()
    assert not _waiting(app)
    assert await _people(app) == before


async def test_an_import_asks_for_the_password_once_more_and_keeps_what_was_shown(app: App, tmp_path: Path) -> None:
    browser, before = await signed_in(app, "supervisor"), await _people(app)
    shown = _digest((await _check(browser, _workbook(tmp_path, _renamed))).text)
    await write(app, update(t.sessions).values(confirmed_at=app.clock.now() - timedelta(minutes=6)))
    asked = await browser.post("/people/import/now", digest=shown)
    assert 'name="confirm"' in asked.text
    assert shown in asked.text
    assert await _people(app) == before


async def test_a_supervisor_changes_nobody_of_the_team_by_a_roster(app: App, tmp_path: Path) -> None:
    def promoted(there: roster.Roster) -> roster.Roster:
        return replace(there, staff=(replace(there.staff[0], role="admin"), *there.staff[1:]))

    content = _workbook(tmp_path, promoted)
    supervisor, administrator = await signed_in(app, "supervisor"), await signed_in(app, "admin")
    count = select(func.count()).select_from(t.people).where(t.people.c.role == "admin")
    before = (await rows(app, count))[0][0]
    page = await _check(supervisor, content)
    assert "An administrator imports it" in page.text
    assert "/people/import/now" not in page.text
    digest, _place = await app.console.uploads.keep("roster", await person(app, "supervisor"), content)
    assert (await supervisor.post("/people/import/now", digest=digest)).status_code == 422
    assert (await rows(app, count))[0][0] == before
    allowed = await _check(administrator, content)
    assert (await administrator.post("/people/import/now", digest=_digest(allowed.text))).status_code == 303
    assert (await rows(app, count))[0][0] == before + 1


async def test_a_supervisor_of_a_part_is_told_who_imports(app: App) -> None:
    await write(app, update(t.people).where(t.people.c.name == "Test supervisor").values(area="07"))
    answer = await (await signed_in(app, "supervisor")).get("/people/import")
    assert answer.status_code == 422
    assert "An administrator imports it" in answer.text
