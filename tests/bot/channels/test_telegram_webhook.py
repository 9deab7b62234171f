"""Telegram's webhook, over loopback. Forged and broken posts: tests/contracts/test_channels_telegram.py."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

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


async def test_polling_has_no_address_and_a_weak_secret_does_not_start(botapi: Emulator) -> None:
    assert not channel(botapi.settings).routes(Recorder())
    for secret, url in (("short", "https://x"), ("no good: \u00e9" * 9, "https://x"), (SECRET, "http://x.example")):
        settings = botapi.settings.model_copy(update={"mode": "webhook", "secret": SecretStr(secret)})
        with pytest.raises(ChannelMisconfigured, match=r"secret|public_url"):
            async with started(channel(settings, url)):
                pass
