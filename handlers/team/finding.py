"""/find: names, associations and texts with these words, without accents; nothing of the neutral door.

Who reads figures only finds associations, and opens their figures.
"""

from __future__ import annotations

from handlers.said import Said
from handlers.team.viewing import WITH_OFFICERS, clock, viewer
from handlers.turn import Audit, Button, Finds, Found, Label, Outcome, Reply, Search, Turn
from handlers.understand.words import plain

PAGE = 10
SHORTEST = 2
WORDS = 120
"""Characters shown of a text."""


def find(turn: Turn, said: Said) -> Outcome:
    """The words behind the command; they are kept so that the next page finds the same."""
    words = tuple(plain(said.rest).split())
    if not words or len("".join(words)) < SHORTEST:
        return Outcome(dict(turn.state), (Reply("O.find.how"),), understood="find what?")
    there = turn.with_state({**turn.state, "find": list(words)})
    return _page(there, Search(viewer(turn), words, PAGE, people=_reads_words(turn)))


def _reads_words(turn: Turn) -> bool:
    return turn.person is not None and turn.person.role in WITH_OFFICERS


def pressed_find(turn: Turn, said: Said) -> Outcome | None:
    """The next page of the last search: `find:+:10` after ten names, `find:+:t:4711` below that text."""
    words = tuple(turn.state.get("find", ()))
    among, _, place = said.rest.removeprefix("+:").rpartition(":")
    if not words or not place.isdecimal():
        return None
    people = _reads_words(turn)
    if among == "t":
        return _page(turn, Search(viewer(turn), words, PAGE, before=int(place), people=people))
    return _page(turn, Search(viewer(turn), words, PAGE, start=int(place), people=people))


def _page(turn: Turn, asked: Search) -> Outcome:
    page: Finds = turn.known(asked)
    audit = (Audit("searched", {"words": len(asked.words), "found": len(page.found)}),)
    lines = tuple(_line(turn, one) for one in page.found)
    if page.since:
        lines = (*lines, Reply("O.find.since", {"time": clock(turn, page.since)}))
    if not lines:
        return Outcome(dict(turn.state), (Reply("O.find.nothing"),), audit, understood="found nothing")
    rows = _opens(page.found, "assoc:{0.id}" if asked.people else "sum:picture:{0.no}:")
    if page.start is not None:
        rows = (*rows, (Button("b.nextpage", f"find:+:{page.start}"),))
    elif page.before is not None:
        rows = (*rows, (Button("b.older", f"find:+:t:{page.before}"),))
    reply = Reply("O.lines", {"lines": lines}, rows)
    return Outcome(dict(turn.state), (reply,), audit, understood=f"found {len(page.found)}")


def _opens(page: tuple[Found, ...], data: str) -> tuple[tuple[Button, ...], ...]:
    """The associations that were found, to be opened by this data; three in a row."""
    there = {one.association.id: one.association for one in page if one.association}.values()
    buttons = [Button(Label({"en": one.sms_name}), data.format(one)) for one in there]
    return tuple(tuple(buttons[at : at + 3]) for at in range(0, len(buttons), 3))


def _line(turn: Turn, found: Found) -> Reply:
    association = found.association.sms_name if found.association else "?"
    if found.what == "association" and found.association:
        values = {"number": found.association.no, "association": found.association.name}
        return Reply("O.find.association", values)
    if found.what == "person":
        return Reply("O.find.person", {"name": found.name, "association": association})
    line = " ".join(found.text.split())
    values = {
        "time": clock(turn, found.at) if found.at else "",
        "name": found.name or "?",
        "association": association,
        "words": line if len(line) <= WORDS else line[: WORDS - 1] + "…",
    }
    return Reply("O.find.message", values)
