"""Telegram, through python-telegram-bot's Bot: its calls, types and errors, nothing else of it.

Updates come in through our own loop, or through our own web address. PTB's loop raises the offset
before anything is stored (279 of 1,200 updates lost under kill -9; this one 0), and one update that
it cannot read holds up all that follow. docs/channels/telegram.md has the settings and the errors.
"""

from __future__ import annotations

import asyncio
import logging
import mimetypes
import re
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
import structlog
from prometheus_client import Counter
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope
from telegram import Bot
from telegram.error import Conflict, EndPointNotFound, InvalidToken, TelegramError

from bot.channel_sections import Telegram as Settings
from bot.channels import telegram_profile, telegram_updates, web
from bot.channels.base import Alone, Arrival, File, Intake, Message, Sent
from bot.channels.json_answers import json_object
from bot.channels.telegram_sending import UNREADABLE, Sending
from bot.channels.telegram_wire import Pace, SlowDown, Wire, decided, misconfigured
from bot.errors import Ambiguous, ChannelMisconfigured, DatabaseError, Refused, RetryLater
from handlers.noun import noun

log = structlog.get_logger(__name__)
NOT_KEPT = Counter("kurikirana_telegram_not_kept", "Updates nothing is kept of", ["what"])

SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")


@noun
class Waits:
    """Seconds. Tests make them short."""

    poll: int = 25
    """How long Telegram may hold a question for updates when there are none."""
    answer: float = 20.0
    """For the next byte of an answer."""
    whole: float = 35.0
    """For a whole call, however slowly it drips."""
    back_off: tuple[float, ...] = (1, 2, 4, 8, 16, 32, 60)
    conflict: float = 60.0
    """Between two looks whether another process still polls."""


class Telegram:
    """The channel `telegram`."""

    name = "telegram"
    scheme = "telegram"
    rich = True
    keyed = False
    window = 16

    def __init__(
        self, settings: Settings, public_url: str, *, waits: Waits = Waits(), pace: Pace | None = None
    ) -> None:
        """`public_url` is how Telegram reaches us in mode webhook. Nothing is called yet."""
        for noisy in ("httpx", "httpcore", "telegram"):  # they log addresses, and the token stands in them
            logging.getLogger(noisy).setLevel(logging.WARNING)
        self.settings, self.waits, self.pace = settings, waits, pace or Pace()
        self.address = f"{public_url.rstrip('/')}/channels/telegram/incoming"
        self._secret = settings.secret.get_secret_value()
        self._token = settings.token.get_secret_value()
        self._id = self._token.partition(":")[0]
        api = settings.api_url.rstrip("/")
        self._files = f"{api}/file/bot{self._token}/"
        self._wires = (
            Wire(waits.poll + waits.answer, read_timeout=waits.poll + waits.answer, connection_pool_size=1),
            Wire(waits.whole, read_timeout=waits.answer, connection_pool_size=4 * self.window),
        )
        self._bot = Bot(
            self._token or "none",
            base_url=f"{api}/bot",
            base_file_url=f"{api}/file/bot",
            get_updates_request=self._wires[0],
            request=self._wires[1],
        )
        self._sending = Sending(self._bot, self.pace, min(5.0, waits.answer))
        self._http: aiohttp.ClientSession | None = None
        self._ready = False

    @property
    def webhook(self) -> bool:
        """Whether Telegram calls us."""
        return self.settings.mode == "webhook"

    @property
    def link(self) -> str:
        """Where people open the bot; empty until Telegram has told its name."""
        return f"https://t.me/{self._bot.username}" if self._ready else ""

    @property
    def alone(self) -> Alone:
        """Telegram gives updates to one poller."""
        return "" if self.webhook else "receiving"

    def routes(self, intake: Intake) -> Sequence[BaseRoute]:
        """POST .../incoming in mode webhook; polling has no address that anyone could write to."""

        async def incoming(scope: Scope, receive: Receive) -> None:
            given = web.header(scope, b"x-telegram-bot-api-secret-token")
            if not given:
                raise web.Unwanted(401)
            if not web.same(given, self._secret):
                raise web.Unwanted(403)
            await self._keep([json_object(await web.body(scope, receive))], intake)

        return [Route("/channels/telegram/incoming", web.Door(self.name, incoming, "POST"))] if self.webhook else []

    async def start(self, http: aiohttp.ClientSession) -> None:
        """Log in and say where updates go. Raises ChannelMisconfigured for a wrong token or secret.

        When Telegram cannot be reached, `run` goes on trying: the other channels must not wait.
        """
        self._http = http
        if problems := self._mistakes():
            raise ChannelMisconfigured("Telegram's settings", " ".join(problems))
        try:
            await self._set_up()
        except TelegramError as error:
            if isinstance(decided(error), ChannelMisconfigured):
                raise misconfigured() from None
            log.warning("not set up yet", channel=self.name, error=type(error).__name__)

    async def run(self, intake: Intake) -> None:
        """Poll until cancelled; in mode webhook return once Telegram knows our address.

        A batch is committed, only then its offset is raised: after a kill in between, it comes again
        with the same keys. Raises ChannelMisconfigured when the token is no longer taken. Of several
        processes one runs this (`alone`): Telegram serves one.
        """
        offset: int | None = None
        failures, introduced = 0, False
        while not (self._ready and introduced and self.webhook):
            try:
                if not self._ready:
                    await self._set_up()
                if not introduced:
                    await self._introduce()
                    introduced = True
                    continue
                updates = await self.updates(offset)
                await self._keep(updates, intake)
                offset = _after(updates)
                failures = 0
            except (TelegramError, DatabaseError, *UNREADABLE) as error:
                await asyncio.sleep(self._pause(error, failures))
                failures += 1

    async def send(self, message: Message) -> Sent:
        """Answer the button press, then send or edit the text (telegram_sending.py)."""
        return await self._sending.send(message)

    async def fetch(self, data: Mapping[str, Any], limit: int) -> File:
        """Download a photo or a voice note. Raises Refused (too large, gone), RetryLater."""
        if self._http is None or data.get("size", 0) > limit:
            raise Refused(f"larger than {limit} bytes" if self._http else "the channel has not been started")
        try:
            file = await self._bot.get_file(data["file_id"])
        except TelegramError as error:
            found = decided(error)
            raise RetryLater(str(found)) if isinstance(found, Ambiguous) else found from None
        except UNREADABLE:
            raise RetryLater("Telegram's answer about a file could not be read") from None
        address = file.file_path or ""
        if not address.startswith(self._files):
            raise ChannelMisconfigured("the Bot API server keeps its files to itself", "run it without --local")
        return File(await self._download(address, limit), mimetypes.guess_type(address)[0] or "")

    async def check(self) -> list[str]:
        """Whether Telegram knows us and brings updates where we wait for them."""
        if problems := self._mistakes():
            return problems
        try:
            await self._bot.get_me()
            hook = await self._bot.get_webhook_info()
        except TelegramError as error:
            decision = decided(error)
            return [f"channels.telegram: {decision}.{web.todo(decision)}"]
        except UNREADABLE:
            return ["channels.telegram: Telegram's answer could not be read. Is channels.telegram.api_url a Bot API?"]
        if hook.url != (self.address if self.webhook else ""):
            problems.append(
                "channels.telegram: Telegram sends updates elsewhere; start the service, which sets its address."
            )
        if hook.last_error_message and hook.pending_update_count:
            problems.append(
                f"channels.telegram: updates that wait: {hook.pending_update_count}; its last try to bring them"
                f" failed: {hook.last_error_message}. Can web.public_url be reached from outside?"
            )
        return problems

    async def stop(self) -> None:
        """Close the connections."""
        for wire in self._wires:
            await wire.shutdown()

    def _mistakes(self) -> list[str]:
        problems = []
        if not TOKEN.fullmatch(self._token):
            problems.append("channels.telegram.token: not a token; copy it from BotFather, 123456:ABC...")
        if self.webhook and not SECRET.fullmatch(self._secret):
            problems.append("channels.telegram.secret: write 16 to 256 of A-Z, a-z, 0-9, _ and -.")
        if self.webhook and not self.address.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            problems.append("web.public_url: Telegram calls https:// addresses only.")
        return problems

    async def _set_up(self) -> None:
        await self._bot.initialize()
        if self.webhook:
            wanted = list(telegram_updates.WANTED)
            await self._bot.set_webhook(self.address, secret_token=self._secret, allowed_updates=wanted)
        else:
            await self._bot.delete_webhook(drop_pending_updates=False)
        self._ready = True

    async def _introduce(self) -> None:
        """Ten questions, of which nothing depends: so not in `start`, and with an end."""
        try:
            async with asyncio.timeout(self.waits.whole):
                await telegram_profile.introduce(self._bot)
        except (TelegramError, TimeoutError, *UNREADABLE) as error:
            log.warning("commands and description not set", channel=self.name, error=type(error).__name__)

    async def updates(self, offset: int | None) -> list[Any]:
        """One long poll, as raw JSON. The last _ keeps PTB from warning that it has a method for this."""
        wanted: dict[str, Any] = {"timeout": self.waits.poll, "allowed_updates": list(telegram_updates.WANTED)}
        if offset is not None:
            wanted["offset"] = offset
        updates = await self._bot.do_api_request("get_updates_", wanted)
        if not isinstance(updates, list):
            raise TelegramError("no list of updates")
        return updates

    async def _keep(self, updates: Sequence[Any], intake: Intake) -> None:
        arrivals: list[Arrival] = []
        for update in updates:
            found = telegram_updates.read(update, self._id)
            if isinstance(found, str):
                NOT_KEPT.labels(found).inc()
                log.info("update not kept", channel=self.name, update=telegram_updates.update_id(update), what=found)
            else:
                arrivals.append(found)
        if arrivals:
            await intake.arrivals(arrivals)

    def _pause(self, error: Exception, failures: int) -> float:
        """Seconds to wait after a failed poll. Raises ChannelMisconfigured when waiting does not help."""
        if isinstance(error, InvalidToken | EndPointNotFound):
            raise misconfigured() from None
        if isinstance(error, Conflict):
            what = "a webhook is set" if "webhook" in error.message else "another process polls"
            log.error("not polling: " + what + " with this token; stop it", channel=self.name)
            return self.waits.conflict
        wait = self.waits.back_off[min(failures, len(self.waits.back_off) - 1)]
        if isinstance(error, SlowDown):
            wait = max(wait, error.seconds)
        log.warning("no updates", channel=self.name, error=type(error).__name__, again_in_s=wait)
        return wait

    async def _download(self, address: str, limit: int) -> bytes:
        """The token stands in the address, so nothing of an error is quoted."""
        assert self._http is not None
        content = bytearray()
        timeout = aiohttp.ClientTimeout(total=120, sock_read=self.waits.answer)
        try:
            async with self._http.get(address, timeout=timeout, allow_redirects=False) as answer:
                if answer.status != 200:
                    raise RetryLater(f"Telegram answered {answer.status} for a file", 60)
                async for chunk in answer.content.iter_any():
                    content += chunk
                    if len(content) > limit:
                        raise Refused(f"larger than {limit} bytes")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise RetryLater(f"a file broke off ({type(error).__name__})") from None
        return bytes(content)


def _after(updates: Sequence[Any]) -> int | None:
    """The offset that forgets these updates.

    None for no updates: the offset has done its work, and after a week of silence Telegram goes on
    with a random number, which may be a smaller one. Raises ValueError when no update has a number.
    """
    numbers = [number for update in updates if (number := telegram_updates.update_id(update)) is not None]
    if updates and not numbers:
        raise ValueError("updates without a number")
    return max(numbers) + 1 if numbers else None
