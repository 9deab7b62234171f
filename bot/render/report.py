"""A report as PDF, set by typst (the extra `[reports]`, loaded when a PDF is asked for and not before).

What is printed is plain data, so that it can be kept with a text of the outbox and set when that is sent.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from importlib.resources import as_file, files
from typing import Any

import orjson

from bot.errors import BotError
from bot.render.picture import Picture, svg


class ReportsMissing(BotError):
    """The extra that makes PDF files is not installed; the text says how."""

    def __init__(self) -> None:
        super().__init__('PDF needs the extra "reports": pip install "kurikirana[reports]", or take another format.')


def pdf(report: Mapping[str, Any]) -> bytes:
    """The same data give the same bytes. Raises ReportsMissing.

    `report`: title, footer, language, pages (1 or 2), picture (of render.picture, or None) and sections: each a title
    and blocks, a block a text, {"head": [...], "rows": [[...]]} of texts, or {"large": text}. `second`: with which of
    them the second page begins.
    """
    try:
        typst = importlib.import_module("typst")
    except ModuleNotFoundError:
        raise ReportsMissing from None
    drawn = svg(Picture.of(report["picture"])) if report["picture"] else ""
    template = (files("templates") / "reports" / "report.typ").read_bytes()
    given = orjson.dumps({**report, "picture": drawn}).decode()
    with as_file(files("templates") / "fonts") as fonts:
        made = typst.compile(template, format="pdf", font_paths=[str(fonts)], ignore_system_fonts=True,
                             sys_inputs={"report": given})  # fmt: skip
    return bytes(made)
