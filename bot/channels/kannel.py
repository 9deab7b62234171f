"""Kannel, the SMS gateway on a server: smsbox calls us for what arrives, we call its sendsms.

What Kannel does that is written nowhere else but in its user guide and its smsbox.c (1.4.5):
whatever body we answer with goes out as an SMS to the sender; every status but 200 and 202 is
tried again `http-request-retry` times; 403 means a wrong password *or* "no route for this number".
docs/channels/kannel.md has the settings, docs/channels/kannel.conf a reviewed file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote, urlencode

import aiohttp
import yarl
from smsutil.codecs import GSM_CHARSET
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope

from bot.channel_sections import Kannel as Settings
from bot.channels import web
from bot.channels.arrival_keys import KEY_LENGTH, key_of
from bot.channels.base import Arrival, Delivery, Intake, Message, Sent, State
from bot.channels.line import line_to, quoted
from bot.channels.phone_numbers import normalise
from bot.errors import Ambiguous, ChannelMisconfigured, Refused, RetryLater, SendError
from handlers.turn import NOTHING
from handlers.understand.words import clean

GSM = frozenset(GSM_CHARSET) - {"\x1b"}
STATES: dict[int, State] = {1: "delivered", 2: "failed", 16: "failed", 8: "sent", 4: "accepted"}
"""%d is a mask; the first bit found here decides. 34 (expired) and 66 (unknown) contain 2."""
DLR_MASK = "31"
"""Every one of the five reports."""
ACCEPTED = (b"0: Accepted", b"3: Queued", b"Sent.")
"""Kannel's answers to a message it took ("Sent." with immediate-sendsms-reply)."""
OURS = (b"Authorization failed", b"Sender missing", b"DLR-URL", b"Unknown request")
"""Refusals that are about our settings, not about the message."""
SAFE = re.compile(r"[A-Za-z0-9_.~-]+")


class Kannel(web.Gateway):
    """The channel `kannel`."""

    name = "kannel"
    keyed = False
    window = 64

    def __init__(self, settings: Settings, public_url: str) -> None:
        self.settings = settings
        self._secret = settings.secret.get_secret_value().encode()
        self._account = {"username": settings.username, "password": settings.password.get_secret_value()}
        self._report = ""
        if public_url:
            place = f"{public_url.rstrip('/')}/channels/kannel/{quote(self._secret, safe='')}/status"
            self._report = place + "?type=%d&answer=%A&smsc=%F&id="
        self._fixed = urlencode(self._account | {"from": settings.sender, "charset": "utf-8"})
        self._reported = "&" + urlencode({"dlr-mask": DLR_MASK, "dlr-url": self._report})
        self._line = line_to(settings.sendsms_url, self.name)

    def routes(self, intake: Intake) -> Sequence[BaseRoute]:
        """GET or POST .../{secret}/incoming for messages, .../{secret}/status for delivery reports."""

        async def incoming(scope: Scope, receive: Receive) -> None:
            await intake.arrivals([self._arrival(await self._fields(scope, receive))])

        async def status(scope: Scope, receive: Receive) -> None:
            await intake.deliveries([self._delivery(await self._fields(scope, receive))])

        return [
            Route("/channels/kannel/{secret}/incoming", web.Door(self.name, incoming, "GET", "POST")),
            Route("/channels/kannel/{secret}/status", web.Door(self.name, status, "GET", "POST")),
        ]

    async def start(self, http: aiohttp.ClientSession) -> None:
        """Take the session. Raises ChannelMisconfigured for a secret that Kannel would not hand on."""
        await super().start(http)
        if not SAFE.fullmatch(self.settings.secret.get_secret_value()):
            raise ChannelMisconfigured(
                "channels.kannel.secret", "use only letters, digits, - and _: Kannel reads % as a code of its own"
            )

    async def send(self, message: Message) -> Sent:
        """One call of sendsms. Kannel gives no id; its reports carry ours."""
        coding = "0" if GSM.issuperset(message.text) else "2"
        to, text = quoted(message.address), quoted(message.text)
        report = f"{self._reported}{message.id}" if self._report else ""
        reply = await self._ask(f"{self._fixed}&to={to}&text={text}&coding={coding}{report}")
        if reply.status in (200, 202) and reply.body.startswith(ACCEPTED):
            return Sent(None, "accepted")
        raise _refusal(reply)

    async def check(self) -> list[str]:
        """Ask sendsms without a receiver: it must know our account and miss the number."""
        problems = []
        if len(self._secret) < 16:
            problems.append(
                "channels.kannel.secret: shorter than 16 letters; make it longer, here and in kannel.conf."
            )
        if not self._report:
            problems.append("web.public_url: empty, so Kannel cannot report deliveries; write our address.")
        try:
            reply = await self._ask(urlencode(self._account))
            if not reply.body.startswith(b"Missing receiver"):
                problems.append(f"channels.kannel: {_refusal(reply)}")
        except SendError as error:
            problems.append(f"channels.kannel: {error}. Is smsbox running and sendsms_url right?")
        return problems

    async def stop(self) -> None:
        """Close what connections rest."""
        if self._line:
            self._line.close()

    async def _ask(self, query: str) -> web.Reply:
        if self._line:
            return await self._line.get(query, self.timeout)
        joint = "&" if "?" in self.settings.sendsms_url else "?"
        url = yarl.URL(self.settings.sendsms_url + joint + query, encoded=True)
        return await web.ask(self._http, "GET", url, "kannel", self.timeout)

    async def _fields(self, scope: Scope, receive: Receive) -> dict[bytes, bytes]:
        """The query's and the form's fields. Raises Unwanted(403) for a wrong secret, unread."""
        if not web.same(scope["path_params"]["secret"], self._secret):
            raise web.Unwanted(403)
        return await web.fields(scope, receive)

    def _arrival(self, fields: dict[bytes, bytes]) -> Arrival:
        sender = normalise(web.utf8(fields.get(b"from", b"")))
        if not sender:
            raise web.Unwanted(400)
        time = web.utf8(fields.get(b"time", b""))
        raw = fields.get(b"text", b"")
        text, whole = web.decode(raw, fields.get(b"charset", b""))
        return Arrival(
            channel=self.name,
            key=key_of(clean(web.utf8(fields.get(b"id", b""))).strip(), fields, time, self._secret),
            scheme=self.scheme,
            address=sender,
            text=clean(text),
            sent_at=web.moment(time),
            data=NOTHING if whole else {"bytes": raw.hex()},  # kept, never refused
        )

    def _delivery(self, fields: dict[bytes, bytes]) -> Delivery:
        ours, kind, answer, theirs = (
            clean(fields.get(name, b"").decode("utf-8", "replace")).strip()[:KEY_LENGTH]
            for name in (b"id", b"type", b"answer", b"smsc")
        )
        mask = int(kind) if kind.isdecimal() and len(kind) < 6 else 0
        state: State = next((state for bit, state in STATES.items() if mask & bit), "accepted")
        return Delivery(
            channel=self.name,
            state=state,
            word=f"{kind} {re.split('(?i)text:', answer)[0]}".strip(),  # an SMSC may quote our text
            outbox_id=int(ours) if ours.isdecimal() and len(ours) < 19 else None,
            provider_id=theirs or None,
            event=f"{ours}.{kind}.{theirs}" if ours else "",
        )


def _refusal(reply: web.Reply) -> SendError:
    """The error that an answer of sendsms is. Nothing Kannel wrote is quoted: it may name the number."""
    if reply.body.startswith(OURS) or reply.status in (401, 404, 407):
        return ChannelMisconfigured(
            f"kannel answered {reply.status}: it refuses our account or address",
            "compare username, password, sender and sendsms_url with the sendsms-user group of kannel.conf",
        )
    if reply.status == 503:
        return RetryLater("kannel has a temporal failure (503)", reply.after_s)
    if 400 <= reply.status < 500:
        return Refused(f"kannel answered {reply.status}: this message cannot be delivered")
    return Ambiguous(f"kannel answered {reply.status} with something unknown")
