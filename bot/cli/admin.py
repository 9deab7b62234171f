"""admin create, list, reset, revoke: the accounts of the console, for whoever runs the machine."""

from __future__ import annotations

import getpass
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import control
from bot.cli import base
from bot.clock import Clock
from bot.programme import administrators

commands = typer.Typer(no_args_is_help=True, help="Accounts of the console. No password is ever set or shown here.")
Name = Annotated[str, typer.Argument(help="The name, as the roster's sheet Staff has it.")]


@commands.command()
def create(name: Name, json: base.Json = False) -> None:
    """An administrator: prints a one-time address where that person sets name, password and authenticator."""
    _address("admin create", name, json)


@commands.command()
def reset(name: Name, json: base.Json = False) -> None:
    """A new one-time address for somebody who forgot; signed out everywhere until then."""
    _address("admin reset", name, json)


@commands.command()
def revoke(name: Name) -> None:
    """Sign somebody out everywhere; from now on she cannot sign in."""
    base.run(control.act(base.load(), "admin revoke", {"name": name, "user": getpass.getuser()}))
    base.words.print(f"{name} is signed out and cannot sign in.", markup=False)


@commands.command("list")
def list_(json: base.Json = False) -> None:
    """The team and its accounts."""

    async def look(tx: AsyncConnection) -> list[dict[str, Any]]:
        return await administrators.listed(tx, Clock().now())

    base.table(base.read(base.load(), look), ("id", "name", "role", "account", "sessions"), json)


def _address(what: str, name: str, json: bool) -> None:
    settings = base.load()
    made = base.run(control.act(settings, what, {"name": name, "user": getpass.getuser()}))
    address = f"{settings.web.address}/sign-in/enrol/{made['token']}"
    if json:
        base.show({"person": made["person"], "address": address})
        return
    typer.echo(address)
    base.words.print("Hand it over: it works once, within 24 hours, while the service runs.")
