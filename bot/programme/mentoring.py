"""What mentors and officers do from the command line: answer, log a visit, translate a lesson.

Each is an operation: plain values in, one transaction, BotError when it cannot be.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import BotError
from bot.programme.posters import MAY_BE_SHOWN
from bot.render.sentences import Sentence
from bot.store import audit, consent, lessons, partners, people, question_list, questions, team, visits
from handlers.matching import covers
from handlers.mentor import MOST
from handlers.team.viewing import WITH_OFFICERS
from handlers.turn import LANGUAGES, Association, Mentor, Question
from handlers.understand.words import plain

Details = Mapping[str, Any]
ADVISE = WITH_OFFICERS | {"mentor"}
"""Roles that answer questions and log visits."""
OFFICER = "officer"
"""To whom a question may go besides a mentor: whoever looks after the association."""


async def question_answer(tx: AsyncConnection, details: Details, now: datetime) -> Any:
    """The answer to an open question; the leader's conversation says it (H3). `dry_run` only looks.

    `by` is the id of who answers, `who` her name when only that is known.
    """
    number = int(details["number"])
    must_fit(str(details["answer"]))
    question = await open_question(tx, number, details)
    who = details.get("by") or await _of_question(tx, details, question)
    found = {"number": number, "language": question.language, "chat": question.rich, "stopped": question.stopped}
    if details.get("dry_run"):
        return found
    await answer(tx, question, str(details["answer"]), who, now)
    await _audit(tx, now, details, "question answered", {"number": number})
    return found


def must_say(text: str) -> None:
    """Raises BotError for an answer without a word or a figure: a thumb leaves an SMS, and nothing stays."""
    if not any(map(str.isalnum, text)):
        raise BotError(Sentence("The answer is empty."))


def must_fit(text: str) -> None:
    """Raises BotError for an answer that says nothing, or takes more than two SMS with what stands around it."""
    must_say(text)
    if len(text) > MOST:
        what = "Write it shorter: at most {most} characters fit in two SMS, and these are {letters}."
        raise BotError(Sentence(what, most=MOST, letters=len(text)))


async def answer(tx: AsyncConnection, question: Question, text: str, who: int | None, now: datetime) -> None:
    """Keep it, close what was to do about it, and let her conversation say it; after STOP nothing is said."""
    said = {"which": question.number, "said": text, "at": now, "who": who}
    await tx.execute(questions.ANSWER, said)
    await _close_tasks(tx, question.number, "answered", who, now)
    if not question.stopped:
        await _wake(tx, question, "answer", now)


async def _close_tasks(tx: AsyncConnection, number: int, how: str, who: int | None, now: datetime) -> None:
    row = {"what": questions.about(number), "at": now, "who": who, "how": how}
    await tx.execute(questions.CLOSE_TASKS, row)


async def _wake(tx: AsyncConnection, question: Question, what: str, now: datetime) -> None:
    """The conversation of who asked goes on with it."""
    woken = {"timer": "wake", "what": what, "number": question.number}
    row = {"wake_key": f"wake:cli:{question.number}:{what}:{now.isoformat()}", "what": woken, "at": now}
    await tx.execute(consent.WAKE_ADDRESS, {**row, "address": question.address_id})


async def question_give(tx: AsyncConnection, details: Details, now: datetime) -> Any:
    """An open question goes to another mentor, or to the officer. `dry_run` only looks.

    `whom` is the mentor's id (0: the officer), `to` her name when only that is known ("officer": the officer).
    `by` is the id of who passes it on, `who` her name when only that is known.
    """
    number = int(details["number"])
    question = await open_question(tx, number, details)
    if question.stopped:
        raise BotError(
            Sentence(
                "Who asked No {number} said STOP since: nobody waits for an answer. Call instead.", number=number
            )
        )
    to = await _whom(tx, details)
    who = details.get("by") or await _of_question(tx, details, question)
    if not details.get("dry_run"):
        await tx.execute(questions.GIVE, {"which": number, "whom": to.id if to else None})
        await _close_tasks(tx, number, "passed on", who, now)
        await _wake(tx, question, "given", now)
        await _audit(tx, now, details, "question passed on", {"number": number})
    return {"number": number, "to": to.name if to else OFFICER}


async def _whom(tx: AsyncConnection, details: Details) -> Mentor | None:
    """Who answers it now; None = the officer. Raises BotError."""
    if "whom" not in details:
        name = str(details["to"])
        return None if plain(name) == OFFICER else await mentor_named(tx, name, " Or write officer.")
    found = [one for one in await questions.mentors(tx) if one.id == details["whom"]]
    if details["whom"] and not found:
        raise BotError(Sentence("This mentor is not reached any more. Choose somebody else."))
    return found[0] if found else None


async def mentor_named(tx: AsyncConnection, name: str, also: str = "") -> Mentor:
    """The mentor of this name who can be reached. Raises BotError with those who can, and `also`."""
    there = {one.id: one for one in await questions.mentors(tx)}
    found = [there[one["id"]] for one in await team.staff_named(tx, name) if one["id"] in there]
    if len(found) != 1:
        names = ", ".join(one.name for one in there.values()) or "nobody"
        raise BotError(f"{name!r} is no mentor who can be reached; there are {names}.{also}")
    return found[0]


async def question_show(tx: AsyncConnection, details: Details, now: datetime) -> Any:
    """One question with its words and its answer; that it was read is written down first."""
    number = int(details["number"])
    found = await question_list.whole(tx, number)
    if found is None:
        raise BotError(f"There is no question No {number}. See them with `kurikirana mentors questions`.")
    await _audit(tx, now, details, "question shown", {"number": number})
    return found


async def open_question(tx: AsyncConnection, number: int, details: Details) -> Question:
    """The question with this number, locked. Raises BotError that says who answered when."""
    question = (await questions.numbered(tx, [number])).get(number)
    if question is None:
        raise BotError(f"There is no question No {number}. See them with `kurikirana mentors questions`.")
    if question.state == "answered" and question.answered_at:
        local = question.answered_at + timedelta(minutes=int(details.get("utc_offset_min") or 0))
        who = question.answered_by or Sentence("The command line")
        at = {"day": f"{local.day}/{local.month}", "time": f"{local:%H:%M}"}
        raise BotError(Sentence("{who} answered No {number} on {day} at {time}.", who=who, number=number, **at))
    if question.state != "open":
        raise BotError(Sentence("No {number} is closed: nobody waits for an answer.", number=number))
    return question


async def _of_question(tx: AsyncConnection, details: Details, question: Question) -> int | None:
    known = await people.load_associations(tx)
    return await _member(tx, details.get("who"), known.get(question.association_id or 0))


async def _member(tx: AsyncConnection, name: str | None, association: Association | None) -> int | None:
    """The id of the one of the team with this name, who works with this association; None without a name.

    Raises BotError.
    """
    if not name:
        return None
    found = await team.staff_named(tx, name)
    if len(found) != 1:
        raise BotError(f"{len(found)} people of the team are called {name!r}. Write the name as in the roster.")
    person = (await people.by_ids(tx, [found[0]["id"]], {}))[found[0]["id"]]
    if person.role not in ADVISE or not (person.role == "admin" or covers(person.area, association)):
        raise BotError(f"{name!r} does not look after this association, or is no mentor and no officer.")
    return int(person.id)


async def visit_log(tx: AsyncConnection, details: Details, now: datetime) -> Any:
    """A visit, a call, or a visit to a partner. `dry_run` only looks."""
    known = await people.load_associations(tx)
    association = questions.called(plain(str(details["association"])), known)
    if association is None:
        raise BotError(f"No association has the number or name {details['association']!r}.")
    partner = await _partner(tx, details.get("partner"))
    who = await _member(tx, details.get("who"), association)
    day = date.fromisoformat(details["day"])
    found = {"kind": details["kind"], "association": association.no, "name": association.name, "day": day.isoformat()}
    found |= {"partner": partner.name if partner else None, "note": details.get("note") or None}
    if details.get("dry_run"):
        return found
    row = {"kind": details["kind"], "association_id": association.id, "staff_id": who, "inbox_id": None, "at": now}
    row |= {"partner_id": partner.id if partner else None, "day": day.isoformat(), "note": found["note"]}
    await tx.execute(visits.INSERT, row)
    await _audit(tx, now, details, "visit logged", {"association": association.no, "kind": details["kind"]})
    return found


async def _partner(tx: AsyncConnection, name: str | None) -> Any:
    if not name:
        return None
    directory = await partners.directory(tx)
    found = [one for one in directory if plain(one.name) == plain(name)]
    if not found:
        there = ", ".join(one.name for one in directory) or "nobody"
        raise BotError(f"No partner is called {name!r}; the roster has {there}.")
    return found[0]


async def lesson_translate(tx: AsyncConnection, details: Details, now: datetime) -> Any:
    """A translation with its translator's name; in the lesson's own language it writes a voice note down.

    `dry_run` only looks.
    """
    number, language = int(details["number"]), str(details["to"])
    if language not in LANGUAGES:
        what = "'{language}' is no language of ours; write one of {known}."
        raise BotError(Sentence(what, language=language, known=tuple(LANGUAGES)))
    lesson = next((row for row in await lessons.everything(tx) if row["number"] == number), None)
    if lesson is None:
        raise BotError(f"There is no lesson No {number}. See them with `kurikirana lessons list`.")
    if lesson["show"] == "no" and not lesson["text"]:
        raise BotError(Sentence("No {number}: nothing is left of it.", number=number))
    spoken = not lesson["text"]
    if not spoken and lesson["language"] == language:
        raise BotError(
            Sentence(
                "No {number} is in {language} already; the leader's own words stay as they are.",
                number=number,
                language=language,
            )
        )
    if details.get("dry_run"):
        return {"number": number, "to": language}
    if spoken and lesson["language"] == language:
        await tx.execute(lessons.WRITE_DOWN, {"which": number, "words": details["text"]})
    else:
        there = {**(lesson["translations"] or {}), language: {"text": details["text"], "by": details["by"]}}
        await tx.execute(lessons.TRANSLATE, {"which": number, "all": there})
    await _audit(tx, now, details, "lesson translated", {"number": number, "language": language})
    return {"number": number, "to": language}


async def lesson_hide(tx: AsyncConnection, details: Details, now: datetime) -> Any:
    """She has changed her mind: `show` is "anonymous" or "no", never more than she allowed. `dry_run` only looks."""
    number, to = int(details["number"]), str(details["show"])
    lesson = next((row for row in await lessons.everything(tx) if row["number"] == number), None)
    if lesson is None:
        raise BotError(f"There is no lesson No {number}. See them with `kurikirana lessons list`.")
    if to == "anonymous" and lesson["show"] not in MAY_BE_SHOWN:
        raise BotError(Sentence("No {number}: she has not agreed that it is shown.", number=number))
    if not details.get("dry_run"):
        await tx.execute(lessons.SHOW, {"which": number, "how": to})
        await _audit(tx, now, details, "lesson hidden", {"number": number, "show": to})
    return {"number": number, "show": to}


async def _audit(tx: AsyncConnection, now: datetime, details: Details, what: str, more: Details) -> None:
    row = {"at": now, "who": details["user"], "what": what, "details": dict(more)}
    await tx.execute(audit.NOTE, row)
