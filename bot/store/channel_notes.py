"""What each of several processes knows of the channels, for all of them: one small row, exchanged once a minute.

A phone's call reaches one process, and of a channel with a limit one knows what it may still send. That an account is
refused knows who sends by it, or fetches; and then the next start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import singles
from handlers.noun import noun

NOTES = "channels_known"
LASTS = timedelta(minutes=3)
"""A number of parts that nobody has noted for so long counts no more: who sent by the channel is gone."""


@noun
class Note:
    """Of one channel."""

    at: datetime
    heard_at: datetime | None = None
    warns: tuple[str, ...] = ()
    """What its gateway complained of when it was heard."""
    rest: int | None = None
    """SMS parts of the day that are left; None: this process does not send by it, or there is no limit."""
    rest_at: datetime | None = None
    refused_at: datetime | None = None
    """When a process last found its account refused."""
    worked_since: datetime | None = None
    """It was known as refused at that moment, and has worked since; never kept."""


Notes = Mapping[str, Note]


async def exchange(tx: AsyncConnection, items: Sequence[Notes]) -> list[Notes]:
    """Note what is newer than what all know; returns the newest of each channel."""
    kept = {name: _read(one) for name, one in (await singles.held(tx, NOTES, {})).items()}
    for mine in items:
        kept |= {name: _newest(note, kept.get(name)) for name, note in mine.items()}
    await singles.put(tx, NOTES, {name: _plain(note) for name, note in kept.items()})
    return [kept] * len(items)


def _newest(mine: Note, others: Note | None) -> Note:
    if mine.rest is not None:
        mine = replace(mine, rest_at=mine.at)
    if mine.refused_at is None and others and others.refused_at != mine.worked_since:
        mine = replace(mine, refused_at=others.refused_at)
    if others is None:
        return mine
    if others.heard_at and (mine.heard_at is None or others.heard_at > mine.heard_at):
        mine = replace(mine, heard_at=others.heard_at, warns=others.warns)
    if mine.rest is None and others.rest_at and abs(mine.at - others.rest_at) < LASTS:
        mine = replace(mine, rest=others.rest, rest_at=others.rest_at)
    return mine


def _read(one: Mapping[str, Any]) -> Note:
    heard_at, rest_at, refused_at = (
        datetime.fromisoformat(found) if (found := one.get(name)) else None
        for name in ("heard_at", "rest_at", "refused_at")
    )
    return Note(
        datetime.fromisoformat(one["at"]), heard_at, tuple(one["warns"]), one["rest"], rest_at, refused_at=refused_at
    )


def _plain(note: Note) -> dict[str, Any]:
    moments = {name: getattr(note, name) for name in ("at", "heard_at", "rest_at", "refused_at")}
    times = {name: at and at.isoformat() for name, at in moments.items()}
    return {**times, "warns": note.warns, "rest": note.rest}
