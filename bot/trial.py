"""Tries what leaders would be answered: the real conversation with somebody who does not exist; nothing is kept.

Facts are read from the database as in a turn. Effects, timers and replies of the turns are shown or dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.render import Words
from bot.store import facts, people
from bot.turns import MOST_WAVES, Group, Turns
from handlers.conversations import step
from handlers.forms import Form
from handlers.noun import noun
from handlers.turn import (
    Association,
    ChangeReport,
    Effect,
    Language,
    LastReport,
    NextNumber,
    Outcome,
    Person,
    Reply,
    Report,
    ReportNumbered,
    SaveReport,
    Unknown,
)

NOBODY = 0
"""The id of the person and the address of a trial: none of anybody's."""
MOST_LINES = 20


@noun
class Said:
    """An answer: in SMS parts, or in a chat with its buttons, label -> what a press sends."""

    text: str
    parts: int
    buttons: Mapping[str, str]


@noun
class Answered:
    """A message of the trial, or a button of the last answer: what it was taken for, what is answered."""

    text: str
    understood: str
    replies: tuple[Said, ...]
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
    *,
    chat: bool = False,
) -> list[Answered]:
    """The messages of a leader of this association, one after the other, by SMS or in a `chat`.

    In a chat a line that is the label of a button there presses it. `brought`: forms that nobody has taken yet, as if
    they were in use.
    """
    forms = {**turns.forms, **{form.name: form for form in brought}}
    group = await turns.open(tx, set())
    person = _somebody(group.associations.get(association_id), language)
    known = people.Known(
        NOBODY, "telegram" if chat else "tel", "", active=True, ends_in="00", people=(person,), state={}
    )
    found: list[Answered] = []
    buttons: dict[str, str] = {}
    for text in lines[:MOST_LINES]:
        outcome = await _step(turns, group, known, _row(text, buttons.get(text), group.now), forms)
        known.state = dict(outcome.state)
        for effect in outcome.effects:
            _remember(group, effect)
        said = [_said(turns, words, reply, reply.language or language, chat=chat) for reply in outcome.replies]
        buttons = {label: data for one in said for label, data in one.buttons.items()}
        found.append(_answered(text, outcome, said))
    return found


def _remember(group: Group, effect: Effect) -> None:
    """What a turn would have stored is there for the messages behind it."""
    if isinstance(effect, SaveReport):
        report = Report(
            effect.number, effect.form, effect.association_id, NOBODY, effect.values, effect.state, group.now
        )
        group.facts[NextNumber()] = effect.number + 1
    elif isinstance(effect, ChangeReport):
        old = group.facts[ReportNumbered(effect.number)]
        report = replace(old, values=effect.values or old.values, state=effect.state or old.state)
    else:
        return
    group.facts[ReportNumbered(report.number)] = group.facts[LastReport((NOBODY,), NOBODY)] = report


def _said(turns: Turns, words: Words, reply: Reply, language: str, *, chat: bool) -> Said:
    text = words.text(reply.key, language, reply.values, rich=chat)
    shown = [turns.replies.button(one, language) for line in reply.buttons for one in line] if chat else []
    return Said(text.text, text.parts, {one["text"]: one["data"] for one in shown})


def _row(text: str, pressed: str | None, now: datetime) -> Any:
    """What a turn takes in: a message, or the press of a button."""
    kind, said, data = ("button", "", {"data": pressed, "message": ""}) if pressed else ("text", text, None)
    return SimpleNamespace(id=NOBODY, channel="", kind=kind, text=said, received_at=now, sent_at=None, data=data)


def _answered(text: str, outcome: Outcome, said: Sequence[Said]) -> Answered:
    kept = next((effect for effect in outcome.effects if isinstance(effect, SaveReport | ChangeReport)), None)
    values = (kept.values or {}) if kept else outcome.state.get("open", {}).get("values", {})
    known = {name: value for name, value in values.items() if value is not None and value != ""}
    return Answered(text, outcome.understood, tuple(said), known, stored=kept is not None)


def _somebody(association: Association | None, language: Language) -> Person:
    return Person(NOBODY, "Odette N.", "Odette", "F", language, "yes", association)


async def _step(turns: Turns, group: Group, known: people.Known, row: Any, forms: Mapping[str, Form]) -> Outcome:
    rich = known.scheme != "tel"
    for _wave in range(MOST_WAVES):
        try:
            turn = turns.turn(group, known, row)
            return step(replace(turn, forms=forms, address=replace(turn.address, rich=rich)))
        except Unknown as unknown:
            group.facts.update(await facts.load(group.tx, unknown.facts, group.associations, turns.loaders))
    raise RuntimeError("a trial asked for facts wave after wave")
