"""The accounts of the team: who may sign in, where they are signed in; invite, unlock, revoke, change a role."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console import passwords, roles
from bot.console.ask import Ask, number_of
from bot.console.limits import PIN_TRIES
from bot.console.page import Page, Wrong
from bot.console.tables import Column, Table
from bot.console.words import _
from bot.programme.counting.scope import places
from bot.programme.roster.names import COMMUNES_NOW, COMMUNES_OLD, Communes, area_of
from bot.store import accounts, links, team
from bot.store.accounts import Account

INVITED_FOR = timedelta(hours=24)
ROLES = {
    roles.OFFICER: _("officer"),
    roles.SUPERVISOR: _("supervisor"),
    roles.STAFF: _("programme staff"),
    roles.MENTOR: _("mentor"),
    roles.FOCAL_POINT: _("focal point"),
    roles.ADMINISTRATOR: _("administrator"),
    roles.AUDITOR: _("auditor"),
}
STATES = {
    "none": _("no account yet"),
    "open": _("may sign in"),
    "locked": _("locked"),
    "revoked": _("revoked"),
}
TABLE = Table(
    "accounts",
    (
        Column("name", _("Name"), link="/accounts/{id}"),
        Column("role", _("Role"), "words", ROLES),
        Column("area", _("Area")),
        Column("state", _("Account"), "words", STATES),
        Column("sessions", _("Signed in now"), "number"),
    ),
)


async def show(ask: Ask) -> Response:
    """The team; each opens with what may be done."""
    team_, there = await ask.read(accounts.members), await ask.read(accounts.open_sessions, ask.now)
    signed_in = [row["person_id"] for row in there]
    rows = [_row(ask, one, signed_in.count(one.person_id)) for one in team_]
    ask.saw(people=len(rows))
    return TABLE.answer(ask, "accounts.html", rows)


async def member(ask: Ask) -> Response:
    """One of the team, with what an administrator or a supervisor may do."""
    found = await ask.read(accounts.member, ask.number("member"))
    if found is None:
        ask.missing()
    there = await ask.read(accounts.open_sessions, ask.now, found.person_id)
    ask.saw(people=[found.person_id])
    administrator = ask.me.role == roles.ADMINISTRATOR
    one = _row(ask, found, len(there))
    return ask.show("member.html", one=one, roles=ROLES, states=STATES, administrator=administrator)


def _row(ask: Ask, one: Account, sessions: int) -> dict[str, Any]:
    return {
        "id": one.person_id,
        "name": one.name,
        "role": one.role,
        "area": ", ".join(one.area),
        "state": _state(ask, one),
        "sessions": sessions,
        "by_link": one.role in roles.BY_LINK,
    }


def _state(ask: Ask, one: Account) -> str:
    if one.login is None:
        return "none"
    if one.revoked:
        return "revoked"
    rests = one.locked_until is not None and one.locked_until > ask.now
    return "locked" if rests or (one.role in roles.BY_LINK and one.failed >= PIN_TRIES) else "open"


async def _chosen(ask: Ask) -> Account:
    """Whose row the button stands in."""
    number = number_of(ask.form.get("person", ""))
    found = await ask.read(accounts.member, number) if number is not None else None
    if found is None:
        ask.missing()
    return found


async def invite(ask: Ask) -> Response:
    """A one-time address to set name, password and authenticator; shown once, to be handed over."""
    one = await _chosen(ask)
    if one.role in roles.BY_LINK:
        raise Wrong(_("%(name)s signs in by a link from the bot: /console in the chat."), name=one.name)
    token = passwords.new_token()

    async def work(tx: AsyncConnection) -> None:
        secret = passwords.new_authenticator()
        await links.invite(tx, token, one.person_id, ask.now, secret, INVITED_FOR)

    await ask.write(work, person=one.person_id)
    address = f"{ask.console.address}/sign-in/enrol/{token}"
    return ask.show("invited.html", name=one.name, address=address)


async def revoke(ask: Ask) -> Response:
    """From now on she cannot sign in, and is signed out everywhere."""
    one = await _chosen(ask)
    if one.person_id == ask.me.person_id:
        raise Wrong(_("This is your own account. Another administrator can revoke it."))

    async def work(tx: AsyncConnection) -> None:
        await accounts.change(tx, one.person_id, revoked_at=ask.now)
        await accounts.end_all(tx, one.person_id, ask.now)

    await ask.write(work, person=one.person_id)
    return ask.go("/accounts", _("The account is revoked and signed out everywhere."))


async def left(ask: Ask) -> Response:
    """She sees and may do nothing any more, in her chat either; what was hers goes to somebody else."""
    one = await _chosen(ask)
    if one.person_id == ask.me.person_id:
        raise Wrong(_("This is your own account. Another administrator can revoke it."))
    await ask.act("team left", {"person": one.person_id, "user": f"person {ask.me.person_id}"})
    said = _("She is of the team no more. Where she was the officer, name another one in the roster.")
    return ask.go("/accounts", said)


async def unlock(ask: Ask) -> Response:
    """The tries that failed are forgotten; a PIN that was forgotten is chosen anew with the next link."""
    one = await _chosen(ask)
    fresh: dict[str, Any] = {"failed": 0, "locked_until": None, "revoked_at": None}
    if one.revoked and ask.me.role != roles.ADMINISTRATOR:
        ask.missing()
    if ask.form.get("pin") == "new":
        fresh["pin"] = None
    await ask.write(lambda tx: accounts.change(tx, one.person_id, **fresh), person=one.person_id, **_only_pin(fresh))
    return ask.go("/accounts", _("The account is unlocked."))


def _only_pin(fresh: dict[str, Any]) -> dict[str, Any]:
    return {"pin": "to be chosen"} if "pin" in fresh else {}


async def role(ask: Ask) -> Response:
    """Another role or area; what she could do before ends with her sessions."""
    one, wanted = await _chosen(ask), ask.form.get("role", "")
    if wanted not in ROLES:
        ask.missing()
    if one.person_id == ask.me.person_id:
        raise Wrong(_("This is your own role. Another administrator can change it."))
    area, unknown = await ask.read(_area, ask.form.get("area", "")[:500])
    if unknown:
        wrong = _("%(word)s is neither a commune nor the number of an association: she would see nothing by it.")
        raise Wrong(wrong, word=unknown[0])

    async def work(tx: AsyncConnection) -> None:
        await team.set_role(tx, one.person_id, wanted, ", ".join(area) or None)
        await accounts.end_all(tx, one.person_id, ask.now)

    await ask.write(work, person=one.person_id, role=wanted, before=one.role)
    await ask.parts.reload()
    return ask.go("/accounts", _("The role is changed."))


async def _area(tx: AsyncConnection, written: str) -> tuple[list[str], list[str]]:
    """As the roster reads it, with the communes where there are associations."""
    there = await places(tx)
    old = Communes(COMMUNES_OLD, (place.commune_old for place in there))
    return area_of(written, old, Communes(COMMUNES_NOW, (place.commune_now for place in there)))


PAGES = (
    Page("/accounts", show, reads="accounts", title=_("Accounts"), table=True),
    Page("/accounts/{member}", member, reads="accounts"),
    Page("/accounts/invite", invite, writes="account invited", confirm=True),
    Page("/accounts/revoke", revoke, writes="account revoked", confirm=True),
    Page("/accounts/unlock", unlock, writes="account unlocked", confirm=True),
    Page("/accounts/role", role, writes="role changed", confirm=True),
    Page("/accounts/left", left, writes="left the team", confirm=True),
)
