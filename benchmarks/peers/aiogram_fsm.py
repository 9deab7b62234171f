"""aiogram 3: a StatesGroup, MemoryStorage, its own aiohttp webhook handler; the report goes into SQLite.

MemoryStorage is the fastest it has (states die with the process; the SQLite figures of docs/performance.md are
lower). `python -m benchmarks.peers.aiogram_fsm PORT API_PORT FOLDER`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import aiosqlite
from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

from benchmarks.talk import FIELDS, PROMPTS, receipt


class Business(StatesGroup):
    """The six questions."""

    status, sales, costs, kit, problem, jobs = (State() for _ in FIELDS)


STATES = (Business.status, Business.sales, Business.costs, Business.kit, Business.problem, Business.jobs)


async def database(folder: Path) -> aiosqlite.Connection:
    """Where the reports go."""
    made = await aiosqlite.connect(folder / "aiogram.db")
    await made.execute("PRAGMA journal_mode=WAL")
    await made.execute("PRAGMA synchronous=FULL")
    await made.execute("CREATE TABLE reports (number INTEGER PRIMARY KEY, chat INTEGER, said TEXT)")
    return made


def conversation() -> Router:
    """The handlers, one for each state."""
    router = Router()

    @router.message(F.text == "BIZ")
    async def start(message: Message, state: FSMContext) -> None:
        await state.set_state(STATES[0])
        await message.answer(PROMPTS[0])

    def step(place: int):  # type: ignore[no-untyped-def]
        async def asked(message: Message, state: FSMContext, kept: aiosqlite.Connection) -> None:
            said = await state.update_data({FIELDS[place]: message.text})
            if place + 1 < len(PROMPTS):
                await state.set_state(STATES[place + 1])
                await message.answer(PROMPTS[place + 1])
                return
            row = (message.chat.id, repr(said))
            cursor = await kept.execute("INSERT INTO reports (chat, said) VALUES (?, ?)", row)
            await kept.commit()
            await state.clear()
            await message.answer(receipt(cursor.lastrowid or 0, int(said["sales"]), int(said["costs"])))

        return asked

    for place, state in enumerate(STATES):
        router.message(state)(step(place))
    return router


def main(port: int, api_port: int, folder: Path) -> None:
    """Serve until killed."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(f"http://127.0.0.1:{api_port}"))
    bot = Bot("1:bench", session=session)
    dispatcher = Dispatcher()
    dispatcher.include_router(conversation())

    async def start() -> None:
        dispatcher["kept"] = await database(folder)

    dispatcher.startup.register(start)
    site = web.Application()
    SimpleRequestHandler(dispatcher, bot).register(site, path="/webhook")
    setup_application(site, dispatcher, bot=bot)
    web.run_app(site, host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
