"""Another password or PIN: by whoever knows the present one; what is easy to guess is refused, nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.app import App
from bot.console import limits, passwords
from bot.console.limits import PASSWORD_TRIES
from bot.store import accounts
from bot.store import tables as t
from tests.console.site import Browser, person, rows, signed_in, write
from tests.console.test_signing_in import GOOD, _code, _enrolled, _sign_in, app

__all__ = ["app"]
OTHER = " Quatre collines rouges, très vite! "


async def _change(browser: Browser, current: str, new: str, again: str | None = None) -> int:
    await browser.get("/account")
    there = {"current": current, "new": new, "again": new if again is None else again}
    return int((await browser.post("/account/secret", **there)).status_code)


async def test_a_password_is_changed_by_who_knows_it_and_kept_as_it_was_typed(app: App) -> None:
    await _enrolled(app)
    here, elsewhere = Browser(app), Browser(app)
    assert (await _sign_in(here)).status_code == 303
    assert (await _sign_in(elsewhere, code=_code(app, 30))).status_code == 303
    assert await _change(here, "wrong", OTHER) == 422
    assert await _change(here, GOOD, OTHER, OTHER.strip()) == 422
    assert await _change(here, GOOD, "password1234") == 422
    assert (await elsewhere.get("/account")).status_code == 200, "nothing was changed"
    assert await _change(here, GOOD, OTHER) == 303
    assert (await here.get("/account")).status_code == 200
    assert (await elsewhere.get("/account")).status_code == 303, "signed out"
    (kept,) = (row[0] for row in await rows(app, select(t.accounts.c.password)) if row[0])
    assert [await passwords.fits(kept, given) for given in (OTHER, OTHER.strip(), OTHER.lower(), GOOD)] == [
        True,
        False,
        False,
        False,
    ]
    assert [row.what for row in await rows(app, select(t.audit.c.what))][-1] == "password or PIN changed"


async def test_guesses_of_the_present_one_are_counted(app: App) -> None:
    await _enrolled(app)
    browser = Browser(app)
    assert (await _sign_in(browser)).status_code == 303
    for _ in range(PASSWORD_TRIES):
        assert await _change(browser, "wrong", OTHER) == 422
    assert await _change(browser, GOOD, OTHER) == 422, "the account rests"


async def test_a_pin_is_changed_too(app: App) -> None:
    browser = await signed_in(app, "officer")
    who = t.accounts.c.person_id == await person(app, "officer")
    await write(app, t.accounts.update().where(who).values(pin=await passwords.hashed("482915")))
    assert await _change(browser, "482915", "123456") == 422
    assert await _change(browser, "482916", "730264") == 422
    assert await _change(browser, "482915", "730 264") == 303
    (kept,) = (await rows(app, select(t.accounts.c.pin).where(who)))[0]
    assert await passwords.fits(kept, "730264")


def test_what_others_use_most_is_refused() -> None:
    """Those of the 30,000 that are long enough for us; nothing of another list is known offline."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # 14 MB for one test

    used = [word for word in FREQUENCY_LISTS["passwords"] if len(word) >= passwords.SHORTEST]
    assert len(used) > 200
    assert [word for word in used if not passwords.weakness(word)] == []


@pytest.mark.parametrize("password", ["motdepasse123!", "1qaz2wsx3edc4rfv", "Odette Niyonzima", "abcdefghijklmno"])
def test_patterns_names_and_dates_are_refused(password: str) -> None:
    assert passwords.weakness(password, "Odette", "Niyonzima")


def test_a_very_long_password_is_weighed_quickly_enough() -> None:
    assert passwords.weakness("a1 " * 66) and not passwords.weakness((GOOD + " ") * 5)


async def test_a_password_may_be_pasted_and_filled_in_by_a_manager(app: App) -> None:
    """No page of ours has a script of its own, nor forbids it; the fields are masked and say what they are for."""
    await _enrolled(app)
    browser = Browser(app)
    assert (await _sign_in(browser)).status_code == 303
    for path in ("/account", "/confirm", "/sign-in"):
        page = (await (browser if path != "/sign-in" else Browser(app)).get(path)).text
        assert "onpaste" not in page
        fields = re.findall(r'<input[^>]*name="(?:current|new|again|confirm|password)"[^>]*>', page)
        assert fields, path
        for one in fields:
            assert 'type="password"' in one and re.search('autocomplete="(current|new)-password"', one), one
            assert "maxlength" not in one
    assert accounts.IDLE


async def test_signing_out_has_the_browser_forget_what_it_kept(app: App) -> None:
    browser = await signed_in(app, "staff")
    await browser.get("/account")
    answer = await browser.post("/sign-out")
    assert answer.status_code == 303 and '"cache"' in answer.headers["clear-site-data"]


def test_the_page_says_how_tries_are_limited() -> None:
    page = (Path(__file__).parents[2] / "docs/console.md").read_text("utf-8")
    found = dict(re.findall(r"^\| (.*?) \| (\d+(?: in \d+ minutes)?) \|", page, re.MULTILINE))
    network = f"{limits.TRIES} in {int(limits.WITHIN.total_seconds() / 60)} minutes"
    assert list(found.values()) == [str(limits.PASSWORD_TRIES), str(limits.PIN_TRIES), network, network]
    assert f"rests for {int(limits.WAIT.total_seconds() / 60)} minutes" in page
