"""What the console refuses is written to the log; what fails in it tells nobody anything of the inside."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import structlog
from sqlalchemy import select

from bot.app import App
from bot.console.ask import Ask
from bot.console.page import Page
from bot.store import tables as t
from tests.console.site import Browser, person, rows, signed_in
from tests.console.test_signing_in import app
from tests.console.test_walker import _answer_of

__all__ = ["app"]


async def test_a_page_of_another_role_is_refused_and_written_down(app: App) -> None:
    auditor, who = await signed_in(app, "auditor"), await person(app, "auditor")
    with structlog.testing.capture_logs() as log:
        assert (await auditor.get("/people")).status_code == 404
    (said,) = [entry for entry in log if entry["event"] == "page refused"]
    assert (said["page"], said["person"], said["role"]) == ("/people", who, "auditor")


async def test_a_form_that_is_not_ours_is_refused_and_written_down(app: App) -> None:
    boss = await signed_in(app, "admin")
    await boss.get("/account")
    with structlog.testing.capture_logs() as log:
        assert (await boss.post("/account/language", token="0" * 64, language="fr")).status_code == 403
        evil = {"sec-fetch-site": "cross-site"}
        assert (await boss.http.post("/account/language", data={"csrf": boss.token}, headers=evil)).status_code == 403
    assert [entry["why"] for entry in log if entry["event"] == "form refused"] == [
        "not of this session",
        "another site",
    ]


async def test_what_fails_says_nothing_of_the_inside(app: App) -> None:
    async def fails(ask: Ask) -> Any:
        raise RuntimeError("canary: Odette, +25779123456, select * from people")

    with structlog.testing.capture_logs() as log:
        assert await _answer_of(app, Page("/account", fails)) == 500
    page = (await (await signed_in(app, "officer")).get("/account")).text
    assert "The fault is ours" in page
    for secret in ("canary", "Odette", "RuntimeError", "Traceback", ".py"):
        assert secret not in page
    assert "canary" not in str(log) and [entry["error"] for entry in log if entry["event"] == "page failed"]


async def test_a_page_without_a_number_begins_at_its_newest_rows(app: App) -> None:
    for role, paths in (("admin", ("access",)), ("supervisor", ("broadcasts", "lessons", "conversations"))):
        browser = await signed_in(app, role)
        for path, number in itertools.product(paths, ("²", "9" * 30)):
            assert (await browser.get(f"/{path}?before={number}")).status_code == 200, (path, number)


@pytest.mark.fault("E10")
async def test_what_was_not_asked_for_is_not_taken_and_of_a_repeated_name_one_value_counts(app: App) -> None:
    staff = await signed_in(app, "staff")
    await staff.get("/account")
    sent = [("csrf", staff.token), ("language", "en"), ("language", "fr"), ("role", "admin"), ("login", "root")]
    body = "&".join(f"{name}={value}" for name, value in sent)
    form = {"content-type": "application/x-www-form-urlencoded"}
    there = await staff.http.post("/account/language?language=sw&role=admin", content=body, headers=form)
    assert there.status_code == 303
    who = await person(app, "staff")
    (account,) = await rows(app, select(t.accounts).where(t.accounts.c.person_id == who))
    assert (account.language, account.login) == ("fr", "test.staff")
    assert (await rows(app, select(t.people.c.role).where(t.people.c.id == who)))[0][0] == "staff"


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "OPTIONS", "PUT", "DELETE"])
async def test_no_other_method_is_answered_with_anything(app: App, method: str) -> None:
    nobody = Browser(app)
    for path in ("/", "/people", "/sign-in", "/console/console.css"):
        answer = await nobody.http.request(method, path, headers={"x-canary": "sesame"})
        assert answer.status_code in (303, 404, 405), path
        assert "sesame" not in answer.text
