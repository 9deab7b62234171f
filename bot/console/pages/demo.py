"""The demo's way in: one click signs in as one of the invented team. Nowhere else is there such an address."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console import passwords, roles
from bot.console.ask import Ask
from bot.console.cookies import BROWSER, SESSION
from bot.console.page import Page
from bot.store import accounts, audit

ROLES = (roles.OFFICER, roles.SUPERVISOR, roles.MENTOR, roles.STAFF, roles.ADMINISTRATOR)
NEVER_ASKS = timedelta(days=3650)
"""Nobody has a password here that could be asked for once more."""


async def sign_in(ask: Ask) -> Response:
    """As the first of this role."""
    wanted = ask.form.get("role", "")
    if wanted not in ROLES or not await ask.console.is_demo():
        ask.missing()
    found = [one for one in await ask.read(accounts.members) if one.role == wanted]
    if not found:
        ask.missing()
    token, number = passwords.new_token(), found[0].person_id

    async def work(tx: AsyncConnection) -> None:
        await accounts.enrol(tx, number, f"#{number}", ask.now, language=ask.words.language)
        session = await accounts.begin(tx, token, number, ask.now, "demo")
        await accounts.confirmed(tx, session, ask.now + NEVER_ASKS)
        await audit.note(tx, ask.now, f"person {number}", "signed in", {"session": session, "demo": True})

    await ask.console.write(work)
    ask.written = True
    ask.cookies |= {SESSION: token, BROWSER: None}
    return ask.go(ask.console.home(wanted))


PAGES = (Page("/sign-in/demo", sign_in, writes="signed in"),)
