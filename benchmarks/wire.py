"""Just enough HTTP/1.1 over raw asyncio for a load generator: it must cost less than what it measures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

Request = tuple[bytes, bytes]
"""The request's first line and its body."""


def _length(head: bytes) -> int:
    place = head.lower().find(b"\r\ncontent-length:")
    return 0 if place < 0 else int(head[place + 17 :].split(b"\r\n", 1)[0])


class _Messages(asyncio.Protocol):
    """Cuts a stream into (head, body)."""

    transport: asyncio.Transport  # or uvloop's, which is no asyncio.Transport

    def __init__(self) -> None:
        self._data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep it, to write on."""
        self.transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """Hand over every whole message."""
        self._data = self._data + data if self._data else data
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            head, start = self._data[:end], end + 4
            length = _length(head)
            if b"chunked" in head:
                raise RuntimeError("this server speaks in chunks; the generator does not")
            if len(self._data) < start + length:
                return
            body, self._data = self._data[start : start + length], self._data[start + length :]
            self.message(head, body)

    def message(self, head: bytes, body: bytes) -> None:
        """One whole message."""
        raise NotImplementedError


class Client(_Messages):
    """A keep-alive connection; one request at a time. `free(self)` is called when it can take the next."""

    def __init__(self, free: Callable[[Client], None], lost: Callable[[Client], None]) -> None:
        super().__init__()
        self._free, self._lost = free, lost
        self._answered: Callable[[int], None] | None = None

    def ask(self, request: bytes, answered: Callable[[int], None]) -> None:
        """Write a request; `answered(status)` is called with its answer."""
        self._answered = answered
        self.transport.write(request)

    def message(self, head: bytes, body: bytes) -> None:
        answered, self._answered = self._answered, None
        self._free(self)
        if answered:
            answered(int(head[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        """The server closed: status 0 for whoever waits."""
        answered, self._answered = self._answered, None
        self._lost(self)
        if answered:
            answered(0)


class Server(_Messages):
    """A provider: `answer(first line, body)` says what to reply, `delay_s` how slow it is."""

    def __init__(self, answer: Callable[[bytes, bytes], bytes], delay_s: float) -> None:
        super().__init__()
        self._answer, self._delay_s = answer, delay_s

    def message(self, head: bytes, body: bytes) -> None:
        said = self._answer(head.split(b"\r\n", 1)[0], body)
        if self._delay_s:
            asyncio.get_running_loop().call_later(self._delay_s, self._say, said)
        else:
            self._say(said)

    def _say(self, said: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(said)


def response(body: bytes, kind: bytes, status: bytes = b"200 OK") -> bytes:
    """A whole answer."""
    return b"HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s" % (status, kind, len(body), body)
