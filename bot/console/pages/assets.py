"""The files that pages need: their look, and htmx. Nothing is loaded from elsewhere."""

from __future__ import annotations

from importlib.resources import files

from starlette.responses import Response

from bot.console.ask import Ask
from bot.console.page import Page

_KINDS = {"console.css": "text/css", "htmx.min.js": "text/javascript"}


async def asset(ask: Ask) -> Response:
    """One file, to be kept by the browser for a day."""
    name = ask.request.path_params["name"]
    if name not in _KINDS:
        ask.missing()
    content = files("templates").joinpath("console", name).read_bytes()
    return Response(content, media_type=_KINDS[name], headers={"cache-control": "public, max-age=86400"})


PAGES = (Page("/console/{name}", asset),)
