"""Africa's Talking: an aggregator with one account for many African operators, bulk and two-way SMS.

Formats from its documentation (developers.africastalking.com, 2026). It signs nothing: the secret in
our address is all that tells its calls from anybody's. It promises no second call, so its inbox is
read as well (run). What it calls a message there is a number, and another id than the call's: both
are known by what they have in common, which is why `_key` is made of the whole message.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import aiohttp
import structlog
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope

from bot.channel_sections import AfricasTalking as Settings
from bot.channels import africastalking_wire as wire
from bot.channels import pulling, web
from bot.channels.arrival_keys import content_key
from bot.channels.base import Arrival, Delivery, Intake, Message, Sent
from bot.channels.json_answers import json_object, mapping, string
from bot.channels.phone_numbers import normalise
from bot.channels.ussd import Sessions, parts
from bot.errors import ChannelMisconfigured, SendError
from handlers.turn import NOTHING
from handlers.understand.words import clean

log = structlog.get_logger(__name__)

SENT = "/version1/messaging"
SAFE = re.compile(r"[A-Za-z0-9_.~-]+")
SECOND = re.compile(r"\d\d:\d\d:\d\d")


class AfricasTalking(web.Gateway):
    """The channel `africastalking`; `now` is the clock (aware)."""

    name = "africastalking"
    keyed = False
    screens = True

    def __init__(self, settings: Settings, public_url: str, now: Callable[[], datetime]) -> None:
        self.settings, self.now, self._public_url = settings, now, public_url
        self._secret = settings.secret.get_secret_value().encode()
        self._account = {"username": settings.username}
        self._order = self._account | {"bulkSMSMode": "1"} | ({"from": settings.sender} if settings.sender else {})
        self._headers = {
            "apiKey": settings.api_key.get_secret_value(),
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self.sessions = Sessions(self.name, self._secret)
        self._list = pulling.Readings(self.name, now)
        self._read = 0
        """Number of the last message of the inbox that is stored, in this process."""

    def routes(self, intake: Intake) -> Sequence[BaseRoute]:
        """POST .../{secret}/incoming for messages, .../status for delivery reports, .../ussd for sessions."""

        async def incoming(scope: Scope, receive: Receive) -> None:
            await intake.arrivals([self._brought(await self._fields(scope, receive))])

        async def status(scope: Scope, receive: Receive) -> None:
            await intake.deliveries([self._delivery(await self._fields(scope, receive))])

        async def ussd(scope: Scope, receive: Receive) -> str:
            fields = await self._fields(scope, receive)
            number, session, text = (
                web.utf8(fields.get(name, b"")) for name in (b"phoneNumber", b"sessionId", b"text")
            )
            if not ((address := normalise(number)) and wire.SESSION.fullmatch(session) and len(text) <= wire.TYPED):
                raise web.Unwanted(400)
            return await self.sessions.ask(intake, address, session, clean(text))

        doors = {"incoming": incoming, "status": status, "ussd": ussd}
        here = "/channels/africastalking/{secret}/"
        return [Route(here + what, web.Door(self.name, handle, "POST")) for what, handle in doors.items()]

    async def start(self, http: aiohttp.ClientSession) -> None:
        """Take the session. Raises ChannelMisconfigured for a secret that an address cannot carry."""
        await super().start(http)
        if not SAFE.fullmatch(self.settings.secret.get_secret_value()):
            raise ChannelMisconfigured("channels.africastalking.secret", "use only letters, digits, - and _")

    async def run(self, intake: Intake) -> None:
        """Read the inbox, at once and now and then: what no call has brought is in it too."""
        await self._list.go_on(lambda since: self._catch_up(intake, since))

    async def send(self, message: Message) -> Sent:
        """To the session that waits for it; else one order for one number. It takes no id of ours: an order in
        doubt stays in doubt."""
        if self.sessions.shows(message) or not message.text:
            return Sent(None, parts=0)
        order = urlencode(self._order | {"to": message.address, "message": message.text})
        reply = await self._ask("POST", SENT, order.encode())
        if reply.status in (200, 201, 409):
            return replace(wire.taken(reply.body), parts=parts(message))
        raise wire.refusal(reply)

    async def check(self) -> list[str]:
        """Ask for the account's balance: it must know us and have something left."""
        problems = []
        if len(self._secret) < 16:
            problems.append("channels.africastalking.secret: shorter than 16 letters; it is all that protects us.")
        if not self._public_url:
            problems.append("web.public_url: empty, so no message and no delivery report can be brought to us.")
        try:
            reply = await self._ask("GET", f"/version1/user?{urlencode(self._account)}")
            if reply.status != 200:
                raise wire.refusal(reply)
            said = json_object(reply.body)
            balance = string(mapping(said.get("UserData", said.get("userData"))).get("balance"))
            if float(balance.split()[-1]) <= 0:
                problems.append(f"africastalking: the balance is {balance}; top it up, nothing leaves without.")
        except SendError as error:
            problems.append(f"channels.africastalking: {error}.{web.todo(error)}")
        except (web.Unwanted, ValueError, LookupError):
            problems.append("channels.africastalking.api_url: answers without a balance; is it Africa's Talking?")
        return problems

    async def _ask(self, method: str, path: str, order: bytes | None = None) -> web.Reply:
        url = self.settings.api_url.rstrip("/") + path
        return await web.ask(self._http, method, url, self.name, self.timeout, headers=self._headers, data=order)

    async def _catch_up(self, intake: Intake, since: datetime) -> None:
        """Every page of the inbox after what is stored. Raises SendError, DatabaseError.

        Messages before `since`, and of more than three days ago, are history, of another system perhaps: not taken.
        """
        since = min(since, self.now() - pulling.AT_START)
        while True:
            query = urlencode(self._account | {"lastReceivedId": self._read})
            reply = await self._ask("GET", f"{SENT}?{query}")
            if reply.status != 200:
                raise wire.refusal(reply)
            page = wire.inbox(reply.body)
            found = [self._arrival({name: string(value) for name, value in each.items()}) for each in page]
            if new := [each for each in found if each and each.sent_at and each.sent_at > since]:
                await intake.arrivals(new)
            last = max((wire.number(each.get("id")) for each in page), default=0)
            if last <= self._read:
                return
            self._read = last

    async def _fields(self, scope: Scope, receive: Receive) -> dict[bytes, bytes]:
        """The form's fields. Raises Unwanted(403) for a wrong secret, unread."""
        if not web.same(scope["path_params"]["secret"], self._secret):
            raise web.Unwanted(403)
        return await web.fields(scope, receive)

    def _brought(self, fields: dict[bytes, bytes]) -> Arrival:
        raw = fields.get(b"text", b"")
        text, whole = web.decode(raw, b"")
        plain = {name: web.utf8(fields.get(name.encode(), b"")) for name in ("from", "date", "id", "linkId")}
        arrival = self._arrival(plain | {"text": text}, NOTHING if whole else {"bytes": raw.hex()})
        if arrival is None:
            raise web.Unwanted(400)
        return arrival

    def _arrival(self, fields: Mapping[str, str], data: Mapping[str, Any] = NOTHING) -> Arrival | None:
        """The message, whichever way it came; None without a sender."""
        sender = normalise(fields.get("from", ""))
        if not sender:
            return None
        date, text = fields.get("date", ""), clean(fields.get("text", ""))
        sent_at = web.moment(date) if SECOND.search(date) else None
        key = self._key(fields, sender, text, sent_at)
        return Arrival(self.name, key, self.scheme, sender, "text", text, sent_at, data)

    def _key(self, fields: Mapping[str, str], sender: str, text: str, sent_at: datetime | None) -> str:
        """The same for a call, its repetition and the inbox.

        The inbox numbers messages otherwise than the calls do; sender, second, text and `linkId` are the
        same in both, and two honest "Ego" of one person never share them. Without a second: the call's
        id; without that too, each call is a message of its own, since one seen twice is better than lost.
        """
        given = clean(fields.get("id", "")).strip()
        if sent_at:
            parts = [fields.get("linkId", ""), sender, str(int(sent_at.timestamp())), text.strip()]
        elif given:
            parts = [given]
        else:
            return "once-" + secrets.token_hex(16)
        return content_key(self._secret, *parts)

    def _delivery(self, fields: dict[bytes, bytes]) -> Delivery:
        theirs, status, reason = (
            clean(fields.get(name, b"").decode("utf-8", "replace")).strip()[: wire.KEY_LENGTH]
            for name in (b"id", b"status", b"failureReason")
        )
        if not theirs:
            raise web.Unwanted(400)
        word = re.sub(r"\d{5,}", "...", f"{status} {reason}".strip())  # a new word may name the number
        state, stopped = wire.STATES.get(status, "accepted"), reason.lower() == "userinblacklist"
        return Delivery(self.name, state, word, None, theirs, status, stopped and state == "failed")
