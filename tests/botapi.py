"""Telegram's Bot API for tests, on a real port: what a bot does to it, a person sees, and back.

    def test_something(botapi):
        odette = botapi.user(4711, "Odette")
        odette.says("/start")
        ... the bot runs with botapi.settings ...
        odette.presses(odette.sees[-1], "Français")

It keeps the semantics that matter for not losing anything: an update stays until an offset above it
is asked for; a second poller ends the first with 409; a webhook is tried until it answers 2xx. All
that goes out is read by PTB's own types first. `fail("sendMessage", flood(2))` breaks the next call.
It runs in a thread of its own, so it answers while the test blocks, and bots in other processes too.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from telegram import Update

from bot.channel_sections import Telegram as Settings
from tests.botapi_methods import Methods, Unhappy, message
from tests.botapi_queue import METHODS as QUEUE_METHODS
from tests.botapi_queue import Queue
from tests.botapi_updates import Fault, Shown, User, checked, unauthorized
from tests.programme import door

BOT_ID = 7000000001
TOKEN = f"{BOT_ID}:TESTtokenOfTheEmulator_neverInALog-00"


@dataclass(frozen=True)
class Call:
    """One call of the bot's: `at` is time.monotonic() when it came in."""

    method: str
    given: dict[str, Any]
    at: float


class Emulator:
    """The Bot API. Use as a context manager; leaving it fails when it had to hand out nonsense."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.bot = {"id": int(token.split(":")[0]), "is_bot": True, "first_name": "Rutana", "username": "rutana_bot"}
        self.chats: dict[int, dict[str, Any]] = {}
        self.blocked: set[int] = set()
        self.deactivated: set[int] = set()
        self.moved: dict[int, int] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.callbacks: set[str] = set()
        self.answered: list[str] = []
        self.shown: list[Shown] = []
        self.calls: list[Call] = []
        self.nonsense: list[str] = []
        self.queue = Queue()
        self._faults: dict[str, list[Fault]] = {}
        self._methods = Methods(self)
        self._numbers = iter(range(1001, 10**9))
        self._update_numbers = iter(range(880_001, 10**9))
        self._lock = threading.RLock()

    # --- for tests ---

    @property
    def settings(self) -> Settings:
        """The `[channels.telegram]` of a bot that talks to this emulator by polling."""
        return Settings(token=self.token, api_url=self.url)

    def user(self, chat_id: int, name: str = "Odette") -> User:
        """A person who has pressed Start: the bot may write to her."""
        user = User(self, chat_id, name)
        self.chats[chat_id] = user.chat
        return user

    def sent(self, chat_id: int) -> list[Shown]:
        """The bot's messages in this chat, oldest first."""
        return [shown for shown in self.shown if shown.chat_id == chat_id]

    def fail(self, method: str, *faults: Fault) -> None:
        """The next calls of this method ('*': of any but getUpdates) have these faults, in this order."""
        self._faults.setdefault(method, []).extend(faults)

    def called(self, method: str) -> list[dict[str, Any]]:
        """What the calls of this method gave."""
        return [call.given for call in self.calls if call.method == method]

    async def until(self, check: Callable[[], Any], seconds: float = 5.0) -> Any:
        """What `check` returns once it is true. Raises AssertionError after so many seconds."""
        end = time.monotonic() + seconds
        while not (found := check()):
            assert time.monotonic() < end, "waited in vain"
            await asyncio.sleep(0.005)
        return found

    async def hears(self, chat_id: int, count: int, seconds: float = 5.0) -> list[Shown]:
        """The bot's messages in this chat once there are so many."""
        await self.until(lambda: len(self.sent(chat_id)) >= count, seconds)
        return self.sent(chat_id)

    def push(self, update: dict[str, Any], check: bool = True, number: int | None = None) -> int:
        """Put an update before the bot; `check=False` for one that PTB could not read."""
        number = next(self._update_numbers) if number is None else number
        update = {"update_id": number, **update}
        if check:
            checked(Update, update)
        self.queue.add(update)
        self._loop.call_soon_threadsafe(self.queue.tell)
        return number

    def forget(self) -> None:
        """As one that has just been started: nothing waits, nobody has called."""
        self._loop.call_soon_threadsafe(self.queue.close)
        self.queue = Queue()
        self.calls.clear()

    # --- for the people and the methods ---

    def next_message(self) -> int:
        return next(self._numbers)

    def keep_file(self, content: bytes, folder: str, ending: str) -> str:
        number = next(self._numbers)
        self.files[f"file{number}"] = (f"{folder}/file_{number}.{ending}", content)
        return f"file{number}"

    def press(self, user: User, shown: Shown, data: str) -> str:
        callback = f"{user.chat_id}{next(self._numbers)}"
        self.callbacks.add(callback)
        query = {"id": callback, "from": user.account, "chat_instance": "1", "data": data}
        self.push({"callback_query": {**query, "message": self.message(shown)}})
        return callback

    def message(self, shown: Shown) -> dict[str, Any]:
        return message(shown, self.chats[shown.chat_id], self.bot)

    # --- the server ---

    def __enter__(self) -> Emulator:
        sock = door()
        self.url = f"http://127.0.0.1:{sock.getsockname()[1]}"
        routes = [
            Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", self._file),
        ]
        config = uvicorn.Config(
            Starlette(routes=routes), log_config=None, lifespan="off", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        started = threading.Event()

        async def serve() -> None:
            self._loop = asyncio.get_running_loop()
            started.set()
            hooks = asyncio.create_task(self.queue.deliver())
            await self._server.serve(sockets=[sock])
            hooks.cancel()

        self._thread = threading.Thread(target=asyncio.run, args=(serve(),), name="botapi", daemon=True)
        self._thread.start()
        started.wait(5)
        return self

    def __exit__(self, *error: object) -> None:
        self._server.should_exit = True
        self._loop.call_soon_threadsafe(self.queue.close)
        self._thread.join(5)
        assert not self.nonsense, "\n".join(self.nonsense)

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        given: dict[str, Any] = {**request.query_params}
        async with request.form() as form:
            for name, value in form.items():
                given[name] = (value.filename or "", await value.read()) if isinstance(value, UploadFile) else value
        self.calls.append(Call(method, given, time.monotonic()))
        if request.path_params["token"] != self.token:
            return _said(unauthorized())
        faults = self._faults.get(method) or (self._faults.get("*") if method != "getUpdates" else None)
        fault = faults.pop(0) if faults else None
        if fault and fault.how == "answer":
            return _said(fault)
        if fault and fault.how == "slow":
            await asyncio.sleep(fault.seconds)
        try:
            answer = await self._answer(method, given)
        except Unhappy as unhappy:
            return _said(unhappy.fault)
        except (AssertionError, KeyError, TypeError, ValueError) as error:
            self.nonsense.append(f"{method}: {type(error).__name__}: {error}")
            return Response(f"the emulator is at its end: {error}", 500)
        whole = Response(json.dumps(answer), media_type="application/json")  # half a surrogate pair is escaped
        return await _spoilt(answer, fault, request) if fault else whole

    async def _answer(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        if method in QUEUE_METHODS:
            return {"ok": True, "result": await getattr(self.queue, method)(given)}
        if method.startswith("_") or not hasattr(self._methods, method):
            raise Unhappy(404, "Not Found")
        with self._lock:
            return {"ok": True, "result": getattr(self._methods, method)(given)}

    async def _file(self, request: Request) -> Response:
        for path, content in self.files.values():
            if path == request.path_params["path"] and request.path_params["token"] == self.token:
                return Response(content, media_type="application/octet-stream")
        return Response(status_code=404)


def _said(fault: Fault) -> Response:
    body = fault.body if isinstance(fault.body, bytes) else json.dumps(fault.body).encode()
    return Response(body, fault.status, media_type="application/json" if body[:1] == b"{" else "text/html")


class _Cut(Response):
    """Half of the answer; then uvicorn closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": bytes(self.body)[: len(self.body) // 2], "more_body": True})


async def _spoilt(answer: dict[str, Any], fault: Fault, request: Request) -> Response:
    """The answer of a call that was done, as the fault wants it."""
    body = json.dumps(answer).encode()
    if fault.how == "swallow":
        while (await request.receive())["type"] != "http.disconnect":
            pass

    async def drops() -> Any:
        for byte in body:
            await asyncio.sleep(fault.seconds)
            yield bytes([byte])

    if fault.how == "drip":
        return StreamingResponse(drops(), media_type="application/json")
    if fault.how == "cut":
        return _Cut(body, media_type="application/json")
    return Response(body, media_type="application/json")


@pytest.fixture(name="botapi")
def botapi_fixture() -> Iterator[Emulator]:
    """A Bot API of this test's own: `from tests.botapi import botapi_fixture  # noqa: F401`."""
    with Emulator() as emulator:
        yield emulator
