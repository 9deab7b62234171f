"""The load generator and the providers that answers go to: one process, apart from what it measures.

`python -m benchmarks.load DIALECT DELAY_MS` listens as a provider, prints its port, reads one line of JSON (an
`Order`), plays the contacts and prints one line of JSON. A message counts when its answer has reached the
provider. Closed loop: a contact sends its next message when the last one was acknowledged and answered. Open
loop: messages leave at a fixed rate whatever comes back, and their delay counts from when they were due.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import time
from collections import deque
from dataclasses import dataclass

from benchmarks.dialects import DIALECTS, Dialect
from benchmarks.talk import PER_HOUR, TEXTS, text
from benchmarks.wire import Client, Server

PATIENCE_S = 5.0
"""A contact that got no answer for so long is counted as left without one."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to play; times in seconds, `rate` in messages a second (0 = closed loop)."""

    ports: list[int]
    path: str
    contacts: int
    connections: int = 64
    warm_s: float = 1.0
    window_s: float = 2.0
    windows: int = 2
    rate: float = 0.0
    offset_s: float = 0.0


class Contact:
    """One phone: where it is in its conversation, and what it waits for."""

    __slots__ = ("acknowledged", "answered", "due", "number", "place", "talks", "waits")

    def __init__(self, number: int) -> None:
        self.number, self.place, self.talks = number, 0, 0
        self.waits = self.answered = self.acknowledged = False
        self.due = 0.0


class Load:
    """Plays the contacts of an order and counts."""

    def __init__(self, dialect: Dialect, order: Order) -> None:
        self.dialect, self.order = dialect, order
        self.contacts: dict[int, Contact] = {}
        self.ready: deque[Contact] = deque()
        self.free: deque[Client] = deque()
        self.answers = self.extra = self.refused = self.talks = self._ids = 0
        self.delays: list[float] = []
        self._run = f"{os.getpid():x}{int(time.time()):x}"
        self._due: deque[float] = deque()
        self._stopped = False
        for _ in range(order.contacts):
            self._another()

    def _another(self) -> None:
        contact = Contact(len(self.contacts))
        self.contacts[contact.number] = contact
        self.ready.append(contact)

    def pump(self) -> None:
        """Send while there is a contact with something to say and a connection to say it on."""
        due = self._due if self.order.rate else None
        while self.ready and self.free and not self._stopped and (due is None or due):
            contact = self.ready.popleft()
            contact.due = due.popleft() if due else time.perf_counter()
            contact.waits, contact.answered, contact.acknowledged = True, False, False
            self._ids += 1
            key = f"{self._run}-{self._ids}"
            said = text(contact.place, contact.talks)
            request = self.dialect.request(self.order.path, contact.number, key, said, self._clock())
            self.free.popleft().ask(request, lambda status, who=contact: self._acknowledged(who, status))

    def _clock(self) -> int:
        return int(time.time() + self.order.offset_s)

    def _acknowledged(self, contact: Contact, status: int) -> None:
        if status in (200, 202):
            contact.acknowledged = True
            self._next(contact)
        else:
            self.refused += 1
            contact.waits = False
            asyncio.get_running_loop().call_later(0.05, self._again, contact)
        self.pump()

    def _again(self, contact: Contact) -> None:
        self.ready.append(contact)
        self.pump()

    def heard(self, number: int) -> None:
        """An answer for this contact has reached its provider."""
        contact = self.contacts.get(number)
        if contact is None or not contact.waits or contact.answered:
            self.extra += 1
            return
        contact.answered = True
        self.answers += 1
        self.delays.append(time.perf_counter() - contact.due)
        self._next(contact)
        self.pump()

    def _next(self, contact: Contact) -> None:
        if not (contact.answered and contact.acknowledged):
            return
        contact.waits = False
        contact.place = (contact.place + 1) % len(TEXTS)
        if contact.place == 0:
            self.talks += 1
            contact.talks += 1
            if contact.talks >= PER_HOUR:
                self._another()
                return
        self.ready.append(contact)

    async def play(self) -> dict[str, object]:
        """Connect, warm up, count every window, let what is under way end."""
        await self._connect()
        ticking = asyncio.create_task(self._tick()) if self.order.rate else None
        self.pump()
        await asyncio.sleep(self.order.warm_s)
        rates, self.delays = [], []
        busy, began = time.process_time(), time.perf_counter()
        for _ in range(self.order.windows):
            rates.append(await self._window())
        busy = (time.process_time() - busy) / (time.perf_counter() - began)
        delays = sorted(self.delays)
        self._stopped = True
        if ticking:
            ticking.cancel()
        silent = await self._settle()
        return {
            "rates": rates,
            "p50_ms": _at(delays, 0.50),
            "p99_ms": _at(delays, 0.99),
            "talks": self.talks,
            "answers": self.answers,
            "extra": self.extra,
            "refused": self.refused,
            "silent": silent,
            "people": len(self.contacts),
            "busy": round(busy, 3),
        }

    async def _window(self) -> float:
        began, before = time.perf_counter(), self.answers
        await asyncio.sleep(self.order.window_s)
        return (self.answers - before) / (time.perf_counter() - began)

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        for number in range(self.order.connections):
            port = self.order.ports[number % len(self.order.ports)]
            _, client = await loop.create_connection(lambda: Client(self.free.append, self._lost), "127.0.0.1", port)
            self.free.append(client)

    def _lost(self, client: Client) -> None:
        with contextlib.suppress(ValueError):
            self.free.remove(client)
        if not self._stopped and not self.free and not any(c.waits for c in self.contacts.values()):
            raise RuntimeError("every connection was closed by the service")

    async def _tick(self) -> None:
        step = 1.0 / self.order.rate
        due = time.perf_counter()
        while True:
            while due <= time.perf_counter():
                self._due.append(due)
                due += step
            self.pump()
            await asyncio.sleep(0.001)

    async def _settle(self) -> int:
        """How many were left without an answer when all went quiet."""
        until = time.perf_counter() + PATIENCE_S
        while time.perf_counter() < until:
            left = sum(contact.waits for contact in self.contacts.values())
            if not left:
                return 0
            await asyncio.sleep(0.05)
        return left


def _at(delays: list[float], share: float) -> float:
    """This share of the sorted delays is at most so long, in ms."""
    return round(delays[min(len(delays) - 1, int(len(delays) * share))] * 1000, 2) if delays else 0.0


async def main(name: str, delay_ms: float) -> None:
    """Listen as a provider, take the order, play it, say what was measured."""
    dialect = DIALECTS[name]
    load: Load | None = None

    def answer(line: bytes, body: bytes) -> bytes:
        number, said = dialect.answer(line, body)
        if load is not None and number is not None:
            load.heard(number)
        return said

    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Server(answer, delay_ms / 1000), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    line = await loop.run_in_executor(None, sys.stdin.readline)
    if line.strip():
        load = Load(dialect, Order(**json.loads(line)))
        print(json.dumps(await load.play()), flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)  # the provider stays until the service has stopped


if __name__ == "__main__":
    try:
        import uvloop as runner
    except ImportError:
        runner = asyncio  # type: ignore[assignment]
    runner.run(main(sys.argv[1], float(sys.argv[2])))
