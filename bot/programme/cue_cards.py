"""Cue cards: what a leader keeps beside her phone, to report in one SMS. Front and back, a page each, nobody's name.

typst sets the pages (the extra `[reports]`); it is loaded when a PDF is asked for.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from importlib.resources import as_file, files
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.desk import EVERYTHING
from bot.render.report import ReportsMissing
from bot.store import people, roll

TEMPLATE = files("templates") / "reports" / "cue_cards.typ"


async def of_leaders(tx: AsyncConnection, association: str = "") -> list[dict[str, Any]]:
    """A card for each leader of this association (its number), or of all, in the roster's order."""
    there = {one.no: one for one in (await people.load_associations(tx)).values()}
    wanted = association.lstrip("0")
    return [
        {
            "no": leader["no"],
            "association": there[leader["no"]].sms_name,
            "language": "en" if leader["language"] == "en" else "fr",
            "business": _named(there[leader["no"]].businesses),
        }
        for leader in await roll.everybody(tx, EVERYTHING)
        if not wanted or leader["no"].lstrip("0") == wanted
    ]


def _named(businesses: Sequence[Any]) -> list[str]:
    """A line need not say which business when there is one; of several the card shows the first."""
    return [businesses[0].no] if len(businesses) > 1 else []


def pdf(cards: Sequence[Mapping[str, Any]], title: str, sender: str, number: str, hotline: str) -> bytes:
    """Two pages for each card. Raises ReportsMissing without the extra."""
    try:
        typst = importlib.import_module("typst")
    except ModuleNotFoundError:
        raise ReportsMissing from None
    given = {"title": title, "sender": sender, "number": number, "hotline": hotline}
    given["cards"] = orjson.dumps(list(cards)).decode()
    with as_file(files("templates") / "fonts") as fonts:
        made = typst.compile(TEMPLATE.read_bytes(), format="pdf", font_paths=[str(fonts)], ignore_system_fonts=True,
                             sys_inputs=given)  # fmt: skip
    return bytes(made)
