"""The contract a channel is written against. One file per gateway; a channel never sees the store.

A channel does two things. It *receives*: its routes (or its polling loop) turn what the provider
says into `Arrival`s and `Delivery`s and hand them to the `Intake`, which returns only after the
commit; only then may the provider be thanked. It *sends*: `send(message)` makes one network call
and returns the provider's id, or raises a SendError whose class is the decision (bot/errors.py).

A channel logs ids only: no text, no number, no secret.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

import aiohttp
from starlette.routing import BaseRoute

from bot.errors import Ambiguous, Refused, SendError
from handlers.noun import noun
from handlers.turn import NOTHING, Kind

State = Literal["queued", "sending", "accepted", "sent", "delivered", "read", "failed", "uncertain", "cancelled"]

Alone = Literal["", "receiving", "both"]
"""What only one process may do of those that share a database: nothing; `run`, since it polls or empties a folder;
or sending too, since it has the one connection."""


@noun
class Arrival:
    """One thing a provider handed over, cleaned at the edge (no NUL, no lone surrogates)."""

    channel: str
    key: str
    """The provider's id of it, unique per channel: a second arrival with it is the same arrival."""
    scheme: str
    """tel, telegram or whatsapp"""
    address: str
    """+257... in E.164 (tel, whatsapp), a short sender as it came, or the chat's id."""
    kind: Kind = "text"
    text: str = ""
    sent_at: datetime | None = None
    data: Mapping[str, Any] = NOTHING


@noun
class Delivery:
    """What a provider says has become of a message of ours."""

    channel: str
    state: State
    word: str
    """The provider's own word, kept as it came."""
    outbox_id: int | None = None
    provider_id: str | None = None
    event: str = ""
    """What makes this report unique, when the provider gives such an id."""
    stopped: bool = False
    """It failed because its owner wants nothing from us: told to the provider, not to us."""


@noun
class Attached:
    """What goes along with a text, in a chat."""

    kind: Literal["photo", "voice", "document"]
    name: str
    content: bytes


@noun
class Message:
    """One text to send now. `id` is our outbox id, the idempotency key where a provider takes one."""

    id: int
    address: str
    text: str
    attempt: int
    """1 at the first try; counted before the call."""
    data: Mapping[str, Any] = NOTHING
    """Chat: {"buttons": [[{"text", "data"}]], "keyboard": "main"|"contact"|"remove"|"",
    "words": the words of the reply keyboard, "edit": provider's id of the message to edit,
    "callback": id of the button press to answer}. Of a USSD screen: {"session": {"key": of the arrival
    that it answers, "asks", "language", "more": how to turn the page, "kept": what an empty text says}}"""
    file: Attached | None = None
    """Rich channels only."""
    asked: bool = True
    """An answer; False for a reminder, a tip, a broadcast. To WhatsApp: she wrote within a day (bot/asked_for.py)."""


@noun
class Sent:
    provider_id: str | None
    state: State = "sent"
    """accepted: the gateway has it; sent: it left."""
    parts: int | None = None
    """SMS parts that it took, when it was written for a screen: 0 shown there, else it left by SMS after all."""
    numbered: bool | None = None
    """Whether what can be pressed was sent as numbers, where a channel may have to: kept for `Intake.numbered`."""


@noun
class File:
    """A photo or a voice note as a provider handed it over, at most `limit` bytes."""

    content: bytes
    kind: str


class Intake(Protocol):
    """Where a channel puts what it received. Each returns after the commit, or raises."""

    def arrivals(self, arrivals: Sequence[Arrival]) -> Awaitable[None]:
        """Store; known keys are fine. Raises DatabaseError (answer 503, do not acknowledge)."""
        ...

    def deliveries(self, deliveries: Sequence[Delivery]) -> Awaitable[None]:
        """Store; states only move forward, unknown ids are kept. Raises as above."""
        ...

    def answered(self, channel: str, keys: Sequence[str]) -> Awaitable[Mapping[str, Message | None]]:
        """Which of these arrivals are kept, and the first text that answers each, once there is one."""
        ...

    def missing(self, arrivals: Sequence[Arrival]) -> Awaitable[Sequence[Arrival]]:
        """Those of them, of one channel, that should be here and are not: neither under their key nor, as they were
        brought under another one, with the same sender, second and text; nor from before we began to listen."""
        ...

    def file(self, channel: str, outbox_id: int) -> Awaitable[Attached | None]:
        """What goes along with a text, for a provider that fetches it from us; None when it is there no more."""
        ...

    def numbered(self, channel: str, address: str) -> Awaitable[Mapping[str, Any]]:
        """The `data` of the last text to this address, when its choices were sent as numbers; else empty."""
        ...

    def say(self, key: str, language: str) -> str:
        """A text of the catalogue, where a channel must answer before any turn could; '' = the usual language."""
        ...


class Channel(Protocol):
    """What a gateway's file provides."""

    name: str
    scheme: str
    rich: bool
    """True where buttons, edits and long texts exist."""
    keyed: bool
    """True where the provider takes our id as idempotency key: an ambiguous send may be repeated."""
    window: int
    """How many sends may be under way at once."""

    @property
    def alone(self) -> Alone:
        """See Alone."""
        ...

    def routes(self, intake: Intake) -> Sequence[BaseRoute]:
        """The web addresses the provider calls, below /channels/<name>/."""
        ...

    async def start(self, http: aiohttp.ClientSession) -> None:
        """Log in, set commands, ... Raises ChannelMisconfigured."""
        ...

    async def run(self, intake: Intake) -> None:
        """Poll, if this channel polls; returns when there is nothing to poll; cancelled at stop."""
        ...

    async def send(self, message: Message) -> Sent:
        """One network call. Raises a SendError; anything else is a fault of ours."""
        ...

    async def fetch(self, data: Mapping[str, Any], limit: int) -> File:
        """The file of an arrival (photo, voice), at most `limit` bytes. Raises Refused, RetryLater."""
        ...

    async def check(self) -> list[str]:
        """For `doctor`: what is wrong, each with what to do; empty when all is well."""
        ...

    async def stop(self) -> None: ...


async def in_order(parts: AsyncIterator[Sent]) -> Sent:
    """The last part of a text that takes several calls. Once one has left, what fails after it is in doubt.

    Raises a SendError.
    """
    sent: Sent | None = None
    try:
        async for part in parts:
            sent = part
    except SendError as error:
        raise error if sent is None else Ambiguous(f"only a part has left: {error}") from None
    if sent is None:
        raise Refused("there is nothing to send")
    return sent


@dataclass
class Recorder:
    """An Intake that only remembers: for channel tests."""

    kept: list[Arrival] = field(default_factory=list)
    told: list[Delivery] = field(default_factory=list)
    files: dict[int, Attached] = field(default_factory=dict)
    numbers: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    broken: Exception | None = None

    async def arrivals(self, arrivals: Sequence[Arrival]) -> None:
        if self.broken:
            raise self.broken
        self.kept.extend(arrivals)

    async def deliveries(self, deliveries: Sequence[Delivery]) -> None:
        if self.broken:
            raise self.broken
        self.told.extend(deliveries)

    async def answered(self, channel: str, keys: Sequence[str]) -> Mapping[str, Message | None]:
        return {each.key: None for each in self.kept if each.channel == channel and each.key in keys}

    async def missing(self, arrivals: Sequence[Arrival]) -> Sequence[Arrival]:
        here = {(each.key, each.channel) for each in self.kept}
        return [each for each in arrivals if (each.key, each.channel) not in here]

    async def file(self, channel: str, outbox_id: int) -> Attached | None:
        return self.files.get(outbox_id)

    async def numbered(self, channel: str, address: str) -> Mapping[str, Any]:
        return self.numbers.get(address, NOTHING)

    def say(self, key: str, language: str) -> str:
        return key
