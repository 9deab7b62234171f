"""Texts that may or may not have arrived: each with three buttons, opened from /today."""

from __future__ import annotations

from typing import get_args

from handlers.said import Said
from handlers.team.viewing import clock, named, pressed, viewer
from handlers.turn import Audit, Button, Label, Outcome, Reply, Turn
from handlers.turn.uncertain import Choice, DecideText, UncertainText, UncertainTexts

PAGE = 5
"""Messages at once; the last one offers the next ones."""
_KINDS = {
    "reply": Label({"en": "an answer", "fr": "une réponse"}),
    "reminder": Label({"en": "a reminder", "fr": "un rappel"}),
    "tip": Label({"en": "a tip", "fr": "un conseil"}),
    "totals": Label({"en": "the month's totals", "fr": "les totaux du mois"}),
    "notice": Label({"en": "a text of ours", "fr": "un texte de notre part"}),
    "broadcast": Label({"en": "a broadcast", "fr": "un message collectif"}),
}
_DONE = {"again": "O.uncertain.again", "left": "O.uncertain.left", "arrived": "O.uncertain.arrived"}
assert set(_DONE) == set(get_args(Choice))


def decided(turn: Turn, said: Said) -> Outcome | None:
    """`unsure:+:17` shows those after text 17; `unsure:again:17`, `left` and `arrived` decide about one."""
    what, _, number = said.rest.partition(":")
    if not number.isdecimal():
        return None
    there: tuple[UncertainText, ...] = turn.known(UncertainTexts(viewer(turn)))
    if what == "+":
        return _page(turn, [one for one in there if one.id > int(number)])
    text = next((one for one in there if one.id == int(number)), None)
    if what not in _DONE:
        return None
    if text is None:
        return Outcome(
            dict(turn.state), (Reply("O.uncertain.gone", edits=pressed(turn)),), understood="settled before"
        )
    choice: Choice = what  # type: ignore[assignment]
    effects = (DecideText(text.id, choice), Audit(f"uncertain text {choice}", {"texts": [text.id]}))
    reply = Reply(_DONE[what], {"who": named(text.name, text.association)}, edits=pressed(turn))
    return Outcome(dict(turn.state), (reply,), effects, understood=f"uncertain text: {choice}")


def _page(turn: Turn, there: list[UncertainText]) -> Outcome:
    if not there:
        return Outcome(dict(turn.state), (Reply("O.list.nothing"),), understood="nothing is uncertain")
    replies = [_card(turn, one) for one in there[:PAGE]]
    if len(there) > PAGE:
        more = (Button("b.nextpage", f"unsure:+:{there[PAGE - 1].id}"),)
        replies.append(Reply("O.list.more", {"count": len(there) - PAGE}, (more,)))
    audit = (Audit("uncertain texts shown", {"texts": [one.id for one in there[:PAGE]]}),)
    return Outcome(dict(turn.state), tuple(replies), audit, understood=f"uncertain: {len(there)}")


def _card(turn: Turn, one: UncertainText) -> Reply:
    values = {
        "who": named(one.name, one.association),
        "kind": _KINDS[one.kind],
        "channel": one.channel,
        "time": clock(turn, one.at),
    }
    rows = (
        (Button("b.itarrived", f"unsure:arrived:{one.id}"), Button("b.sendagain", f"unsure:again:{one.id}")),
        (Button("b.leaveit", f"unsure:left:{one.id}"),),
    )
    return Reply("O.uncertain", values, rows)
