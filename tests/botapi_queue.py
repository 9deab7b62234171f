"""How the Bot API emulator brings updates: long polls that forget by offset, or a webhook that insists."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from typing import Any

import aiohttp
from telegram import WebhookInfo

from tests.botapi_methods import Unhappy
from tests.botapi_updates import checked

METHODS = ("getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo")
NOT_BY_DEFAULT = ("chat_member", "message_reaction", "message_reaction_count")
OTHER_POLLER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
HOOKED = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


class Queue:
    """The updates nobody has taken yet. `add` may be called from any thread, the rest in the server's."""

    def __init__(self) -> None:
        self.pending: list[dict[str, Any]] = []
        self.hook: dict[str, Any] = {"url": ""}
        self.hooked: list[int] = []
        """The webhook's answers' statuses, 0 for none."""
        self.allowed: list[str] = []
        self._poller: asyncio.Event | None = None
        self._news = asyncio.Event()
        self._closing = False
        self._lock = threading.Lock()

    def add(self, update: dict[str, Any]) -> None:
        """Keep it, if the bot has asked for this kind."""
        kind = next((name for name in update if name != "update_id"), "")
        if kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT:
            with self._lock:
                self.pending.append(update)

    def tell(self) -> None:
        """Something has changed: wake who waits."""
        self._news.set()
        if self._poller:
            self._poller.set()

    def close(self) -> None:
        """End the polls under way."""
        self._closing = True
        self.tell()

    async def getUpdates(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        if self.hook["url"]:
            raise Unhappy(409, HOOKED)
        if "allowed_updates" in given:
            self.allowed = json.loads(given["allowed_updates"])
        self.tell()
        mine = self._poller = asyncio.Event()
        end = time.monotonic() + float(given.get("timeout", 0))
        offset, limit = int(given.get("offset", 0)), int(given.get("limit", 100))
        while True:
            found = self._from(offset)[:limit]
            left = end - time.monotonic()
            if found or left <= 0 or self._closing:
                return found
            try:
                await asyncio.wait_for(mine.wait(), left)
            except TimeoutError:
                continue
            mine.clear()
            if self._poller is not mine:
                raise Unhappy(409, OTHER_POLLER)

    def _from(self, offset: int) -> list[dict[str, Any]]:
        """Forget what is below the offset; a negative one counts from the end."""
        with self._lock:
            if offset < 0:
                offset = next((update["update_id"] for update in self.pending[offset:]), 0)
            self.pending = [update for update in self.pending if update.get("update_id", offset) >= offset]
            return list(self.pending)

    async def setWebhook(self, given: dict[str, Any]) -> bool:
        await self.deleteWebhook(given)
        if "allowed_updates" in given:
            self.allowed = json.loads(given["allowed_updates"])
        self.hook = {"url": given.get("url", ""), "secret": given.get("secret_token", "")}
        self.tell()
        return True

    async def deleteWebhook(self, given: dict[str, Any]) -> bool:
        self.hook = {"url": ""}
        if given.get("drop_pending_updates") == "true":
            with self._lock:
                self.pending.clear()
        return True

    async def getWebhookInfo(self, given: dict[str, Any]) -> dict[str, Any]:
        info = {"url": self.hook["url"], "has_custom_certificate": False, "pending_update_count": len(self.pending)}
        if "error" in self.hook:
            info |= {"last_error_date": int(time.time()), "last_error_message": self.hook["error"]}
        return checked(WebhookInfo, info)

    async def deliver(self) -> None:
        """Post the oldest update to the webhook until it is taken, then the next. Runs until cancelled."""
        failures = 0
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as http:
            while True:
                if not (self.hook["url"] and self.pending):
                    await self._news.wait()
                    self._news.clear()
                    continue
                update, hook = self.pending[0], self.hook
                status = await _post(http, hook, update)
                self.hooked.append(status)
                if 200 <= status < 300:
                    failures = 0
                    with self._lock:
                        self.pending.remove(update)
                else:
                    hook["error"] = f"Wrong response from the webhook: {status}"
                    failures += 1
                    await asyncio.sleep(min(1.0, 0.02 * 2**failures))


async def _post(http: aiohttp.ClientSession, hook: dict[str, Any], update: dict[str, Any]) -> int:
    secret = {"X-Telegram-Bot-Api-Secret-Token": hook["secret"]} if hook["secret"] else {}
    try:
        async with http.post(hook["url"], json=update, headers=secret) as answer:
            return answer.status
    except (aiohttp.ClientError, TimeoutError):
        return 0
