"""/healthz for whoever watches us, /metrics for Prometheus. Neither says anything about a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import orjson
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.errors import DatabaseError
from bot.parts import Parts
from bot.store import inbox
from bot.workers import channel_states


def routes(parts: Parts) -> Sequence[BaseRoute]:
    """The two addresses."""

    async def healthz(request: Request) -> Response:
        try:
            async with parts.database.read() as tx:
                waiting = await inbox.count_waiting(tx)
        except DatabaseError:
            return JSONResponse({"ok": False, "why": "the database does not answer"}, 503)
        if parts.database.refused:
            return JSONResponse({"ok": False, "why": "the database takes nothing: is its disk full?"}, 503)
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
