"""Which mentor gets a question: subject first, then language, value chain, nearness and load. Pure.

None of the peers matches mentors at all (field, 3.5), so the rule is ours and is kept simple enough to be
said aloud: whoever looks after the association and knows the subject; of several, the one who knows most of
what was asked, speaks her language, knows her value chain, is named for her place, has least to do.
"""

from __future__ import annotations

from collections.abc import Iterable

from handlers.noun import noun
from handlers.turn import Association, Mentor
from handlers.understand.subjects import TOPICS, keys, subjects
from handlers.understand.words import plain


@noun
class Match:
    """`mentor` is None when nobody fits: an officer passes the question on."""

    mentor: Mentor | None
    subject: str | None
    """See `subject_of`."""


def match(text: str, language: str | None, association: Association | None, mentors: Iterable[Mentor]) -> Match:
    """The mentor for this question; the same one for the same question, whatever the order of the mentors."""
    topics = subjects(text) & TOPICS.keys()
    fitting = [one for one in ranked(text, language, association, mentors) if _knows(one, topics)]
    return Match(fitting[0] if fitting else None, subject_of(text))


def subject_of(text: str) -> str | None:
    """What a question is about: its topic, or the value chain when no topic is named."""
    named = subjects(text)
    return min(named & TOPICS.keys() or named, default=None)


def ranked(
    text: str, language: str | None, association: Association | None, mentors: Iterable[Mentor]
) -> tuple[Mentor, ...]:
    """Those who look after the association, who fits best first; also who does not know the subject."""
    asked = keys(text)
    there = [one for one in mentors if covers(one.area, association)]
    return tuple(sorted(there, key=lambda one: _rank(one, asked, language, association)))


def covers(area: tuple[str, ...], association: Association | None) -> bool:
    """Whether somebody with this area looks after the association. An empty area is everywhere."""
    return not area or (association is not None and _named(area, association))


def _named(area: tuple[str, ...], association: Association) -> bool:
    places = {plain(place) for place in association.communes} | {association.no.lstrip("0")}
    return any(plain(word) in places or (word.isdecimal() and word.lstrip("0") in places) for word in area)


def _knows(mentor: Mentor, topics: frozenset[str]) -> bool:
    return not topics or not mentor.subjects.strip() or not topics.isdisjoint(subjects(mentor.subjects))


def _rank(
    mentor: Mentor, asked: frozenset[str], language: str | None, association: Association | None
) -> tuple[int, bool, int, bool, int, int]:
    """Smaller is better. The last place decides between equals, so that chance has no say."""
    theirs = keys(mentor.subjects)
    lives = " ".join((association.activity, *(b.type for b in association.businesses))) if association else ""
    near = bool(mentor.area) and association is not None and _named(mentor.area, association)
    return (
        -len(asked & theirs),
        language not in mentor.languages,
        -len(subjects(lives) & theirs),
        not near,
        mentor.open,
        mentor.id,
    )
