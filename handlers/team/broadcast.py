"""/broadcast: one text to many, as one card that is edited: to whom, text, other languages, preview, plan, number.

What is half made stands in the state (`bc`). What must be counted over many people is counted beside the turns: the
card says so, and goes on (`then`) when it is woken. Once it is approved the card is that of `broadcast_run.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from handlers import state
from handlers.said import Said
from handlers.team import broadcast_card as card
from handlers.team import broadcast_draft as half
from handlers.team import broadcast_number as last
from handlers.team import broadcast_run as run
from handlers.team import broadcast_text as words
from handlers.team.broadcast_draft import Draft
from handlers.team.reporting import found, not_found
from handlers.team.viewing import LANGUAGE_NAMES, viewer
from handlers.turn import (
    BroadcastMade,
    Label,
    Made,
    MakeBroadcast,
    Outcome,
    Reply,
    TryBroadcast,
    Turn,
)

_SIMPLE = ("all", "late", "women", "business")


def counted(turn: Turn) -> Outcome:
    """What was asked is counted: the card goes on."""
    if "key" in turn.inbound.data:
        return run.counted(turn)
    draft = dict(turn.state.get("bc") or {})
    then = THEN.get(str(draft.pop("then", "")))
    outcome = half.counting(turn, lambda: then(turn, draft)) if then else None
    return outcome or Outcome(dict(turn.state), understood="broadcast: counted for a card that is gone")


# --- 1 to whom ---


def begin(turn: Turn, said: Said) -> Outcome:
    """A new card; one that was half made is forgotten."""
    outcome = half.counting(turn, lambda: _to_whom(turn, {"card": turn.inbound.id}))
    assert outcome is not None
    return outcome


def _to_whom(turn: Turn, draft: Draft, which: str = "") -> Outcome:
    shown = card.to_whom(draft["card"], half.audiences(turn, draft), which)
    typed = {"which": which} if which == "associations" else None
    return half.shown(turn, draft, shown, "broadcast: to whom", awaits=typed)


def _chosen(turn: Turn, draft: Draft, to: str) -> Outcome | None:
    """An audience, or the list of communes or associations to choose from."""
    there = half.audiences(turn, draft)
    if to in ("communes", "associations", ""):
        return _to_whom(turn, draft, to)
    known = {*_SIMPLE, *(f"commune:{name}" for name in there.communes)}
    named = {f"association:{number}": f"{number} {name}" for number, name in there.associations}
    chosen = {"card": draft["card"], "to": to, "whom": named.get(to, "")}
    return _write(turn, chosen) if to in known or to in named else None


def _named(turn: Turn, draft: Draft, text: str) -> Outcome:
    """The association whose number or name she types: a card cannot show all of a large programme."""
    if (one := found(turn, text)) is None:
        return not_found(turn, text)
    to, whom = f"association:{one.no}", f"{one.no} {one.sms_name}"
    return _write(turn, {"card": draft["card"], "to": to, "whom": whom})


# --- 2 and 3 text and languages ---


def _write(turn: Turn, draft: Draft, language: str = "") -> Outcome:
    """Ask for a text, of any language or of this one."""
    new = {"texts": {}, "gaps": {}, "at": "", **draft}
    shown = card.write(new, language)
    return half.shown(turn, new, shown, "broadcast: asks for the text", awaits={"language": language})


def typed(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """What she types while the card waits for a text or for the number."""
    return half.counting(turn, lambda: _typed(turn, said, question))


def _typed(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    draft = turn.state.get("bc")
    if turn.inbound.kind == "text" and question.get("again"):
        return run.typed(turn, said.text, question)
    if turn.inbound.kind != "text" or not draft:
        return None
    if question.get("number") is not None:
        return last.typed(turn, draft, said.text)
    if question.get("which"):
        return _named(turn, draft, said.text)
    text, language = " ".join(turn.inbound.text.split()), str(question.get("language") or "")
    if (named := words.language_said(text)) and draft.get("text") and not language:
        return _language(turn, draft, named)
    if wrong := words.mistake(text):
        again = {"language": language}
        return half.shown(turn, draft, card.again(draft, wrong), "broadcast: a text with a mistake", awaits=again)
    if language:
        return _next(turn, {**draft, "texts": {**draft["texts"], language: text}})
    return _which_language(turn, {**draft, "text": text})


def _which_language(turn: Turn, draft: Draft) -> Outcome:
    """Of what was typed; another text may be typed in its place."""
    shown = card.which_language(draft["card"], draft["text"])
    return half.shown(turn, draft, shown, "broadcast: which language", awaits={"language": ""})


def _language(turn: Turn, draft: Draft, language: str) -> Outcome | None:
    if language not in LANGUAGE_NAMES or not (text := draft.get("text")):
        return None
    kept = {key: value for key, value in draft.items() if key != "text"}
    return _next(turn, {**kept, "texts": {**draft["texts"], language: text}})


def _gap(turn: Turn, draft: Draft, chosen: str) -> Outcome | None:
    """What readers of a language without a text get: never decided by us."""
    missing, _, instead = chosen.partition(":")
    if instead == "write":
        return _write(turn, draft, missing) if missing in LANGUAGE_NAMES else None
    if missing not in LANGUAGE_NAMES or (instead != "leave_out" and instead not in draft["texts"]):
        return None
    return _next(turn, {**draft, "gaps": {**draft["gaps"], missing: instead}})


def _next(turn: Turn, draft: Draft) -> Outcome:
    """The next language that readers have and nobody decided about, else the preview."""
    plan = half.plan(turn, draft, "on")
    if plan.undecided:
        return half.shown(turn, draft, card.gap(draft, *plan.undecided[0]), "broadcast: a language is missing")
    return _preview(turn, {**draft, "shown": 0})


# --- 4 and 5 preview and plan ---


def _preview(turn: Turn, draft: Draft, arg: str = "") -> Outcome:
    return half.shown(turn, draft, card.preview(draft, half.plan(turn, draft, "look")), "broadcast: preview")


def _another(turn: Turn, draft: Draft, arg: str) -> Outcome:
    return _preview(turn, {**draft, "shown": int(draft.get("shown", 0)) + 1})


def _anew(turn: Turn, draft: Draft, arg: str = "") -> Outcome:
    """Another text in the language of `anew`, shorter where it is too long; the other languages stay."""
    language = str(draft["anew"])
    if language not in draft["texts"]:
        return _preview(turn, draft)
    shown = card.anew(draft, half.plan(turn, draft, "anew"), language)
    return half.shown(turn, draft, shown, "broadcast: asks for another text", awaits={"language": language})


def _test(turn: Turn, draft: Draft, arg: str = "") -> Outcome:
    """The texts as she would get them, each as a message of its own; on her phones, if she has any, as SMS."""
    texts = tuple(Reply(Label({"en": text})) for text in half.plan(turn, draft, "test").mine)
    effects = (TryBroadcast(tuple(sorted(draft["texts"].items()))),)
    return Outcome(dict(turn.state), texts, effects, understood="broadcast: test")


def _costs(turn: Turn, draft: Draft, arg: str = "") -> Outcome:
    asks = half.asks(draft) if words.offers_choice(draft["texts"].values()) else None
    shown = card.costs(turn, draft, half.plan(turn, draft, "plan"), asks)
    return half.shown(turn, draft, shown, "broadcast: plan")


def _at(turn: Turn, draft: Draft, when: str) -> Outcome | None:
    moment = card.times(turn).get(when)
    return _costs(turn, {**draft, "at": moment.isoformat() if moment else ""})


# --- 6 the number ---


def _make(turn: Turn, draft: Draft, arg: str = "") -> Outcome:
    """Keep it; its list of recipients is made by the service, which wakes the card."""
    plan = half.plan(turn, draft, "make")
    if plan.undecided or not plan.phones + plan.chats:
        return _next(turn, draft)
    key = str(turn.inbound.id)
    texts, gaps = tuple(sorted(draft["texts"].items())), tuple(sorted(draft["gaps"].items()))
    effects = (MakeBroadcast(key, viewer(turn), draft["to"], texts, gaps, half.asks(draft)),)
    shown = card.listing(draft, plan.phones + plan.chats)
    return Outcome(half.kept(turn, {**draft, "key": key}), (shown,), effects, understood="broadcast: made")


def woken(turn: Turn) -> Outcome:
    """Something was decided, or a minute has passed: the card shows how things are."""
    outcome = half.counting(turn, lambda: _woken(turn))
    assert outcome is not None
    return outcome


def _woken(turn: Turn) -> Outcome:
    key, draft = str(turn.inbound.data["key"]), turn.state.get("bc") or {}
    mine = draft.get("key") == key
    made: Made | None = turn.known(BroadcastMade(key))
    if made is None or (made.state == "draft" and not made.frozen):
        again = {name: value for name, value in draft.items() if name != "key"}
        return _next(turn, again) if mine else Outcome(dict(turn.state), understood="broadcast: nothing made")
    if made.state == "draft":
        return last.confirm(turn, draft, made) if mine else Outcome(dict(turn.state), understood="broadcast: a draft")
    kept = half.closed(turn) if mine else dict(turn.state)
    number = turn.inbound.data.get("card") or draft["card"]
    return run.shown(turn.with_state(kept), made, int(number), key)


def given_up(turn: Turn) -> Outcome | None:
    """She writes CANCEL: what is half made, or the number that was asked for; None when there is neither."""
    question, draft = state.opened(turn) or {}, turn.state.get("bc")
    if question.get("kind") == "broadcast" and question.get("again"):
        left = turn.with_state(state.close(turn))
        made: Made | None = turn.known(BroadcastMade(str(question["again"])))
        return run.shown(left, made, int(question["card"]), str(question["again"])) if made else None
    return last.cancel(turn, draft, "") if draft else None


def _back(turn: Turn, draft: Draft, arg: str = "") -> Outcome | None:
    """The step before: what was decided there is asked once more, what was typed stays."""
    if draft.get("key"):  # the list is complete: it is made anew when she continues
        kept = {name: value for name, value in draft.items() if name not in ("key", "number")}
        return _costs(turn, kept).but(effects=run.called_off(draft["key"]))
    if not draft.get("texts"):
        written = {name: value for name, value in draft.items() if name != "text"}
        return _write(turn, written) if "text" in draft else _to_whom(turn, draft)
    if draft.get("gaps"):
        return _next(turn, {**draft, "gaps": {}})
    if len(draft["texts"]) == 1:
        return _which_language(turn, {**draft, "texts": {}, "text": next(iter(draft["texts"].values()))})
    return _preview(turn, draft)


# --- the card ---

_ACTIONS: Mapping[str, Callable[[Turn, Draft, str], Outcome | None]] = {
    "to": _chosen,
    "lang": _language,
    "gap": _gap,
    "next": _another,
    "test": _test,
    "anew": lambda turn, draft, arg: _anew(turn, {**draft, "anew": arg}),
    "look": _preview,
    "plan": _costs,
    "at": _at,
    "make": _make,
    "send": last.send,
    "cancel": last.cancel,
    "back": _back,
    "on": lambda turn, draft, arg: _next(turn, draft),
    "asks": lambda turn, draft, arg: _costs(turn, {**draft, "asks": arg == "yes"}),
}
THEN: Mapping[str, Callable[[Turn, Draft], Outcome]] = {
    "to": _to_whom,
    "on": _next,
    "look": _preview,
    "plan": _costs,
    "test": _test,
    "anew": _anew,
    "make": _make,
    "approved": last.approved,
}
"""What a card goes on with once something is counted."""
_NEEDS_TEXT = frozenset(("next", "test", "anew", "look", "plan", "at", "make", "gap", "asks", "on"))


def pressed(turn: Turn, said: Said) -> Outcome | None:
    """A button of the card; None when another card has taken its place."""
    number, _, action = said.rest.partition(":")
    word, _, arg = action.partition(":")
    if word == "run":
        return run.pressed(turn, int(number), arg) if number.isdecimal() else None
    draft = turn.state.get("bc")
    if not draft or str(draft["card"]) != number or word not in _ACTIONS:
        return None
    if word in _NEEDS_TEXT and not draft.get("texts"):
        return None
    if draft.get("key") and word not in ("send", "cancel", *(("back",) if draft.get("number") else ())):
        return None
    kept = {name: value for name, value in draft.items() if name != "then"}
    return half.counting(turn, lambda: _ACTIONS[word](turn, kept, arg))
