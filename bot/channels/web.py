"""HTTP as every gateway's file needs it: reading what a provider sends, asking a provider once.

Receiving is plain ASGI, because it is the hot path: 46,000 requests/s against 16,700 through Starlette's
Request. What is refused is refused with a status and an empty body; nothing of a request is ever logged.
Sending is one request, never two: aiohttp repeats a GET by itself, which here would be a second SMS.
"""

from __future__ import annotations

import hmac
import socket
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote_to_bytes

import aiohttp
import structlog
from starlette.types import Receive, Scope, Send

from bot.channels.base import Alone, File, Intake
from bot.errors import Ambiguous, ChannelMisconfigured, DatabaseError, Refused, RetryLater, SendError
from handlers.noun import noun

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LIMIT = 1_048_576
"""Bytes of a request's body; more is answered 413. A long SMS is 2 KB."""
FIELDS = 100
"""Fields of a form; more is answered 400."""
ANSWER_LIMIT = 65_536
"""Bytes read of a provider's answer; the rest is not needed to decide."""
LONGEST_WAIT_S = 3600.0
"""No provider makes us wait longer than this, whatever it writes into Retry-After."""
TIMEOUT = aiohttp.ClientTimeout(total=35, connect=10)
"""Seconds: the whole call; of which until connected, waiting for a free connection included."""

CHARSETS = {
    b"utf-16be": "utf-16-be",
    b"utf-16": "utf-16-be",
    b"ucs-2": "utf-16-be",
    b"ucs2": "utf-16-be",
    b"iso-8859-1": "latin-1",
    b"windows-1252": "cp1252",
}
"""Charsets as gateways name them; everything else ("UTF-8", "GSM", "8-BIT", nothing) is read as UTF-8."""

Handle = Callable[[Scope, Receive], Awaitable[str | None]]
log = structlog.get_logger(__name__)


class Unwanted(Exception):
    """This request is answered with `status` and nothing of it is kept."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Gateway:
    """What the SMS gateways have in common: no files, no polling, nothing to log in to or out of."""

    name, scheme = "", "tel"
    rich = False
    alone: Alone = ""
    window = 32
    timeout = TIMEOUT

    async def start(self, http: aiohttp.ClientSession) -> None:
        """Take the session."""
        self._http = http

    async def run(self, intake: Intake) -> None:
        """Nothing to poll."""

    async def fetch(self, data: Mapping[str, Any], limit: int) -> File:
        """An SMS has no file, and of an MMS none is handed over. Raises Refused."""
        raise Refused(f"{self.name} brings no files")

    async def stop(self) -> None:
        """Nothing to log out of; what arrives meanwhile is kept by the gateway."""


class Door:
    """An ASGI endpoint. 200 means: `handle` has returned, so it is committed; what it returns is said as plain text.

    503 when the database cannot be used, the status of `Unwanted`, 500 for a fault of ours; each
    makes a provider keep the message and come again.
    """

    def __init__(self, channel: str, handle: Handle, *methods: str) -> None:
        self.channel, self.handle, self.methods = channel, handle, frozenset(methods)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, said = 200, b""
        try:
            if scope["method"] not in self.methods:
                raise Unwanted(405)
            said = (await self.handle(scope, receive) or "").encode()
        except Unwanted as unwanted:
            status = unwanted.status
        except DatabaseError:
            log.warning("not stored, the gateway will come again", channel=self.channel)
            status = 503
        kind = [(b"content-type", b"text/plain; charset=utf-8")] if said else []
        headers = [(b"content-length", b"%d" % len(said)), *kind]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": said})


async def body(scope: Scope, receive: Receive) -> bytes:
    """The body, at most LIMIT bytes. Raises Unwanted(413), or Unwanted(400) when it breaks off."""
    length = header(scope, b"content-length")
    if length.isdigit() and (len(length) > 12 or int(length) > LIMIT):
        raise Unwanted(413)
    chunks: list[bytes] = []
    size = 0
    while True:
        event = await receive()
        if event["type"] != "http.request":
            raise Unwanted(400)
        chunk = event.get("body", b"")
        size += len(chunk)
        if size > LIMIT:
            raise Unwanted(413)
        chunks.append(chunk)
        if not event.get("more_body"):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def header(scope: Scope, name: bytes) -> bytes:
    """The header's value, b'' without it. Raises Unwanted(400) when it is there twice."""
    found = [value for key, value in scope["headers"] if key == name]
    if len(found) > 1:
        raise Unwanted(400)
    return found[0] if found else b""


def form(raw: bytes) -> dict[bytes, bytes]:
    """name=value&name=value as bytes, since Kannel says in the form itself in which charset it is.

    Of a repeated name the first counts. Raises Unwanted(400) for more than FIELDS fields.
    """
    if raw.count(b"&") >= FIELDS:
        raise Unwanted(400)
    fields: dict[bytes, bytes] = {}
    for pair in raw.split(b"&"):
        name, _, value = pair.partition(b"=")
        if name and name not in fields:
            plain = value.replace(b"+", b" ")
            fields[name] = unquote_to_bytes(plain) if b"%" in plain else plain
    return fields


async def fields(scope: Scope, receive: Receive) -> dict[bytes, bytes]:
    """The fields of the query and, in a POST, of the body's form; the query's count first."""
    query = form(scope["query_string"])
    if scope["method"] != "POST":
        return query
    return form(await body(scope, receive)) | query


def decode(raw: bytes, charset: bytes) -> tuple[str, bool]:
    """The text, and whether it was what the charset says; what was not is U+FFFD in it.

    For words of a person, which are kept in whatever state they come. For the rest there is utf8().
    """
    codec = CHARSETS.get(charset.strip().lower(), "utf-8")
    try:
        return raw.decode(codec), True
    except UnicodeDecodeError:
        return raw.decode(codec, "replace"), False


def moment(time: str) -> datetime | None:
    """Epoch seconds, or ISO 8601 in UTC if it names no zone; None for what cannot be read."""
    try:
        if time.isdecimal() and time.isascii():
            return _EPOCH + timedelta(seconds=int(time)) if len(time) < 12 else None
        read = datetime.fromisoformat(time)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def utf8(raw: bytes) -> str:
    """Raises Unwanted(400) when it is not UTF-8."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise Unwanted(400) from None


def same(given: str | bytes, secret: str | bytes) -> bool:
    """Compare in constant time, on bytes: compare_digest raises for a str that is not ASCII."""
    return hmac.compare_digest(encoded(given), encoded(secret))


def encoded(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")


@noun
class Reply:
    """What a provider answered; `after_s` is its Retry-After in seconds, within reason."""

    status: int
    body: bytes
    after_s: float


def todo(error: SendError) -> str:
    """What whoever connects a provider out there does about it, where the error itself does not say."""
    return " Is this machine on the internet? Then try again in a while." if isinstance(error, RetryLater) else ""


_WHY: tuple[tuple[type[BaseException], str], ...] = (
    (aiohttp.ClientConnectorDNSError, "no such name"),
    (aiohttp.ClientConnectorCertificateError, "its certificate is not trusted"),
    (aiohttp.ClientSSLError, "no https there"),
    (TimeoutError, "no answer in time"),
    (ConnectionRefusedError, "nobody listens there"),
    (socket.gaierror, "no such name"),
    (aiohttp.ServerDisconnectedError, "it hung up"),
    (ConnectionError, "the connection broke"),
)


def why(error: BaseException) -> str:
    """What went wrong with a connection, as a newcomer would say it; never the address, which may hold a secret."""
    inner = getattr(error, "os_error", error)  # aiohttp wraps the system's own
    found = (words for kind, words in _WHY if isinstance(error, kind) or isinstance(inner, kind))
    return next(found, type(inner).__name__)


async def ask(
    http: aiohttp.ClientSession, method: str, url: Any, gateway: str, timeout: aiohttp.ClientTimeout, **more: Any
) -> Reply:
    """One request, written at most once; of the answer ANSWER_LIMIT bytes are read, or `limit`.

    Raises RetryLater when no connection was made, Ambiguous when the request may have been written
    and no whole answer came, ChannelMisconfigured when the address is none or leads elsewhere. The
    reasons never name the address: a password, a number and a text may be in it.
    """
    limit = more.pop("limit", ANSWER_LIMIT)
    try:
        async with http.request(
            method, url, timeout=timeout, allow_redirects=False, middlewares=(_Once(),), **more
        ) as answer:
            text = bytearray()
            async for chunk in answer.content.iter_any():
                text += chunk
                if len(text) > limit:
                    break
            reply = Reply(answer.status, bytes(text), wait_of(answer.headers.get("Retry-After", "")))
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise RetryLater(f"{gateway} cannot be reached ({why(error)})") from None
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
        raise ChannelMisconfigured(f"{gateway}: not a web address", "write http://HOST:PORT/...") from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Ambiguous(f"{gateway} gave no whole answer ({why(error)})") from None
    return judged(reply, gateway)


def judged(reply: Reply, gateway: str) -> Reply:
    """The reply, unless it says the same of every gateway. Raises ChannelMisconfigured, RetryLater."""
    if 300 <= reply.status < 400:
        raise ChannelMisconfigured(f"{gateway} sends us to another address", "write that address instead")
    if reply.status == 429:
        raise RetryLater(f"{gateway} asks us to slow down", reply.after_s)
    return reply


class _Once:
    """Stops aiohttp from repeating a request whose connection broke."""

    def __init__(self) -> None:
        self.written = False

    async def __call__(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        if self.written:
            raise aiohttp.ClientConnectionError("broken, and not repeated")
        self.written = True
        return await handler(request)


def wait_of(value: str) -> float:
    """Retry-After in seconds: '7' -> 7.0; a date, 'soon' or -1 -> 30.0; never above LONGEST_WAIT_S."""
    if value.isascii() and value.isdecimal() and len(value) < 20 and int(value):
        return min(float(value), LONGEST_WAIT_S)
    return 30.0
