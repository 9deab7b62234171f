"""Who a broadcast is for: `all`, `late`, `commune:Giharo`, `women`, `list:FILE` ... and who of them is in it.

An audience is kept as it was asked for and resolved when recipients are frozen. Never anybody of the team.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import BotError
from bot.render.sentences import Sentence
from bot.store import audiences as store
from bot.store import forms as added
from bot.store.late import silent
from handlers.turn import Viewer
from handlers.understand.words import plain

KNOWN = (
    "all, late, women, men, business, commune:NAME, association:NO, list:FILE.xlsx or .csv, "
    "report:FORM:DATE (reported since), no-report:FORM:DATE (did not)"
)
_NAMED = 40
"""Communes or associations that are named where somebody asks for one that is none."""


@dataclass(frozen=True, slots=True)
class Period:
    """When an association is late: as /late and `kurikirana late` count it."""

    zone: ZoneInfo
    start: date
    days: int


class AudienceError(BotError):
    """Nobody can be found by this; says what was read and what is known."""


@dataclass(frozen=True, slots=True)
class Audience:
    """A rule that a leader meets or not. None = does not matter."""

    associations: frozenset[int] | None = None
    people: frozenset[int] | None = None
    sex: str | None = None

    def holds(self, leader: Any) -> bool:
        """Whether this leader (id, association_id, sex) belongs to it."""
        return (
            (self.sex is None or leader.sex == self.sex)
            and (self.associations is None or leader.association_id in self.associations)
            and (self.people is None or leader.id in self.people)
        )


def seen_by(to: str, viewer: Viewer) -> dict[str, Any]:
    """An audience as it is kept: who may not write to everybody reaches only whom she sees."""
    return {"asked": to} if viewer.everything else {"asked": to, "seen_by": [viewer.person_id, list(viewer.words)]}


async def resolve(tx: AsyncConnection, asked: Mapping[str, Any], period: Period, now: datetime) -> Audience:
    """The audience that was asked for ({"asked": ..., "people": ids of a list}) as of now. Raises AudienceError.

    `seen_by` ([id of an officer, the words of her area]): only of the associations that she sees.
    """
    chosen = among(asked, await _placed(tx, str(asked["asked"]), period, now))
    if "seen_by" not in asked:
        return chosen
    person, words = asked["seen_by"]
    seen = frozenset(await store.seen_by(tx, Viewer(person, False, tuple(words))))
    return replace(chosen, associations=seen if chosen.associations is None else seen & chosen.associations)


def among(asked: Mapping[str, Any], associations: Collection[int] | None) -> Audience:
    """The audience once its associations are known (None: any); what else it asks for stands in it."""
    word = str(asked["asked"]).partition(":")[0]
    return Audience(
        None if associations is None else frozenset(associations),
        frozenset(asked["people"]) if word == "list" else None,
        {"women": "F", "men": "M"}.get(word),
    )


async def _placed(tx: AsyncConnection, asked: str, period: Period, now: datetime) -> Collection[int] | None:
    """The associations that are asked for; None: any. Raises AudienceError."""
    word, _, rest = asked.partition(":")
    if word in ("all", "women", "men", "list"):
        return None
    if word == "business":
        return await store.with_business(tx)
    if word in ("commune", "association"):
        return _named(await store.all_associations(tx), word, rest)
    if word == "late":
        return await silent(tx, now, period.zone, period.start, period.days)
    if word in ("report", "no-report"):
        form, since = _query(asked, rest, period.zone)
        known = ["training", "business", *await added.names(tx)]
        if form not in known:  # nobody has sent it: of no-report it would be everybody
            what = "{asked}: no form {form}. Known are {known}."
            raise AudienceError(Sentence(what, asked=asked, form=form, known=tuple(dict.fromkeys(known))))
        if since > now:  # and so here: a slip in the year
            raise AudienceError(Sentence("{asked}: that day has not come yet.", asked=asked))
        heard = await store.reported_since(tx, form, since)
        return heard if word == "report" else await _others(tx, heard)
    raise AudienceError(Sentence("{asked}: not an audience. Known are {known}.", asked=asked, known=KNOWN))


async def _others(tx: AsyncConnection, heard: set[int]) -> frozenset[int]:
    there = await store.all_associations(tx)
    return frozenset(row.id for row in there if row.left_at is None and row.id not in heard)


def _named(rows: Iterable[Any], word: str, name: str) -> frozenset[int]:
    """Associations of a commune by its old or new name, or the one of that number or name."""
    names = ("commune_old", "commune_now") if word == "commune" else ("no", "name", "sms_name")
    asked = plain(name).strip()
    known: dict[str, set[int]] = {}
    for row in rows:
        for column in names:
            known.setdefault(plain(getattr(row, column)).strip(), set()).add(row.id)
        if word == "association":
            known.setdefault(row.no.lstrip("0"), set()).add(row.id)
    if asked not in known:
        what = (
            "commune:{name}: no such commune. Known are {known}."
            if word == "commune"
            else "association:{name}: no such association. Known are {known}."
        )
        raise AudienceError(Sentence(what, name=name, known=_some(rows, word)))
    return frozenset(known[asked])


def _some(rows: Iterable[Any], word: str) -> Sentence | tuple[str, ...]:
    """The names that are known, or the first of them and how many more there are."""
    communes = {name for row in rows for name in (row.commune_old, row.commune_now)} - {"x"}
    there = sorted(communes if word == "commune" else {f"{row.no} {row.sms_name}" for row in rows})
    left = len(there) - _NAMED
    return Sentence("{items} and {n} more", items=tuple(there[:_NAMED]), n=left) if left > 0 else tuple(there)


def _query(asked: str, rest: str, zone: ZoneInfo) -> tuple[str, datetime]:
    """FORM:DATE -> the form and the start of that local day (UTC)."""
    form, _, since = rest.partition(":")
    try:
        day = date.fromisoformat(since)
    except ValueError:
        raise AudienceError(f"{asked}: write report:FORM:DATE, example report:training:2026-11-02.") from None
    return form, datetime.combine(day, time(), zone).astimezone(UTC)
