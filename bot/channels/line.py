"""Asking a gateway beside us over plain HTTP/1.1: connections that stay open, every request written once.

aiohttp takes 250 microseconds of processor for a request and its short answer, which is as much as the turn that
made the text; this takes 30, measured. It speaks `http://` only and needs httptools (the extra `fast`); everything
else goes through aiohttp (`web.ask`), and means the same.
"""

from __future__ import annotations

import asyncio
import re
from functools import lru_cache
from urllib.parse import quote

import aiohttp
import yarl

from bot.channels.web import ANSWER_LIMIT, Reply, judged, wait_of, why
from bot.errors import Ambiguous, RetryLater

try:
    import httptools
except ImportError:  # pragma: no cover - the extra `fast` is not installed
    httptools = None  # type: ignore[assignment]

IDLE_S = 15.0
"""A connection that was not used for so long is not trusted any more: the other side may just be closing it."""


_NOT_PLAIN = re.compile(r"[^A-Za-z0-9_.~ -]+")


def quoted(text: str) -> str:
    """As urllib's quote_plus, in a third of its time: most letters of an SMS are themselves."""
    return _NOT_PLAIN.sub(_percent, text).replace(" ", "+")


def _percent(found: re.Match[str]) -> str:
    return _quote(found[0], safe="")


_quote = lru_cache(maxsize=1024)(quote)
"""The same few signs stand in every text."""


def line_to(address: str, gateway: str) -> Line | None:
    """A line to this address; None where aiohttp must do it."""
    try:
        url = yarl.URL(address)
    except ValueError:
        return None
    if httptools is None or url.scheme != "http" or not url.host or url.user or url.password or url.fragment:
        return None
    return Line(url, gateway)


class Line:
    """All connections to one gateway; the sender's window bounds them."""

    def __init__(self, url: yarl.URL, gateway: str) -> None:
        self._host, self._port, self._gateway = url.raw_host or "", url.port or 80, gateway
        self._path = url.raw_path_qs
        self._end = f" HTTP/1.1\r\nHost: {url.raw_authority}\r\n\r\n"
        self._idle: list[_Connection] = []

    async def get(self, query: str, timeout: aiohttp.ClientTimeout) -> Reply:
        """GET with this encoded query behind the address's own. Raises what `web.ask` raises."""
        joint = "&" if "?" in self._path else "?"
        request = f"GET {self._path}{joint}{query}{self._end}".encode("ascii")
        connection = self._rested() or await self._opened(timeout)
        try:
            reply = await connection.ask(request, timeout.total or 0.0)
        except OSError as error:  # TimeoutError is one
            raise Ambiguous(f"{self._gateway} gave no whole answer ({why(error)})") from None
        finally:
            if connection.is_free:
                self._idle.append(connection)
            else:
                connection.close()
        return judged(reply, self._gateway)

    def _rested(self) -> _Connection | None:
        """The connection that was used last, if any still is one."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_free and connection.rested_s < IDLE_S:
                return connection
            connection.close()
        return None

    async def _opened(self, timeout: aiohttp.ClientTimeout) -> _Connection:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout.connect or timeout.total):
                _, connection = await loop.create_connection(_Connection, self._host, self._port)
        except OSError as error:
            raise RetryLater(f"{self._gateway} cannot be reached ({why(error)})") from None
        return connection

    def close(self) -> None:
        """Close what rests; what is being asked ends by itself."""
        while self._idle:
            self._idle.pop().close()


class _Broken(ConnectionError):
    """The connection ended, or what came is not HTTP, before a whole answer."""


class _Connection(asyncio.Protocol):
    """One connection, one request at a time; the `on_` methods are httptools'."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Reply] | None = None
        self._keeps = True
        self._used = self._loop.time()

    @property
    def is_free(self) -> bool:
        """Whether the next request may be written."""
        open_ = self._transport is not None and not self._transport.is_closing()
        return open_ and self._keeps and self._answer is None

    @property
    def rested_s(self) -> float:
        """Seconds since its last answer."""
        return self._loop.time() - self._used

    async def ask(self, request: bytes, within_s: float) -> Reply:
        """Write it once, return the answer. Raises OSError: it may have arrived, and no whole answer came."""
        assert self._transport
        answer: asyncio.Future[Reply] = self._loop.create_future()
        self._answer = answer
        self._parser = httptools.HttpResponseParser(self)
        self._body, self._wait = bytearray(), ""
        self._sized = self._headed = False
        late = self._loop.call_later(within_s, self._fail, TimeoutError()) if within_s else None
        self._transport.write(request)
        try:
            return await answer
        finally:
            if late:
                late.cancel()
            if self._answer is not None:  # the caller went away
                self._answer = None
                self._keeps = False

    def close(self) -> None:
        """Nothing more is asked here."""
        if self._transport:
            self._transport.abort()

    # --- asyncio ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        if self._answer is None:
            self.close()  # nobody asked
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._fail(_Broken("not HTTP"))

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer is not None and self._headed and not self._sized and error is None:
            self._done()  # an answer without a length ends with its connection
        self._fail(_Broken("closed"))

    # --- httptools ---

    def on_header(self, name: bytes, value: bytes) -> None:
        low = name.lower()
        if low == b"retry-after":
            self._wait = value.decode("latin-1")
        elif low in (b"content-length", b"transfer-encoding"):
            self._sized = True

    def on_headers_complete(self) -> None:
        self._headed = self._parser.get_status_code() >= 200

    def on_body(self, body: bytes) -> None:
        self._body += body
        if len(self._body) > ANSWER_LIMIT:
            self._keeps = False
            self._done()

    def on_message_complete(self) -> None:
        if self._headed:
            self._keeps = self._keeps and self._parser.should_keep_alive()
            self._done()

    def _done(self) -> None:
        if self._answer is not None:
            answer, self._answer = self._answer, None
            self._used = self._loop.time()
            if not answer.done():
                answer.set_result(Reply(self._parser.get_status_code(), bytes(self._body), wait_of(self._wait)))

    def _fail(self, error: OSError) -> None:
        if self._answer is not None:
            answer, self._answer, self._keeps = self._answer, None, False
            if not answer.done():
                answer.set_exception(error)
