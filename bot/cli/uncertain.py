"""uncertain: texts that may or may not have arrived; somebody asks, and says what becomes of each."""

from __future__ import annotations

import getpass
from typing import Annotated, Any

import typer

from bot import control
from bot.cli import base
from bot.cli.base import Json
from bot.store import uncertain

commands = typer.Typer(invoke_without_command=True, help="Texts that may or may not have arrived.")
Texts = Annotated[list[int], typer.Argument(help="Their numbers, as `uncertain` lists them.")]
COLUMNS = ("id", "at", "kind", "channel", "association", "name", "reason")


@commands.callback()
def list_(context: typer.Context, json: Json = False) -> None:
    """Each with who it is for and why nobody knows; ask her, then `again`, `arrived` or `left`."""
    if context.invoked_subcommand:
        return
    settings = base.load()
    base.run(control.act(settings, "audit", {"user": getpass.getuser(), "what": "uncertain texts", "details": {}}))
    rows = [
        {
            "id": row.id,
            "at": row.due_at.astimezone(settings.zone),
            "kind": row.kind,
            "channel": row.channel,
            "association": row.no,
            "name": row.sms_name,
            "reason": row.reason,
        }
        for row in base.read(settings, uncertain.listed)
    ]
    base.table(rows, COLUMNS, json, settings.zone)
    if not json:
        base.words.print(f"{len(rows)} may or may not have arrived. Ask; then: uncertain arrived|again|left NUMBER")


def _decide(choice: str, texts: list[int], json: bool, **more: Any) -> None:
    settings = base.load()
    details = {"choice": choice, "texts": texts, "user": getpass.getuser(), **more}
    found = base.run(control.act(settings, "uncertain", details))
    if json:
        base.show(found)


@commands.command()
def again(
    texts: Texts,
    yes: Annotated[int | None, typer.Option("--yes", help="How many texts, to send them.")] = None,
    json: Json = False,
) -> None:
    """Send them once more; who has the first one gets a second."""
    _decide("again", texts, json, yes=yes)
    base.words.print("They leave now, unasked ones within the hours.")


@commands.command()
def arrived(texts: Texts, json: Json = False) -> None:
    """She says that it arrived."""
    _decide("arrived", texts, json)
    base.words.print("Noted.")


@commands.command()
def left(texts: Texts, json: Json = False) -> None:
    """It does not matter any more; it stays uncertain and is not listed again."""
    _decide("left", texts, json)
    base.words.print("Noted.")
