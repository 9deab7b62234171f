"""A channel has trouble, or its trouble is over: two of the team are told at once, at any hour, each trouble once.

What makes a trouble is decided here (`troubles`), asked by the service once a minute; whose chats are woken by
bot/store/alarms.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from handlers.noun import noun
from handlers.team.viewing import clock
from handlers.team.waiting import STUCK
from handlers.turn import ChannelState, Outcome, Reply, Turn, Waiting

_KEYS: Mapping[str, str] = {
    "silent": "O.today.silent",
    "refused": "O.today.broken",
    "full": "O.today.full",
    "stuck": "O.today.channel",
    "battery": "O.alarm.battery",
    "unplugged": "O.alarm.unplugged",
    "failing": "O.alarm.failing",
    "over": "O.alarm.over",
}
AFTER: Mapping[str, timedelta] = {"unplugged": STUCK}
"""How long a trouble must last before it is told; the others at once, as what they say has lasted already."""


@noun
class Trouble:
    """What is wrong with a channel."""

    channel: str
    what: str
    since: datetime
    texts: int = 0
    """That wait."""


def troubles(
    states: Sequence[ChannelState], stuck: Sequence[Waiting], began: datetime, now: datetime
) -> Iterator[Trouble]:
    """Everything that is wrong now. `began`: when this process did, for a gateway that has said nothing since."""
    for one in states:
        heard = one.heard_at or began
        if one.speaks and now - heard > STUCK:
            yield Trouble(one.name, "silent", heard)
        else:
            yield from (Trouble(one.name, what, now) for what in one.warns)
        if one.broken:
            yield Trouble(one.name, "refused", now)
        elif one.full:
            yield Trouble(one.name, "full", now)
    silent = {one.name for one in states if one.speaks and now - (one.heard_at or began) > STUCK}
    refused = {one.name for one in states if one.broken or one.full}
    for texts in stuck:
        if texts.channel not in silent | refused:  # the same trouble, said once
            yield Trouble(texts.channel, "stuck", texts.since, texts.texts)


def told(turn: Turn) -> Outcome:
    """Woken: say it."""
    data = turn.inbound.data
    since = datetime.fromisoformat(data["since"])
    values = {"channel": data["channel"], "time": clock(turn, since), "count": data["texts"]}
    return Outcome(
        dict(turn.state), (Reply(_KEYS[data["trouble"]], values),), understood="told of a channel's trouble"
    )
