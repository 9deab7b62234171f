"""Cookies and origins: for https only outside the machine, and no form of another site is taken."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.requests import Request

from bot.app import App
from bot.console.cookies import Cookies
from bot.console.limits import Brake, network_of
from bot.sections import Web
from tests.console.site import Browser, console, signed_in

PUBLIC = "https://suivi.example.org"


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with console(tmp_path) as running:
        yield running


def _behind_https(app: App) -> None:
    """As if the settings had a public address."""
    app.settings = app.settings.model_copy(update={"web": Web(public_url=PUBLIC)})
    app.console.cookies = Cookies(app.settings)


@pytest.mark.parametrize(
    ("web", "secure"),
    [
        ({}, False),
        ({"host": "::1"}, False),
        ({"public_url": PUBLIC}, True),
        ({"host": "0.0.0.0"}, True),
        ({"host": "192.168.1.2", "public_url": "http://192.168.1.2:8080"}, True),
    ],
)
async def test_cookies_are_for_https_unless_only_the_machine_itself_is_served(
    app: App, web: dict[str, str], secure: bool
) -> None:
    cookies = Cookies(app.settings.model_copy(update={"web": Web(**web)}))  # type: ignore[arg-type]
    assert (cookies.secure, cookies.name("sid")) == (secure, "__Host-sid" if secure else "sid")


async def test_behind_https_the_cookie_is_bound_to_the_host_and_the_browser_told_to_stay(app: App) -> None:
    _behind_https(app)
    browser = Browser(app)
    browser.http.base_url = PUBLIC  # type: ignore[assignment]
    answer = await browser.get("/sign-in")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-browser=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=strict"} <= set(cookie.split("; "))
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ({}, True),
        ({"origin": "null"}, True),
        ({"origin": "http://127.0.0.1:8080", "sec-fetch-site": "same-origin"}, True),
        ({"origin": PUBLIC}, True),
        ({"origin": "http://127.0.0.1:8081"}, False),
        ({"origin": "https://suivi.example.org.evil.example"}, False),
        ({"origin": "null", "sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "none"}, False),
    ],
)
async def test_a_form_comes_from_our_own_pages(app: App, header: dict[str, str], taken: bool) -> None:
    browser = await signed_in(app, "officer")
    app.settings = app.settings.model_copy(update={"web": Web(public_url=PUBLIC)})
    await browser.get("/account")
    form = {"csrf": browser.token, "language": "fr"}
    answer = await browser.http.post("/account/language", data=form, headers=header)
    assert answer.status_code == (303 if taken else 403)


@pytest.mark.parametrize(
    "cookie", ["x", "W10=", "eyJ9", "WyIlKHgpcyIsIHt9XQ==", "WyIlKHgpcyIsIHsieSI6IDF9XQ==", "%C3%28"]
)
async def test_what_a_browser_brings_back_need_not_be_ours(app: App, cookie: str) -> None:
    browser = await signed_in(app, "officer")
    browser.http.headers["cookie"] = f"sid={browser.http.cookies['sid']}; said={cookie}"
    browser.http.cookies.clear()
    assert (await browser.get("/account", headers={})).status_code == 200


async def test_a_forged_or_odd_session_cookie_is_nobody(app: App) -> None:
    for token in ("x", "' or 1=1 --", "a" * 5000, "\udcff".encode("utf-8", "surrogatepass").hex()):
        browser = Browser(app)
        browser.http.cookies.set("sid", token)
        assert (await browser.get("/account")).status_code == 303


def _from(address: str, forwarded: str = "") -> Request:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    return Request({"type": "http", "client": (address, 1), "headers": headers})


def test_a_network_is_where_the_request_comes_from_and_only_our_proxy_is_believed() -> None:
    assert network_of(_from("10.0.0.9", "1.2.3.4"), behind_proxy=False) == "10.0.0.9"
    assert network_of(_from("10.0.0.9", "1.2.3.4"), behind_proxy=True) == "10.0.0.9"
    assert network_of(_from("127.0.0.1", "6.6.6.6, 1.2.3.4"), behind_proxy=True) == "1.2.3.4"
    assert network_of(_from("2001:db8:1:2:3:4:5:6"), behind_proxy=False) == "2001:db8:1:2"


def test_the_brake_forgets_the_oldest_networks_first() -> None:
    brake = Brake()
    from tests.play_service import NOW

    for number in range(10_050):
        assert not brake.holds(f"net {number}", NOW)
    assert len(brake._seen) == 10_000
