"""The lists that the service makes itself: of a card's draft, and of a repetition that is due. Work for the writer.

One page is one transaction, so that others write between them; what a dead process left is gone on with. A draft can
be approved once its list is complete, and its card is woken in that transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.broadcasts import acts, sending
from bot.programme.broadcasts.audience import Audience
from bot.store import broadcasts as store
from bot.store import recipients


@dataclass(frozen=True, slots=True)
class Page:
    """Put the next addresses behind `after` on the list; None: behind the last one on it."""

    broadcast: int
    after: int | None
    setup: Mapping[str, Any]
    now: datetime
    audience: Audience
    """Found before the first page: over many associations it would take longer than the page."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Where the next page begins; None: nothing is left to do. `wakes`: the address of the card that waited."""

    after: int | None = None
    wakes: int | None = None


async def go_on(tx: AsyncConnection, items: Sequence[Page]) -> list[Listed]:
    """One page of each. Raises BroadcastError, AudienceError: then nothing was changed."""
    return [await _go_on(tx, item) for item in items]


async def _go_on(tx: AsyncConnection, item: Page) -> Listed:
    row = await store.held(tx, item.broadcast)
    if row is None or row.state not in ("draft", "approved") or row.frozen_at is not None:
        return Listed()  # called off, or another process was faster
    after = await recipients.last(tx, row.id) if item.after is None else item.after
    following = await acts.page(tx, row, after, acts.setup_of(item.setup), item.now, item.audience)
    if following is not None:
        return Listed(following)
    return Listed(None, await store.wake_card(tx, row, item.now))


async def cannot(tx: AsyncConnection, items: Sequence[tuple[int, datetime]]) -> list[int | None]:
    """Nobody knows any more who shall get it: a repetition waits for a person, a card shows its plan again.

    Items are (id, now); returns the addresses of the cards.
    """
    return [await _cannot(tx, number, now) for number, now in items]


async def _cannot(tx: AsyncConnection, number: int, now: datetime) -> int | None:
    row = await store.held(tx, number)
    if row is None or row.state not in ("draft", "approved"):
        return None
    if row.state == "approved":
        await sending.ask_again(tx, row, "has no list of recipients any more", now)
        return None
    woken = await store.wake_card(tx, row, now)
    await recipients.clear(tx, row.id)
    await store.change(tx, row.id, state="stopped", stopped_at=now, key=None)
    return woken
