"""The demo's smartphone: a chat with buttons, read from the rows, and what its owner does with it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from bot.attachments import attached
from bot.channels.chat import Chat
from bot.parts import Parts
from bot.store import look

MOST_MESSAGES = 60
LONGEST = 4096


class Wrong(Exception):
    """What was sent cannot be taken; the text says what to do."""


class Smartphone:
    """One for the page; which chat it shows is asked each time."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def state(self, tx: AsyncConnection, chat: str) -> dict[str, Any]:
        """What this chat shows: messages, oldest first, and the keyboard below them."""
        heard = await look.chat_heard(tx, chat, MOST_MESSAGES)
        said = await look.chat_said(tx, chat, MOST_MESSAGES)
        return screen(heard, said, self._parts.settings.zone)

    async def file(self, request: Request) -> Response:
        """What went along with a text of a simulated chat, to be saved."""
        async with self._parts.database.read() as tx:
            row = await look.chat_text(tx, int(request.path_params["row"]))
        noted = (row.data or {}).get("file") if row else None
        settings = self._parts.settings
        there = noted and await asyncio.to_thread(attached, noted, settings.path(settings.privacy.media_folder))
        if not there:
            return Response("no such file", 404)
        headers = {"Content-Disposition": f'attachment; filename="{there.name}"', "X-Content-Type-Options": "nosniff"}
        return Response(there.content, media_type="application/octet-stream", headers=headers)

    async def do(self, body: Mapping[str, Any]) -> str:
        """Write, answer a message (`reply_to`), press a button (`message`, `data`). Raises Wrong."""
        chat, text = body.get("chat"), body.get("text", "")
        if not isinstance(chat, str) or not chat.isdecimal():
            raise Wrong("chat: the number of a chat, such as 101")
        if not isinstance(text, str) or len(text) > LONGEST:
            raise Wrong(f"text: at most {LONGEST} characters")
        channel, key = self._parts.channels["chat"], f"chat-{uuid4().hex}"
        assert isinstance(channel, Chat), "the smartphone talks to simulated chats only"
        if isinstance(body.get("data"), str):
            pressed = {"data": body["data"], "callback": key, "message": str(body.get("message", ""))}
            await channel.hear(chat, key, "button", "", pressed)
        else:
            replied = {"reply_to": body["reply_to"]} if isinstance(body.get("reply_to"), str) else {}
            await channel.hear(chat, key, "text", text, replied)
        return "sent"


def screen(heard: Sequence[Any], said: Sequence[Any], zone: tzinfo) -> dict[str, Any]:
    """Messages in the order in which they came; a card stands where it was sent, as it was edited last."""
    lines: list[tuple[tuple[int, int, int], dict[str, Any]]] = []
    there: dict[str, dict[str, Any]] = {}
    keyboard: list[str] = []
    labels: dict[tuple[Any, Any], str] = {}
    for row in said:
        data = row.data or {}
        if data.get("keyboard"):
            keyboard = [] if data["keyboard"] == "remove" else list(data.get("words", ()))
        if not row.text:
            continue
        message = there.get(row.provider_id)
        if message is None:
            message = {"side": "us", "id": row.provider_id, "at": f"{row.made_at.astimezone(zone):%H:%M}"}
            lines.append(((row.inbox_id or 0, 1, row.id), message))
            there[row.provider_id] = message
        message |= {"text": row.text, "buttons": data.get("buttons", [])}
        if file := data.get("file"):
            message["file"] = {"name": file.get("name") or file["kind"], "at": f"/sim/chat/file/{row.id}"}
        labels |= {(row.provider_id, b["data"]): b["text"] for line in message["buttons"] for b in line}
    for row in heard:
        data = row.data or {}
        text = row.text if row.kind != "button" else labels.get((data.get("message"), data.get("data")), "a button")
        mine = {"side": "her", "id": data.get("message"), "at": f"{row.received_at.astimezone(zone):%H:%M}"}
        lines.append(((row.id, 0, 0), {**mine, "text": text, "pressed": row.kind == "button", "buttons": []}))
    lines.sort(key=lambda line: line[0])
    return {"lines": [line for _, line in lines], "keyboard": keyboard}
