"""Photos and voice notes of leaders, as a page brings them: under our own name, never run, never cached."""

from __future__ import annotations

import asyncio

from starlette.responses import Response

from bot.console.ask import Ask

KINDS = {".jpg": "image/jpeg", ".ogg": "audio/ogg", ".oga": "audio/ogg", ".mp3": "audio/mpeg", ".m4a": "audio/mp4"}


async def kept(ask: Ask, name: str | None) -> Response:
    """The file below the media folder that a row names. Raises Missing when it is there no more."""
    folder = ask.parts.settings.path(ask.parts.settings.privacy.media_folder)
    place = folder / name if name else None
    if place is None or not await asyncio.to_thread(place.is_file):
        ask.missing()
    content = await asyncio.to_thread(place.read_bytes)
    kind = KINDS.get(place.suffix, "application/octet-stream")
    shown = "inline" if kind == "image/jpeg" else "attachment"
    there = {"content-disposition": f'{shown}; filename="{place.name}"'}
    return Response(content, media_type=kind, headers=there)
