"""A report that was begun by one road and is gone on with by another (Y4): by SMS, then in her chat, or back.

It is offered when she opens the other road: begins the same form there, asks for the menu, or sends what nothing open
explains. What moves leaves the old road by a wake, in its order there: what she writes there later answers nothing
that moved. A report that was begun on a shared phone is offered to who is of that association, and asked whether it
is hers; one that was begun in a chat is not offered on a phone that others share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from handlers import account, asking, card, form, menu, state
from handlers.roads import NAMES
from handlers.said import Said, read
from handlers.turn import LeftElsewhere, Outcome, Reply, There, Timer, Turn, Wake
from handlers.turn.roads import PREFERRED
from handlers.understand.words import yes_no

_OPENS = ("training", "business", "help", "start", "")
"""What opens a road; '' = nothing else understands it."""
_DECLINED = 3
"""So many offers that she declined are remembered."""


def offered(turn: Turn, command: str) -> Outcome | None:
    """Y4 instead of what she asked for, which comes when she says no; None when there is nothing to go on with."""
    person = turn.person
    if command not in _OPENS or person is None or person.kind != "leader" or state.opened(turn):
        return None
    if person.addresses < 2:
        return None
    found = _left(turn, command)
    if found is None or [found[0].address_id, found[1]["card"]] in turn.state.get("elsewhere", []):
        return None
    there, draft = found
    words = form.kind_of(form.form_of(turn, draft["form"])).words
    noted = words(form.form_of(turn, draft["form"]), draft["values"], _context(turn, draft))
    held = {"then": command, "text": turn.inbound.text, "of": there.address_id, "card": draft["card"]}
    key = "Y4shared" if there.shared else "Y4"
    reply = Reply(key, {"noted": noted} if there.shared else {"noted": noted, "road": _road(there.scheme)})
    return Outcome(state.ask(turn, "elsewhere", **held), (reply,), understood="go on with it here?")


def _left(turn: Turn, command: str) -> tuple[There, dict[str, Any]] | None:
    """The half-made report that she touched last on another road of hers; `command` may name its form."""
    person = turn.person
    assert person is not None
    found: list[tuple[There, dict[str, Any]]] = []
    for there in turn.known(LeftElsewhere(person.id, turn.address.id)):
        opened = there.state.get("open") or {}
        for draft in (*([opened] if opened.get("kind") == "form" else []), *there.state.get("drafts", [])):
            hers = person.association is not None and draft.get("association") == person.association.id
            fresh = turn.now - datetime.fromisoformat(draft["at"]) <= form.RESUMED_WITHIN
            if hers and fresh and command in (draft["form"], "help", "start", "") and asking.noted(turn, draft):
                found.append((there, dict(draft)))
    return max(found, key=lambda one: str(one[1]["at"])) if found else None


def _context(turn: Turn, draft: Mapping[str, Any]) -> Any:
    return form.context(turn, form.association_of(turn, draft))


def _road(scheme: str) -> str:
    return next(NAMES[name] for name, of in PREFERRED.items() if of == scheme)


def answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """1 goes on with it here; 2 does what she had asked for."""
    agreed = {"1": True, "2": False}.get(said.digit)
    if agreed is None:
        agreed = yes_no(turn.inbound.text)
    if agreed is None:
        return None
    there = turn.with_state(state.close(turn))
    found = _left(there, "")
    same = found and (found[0].address_id, found[1]["card"]) == (question["of"], question["card"])
    if agreed and found and same:
        return _moves(there, found[0].address_id, found[1], str(question["text"] if not question["then"] else ""))
    declined = [*turn.state.get("elsewhere", []), [question["of"], question["card"]]][-_DECLINED:]
    return _then(there.with_state({**there.state, "elsewhere": declined}), question)


def _then(turn: Turn, question: Mapping[str, Any]) -> Outcome:
    """What she asked for before."""
    before = replace(turn, inbound=replace(turn.inbound, text=str(question["text"]), kind="text", data={}))
    then = str(question["then"])
    if then in ("training", "business"):
        return menu.start_form(turn, then)
    if then == "start":
        return account.start(turn)
    return menu.help_(turn, read(before)) if then == "help" else menu.free(before)


def _moves(turn: Turn, address_id: int, draft: Mapping[str, Any], text: str) -> Outcome:
    """It is asked about here from now on; what she sent before the offer may answer its question at once."""
    left = Wake(None, {"what": "moved", "card": draft["card"], "to": turn.address.id}, address_id=address_id)
    moved = {**draft, "card": turn.inbound.id, "at": turn.now.isoformat()}
    outcome = form.resume(turn, moved, "X5")
    if text and outcome.state.get("open", {}).get("kind") == "form":
        opened = dict(outcome.state["open"])
        before = replace(turn, inbound=replace(turn.inbound, text=text, kind="text", data={}), state=outcome.state)
        taken = (card.typed if turn.address.rich else form.answer)(before, read(before), opened)
        if taken and taken.state.get("open", {}).get("tries", 0) == opened["tries"]:
            outcome = taken.but(timers=(*outcome.timers, *taken.timers))
    return outcome.but(effects=(left, *outcome.effects), understood=f"goes on here; {outcome.understood}")


def moved(turn: Turn) -> Outcome:
    """On the old road: the report is no longer here. In a chat its card says so."""
    number = turn.inbound.data["card"]
    opened = turn.state.get("open") or {}
    here = opened.get("kind") == "form" and opened.get("card") == number
    new = state.close(turn) if here else dict(turn.state)
    drafts = [draft for draft in new.get("drafts", []) if draft["card"] != number]
    if not here and drafts == new.get("drafts", []):
        return Outcome(new, understood="moved, and no longer here")
    cancel = (Timer("form", str(turn.address.id), None),) if here else ()
    replies = (Reply("Y5", card=number),) if turn.address.rich else ()
    return Outcome({**new, "drafts": drafts}, replies, (), cancel, "gone on with elsewhere")
