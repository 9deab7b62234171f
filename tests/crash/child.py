"""The service that is killed: the real App, started in a child that was forked with everything imported.

It dies by SIGKILL at the nth time a named point is reached. What the harness must know afterwards
stands in memory that parent and child share.
"""

from __future__ import annotations

import asyncio
import logging
import mmap
import os
import signal
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog

from bot import parts
from bot.app import App
from bot.forms import load_shipped
from bot.render import Words
from bot.settings import Settings
from bot.store import inbox, outbox
from bot.workers import inbox as inbox_worker
from bot.workers import outbox as outbox_worker
from handlers import conversations
from tests.crash.programme import POISON


@dataclass(frozen=True)
class Plan:
    """How this life ends: at the nth time of a point (after it was ready, or from the start), or not by itself."""

    point: str = ""
    nth: int = 1
    early: bool = False
    """Count from the start, thus also in the recovery."""
    poison: bool = False
    """The step ends the process at POISON."""
    planted: str = ""
    """A bug to be found: 'early' acknowledges before the commit, 'twice' forgets the keys, 'again' sends what
    was interrupted as often as it was interrupted."""
    finish: bool = False
    """Leave in order when nothing is left to do and the phones have stopped."""


class Shared:
    """Numbers that survive the child: sends under way, whether it is ready, whether the phones stopped."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 64)

    def _get(self, place: int) -> int:
        return int(struct.unpack_from("q", self._memory, 8 * place)[0])

    def _set(self, place: int, value: int) -> None:
        struct.pack_into("q", self._memory, 8 * place, value)

    under_way = property(lambda self: self._get(0), lambda self, value: self._set(0, value))
    ready = property(lambda self: self._get(1), lambda self, value: self._set(1, value))
    stopped = property(lambda self: self._get(2), lambda self, value: self._set(2, value))
    died_at_point = property(lambda self: self._get(3), lambda self, value: self._set(3, value))


def preload(settings: Settings) -> None:
    """Words and forms are read once, by the parent; a child has them from the start."""
    words = Words.load(parts._words_folder(settings), parts._common(settings))
    shipped = load_shipped()

    async def all_forms(_tx: Any) -> Any:
        return shipped

    Words.load = classmethod(lambda cls, *arguments: words)  # type: ignore[assignment]
    parts.load_all = all_forms
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def live(settings: Settings, plan: Plan, shared: Shared) -> None:
    """One life of the service. Does not return but by death, or by os._exit(0) after a clean stop."""
    asyncio.run(_live(settings, plan, shared))
    os._exit(0)


async def _live(settings: Settings, plan: Plan, shared: Shared) -> None:
    _count_sends(shared)
    _plant(plan)
    async with App.running(settings, crash=_crash(plan, shared)) as app:
        shared.ready = 1
        if not plan.finish:
            await asyncio.Event().wait()
        while not (shared.stopped and await idle(app)):
            await asyncio.sleep(0.02)


def _crash(plan: Plan, shared: Shared) -> Callable[[str], None]:
    left = plan.nth

    def crash(point: str) -> None:
        nonlocal left
        if point != plan.point or not (plan.early or shared.ready):
            return
        left -= 1
        if left == 0:
            shared.died_at_point = 1
            os.kill(os.getpid(), signal.SIGKILL)

    return crash


async def idle(app: App) -> bool:
    async with app.database.read() as tx:
        waiting = await inbox.count_waiting(tx)
        open_texts = "select count(*) from outbox where state in ('queued','sending')"
        return waiting == 0 and (await tx.exec_driver_sql(open_texts)).scalar_one() == 0


def _count_sends(shared: Shared) -> None:
    """A send is under way from its claim's commit until its mark's."""
    shared.under_way = 0
    real = outbox_worker.OutboxWorker._try

    async def counted(self: Any, name: str, claim: Any) -> None:
        shared.under_way += 1
        try:
            await real(self, name, claim)
        finally:
            shared.under_way -= 1

    outbox_worker.OutboxWorker._try = counted  # type: ignore[method-assign]


def _plant(plan: Plan) -> None:
    if plan.poison:
        real = conversations.step

        def step(turn: Any) -> Any:
            if turn.inbound.text == POISON:
                os._exit(9)
            return real(turn)

        parts.step = step
    if plan.planted == "early":
        inbox_worker.InboxWorker.arrivals = _thank_first(inbox_worker.InboxWorker.arrivals)
    if plan.planted == "twice":
        inbox.keep = _forget_keys(inbox.keep)
    if plan.planted == "again":
        outbox.interrupted = _send_again(outbox.interrupted)


def _thank_first(kept: Any) -> Any:
    async def arrivals(self: Any, arrivals: Sequence[Any]) -> None:
        asyncio.get_running_loop().call_later(0.02, lambda: asyncio.ensure_future(kept(self, arrivals)))

    return arrivals


def _forget_keys(kept: Any) -> Any:
    async def keep(tx: Any, items: Sequence[Any]) -> list[int]:
        return await kept(tx, [replace(item, key=f"{item.key}#{os.urandom(4).hex()}") for item in items])

    return keep


def _send_again(decide: Any) -> Any:
    async def interrupted(tx: Any, items: Sequence[Any]) -> list[int]:
        return await decide(tx, [(now, everything, ("kannel",)) for now, everything, _ in items])

    return interrupted
