"""/find: names, associations and texts with these words, without accents; nothing of the neutral door."""

from __future__ import annotations

from handlers.said import Said
from handlers.team.viewing import clock, viewer
from handlers.turn import Audit, Button, Found, Label, Outcome, Reply, Search, Turn
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
    return _page(there, words, 0)


def pressed_find(turn: Turn, said: Said) -> Outcome | None:
    """The next page of the last search."""
    words = tuple(turn.state.get("find", ()))
    place = said.rest.removeprefix("+:")
    return _page(turn, words, int(place)) if words and place.isdigit() else None


def _page(turn: Turn, words: tuple[str, ...], start: int) -> Outcome:
    found: tuple[Found, ...] = turn.known(Search(viewer(turn), words))
    audit = (Audit("searched", {"words": len(words), "found": len(found)}),)
    if not found:
        return Outcome(dict(turn.state), (Reply("O.find.nothing"),), audit, understood="found nothing")
    page = found[start : start + PAGE]
    lines = tuple(_line(turn, one) for one in page)
    rows = _opens(page)
    if len(found) > start + PAGE:
        rows = (*rows, (Button("b.nextpage", f"find:+:{start + PAGE}"),))
    reply = Reply("O.lines", {"lines": lines}, rows)
    return Outcome(dict(turn.state), (reply,), audit, understood=f"found {len(found)}")


def _opens(page: tuple[Found, ...]) -> tuple[tuple[Button, ...], ...]:
    """The associations that were found, to be opened; three in a row."""
    names = {one.association.id: one.association.sms_name for one in page if one.association}
    buttons = [Button(Label({"en": name}), f"assoc:{number}") for number, name in names.items()]
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
