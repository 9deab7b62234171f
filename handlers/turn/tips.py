"""What tips ask and decide: which one is next, that it was sent, whether it was useful."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time

from handlers.noun import noun


@noun
class TipRules:
    """How mentoring tips are sent, from the settings."""

    every_days: int
    at: time
    """Local time at the programme's place."""
    repeat_after_weeks: int
    timezone: str
    seasons: tuple[tuple[str, tuple[int, int], tuple[int, int]], ...]
    """Letter, first and last (month, day)."""


@noun
class Tip:
    """A mentoring tip, as staff wrote it: each text begins with its subject, as in "rice: dry it well"."""

    id: int
    name: str
    texts: Mapping[str, str]
    """Language to text."""
    drafts: tuple[str, ...]
    """Languages whose text no native speaker has signed."""
    round: int
    """1, or 2 when she is told it again."""


@noun
class NextTip:
    """What a person is told next, None when nothing is left for her, and when it is her turn again."""

    tip: Tip | None
    next_at: datetime
    last_day: date | None
    """The local day of the last tip to this phone."""


@noun
class TipFor:
    """-> NextTip for this person; `person_ids` are all who share the phone."""

    person_id: int
    person_ids: tuple[int, ...]
    rules: TipRules
    now: datetime


@noun
class MoreOfTip:
    """-> Tip | None: another one on the same thing that these people were not sent."""

    tip_id: int
    person_ids: tuple[int, ...]
    rules: TipRules
    today: date


@noun
class KeepTip:
    """A tip was sent to this person (`round` 2: she was told it again)."""

    tip_id: int
    person_id: int
    round: int


@noun
class TipUseful:
    """She said whether a tip was useful; a later answer replaces it."""

    tip_id: int
    person_id: int
    round: int
    useful: bool


Facts = TipFor | MoreOfTip
Effects = KeepTip | TipUseful
