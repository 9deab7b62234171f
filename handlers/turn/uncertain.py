"""Texts that may or may not have left: a person says what becomes of each."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from handlers.noun import noun
from handlers.turn.nouns import Association
from handlers.turn.team import Viewer

Choice = Literal["again", "left", "arrived"]


@noun
class UncertainText:
    """Its try was cut off, and no report says what became of it."""

    id: int
    kind: str
    """reply, reminder, tip, broadcast"""
    channel: str
    at: datetime
    """When it was tried last."""
    name: str
    association: Association | None


@noun
class UncertainTexts:
    """-> tuple[UncertainText, ...]: those that nobody has decided about, to whom she may see; oldest first."""

    viewer: Viewer


@noun
class DecideText:
    """What becomes of one: sent again, left as it is, or it arrived."""

    text_id: int
    choice: Choice


Facts = UncertainTexts
Effects = DecideText
