"""One's own account: password or PIN, language, and where one is signed in."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console import passwords, roles
from bot.console.ask import Ask
from bot.console.page import Page
from bot.console.pages import enrol
from bot.console.words import LANGUAGES, _
from bot.store import accounts


async def show(ask: Ask) -> Response:
    """Her sessions; this one is marked."""
    return await _shown(ask)


async def _shown(ask: Ask, problem: str = "", status: int = 200) -> Response:
    there = await ask.read(accounts.open_sessions, ask.now, ask.me.person_id)
    this = ask.session.id if ask.session else 0
    by_pin = ask.me.role in roles.BY_LINK
    return ask.show("account.html", status, sessions=there, this=this, by_pin=by_pin, problem=problem)


async def secret(ask: Ask) -> Response:
    """Another password or PIN, by whoever knows the present one; her other browsers are signed out."""
    assert ask.session is not None
    by_pin, this = ask.me.role in roles.BY_LINK, ask.session
    new, again = ask.form.get("new", ""), ask.form.get("again", "")
    if by_pin:
        new, again = "".join(new.split()), "".join(again.split())
    problem = passwords.weak_pin(new) if by_pin else passwords.weakness(new, *enrol.context(ask, ask.me))
    if not problem and new != again:
        problem = _("The two PINs are not the same.") if by_pin else _("The two passwords are not the same.")
    if not problem and not await ask.console.confirm(this, ask.form.get("current", ""), ask.now):
        problem = _("What you use now is not right. Nothing was changed.")
    if problem:
        return await _shown(ask, ask.words.gettext(problem), 422)
    kept = {"pin" if by_pin else "password": await passwords.hashed(new)}

    async def work(tx: AsyncConnection) -> None:
        await accounts.change(tx, ask.me.person_id, **kept)
        for one in await accounts.open_sessions(tx, ask.now, ask.me.person_id):
            if one["id"] != this.id:
                await accounts.end(tx, one["id"], ask.now)

    await ask.write(work)
    return ask.go("/account", _("It is changed. Your other browsers are signed out."))


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
    return ask.go(ask.console.home(ask.me.role))


PAGES = (
    Page("/", home),
    Page("/account", show, title=_("My account")),
    Page("/account/end", end, writes="session ended"),
    Page("/account/secret", secret, writes="password or PIN changed"),
    Page("/account/language", language, writes="language of the pages"),
)
