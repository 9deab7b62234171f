"""Has a channel fetch what its provider does not bring, for as long as the service runs.

A refused account is tried again every minute and disturbs no other channel. Until it has gone well for a minute it
counts as refused, so that two of the team are told (bot/workers/channel_watch.py): who fetches nothing hears nothing,
and may have nothing to send by which it would be noticed.
"""

from __future__ import annotations

import asyncio

import structlog

from bot.channels.base import Channel, Intake
from bot.errors import ChannelMisconfigured
from bot.workers.lease import Lease
from bot.workers.one_sender import Count, counted

log = structlog.get_logger(__name__)
AGAIN_S = 60.0


async def receive(channel: Channel, intake: Intake, lease: Lease | None, refused: set[str], count: Count) -> None:
    """Run it until it has nothing to fetch; with a lease only while that is ours. Cancelled at stop.

    By a channel with a single connection that process sends too: it counts first what the one before has sent.
    """

    async def taken_over() -> None:
        if channel.alone == "both":
            await counted(count)
        await channel.run(intake)

    while True:
        well = asyncio.get_running_loop().call_later(AGAIN_S, refused.discard, channel.name)
        try:
            if lease:
                await lease.run(taken_over)
            else:
                await channel.run(intake)
            return
        except ChannelMisconfigured as error:
            log.error("channel cannot receive", channel=channel.name, what_to_do=error.what_to_do)
            refused.add(channel.name)
        finally:
            well.cancel()
        await asyncio.sleep(AGAIN_S)
