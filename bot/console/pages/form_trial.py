"""A form tried on the page: somebody who does not exist is answered as a leader would be; nothing is kept."""

from __future__ import annotations

from typing import cast

from starlette.responses import Response

from bot import trial
from bot.console.ask import Ask
from bot.console.page import Page
from bot.console.pages import word_forms
from bot.console.values import LANGUAGES
from bot.store import area
from handlers.turn import Language

LONGEST = 2000
"""Characters of all messages together."""


async def show(ask: Ask) -> Response:
    """What is answered to each line, what is read of it, and what would be stored; `form`: with one not taken yet."""
    digest = ask.query.get("form", "")
    new = await word_forms.brought(ask, digest) if digest else None
    there = await ask.read(area.associations_of, ask.viewer)
    numbers = {str(row["id"]): row for row in there}
    chosen = ask.query.get("association", "")
    association = numbers.get(chosen, there[0] if there else None)
    language = ask.query.get("language", "")
    language = language if language in LANGUAGES else ask.words.language
    text = ask.query.get("text", "")[:LONGEST]
    chat = ask.query.get("by") == "chat"
    lines = [line.strip()[:480] for line in text.splitlines() if line.strip()]
    turns, words = ask.parts.turns, ask.parts.words
    found = []
    if lines and association:
        speaking = cast(Language, language)
        async with ask.parts.database.read() as tx:
            brought = [new] if new else []
            found = await trial.tried(turns, words, tx, association["id"], speaking, lines, brought, chat=chat)
    return ask.show(
        "form_trial.html",
        found=found,
        text=text,
        cut=len(lines) > trial.MOST_LINES,
        association=association,
        associations=there,
        language=language,
        languages=LANGUAGES,
        forms={**turns.forms, **({new.name: new} if new else {})},
        new=new,
        chat=chat,
        digest=digest,
        simulator=ask.parts.simulated,
    )


PAGES = (Page("/words/forms/try", show),)
