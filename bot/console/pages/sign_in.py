"""Signing in: by password and authenticator, or by a link from the bot and a PIN; enrolment; signing out.

Every refusal reads alike and takes as long, whoever is named. A link is used up by the button, not by looking:
chats look at links by themselves.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console import passwords, roles
from bot.console.ask import Ask
from bot.console.cookies import BROWSER, SESSION
from bot.console.limits import PASSWORD_TRIES, PIN_TRIES, WAIT, network_of
from bot.console.page import Page, Wrong
from bot.console.pages import demo
from bot.console.pages.accounts import ROLES
from bot.console.words import _
from bot.store import accounts, audit, links
from bot.store.accounts import Account
from bot.store.tokens import digest
from handlers.understand.words import plain

_WRONG = _("Name, password or code are not right. After too many tries, wait a quarter of an hour.")
_BUSY = _("Too many tries from your network. Wait an hour, or ask an administrator.")
_OLD_LINK = _(
    "This link was used, is older than ten minutes, or was asked for in another browser. Ask for a new one."
)


async def show(ask: Ask) -> Response:
    """The two ways in."""
    if ask.session:
        return ask.go(ask.console.home(ask.me.role))
    return await _shown(ask, ask.query.get("next", ""))


async def _shown(ask: Ask, there: str, problem: str = "", status: int = 200) -> Response:
    demo_ = await ask.console.is_demo()
    values = {"next": _inside(there), "problem": ask.words.gettext(problem) if problem else ""}
    return ask.show(
        "sign_in.html", status, roles=[(role, ROLES[role]) for role in demo.ROLES] if demo_ else [], **values
    )


async def by_password(ask: Ask) -> Response:
    """Name, password and code in one form, so that nothing says which of them was wrong."""
    account = await _known(ask)
    tried = await _try(ask, account, PASSWORD_TRIES, WAIT)
    right = await passwords.fits(account.password if account else None, ask.form.get("password", ""))
    step = None
    if account and account.totp:
        step = passwords.step_of(account.totp, ask.form.get("code", ""), ask.now, account.totp_step)
    if not (account and tried and right and step) or account.revoked:
        return await _shown(ask, ask.form.get("next", ""), _WRONG, 401)
    return await _begin(ask, account, totp_step=step)


async def _known(ask: Ask) -> Account | None:
    _hold(ask)
    return await ask.read(accounts.by_login, plain(ask.form.get("login", "")).strip()[:40])


def _hold(ask: Ask) -> None:
    """Raises Wrong when this network has tried too often."""
    network = network_of(ask.request, behind_proxy=bool(ask.parts.settings.web.public_url))
    if ask.console.brake.holds(network, ask.now):
        raise Wrong(_BUSY)


async def _try(ask: Ask, account: Account | None, most: int, rest: timedelta | None) -> bool:
    """Count it, and write it down as refused: what succeeds says so behind it."""

    async def work(tx: AsyncConnection) -> bool:
        may = bool(account) and await accounts.may_try(tx, account.person_id, ask.now, most, rest)  # type: ignore[union-attr]
        await audit.note(tx, ask.now, "nobody", "sign-in tried", {"person": account.person_id} if account else {})
        return may

    return bool(await ask.console.write(work))


async def _begin(ask: Ask, account: Account, **columns: Any) -> Response:
    """A new session with a token of its own; what was given before is worth nothing any more."""
    token = passwords.new_token()
    agent = _agent(ask.request.headers.get("user-agent", ""))

    async def work(tx: AsyncConnection) -> None:
        number = await accounts.begin(tx, token, account.person_id, ask.now, agent)
        if columns:
            await accounts.change(tx, account.person_id, **columns)
        await audit.note(tx, ask.now, f"person {account.person_id}", "signed in", {"session": number})

    await ask.console.write(work)
    ask.written = True
    ask.cookies |= {SESSION: token, BROWSER: None}
    return ask.go(_inside(ask.form.get("next", "")) or ask.console.home(account.role))


def _inside(path: str) -> str:
    """A path of ours, or ''."""
    parts = urlsplit(path)
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return path if ours and path.isprintable() and len(path) < 500 else ""


def _agent(header: str) -> str:
    """What kind of browser, so that its owner recognises it; never the whole header."""
    names = (("Firefox", "Firefox"), ("Edg", "Edge"), ("Chrom", "Chrome"), ("Safari", "Safari"))
    browser = next((name for sign, name in names if sign in header), "")
    kind = "phone" if re.search("Mobile|Android|iPhone", header) else "computer"
    return f"{browser} ({kind})" if browser else kind


# --- by a link from the bot ---


async def ask_link(ask: Ask) -> Response:
    """Have the bot send a link that works in this browser only; the answer is the same for every name."""
    _hold(ask)
    wanted = set(plain(ask.form.get("name", "")).split())
    browser = digest(ask.console.cookies.get(ask.request, BROWSER))

    async def work(tx: AsyncConnection) -> None:
        team = await accounts.members(tx)
        found = [one for one in team if one.role in roles.BY_LINK and wanted == set(plain(one.name).split())]
        if len(found) == 1 and not ask.console.brake.holds(f"chat {found[0].person_id}", ask.now):
            await links.wake(tx, found[0].person_id, browser, ask.now)
        await audit.note(tx, ask.now, "nobody", "link asked for", {"people": [one.person_id for one in found]})

    await ask.console.write(work)
    ask.written = True
    await ask.parts.timers.look()
    return ask.go("/sign-in", _("If the bot knows this name, a link is in the chat now. Open it in this browser."))


async def link(ask: Ask) -> Response:
    """What the link opens: a button, and the PIN. Nothing is used up by looking."""
    found = await ask.read(links.find, ask.request.path_params["token"], ask.now)
    if found is None or found["kind"] != "sign_in":
        raise Wrong(_OLD_LINK)
    account = await ask.read(accounts.member, found["person_id"])
    return ask.show("link.html", fresh=account is None or account.pin is None, problem="")


async def by_link(ask: Ask) -> Response:
    """The button: with the PIN, which the first link chooses."""
    token = ask.request.path_params["token"]
    _hold(ask)
    found = await ask.read(links.find, token, ask.now)
    account = await ask.read(accounts.member, found["person_id"]) if found and found["kind"] == "sign_in" else None
    browser = digest(ask.console.cookies.get(ask.request, BROWSER))
    if not found or not account or found["browser"] not in (None, browser) or account.role not in roles.BY_LINK:
        raise Wrong(_OLD_LINK)
    if account.revoked or not await _try(ask, account, PIN_TRIES, None):
        raise Wrong(_("This account is locked. A supervisor or an administrator can unlock it."))
    problem, columns = await _pin(ask, account)
    if problem:
        fresh = account.pin is None
        return ask.show("link.html", 422 if fresh else 401, fresh=fresh, problem=ask.words.gettext(problem))

    async def use(tx: AsyncConnection) -> bool:
        used = await links.use(tx, token, ask.now)
        if used and account.login is None:
            await accounts.enrol(tx, account.person_id, f"#{account.person_id}", ask.now)
        return used

    if not await ask.console.write(use):
        raise Wrong(_OLD_LINK)
    return await _begin(ask, account, **columns)


async def _pin(ask: Ask, account: Account) -> tuple[str, dict[str, Any]]:
    """What is wrong with the PIN, else what to keep of it."""
    pin = "".join(ask.form.get("pin", "").split())
    if account.pin is None:
        if weak := passwords.weak_pin(pin):
            return weak, {}
        if pin != "".join(ask.form.get("again", "").split()):
            return _("The two PINs are not the same."), {}
        return "", {"pin": await passwords.hashed(pin)}
    if await passwords.fits(account.pin, pin):
        return "", {}
    return _("The PIN is not right. After five tries a supervisor must unlock the account."), {}


# --- signing out ---


async def out(ask: Ask) -> Response:
    """End this session, here and in the database."""
    session = ask.session
    assert session is not None
    await ask.write(lambda tx: accounts.end(tx, session.id, ask.now), session=session.id)
    ask.cookies[SESSION] = None
    response = ask.go("/sign-in", _("You are signed out."))
    response.headers["clear-site-data"] = (
        '"cache", "storage"'  # what a browser kept of the pages; our cookie says bye
    )
    return response


async def confirm(ask: Ask) -> Response:
    """Ask for the password or PIN before a page that needs it once more."""
    return ask.show(
        "confirm.html", action="/confirm", kept=[("next", _inside(ask.query.get("next", "")))], wrong=False
    )


async def confirmed(ask: Ask) -> Response:
    """It was right, the gate has seen to that: go on."""
    ask.written = True  # nothing but the session's own row has changed
    return ask.go(_inside(ask.form.get("next", "")) or "/account")


PAGES = (
    Page("/sign-in", show),
    Page("/sign-in", by_password, writes="signed in"),
    Page("/sign-in/link", ask_link, writes="link asked for"),
    Page("/sign-in/link/{token}", link),
    Page("/sign-in/link/{token}", by_link, writes="signed in"),
    Page("/sign-out", out, writes="signed out"),
    Page("/confirm", confirm),
    Page("/confirm", confirmed, writes="confirmed", confirm=True),
)
