"""SMS Gate (capcom6/android-sms-gateway): phones with SIM cards as gateway, by a local or a private server.

Formats from its documentation and source (1.75, September 2026). What the phone could not bring is read from
its inbox, which knows a message by another id than the event that brings it: so an arrived SMS is known by what
it is (`_key`). `payload.messageId` is too short a hash of the same, and in old versions one without the time.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp
import orjson
import structlog
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope

from bot.channel_sections import SmsGate as Settings
from bot.channels import pulling, web
from bot.channels import smsgate_wire as wire
from bot.channels.arrival_keys import content_key
from bot.channels.base import Arrival, Delivery, Intake, Message, Sent, State
from bot.channels.json_answers import json_list, json_object, mapping, string
from bot.channels.phone_numbers import normalise
from bot.errors import Ambiguous, ChannelMisconfigured, RetryLater, SendError
from handlers.turn import Kind
from handlers.understand.words import clean

log = structlog.get_logger(__name__)

ARRIVALS: dict[str, tuple[Kind, str]] = {"sms:received": ("text", "message"), "mms:received": ("mms", "subject")}
STATES: dict[str, State] = {"sms:sent": "sent", "sms:delivered": "delivered", "sms:failed": "failed"}
HOOKS = {event: "kurikirana-" + event.replace(":", "-") for event in (*ARRIVALS, *STATES, "system:ping")}
"""Event -> the id of our hook: always the same, for two hooks would bring every SMS twice."""
TTL_S = 86_400
"""Seconds until the phone drops what it could not send: no stale text after days without network."""
SKEW_S = 300
"""Seconds that a signature's time may differ from our clock."""
ONLY_WAY_S = 30.0
"""Seconds between two readings of the inbox where the phone cannot call us."""
PAGE, PAGE_BYTES = 200, 2_000_000
"""Messages of one page of the inbox; its largest size."""
AHEAD = timedelta(days=1)
"""So far an operator's clock may be ahead of ours."""
SANE = timedelta(days=31)
"""An operator's time that differs more from ours than this tells nothing."""
OUR_ID = re.compile(r"(\d{1,18})-[0-9a-f]{12}")


class SmsGate(web.Gateway):
    """The channel `smsgate`; `now` is the clock (aware)."""

    name = "smsgate"
    keyed = True

    def __init__(self, settings: Settings, public_url: str, now: Callable[[], datetime]) -> None:
        self.settings, self.now = settings, now
        self.heard_at: datetime | None = None
        """When the phone last wrote to us, a ping included, or answered us."""
        self.warns: tuple[str, ...] = ()
        """What it last complained of."""
        self.found: tuple[str, ...] = ()
        """What `check` saw of a phone, line by line."""
        self._here = f"{public_url.rstrip('/')}/channels/smsgate/incoming" if public_url else ""
        self._secret = settings.signing_key.get_secret_value().encode()
        account = aiohttp.encode_basic_auth(settings.username, settings.password.get_secret_value(), "utf-8")
        self._headers = {"Authorization": account, "Content-Type": "application/json"}
        self._inbox = pulling.Readings(self.name, now, None if self._here else ONLY_WAY_S)

    def routes(self, intake: Intake) -> Sequence[BaseRoute]:
        """POST .../incoming for every event; one that we do not know is answered 200."""

        async def incoming(scope: Scope, receive: Receive) -> None:
            raw = await web.body(scope, receive)
            self._verify(scope, raw)
            event = json_object(raw)
            if (kind := string(event.get("event"))) in ARRIVALS:
                await intake.arrivals([self._arrival(kind, event)])
            elif kind in STATES:
                await intake.deliveries([self._delivery(kind, event)])
            elif kind == "system:ping":
                self.warns = wire.warns(mapping(mapping(event.get("payload")).get("health")))

        return [Route("/channels/smsgate/incoming", web.Door(self.name, incoming, "POST"))]

    async def start(self, http: aiohttp.ClientSession) -> None:
        """Register our webhooks; run() asks a phone that is off now. Raises ChannelMisconfigured."""
        await super().start(http)
        try:
            await self._register()
        except (RetryLater, Ambiguous) as error:
            log.warning("webhooks not registered yet", channel=self.name, reason=str(error))

    async def run(self, intake: Intake) -> None:
        """Read the phone's inbox, and keep the webhooks registered: an app set up anew has none."""
        await self._inbox.go_on(lambda since: self._look(intake, since))

    async def send(self, message: Message) -> Sent:
        """Hand it to the app's queue. The id holds a hash of number and text: a database begun anew
        counts from 1 again and must not be told "already there" for another message."""
        content = f"{message.address}\0{message.text}".encode()
        ours = f"{message.id}-{hmac.new(self._secret, content, hashlib.sha256).hexdigest()[:12]}"
        order: dict[str, Any] = {"id": ours, "ttl": TTL_S, "withDeliveryReport": True}
        order |= {"simNumber": self.settings.sim} if self.settings.sim else {}
        order |= {"deviceId": self.settings.device} if self.settings.device else {}
        order |= {"textMessage": {"text": message.text}, "phoneNumbers": [message.address]}
        reply = await self._ask("POST", "/messages?skipPhoneValidation=true", order)
        if reply.status == 409:
            return Sent(ours, "accepted")
        if reply.status in (200, 201, 202):
            return wire.taken(reply.body, ours)
        raise wire.refusal(reply)

    async def check(self) -> list[str]:
        """Ask the phone for its health, then whether our account and webhooks are right."""
        problems, self.found = list[str](), ()
        try:
            health = await self._health()
            for name, found in health["checks"].items():
                if found["status"] != "pass":
                    problems.append(f"phone: {name} is {found['status']} ({found['observedValue']}).")
            if "unplugged" in wire.warns(health):
                problems.append("phone: not on power; put the charger in and leave it there.")
            problems += wire.unread(health, self._here)
            reply = await self._ask("GET", "/webhooks")
            if reply.status != 200:
                raise wire.refusal(reply)
            hooks = [(hook["event"], hook["id"]) for hook in orjson.loads(reply.body) if hook["url"] == self._here]
            for event in ("sms:received", *STATES) if self._here else ():
                if [key for kind, key in hooks if kind == event] != [HOOKS[event]]:
                    problems.append(f"phone: {event} must lead here once; restart us, remove others there.")
            self.found = wire.found(health, (await self._ask("GET", "/devices")).body)
        except SendError as error:
            problems.append(f"channels.smsgate: {error}. Is the phone on, in our network, the app Online?")
        except (web.Unwanted, ValueError, LookupError, TypeError, AttributeError):
            problems.append("channels.smsgate.url: this is not SMS Gate; write http://PHONE:8080.")
        return problems

    async def set_up(self) -> list[str]:
        """For `connect`, after `check`: set in the app what a person would have to type there. A private server's
        phones are left as they are: it hands no key on to them. Raises SendError."""
        if not self.found:
            return []
        key = self.settings.signing_key.get_secret_value()
        reply = await self._ask("PATCH", "/settings", wire.app_settings(key, self._here))
        if reply.status != 200:
            return [f"phone: the app took no settings (it answered {reply.status}); {wire.BY_HAND}."]
        self.found += ("set in the app: FIFO, a ping every 5 minutes, the signing key; start the app anew",)
        return []

    async def _ask(self, method: str, path: str, order: Mapping[str, Any] | None = None, **more: Any) -> web.Reply:
        url, data = self.settings.url.rstrip("/") + path, orjson.dumps(order) if order else None
        return await web.ask(
            self._http, method, url, self.name, self.timeout, headers=self._headers, data=data, **more
        )

    async def _register(self) -> None:
        for event, key in HOOKS.items() if self._here else ():
            reply = await self._ask("POST", "/webhooks", {"id": key, "url": self._here, "event": event})
            if reply.status == 400 and event == "sms:received":  # an old app refuses what it does not know
                raise ChannelMisconfigured("smsgate refuses our webhooks", "web.public_url must be https://")
            if reply.status > 400:
                raise wire.refusal(reply)

    async def _health(self) -> dict[str, Any]:
        """Raises a SendError, Unwanted when it is no SMS Gate."""
        reply = await self._ask("GET", "/health")
        if reply.status not in (200, 500):  # 500: it answers, and something of it fails
            raise wire.refusal(reply)
        health = json_object(reply.body)
        if not wire.is_server(health):
            self.heard_at, self.warns = self.now(), wire.warns(health)
        return health

    async def _look(self, intake: Intake, since: datetime) -> None:
        """Hand over what came since then and is not here, oldest first. Raises SendError, Unwanted, DatabaseError."""
        await self._register()
        health, until = await self._health(), self.now() + AHEAD
        order = {"since": wire.iso(since), "until": wire.iso(until), "messageTypes": ["SMS"]}
        if wire.is_server(health):  # it has its phones bring what they have not brought; an old one cannot
            await self._ask("POST", "/inbox/refresh", order | wire.BRING)
        elif wire.lists(health):
            reply = await self._ask("POST", "/inbox/refresh", order | wire.TAKE_OVER)
            if reply.status != 202:
                raise wire.refusal(reply)
            await self._hand_over(intake, [row for page in await self._pages(since, until) for row in page])

    async def _hand_over(self, intake: Intake, rows: Sequence[Any]) -> None:
        there = (self._listed(mapping(row)) for row in reversed(rows))
        if missing := await intake.missing([arrival for arrival in there if arrival]):
            log.info("found in the phone's inbox", channel=self.name, messages=len(missing))
            await intake.arrivals(missing)

    async def _pages(self, since: datetime, until: datetime) -> list[list[Any]]:
        """The inbox between these moments, newest first."""
        pages: list[list[Any]] = []
        while not pages or len(pages[-1]) == PAGE:
            query = {
                "type": "SMS",
                "from": wire.iso(since),
                "to": wire.iso(until),
                "limit": PAGE,
                "offset": PAGE * len(pages),
            }
            reply = await self._ask("GET", f"/inbox?{urlencode(query)}", limit=PAGE_BYTES)
            if reply.status != 200:
                raise wire.refusal(reply)
            pages.append(json_list(reply.body))
        return pages

    def _listed(self, row: Mapping[str, Any]) -> Arrival | None:
        """A row of the inbox; None for what is no SMS that an event could have brought."""
        sender, sent_at = normalise(string(row.get("sender"))), web.moment(string(row.get("createdAt")))
        if not sender or sent_at is None or abs(self.now() - sent_at) > SANE:
            return None
        text = clean(string(row.get("contentPreview")))
        return Arrival(self.name, self._key(sender, text, sent_at), self.scheme, sender, "text", text, sent_at)

    def _key(self, sender: str, text: str, sent_at: datetime) -> str:
        """The same in an event, its retries, a second hook's and the inbox: sender, the operator's second, text.

        Two honest "Ego" of one person never share a second; the app itself tells messages apart by no more.
        """
        return "sms-" + content_key(self._secret, sender, str(int(sent_at.timestamp())), text.strip())

    def _verify(self, scope: Scope, raw: bytes) -> None:
        """HMAC-SHA256 of body + X-Timestamp, the time of this attempt. Raises Unwanted(401)."""
        time = web.header(scope, b"x-timestamp")
        right = hmac.new(self._secret, raw + time, hashlib.sha256).hexdigest()
        same = web.same(web.header(scope, b"x-signature").lower(), right)
        if not (same and time.isdigit() and len(time) < 12):
            raise web.Unwanted(401)
        late = self.now().timestamp() - int(time)
        if abs(late) > SKEW_S:
            log.warning("the phone's clock differs from ours", channel=self.name, seconds=round(late))
            raise web.Unwanted(401)
        self.heard_at = self.now()

    def _arrival(self, kind: str, event: Mapping[str, Any]) -> Arrival:
        payload = mapping(event.get("payload"))
        key = wire.word(event.get("id"))
        sender = normalise(string(payload.get("sender")) or string(payload.get("phoneNumber")))
        if not (key and sender):
            raise web.Unwanted(400)
        what, field = ARRIVALS[kind]
        sent_at, text = web.moment(string(payload.get("receivedAt"))), clean(string(payload.get(field)))
        if what == "text" and sent_at and abs(self.now() - sent_at) < SANE:
            key = self._key(sender, text, sent_at)
        return Arrival(self.name, key, self.scheme, sender, what, text, sent_at)

    def _delivery(self, kind: str, event: Mapping[str, Any]) -> Delivery:
        payload = mapping(event.get("payload"))
        theirs = wire.word(payload.get("messageId"))
        ours = OUR_ID.fullmatch(theirs)
        reason = re.sub(r"\d{5,}", "...", wire.word(payload.get("reason")))  # it may name the number
        word, number = f"{kind} {reason}".strip(), int(ours[1]) if ours else None
        return Delivery(self.name, STATES[kind], word, number, theirs or None, wire.word(event.get("id")))
