"""The line to a gateway on real sockets: what is written, how often, and which answers are whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from bot.channels.line import Line, line_to
from bot.errors import Ambiguous, RetryLater

PATIENCE = aiohttp.ClientTimeout(total=0.4, connect=0.4)


class Gateway:
    """Answers every request with `answer`; `ends` closes behind it."""

    def __init__(self) -> None:
        self.answer, self.ends = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok", False
        self.connections, self.asked = 0, []
        self.writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.asked.append(head)
                writer.write(self.answer)
                await writer.drain()
                if self.ends:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()

    async def gone(self) -> None:
        """Every connection is closed."""
        for writer in self.writers:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for writer in self.writers), return_exceptions=True)


@asynccontextmanager
async def gateway(path: str = "/send") -> AsyncIterator[tuple[Gateway, Line]]:
    one = Gateway()
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    line = line_to(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{path}", "kannel")
    assert line is not None
    yield one, line
    line.close()
    server.close()
    await one.gone()
    await server.wait_closed()


async def test_one_connection_serves_one_request_after_the_other() -> None:
    async with gateway("/send?smsc=a") as (one, line):
        for number in range(3):
            reply = await line.get(f"text=a+{number}%0A", PATIENCE)
            assert (reply.status, reply.body) == (202, b"ok")
        assert one.connections == 1
        assert [head.split(b" HTTP", 1)[0] for head in one.asked] == [
            b"GET /send?smsc=a&text=a+%d%%0A" % number for number in range(3)
        ]
        assert one.asked[0].count(b"\r\nHost: 127.0.0.1:") == 1


async def test_as_many_connections_as_requests_at_once() -> None:
    async with gateway() as (one, line):
        assert {r.status for r in await asyncio.gather(*(line.get("a=1", PATIENCE) for _ in range(8)))} == {202}
        assert one.connections == 8
        await line.get("a=1", PATIENCE)
        assert one.connections == 8


@pytest.mark.parametrize(
    ("answer", "ends", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", False, b"abc"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc", True, b"abc"),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc", True, b"abc"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", False, b"abc"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", False, b""),
    ],
)
async def test_every_way_to_end_an_answer(answer: bytes, ends: bool, body: bytes) -> None:
    async with gateway() as (one, line):
        one.answer, one.ends = answer, ends
        for _ in range(2):
            reply = await line.get("a=1", PATIENCE)
            assert (reply.status, reply.body) == (200, body)
        assert len(one.asked) == 2
        assert one.connections == (2 if ends else 1)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
        b"HTTP/1.1 200 O",
        b"smtp ready\r\n\r\n",
    ],
)
async def test_half_an_answer_is_in_doubt_and_asked_once(answer: bytes) -> None:
    async with gateway() as (one, line):
        for ends in (True, False):
            one.answer, one.ends, one.asked = answer, ends, []
            with pytest.raises(Ambiguous):
                await line.get("a=1", PATIENCE)
            assert len(one.asked) == 1


async def test_more_than_is_needed_is_not_read() -> None:
    async with gateway() as (one, line):
        one.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b"x" * 200_000
        assert len((await line.get("a=1", PATIENCE)).body) > 65_536


async def test_who_goes_away_leaves_no_answer_to_the_next() -> None:
    async with gateway() as (one, line):
        one.answer = b""
        task = asyncio.create_task(line.get("a=1", PATIENCE))
        while not one.asked:
            await asyncio.sleep(0.005)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        one.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew"
        assert (await line.get("a=2", PATIENCE)).body == b"new"
        assert one.connections == 2


async def test_a_connection_that_was_closed_meanwhile_is_not_used() -> None:
    async with gateway() as (one, line):
        one.ends = True
        one.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"  # says nothing of closing, and closes
        await line.get("a=1", PATIENCE)
        await asyncio.sleep(0.05)
        assert (await line.get("a=2", PATIENCE)).body == b"ok"


async def test_nobody_there_is_said_before_anything_left() -> None:
    line = line_to("http://127.0.0.1:9/x", "kannel")
    assert line is not None
    with pytest.raises(RetryLater, match="cannot be reached"):
        await line.get("a=1", PATIENCE)


@pytest.mark.parametrize(
    "address", ["https://gateway/x", "http://u:p@gateway/x", "gateway", "http://", "ftp://x/", ""]
)
def test_everything_else_is_aiohttps(address: str) -> None:
    assert line_to(address, "kannel") is None
