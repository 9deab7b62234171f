"""What a chat is told of the figures: finds the place and the period, counts, puts it in words; files are only data.

Read beside the turns by bot/workers/figures.py, and kept as JSON until the chat is told. Nothing is drawn or set
here: that is done when the text is sent.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from importlib.util import find_spec
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import BotError
from bot.programme import counting
from bot.programme.counting import NotFound, Period, Rules, Scope
from bot.programme.exports import Wanted, gather, pages
from bot.programme.exports.donor import donor
from bot.programme.summary import Asked, Say, Summary, phrases, summary
from bot.programme.summary.caption import caption, text_chart
from bot.programme.summary.page import page
from bot.programme.summary.picture import picture
from bot.programme.summary.sections import title
from bot.programme.summary.subjects import subject_of
from bot.programme.summary.text import chat_text
from bot.render.report import ReportsMissing
from bot.settings import Settings
from bot.store import summaries
from handlers.turn import MadeFile, Summarised, SummaryOf
from handlers.turn.beside import Question

MOST_MESSAGES, WORDS = 40, 120
"""In a chat: messages, and characters of each."""


def failed(question: Question, settings: Settings) -> Summarised:
    """What is said when reading broke off for a reason that is nobody's here."""
    say = Say(question.language, settings.zone)
    return Summarised(say("It could not be counted. The service's log says why."), question.face)


async def summarised(tx: AsyncConnection, question: SummaryOf, settings: Settings, key: str) -> Summarised:
    """The answer. `key`: of the pseudonyms in exports. Only reads."""
    say, face = Say(question.language, settings.zone), question.face
    name, period = _said(question.said, question.today)
    try:
        scope = await counting.find(tx, name, question.viewer)
        wanted = Asked(scope, period, Rules.of(settings), settings.zone, question.now)
        text, files = await _answer(tx, question, wanted, say, key)
    except NotFound as error:
        text = say("No association or commune of yours is called {name}.", name=name)
        return Summarised(text, face, suggestions=tuple(error.suggestions))
    except BotError as error:
        return Summarised(str(error), face)
    before, after = period.previous, period.following
    return Summarised(
        text,
        face,
        files,
        _place(scope),
        period.name,
        (before.name, say.period(before, short=True)),
        (after.name, say.period(after, short=True)) if after.first <= question.today else ("", ""),
    )


def _said(said: str, today: date) -> tuple[str, Period]:
    """The last words are a period where they are one (oct 2026, 2026-10); the rest is the place, nothing is all."""
    words = said.split() or [""]
    for first in (len(words) - 2, len(words) - 1):
        with suppress(BotError):
            return " ".join(words[: max(first, 0)]), Period.parse(" ".join(words[max(first, 0) :]), today)
    return said, Period.of(today)


def _place(scope: Scope) -> str:
    """As it is written behind the command."""
    return scope.no or scope.name or ("area" if scope.kind == "area" else "all")


async def _answer(
    tx: AsyncConnection, fact: SummaryOf, asked: Asked, say: Say, key: str
) -> tuple[str, tuple[MadeFile, ...]]:
    """The words of this face, and what goes along."""
    face, _, kind = fact.face.partition(" ")
    name = f"{_place(asked.scope).lower().replace(' ', '-')}-{asked.period.name}"
    if face in ("export", "xlsx"):
        kind = kind or "donor"
        wanted = Wanted(asked, fact.by, key, messages=kind == "messages")
        return await _tables(tx, fact, wanted, say, kind, name)
    found = await summary(tx, asked)
    if face == "picture":
        return caption(found, say), (MadeFile("picture", f"{name}.png", picture(found, say).plain()),)
    if face == "pdf":
        return title(found, say), (_pdf(f"{name}.pdf", page(found, say)),)
    if face == "messages":
        return await _messages(tx, found, asked, fact, say), ()
    return (_progress(found, say) if face == "progress" else chat_text(found, say)), ()


def _pdf(name: str, report: dict[str, Any]) -> MadeFile:
    """Raises ReportsMissing where it could not be set when it is sent."""
    if find_spec("typst") is None:
        raise ReportsMissing
    return MadeFile("pdf", name, report)


async def _tables(
    tx: AsyncConnection, fact: SummaryOf, wanted: Wanted, say: Say, kind: str, name: str
) -> tuple[str, tuple[MadeFile, ...]]:
    """An Excel file; for donors in an export also their two pages. Persons are pseudonyms."""
    found = await gather(tx, wanted, say.language)
    made = MadeFile("xlsx", f"{kind}-{name}.xlsx", {"pages": [one.plain() for one in pages(found, kind, say)]})
    text = f"{title(found.summary, say)} · {say('made {at}', at=say.moment(wanted.asked.as_of))}"
    if fact.face != "export donor" or find_spec("typst") is None:
        return text, (made,)
    return text, (_pdf(f"{kind}-{name}.pdf", donor(found, say)), made)


def _progress(found: Summary, say: Say) -> str:
    """The one number, what it is made of, and its definition."""
    target, since = found.sheet.target, found.sheet.since_start
    lines = [say("Reached since the start: {share}.", share=phrases.reached(found, say)), text_chart(found, say)]
    split = phrases.standings(since.new_by_standing(), say)
    lines.append(say("Of {n} new {n:person|people} since the start: {items}.", n=since.all.new_people, items=split))
    lines.append(phrases.rule(found, say))
    lines += [f"• {one.name}: {say.share(one.target.reached, one.target.people)}" for one in found.places]
    lines += list(found.sheet.rules.said(say.language)) if target.people else []
    return "\n".join(lines)


async def _messages(tx: AsyncConnection, found: Summary, asked: Asked, fact: SummaryOf, say: Say) -> str:
    """What arrived, newest first; the words only for those who answer leaders."""
    numbers = {place.id: place.sms_name for place in asked.scope.places}
    rows = await summaries.words(tx, asked.scope.ids, *asked.period.moments(asked.zone))
    lines = [f"{title(found, say)}: {say('{n} {n:message|messages} in', n=len(rows))}"]
    for row in reversed(rows[-MOST_MESSAGES:]):
        subject = subject_of(row.text)
        about = subject.title[say.language] if subject else ""
        words = " ".join(row.text.split())[:WORDS] if fact.words else about
        where = "" if asked.scope.no else f" {numbers.get(row.association_id, '')}"
        lines.append(f"#{row.id} {say.moment(row.received_at)}{where} {say.word(row.channel)}: {words or row.kind}")
    if len(rows) > MOST_MESSAGES:
        lines.append(say("{n} more", n=len(rows) - MOST_MESSAGES))
    return "\n".join(lines)
