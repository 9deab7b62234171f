"""All addresses of the service: the providers' doors first, then what Starlette serves."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from bot.channels.web import Door

NO_DOOR = Route("/channels/{rest:path}", Response(status_code=404))
"""Behind all doors: to a gateway a page of ours, the sign-in for instance, is a 200, and what it brought is lost."""


class Front:
    """An ASGI application. Through Starlette's layers a provider's call, the hot path, costs half as much again."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        doors = [route for route in routes if isinstance(route, Route) and isinstance(route.endpoint, Door)]
        self._doors = [(route.path_regex, route.endpoint) for route in doors]
        self._site = Starlette(routes=[route for route in routes if route not in doors])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            for pattern, door in self._doors:
                if found := pattern.match(scope["path"]):
                    scope["path_params"] = found.groupdict()
                    await door(scope, receive, send)
                    return
        await self._site(scope, receive, send)
