"""The sealed queue: what the named focal points may ask and decide, and nobody else (conversations J)."""

from __future__ import annotations

from datetime import datetime

from handlers.noun import noun

RESULTS = ("called", "referred", "not_reached", "not_needed")
"""What came of a call. Words of our own only: a free text would be one more place that holds what she said."""
STAYS = "not_reached"
"""It is written down that she was called, and the case stays open: whoever is not reached is called again."""


@noun
class Case:
    """Somebody asked to talk: all that is open of one phone or chat."""

    number: int
    """Of its first task."""
    since: datetime
    seen: bool
    """Whether a focal point has opened all of it."""
    tasks: tuple[int, ...]
    names: tuple[str, ...] = ()
    """Who may have written: one, or all who share the phone."""
    association: str = ""
    phone: str = ""
    wishes: tuple[str, ...] = ()
    """What the tasks are about: who shall call, and when."""
    words: tuple[str, ...] = ()


@noun
class SealedCases:
    """-> tuple[Case, ...]: the open ones, oldest first, without names and words."""


@noun
class SealedCase:
    """-> Case | None: the open one of this number, whole."""

    number: int


@noun
class ReadSealed:
    """These tasks were listed, or shown with their words (`opened`): written down before the answer is sent."""

    tasks: tuple[int, ...]
    opened: bool


@noun
class CloseSealed:
    """What was opened of a case is done, unless it STAYS. What came in after it was read stays open."""

    tasks: tuple[int, ...]
    result: str


Facts = SealedCases | SealedCase
Effects = ReadSealed | CloseSealed
