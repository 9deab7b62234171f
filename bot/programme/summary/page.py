"""The summary as one page to print: the picture, then its text and tables. Pure data; render/report.py sets it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.programme.summary.figure_tables import Table
from bot.programme.summary.model import Summary
from bot.programme.summary.picture import picture
from bot.programme.summary.sections import Section, sections, title
from bot.programme.summary.words import Say


def page(found: Summary, say: Say) -> dict[str, Any]:
    """What `render.report.pdf` takes."""
    footer = f"Kurikirana · {say('made {at}', at=say.moment(found.sheet.as_of))}"
    return {
        "title": title(found, say),
        "footer": footer,
        "language": say.language,
        "pages": 1,
        "picture": picture(found, say).plain(),
        "sections": blocks(sections(found, say)),
    }


def blocks(there: Sequence[Section]) -> list[dict[str, Any]]:
    """Sections as plain data."""
    return [
        {
            "title": section.title,
            "blocks": [
                {"head": list(one.head), "rows": [list(row) for row in one.rows]} if isinstance(one, Table) else one
                for one in section.blocks
            ],
        }
        for section in there
    ]
