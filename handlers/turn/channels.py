"""How the channels of the running service are: officers see it, and are told what is wrong."""

from __future__ import annotations

from datetime import datetime

from handlers.noun import noun


@noun
class ChannelState:
    """How a channel of the running service is."""

    name: str
    broken: bool
    """Its account or its settings are refused: nothing leaves or comes."""
    full: bool
    """Its SIM has sent all that it may in a day."""
    heard_at: datetime | None
    """When its gateway last said that it lives; None where it has said nothing yet."""
    speaks: bool = False
    """Its gateway says so again and again: long silence is a trouble."""
    warns: tuple[str, ...] = ()
    """What its gateway complains of: battery, unplugged, failing."""
    rest: int | None = None
    """SMS parts that may still leave today; None: not known."""


@noun
class ChannelsNow:
    """-> tuple[ChannelState, ...]: as this process knows them; no table has it."""
