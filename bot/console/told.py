"""What the simulator's page tells and is answered: JSON in, JSON out, and why something was not taken."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from bot.console.smartphone import Wrong
from bot.errors import DatabaseError

LARGEST_BODY = 64 * 1024
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


def told(work: Callable[[Mapping[str, Any]], Awaitable[str]]) -> Callable[[Request], Awaitable[Response]]:
    """An address that takes a JSON object; what cannot be taken is a 400 that says why."""

    async def endpoint(request: Request) -> Response:
        try:
            return json({"ok": True, "now": await work(await _body(request))})
        except Wrong as wrong:
            return refused(400, str(wrong))
        except DatabaseError as error:
            return refused(503, str(error))

    return endpoint


async def _body(request: Request) -> Mapping[str, Any]:
    """Only JSON: a form of another site cannot send that without the browser asking us first."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Wrong("send JSON (content-type: application/json)")
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > LARGEST_BODY:
            raise Wrong("too long: at most 64 kB")
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Wrong("not JSON") from None
    if not isinstance(body, dict):
        raise Wrong('send a JSON object, such as {"phone": "+257...", "text": "HELP"}')
    return body


def answered(content: bytes, media_type: str, status: int = 200) -> Response:
    """An answer with the page's rules of content."""
    return Response(content, status, {**HEADERS, "content-type": f"{media_type}; charset=utf-8"})


def json(value: Any, status: int = 200) -> Response:
    """The value as JSON."""
    return answered(orjson.dumps(value), "application/json", status)


def refused(status: int, why: str) -> Response:
    """Why something was not done, in words for who looks at the page."""
    return json({"ok": False, "why": why}, status)
