"""The mentor's side of a question: she sees it, answers it by a reply or a command, one answer wins."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from handlers import enrol, state, working_days
from handlers.matching import covers
from handlers.mentor_log import KINDS
from handlers.said import Said
from handlers.turn import (
    AnswerQuestion,
    Association,
    AssociationOf,
    Button,
    Outcome,
    Parts,
    Question,
    QuestionNumbered,
    Replied,
    Reply,
    Turn,
    Wake,
)
from handlers.understand.courtesies import is_greeting
from handlers.understand.words import language_of

ONE_SMS = 110
"""Letters of an answer that leave H3 in one SMS in every language."""
MOST = 250
"""Letters of an answer: two SMS at most."""
_LINE = re.compile(r"(?:answer|reponse|réponse|repondre|répondre)\s+(?:no\.?\s*)?(\d.*)", re.IGNORECASE | re.DOTALL)
_LOG = re.compile(rf"(?:{'|'.join(KINDS)})[\s:,]+\d\d", re.IGNORECASE)
_NUMBER = re.compile(r"(?:no\.?\s*)?(\d{1,9})\b[\s:.,-]*(.*)", re.IGNORECASE | re.DOTALL)


# --- what the mentor is told ---


def asked(turn: Turn) -> Outcome:
    """A question came for her: number, association, language, the words, until when."""
    return _shown(turn, "M1")


def due(turn: Turn) -> Outcome:
    """The promised time has come."""
    return _shown(turn, "M5")


def _shown(turn: Turn, key: str) -> Outcome:
    number = int(turn.inbound.data["number"])
    question: Question | None = turn.known(QuestionNumbered(number))
    if question is None or question.state != "open" or not question.text:
        return Outcome(dict(turn.state), understood=f"question No {number}: not open any more")
    day = working_days.day_of(turn, question.promised_at)
    association = of(turn, question)
    values = {
        "number": number,
        "association": association.sms_name if association else turn.programme.sender,
        "language_name": _language(question.language),
        "question": question.text,
        "weekday": day,
        "date": day,
    }
    passed_on = ((Button("b.passon", f"give:{number}"),),)
    return Outcome(dict(turn.state), (Reply(key, values, passed_on),), understood=f"shows question No {number}")


def of(turn: Turn, question: Question) -> Association | None:
    """The association that asks."""
    if question.association_id is None:
        return None
    association: Association | None = turn.known(AssociationOf(question.association_id))
    return association


def _language(language: str | None) -> Any:
    return enrol.TO_THE_TEAM.get(language or "", "?")


# --- her answer ---


def reply(turn: Turn, said: Said, replied: Replied) -> Outcome:
    """Telegram's reply to M1 or M5: the text is the answer."""
    return offered(turn, int(replied.woken["number"]), said.text)


def command(turn: Turn, said: Said) -> Outcome:
    """/answer 612 text"""
    found = _NUMBER.fullmatch(said.rest)
    if found is None:
        return Outcome(dict(turn.state), (Reply("M4"),), understood="which question?")
    return offered(turn, int(found[1]), found[2].strip())


def _is_a_line(text: str) -> bool:
    """Whether a text says by its first word what it is: "answer 612 ...", "visit 07 ...", and so is no answer."""
    return bool(_LINE.fullmatch(text) or _LOG.match(text))


def line(turn: Turn, said: Said) -> Outcome | None:
    """The same without the slash, as by SMS: "answer 612 text"; None for anything else."""
    found = _LINE.fullmatch(said.text)
    return command(turn, replace(said, rest=found[1])) if found else None


def lost(turn: Turn, said: Said) -> Outcome | None:
    """A mentor's words that answer nothing: how to answer. None for what is no text of hers, and in a talk.

    By SMS only HELP and a greeting: anything else a person reads, and the menu is none of hers.
    """
    opened = state.opened(turn)
    helps = said.command == "help" and not said.rest and not turn.address.rich
    if (said.command and not helps) or said.digit or not said.text:
        return None
    if not (turn.address.rich or helps or is_greeting(said.text, turn.programme.sender)):
        return None
    if opened and opened["kind"] not in state.PASSING:
        return None
    return Outcome(dict(turn.state), (Reply("M4"),), understood="a mentor's words that answer nothing")


def offered(turn: Turn, number: int, text: str) -> Outcome:
    """Refuse, send, or ask first when it is long or in another language than she reads."""
    question, refused = open_one(turn, number)
    if question is None:
        return refused
    text = " ".join(text.split())
    if not any(map(str.isalnum, text)):  # nothing, a thumb, a full stop
        return Outcome(dict(turn.state), (Reply("M4"),), understood="an empty answer")
    if len(text) > MOST:
        values = {"number": number, "letters": len(text), "most": MOST}
        new = state.ask(turn, "reply", number=number)
        return Outcome(new, (Reply("M4long", values),), understood="too long an answer")
    written = language_of(text)
    foreign = written is not None and question.language is not None and written != question.language
    if not foreign and (question.rich or len(text) <= ONE_SMS):
        return _sent(turn, question, text)
    new = state.ask(turn, "reply", number=number, text=text, message=turn.inbound.data.get("message"))
    values = {"number": number, **_parts(question, text)}
    if not foreign:
        return Outcome(new, (Reply("M2", values),), understood="a long answer: send?")
    values |= {"text_language": _language(written), "language_name": _language(question.language)}
    key = "M2chat" if question.rich else "M2lang"
    return Outcome(new, (Reply(key, values),), understood="an answer in another language: send?")


def open_one(turn: Turn, number: int) -> tuple[Question | None, Outcome]:
    """The question when it can be answered by this writer; else what is said."""
    question: Question | None = turn.known(QuestionNumbered(number))
    area = turn.person.area if turn.person else ()
    if question is None or not covers(area, of(turn, question)):
        said = Reply("M4none", {"number": number})
        return None, Outcome(state.close(turn), (said,), understood=f"no question No {number}")
    if question.state == "open":
        return question, Outcome(dict(turn.state))
    if question.state == "closed" or question.answered_at is None:
        said = Reply("M4closed", {"number": number})
        return None, Outcome(state.close(turn), (said,), understood=f"question No {number} is closed")
    at = question.answered_at + turn.utc_offset
    who = question.answered_by or turn.programme.sender
    said = Reply("M4done", {"number": number, "mentor": who, "date": at.date(), "time": f"{at:%H:%M}"})
    return None, Outcome(state.close(turn), (said,), understood=f"question No {number} is answered already")


def _parts(question: Question, text: str) -> dict[str, Any]:
    """How many SMS her answer takes; to a chat it takes none."""
    if question.rich:
        return {}
    return {"parts": Parts(Reply("H3", {"number": question.number, "answer": text}, language=_reads(question)))}


def _reads(question: Question) -> Any:
    return question.language or "fr"


def edited(turn: Turn) -> Outcome | None:
    """She changed the message that M2 asks about: it is weighed anew. None for any other message."""
    question, message = state.opened(turn) or {}, turn.inbound.data.get("message")
    if question.get("kind") != "reply" or not message or question.get("message") != message:
        return None
    return offered(turn, int(question["number"]), turn.inbound.text.strip())


def decided(turn: Turn, said: Said, question_: Mapping[str, Any]) -> Outcome | None:
    """M2's answer: 1 send as it is, 2 change, 3 cancel; or the changed text, but no digit, command or other line."""
    number, text = int(question_["number"]), question_.get("text")
    alone = said.command if not said.rest and said.command != "stop" else ""  # with more words it is no STOP here
    if said.digit == "3" or alone == "cancel":
        return state.say(turn, "M2cancel", number=number)
    if said.digit == "2" or (text is None and said.digit):
        new = state.ask(turn, "reply", number=number)
        return Outcome(new, (Reply("M2change", {"number": number}),), understood="she writes it anew")
    if text is None and said.text and not alone:
        return None if _is_a_line(said.text) else offered(turn, number, said.text)
    if said.digit == "1" and text:
        question, refused = open_one(turn, number)
        return _sent(turn, question, text, question_.get("message")) if question else refused
    return None


def _sent(turn: Turn, question: Question, text: str, message: Any = None) -> Outcome:
    """The answer that won goes to the phone that asked; after STOP nothing does."""
    by = turn.person.id if turn.person else None
    answer = AnswerQuestion(question.number, text, by)
    values: dict[str, Any] = {"number": question.number}
    if question.stopped:
        return state.say(turn, "M3stop", answer, **values)
    wake = Wake(None, {"what": "answer", "number": question.number}, address_id=question.address_id)
    new = state.sent(turn, message or turn.inbound.data.get("message"))
    key = "M3chat" if question.rich else "M3"
    return state.say(turn, key, answer, wake, state=new, **values, **_parts(question, text))
