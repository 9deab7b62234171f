"""SIGTERM: sends under way end, what did not start stays queued, nothing is left in doubt (fault A8)."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import aiohttp
import pytest

from bot.__main__ import main
from tests import processes
from tests.crash import programme
from tests.crash.harness import listening
from tests.crash.programme import LEADERS, SECRET, phones, told

SLOW_S = 1.5
PER_PHONE = 4


class Gateway:
    """A sendsms that takes its time."""

    def __init__(self) -> None:
        self.begun = self.ended = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                self.begun += 1
                await asyncio.sleep(SLOW_S)
                writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 11\r\n\r\n0: Accepted")
                await writer.drain()
                self.ended += 1
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[tuple[ForkServerProcess, Gateway]]:
    """The real command with a slow gateway; every phone has sent PER_PHONE reports."""
    gateway, door = Gateway(), listening()
    server = await asyncio.start_server(gateway.answer, "127.0.0.1", 0)
    port, gate = door.getsockname()[1], server.sockets[0].getsockname()[1]
    door.close()
    settings = programme.settings(folder, port, gate, date.today())
    await programme.make(settings)
    config = folder / "kurikirana.toml"
    config.write_text(
        f'live = true\n[safeguarding]\nhotline = "22"\n[project]\nstart = {settings.project.start}\n[database]\nurl = "sqlite:///crash.db"\n'
        f'[web]\nport = {port}\npublic_url = "http://127.0.0.1:{port}"\n[channels.kannel]\n'
        f'sendsms_url = "http://127.0.0.1:{gate}/cgi-bin/sendsms"\nusername = "us"\npassword = "ours"\n'
        f'sender = "8585"\nsecret = "{SECRET}"\n'
    )
    words = ["--config", str(config), "run"]
    process = await asyncio.to_thread(processes.started, main, words, out=os.devnull, err=os.devnull)
    try:
        await _report(port)
        yield process, gateway
    finally:
        process.kill()
        await left(process)
        server.close()


async def left(process: ForkServerProcess) -> int | None:
    """Its exit code, once it has ended."""
    await asyncio.to_thread(process.join, 20)
    return process.exitcode


async def _report(port: int) -> None:
    end = time.monotonic() + 60
    async with aiohttp.ClientSession() as http:
        for number in range(1, PER_PHONE + 1):
            for phone, association in phones():
                message = told(phone, association, number, date.today())
                fields = {"from": phone, "text": message.text, "id": message.key, "time": "1795487454"}
                url = f"http://127.0.0.1:{port}/channels/kannel/{SECRET}/incoming"
                while time.monotonic() < end:
                    try:
                        async with http.get(url, params=fields) as answer:
                            assert answer.status == 200
                            break
                    except aiohttp.ClientConnectorError:
                        await asyncio.sleep(0.05)
                else:
                    pytest.fail("the service did not start")


def states(folder: Path) -> Counter[str]:
    database = sqlite3.connect(folder / "crash.db")
    found: Counter[str] = Counter(dict(database.execute("select state, count(*) from outbox group by state")))
    assert database.execute("select count(*) from inbox where state != 'done'").fetchone() == (0,)
    database.close()
    return found


@pytest.mark.fault("A8")
async def test_sigterm_lets_sends_end_and_leaves_the_rest_queued(tmp_path: Path) -> None:
    async with running(tmp_path) as (process, gateway):
        while not gateway.begun:
            await asyncio.sleep(0.01)
        began = time.monotonic()
        process.terminate()
        assert await left(process) == 0
        took = time.monotonic() - began
    found = states(tmp_path)
    every = PER_PHONE * len(phones())
    assert took < SLOW_S + 3
    assert found == {"accepted": gateway.ended, "queued": every - gateway.ended}, "a send was cut off"
    assert gateway.begun == gateway.ended <= LEADERS * programme.ASSOCIATIONS * 2
    assert found["queued"] > 0


@pytest.mark.fault("A8")
async def test_a_second_sigterm_ends_at_once(tmp_path: Path) -> None:
    async with running(tmp_path) as (process, gateway):
        while not gateway.begun:
            await asyncio.sleep(0.01)
        began = time.monotonic()
        process.terminate()
        await asyncio.sleep(0.2)
        process.terminate()
        assert await left(process) == -signal.SIGTERM
        assert time.monotonic() - began < 1
    assert states(tmp_path)["sending"] > 0, "as after a kill: the next start decides"
