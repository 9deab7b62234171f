"""A message that may be a report in one line: a correction of the last, a report, a report with words behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from handlers import form, mentor_questions, second_thought, state
from handlers.forms import Form
from handlers.known_forms import context, line_of, read_line
from handlers.said import Said
from handlers.turn import Association, Outcome, Turn
from handlers.understand.courtesies import is_courtesy
from handlers.understand.numbers import number_words
from handlers.understand.vocabulary import DENIES
from handlers.understand.words import is_question, plain, tokens

_CUT = re.compile(r"[.,;:?!\n]+\s+|\n")
_SENTENCE = 2
"""Words behind a report that a person reads, at least."""


def taken(turn: Turn, said: Said) -> Outcome | None:
    """The report in a message, or the correction of one; None when it is neither."""
    association = turn.association
    if association is None:
        return None
    found = second_thought.corrected(turn, said) or _and_words(turn, said, association)
    return found or form.from_line(turn, said, association)


def _and_words(turn: Turn, said: Said, association: Association) -> Outcome | None:
    """ "12 11 3 12 7 5 3, quand vient le mentor?": the report, and the words as if they had come by themselves."""
    if turn.inbound.kind != "text" or _CUT.search(said.text) is None:
        return None
    found = line_of(turn, association)
    if found is None or found[1].status != "leftover":
        return None
    ctx = context(turn, association)
    for head, words in _cuts(said.text):
        reading = read_line(found[0], head, ctx)
        if reading.status == "whole" and reading.values and _says_nothing_of_it(found[0], words):
            return _both(turn, words, form.take_line(turn, found[0], reading, association))
    return None


def _cuts(text: str) -> Iterator[tuple[str, str]]:
    """The message in two, at each mark between its words; the shortest rest first."""
    for mark in reversed(list(_CUT.finditer(text))):
        yield text[: mark.start()], text[mark.end() :].strip()


def _says_nothing_of_it(form_: Form, words: str) -> bool:
    """Whether words are a sentence of their own: no figure, no word of the form, nothing that takes back."""
    said = [token.text for token in tokens(words)]
    if len(said) < _SENTENCE or any(char.isdigit() for char in plain(words)) or not DENIES.isdisjoint(said):
        return False
    return form_.tables.single_words.isdisjoint(said) and not any(
        number_words(said[at:], None) for at in range(len(said))
    )


def _both(turn: Turn, words: str, report: Outcome) -> Outcome:
    """A question goes to its mentor, anything else to the officer."""
    there = replace(turn, inbound=replace(turn.inbound, text=words), state=report.state)
    if is_courtesy(words):
        return report
    if not is_question(words) or (turn.person is None and len(turn.people) > 1):
        return report.but(effects=(*report.effects, state.task(turn, "read")))
    asked = mentor_questions.take(there)
    return report.but(
        replies=(*asked.replies, *report.replies),
        effects=(*report.effects, *asked.effects),
        timers=(*report.timers, *asked.timers),
        understood=f"{report.understood}; {asked.understood}",
    )
