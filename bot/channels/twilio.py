"""Twilio: SMS through its Messages resource (API 2010-04-01), signed webhooks, and the list read again.

Twilio brings a message once, and once more only when it could not connect: what it brought while we were away
is not coming again. So `run` reads the account's list as well; both ways have the message's Sid as key.
docs/channels/twilio.md has the settings, the error codes and the traps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
import structlog
import yarl
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope

from bot.channel_sections import Twilio as Settings
from bot.channels import pulling, web
from bot.channels import twilio_wire as wire
from bot.channels.base import Arrival, Intake, Message, Sent
from bot.channels.json_answers import items, json_object, mapping, string
from bot.errors import SendError

log = structlog.get_logger(__name__)

PAGE, PAGES, PAGE_BYTES = 50, 200, 2_000_000
"""Messages of one page; the most pages of one reading; the largest page."""

ENDS = ("delivered", "failed", "read")
"""States that the list is read for: what is under way may still be reported."""


class Twilio(web.Gateway):
    """The channel `twilio`; `now` is the clock (aware)."""

    name = "twilio"
    keyed = False
    place = ""
    """Of its addresses, below /channels/twilio/."""
    read = staticmethod(wire.arrival)
    """The fields of a call -> the message."""

    def __init__(self, settings: Settings, public_url: str, now: Callable[[], datetime]) -> None:
        self.settings, self.now, self.sender = settings, now, settings.sender
        self._token = settings.auth_token.get_secret_value().encode()
        self._here = f"{public_url.rstrip('/')}/channels/twilio" if public_url else ""
        self._account = f"/2010-04-01/Accounts/{quote(settings.account_sid, safe='')}"
        account = aiohttp.encode_basic_auth(settings.account_sid, settings.auth_token.get_secret_value(), "utf-8")
        self._headers = {"Authorization": account, "Accept": "application/json"}
        self._list = pulling.Readings(self.name, now)
        self._seen: frozenset[tuple[str, str]] = frozenset()

    def routes(self, intake: Intake) -> Sequence[BaseRoute]:
        """POST .../incoming for messages, .../status?id=OURS for delivery reports; both signed."""

        async def incoming(scope: Scope, receive: Receive) -> None:
            if not (arrival := self.read(await self._fields(scope, receive, "incoming"))):
                raise web.Unwanted(400)
            await intake.arrivals([await self.heard(arrival, intake)])

        async def status(scope: Scope, receive: Receive) -> None:
            fields = await self._fields(scope, receive, "status")
            ours = web.utf8(web.form(scope["query_string"]).get(b"id", b""))
            if found := wire.delivery(self.name, fields, int(ours) if ours.isdecimal() and len(ours) < 19 else None):
                await intake.deliveries([found])

        here = f"/channels/twilio/{self.place}"
        return [
            Route(f"{here}incoming", web.Door(self.name, incoming, "POST")),
            Route(f"{here}status", web.Door(self.name, status, "POST")),
        ]

    async def run(self, intake: Intake) -> None:
        """Read the account's list now and then. Returns at once for a sender that nobody can answer."""
        if self._is_answered:
            await self._list.go_on(lambda since: self._pull(intake, since))

    async def send(self, message: Message) -> Sent:
        """Create one Message. Twilio takes no key of ours, its reports carry our id."""
        return await self._create({"Body": message.text}, message, is_last=True)

    async def heard(self, arrival: Arrival, intake: Intake) -> Arrival:
        """What a message means that was read as it came."""
        return arrival

    async def check(self) -> list[str]:
        """Whether the account is active and the sender's SMS lead here."""
        problems = [] if self._here else ["web.public_url: empty, so Twilio cannot bring us messages."]
        try:
            if self._json(await self._ask("GET", f"{self._account}.json")).get("status") != "active":
                problems.append("channels.twilio: the account is not active; see Twilio's console.")
            if self._is_answered and self.sender.startswith("+"):
                query = urlencode({"PhoneNumber": self.sender})
                path = f"{self._account}/IncomingPhoneNumbers.json?{query}"
                problems += self._led(self._json(await self._ask("GET", path)))
        except SendError as error:
            problems.append(f"channels.twilio: {error}.{web.todo(error)}")
        except web.Unwanted:
            problems.append("channels.twilio.api_url: this is not Twilio; write https://api.twilio.com.")
        return problems

    @property
    def _is_answered(self) -> bool:
        """Whether anybody can write to the sender: a number or a service, not a name."""
        return self.sender.startswith(("+", "MG", "whatsapp:")) or self.sender.isdecimal()

    def _led(self, found: Mapping[str, Any]) -> list[str]:
        numbers = [mapping(each) for each in items(found.get("incoming_phone_numbers"))]
        if not numbers:
            return ["channels.twilio.sender: the account has no such number; write one of its own, with +."]
        if numbers[0].get("sms_url") != f"{self._here}/incoming" or numbers[0].get("sms_method") != "POST":
            return [
                f"channels.twilio: the number's SMS lead elsewhere; in its console write {self._here}/incoming, POST."
            ]
        return []

    async def _create(self, form: Mapping[str, str], message: Message, *, is_last: bool) -> Sent:
        """One Message to its address; what becomes of the last one is reported under our id."""
        to = f"whatsapp:{message.address}" if self.scheme == "whatsapp" else message.address
        whole = {"To": to, **form, "MessagingServiceSid" if self.sender.startswith("MG") else "From": self.sender}
        if self._here and is_last:
            whole["StatusCallback"] = f"{self._here}/{self.place}status?id={message.id}"
        return wire.taken(await self._ask("POST", f"{self._account}/Messages.json", data=whole))

    async def _ask(self, method: str, path: str, **more: Any) -> web.Reply:
        url = yarl.URL(self.settings.api_url.rstrip("/") + path, encoded=True)
        return await web.ask(self._http, method, url, self.name, self.timeout, headers=self._headers, **more)

    def _json(self, reply: web.Reply) -> dict[str, Any]:
        """Raises a SendError for a refusal, Unwanted for what is no JSON."""
        if reply.status != 200:
            raise wire.refusal(reply)
        return json_object(reply.body)

    async def _fields(self, scope: Scope, receive: Receive, place: str) -> dict[str, str]:
        """The form of a call that Twilio signed. Raises Unwanted(401) for everybody else's."""
        pairs = wire.pairs(await web.body(scope, receive))
        query = scope["query_string"].decode("latin-1")
        address = f"{self._here}/{self.place}{place}" + (f"?{query}" if query else "")
        rights = [wire.signature(self._token, each, pairs) for each in wire.spelt(address)]
        given = web.header(scope, b"x-twilio-signature")
        if not (self._here and any([web.same(given, right) for right in rights])):
            raise web.Unwanted(401)
        return {name: value.encode("latin-1").decode("utf-8", "replace") for name, value in reversed(pairs)}

    async def _pull(self, intake: Intake, since: datetime) -> None:
        """Hand over what the list has since that day, oldest first; what the last reading had, not again."""
        rows = [row for side in self._sides() for row in reversed(await self._listed(side, since))]
        rows = [row for row in rows if str(row.get("from")).startswith("whatsapp:") == (self.scheme == "whatsapp")]
        fresh = [(row.get("direction"), wire.as_form(row)) for row in rows if wire.row_key(row) not in self._seen]
        if arrivals := [found for way, form in fresh if way == "inbound" and (found := self.read(form))]:
            await intake.arrivals([await self.heard(arrival, intake) for arrival in arrivals])
        reports = [wire.delivery(self.name, form, None) for way, form in fresh if way != "inbound"]
        if ended := [report for report in reports if report and report.state in ENDS]:
            await intake.deliveries(ended)
        self._seen = frozenset(map(wire.row_key, rows))

    def _sides(self) -> list[dict[str, str]]:
        """What came to our number and what left it; of a service, everything that the account has."""
        return [{}] if self.sender.startswith("MG") else [{"To": self.sender}, {"From": self.sender}]

    async def _listed(self, side: Mapping[str, str], since: datetime) -> list[Mapping[str, Any]]:
        """All pages, newest first, as Twilio gives them. Raises a SendError, Unwanted."""
        day = since.astimezone(UTC).date().isoformat()
        path = f"{self._account}/Messages.json?" + urlencode({**side, "DateSent>": day, "PageSize": PAGE})
        rows: list[Mapping[str, Any]] = []
        for _ in range(PAGES):
            page = self._json(await self._ask("GET", path, limit=PAGE_BYTES))
            rows += [mapping(row) for row in items(page.get("messages"))]
            path = string(page.get("next_page_uri"))
            if not path.startswith("/"):
                break
        return rows
