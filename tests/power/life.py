"""Lives of the service whose disk is recorded, one for each line `FOLDER<tab>EACH<tab>BUG` on the standard input.

`python -m tests.power.life` imports everything and lives once in peace; each recorded life is a fork of it, with its
data in FOLDER/data and its diary in FOLDER/diary. How it left is written when it has ended.

EACH phone writes so many messages. What was promised goes into the file `promises` as it is promised: `A key` once a
provider would be thanked for a message, `S row tries` once a text is handed to the gateway. BUG is a planted one to
be found: `OFF` or `NORMAL` for SQLite's synchronous, `early` thanks before the commit, `uncounted` sends before the
try is committed.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from bot.app import App
from bot.channels.base import Arrival, Message, Sent
from bot.store import engine, outbox
from tests.crash import programme
from tests.crash.harness import fork
from tests.crash.warm import warm


class Promises:
    """Appended in the order of what the disk is told; never synced, since the world keeps them."""

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder / "promises", os.O_WRONLY | os.O_CREAT)
        self._end = 0

    def add(self, promise: str) -> None:
        line = f"{promise}\n".encode()
        os.pwrite(self._file, line, self._end)
        self._end += len(line)


def plant(bug: str, promises: Promises) -> None:
    """Make the service as wrong as it is asked to be."""
    if bug in ("OFF", "NORMAL"):
        engine.PRAGMAS = tuple(pragma.replace("=FULL", f"={bug}") for pragma in engine.PRAGMAS)
    if bug == "uncounted":
        claim = outbox.claim

        async def hasty(tx: Any, items: Sequence[Any]) -> Any:
            found = await claim(tx, items)
            for row in (row for rows in found for row in rows):
                promises.add(f"S {row.id} {row.attempts}")
            return found

        outbox.claim = hasty  # type: ignore[assignment]


async def live(folder: Path, each: int, bug: str) -> None:
    """Every phone writes one message after the other, all phones at once, and each is answered."""
    promises, today = Promises(folder), date.today()
    plant(bug, promises)
    settings = programme.settings(folder, 1, 1, today)
    await programme.make(settings)

    async def send(message: Message) -> Sent:
        promises.add(f"S {message.id} {message.attempt}")
        return Sent(f"gate-{message.id}", "accepted")

    async with App.running(settings, web=False) as app:
        app.channels["kannel"].send = send  # type: ignore[method-assign]

        async def write(phone: str, association: int) -> None:
            for number in range(each):
                told = programme.told(phone, association, number, today)
                if bug == "early":
                    promises.add(f"A {told.key}")
                await app.inbox.arrivals([Arrival("kannel", told.key, "tel", phone, text=told.text)])
                promises.add(f"A {told.key}")

        await asyncio.gather(*(write(*phone) for phone in programme.phones()))
        await app.outbox.drain(5)


def record(folder: Path, each: int, bug: str) -> None:
    """One life, from here on in the diary."""
    (folder / "data").mkdir()
    os.environ |= {"DIARY_OF": str(folder / "data"), "DIARY": str(folder / "diary")}
    asyncio.run(live(folder / "data", each, bug))


def main() -> None:
    """Live as often as it is asked for."""
    warm()
    for line in sys.stdin:
        folder, each, bug = line.removesuffix("\n").split("\t")
        _, status = os.waitpid(fork(partial(record, Path(folder), int(each), bug)), 0)
        print(status, flush=True)


if __name__ == "__main__":
    main()
