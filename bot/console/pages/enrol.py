"""Enrolment: who signs in by password opens a one-time address and sets name, password and authenticator."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console import passwords, roles
from bot.console.ask import Ask
from bot.console.page import Page, Wrong
from bot.console.words import _
from bot.store import accounts, links
from bot.store.accounts import Account
from handlers.understand.words import plain

_OLD = _("This address was used or is too old. An administrator can make a new one.")
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}").fullmatch


async def show(ask: Ask) -> Response:
    """The form, with the secret for the authenticator."""
    link, account = await _link(ask)
    return _form(ask, link, account, "")


async def done(ask: Ask) -> Response:
    """Everything was given: the account is made; she signs in with it."""
    link, account = await _link(ask)
    login, password = plain(ask.form.get("login", "")).strip(), ask.form.get("password", "")
    step = passwords.step_of(link["totp"], ask.form.get("code", ""), ask.now, None)
    if problem := _problem(ask, account, login, step):
        return _form(ask, link, account, ask.words.gettext(problem), 422)
    kept = {"password": await passwords.hashed(password), "totp": link["totp"], "totp_step": step}

    async def work(tx: AsyncConnection) -> str:
        if not await accounts.enrol(tx, account.person_id, login, ask.now, **kept):
            return _("Somebody else has this sign-in name. Choose another one.")
        if not await links.use(tx, ask.request.path_params["token"], ask.now):
            return _OLD
        await accounts.end_all(tx, account.person_id, ask.now)
        return ""

    if problem := await ask.write(work, person=account.person_id):
        return _form(ask, link, account, ask.words.gettext(problem), 422)
    return ask.go("/sign-in", _("Your account is ready. Sign in with it."))


async def _link(ask: Ask) -> tuple[Mapping[str, Any], Account]:
    link = await ask.read(links.find, ask.request.path_params["token"], ask.now)
    account = await ask.read(accounts.member, link["person_id"]) if link and link["kind"] == "enrol" else None
    if link is None or account is None or account.role in roles.BY_LINK:
        raise Wrong(_OLD)
    return link, account


def _problem(ask: Ask, account: Account, login: str, step: int | None) -> str:
    password = ask.form.get("password", "")
    if not _LOGIN(login):
        return _("The sign-in name: 3 to 40 small letters, digits, dots or dashes.")
    if weak := passwords.weakness(password, login, *context(ask, account)):
        return weak
    if password != ask.form.get("again", ""):
        return _("The two passwords are not the same.")
    if step is None:
        return _("The code of the authenticator is not right. Is the clock of the phone right?")
    return ""


def context(ask: Ask, account: Account) -> tuple[str, ...]:
    """Words that her password may not be made of."""
    project = ask.parts.settings.project
    return (account.login or "", *account.name.split(), project.name, project.sender)


def _form(ask: Ask, link: Mapping[str, Any], account: Account, problem: str, status: int = 200) -> Response:
    login = ask.form.get("login") or account.login or plain(account.name).replace(" ", ".")
    issuer = f"Kurikirana {ask.parts.settings.project.name}"
    picture = Markup(passwords.picture_of(link["totp"], login, issuer).decode())
    secret = " ".join(re.findall(".{1,4}", link["totp"]))
    return ask.show(
        "enrol.html", status, login=login, name=account.name, secret=secret, picture=picture, problem=problem
    )


PAGES = (
    Page("/sign-in/enrol/{token}", show),
    Page("/sign-in/enrol/{token}", done, writes="enrolled"),
)
