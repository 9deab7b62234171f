"""The simulator's page: keypad phones, a clock that can be moved, and what happened.

Only the channel differs from production: a text goes through `Phone.hear` into the inbox, an answer comes back
through the outbox. The page asks for nothing outside this machine, and its rules of content say so to the browser.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import uuid4

from jinja2 import Environment, StrictUndefined, Template
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.channels.phone import Phone
from bot.console.cookies import BROWSER
from bot.console.gate import Gate
from bot.console.happened import Story, screen
from bot.console.moving import move_clock
from bot.console.smartphone import Smartphone, Wrong
from bot.console.told import HEADERS, answered, json, refused, told
from bot.parts import Parts
from bot.store import look
from bot.store.look import Owner

FIRST = "Odette"
"""Whose phone is on the left: the person all examples are about."""
LANGUAGES = {"rn": "Kirundi", "fr": "French", "sw": "Swahili", "en": "English"}
STRANGER = "+25700009999"
"""A number that is on no roster (and cannot exist)."""
MOST_TURNS = 30
MOST_ON_SCREEN = 40
MOST_KEPT_BACK = 10
_NUMBER = re.compile(r"\+[0-9]{6,15}").fullmatch
_FILES = ("simulator.js", "smartphone.js", "ussd.js", "simulator.css")


@dataclass(frozen=True, slots=True)
class Typed:
    """A text that was typed: how often the network hands it over, and when it was sent."""

    text: str
    times: int
    sent_at: datetime


class Simulator:
    """The page's addresses, bound to the running service."""

    def __init__(self, parts: Parts, gate: Gate) -> None:
        self._parts, self._gate = parts, gate
        self._kept: dict[str, list[Typed]] = {}
        self._moving = asyncio.Lock()
        self.smartphone = Smartphone(parts)

    def routes(self) -> Sequence[BaseRoute]:
        """The page, its two files, and what the page asks and tells."""
        return [
            Route("/", self._show),
            Route("/favicon.ico", self._icon),
            Route("/sim/files/{name}", self._file),
            Route("/sim/people", self._people),
            Route("/sim/state", self._state),
            Route("/sim/chat", self._chat),
            Route("/sim/chat", told(self.smartphone.do), methods=["POST"]),
            Route("/sim/chat/file/{row:int}", self.smartphone.file),
            Route("/sim/send", told(self._send), methods=["POST"]),
            Route("/sim/ussd", told(self._ussd), methods=["POST"]),
            Route("/sim/clock", told(self._clock), methods=["POST"]),
            Route("/sim/off", told(self._off), methods=["POST"]),
        ]

    @property
    def _phone(self) -> Phone:
        channel = self._parts.channels["phone"]
        assert isinstance(channel, Phone), "the simulator talks to simulated phones only"
        return channel

    async def _show(self, request: Request) -> Response:
        async with self._parts.database.read() as tx:
            owners, chats = _ordered(await look.owners(tx)), await look.chat_owners(tx)
        two = _two(owners, [_number(n) for n in request.query_params.getlist("phone")])
        token, browser = await self._gate.form_of(request)
        html = _page().render(
            csrf=token,
            demo=await self._gate.console.is_demo(),
            owners=owners,
            chats=chats,
            two=two,
            stranger=STRANGER,
            languages=LANGUAGES,
            sender=self._parts.settings.project.sender,
        )
        answer = answered(html.encode(), "text/html")
        if browser:
            self._gate.console.cookies.put(answer, BROWSER, browser)
        return answer

    async def _icon(self, request: Request) -> Response:
        return Response(status_code=204, headers=HEADERS)

    async def _file(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _FILES:
            return refused(404, "no such file")
        kind = "text/css" if name.endswith(".css") else "text/javascript"
        return answered(files("templates").joinpath("console", name).read_bytes(), kind)

    async def _people(self, request: Request) -> Response:
        async with self._parts.database.read() as tx:
            return json(_ordered(await look.owners(tx)))

    async def _state(self, request: Request) -> Response:
        asked = request.query_params.get("phones", "").split(",")
        phones = [number for number in map(_number, asked) if _NUMBER(number)][:8]
        after = request.query_params.get("after", "0")
        if not after.isdecimal():
            return refused(400, "after: a whole number, the id of a turn")
        story = Story(self._parts.settings.zone, self._parts.settings.sms.price_bif, self._parts.words.rules)
        async with self._parts.database.read() as tx:
            turns = await look.happened(tx, phones, int(after), MOST_TURNS, request.query_params.get("chat", ""))
            screens = {phone: await self._screen(tx, phone) for phone in phones}
        return json({"clock": self._now(), "phones": screens, "log": [story.turn(turn) for turn in turns]})

    async def _chat(self, request: Request) -> Response:
        async with self._parts.database.read() as tx:
            return json(await self.smartphone.state(tx, request.query_params.get("chat", "")))

    def _now(self) -> dict[str, Any]:
        local = self._parts.clock.now().astimezone(self._parts.settings.zone)
        yesterday = local - timedelta(days=1)
        return {
            "text": f"{local:%a} {local.day}/{local.month}/{local.year} {local:%H:%M}",
            "short": f"{local:%H:%M}",
            "day": yesterday.day,
            "month": yesterday.month,
        }

    async def _screen(self, tx: AsyncConnection, phone: str) -> dict[str, Any]:
        typed = await look.typed(tx, phone, MOST_ON_SCREEN)
        written = await look.written(tx, phone, MOST_ON_SCREEN)
        shown = {text.id for text in self._phone.screen(phone)}
        kept = [text.text for text in self._kept.get(phone, ())]
        return screen(typed, written, shown, kept, self._parts.settings.zone) | {"off": phone in self._phone.off}

    async def _send(self, body: Mapping[str, Any]) -> str:
        """A text from a phone, with the network's troubles: twice, late, kept back until the next one."""
        phone, text = _phone_in(body), body.get("text")
        if not isinstance(text, str) or len(text) > 1600:
            raise Wrong("text: the words of the SMS, at most 1600 characters")
        times, late_h, hold = body.get("times", 1), body.get("late_h", 0), body.get("hold", False)
        if type(times) is not int or not 1 <= times <= 3:
            raise Wrong("times: how often the SMS arrives, 1 to 3")
        if not isinstance(late_h, int | float) or not 0 <= late_h <= 72:
            raise Wrong("late_h: how many hours the SMS was under way, 0 to 72")
        if type(hold) is not bool:
            raise Wrong("hold: true keeps the SMS back until the next one was sent")
        if phone in self._phone.off:
            raise Wrong("this phone is off; switch it on first")
        typed = Typed(text, times, self._parts.clock.now() - timedelta(hours=late_h))
        if hold:
            return self._keep_back(phone, typed)
        await self._hear(phone, typed)
        for earlier in self._kept.pop(phone, []):
            await self._hear(phone, earlier)
        return "sent"

    def _keep_back(self, phone: str, typed: Typed) -> str:
        kept = self._kept.setdefault(phone, [])
        if len(kept) >= MOST_KEPT_BACK:
            raise Wrong("enough texts are kept back; send one without")
        kept.append(typed)
        return "kept back until the next SMS was sent"

    async def _hear(self, phone: str, typed: Typed) -> None:
        """An operator that repeats an SMS gives each copy an id of its own."""
        key = f"sim-{uuid4().hex}"
        for copy in range(typed.times):
            await self._phone.hear(phone, f"{key}+{copy}" if copy else key, typed.text, typed.sent_at)

    async def _ussd(self, body: Mapping[str, Any]) -> str:
        """Dial the USSD code, or answer in that session; `slow`: when its answer is there nobody waits for it."""
        phone, session, text = _phone_in(body), body.get("session"), body.get("text")
        if not (isinstance(session, str) and 0 < len(session) <= 64 and isinstance(text, str) and len(text) <= 1600):
            raise Wrong("session: a word for this call; text: all that was typed in it, joined by *")
        return await self._phone.dial(phone, session, text, slow=body.get("slow") is True)

    async def _clock(self, body: Mapping[str, Any]) -> str:
        """Hours ahead, or to the next reminder or tip; never back."""
        hours = body.get("hours")
        if hours == "next":
            async with self._parts.database.read() as tx:
                due = await look.next_unasked(tx, self._parts.clock.now())
            if due is None:
                raise Wrong("no reminder and no tip is planned")
            hours = max(due - self._parts.clock.now(), timedelta(minutes=1)) / timedelta(hours=1)
        if not isinstance(hours, int | float) or not 0 < hours <= 24 * 31:
            raise Wrong("hours: how far to move the clock ahead, more than 0 and at most 744")
        async with self._moving:
            await move_clock(self._parts, timedelta(hours=hours))
        return str(self._now()["text"])

    async def _off(self, body: Mapping[str, Any]) -> str:
        """Switch a phone off, or on: then what was held arrives."""
        phone, off = _phone_in(body), body.get("off")
        if type(off) is not bool:
            raise Wrong("off: true switches the phone off, false on")
        if off:
            self._phone.off.add(phone)
            return "off"
        await self._phone.switch_on(phone)
        return "on"


@cache
def _page() -> Template:
    """Compiled once in a process, when it is first asked for."""
    page = files("templates").joinpath("console", "simulator.html").read_text("utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(page)


def _phone_in(body: Mapping[str, Any]) -> str:
    phone = body.get("phone")
    if not isinstance(phone, str) or not _NUMBER(phone):
        raise Wrong("phone: a number such as +25700000001")
    return phone


def _number(text: str) -> str:
    """A number as an address line has it: its "+" may have become a space."""
    return "+" + text.strip().removeprefix("+")


def _ordered(owners: Sequence[Owner]) -> list[Owner]:
    return sorted(owners, key=lambda owner: FIRST not in owner.names)


def _two(owners: Sequence[Owner], wanted: Sequence[str]) -> list[str]:
    """The phones to begin with: those asked for, else the first one and one in another language."""
    first = [owner.phone for owner in owners[:1]]
    french = [owner.phone for owner in owners if owner.language == "fr" and not owner.shared]
    return list(dict.fromkeys([*wanted, *first, *french, STRANGER, STRANGER[:-1] + "8"]))[:2]
