"""python-telegram-bot: ConversationHandler with PicklePersistence, updates through its custom-webhook example.

As in PTB's own examples/customwebhookbot.py: a Starlette route puts the update on `update_queue`; the
conversation is a ConversationHandler (which forbids concurrent updates); the report goes into SQLite.
`python -m benchmarks.peers.ptb PORT API_PORT FOLDER`.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update
from telegram.ext import (
    Application,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)

from benchmarks.talk import FIELDS, PROMPTS, receipt


def conversation(database: sqlite3.Connection) -> ConversationHandler:
    """Asks the six questions; the last answer stores the report."""

    async def start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        context.user_data.clear()
        await update.message.reply_text(PROMPTS[0])
        return 0

    def step(place: int):  # type: ignore[no-untyped-def]
        async def asked(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
            context.user_data[FIELDS[place]] = update.message.text
            if place + 1 < len(PROMPTS):
                await update.message.reply_text(PROMPTS[place + 1])
                return place + 1
            said = context.user_data
            row = (update.effective_chat.id, repr(said))
            number = database.execute("INSERT INTO reports (chat, said) VALUES (?, ?)", row).lastrowid
            database.commit()
            await update.message.reply_text(receipt(number, int(said["sales"]), int(said["costs"])))
            return ConversationHandler.END

        return asked

    return ConversationHandler(
        entry_points=[MessageHandler(filters.Regex("^BIZ$"), start)],
        states={place: [MessageHandler(filters.TEXT, step(place))] for place in range(len(PROMPTS))},
        fallbacks=[],
        name="business",
        persistent=True,
    )


def build(api_port: int, folder: Path) -> Application:
    """The application with its one conversation."""
    database = sqlite3.connect(folder / "ptb.db")
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE reports (number INTEGER PRIMARY KEY, chat INTEGER, said TEXT)")
    made = (
        Application.builder()
        .token("1:bench")
        .base_url(f"http://127.0.0.1:{api_port}/bot")
        .updater(None)
        .persistence(PicklePersistence(folder / "ptb.pickle"))
        .build()
    )
    made.add_handler(conversation(database))
    return made


async def main(port: int, api_port: int, folder: Path) -> None:
    """Serve until killed."""
    bot = build(api_port, folder)

    async def webhook(request: Request) -> Response:
        await bot.update_queue.put(Update.de_json(data=await request.json(), bot=bot.bot))
        return Response()

    site = Starlette(routes=[Route("/webhook", webhook, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(site, host="127.0.0.1", port=port, log_level="warning", access_log=False))
    async with bot:
        await bot.start()
        await server.serve()
        await bot.stop()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
