"""Shared phones: whose turn it is (K1), and for which association (K2). Asked only when it matters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from handlers import account, enrol, lessons, mentor_questions, menu, roads, state
from handlers.known_forms import looks_like_report
from handlers.said import Said
from handlers.turn import Outcome, Turn
from handlers.understand.choices import picked
from handlers.understand.vocabulary import IT_IS
from handlers.understand.words import plain


def who(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """K1's answer, and then what it was asked for."""
    person = enrol.who_answer(turn, said, question)
    if enrol.is_another(said, question):
        task = state.task(turn, "check_number", "somebody else writes from this phone")
        return state.say(turn, "B3", task)
    if person is None:
        return None
    again = replace(turn, person=person, state={**state.close(turn), "who": person.id})
    then = question["then"]
    if then == "consent":
        return enrol.ask_consent(again, waiting=question.get("held", ""))
    if then == "start":
        return account.start(again)
    if then in ("mentor", "question"):
        return mentor_questions.after_who(again, question)
    if then == "lesson":
        return lessons.ask(again, said)
    if then.startswith("road"):
        return roads.after_who(again, person, then.removeprefix("road").strip())
    return account.data_of(again, person) if then == "data" else account.delete_of(again, person)


def chosen(turn: Turn, said: Said, question: Mapping[str, Any]) -> Turn | None:
    """K2's answer, a digit or a name: the turn for that association only; None when it is neither."""
    there = {association.id: plain(association.sms_name) for association in menu.associations(turn)}
    ids = [number for number in question["ids"] if number in there]
    found = picked(said.digit or said.text, [(there[number],) for number in ids], IT_IS, near=False)
    return _only(turn, ids[found[0] - 1]) if len(found) == 1 else None


def named(turn: Turn) -> Turn | None:
    """A report that names one of the phone's two associations: the turn for it, without the name."""
    words = turn.inbound.text.split()
    said = [plain(word).strip(",.:;") for word in words]
    found = [a for a in menu.associations(turn) if plain(a.sms_name) in said]
    if turn.association is not None or len(found) != 1:
        return None
    text = " ".join(word for word, low in zip(words, said, strict=True) if low != plain(found[0].sms_name))
    there = replace(_only(turn, found[0].id), inbound=replace(turn.inbound, text=text))
    return there if looks_like_report(there) else None


def _only(turn: Turn, association_id: int) -> Turn:
    """The turn as one of the people of this association only."""
    people = tuple(p for p in turn.people if p.association and p.association.id == association_id)
    return replace(turn, people=people, person=people[0] if len(people) == 1 else None, state=state.close(turn))
