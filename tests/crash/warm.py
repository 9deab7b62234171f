"""A process that others are forked from has imported, read and compiled what each of them needs, by living once."""

from __future__ import annotations

import asyncio
import gc
import importlib
import logging
import tempfile
import threading
from datetime import date
from functools import cache
from pathlib import Path

import structlog

from bot.app import App
from bot.channels.base import Arrival, Message, Sent
from bot.settings import Settings
from tests import once
from tests.crash import child, programme

_LATER = (
    "sqlalchemy.dialects.sqlite.aiosqlite",
    "aiosqlite",
    "typer.rich_utils",
    "uvicorn.lifespan.off",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
)
"""What is imported when it is needed first."""


def warm() -> None:
    """For lives that are forked from here on: they also have words and forms from the start."""
    live_once()
    child.preload(programme.settings(Path(), 1, 1, date.today()))
    gc.freeze()


@cache
def live_once() -> None:
    """One life in this process, in which every phone is answered; it leaves no thread that a fork would miss."""
    once.share()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_in_peace(programme.settings(Path(folder), 1, 1, date.today())))
    structlog.reset_defaults()
    assert threading.active_count() == 1, "a fork takes no other thread along"
    for name in _LATER:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


async def _in_peace(settings: Settings) -> None:
    async def send(message: Message) -> Sent:
        return Sent(f"gate-{message.id}", "accepted")

    await programme.make(settings)
    async with App.running(settings, web=False) as app:
        app.channels["kannel"].send = send  # type: ignore[method-assign]
        for number in (1, 2):
            told = [programme.told(*phone, number, date.today()) for phone in programme.phones()]
            await app.inbox.arrivals([Arrival("kannel", one.key, "tel", one.phone, text=one.text) for one in told])
            while not await child.idle(app):
                await asyncio.sleep(0.01)
