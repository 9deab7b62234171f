"""WhatsApp through Twilio: chats as with Meta itself, sent as Twilio's messages; a channel beside Twilio's SMS.

Twilio shows buttons and lists only as *contents* of the account. One for each number of buttons or rows is made
when it is first needed, found again by its name, and filled with values; where that cannot be done the choices are
a numbered text. A file is fetched from us by Twilio, from any process, at an address that nobody can guess, for an
hour. docs/channels/twilio_whatsapp.md has the settings, the codes and the traps.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import orjson
import structlog
import yarl
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.channel_sections import Twilio as Settings
from bot.channels import twilio_whatsapp_wire as wire
from bot.channels import web, whatsapp_wire
from bot.channels.base import Arrival, Attached, File, Intake, Message, Sent, in_order
from bot.channels.file_hosts import is_theirs
from bot.channels.json_answers import items, json_object, mapping, string
from bot.channels.twilio import Twilio
from bot.channels.twilio_wire import SID, refusal
from bot.errors import Ambiguous, ChannelMisconfigured, Refused, RetryLater

log = structlog.get_logger(__name__)

FILE_LASTS = timedelta(hours=1)
"""So long Twilio may fetch a file; it does at once."""
TOKEN = re.compile(r"([1-9][0-9]{0,17})-([1-9][0-9]{9})-([0-9a-f]{64})")
CONTENT_PAGES = 20
DOWNLOAD = aiohttp.ClientTimeout(total=110, connect=10)
KEPT = ("twilio.com", "twiliocdn.com", "amazonaws.com")
"""Where Twilio keeps what was sent to us; the token goes to its own address only."""
KINDS = {"photo": "image/jpeg", "voice": "audio/ogg"}
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TwilioWhatsApp(Twilio):
    """The channel `twilio_whatsapp`; `now` is the clock (aware)."""

    name = "twilio_whatsapp"
    scheme = "whatsapp"
    rich = True
    place = "whatsapp/"
    read = staticmethod(wire.arrival)

    def __init__(self, settings: Settings, public_url: str, now: Callable[[], datetime]) -> None:
        super().__init__(settings, public_url, now)
        self.sender = wire.sender(settings.whatsapp)
        self._contents: dict[str, str] = {}
        self._found_contents = False
        self._contents_lock = asyncio.Lock()

    @property
    def within_a_day(self) -> bool:
        """Without a template it takes a text only within a day of what she last wrote."""
        return not self.settings.template

    def routes(self, intake: Intake) -> Sequence[BaseRoute]:
        """As Twilio's SMS below .../whatsapp/, and .../whatsapp/file/TOKEN for what goes along with a text."""

        async def file(request: Request) -> Response:
            number = self._told(request.path_params["token"])
            there = await intake.file(self.name, number) if number is not None else None
            if there is None:
                return Response(status_code=404)
            return Response(there.content, media_type=KINDS.get(there.kind, SHEET))

        return [*super().routes(intake), Route("/channels/twilio/whatsapp/file/{token}", file)]

    async def send(self, message: Message) -> Sent:
        """Its file, its texts, its choices, in order. All forms are made before the first one is sent."""
        forms = [await self._form(message, part) for part in self._parts(message)]
        numbered = any(form.pop("Numbered", "") for form in forms)
        return replace(await in_order(self._created(message, forms)), numbered=numbered)

    async def _created(self, message: Message, forms: Sequence[Mapping[str, str]]) -> AsyncIterator[Sent]:
        for number, form in enumerate(forms, 1):
            yield await self._create(form, message, is_last=number == len(forms))

    async def fetch(self, data: Mapping[str, Any], limit: int) -> File:
        """A photo or a voice note: Twilio says where it lies, with our token; there it is fetched without."""
        url = string(data.get("file_id"))
        if not self._is_theirs(url):
            raise Refused("the file is not where Twilio keeps files")
        try:
            there = await self._lies_at(url)
            reply = await web.ask(self._http, "GET", yarl.URL(there, encoded=True), self.name, DOWNLOAD, limit=limit)
        except (Ambiguous, ChannelMisconfigured) as error:
            raise RetryLater(str(error)) from None
        if reply.status in (403, 404, 410):
            raise Refused("the file is no longer there")
        if reply.status != 200:
            raise RetryLater(f"twilio answered {reply.status} for a file", 60)
        if len(reply.body) > limit:
            raise Refused(f"larger than {limit} bytes")
        return File(reply.body, "")

    async def heard(self, arrival: Arrival, intake: Intake) -> Arrival:
        """A digit that answers choices which were shown as numbers is the press that it stands for."""
        typed = arrival.text.strip().rstrip(".")
        if arrival.kind != "text" or not (typed.isascii() and typed.isdecimal() and len(typed) <= 3):
            return arrival
        offered = list(whatsapp_wire.options(await intake.numbered(self.name, arrival.address)))
        if not 0 < int(typed) <= len(offered):
            return arrival
        what, text, data = whatsapp_wire.pressed(offered[int(typed) - 1][0], "", arrival.address)
        return replace(arrival, kind=what, text=text, data={**arrival.data, **data})

    def _parts(self, message: Message) -> list[Any]:
        """What becomes a message of its own: a file, a template, a text, a choice."""
        file = [message.file] if message.file else []
        if self.settings.template and not message.asked:
            text = " ".join(message.text.split())
            return [*file, *({"1": part} for part in whatsapp_wire.parts(text, wire.VALUE))]
        return [*file, *wire.messages(message)] if message.text or not message.file else file

    async def _form(self, message: Message, part: Any) -> dict[str, str]:
        if isinstance(part, Attached):
            return {"MediaUrl": self._lies_here(message.id)}
        if isinstance(part, str):
            return {"Body": part}
        if isinstance(part, dict):
            return {"ContentSid": self.settings.template, "ContentVariables": orjson.dumps(part).decode()}
        if content := await self._content(part):
            return {"ContentSid": content, "ContentVariables": orjson.dumps(part.values).decode()}
        return {"Body": part.numbered(), "Numbered": "yes"}

    async def _content(self, choice: wire.Choice) -> str | None:
        """The content that shows this choice; None where Twilio makes none for us."""
        if not self.settings.content_url:
            return None
        async with self._contents_lock:
            try:
                if not self._found_contents:
                    await self._find_contents()
                if choice.name not in self._contents:
                    made = await self._content_ask("POST", "/v1/Content", orjson.dumps(choice.content()))
                    self._contents[choice.name] = _sid(made)
            except (Ambiguous, web.Unwanted) as error:
                raise RetryLater(f"twilio's contents: {error}") from None
            except (Refused, ChannelMisconfigured) as error:
                log.warning("choices are sent as numbers", channel=self.name, why=str(error))
                return None
            return self._contents[choice.name]

    async def _find_contents(self) -> None:
        """Those of ours that the account has, from an earlier start."""
        path = "/v1/Content?PageSize=100"
        for _ in range(CONTENT_PAGES):
            page = await self._content_ask("GET", path)
            for each in map(mapping, items(page.get("contents"))):
                if (name := string(each.get("friendly_name"))).startswith("kurikirana_"):
                    self._contents[name] = _sid(each)
            following = urlsplit(string(mapping(page.get("meta")).get("next_page_url")))
            if not following.path:
                break
            path = f"{following.path}?{following.query}"
        self._found_contents = True

    async def _content_ask(self, method: str, path: str, body: bytes | None = None) -> dict[str, Any]:
        url = yarl.URL(self.settings.content_url.rstrip("/") + path, encoded=True)
        headers = {**self._headers, "Content-Type": "application/json"}
        reply = await web.ask(
            self._http, method, url, self.name, self.timeout, headers=headers, data=body, limit=1_000_000
        )
        if reply.status not in (200, 201):
            raise refusal(reply)
        return json_object(reply.body)

    def _lies_here(self, outbox_id: int) -> str:
        """An address of ours where Twilio finds the file of a text: it says until when, and carries our mark."""
        if not self._here:
            raise ChannelMisconfigured("web.public_url: empty, so Twilio cannot fetch a file", "write our address")
        until = int((self.now() + FILE_LASTS).timestamp())
        return f"{self._here}/whatsapp/file/{outbox_id}-{until}-{self._mark(outbox_id, until)}"

    def _told(self, token: str) -> int | None:
        """Whose file an address asks for; None when it is none of ours, or too old."""
        if not (found := TOKEN.fullmatch(token)):
            return None
        number, until = int(found[1]), int(found[2])
        right = web.same(found[3], self._mark(number, until))
        return number if right and self.now().timestamp() < until else None

    def _mark(self, outbox_id: int, until: int) -> str:
        return hmac.new(self._token, f"file {outbox_id} {until}".encode(), hashlib.sha256).hexdigest()

    async def _lies_at(self, url: str) -> str:
        """Where a file of Twilio's really lies. Raises RetryLater, Refused."""
        try:
            async with self._http.get(
                yarl.URL(url, encoded=True), headers=self._headers, allow_redirects=False, timeout=self.timeout
            ) as answer:
                status, there = answer.status, answer.headers.get("Location", "")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise RetryLater(f"twilio gave no whole answer ({web.why(error)})") from None
        if status in (404, 410):
            raise Refused("the file is no longer there")
        if status not in (301, 302, 303, 307, 308):
            raise RetryLater(f"twilio answered {status} for a file", 60)
        if not is_theirs(there, self.settings.api_url, KEPT):
            raise Refused("the file is not where Twilio keeps files")
        return there

    def _is_theirs(self, url: str) -> bool:
        """Whether our token may go there."""
        return url.startswith(f"{self.settings.api_url.rstrip('/')}{self._account}/Messages/") and ".." not in url


def _sid(content: Mapping[str, Any]) -> str:
    """The id of a content. Raises Ambiguous when there is none."""
    if not SID.fullmatch(found := string(content.get("sid"))):
        raise Ambiguous("an answer without a Sid")
    return found
