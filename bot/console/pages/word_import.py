"""A file of words: the workbook or a PO file is read whole and shown, old and new; saved only as it was shown."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot import word_files
from bot import words as tables
from bot.console.ask import Ask
from bot.console.page import Page, Wrong
from bot.console.pages.words import keep, state
from bot.console.values import LANGUAGES
from bot.console.words import _
from bot.errors import BotError
from bot.programme.roster.guard import MOST_BYTES
from bot.render import Entry

SHOWN = 60
"""Changes on one page; the others are behind it."""
PROBLEMS = 200
_KIND = "words"
_OVER = _("This file is no longer here: an hour has passed, or another one was sent. Send it once more.")


async def show(ask: Ask) -> Response:
    """The form for the file; with `file`, what the one that waits would change, a page at a time."""
    digest, start = ask.query.get("file", ""), ask.query.get("from", "")
    if not digest:
        return ask.show("word_import.html", found=None, problem="")
    proposal = await _proposal(ask, await _waiting(ask, digest))
    first = int(start) if start.isdecimal() and len(start) < 6 else 0
    return _shown(ask, proposal, digest, first)


def _shown(ask: Ask, proposal: tables.Proposal, digest: str, first: int = 0, status: int = 200) -> Response:
    kept = ask.parts.words.keywords.of
    changes = [
        (f"{one.key} · {one.language}", one.language, _said(ask, one.old), _said(ask, one.new))
        for one in proposal.changes
    ]
    changes += [(name, "", ", ".join(kept[name]), ", ".join(new)) for name, new in proposal.keywords.items()]
    found = {
        "digest": digest,
        "problems": proposal.problems[:PROBLEMS],
        "notes": proposal.notes[:SHOWN],
        "size": proposal.size,
        "changes": changes[first : first + SHOWN],
        "first": first,
        "more": first + SHOWN if len(changes) > first + SHOWN else None,
    }
    return ask.show("word_import.html", status, found=found, problem="", languages=LANGUAGES)


def _said(ask: Ask, entry: Entry | None) -> str:
    return f"{entry.text} ({state(ask.words, entry)})" if entry else "–"


async def check(ask: Ask) -> Response:
    """Read it whole: what is wrong and where, or everything that would change. Nothing is written."""
    sent = ask.upload("file")
    name = Path(sent.filename or "").name if sent else ""
    ending = next(
        (end for end in (*(f"{lang}.po" for lang in LANGUAGES), ".po", ".xlsx") if name.lower().endswith(end)), ""
    )
    if sent is None or not ending:
        text = ask.words.say(_("Choose the file first: the workbook (.xlsx), or a PO file of one language (.po)."))
        return ask.show("word_import.html", 422, found=None, problem=text)
    uploads, content = ask.console.uploads, await sent.read()
    digest, place = await uploads.keep(_KIND, ask.me.person_id, content, f".{ending.lstrip('.')}")
    try:
        proposal = await _proposal(ask, place)
    except BotError as error:
        await uploads.forget(place)
        text = _named(ask.words.why(error), place, name)
        return ask.show("word_import.html", 422, found=None, problem=text)
    await ask.write(_nothing, file=digest[:12], changes=proposal.size, problems=len(proposal.problems))
    if proposal.problems or not proposal.size:
        await uploads.forget(place)
        return _shown(ask, proposal, "", status=422 if proposal.problems else 200)
    return _shown(ask, proposal, digest)


def _named(text: str, place: Path, name: str) -> str:
    """The file as she knows it."""
    return text.replace(str(place), name).replace(place.name, name)


async def _nothing(tx: AsyncConnection) -> None:
    """That somebody had a file checked is written down; nothing else is."""


async def _waiting(ask: Ask, digest: str) -> Path:
    place = await ask.console.uploads.find(_KIND, ask.me.person_id, digest)
    if place is None:
        raise Wrong(_OVER)
    return place


async def _proposal(ask: Ask, place: Path) -> tables.Proposal:
    """What it would change, against the words as they are now. Raises BotError."""
    brought = await asyncio.to_thread(word_files.load, place)
    return await asyncio.to_thread(tables.propose, ask.parts.words, brought, list(ask.parts.turns.forms.values()))


async def import_(ask: Ask) -> Response:
    """Save the file that was shown to her, and no other one."""
    digest = ask.form.get("digest", "")
    place = await _waiting(ask, digest)
    proposal = await _proposal(ask, place)
    if proposal.problems or not proposal.size:
        raise Wrong(_("Meanwhile the words are others. Send the file once more and look at it again."))
    await keep(ask, proposal, file=digest[:12], changes=proposal.size)
    await ask.console.uploads.forget(place)
    return ask.go("/words", _("The words are saved; they are said like this from now on."))


PAGES = (
    Page("/words/import", show),
    Page("/words/import/check", check, writes="words checked", files=1, largest=MOST_BYTES + 65_536),
    Page("/words/import/now", import_, writes="words changed"),
)
