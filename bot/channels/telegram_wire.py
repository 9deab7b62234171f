"""Between PTB and the network: a deadline for the whole call, answers read strictly, errors that decide.

PTB's own words about an error are never logged nor kept, except Telegram's description of a refused
message: InvalidToken quotes the token, an error of httpx may quote the address, in which the token
stands, and an answer that is no JSON is written to the log whole.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import time
from functools import cache
from typing import Any

import httpx
import orjson
from telegram.error import (
    BadRequest,
    ChatMigrated,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from bot.errors import (
    AddressMoved,
    Ambiguous,
    ChannelMisconfigured,
    RecipientStopped,
    Refused,
    RetryLater,
    SendError,
)
from scheduler.second import Leaving, PerSecond

LONGEST_WAIT_S = 3600
"""Telegram may ask for any number of seconds; nobody waits longer than an hour without asking again."""
NEVER_WRITTEN = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
"""What httpx raises before the first byte of a request has left."""
GONE = ("chat not found", "user not found", "deactivated", "peer_id_invalid", "blocked")
PER_SECOND = 30
PER_CHAT_S = 1.0
"""https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this"""
SHORT_PAUSE_S = 2.0
CHATS = 4096


class SlowDown(TelegramError):
    """429. PTB's RetryAfter believes whatever number it is given, and warns of itself."""

    def __init__(self, seconds: float) -> None:
        super().__init__("Telegram asks us to slow down")
        self.seconds = seconds


class Wire(HTTPXRequest):
    """PTB's HTTP client. `whole_s`: a call that drips one byte a second ends after so many seconds too."""

    def __init__(self, whole_s: float, **more: Any) -> None:
        super().__init__(httpx_kwargs={"verify": _trusted()}, **more)
        self.whole_s = whole_s

    async def do_request(self, *args: Any, **more: Any) -> tuple[int, bytes]:
        """One request. Raises TelegramError for everything that is not the Bot API's answer."""
        try:
            async with asyncio.timeout(self.whole_s):
                code, body = await super().do_request(*args, **more)
        except TimeoutError:
            raise TimedOut from None
        answer = _answer(body)
        if 200 <= code < 300:
            if answer.get("ok") is True and "result" in answer:
                return code, body
            raise TelegramError(f"{code}, but not the Bot API's answer")
        parameters = answer.get("parameters")
        parameters = parameters if isinstance(parameters, dict) else {}
        if code == 429:
            raise SlowDown(_wait(parameters.get("retry_after")))
        if code == 421 or 300 <= code < 400:
            raise EndPointNotFound(f"{code}: not the right server")
        return code, _plain(answer, parameters)


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that certificates are checked by, read once: it takes 50 ms, and each client would do it."""
    return httpx.create_ssl_context()


def _answer(body: bytes) -> dict[str, Any]:
    """The answer's JSON object; an empty one for HTML, garbage and nothing."""
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        try:
            answer = json.loads(body)  # it takes half a surrogate pair, which would hold up all updates
        except (ValueError, RecursionError):
            return {}
    return answer if isinstance(answer, dict) else {}


def _plain(answer: dict[str, Any], parameters: dict[str, Any]) -> bytes:
    """An error answer with nothing in it that PTB would stumble over."""
    said, moved = answer.get("description"), parameters.get("migrate_to_chat_id")
    return orjson.dumps(
        {
            "ok": False,
            "description": said if isinstance(said, str) else "",
            "parameters": {"migrate_to_chat_id": moved} if isinstance(moved, int) else {},
        }
    )


def _wait(seconds: object) -> float:
    """Seconds, up to an hour, whatever was written: "soon", 0 and nothing are 30."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds <= 0:
        return 30.0
    return float(min(seconds, LONGEST_WAIT_S))


def never_left(error: TelegramError) -> bool:
    """Whether no byte of the request was written, so that repeating it is no second message."""
    return isinstance(error.__cause__, NEVER_WRITTEN)


def decided(error: TelegramError) -> SendError:
    """Telegram's error as a decision of ours.

    A 5xx is ambiguous. It is the Bot API server's "restart" while requests are under way, or nginx
    before it giving up on an answer; the message may have left, and there is no key to ask again with
    (tdlib/telegram-bot-api#126). BadRequest is a kind of NetworkError in PTB, so it is looked at first.
    """
    if isinstance(error, SlowDown):
        return RetryLater(error.message, error.seconds)
    if isinstance(error, ChatMigrated):
        return AddressMoved(str(error.new_chat_id))
    if isinstance(error, InvalidToken | EndPointNotFound):
        return misconfigured()
    if isinstance(error, Forbidden):
        return RecipientStopped(f"Telegram: {error.message}")
    if isinstance(error, BadRequest):
        gone = any(word in error.message.lower() for word in GONE)
        return (RecipientStopped if gone else Refused)(f"Telegram: {error.message}")
    if never_left(error):
        return RetryLater("Telegram cannot be reached")
    return Ambiguous(f"Telegram gave no clear answer ({type(error).__name__})")


def misconfigured() -> ChannelMisconfigured:
    """Telegram does not know our token, or api_url is not the Bot API."""
    return ChannelMisconfigured(
        "Telegram refuses our token",
        "copy the token again from BotFather into channels.telegram.token and look at channels.telegram.api_url",
    )


class Pace:
    """At most 30 messages in any second and one a second to a chat; a 429 stops everything.

    When a message may leave says `scheduler/second.py`. Per process: who runs several divides `per_second`.
    """

    def __init__(self, per_second: float = PER_SECOND, per_chat_s: float = PER_CHAT_S) -> None:
        began = time.monotonic()
        self._second, self._chat_s, self._first = PerSecond(per_second, began), per_chat_s, began + per_chat_s
        self._chats: dict[str, float] = {}
        self._answer = asyncio.Event()
        self._paused = 0.0

    async def turn(self, chat: str) -> Leaving:
        """Wait until a message may leave for this chat. Raises RetryLater in a longer pause."""
        while True:
            now = time.monotonic()
            if self._paused - now > SHORT_PAUSE_S:
                raise RetryLater("Telegram asked us to slow down", self._paused - now)
            hers = max(self._paused, self._chats.get(chat, self._first))
            at = max(hers, self._second.next_at())
            if at <= now:
                self._remember(chat, now)
                return self._second.leaves(now)
            if hers > now or not self._second.awaited:
                await asyncio.sleep((hers if hers > now else at) - now)
            else:
                await self._until_an_answer(at - now)

    async def _until_an_answer(self, seconds: float) -> None:
        """Or so long."""
        came = self._answer
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await came.wait()

    def arrived(self, leaving: Leaving) -> None:
        """Its answer has come, or none will."""
        leaving.answered_at = time.monotonic()
        self._answer.set()
        self._answer = asyncio.Event()

    def pause(self, seconds: float) -> None:
        """Send nothing for so many seconds: Telegram's 429 is for the bot, not for the chat."""
        self._paused = max(self._paused, time.monotonic() + seconds)

    @property
    def paused(self) -> bool:
        """Whether a 429 is still being waited out."""
        return self._paused > time.monotonic()

    def _remember(self, chat: str, now: float) -> None:
        if len(self._chats) >= CHATS and chat not in self._chats:
            self._chats = {known: until for known, until in self._chats.items() if until > now}
        self._chats[chat] = now + self._chat_s
