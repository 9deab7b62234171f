"""How the channels of this process are, for who asks in a chat: no table has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.base import Channel
from bot.outbox_worker import OutboxWorker
from handlers.turn import ChannelsNow, ChannelState


def loaders(channels: Mapping[str, Channel], outbox: OutboxWorker) -> Mapping[type, Any]:
    """The loader of `ChannelsNow`. A channel whose gateway says that it lives has `heard_at`."""

    async def now(tx: AsyncConnection, wanted: Sequence[ChannelsNow], known: Any) -> dict[Any, Any]:
        broken, full = outbox.broken, outbox.full
        there = tuple(
            ChannelState(name, name in broken, name in full, getattr(channel, "heard_at", None))
            for name, channel in channels.items()
        )
        return dict.fromkeys(wanted, there)

    return {ChannelsNow: now}
