"""One's own account: language, and where one is signed in."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.page import Ask, Page
from bot.console.words import LANGUAGES, _
from bot.store import accounts


async def show(ask: Ask) -> Response:
    """Her sessions; this one is marked."""
    there = await ask.read(accounts.open_sessions, ask.now, ask.me.person_id)
    this = ask.session.id if ask.session else 0
    return ask.show("account.html", sessions=there, this=this)


async def end(ask: Ask) -> Response:
    """End one of her own sessions."""
    wanted = ask.form.get("session", "")
    there = await ask.read(accounts.open_sessions, ask.now, ask.me.person_id)
    found = [row["id"] for row in there if str(row["id"]) == wanted]
    if not found:
        ask.missing()
    await ask.write(lambda tx: accounts.end(tx, found[0], ask.now), session=found[0])
    return ask.go("/account", _("That browser is signed out."))


async def language(ask: Ask) -> Response:
    """In which language the pages are."""
    wanted = ask.form.get("language", "")
    if wanted not in LANGUAGES:
        ask.missing()
    await ask.write(lambda tx: accounts.change(tx, ask.me.person_id, language=wanted), language=wanted)
    return ask.go("/account")


async def home(ask: Ask) -> Response:
    """/ is where her role begins."""
    return ask.go(ask.app.console.home(ask.me.role))


PAGES = (
    Page("/", home),
    Page("/account", show, title=_("My account")),
    Page("/account/end", end, writes="session ended"),
    Page("/account/language", language, writes="language of the pages"),
)
