"""The last step of /broadcast: to how many, by its number or a button; or it is cancelled."""

from __future__ import annotations

from handlers.team import broadcast_card as card
from handlers.team import broadcast_draft as half
from handlers.team import broadcast_run as run
from handlers.team.broadcast_draft import Draft
from handlers.team.broadcast_run import TYPED_ABOVE
from handlers.turn import ApproveBroadcast, Audit, Made, Outcome, Reply, Turn


def confirm(turn: Turn, draft: Draft, made: Made) -> Outcome:
    """The list is complete: to how many?"""
    number = made.number
    awaits = {"number": number} if number > TYPED_ABOVE else None
    new = {**draft, "number": number}
    return half.shown(
        turn, new, card.confirm(draft["card"], number, typed=bool(awaits)), "broadcast: confirm", awaits
    )


def typed(turn: Turn, draft: Draft, typed_: str) -> Outcome:
    """Nothing leaves for another number."""
    number = int(draft.get("number") or 0)
    if typed_.isascii() and typed_.isdecimal() and int(typed_) == number:
        return approved(turn, draft)
    shown = card.confirm(draft["card"], number, typed=True, wrong=typed_[:20])
    return half.shown(turn, draft, shown, "broadcast: another number", {"number": number})


def send(turn: Turn, draft: Draft, arg: str) -> Outcome | None:
    """Its button, where they are few."""
    number = int(draft.get("number") or 0)
    return approved(turn, draft) if 0 < number <= TYPED_ABOVE and draft.get("key") else None


def approved(turn: Turn, draft: Draft) -> Outcome:
    """It begins in a minute, or when she chose. Raises NotCounted."""
    plan, key, number = half.plan(turn, draft, "approved"), str(draft["key"]), int(draft["number"])
    effects = (
        ApproveBroadcast(key, number, half.starts(turn, draft), plan.ends_at),
        Audit("broadcast approved", {"key": key, "recipients": number}),
        run.wake(turn, draft["card"], key),
    )
    return Outcome(half.kept(turn, draft), (), effects, understood=f"broadcast: approved for {number}")


def cancel(turn: Turn, draft: Draft, arg: str = "") -> Outcome:
    """Nothing of it was sent."""
    effects = run.called_off(draft.get("key"))
    shown = Reply("O.bc.cancelled", card=draft["card"])
    return Outcome(half.closed(turn), (shown,), effects, understood="broadcast: cancelled")
