"""What a mentor sees: what she was asked, what may be told of elsewhere, and which partners there are.

No leader's name and no number: her pages show what her chat shows her (M1) and what a poster prints.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from starlette.responses import Response

from bot.console.ask import Ask
from bot.console.page import Page
from bot.console.tables import Column, Table
from bot.console.values import LANGUAGES
from bot.console.weighing import weighed
from bot.console.words import _
from bot.operations import OPERATIONS
from bot.programme import posters
from bot.programme.mentoring import OFFICER
from bot.store import asked_of_mentor, lessons, partners, people, questions
from handlers.matching import ranked
from handlers.mentor import MOST
from handlers.team.passing_on import OFFERED

ANSWERED = 50
"""Of those that are answered, the newest are shown."""
FAIR = Table(
    "lessons",
    (
        Column("number", _("No")),
        Column("text", _("Lesson")),
        Column("language", _("Language"), "words", LANGUAGES),
        Column("association", _("Association")),
        Column("translator", _("Translator")),
    ),
)
PARTNERS = Table(
    "partners",
    (
        Column("name", _("Partner")),
        Column("subjects", _("Knows about")),
        Column("contact", _("Whom to ask")),
        Column("place", _("Place")),
        Column("hours", _("When to come")),
    ),
)


async def listed(ask: Ask) -> Response:
    """The questions that wait for her, by what was promised, and what she was asked before."""
    hers = await ask.read(asked_of_mentor.everything, ask.me.person_id)
    waiting = sorted((one for one in hers if one["state"] == "open"), key=lambda one: one["promised_at"])
    done = [one for one in reversed(hers) if one["state"] != "open"][:ANSWERED]
    ask.saw(questions=[one["number"] for one in (*waiting, *done)][:200])
    return ask.show("questions.html", waiting=waiting, done=done, languages=LANGUAGES)


async def _hers(ask: Ask) -> dict[str, Any]:
    return await ask.read(asked_of_mentor.one, ask.me.person_id, ask.number("question")) or ask.missing()


async def one(ask: Ask) -> Response:
    """One question, the place to answer it, and those to whom it can be passed on."""
    return await _shown(ask, await _hers(ask))


async def _others(ask: Ask, question: dict[str, Any]) -> dict[str, str]:
    """Who else could answer it: mentors who look after that association, best first, and the officer."""
    known = await ask.read(people.load_associations)
    place = known.get(question["association_id"])
    there = [one for one in await ask.read(questions.mentors) if one.id != ask.me.person_id]
    named = ranked(question["words"], question["language"], place, there)[:OFFERED]
    return {**{str(one.id): one.name for one in named}, OFFICER: ask.words.gettext(_("The officer"))}


async def _shown(ask: Ask, question: dict[str, Any], status: int = 200, **more: Any) -> Response:
    ask.saw(questions=[question["number"]])
    values = {"text": "", "problem": "", "weighed": None, "stopped": False, "most": MOST, **more}
    passes = question["state"] == "open" and question["consent"] != "stopped"
    values["others"] = await _others(ask, question) if passes else {}
    return ask.show("question.html", status, question=question, languages=LANGUAGES, **values)


async def answer(ask: Ask) -> Response:
    """Her answer: shown first as the leader will read it, then sent once, where the question came from."""
    question, text = await _hers(ask), " ".join(ask.form.get("text", "").split())
    if question["state"] != "open":
        return await _shown(ask, question, 422, problem=_("It is answered already: nothing was sent."), text=text)
    if not text or len(text) > MOST:
        problem = _("Write an answer of at most 250 characters: two SMS.")
        return await _shown(ask, question, 422, problem=problem, text=text)
    details = {"number": question["number"], "answer": text, "by": ask.me.person_id, "user": ask.who}
    if ask.form.get("sure") == "yes":
        await ask.act("question answer", details)
        return ask.go("/questions", _("The answer is kept, and leaves where the question came from."))
    look = {**details, "dry_run": True}
    found = await ask.console.write(lambda tx: OPERATIONS["question answer"](tx, look, ask.now))
    takes = weighed(text, as_answer(ask, found, text), chat=found["chat"], reads=found["language"])
    return await _shown(ask, question, text=text, weighed=takes, stopped=found["stopped"])


def as_answer(ask: Ask, found: Mapping[str, Any], text: str) -> str:
    """What the leader reads (H3), of what an operation found of the question: `number`, `language`, `chat`."""
    said = {"number": found["number"], "answer": text}
    words, drafts = ask.parts.words, ask.parts.turns.replies.drafts
    return words.text("H3", found["language"] or "fr", said, rich=found["chat"], drafts=drafts).text


async def pass_on(ask: Ask) -> Response:
    """Somebody else answers it: a mentor, or the officer; the day that was promised stays."""
    question, to = await _hers(ask), ask.form.get("to", "")
    if question["state"] != "open" or question["consent"] == "stopped":
        problem = _("Nobody waits for an answer any more: it was not passed on.")
        return await _shown(ask, question, 422, problem=problem)
    if to not in await _others(ask, question):
        return await _shown(ask, question, 422, problem=_("Choose who answers it now."))
    given = {"number": question["number"], "whom": 0 if to == OFFICER else int(to)}
    await ask.act("question give", {**given, "by": ask.me.person_id, "user": ask.who})
    return ask.go("/questions", _("It is passed on: who has it now is told."))


async def fair(ask: Ask) -> Response:
    """The lessons of her area that leaders agreed to show, as a poster prints them, newest first."""
    found, names = await ask.read(lessons.seen, ask.viewer), await ask.read(lessons.names)
    wanted = ask.query.get("to", "")
    shown = posters.posters(found, names, wanted if wanted in LANGUAGES else None)
    ask.saw(lessons=[one.number for one in shown][:200])
    return FAIR.answer(ask, "fair.html", [asdict(one) for one in shown], languages=LANGUAGES, to=wanted)


async def directory(ask: Ask) -> Response:
    """The partners of the roster, as leaders are told of them."""
    there = await ask.read(partners.directory)
    ask.saw(partners=len(there))
    return PARTNERS.answer(ask, "partners.html", [asdict(one) for one in there])


PAGES = (
    Page("/questions", listed, reads="questions", title=_("My questions")),
    Page("/questions/{question}", one, reads="questions"),
    Page("/questions/{question}/answer", answer, writes="question answered"),
    Page("/questions/{question}/give", pass_on, writes="question passed on"),
    Page("/fair", fair, reads="lessons", title=_("For the Fair"), table=True),
    Page("/partners", directory, reads="partners", title=_("Partners")),
)
