"""USSD sessions, whoever brings them: what was typed becomes an arrival, its answer a screen.

A step is kept in the inbox as an SMS is, has its turn, and the row that answers it waits in the outbox. Whoever
sends that row asks `shows` first: the request that still waits gets it as a screen; when none does any more (it came
too late, another process sends it, we were started anew) it leaves by SMS. So nothing that is owed gets lost.

What is remembered here is only convenience: which page she is on, and the screen of a request that comes twice. After
a restart the inbox says which steps there were.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.channels.base import Arrival, Intake, Message
from bot.render.gsm import EXTENSION, segments
from handlers.understand.words import clean

LONGEST = 182
"""Septets of a screen. Its first word (CON or END) is counted too: nobody documents whether it is."""
MORE = "00"
"""What turns the page: no answer to any question, as 0 and 98 are."""
WITHIN_S = 8.0
"""Seconds that a request waits for its answer; Africa's Talking gives up after 15, operators earlier."""
PHONES = 10_000
"""Phones whose last session is remembered; some hundred bytes each."""


@dataclass(slots=True)
class _Session:
    """Where a phone's last session stands."""

    id: str
    heard: str = ""
    """The whole text of its last request."""
    pages: Sequence[str] = ()
    page: int = 0
    asks: bool = False
    """Whether its last page waits for an answer."""
    language: str = ""
    screen: asyncio.Task[str] | None = None
    """The answer to its last request."""


class Sessions:
    """The sessions of one channel, at most one per phone."""

    def __init__(self, channel: str, secret: bytes, scheme: str = "tel") -> None:
        self.within_s = WITHIN_S
        self._channel, self._secret, self._scheme = channel, secret, scheme
        self._phones: OrderedDict[str, _Session] = OrderedDict()
        self._waiting: dict[str, asyncio.Future[Message]] = {}

    async def ask(self, intake: Intake, number: str, session: str, text: str, within_s: float | None = None) -> str:
        """The screen that answers a request, "CON ..." or "END ..."; `text` is all that was typed in the session.

        `within_s`: so many seconds it waits for its turn, if not as usual. A request that comes again, also while the
        first one waits, gets the same screen. Raises DatabaseError: nothing was kept, it may come again.
        """
        there = self._phones.get(number)
        if there is None or there.id != session:
            there = self._phones[number] = _Session(session)
            while len(self._phones) > PHONES:
                self._phones.popitem(last=False)
        self._phones.move_to_end(number)
        if there.screen is None or there.heard != text:
            before = there.heard if there.screen else None
            there.heard, there.screen = (
                text,
                asyncio.create_task(self._screen(intake, number, there, before, text, within_s)),
            )
        return await asyncio.shield(there.screen)

    def shows(self, message: Message) -> bool:
        """Give it to the request that waits for it; False when none does, then it is for an SMS."""
        waiting = self._waiting.get(_of(message).get("key", ""))
        if waiting is None or waiting.done():
            return False
        waiting.set_result(message)
        return True

    async def _screen(
        self, intake: Intake, number: str, there: _Session, before: str | None, text: str, within_s: float | None
    ) -> str:
        try:
            if before is None:
                typed, said = await self._recalled(intake, there, text)
                if said is not None and _of(said):  # what was erased meanwhile is said no more
                    return self._opened(there, said)
            else:
                typed = _typed(before, text)
            if there.pages and typed in (MORE, ""):
                return _page(there, min(there.page + (typed == MORE), len(there.pages) - 1))
            arrival = self._arrival(number, there, text, "" if typed == MORE else typed)
            return await self._answered(intake, there, arrival, self.within_s if within_s is None else within_s)
        except BaseException:
            if there.screen is asyncio.current_task():
                there.screen = None  # the same request may come again
            raise

    async def _recalled(self, intake: Intake, there: _Session, text: str) -> tuple[str, Message | None]:
        """What was typed in a session that is not remembered, and its answer when this request came before.

        It began here, perhaps with digits behind the code (*384*57*1#), or it goes on after a restart or from
        another process. The inbox tells one from the other.
        """
        earlier = text.rpartition("*")[0]
        while earlier.endswith("*" + MORE):
            earlier = earlier.removesuffix("*" + MORE)
        keys = {each: self._key(there.id, each) for each in (text, earlier, "")}
        kept = await intake.answered(self._channel, list(keys.values()))
        began = text and not {keys[earlier], keys[""]} & kept.keys()
        typed = text.replace("*", " ") if began else text.rpartition("*")[2]
        return typed, kept.get(keys[text])

    async def _answered(self, intake: Intake, there: _Session, arrival: Arrival, within_s: float) -> str:
        waiting: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        if within_s:  # else nobody waits, however soon its answer is there
            self._waiting[arrival.key] = waiting
        try:
            await intake.arrivals([arrival])
            # not asyncio.timeout: an answer that comes in its last moment would be marked as shown, and be lost
            await asyncio.wait({waiting}, timeout=within_s)
        finally:
            self._waiting.pop(arrival.key, None)
        if waiting.done():
            return self._opened(there, waiting.result())
        there.pages, there.page = (), 0
        return f"END {intake.say('USSD_LATER', there.language)}"

    def _opened(self, there: _Session, message: Message) -> str:
        """The first page of an answer."""
        session = _of(message)
        there.language, there.asks = session["language"], session["asks"]
        there.pages = pages(message.text or session["kept"], session["more"])
        return _page(there, 0)

    def _arrival(self, number: str, there: _Session, text: str, typed: str) -> Arrival:
        key = self._key(there.id, text)
        return Arrival(self._channel, key, self._scheme, number, "ussd", clean(typed), data={"session": key})

    def _key(self, session: str, text: str) -> str:
        """The same for a request that comes again; of what was typed nothing can be read in it."""
        raw = f"ussd\0{session}\0{text}".encode("utf-8", "replace")
        return hmac.new(self._secret, raw, hashlib.sha256).hexdigest()


def parts(message: Message) -> int | None:
    """SMS parts of a text that was written for a screen and leaves by SMS after all; None for any other text."""
    return segments(message.text)[0] if message.text and _of(message) else None


def pages(text: str, more: str) -> list[str]:
    """The text cut into screens that fit, between two texts or else two words; below stands `more`, how to go on."""
    room, left, cut = LONGEST - len("CON "), text.strip(), []
    while _width(left) > room:
        fits = _longest(left, room - _width(f"\n{more}"))
        ends = (left.rfind(between, 0, fits + 1) for between in "\n ")
        at = next((end for end in ends if end > fits // 2), fits)
        cut.append(f"{left[:at].rstrip()}\n{more}")
        left = left[at:].lstrip()
    return [*cut, left]


def _page(there: _Session, number: int) -> str:
    there.page = number
    last = number == len(there.pages) - 1
    return f"{'END' if last and not there.asks else 'CON'} {there.pages[number]}"


def _typed(before: str, text: str) -> str:
    """What is new in a session's text. Some operators give only what was typed last."""
    if not before:
        return text
    return text[len(before) + 1 :] if text.startswith(f"{before}*") else text.rpartition("*")[2]


def _width(text: str) -> int:
    """Septets: some signs cost two."""
    return len(text) + sum(text.count(sign) for sign in EXTENSION)


def _longest(text: str, room: int) -> int:
    """How many signs of the text have room."""
    used = 0
    for at, sign in enumerate(text):
        used += 2 if sign in EXTENSION else 1
        if used > room:
            return at
    return len(text)


def _of(message: Message) -> Mapping[str, Any]:
    session = message.data.get("session")
    return session if isinstance(session, dict) else {}
