"""The partner directory: "seed", "imbuto", "semences" -> whom to ask, and how (P1 to P3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers import state
from handlers.said import Said
from handlers.turn import Outcome, Partner, Partners, Reply, Turn
from handlers.understand.subjects import keys, spelled, subjects, words_of
from handlers.understand.words import is_question

MOST_WORDS = 3
"""A longer message is a question for a mentor."""
MOST_CHOICES = 4
CHOICES = 75
"""Characters for the choices of P2, of one SMS."""


def asked(turn: Turn, said: Said) -> Outcome | None:
    """The whole message is one to three words that name a subject; None when it is a question."""
    words = words_of(said.text)
    if not 1 <= len(words) <= MOST_WORDS or is_question(said.text.rstrip("?! ")):
        return None
    found = looked_for(said.text, turn.known(Partners()))
    if len(found) == 1:
        return _shown(turn, found[0])
    if found:
        return _which(turn, found)
    if "?" in said.text or not subjects(said.text):
        return None
    return Outcome(state.ask(turn, "question"), (Reply("P3"),), understood="no partner for it")


def looked_for(text: str, partners: tuple[Partner, ...]) -> tuple[Partner, ...]:
    """As `matching`; where nobody is found also with the words that are one clear near miss put right."""
    more = {word for one in partners for word in words_of(f"{one.name} {one.subjects}")}
    return matching(text, partners) or matching(spelled(text, sorted(more)), partners)


def matching(text: str, partners: tuple[Partner, ...]) -> tuple[Partner, ...]:
    """The partners that know this, those who know most of it first; by name: only that one."""
    wanted = keys(text)
    named = [one for one in partners if set(words_of(one.name)) & set(words_of(text)) - _common(partners)]
    if len(named) == 1:
        return tuple(named)
    ranked = sorted(partners, key=lambda one: (-len(wanted & keys(one.subjects)), one.id))
    return tuple(one for one in ranked if wanted & keys(one.subjects))


def _common(partners: tuple[Partner, ...]) -> set[str]:
    """Words of names that are somebody's subject: "rice" of "rice seed centre" names nobody."""
    return {word for one in partners for word in words_of(one.name) if subjects(word)}


def _shown(turn: Turn, partner: Partner) -> Outcome:
    where = ", ".join(filter(None, (partner.place, partner.hours)))
    values = {"partner": partner.name, "contact": partner.contact, "where": where}
    return Outcome(state.ask(turn, "question"), (Reply("P1", values),), understood=f"partner {partner.id}")


def _which(turn: Turn, found: tuple[Partner, ...]) -> Outcome:
    offered: list[Partner] = []
    choices = ""
    for partner in found[:MOST_CHOICES]:
        longer = f"{choices} {len(offered) + 1} {partner.name}".strip()
        if len(longer) > CHOICES:
            break
        offered, choices = [*offered, partner], longer
    new = state.ask(turn, "partner", ids=[partner.id for partner in offered])
    return Outcome(new, (Reply("P2", {"choices": choices}),), understood="which partner?")


def chosen(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """P2's digit; None for anything else."""
    ids = question["ids"]
    if not said.digit or not 1 <= int(said.digit) <= len(ids):
        return None
    there = {partner.id: partner for partner in turn.known(Partners())}
    partner = there.get(ids[int(said.digit) - 1])
    return _shown(turn, partner) if partner else None
