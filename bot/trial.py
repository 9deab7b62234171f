"""Tries what leaders would be answered: the real conversation with somebody who does not exist; nothing is kept.

Facts are read from the database as in a turn. Effects, timers and replies of the turns are shown or dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.render import Words
from bot.store import facts, people
from bot.turns import MOST_WAVES, Turns
from handlers.conversations import step
from handlers.forms import Form
from handlers.turn import Association, Language, Outcome, Person, SaveReport, Unknown

NOBODY = 0
"""The id of the person and the address of a trial: none of anybody's."""
MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class Answered:
    """A message of the trial: what it was taken for, what is answered, in SMS parts each."""

    text: str
    understood: str
    replies: tuple[tuple[str, int], ...]
    values: Mapping[str, Any]
    """Of the form: as they would be stored, or what is known so far."""
    stored: bool


async def tried(
    turns: Turns,
    words: Words,
    tx: AsyncConnection,
    association_id: int,
    language: Language,
    lines: Sequence[str],
    brought: Sequence[Form] = (),
) -> list[Answered]:
    """The messages of a leader of this association, one after the other, as SMS.

    `brought`: forms that nobody has taken yet, as if they were in use.
    """
    forms = {**turns.forms, **{form.name: form for form in brought}}
    group = await turns.open(tx, set())
    person = _somebody(group.associations.get(association_id), language)
    known = people.Known(NOBODY, "tel", "", active=True, ends_in="00", people=(person,), state={})
    found = []
    for text in lines[:MOST_LINES]:
        outcome = await _step(turns, group, known, text, forms)
        known.state = dict(outcome.state)
        said = [words.text(reply.key, reply.language or language, reply.values) for reply in outcome.replies]
        found.append(_answered(text, outcome, [(one.text, one.parts) for one in said]))
    return found


def _answered(text: str, outcome: Outcome, said: Sequence[tuple[str, int]]) -> Answered:
    kept = next((effect for effect in outcome.effects if isinstance(effect, SaveReport)), None)
    values = kept.values if kept else outcome.state.get("open", {}).get("values", {})
    known = {name: value for name, value in values.items() if value is not None and value != ""}
    return Answered(text, outcome.understood, tuple(said), known, stored=kept is not None)


def _somebody(association: Association | None, language: Language) -> Person:
    return Person(NOBODY, "Odette N.", "Odette", "F", language, "yes", association)


async def _step(turns: Turns, group: Any, known: people.Known, text: str, forms: Mapping[str, Form]) -> Outcome:
    row = SimpleNamespace(
        id=NOBODY, channel="", kind="text", text=text, received_at=group.now, sent_at=None, data=None
    )
    for _wave in range(MOST_WAVES):
        try:
            return step(replace(turns.turn(group, known, row), forms=forms))
        except Unknown as unknown:
            group.facts.update(await facts.load(group.tx, unknown.facts, group.associations, turns.loaders))
    raise RuntimeError("a trial asked for facts wave after wave")
