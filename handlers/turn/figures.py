"""What the team asks of the figures in a chat: a summary, the progress, an export; read beside the turns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from handlers.noun import noun
from handlers.turn.team import Viewer


@noun
class MadeFile:
    """A file that is drawn, set or written when the text that it goes with is sent: `data` is what it is made of."""

    kind: Literal["picture", "pdf", "xlsx"]
    name: str
    data: Mapping[str, Any]


@noun
class SummaryOf:
    """What was written behind the command, "07 2026-10", "giharo", "all oct", or nothing, and who wrote it."""

    viewer: Viewer
    said: str
    face: str
    """picture, text, pdf, xlsx, messages, progress, or "export donor" and so on."""
    language: str
    today: date
    now: datetime
    by: str
    """Who asks, printed in exports."""
    words: bool = False
    """Whether leaders' own words may be listed: to those who answer them."""


@noun
class Summarised:
    """The words and what goes along. Without a place `text` says what is wrong; `suggestions`: up to five names."""

    text: str
    face: str
    """As it was asked for."""
    files: tuple[MadeFile, ...] = ()
    place: str = ""
    period: str = ""
    before: tuple[str, str] = ("", "")
    """The period before: as it is written, and as a button says it."""
    after: tuple[str, str] = ("", "")
    suggestions: tuple[str, ...] = ()
