"""Accounts of the console from the command line: the first administrator, the next ones. No password is set here.

Each operation is one transaction: plain values in, BotError when it cannot be, a row in the audit.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import BotError
from bot.programme import certificates, incident
from bot.store import accounts, audit, links, team, tokens
from bot.store.accounts import Account
from handlers.team.console import BY_LINK

Details = Mapping[str, Any]
ROLE = "admin"
LASTS = timedelta(hours=24)
"""How long an address to enrol can be used."""


async def create(tx: AsyncConnection, details: Details, now: datetime) -> Any:
    """An address to enrol an administrator, who is added to the team when the roster has nobody of that name."""
    name = _name(details)
    number = await _administrator(tx, name)
    account = await accounts.member(tx, number)
    if account and account.login and not account.revoked:
        raise BotError(f"{name} has an account. A new password: kurikirana admin reset {name}")
    return await _invited(tx, number, "account invited", details, now)


async def chat(tx: AsyncConnection, details: Details, now: datetime) -> Any:
    """A one-time token with which an administrator opens the bot, who is added to the team as by `create`.

    `first`: no administrator has a chat yet.
    """
    first = not await tokens.team_has_chat(tx, ROLE)
    number, token = await _administrator(tx, _name(details)), certificates.new_token()
    await tokens.make(tx, token, number, now)
    await audit.note(tx, now, str(details["user"]), "administrator's chat", {"person": number})
    return {"person": number, "token": token, "first": first}


def _name(details: Details) -> str:
    if name := " ".join(str(details["name"]).split()):
        return name
    raise BotError("an administrator: who? Write the name.")


async def _administrator(tx: AsyncConnection, name: str) -> int:
    """Who of the team has this name and is an administrator; added when nobody has it. Raises BotError."""
    found = await team.staff_named(tx, name)
    if len(found) > 1:
        raise BotError(f"{len(found)} people of the team are called {name!r}. Write the whole name.")
    if found and found[0]["role"] != ROLE:
        raise BotError(f"{name} is {found[0]['role']} in the roster. Make the role admin there, or use another name.")
    return int(found[0]["id"]) if found else await team.add(tx, name, ROLE)


async def reset(tx: AsyncConnection, details: Details, now: datetime) -> Any:
    """A new address to enrol, for whoever signs in by password; she is signed out everywhere."""
    account = await _one(tx, str(details["name"]))
    if account.role in BY_LINK:
        raise BotError(f"{account.name} signs in by a link: /console in the chat. A PIN is unlocked in the console.")
    await accounts.end_all(tx, account.person_id, now)
    return await _invited(tx, account.person_id, "account reset", details, now)


async def revoke(tx: AsyncConnection, details: Details, now: datetime) -> Any:
    """From now on she cannot sign in, and is signed out everywhere."""
    account = await _one(tx, str(details["name"]))
    await accounts.change(tx, account.person_id, revoked_at=now)
    await accounts.end_all(tx, account.person_id, now)
    await audit.note(tx, now, str(details["user"]), "account revoked", {"person": account.person_id})
    return {"person": account.person_id}


async def _one(tx: AsyncConnection, name: str) -> Account:
    found = await team.staff_named(tx, name)
    account = await accounts.member(tx, found[0]["id"]) if len(found) == 1 else None
    if account is not None and account.login is None:
        raise BotError(f"{name} has no account yet. {_first_way(account)}")
    if account is None:
        raise BotError(f"nobody of the team who is called {name!r} has an account. See `kurikirana admin list`.")
    return account


def _first_way(account: Account) -> str:
    """How somebody without an account gets one, also where her first address is lost."""
    if account.role in BY_LINK:
        return "Its link comes by /console in the chat."
    if account.role == ROLE:
        return f"A new address: kurikirana admin create {account.name!r}"
    return "An administrator makes an address on the page /accounts."


async def _invited(tx: AsyncConnection, number: int, what: str, details: Details, now: datetime) -> Any:
    import pyotp  # noqa: PLC0415 - 4 MB that only who invites somebody pays

    token = secrets.token_urlsafe(32)
    await links.invite(tx, token, number, now, pyotp.random_base32(), LASTS)
    await audit.note(tx, now, str(details["user"]), what, {"person": number})
    return {"person": number, "token": token}


async def listed(tx: AsyncConnection, now: datetime) -> list[dict[str, Any]]:
    """Who has an account, and how many browsers are signed in with it."""
    signed_in = [row["person_id"] for row in await accounts.open_sessions(tx, now)]
    return [
        {
            "id": one.person_id,
            "name": one.name,
            "role": one.role,
            "account": "revoked" if one.revoked else "yes" if one.login else "no",
            "sessions": signed_in.count(one.person_id),
        }
        for one in await accounts.members(tx)
    ]


OPERATIONS = {
    "admin create": create,
    "admin chat": chat,
    "admin reset": reset,
    "admin revoke": revoke,
    "admin incident": incident.begin,
}
