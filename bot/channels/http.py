"""Any gateway that speaks HTTP: what we ask is a template, what we are told has RapidPro's field names.

Both sides are those of RapidPro's channel type "external" (courier's handlers/external): a gateway
made for it works here as it is, and a RapidPro or TextIt workspace can stand on either side.
A template has {names} from a list and nothing else; each value is encoded for where it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, quote_plus

import aiohttp
import orjson
import yarl
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope

from bot.channel_sections import Http as Settings
from bot.channels import web
from bot.channels.arrival_keys import KEY_LENGTH, key_of
from bot.channels.base import Arrival, Delivery, Intake, Message, Sent, State
from bot.channels.json_answers import json_object, string
from bot.channels.phone_numbers import normalise
from bot.errors import Ambiguous, ChannelMisconfigured, Refused, RetryLater, SendError
from bot.http_templates import everywhere, filled
from handlers.turn import NOTHING
from handlers.understand.words import clean

STATES: dict[str, State] = {"sent": "sent", "delivered": "delivered", "failed": "failed"}
"""Every other word is kept as it came and moves nothing: the gateway has the message."""
KINDS = {"json": "application/json", "form": "application/x-www-form-urlencoded"}


class Http(web.Gateway):
    """The channel `http`."""

    name = "http"
    keyed = False

    def __init__(self, settings: Settings, public_url: str) -> None:
        self.settings, self._public_url = settings, public_url
        self._url = settings.send_url.get_secret_value()
        self._headers = {name: value.get_secret_value() for name, value in settings.headers.items()}
        self._secret = settings.secret.get_secret_value().encode()

    def routes(self, intake: Intake) -> Sequence[BaseRoute]:
        """.../{secret}/incoming for messages; .../{secret}/status, or status/sent, /delivered, /failed."""

        async def incoming(scope: Scope, receive: Receive) -> None:
            await intake.arrivals([self._arrival(await self._fields(scope, receive))])

        async def status(scope: Scope, receive: Receive) -> None:
            fields = await self._fields(scope, receive)
            if (state := scope["path_params"].get("state", "sent")) not in STATES:
                raise web.Unwanted(404)
            if "state" in scope["path_params"]:
                fields[b"status"] = state.encode()
            await intake.deliveries([self._delivery(fields)])

        told = web.Door(self.name, status, "GET", "POST")
        return [
            Route("/channels/http/{secret}/incoming", web.Door(self.name, incoming, "GET", "POST")),
            Route("/channels/http/{secret}/status", told),
            Route("/channels/http/{secret}/status/{state}", told),
        ]

    async def start(self, http: aiohttp.ClientSession) -> None:
        """Take the session. Raises ChannelMisconfigured for a body that is no JSON; so does each send then."""
        await super().start(http)
        self._read_body()

    async def send(self, message: Message) -> Sent:
        """One call, made of the templates. The gateway's reports carry our id."""
        sender, to = self.settings.sender, message.address
        values = {"id": str(message.id), "text": message.text, "to": to, "to_no_plus": to.removeprefix("+")}
        values |= {"from": sender, "from_no_plus": sender.removeprefix("+"), "channel": self.name}
        url = yarl.URL(filled(self._url, values, lambda value: quote(value, safe="")), encoded=True)
        headers = {
            name: filled(text, values, lambda value: quote(value, safe="+")) for name, text in self._headers.items()
        }
        more: dict[str, Any] = {"headers": headers}
        if self.settings.method != "GET":
            headers.setdefault("Content-Type", KINDS[self.settings.content])
            more["data"] = self._data(values)
        reply = await web.ask(self._http, self.settings.method, url, self.name, self.timeout, **more)
        if 200 <= reply.status < 300 and self.settings.accepted.encode() in reply.body:
            return Sent(None, "accepted")
        raise _refusal(reply)

    async def check(self) -> list[str]:
        """Whether the gateway's host answers at all; whether a message passes only a message shows."""
        problems = []
        if len(self._secret) < 16:
            problems.append("channels.http.secret: shorter than 16 letters; make it longer, here and at the gateway.")
        if not self._public_url:
            problems.append("web.public_url: empty, so the gateway cannot bring us messages; write our address.")
        try:
            await web.ask(self._http, "HEAD", f"{'/'.join(self._url.split('/')[:3])}/", self.name, self.timeout)
        except ChannelMisconfigured:
            pass  # it answers, by leading its visitors elsewhere
        except SendError as error:
            problems.append(f"channels.http: {error}. Is send_url right and the gateway on?")
        return problems

    def _read_body(self) -> Any:
        body = self.settings.body.get_secret_value()
        if self.settings.content == "form":
            return body
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError:
            raise ChannelMisconfigured(
                "channels.http.body is not JSON", 'write every {name} within quotes, as in {"to": "{to}"}'
            ) from None

    def _data(self, values: Mapping[str, str]) -> bytes:
        if self.settings.content == "form":
            return filled(self._read_body(), values, quote_plus).encode()
        return orjson.dumps(everywhere(self._read_body(), values))

    async def _fields(self, scope: Scope, receive: Receive) -> dict[bytes, bytes]:
        """The fields of the query, the form or the JSON. Raises Unwanted(403) for a wrong secret, unread."""
        if not web.same(scope["path_params"]["secret"], self._secret):
            raise web.Unwanted(403)
        if b"json" not in web.header(scope, b"content-type").lower() or scope["method"] != "POST":
            return await web.fields(scope, receive)
        given = json_object(await web.body(scope, receive))
        return {web.encoded(name): web.encoded(_word(value)) for name, value in given.items()} | web.form(
            scope["query_string"]
        )

    def _arrival(self, fields: Mapping[bytes, bytes]) -> Arrival:
        sender = normalise(web.utf8(fields.get(b"from") or fields.get(b"sender") or b""))
        if not sender:
            raise web.Unwanted(400)
        time = web.utf8(fields.get(b"date") or fields.get(b"time") or b"")
        raw = fields.get(b"text", b"")
        text, whole = web.decode(raw, b"utf-8")
        parts = {b"from": sender.encode(), b"time": time.encode(), b"text": raw}
        given = clean(web.utf8(fields.get(b"id", b""))).strip()
        return Arrival(
            channel=self.name,
            key=key_of(given, parts | {b"id": given.encode()}, time, self._secret),
            scheme=self.scheme,
            address=sender,
            text=clean(text),
            sent_at=web.moment(time),
            data=NOTHING if whole else {"bytes": raw.hex()},  # kept, never refused
        )

    def _delivery(self, fields: Mapping[bytes, bytes]) -> Delivery:
        ours, word = (
            clean(fields.get(name, b"").decode("utf-8", "replace")).strip()[:KEY_LENGTH]
            for name in (b"id", b"status")
        )
        if not (ours and word):
            raise web.Unwanted(400)
        number = int(ours) if ours.isascii() and ours.isdecimal() and len(ours) < 19 else None
        return Delivery(self.name, STATES.get(word.lower(), "accepted"), word, number, event=f"{ours}.{word.lower()}")


def _word(value: Any) -> str:
    """A JSON string, or a whole number as it is written; '' for anything else."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else string(value)


def _refusal(reply: web.Reply) -> SendError:
    """The error that an answer is; nothing of it is quoted, it may name the number."""
    what = f"the gateway answered {reply.status}"
    if reply.status in (401, 403, 404, 405, 407):
        return ChannelMisconfigured(what, "compare send_url, method and headers with what the gateway wants")
    if reply.status == 503:
        return RetryLater(what, reply.after_s)
    if 400 <= reply.status < 500 and reply.status != 408:
        return Refused(what)
    return Ambiguous(f"{what}, which is not what channels.http.accepted says" if reply.status < 300 else what)
