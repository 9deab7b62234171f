"""Telegram's webhook, over loopback: forged, broken and too large posts leave nothing behind."""

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import uvicorn
from pydantic import SecretStr
from starlette.applications import Starlette

from bot.channels.base import Recorder
from bot.channels.telegram import Telegram
from bot.errors import ChannelMisconfigured, DatabaseError
from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.botapi_bots import channel, started

SECRET = "the_secret-of-the-webhook"


@contextlib.asynccontextmanager
async def listening(botapi: Emulator, intake: Any) -> AsyncIterator[tuple[Telegram, str]]:
    """The channel in mode webhook on a web server of its own, and the server's address."""
    settings = botapi.settings.model_copy(update={"mode": "webhook", "secret": SecretStr(SECRET)})
    config = uvicorn.Config(
        Starlette(), port=0, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    serving = asyncio.create_task(server.serve())
    await botapi.until(lambda: server.started)
    address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    telegram = channel(settings, address)
    config.app.router.routes.extend(telegram.routes(intake))  # type: ignore[union-attr]
    try:
        async with started(telegram):
            yield telegram, address
    finally:
        server.should_exit = True
        await serving


async def test_webhook_is_set_and_brings_updates_until_they_are_stored(botapi: Emulator) -> None:
    recorder = Recorder(broken=DatabaseError("locked"))
    odette = botapi.user(4711)
    async with listening(botapi, recorder) as (telegram, _):
        await telegram.run(recorder)
        hook = botapi.called("setWebhook")[0]
        assert hook["secret_token"] == SECRET and "my_chat_member" in hook["allowed_updates"]
        odette.says("Ego")
        await botapi.until(lambda: len(botapi.queue.hooked) > 1)
        recorder.broken = None
        odette.says("Oya")
        await botapi.until(lambda: not botapi.queue.pending)
        assert set(botapi.queue.hooked) == {503, 200}
    assert [arrival.text for arrival in recorder.kept] == ["Ego", "Oya"]


GOOD = b'{"update_id": 1, "message": {"chat": {"id": 5, "type": "private"}, "text": "%s"}}'
KNOWN = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
POSTS: list[tuple[Any, bytes, int, list[str]]] = [
    (KNOWN, GOOD % b"Ego", 200, ["Ego"]),
    (KNOWN, GOOD % b"a\\u0000b\\ud83d", 200, ["a\ufffdb\ufffd"]),
    (KNOWN, b'{"update_id": 1, "poll": {}}', 200, []),
    (KNOWN, b'{"update_id": "x"}', 200, []),
    ({}, GOOD % b"Ego", 401, []),
    ({"X-Telegram-Bot-Api-Secret-Token": ""}, GOOD % b"Ego", 401, []),
    ({"X-Telegram-Bot-Api-Secret-Token": SECRET[:-1]}, GOOD % b"Ego", 403, []),
    ({"X-Telegram-Bot-Api-Secret-Token": SECRET + "\u00e9"}, GOOD % b"Ego", 403, []),
    ([*KNOWN.items(), *KNOWN.items()], GOOD % b"Ego", 400, []),
    (KNOWN, (GOOD % b"Ego")[:-9], 400, []),
    (KNOWN, GOOD % b"\xff", 400, []),
    (KNOWN, b"[]", 400, []),
    (KNOWN, b"", 400, []),
    (KNOWN, b"[" * 100_000, 400, []),
    (KNOWN, GOOD % (b"a" * (1 << 20)), 413, []),
]


@pytest.mark.parametrize("headers, body, status, kept", POSTS)
async def test_webhook_answers(botapi: Emulator, headers: Any, body: bytes, status: int, kept: list[str]) -> None:
    recorder = Recorder()
    async with listening(botapi, recorder) as (_, address), aiohttp.ClientSession() as http:
        for data in (io.BytesIO(body), _chunks(body)):
            async with http.post(f"{address}/channels/telegram/incoming", data=data, headers=headers) as answer:
                assert answer.status == status
    assert [arrival.text for arrival in recorder.kept] == 2 * kept


async def _chunks(body: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(body), 50_000):
        yield body[at : at + 50_000]


async def test_polling_has_no_address_and_a_weak_secret_does_not_start(botapi: Emulator) -> None:
    assert not channel(botapi.settings).routes(Recorder())
    for secret, url in (("short", "https://x"), ("no good: \u00e9" * 9, "https://x"), (SECRET, "http://x.example")):
        settings = botapi.settings.model_copy(update={"mode": "webhook", "secret": SecretStr(secret)})
        with pytest.raises(ChannelMisconfigured, match=r"secret|public_url"):
            async with started(channel(settings, url)):
                pass
