"""/healthz for whoever watches us, /metrics for Prometheus. Neither says anything about a person."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict

import orjson
from prometheus_client import CONTENT_TYPE_LATEST, Histogram, generate_latest
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.parts import Parts
from bot.store import inbox
from bot.workers import channel_states

LAG = Histogram(
    "kurikirana_loop_lag_seconds", "How late the service came to look at its clock", buckets=(0.05, 0.25, 1, 5, 30)
)


class Lag:
    """How far behind the event loop is: asked every so many seconds, it sees how much later it was asked."""

    def __init__(self, every_s: float) -> None:
        self._every_s, self._due = every_s, 0.0

    async def look(self) -> None:
        """Note how late this look is; the first one is in time."""
        now = asyncio.get_running_loop().time()
        LAG.observe(max(0.0, now - self._due) if self._due else 0.0)
        self._due = now + self._every_s


def routes(parts: Parts) -> Sequence[BaseRoute]:
    """The two addresses."""

    async def healthz(request: Request) -> Response:
        try:
            async with parts.database.read() as tx:
                waiting = await inbox.count_waiting(tx)
        except (SQLAlchemyError, OSError):
            return JSONResponse({"ok": False, "why": "the database does not answer"}, 503)
        broken, wrong, full = parts.outbox.broken, parts.guard.wrong, parts.outbox.full
        said = {"ok": not (broken or wrong), "waiting": waiting, "broken_channels": broken}
        if wrong:
            said["clock"] = wrong
        if full:
            said["full_for_today"] = full
        said["channels"] = [asdict(state) for state in channel_states.states(parts.channels, parts.outbox)]
        return Response(orjson.dumps(said), 200 if said["ok"] else 503, media_type="application/json")

    async def metrics(request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", healthz), Route("/metrics", metrics)]
