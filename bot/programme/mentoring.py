"""What mentors and officers do from the command line: answer, log a visit, translate a lesson.

Each is an operation: plain values in, one transaction, BotError when it cannot be.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import BotError
from bot.store import audit, consent, lessons, partners, people, questions, team, visits
from handlers.turn import LANGUAGES, Question
from handlers.understand.words import plain

Details = Mapping[str, Any]


async def question_answer(tx: AsyncConnection, details: Details, now: datetime) -> Any:
    """The answer to an open question; the leader's conversation says it (H3). `dry_run` only looks.

    `by` is the id of who answers, `who` her name when only that is known.
    """
    number = int(details["number"])
    question = (await questions.numbered(tx, [number])).get(number)
    _must_be_open(question, number, timedelta(minutes=int(details.get("utc_offset_min") or 0)))
    assert question is not None
    who = details.get("by") or await _member(tx, details.get("who"))
    found = {"number": number, "language": question.language, "chat": question.rich, "stopped": question.stopped}
    if details.get("dry_run"):
        return found
    said = {"which": number, "said": details["answer"], "at": now, "who": who}
    await tx.execute(questions.ANSWER, said)
    await tx.execute(questions.CLOSE_TASKS, {"what": f"No {number}", "at": now, "who": who})
    if not question.stopped:
        await tx.execute(
            consent.WAKE_ADDRESS,
            {
                "wake_key": f"wake:cli:{number}:answer",
                "what": {"timer": "wake", "what": "answer", "number": number},
                "at": now,
                "address": question.address_id,
            },
        )
    await _audit(tx, now, details, "question answered", {"number": number})
    return found


async def question_show(tx: AsyncConnection, details: Details, now: datetime) -> Any:
    """One question with its words and its answer; that it was read is written down first."""
    number = int(details["number"])
    found = await questions.whole(tx, number)
    if found is None:
        raise BotError(f"There is no question No {number}. See them with `kurikirana mentors questions`.")
    await _audit(tx, now, details, "question shown", {"number": number})
    return found


def _must_be_open(question: Question | None, number: int, utc_offset: timedelta) -> None:
    """Raises BotError that says who answered when."""
    if question is None:
        raise BotError(f"There is no question No {number}. See them with `kurikirana mentors questions`.")
    if question.state == "answered" and question.answered_at:
        local = question.answered_at + utc_offset
        who = question.answered_by or "The command line"
        raise BotError(f"{who} answered No {number} on {local.day}/{local.month} at {local:%H:%M}.")
    if question.state != "open":
        raise BotError(f"No {number} is closed: the person was erased.")


async def _member(tx: AsyncConnection, name: str | None) -> int | None:
    """The id of the one of the team with this name; None without a name. Raises BotError."""
    if not name:
        return None
    found = await team.staff_named(tx, name)
    if len(found) != 1:
        raise BotError(f"{len(found)} people of the team are called {name!r}. Write the name as in the roster.")
    return int(found[0]["id"])


async def visit_log(tx: AsyncConnection, details: Details, now: datetime) -> Any:
    """A visit, a call, or a visit to a partner. `dry_run` only looks."""
    known = await people.load_associations(tx)
    association = questions.called(plain(str(details["association"])), known)
    if association is None:
        raise BotError(f"No association has the number or name {details['association']!r}.")
    partner = await _partner(tx, details.get("partner"))
    who = await _member(tx, details.get("who"))
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
        raise BotError(f"{language!r} is no language of ours; write one of {', '.join(LANGUAGES)}.")
    lesson = next((row for row in await lessons.everything(tx) if row["number"] == number), None)
    if lesson is None:
        raise BotError(f"There is no lesson No {number}. See them with `kurikirana lessons list`.")
    if lesson["show"] == "no" and not lesson["text"]:
        raise BotError(f"No {number}: nothing is left of it.")
    spoken = not lesson["text"]
    if not spoken and lesson["language"] == language:
        raise BotError(f"No {number} is in {language} already; the leader's own words stay as they are.")
    if details.get("dry_run"):
        return {"number": number, "to": language}
    if spoken and lesson["language"] == language:
        await tx.execute(lessons.WRITE_DOWN, {"which": number, "words": details["text"]})
    else:
        there = {**(lesson["translations"] or {}), language: {"text": details["text"], "by": details["by"]}}
        await tx.execute(lessons.TRANSLATE, {"which": number, "all": there})
    await _audit(tx, now, details, "lesson translated", {"number": number, "language": language})
    return {"number": number, "to": language}


async def _audit(tx: AsyncConnection, now: datetime, details: Details, what: str, more: Details) -> None:
    row = {"at": now, "who": details["user"], "what": what, "details": dict(more)}
    await tx.execute(audit.NOTE, row)
