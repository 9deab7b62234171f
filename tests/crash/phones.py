"""The other side of the provider: brings messages by webhook and comes again until it is told they are kept.

As Kannel and every other gateway it knows nothing but the status: no answer, or not 2xx, means to
bring the same message again. Now and then it brings one again although it was taken.
"""

from __future__ import annotations

import asyncio
import json
import random
import signal
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from urllib.parse import quote_plus

from tests.crash import programme
from tests.crash.programme import Told

AGAIN = 0.1
"""Share of messages that are brought once more after they were taken."""
AGAIN_S = 0.06
"""Rest before a message that was not taken is brought again."""


class Phones:
    """One sender per phone, each message only after the one before was taken."""

    def __init__(self, ports: Sequence[int], seed: int, pause_s: float, first: str = "") -> None:
        self._ports, self._pause_s, self._first = ports, pause_s, first
        self._chance = random.Random(seed)
        self.taken: list[Told] = []
        self.posts = self.refused = self.again = 0
        self.stop = asyncio.Event()

    async def run(self, today: date) -> None:
        """Until `stop` is set, and each phone's last message was taken."""
        phones = [
            asyncio.create_task(self._phone(self._messages(phone, association, today)))
            for phone, association in programme.phones()
        ]
        await asyncio.gather(*phones)

    def _messages(self, phone: str, association: int, today: date) -> Iterator[Told]:
        number = 0
        if self._first and (phone, association) == programme.phones()[0]:
            yield Told(phone, 0, self._first, association, 0, 0, 0, 0)
        while not self.stop.is_set():
            number += 1
            yield programme.told(phone, association, number, today)

    async def _phone(self, messages: Iterator[Told]) -> None:
        for message in messages:
            while not await self._post(message):
                await asyncio.sleep(AGAIN_S)
            self.taken.append(message)
            if self._chance.random() < AGAIN:
                self.again += 1
                old = self._chance.choice(self.taken)
                while not await self._post(old):
                    await asyncio.sleep(AGAIN_S)
            await asyncio.sleep(self._chance.random() * 2 * self._pause_s)

    async def _post(self, message: Told) -> bool:
        query = f"from={quote_plus(message.phone)}&text={quote_plus(message.text)}&id={message.key}&to=8585"
        path = f"/channels/kannel/{programme.SECRET}/incoming?{query}&charset=UTF-8&time=1795487454"
        self.posts += 1
        try:
            async with asyncio.timeout(5):
                reader, writer = await asyncio.open_connection("127.0.0.1", self._chance.choice(self._ports))
                try:
                    writer.write(f"GET {path} HTTP/1.1\r\nHost: us\r\nConnection: close\r\n\r\n".encode())
                    status = (await reader.readline()).split(b" ")
                finally:
                    writer.close()
        except (OSError, TimeoutError):
            status = []
        if len(status) > 1 and status[1].startswith(b"2"):
            return True
        self.refused += 1
        return False


def run(ports: Sequence[int], seed: int, pause_s: float, today: date, log: Path, first: str = "") -> None:
    """Bring messages until SIGTERM, each to any of these ports; then finish, and write what was taken to `log`."""
    asyncio.run(_run(ports, seed, pause_s, today, log, first))


async def _run(ports: Sequence[int], seed: int, pause_s: float, today: date, log: Path, first: str) -> None:
    phones = Phones(ports, seed, pause_s, first)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, phones.stop.set)
    await phones.run(today)
    counts = {"posts": phones.posts, "refused": phones.refused, "again": phones.again}
    log.write_text(json.dumps({"taken": [asdict(message) for message in phones.taken], **counts}), encoding="utf-8")


def read(log: Path) -> tuple[Sequence[Told], dict[str, int]]:
    """What was taken, and the counts."""
    found = json.loads(log.read_text(encoding="utf-8"))
    return [Told(**message) for message in found.pop("taken")], found
