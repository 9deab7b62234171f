"""One broadcast by our service: `python -m benchmarks.broadcast CONFIG PEOPLE in|out|on`, the people are there.

`in`: how fast an approved list becomes outbox rows, with nobody sending. `out`: the whole service from approval to
the last mark. `on`: the same from the start of a service that finds one under way. Prints JSON: seconds, and memory
before and at its highest, in MB.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from datetime import time as wall
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot import settings as settings_file
from bot.app import App
from bot.channels import build, limits
from bot.clock import Clock
from bot.control import run_all
from bot.operations import Asked
from bot.programme.broadcasts import acts, sending
from bot.programme.broadcasts.audience import Audience
from bot.programme.broadcasts.plan import means_of
from bot.programme.broadcasts.sending import Begin
from bot.programme.broadcasts.wording import Wording
from bot.sections import Hours
from bot.settings import Settings
from bot.store import broadcasts as store
from bot.store.engine import Database
from bot.workers.broadcasts import BroadcastWorker

TEXT = Wording(
    {
        "rn": "OIM: {name}, imurikagurisha ni {date} i Rutana. Muzoza? Baza {officer}. ABAHUZA: {association}",
        "fr": "OIM: {name}, la Foire est le {date} à Rutana. Venez-vous? Demandez {officer}. ({association})",
        "sw": "OIM: {name}, maonyesho ni {date} Rutana. Mtakuja? Uliza {officer}. ({association})",
        "en": "OIM: {name}, the Fair is on {date} in Rutana. Will you come? Ask {officer}. ({association})",
    },
    day=Clock().now().date(),
)


def memory(name: str = "VmRSS") -> float:
    """MB of this process; VmHWM is the most since it was reset."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))


async def approved(database: Database, setup: Any, people: int) -> int:
    """A broadcast to all of them, to begin at once."""

    async def do(name: str, details: dict[str, Any]) -> Any:
        return await database.writer.do(run_all, Asked(f"broadcast {name}", details, Clock().now()))

    details = {**acts.as_details(TEXT), "audience": {"asked": "all"}, "submitted": "bench"}
    number, after = (await do("make", details))["id"], None
    everybody = {"setup": acts.setup_details(setup), **acts.whom("all", Audience())}
    while True:
        after = await do("freeze", {"id": number, "after": after, **everybody})
        if after is None:
            break
    now = Clock().now()
    times = {"starts_at": now.isoformat(), "ends_at": (now + timedelta(hours=2)).isoformat()}
    await do("approve", {"id": number, "number": people, **times})
    return int(number)


async def into_the_outbox(settings: Settings, people: int) -> dict[str, float]:
    """Nobody sends; the worker fills without its bound."""
    database = await Database.open(settings.database.url, settings.folder)
    means = means_of(settings, build(settings, Clock().now), limits(settings))

    async def notify() -> None: ...

    worker = BroadcastWorker(database, Clock().now, means, notify)
    began = time.perf_counter()
    number = await approved(database, means.setup, people)
    frozen, now = time.perf_counter() - began, Clock().now()
    await database.writer.do(sending.begin, Begin(number, now, now, None))
    before, began, cpu = reset(), time.perf_counter(), time.process_time()
    taken = await worker.fill(number, people + 1)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    assert taken == people
    found = {"seconds": seconds, "cpu_s": cpu, "frozen_s": frozen, "before_mb": before, "most_mb": memory("VmHWM")}
    await database.close()
    return found


def reset() -> float:
    """Memory now, MB; what VmHWM says from here on is the most since."""
    Path("/proc/self/clear_refs").write_text("5")  # the highest mark begins anew
    return memory()


async def on(settings: Settings, people: int) -> dict[str, float]:
    """The service goes on with the one that was under way when it died."""
    return await out(settings, people, number=1)


async def out(settings: Settings, people: int, number: int = 0) -> dict[str, float]:
    """The service sends it."""
    async with App.running(settings, web=False) as app:
        number = number or await approved(app.database, means_of(settings, app.channels, {}).setup, people)
        before, began, cpu = reset(), time.perf_counter(), time.process_time()
        while True:
            async with app.database.read() as tx:
                row = await store.one(tx, number)
            if row is not None and row.state == "done":
                break
            await asyncio.sleep(0.02)
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        return {"seconds": seconds, "cpu_s": cpu, "before_mb": before, "most_mb": memory("VmHWM")}


def always(settings: Settings) -> Settings:
    """The same with no hour in which nothing unasked may leave."""
    hours = Hours(send_from=wall(0, 0), send_to=wall(23, 59), no_sending=())
    return settings.model_copy(update={"hours": hours})


def main(config: str, people: int, what: str) -> None:
    """Print what was measured."""
    settings = always(settings_file.load(Path(config), {}))
    work = {"in": into_the_outbox, "out": out, "on": on}[what]
    print(json.dumps(asyncio.run(work(settings, people))))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
