"""aiogram: gathered, 64 at once, as its users write it; nothing is stored.

`python -m benchmarks.peers.aiogram_send API_PORT MESSAGES` prints seconds and memory as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from benchmarks import talk
from benchmarks.broadcast import memory


async def main(api_port: int, messages: int) -> None:
    """Send them, at most 64 at a time."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(f"http://127.0.0.1:{api_port}"))
    free = asyncio.Semaphore(64)
    async with Bot("1:bench", session=session) as bot:

        async def send(number: int) -> None:
            async with free:
                await bot.send_message(int(talk.chat(number)), f"OIM: Odette {number}, the Fair is on 12/12.")

        before, began = memory(), time.perf_counter()
        await asyncio.gather(*(send(number) for number in range(messages)))
        print(json.dumps({"seconds": time.perf_counter() - began, "grew_mb": memory("VmHWM") - before}))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
