"""SMS Gate (capcom6/android-sms-gateway): a phone with a SIM card as gateway, by its local server.

Formats from its documentation and source (1.75, September 2026). An event's `id` is the same at every
retry; `payload.messageId` of an arrived SMS is a hash of its content and would merge two honest "Ego".
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import aiohttp
import orjson
import structlog
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope

from bot.channels import web
from bot.channels.base import Arrival, Delivery, Intake, Message, Sent, State
from bot.channels.phone_numbers import normalise
from bot.errors import Ambiguous, ChannelMisconfigured, Refused, RetryLater, SendError
from bot.settings import SmsGate as Settings
from handlers.turn import Kind
from handlers.understand.words import clean

log = structlog.get_logger(__name__)

ARRIVALS: dict[str, tuple[Kind, str]] = {"sms:received": ("text", "message"), "mms:received": ("mms", "subject")}
STATES: dict[str, State] = {"sms:sent": "sent", "sms:delivered": "delivered", "sms:failed": "failed"}
HOOKS = {event: "kurikirana-" + event.replace(":", "-") for event in (*ARRIVALS, *STATES, "system:ping")}
"""Event -> the id of our hook: always the same, for two hooks would bring every SMS twice."""
TAKEN: dict[str, State] = {"Sent": "sent", "Delivered": "delivered"}  # Pending, Processed: accepted
TTL_S = 86_400
"""Seconds until the phone drops what it could not send: no stale text after days without network."""
SKEW_S = 300
"""Seconds that a signature's time may differ from our clock."""
AGAIN_S, SOON_S = 3600, 60
"""Seconds until the hooks are registered again (an app set up anew has none); after a failure."""
OUR_ID = re.compile(r"(\d{1,18})-[0-9a-f]{12}")


class SmsGate(web.Gateway):
    """The channel `smsgate`; `now` is the clock (aware)."""

    name = "smsgate"
    keyed = True

    def __init__(self, settings: Settings, public_url: str, now: Callable[[], datetime]) -> None:
        self.settings, self.now = settings, now
        self.heard_at: datetime | None = None  # when the phone last wrote to us, a ping included
        self._here = f"{public_url.rstrip('/')}/channels/smsgate/incoming" if public_url else ""
        self._key = settings.signing_key.get_secret_value().encode()
        account = aiohttp.encode_basic_auth(settings.username, settings.password.get_secret_value(), "utf-8")
        self._headers = {"Authorization": account, "Content-Type": "application/json"}

    def routes(self, intake: Intake) -> Sequence[BaseRoute]:
        """POST .../incoming for every event; one that we do not know is answered 200."""

        async def incoming(scope: Scope, receive: Receive) -> None:
            raw = await web.body(scope, receive)
            self._verify(scope, raw)
            event = web.json_object(raw)
            if (kind := web.string(event.get("event"))) in ARRIVALS:
                await intake.arrivals([self._arrival(kind, event)])
            elif kind in STATES:
                await intake.deliveries([self._delivery(kind, event)])

        return [Route("/channels/smsgate/incoming", web.Door(self.name, incoming, "POST"))]

    async def start(self, http: aiohttp.ClientSession) -> None:
        """Register our webhooks; run() asks a phone that is off now. Raises ChannelMisconfigured."""
        await super().start(http)
        try:
            await self._register()
        except (RetryLater, Ambiguous) as error:
            log.warning("webhooks not registered yet", channel=self.name, reason=str(error))

    async def run(self, intake: Intake) -> None:
        """Keep the webhooks registered; returns at once without a public_url."""
        wait = SOON_S
        while self._here:
            await asyncio.sleep(wait)
            try:
                await self._register()
                wait = AGAIN_S
            except SendError as error:
                log.warning("webhooks not registered", channel=self.name, reason=str(error))
                wait = SOON_S

    async def send(self, message: Message) -> Sent:
        """Hand it to the app's queue. The id holds a hash of number and text: a database begun anew
        counts from 1 again and must not be told "already there" for another message."""
        content = f"{message.address}\0{message.text}".encode()
        ours = f"{message.id}-{hmac.new(self._key, content, hashlib.sha256).hexdigest()[:12]}"
        order: dict[str, Any] = {"id": ours, "ttl": TTL_S, "withDeliveryReport": True}
        order |= {"textMessage": {"text": message.text}, "phoneNumbers": [message.address]}
        reply = await self._ask("POST", "/messages?skipPhoneValidation=true", order)
        if reply.status == 409:
            return Sent(ours, "accepted")
        if reply.status in (200, 201, 202):
            return _taken(reply.body, ours)
        raise _refusal(reply)

    async def check(self) -> list[str]:
        """Ask the phone for its health, then whether our account and webhooks are right."""
        problems = [] if self._here else ["web.public_url: empty, so the phone cannot bring us messages."]
        try:
            health = web.json_object((await self._ask("GET", "/health")).body)
            for name, found in health["checks"].items():
                if found["status"] != "pass":
                    problems.append(f"phone: {name} is {found['status']} ({found['observedValue']}).")
            reply = await self._ask("GET", "/webhooks")
            if reply.status != 200:
                raise _refusal(reply)
            hooks = [(hook["event"], hook["id"]) for hook in orjson.loads(reply.body) if hook["url"] == self._here]
            for event in ("sms:received", *STATES):
                if [key for kind, key in hooks if kind == event] != [HOOKS[event]]:
                    problems.append(f"phone: {event} must lead here once; restart us, remove others there.")
        except SendError as error:
            problems.append(f"channels.smsgate: {error}. Is the phone on, in our network, the app Online?")
        except (web.Unwanted, ValueError, LookupError, TypeError, AttributeError):
            problems.append("channels.smsgate.url: this is not SMS Gate; write http://PHONE:8080.")
        return problems

    async def _ask(self, method: str, path: str, order: Mapping[str, Any] | None = None) -> web.Reply:
        url = self.settings.url.rstrip("/") + path
        more = {"headers": self._headers, "data": orjson.dumps(order) if order else None}
        return await web.ask(self._http, method, url, self.name, self.timeout, **more)

    async def _register(self) -> None:
        for event, key in HOOKS.items() if self._here else ():
            reply = await self._ask("POST", "/webhooks", {"id": key, "url": self._here, "event": event})
            if reply.status == 400 and event == "sms:received":  # an old app refuses what it does not know
                raise ChannelMisconfigured("smsgate refuses our webhooks", "web.public_url must be https://")
            if reply.status > 400:
                raise _refusal(reply)

    def _verify(self, scope: Scope, raw: bytes) -> None:
        """HMAC-SHA256 of body + X-Timestamp, the time of this attempt. Raises Unwanted(401)."""
        time = web.header(scope, b"x-timestamp")
        right = hmac.new(self._key, raw + time, hashlib.sha256).hexdigest()
        same = web.same(web.header(scope, b"x-signature").lower(), right)
        if not (same and time.isdigit() and len(time) < 12):
            raise web.Unwanted(401)
        late = self.now().timestamp() - int(time)
        if abs(late) > SKEW_S:
            log.warning("the phone's clock differs from ours", channel=self.name, seconds=round(late))
            raise web.Unwanted(401)
        self.heard_at = self.now()

    def _arrival(self, kind: str, event: Mapping[str, Any]) -> Arrival:
        payload = web.mapping(event.get("payload"))
        key = _word(event.get("id"))
        sender = normalise(web.string(payload.get("sender")) or web.string(payload.get("phoneNumber")))
        if not (key and sender):
            raise web.Unwanted(400)
        what, field = ARRIVALS[kind]
        sent_at = web.moment(web.string(payload.get("receivedAt")))
        return Arrival(self.name, key, self.scheme, sender, what, clean(web.string(payload.get(field))), sent_at)

    def _delivery(self, kind: str, event: Mapping[str, Any]) -> Delivery:
        payload = web.mapping(event.get("payload"))
        theirs = _word(payload.get("messageId"))
        ours = OUR_ID.fullmatch(theirs)
        reason = re.sub(r"\d{5,}", "...", _word(payload.get("reason")))  # it may name the number
        word, number = f"{kind} {reason}".strip(), int(ours[1]) if ours else None
        return Delivery(self.name, STATES[kind], word, number, theirs or None, _word(event.get("id")))


def _taken(body: bytes, ours: str) -> Sent:
    """What the app says of a message that it took. Anything else is no proof: Ambiguous."""
    try:
        said = web.json_object(body)
    except web.Unwanted:
        said = {}
    if said.get("id") != ours:
        raise Ambiguous("smsgate answered something unknown")
    if said.get("state") == "Failed":
        raise Refused("smsgate could not send this message")
    return Sent(ours, TAKEN.get(web.string(said.get("state")), "accepted"))


def _refusal(reply: web.Reply) -> SendError:
    """The error that an answer of the app is; nothing it wrote is quoted, it may name the number."""
    what = f"smsgate answered {reply.status}"
    if reply.status in (401, 403, 404, 405):
        return ChannelMisconfigured(what, "compare url, username and password with the app's Local server")
    if reply.status in (502, 503, 504):
        return RetryLater(what, reply.after_s)
    return Refused(what) if 400 <= reply.status < 500 else Ambiguous(what)


def _word(value: Any) -> str:
    """A short text that is no person's: an id, a reason."""
    return str(clean(web.string(value))).strip()[:128]
