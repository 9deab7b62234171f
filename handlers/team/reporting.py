"""/report_for 07: an officer takes a report by phone. It says so: data of another quality than a leader's own."""

from __future__ import annotations

from dataclasses import replace

from handlers import form
from handlers.asking import WRITTEN
from handlers.said import Said
from handlers.team.viewing import WITH_OFFICERS, pressed, viewer
from handlers.turn import (
    Association,
    AssociationOf,
    AssociationSeen,
    Audit,
    Button,
    Effect,
    OpenTask,
    Outcome,
    Reply,
    SaveReport,
    Turn,
)

FORMS = (("b.trainingreport", "training"), ("b.businessreport", "business"))
_NONE_OF_HERS = ("E5b", "E7")
"""What a leader hears to FIX and BACK: that she should send 1, or 9 to be called."""


def report_for(turn: Turn, said: Said) -> Outcome:
    """Which report, for the association of this number or name."""
    association = found(turn, said.rest)
    if association is None:
        return not_found(turn, said.rest)
    return ask(turn, association)


def found(turn: Turn, word: str) -> Association | None:
    """The association of this number or name, if she may see it."""
    there: Association | None = turn.known(AssociationSeen(viewer(turn), word)) if word.strip() else None
    return there


def not_found(turn: Turn, word: str) -> Outcome:
    """Also of those that she may not see."""
    key = "O.noassociation" if word.strip() else "O.whichassociation"
    values = {"words": word.strip()[:30]} if word.strip() else {}
    return Outcome(dict(turn.state), (Reply(key, values),), understood="no such association")


def ask(turn: Turn, association: Association) -> Outcome:
    """A training or a business?"""
    rows = (tuple(Button(label, f"for:{association.id}:{name}") for label, name in FORMS),)
    reply = Reply("O.reportfor", {"association": association.sms_name}, rows)
    return Outcome(dict(turn.state), (reply,), understood="which report")


def begin(turn: Turn, said: Said) -> Outcome | None:
    """The card of the form, in place of the question."""
    number, _, name = said.rest.partition(":")
    there: Association | None = turn.known(AssociationOf(int(number))) if number.isdecimal() else None
    if there is None or found(turn, there.no) is None:
        return None
    if name == "ask":
        return ask(turn, there)
    if name not in [form_ for _, form_ in FORMS]:
        return None
    outcome = form.start(turn, name, there)
    first, *others = outcome.replies
    return outcome.but(replies=(replace(first, edits=pressed(turn)), *others))


def marked(turn: Turn, outcome: Outcome) -> Outcome:
    """A stored report of hers says that it was taken by phone, and by whom; FIX without one, how to take it.

    What she typed and nobody understood is for nobody to read, and nobody calls her.
    """
    outcome = _hers_alone(outcome)
    if any(reply.key in _NONE_OF_HERS for reply in outcome.replies):
        takes = turn.person is not None and turn.person.role in WITH_OFFICERS
        return outcome.but(replies=(Reply("O.fix.none" if takes else "O.free"),))
    stored = [effect for effect in outcome.effects if isinstance(effect, SaveReport)]
    if not stored:
        return outcome
    name = turn.person.sms_name if turn.person else ""
    said = tuple(Reply("O.byphone", {"number": one.number, "officer": name}) for one in stored)
    audit = tuple(Audit("reported for", {"report": one.number}) for one in stored)
    return outcome.but(replies=(*outcome.replies, *said), effects=(*outcome.effects, *audit))


def _hers_alone(outcome: Outcome) -> Outcome:
    """Without the tasks that a leader's words would make."""
    kept = tuple(effect for effect in outcome.effects if not _is_for_a_leader(effect))
    if len(kept) == len(outcome.effects):
        return outcome
    replies = tuple(Reply("O.notunderstood") if reply.key == "D6" else reply for reply in outcome.replies)
    return outcome.but(replies=replies, effects=kept)


def _is_for_a_leader(effect: Effect) -> bool:
    return isinstance(effect, OpenTask) and (effect.kind == "call" or effect.about == WRITTEN)
