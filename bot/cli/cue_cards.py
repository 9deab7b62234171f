"""cards: the card that teaches to report in one SMS, for every leader, to print on both sides and laminate."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli import base
from bot.cli.base import Json
from bot.cli.certificates import sms_number
from bot.errors import BotError
from bot.programme import cue_cards as cards
from bot.render.plural import many


def cue_cards(
    file: Annotated[Path, typer.Argument(help="The PDF to write.")],
    association: Annotated[str, typer.Option(help="Only this association, by its number.")] = "",
    number: Annotated[str, typer.Option(help="Where SMS are sent; else the number of the channel.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say for whom; make nothing.")] = False,
    json: Json = False,
) -> None:
    """Print a card for every leader: how a training and a business are reported in one SMS. A5, front and back."""
    settings = base.load()
    number = number or sms_number(settings)
    if not number:
        base.fail('No channel says where SMS are sent. Say it: --number "68 00 00 00".')

    async def look(tx: Any) -> list[dict[str, Any]]:
        return await cards.of_leaders(tx, association)

    found = base.read(settings, look)
    if not found:
        base.fail(f"No leader of {association or 'any association'} is on the roster.")
    counted = Counter((card["no"], card["association"], card["language"]) for card in found)
    rows = [{"no": no, "association": name, "language": of, "cards": n} for (no, name, of), n in counted.items()]
    if dry_run or json:
        base.table(rows, ("no", "association", "language", "cards"), json)
    if dry_run:
        return
    project = settings.project
    try:
        file.write_bytes(cards.pdf(found, project.name, project.sender, number, settings.safeguarding.hotline))
    except (BotError, OSError) as error:
        base.fail(f"not written: {error}")
    base.words.print(f"{file}: {many(len(found), 'card', 'cards')}, to print on both sides.", markup=False)
