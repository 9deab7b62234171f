"""python-telegram-bot: a loop of send_message, as its users write it; nothing is stored.

`python -m benchmarks.peers.ptb_send API_PORT MESSAGES` prints seconds and memory as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from telegram import Bot

from benchmarks import talk
from benchmarks.broadcast import memory


async def main(api_port: int, messages: int) -> None:
    """Send them, one after the other."""
    async with Bot("1:bench", base_url=f"http://127.0.0.1:{api_port}/bot") as bot:
        before, began = memory(), time.perf_counter()
        for number in range(messages):
            await bot.send_message(int(talk.chat(number)), f"OIM: Odette {number}, the Fair is on 12/12 in Rutana.")
        print(json.dumps({"seconds": time.perf_counter() - began, "grew_mb": memory("VmHWM") - before}))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
