"""What is half made of a broadcast: kept in the chat's state, and what it waits for while people are counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from handlers import state
from handlers.team import broadcast_card as card
from handlers.team import broadcast_text as text
from handlers.team.viewing import viewer
from handlers.turn import (
    Audiences,
    AudiencesOf,
    BroadcastPlan,
    CountBroadcast,
    Outcome,
    Planned,
    Reply,
    ToCount,
    Turn,
)

Draft = dict[str, Any]
FRESH = timedelta(minutes=10)
"""What was counted longer ago is counted anew."""


class NotCounted(Exception):
    """The card waits for this, then goes on with a step of `broadcast.THEN` on this draft."""

    def __init__(self, question: ToCount, draft: Draft, then: str) -> None:
        self.question, self.draft, self.then = question, draft, then


def counting(turn: Turn, card_goes_on: Callable[[], Outcome | None]) -> Outcome | None:
    """The outcome, or the card that says that it is being counted."""
    try:
        return card_goes_on()
    except NotCounted as missing:
        draft = {**missing.draft, "then": missing.then}
        says = shown(turn, draft, card.counting(draft["card"]), "broadcast: is counted")
        return says.but(effects=(CountBroadcast(missing.question),))


def audiences(turn: Turn, draft: Draft) -> Audiences:
    """Whom she may write to, with the counts. Raises NotCounted."""
    question = AudiencesOf(turn.address.id, viewer(turn), turn.now, turn.now - FRESH)
    found: Audiences | None = turn.known(question)
    if found is None:
        raise NotCounted(question, draft, "to")
    return found


def starts(turn: Turn, draft: Draft) -> datetime:
    """When it begins if it is approved now."""
    soon = turn.now + card.UNDO
    return max(soon, datetime.fromisoformat(draft["at"])) if draft.get("at") else soon


def plan(turn: Turn, draft: Draft, then: str) -> Planned:
    """What it comes to. Raises NotCounted, to go on with the step `then`."""
    texts, gaps = tuple(sorted(draft["texts"].items())), tuple(sorted(draft["gaps"].items()))
    me, at = turn.person.sms_name if turn.person else "", draft.get("at")
    moment = datetime.fromisoformat(at) if at else None
    who, now = viewer(turn), turn.now
    question = BroadcastPlan(turn.address.id, who, draft["to"], texts, gaps, moment, now, now - FRESH, me)
    found: Planned | None = turn.known(question)
    if found is None:
        raise NotCounted(question, draft, then)
    return found


def asks(draft: Draft) -> bool:
    """Whether 1 and 2 are counted as answers: as its texts say, unless she says otherwise."""
    texts = draft["texts"].values()
    return text.offers_choice(texts) and bool(draft.get("asks", text.asks_yes_or_no(texts)))


def waits(turn: Turn) -> dict[str, Any] | None:
    """What the card waits for, though another question came in between; None when it waits for nothing typed."""
    question = (turn.state.get("bc") or {}).get("awaits")
    return question if question and turn.now - state.asked_at(question) <= state.OPEN_FOR else None


def closed(turn: Turn) -> dict[str, Any]:
    """Without the card, and without its question."""
    question = turn.state.get("open")
    left = state.close(turn) if question and question["kind"] == "broadcast" else dict(turn.state)
    return {key: value for key, value in left.items() if key != "bc"}


def kept(turn: Turn, draft: Draft, awaits: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The state with this draft; `awaits`: something is to be typed for it."""
    new = {name: value for name, value in draft.items() if name != "awaits"}
    if awaits is None:
        return {**closed(turn), "bc": new}
    asked = state.ask(turn, "broadcast", **awaits)
    return {**asked, "bc": {**new, "awaits": asked["open"]}}


def shown(
    turn: Turn, draft: Draft, reply: Reply, understood: str, awaits: Mapping[str, Any] | None = None
) -> Outcome:
    """The card's next face."""
    return Outcome(kept(turn, draft, awaits), (reply,), understood=understood)
