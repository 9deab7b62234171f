"""One-on-one mentoring in one message: "visit 07 12/11 belt changed, costs explained", "appel 07 ...".

Echoed with the date in figures, as every number is; 0 takes it back (commit, then correct).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from handlers import state
from handlers.matching import covers
from handlers.noun import noun
from handlers.partners import matching
from handlers.said import Said
from handlers.turn import (
    Association,
    AssociationCalled,
    DropVisit,
    Outcome,
    Partner,
    Partners,
    Reply,
    SaveVisit,
    Turn,
)
from handlers.understand.calendar import DAY_WORDS
from handlers.understand.choices import name as name_of
from handlers.understand.dates import date as read_date
from handlers.understand.tokens import tokens
from handlers.understand.words import plain

KINDS: Mapping[str, Literal["visit", "call"]] = {
    "visit": "visit",
    "visite": "visit",
    "visited": "visit",
    "visites": "visit",
    "urugendo": "visit",
    "ziara": "visit",
    "call": "call",
    "called": "call",
    "appel": "call",
    "appele": "call",
    "telephone": "call",
    "simu": "call",
}
"""What a line begins with. Kirundi and Swahili are drafts."""
_WHO = re.compile(r"(?:(?:i|we|nous avons|j ?'? ?ai)\s+)", re.IGNORECASE)
"""And who says so before it: "I visited ABAHUZA"."""
_TO = ("to", "a", "chez", "at", "ku", "kwa", "au")
"""What stands before a partner."""
_ARTICLES = ("le", "la", "les", "the")
"""And may stand before its name, as does an l'."""
_BEFORE = frozenset((*_TO, *_ARTICLES, "of", "de", "with", "avec", "ya", "mu", "association", "l'association", "no"))
"""What may stand before the association, and says nothing of it."""
_NO_DAY = re.compile(r"\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?(?!\S)")
"""A note that begins so began with a day that does not exist, as 31/11: it must not become today."""
_A_DAY = re.compile(
    r"(?<!\S)(?:0?[1-9]|[12]\d|3[01])(?:/(?:0?[1-9]|1[0-2])|[.-](?:0[1-9]|1[0-2]))(?:[/.-]\d{2,4})?(?![\w/])"
)
"""What may be a day within a note; 1.5 and 3-4 are not."""
_TWO_DAYS = re.compile(rf"(?:and|et|na|&|\+|to|a|au|until|jusqu'au)\s+{_A_DAY.pattern}")
"""What stands behind a first day: the visits are two."""
_AND = ("and", "et", "na", "&", "+")
"""What stands before a second association."""
_LAST = 4
"""Words of the longest day behind a note: "day before yesterday", "12 of november 2026"."""


@noun
class Line:
    """What a line says: the association as it was written, a partner, the day, the rest."""

    kind: Literal["visit", "call"]
    association: str
    partner: Partner | None
    day: date
    future: bool
    note: str
    unclear: bool
    """A day that does not exist or may be another one's, or two associations: asked for anew, never today's."""


def line(turn: Turn, said: Said) -> Outcome | None:
    """A line that begins with visit or call and an association; None for anything else."""
    head, _, rest = _WHO.sub("", said.text.replace("\u2019", "'"), count=1).partition(" ")
    kind = KINDS.get(plain(head).strip(":,"))
    if kind is None or not rest.strip():
        return _how(turn) if kind == "visit" else None
    read = _read(turn, kind, rest)
    association: Association | None = turn.known(AssociationCalled(read.association))
    if association is None:
        return _no_association(turn, rest) if read.association[:1].isdecimal() else None
    return _logged(turn, read, association)


def command(turn: Turn, said: Said) -> Outcome:
    """/visit 07 ..."""
    read = _read(turn, KINDS[said.command], said.rest) if said.rest else None
    if read is None:
        return _how(turn)
    association: Association | None = turn.known(AssociationCalled(read.association))
    return _logged(turn, read, association) if association else _no_association(turn, said.rest)


def _how(turn: Turn) -> Outcome:
    return _not_logged(turn, Reply("M6how"), "visit: which association, which day?")


def _no_association(turn: Turn, rest: str) -> Outcome:
    said = Reply("M6none", {"said": _from_the_association(rest)[0][:30]})
    return _not_logged(turn, said, "visit: no such association")


def _not_logged(turn: Turn, said: Reply, why: str) -> Outcome:
    """A 0 behind it takes back nothing, and not the visit that was logged before."""
    opened = state.opened(turn)
    logged = opened is not None and opened["kind"] == "logged"
    return Outcome(state.close(turn) if logged else dict(turn.state), (said,), understood=why)


def _read(turn: Turn, kind: Literal["visit", "call"], rest: str) -> Line:
    called, *words = _from_the_association(rest)
    partner, words = _partner(turn, words)
    first = _day(turn, words) or _behind_a_name(turn, words)
    found = first or _last(turn, words)
    day, future, words = found or (turn.today, False, words)
    if partner is None:
        partner, words = _partner(turn, words)
    note = " ".join(words).strip(" ,.:;-")
    early = day < turn.programme.start  # a slip in the year, which the echo does not say
    two = _TWO_DAYS.match(plain(note)) or (first is None and _A_DAY.search(note))
    unclear = early or _NO_DAY.match(note) or two or _second(turn, rest) or (found is None and _weekday_last(note))
    return Line(kind, plain(called).strip(".,:;"), partner, day, future, note, bool(unclear))


def _from_the_association(rest: str) -> list[str]:
    """The words behind "to", "chez", "de l'association"."""
    words = rest.split()
    while len(words) > 1 and plain(words[0]).strip(".,:;") in _BEFORE:
        words = words[1:]
    return words


def _partner(turn: Turn, words: list[str]) -> tuple[Partner | None, list[str]]:
    """ "to ISABU": the partner and what is left; only a name counts, not a subject."""
    if len(words) < 2 or plain(words[0]) not in _TO:
        return None, words
    directory: tuple[Partner, ...] = turn.known(Partners())
    begin = 2 if len(words) > 2 and plain(words[1]) in _ARTICLES else 1
    for length in range(min(4, len(words) - begin), 0, -1):
        name = plain(" ".join(words[begin : begin + length])).strip(" .,:;").removeprefix("l'")
        exact = [one for one in directory if plain(one.name) == name]
        found = exact or [one for one in matching(name, directory) if name in plain(one.name)]
        if len(found) == 1:
            return found[0], words[begin + length :]
    return _misspelt(directory, words, begin)


def _misspelt(directory: tuple[Partner, ...], words: list[str], begin: int) -> tuple[Partner | None, list[str]]:
    """The partner whose name is one clear near miss, and what is left."""
    names = {one.name: one for one in directory}
    if near := name_of([plain(word).removeprefix("l'") for word in words[begin:]], tuple(names)):
        return names[near[0]], words[begin + near[1] :]
    return None, words


def _day(turn: Turn, words: list[str]) -> tuple[date, bool, list[str]] | None:
    """The date that the words begin with, whether it has not come yet, and what is left."""
    read = read_date(tokens(" ".join(words)), turn.today, earliest=turn.programme.start)
    if read is None:
        return None
    taken = count = 0
    while count < read.consumed:
        count += len(tokens(words[taken]))
        taken += 1
    return read.day, read.future, words[taken:]


def _behind_a_name(turn: Turn, words: list[str]) -> tuple[date, bool, list[str]] | None:
    """ "chez KABURA 12/11 ...": whoever is no partner of the directory is part of the note, the day behind counts."""
    if not words or plain(words[0]) not in _TO:
        return None
    for name in range(2, min(6, len(words))):
        if found := _day(turn, words[name:]):
            return found[0], found[1], [*words[:name], *found[2]]
    return None


def _last(turn: Turn, words: list[str]) -> tuple[date, bool, list[str]] | None:
    """ "belt changed 12/11": the day that a note ends with, if it has come; of figures apart and a weekday we ask."""
    for count in range(min(_LAST, len(words) - 1), 0, -1):
        said = " ".join(words[-count:]).strip(" ,.:;!")
        found = None if _alone(said) else _day(turn, said.split())
        if found and not found[1] and not found[2]:
            return found[0], False, words[:-count]
    return None


def _alone(said: str) -> bool:
    """ "12 11", "1.5", "monday": figures or a weekday that a note may end with as well."""
    spoken = plain(said)
    return (spoken,) in DAY_WORDS.weekdays or (not _A_DAY.match(spoken) and not any(map(str.isalpha, spoken)))


def _weekday_last(note: str) -> bool:
    """Whether a note ends with a weekday: the last one, or the next."""
    return (plain(note.rpartition(" ")[2]),) in DAY_WORDS.weekdays


def _second(turn: Turn, rest: str) -> bool:
    """ "07 and 11 10/11", "07, 11 10/11": whether another association stands behind the first; each has its line."""
    first, *words = (plain(word).strip(".,:;") for word in _from_the_association(rest))
    joined = bool(words) and words[0] in _AND
    words = words[1:] if joined else words
    if not words or not (joined or _day(turn, words[1:])):
        return False
    there, other = turn.known(AssociationCalled(first)), turn.known(AssociationCalled(words[0]))
    return other is not None and other != there


def _logged(turn: Turn, read: Line, association: Association) -> Outcome:
    area = turn.person.area if turn.person else ()
    if not covers(area, association):
        return _no_association(turn, read.association)
    if read.unclear:
        return _how(turn)
    values: dict[str, Any] = {"association": association.sms_name, "date": read.day}
    if read.future:
        return _not_logged(turn, Reply("M6day", values), "visit: that day has not come")
    partner = read.partner
    effect = SaveVisit(read.kind, association.id, partner.id if partner else None, read.day, read.note)
    key = "M6partner" if partner else f"M6{read.kind}"
    if partner:
        values["partner"] = partner.name
    new = state.ask(turn, "logged", row=turn.inbound.id)
    said = Reply(key, {**values, "note": read.note or "-"})
    return Outcome(new, (said,), (effect,), understood=f"{read.kind} logged")


def undone(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """0 behind an echo: what was logged is taken back."""
    if said.digit != "0":
        return None
    return state.say(turn, "M6undone", DropVisit(int(question["row"])))
