"""What the channels' contract is built of: a Kit per channel, its requests, a provider that obeys."""

from __future__ import annotations

import asyncio
import os
import random
import ssl
import traceback
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiohttp
from aiohttp import web
from starlette.applications import Starlette

from bot.channels.base import Arrival, Channel, Message, Recorder, Sent
from bot.errors import SendError
from tests import faultproxy

PHONE, TEXT = "+25779123456", "No 4127 OK canary-text"
MESSAGE = Message(41, PHONE, TEXT, 1)
FUZZ = int(os.environ.get("KURIKIRANA_FUZZ", "1500"))
"""Mutated requests per channel; nightly runs set more."""
PATIENCE = aiohttp.ClientTimeout(total=0.4, connect=0.4)
"""What a call may take where the network is broken on purpose; elsewhere a busy machine may need longer."""


@dataclass(frozen=True)
class Call:
    """One request of a provider."""

    method: str
    path: str
    query: bytes = b""
    body: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()


@dataclass(frozen=True)
class Sample:
    """A payload as the provider documents it, and what must come of it."""

    call: Call
    arrivals: int = 0
    deliveries: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What the provider answers to a send."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Kit:
    """What the contract must know of one channel."""

    secrets: Sequence[str] = ()
    """Never in a log: the account's and the webhook's."""
    samples: Mapping[str, Sample]
    ego: tuple[Call, Call]
    """Two honest messages with the same text, as the provider brings them."""
    sent: Sequence[Answer]
    refused: Sequence[Answer]
    misconfigured: Sequence[Answer]
    later: Sequence[Answer]
    doubtful: Sequence[Answer]

    def channel(self, url: str) -> Channel:
        """The channel with its provider at `url`."""
        raise NotImplementedError

    def hurry(self, channel: Channel) -> None:
        """Let no call of the channel take longer than PATIENCE."""
        channel.timeout = PATIENCE  # type: ignore[attr-defined]

    def seal(self, call: Call) -> Call:
        """The same call with a signature that is right for what is in it now."""
        return call

    def slow_down(self, seconds: str | None) -> Answer:
        """The provider's 429, with how long to wait as it writes it; None leaves that out."""
        return Answer(429, b"", {"Retry-After": seconds} if seconds else {})

    async def deliver(self, intake: Recorder, *calls: Call) -> set[int]:
        """Have the provider bring these, all at once; the statuses. Raises what the intake raises."""
        channel = self.channel("http://127.0.0.1:9")
        return set(await asyncio.gather(*(knock(channel, intake, call) for call in calls)))

    def taken(self, order: bytes) -> Answer:
        """What the provider answers to this order when it takes it."""
        return self.sent[0]

    def forgeries(self, call: Call) -> Iterator[tuple[Call, int]]:
        """The same call without the right secret, in every way that comes to mind; the status due."""
        raise NotImplementedError


async def knock(channel: Channel, intake: Recorder, call: Call, chunks: list[bytes] | None = None) -> int:
    """Ask the channel's routes; the status. The body of an answer must be empty."""
    pieces = chunks if chunks is not None else [call.body]
    events = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    events.append({"type": "http.request", "body": b"", "more_body": False})
    said: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return events.pop(0) if events else {"type": "http.disconnect"}

    async def send(event: dict[str, object]) -> None:
        said.append(event)

    scope = {
        "type": "http",
        "method": call.method,
        "path": call.path,
        "raw_path": call.path.encode("utf-8", "replace"),
        "query_string": call.query,
        "headers": list(call.headers),
        "root_path": "",
    }
    await Starlette(routes=list(channel.routes(intake)))(scope, receive, send)
    status = said[0]["status"]
    assert isinstance(status, int)
    if status not in (404, 405):  # Starlette's own, for an address that is none
        assert all(not event.get("body") for event in said)
    return status


class Provider:
    """A provider on a free port that answers what it is told and counts what it was asked."""

    def __init__(self) -> None:
        self.answer = Answer(200)
        self.answers: dict[str, Answer] = {}
        """By path, where one of them needs another answer."""
        self.taken: Callable[[bytes], Answer] | None = None
        """Where the answer depends on what was asked."""
        self.asked: list[bytes] = []
        """The bodies of the requests, and below what stood in their addresses and headers."""
        self.queries: list[str] = []
        self.paths: list[str] = []
        self.headers: list[Mapping[str, str]] = []

    async def handle(self, request: web.Request) -> web.Response:
        self.asked.append(order := await request.read())
        self.queries.append(request.rel_url.raw_query_string)
        self.paths.append(f"{request.method} {request.path}")
        self.headers.append(request.headers)
        answer = self.answers.get(request.path) or (self.taken(order) if self.taken else self.answer)
        return web.Response(status=answer.status, body=answer.body, headers=dict(answer.headers))


@asynccontextmanager
async def sending(
    kit: Kit, url: str = "", fault: faultproxy.Fault | None = None, *, hurry: bool | None = None
) -> AsyncIterator[tuple[Channel, Provider]]:
    """The channel, started, with its provider behind a proxy; `url` overrides where it looks. It hurries where one of
    these is given, or as `hurry` says."""
    provider = Provider()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", provider.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    async with faultproxy.FaultProxy("127.0.0.1", port) as proxy, aiohttp.ClientSession() as http:
        channel = kit.channel(url or proxy.url)
        if (url or fault) if hurry is None else hurry:
            kit.hurry(channel)
        await channel.start(http)
        await proxy.drop()
        proxy.fault = fault or faultproxy.Fault()
        yield channel, provider
        await channel.stop()
    await runner.cleanup()


@asynccontextmanager
async def untrusted() -> AsyncIterator[tuple[str, list[bytes]]]:
    """A provider by https that shows a certificate of its own making; its address, and what it was told."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(1))
        writer.close()

    lock = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    lock.load_cert_chain(Path(__file__).with_name("untrusted.pem"))
    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=lock) as server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}", heard


async def outcome(channel: Channel, message: Message = MESSAGE) -> Sent | SendError:
    """What send returned or raised; its words may name neither person nor secret."""
    try:
        return await channel.send(message)
    except SendError as error:
        words = "".join(traceback.format_exception(error))
        assert PHONE not in words and PHONE[1:] not in words and "canary-text" not in words
        return error


def assert_clean(arrival: Arrival) -> None:
    """What goes into the database: UTF-8, no NUL, a sender, a key of sane length."""
    for value in (arrival.key, arrival.address, arrival.text):
        assert "\0" not in value
        value.encode()
    assert arrival.address and 0 < len(arrival.key) <= 200


def spoil(chance: random.Random, call: Call) -> Call:
    """Truncated, doubled, not UTF-8, NUL, half a surrogate pair, deep, with a name twice, huge."""
    part = chance.choice(["query", "body"]) if call.query and call.body else ("query" if call.query else "body")
    raw: bytes = getattr(call, part)
    at = chance.randrange(len(raw) + 1)
    junk = chance.choice(JUNK)
    changed = chance.choice(
        [raw[:at], raw[at:], raw[:at] + junk + raw[at:], raw + b"&" + raw, raw.replace(b'"', junk, 2), raw + junk]
    )
    headers = tuple((k, v) for k, v in call.headers if k != b"content-length")
    if part == "query":
        return replace(call, query=changed, headers=headers)
    return replace(call, body=changed, headers=headers)


JUNK = [
    b"\0", b"%00", b"\xff\xfe", b"%ff%fe", b"\\u0000", b"\\ud83d", b"%ed%a0%bd", b"%", b"+", b"&&&&", b"=",
    b"[" * 50_000, b'{"a":' * 3_000, b'"id":1,"id":2,', b"1e999", b"NaN", b"-" * 5_000, b"9" * 5_000, b"&x=1" * 200,
    "\u202e\u200d\U0001f469\u0301".encode() * 50, b"\r\nX-Evil: 1", b"null", b"[]", b"{}", b'"', b"x" * 1_100_000,
]  # fmt: skip
