"""admin create, list, reset, revoke: the accounts of the console, for whoever runs the machine; and their log."""

from __future__ import annotations

import getpass
from dataclasses import asdict
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import control
from bot.cli import base
from bot.cli.summary import moment
from bot.clock import Clock
from bot.programme import administrators
from bot.programme import incident as incidents
from bot.render.plural import many
from bot.store import audit_chain

commands = typer.Typer(no_args_is_help=True, help="Accounts of the console. No password is ever set or shown here.")
_READ = ("who", "role", "what", "times", "people", "last")
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


@commands.command("audit")
def audit_(
    known: Annotated[str, typer.Option(help="A digest from the log or from a copy: is it one of the chain's?")] = "",
    json: base.Json = False,
) -> None:
    """Whether the access log is as it was written: its newest digest, or between which rows something was changed."""
    found = base.read(base.load(), lambda tx: audit_chain.check(tx, known))
    if json:
        base.show(asdict(found))
    elif found.broken:
        said = "The access log was changed between its rows {} and {}.".format(*found.broken)
        base.words.print(said, markup=False)
    elif not found.known:
        base.words.print("The access log was changed: this digest is not in its chain.", markup=False)
    else:
        typer.echo(found.digest)
        said = f"As it was written, up to row {found.upto}: {many(found.rows, 'row', 'rows')}. "
        said += "The newest rows are chained within twenty minutes."
        base.words.print(said, markup=False)
    if found.broken or not found.known:
        raise typer.Exit(1)


@commands.command()
def incident(
    since: Annotated[str, typer.Option(help="The moment since which data may have leaked, as 2026-11-02T08:15.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say who has read whom since; end nothing.")] = False,
    json: base.Json = False,
) -> None:
    """Data may have leaked: sign everybody out, end all one-time addresses, and list who has read whom since."""
    settings = base.load()
    start = moment(since, settings, "--since")
    ended = {} if dry_run else base.run(control.act(settings, "admin incident", {"user": getpass.getuser()}))
    found = base.read(settings, lambda tx: incidents.readings(tx, start))
    people = {person for one in found for person in one["people"]}
    if json:
        base.show({"ended": ended, "people": sorted(people), "readings": found})
        return
    rows = [{**one, "people": max(len(one["people"]), one["uncounted"])} for one in found]
    base.table([{**row, "last": f"{row['last'].astimezone(settings.zone):%Y-%m-%d %H:%M}"} for row in rows], _READ)
    if ended:
        said = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in ended.items())
        base.words.print(f"Ended: {said}. Everybody signs in anew.", markup=False)
    base.words.print("What comes next, and a notice to fill in: docs/operating.md, When data may have leaked.")


def _address(what: str, name: str, json: bool) -> None:
    settings = base.load()
    made = base.run(control.act(settings, what, {"name": name, "user": getpass.getuser()}))
    address = f"{settings.web.address}/sign-in/enrol/{made['token']}"
    if json:
        base.show({"person": made["person"], "address": address})
        return
    typer.echo(address)
    base.words.print("Hand it over: it works once, within 24 hours, while the service runs.")
