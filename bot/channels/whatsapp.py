"""WhatsApp through Meta's Cloud API: chats with buttons and lists, photos and voice notes, signed webhooks.

A chat is an address of its own (scheme whatsapp, its value her number with +), which she links as she does a
Telegram chat: SMS to the same number is another road, and what nobody asked for takes that one.
docs/channels/whatsapp.md has the settings, the codes and the traps.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import aiohttp
import orjson
import yarl
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from bot.channel_sections import Whatsapp as Settings
from bot.channels import web
from bot.channels import whatsapp_wire as wire
from bot.channels.base import Attached, File, Intake, Message, Sent, in_order
from bot.channels.file_hosts import is_theirs
from bot.channels.json_answers import json_object, string
from bot.errors import Ambiguous, Refused, RetryLater, SendError

CHALLENGE = re.compile(rb"[A-Za-z0-9_.-]{1,128}")
FILES = ("fbsbx.com", "fbcdn.net", "facebook.com", "whatsapp.net")
"""Where Meta keeps files. The token goes along, so to nobody else."""
DOWNLOAD = aiohttp.ClientTimeout(total=110, connect=10)
KINDS = {"photo": ("image", "image/jpeg"), "voice": ("audio", "audio/ogg"), "document": ("document", "")}
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class WhatsApp(web.Gateway):
    """The channel `whatsapp`."""

    name = "whatsapp"
    scheme = "whatsapp"
    rich = True
    keyed = False

    def __init__(self, settings: Settings, public_url: str) -> None:
        self.settings = settings
        self._here = f"{public_url.rstrip('/')}/channels/whatsapp/incoming" if public_url else ""
        self._secret = settings.app_secret.get_secret_value().encode()
        self._headers = {"Authorization": f"Bearer {settings.token.get_secret_value()}"}
        self._number = quote(settings.phone_number_id, safe="")

    @property
    def within_a_day(self) -> bool:
        """Without a template it takes a text only within a day of what she last wrote."""
        return not self.settings.template

    def routes(self, intake: Intake) -> Sequence[BaseRoute]:
        """.../incoming: GET is Meta's question whether the address is ours, POST everything else."""

        async def incoming(scope: Scope, receive: Receive) -> None:
            raw = await web.body(scope, receive)
            right = "sha256=" + hmac.new(self._secret, raw, hashlib.sha256).hexdigest()
            if not web.same(web.header(scope, b"x-hub-signature-256"), right):
                raise web.Unwanted(401)
            arrivals, deliveries = wire.read(json_object(raw), self.settings.phone_number_id)
            if arrivals:
                await intake.arrivals(arrivals)
            if deliveries:
                await intake.deliveries(deliveries)

        verify = self.settings.verify_token.get_secret_value()
        return [Route("/channels/whatsapp/incoming", _Door(verify, web.Door(self.name, incoming, "POST")))]

    async def send(self, message: Message) -> Sent:
        """Its file, its text, its buttons: one message where Meta takes them as one, else several in order.

        Cards are not edited: WhatsApp cannot.
        """
        return await in_order(self._parts(message))

    async def _parts(self, message: Message) -> AsyncIterator[Sent]:
        if message.file:
            yield await self._post(message, await self._uploaded(message.file))
        if message.text or not message.file:
            for body in wire.bodies(message, self.settings.template, self.settings.template_language):
                yield await self._post(message, body)

    async def fetch(self, data: Mapping[str, Any], limit: int) -> File:
        """A photo or a voice note: where it is, then itself. Raises Refused, RetryLater."""
        media = string(data.get("file_id"))
        if not media:
            raise Refused("the message names no file")
        try:
            found = json_object((await self._got(self._url(quote(media, safe="")))).body)
            url = string(found.get("url"))
            if not is_theirs(url, self.settings.api_url, FILES):
                raise Refused("the file is not where Meta keeps files")
            if isinstance(size := found.get("file_size"), int) and size > limit:
                raise Refused(f"larger than {limit} bytes")
            content = (await self._got(yarl.URL(url, encoded=True), limit=limit, timeout=DOWNLOAD)).body
        except Ambiguous as error:
            raise RetryLater(str(error)) from None
        except web.Unwanted:
            raise RetryLater("whatsapp's answer about a file could not be read") from None
        if len(content) > limit:
            raise Refused(f"larger than {limit} bytes")
        return File(content, string(found.get("mime_type")))

    async def check(self) -> list[str]:
        """Whether Meta knows the number and its token, and how it rates what we send."""
        problems = []
        if not self._here.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            problems.append("web.public_url: Meta calls https:// addresses only.")
        if len(self.settings.verify_token.get_secret_value()) < 16:
            problems.append("channels.whatsapp.verify_token: shorter than 16 letters; make it longer.")
        try:
            reply = await self._ask("GET", self._url(f"{self._number}?fields=id,quality_rating"))
            if reply.status != 200:
                raise wire.refusal(reply)
            said = json_object(reply.body)
            if said.get("id") != self.settings.phone_number_id:
                raise web.Unwanted(400)
            if said.get("quality_rating") == "RED":
                problems.append("channels.whatsapp: Meta rates the number RED; people block it. Write less unasked.")
        except SendError as error:
            problems.append(f"channels.whatsapp: {error}.{web.todo(error)}")
        except web.Unwanted:
            problems.append("channels.whatsapp.api_url: this is not Meta; write https://graph.facebook.com.")
        return problems

    async def _post(self, message: Message, body: Mapping[str, Any]) -> Sent:
        address = message.address
        to = {"to": address[1:]} if address.startswith("+") else {"recipient": address}
        whole = {"messaging_product": "whatsapp", "recipient_type": "individual", **to, **body}
        whole["biz_opaque_callback_data"] = str(message.id)
        more = {"data": orjson.dumps(whole), "headers": {**self._headers, "Content-Type": "application/json"}}
        return wire.taken(await self._ask("POST", self._url(f"{self._number}/messages"), **more))

    async def _uploaded(self, file: Attached) -> dict[str, Any]:
        """Put a file at Meta's; the message that shows it. Until that is sent nothing has left: RetryLater."""
        kind, mime = KINDS[file.kind]
        form = aiohttp.FormData({"messaging_product": "whatsapp"})
        form.add_field("file", file.content, filename=file.name or kind, content_type=mime or SHEET)
        try:
            media = wire.media_id(await self._ask("POST", self._url(f"{self._number}/media"), data=form))
        except Ambiguous as error:
            raise RetryLater(str(error)) from None
        return {"type": kind, kind: {"id": media, **({"filename": file.name} if kind == "document" else {})}}

    async def _got(self, url: yarl.URL, **more: Any) -> web.Reply:
        reply = await self._ask("GET", url, **more)
        if reply.status in (404, 410):
            raise Refused("the file is no longer there")
        if reply.status != 200:
            raise RetryLater(f"whatsapp answered {reply.status} for a file", 60)
        return reply

    async def _ask(self, method: str, url: yarl.URL, **more: Any) -> web.Reply:
        timeout = more.pop("timeout", self.timeout)
        return await web.ask(self._http, method, url, self.name, timeout, **{"headers": self._headers, **more})

    def _url(self, path: str) -> yarl.URL:
        return yarl.URL(f"{self.settings.api_url.rstrip('/')}/{path}", encoded=True)


class _Door:
    """Before the channel's own door: by GET Meta asks once whether the address is ours, and wants its number back."""

    def __init__(self, verify: str, door: web.Door) -> None:
        self._verify, self._door = verify, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET":
            return await self._door(scope, receive, send)
        asked = web.form(scope["query_string"]) if scope["query_string"].count(b"&") < web.FIELDS else {}
        challenge = asked.get(b"hub.challenge", b"")
        known = bool(self._verify) and web.same(asked.get(b"hub.verify_token", b""), self._verify)
        right = known and asked.get(b"hub.mode") == b"subscribe" and CHALLENGE.fullmatch(challenge)
        body = challenge if right else b""
        headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200 if right else 403, "headers": headers})
        return await send({"type": "http.response.body", "body": body})
