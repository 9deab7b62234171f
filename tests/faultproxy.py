"""A TCP proxy that breaks connections on purpose: what networks do, made repeatable.

    async with FaultProxy("127.0.0.1", port) as proxy:
        proxy.fault = SwallowAnswer()
        await client.get(proxy.url)
        assert proxy.requests == 1

Set `fault` before the connection is made, or `choose` to have another one for each connection. `connections`
counts what was accepted, `requests` what reached the server, so that a client which asks twice in secret is
found out. Duplicate and Reorder know HTTP, with one request on a connection; the others pass any bytes.
"""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

CHUNK = 65_536


@dataclass(frozen=True)
class Fault:
    """No fault: everything is passed on."""


@dataclass(frozen=True)
class Latency(Fault):
    """Every piece of the answer comes `seconds` late."""

    seconds: float


@dataclass(frozen=True)
class Drip(Fault):
    """The answer comes one byte at a time, `seconds` apart: no read ever times out."""

    seconds: float


@dataclass(frozen=True)
class ResetAtOnce(Fault):
    """The connection is accepted and reset before anything is read."""


@dataclass(frozen=True)
class ResetAfterRequest(Fault):
    """The server gets the request; then the client gets a reset instead of the answer."""


@dataclass(frozen=True)
class HalfOpen(Fault):
    """The connection is accepted; then silence in both directions."""


@dataclass(frozen=True)
class SwallowAnswer(Fault):
    """The server gets the request and answers; the answer never arrives."""


@dataclass(frozen=True)
class CutAfter(Fault):
    """The connection is closed after `count` bytes of the answer; `reset` does it by a reset."""

    count: int
    reset: bool = False


@dataclass(frozen=True)
class CutRequest(Fault):
    """The server gets the first `count` bytes of the request, then the end."""

    count: int


@dataclass(frozen=True)
class Duplicate(Fault):
    """The server gets the request twice and answers twice; the client sees the second answer."""


@dataclass(frozen=True)
class Reorder(Fault):
    """The request is held until a later one was answered, or `seconds` when none comes."""

    seconds: float


FAULTS: tuple[Fault, ...] = (
    ResetAtOnce(),
    ResetAfterRequest(),
    HalfOpen(),
    SwallowAnswer(),
    CutAfter(0),
    CutAfter(9, reset=True),
    CutRequest(40),
    CutRequest(180),
    Latency(0.05),
    Drip(0.001),
    Duplicate(),
    Reorder(0.2),
)
"""One of each, as hard as a call outlives or does not."""
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class FaultProxy:
    """Listens on a free port of the loopback and passes on to host:port, as `fault` says."""

    def __init__(self, host: str, port: int, fault: Fault | None = None) -> None:
        self.host, self.port = host, port
        self.fault = fault or Fault()
        self.choose: Callable[[], Fault] = lambda: self.fault
        self.connections = 0
        self.requests = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._held: asyncio.Event | None = None
        """Set when the request that it holds up was overtaken."""

    async def __aenter__(self) -> FaultProxy:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *reason: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        for writer in self._writers:
            writer.close()

    async def drop(self) -> None:
        """Close what is open, so that the next call makes a connection and meets the fault set now."""
        for writer in self._writers:
            writer.close()
        self._writers.clear()
        await asyncio.sleep(0.02)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.connections += 1
        self._writers.add(writer)
        with suppress(OSError, asyncio.CancelledError):
            await self._connection(self.choose(), reader, writer)

    async def _connection(self, fault: Fault, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if isinstance(fault, ResetAtOnce):
            return _reset(writer)
        if isinstance(fault, HalfOpen):
            await asyncio.Event().wait()
        if isinstance(fault, Duplicate | Reorder):
            return await self._whole(fault, reader, writer)
        up_reader, up_writer = await asyncio.open_connection(self.host, self.port)
        self._writers.add(up_writer)
        forth = asyncio.create_task(self._forth(fault, reader, up_writer))
        try:
            await self._back(fault, up_reader, writer)
        finally:
            forth.cancel()
            await asyncio.wait([forth])
            up_writer.close()
        return None

    async def _whole(self, fault: Fault, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request and its answer, each read to its end before it is passed on."""
        request = await _message(reader)
        overtaken, self._held = self._held, None
        if isinstance(fault, Reorder) and overtaken is None:
            mine = self._held = asyncio.Event()
            with suppress(TimeoutError):
                await asyncio.wait_for(mine.wait(), fault.seconds)
            if self._held is mine:
                self._held = None
        for _ in range(2 if isinstance(fault, Duplicate) else 1):
            self.requests += 1
            up_reader, up_writer = await asyncio.open_connection(self.host, self.port)
            self._writers.add(up_writer)
            up_writer.write(request)
            answer = await _message(up_reader)
            up_writer.close()
        writer.write(answer)
        await writer.drain()
        writer.close()
        if overtaken:
            overtaken.set()

    async def _forth(self, fault: Fault, reader: asyncio.StreamReader, up_writer: asyncio.StreamWriter) -> None:
        """Client to server. A request here is one write of a client that has nothing to pipeline."""
        while data := await reader.read(CHUNK):
            if isinstance(fault, CutRequest):
                up_writer.write(data[: fault.count])
                up_writer.write_eof()
                return
            if data.split(b" ", 1)[0] in (b"GET", b"POST", b"PUT", b"DELETE", b"PATCH"):
                self.requests += 1
            up_writer.write(data)
            await up_writer.drain()

    async def _back(self, fault: Fault, up_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Server to client, broken as `fault` says."""
        left = fault.count if isinstance(fault, CutAfter) else 0
        while data := await up_reader.read(CHUNK):
            if isinstance(fault, ResetAfterRequest):
                return _reset(writer)
            if isinstance(fault, SwallowAnswer):
                continue
            if isinstance(fault, Latency):
                await asyncio.sleep(fault.seconds)
            if isinstance(fault, Drip):
                for byte in data:
                    if writer.is_closing():
                        return None
                    writer.write(bytes([byte]))
                    await asyncio.sleep(fault.seconds)
                continue
            writer.write(data[:left] if isinstance(fault, CutAfter) else data)
            await writer.drain()
            left -= len(data)
            if isinstance(fault, CutAfter) and left <= 0:
                return _reset(writer) if fault.reset else writer.close()
        if isinstance(fault, SwallowAnswer):
            await asyncio.Event().wait()
        return writer.close()


async def _message(reader: asyncio.StreamReader) -> bytes:
    """A request or an answer with its body, whose length it says. Raises OSError when it breaks off."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        return head + (await reader.readexactly(int(length[1])) if length else b"")
    except asyncio.IncompleteReadError:
        raise ConnectionResetError from None


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST: linger on, for zero seconds."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
