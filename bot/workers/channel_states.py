"""How the channels of this process are, for who asks in a chat: no table has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.base import Channel
from bot.workers.outbox import OutboxWorker
from handlers.turn import ChannelsNow, ChannelState


def states(channels: Mapping[str, Channel], outbox: OutboxWorker) -> tuple[ChannelState, ...]:
    """Each channel as it is now. One whose gateway says that it lives has `heard_at`."""
    broken, full = outbox.broken, outbox.full
    return tuple(
        ChannelState(
            name,
            name in broken,
            name in full,
            getattr(channel, "heard_at", None),
            hasattr(channel, "heard_at"),
            getattr(channel, "warns", ()),
            outbox.rest(name),
        )
        for name, channel in channels.items()
    )


def loaders(channels: Mapping[str, Channel], outbox: OutboxWorker) -> Mapping[type, Any]:
    """The loader of `ChannelsNow`."""

    async def now(tx: AsyncConnection, wanted: Sequence[ChannelsNow], known: Any) -> dict[Any, Any]:
        return dict.fromkeys(wanted, states(channels, outbox))

    return {ChannelsNow: now}
