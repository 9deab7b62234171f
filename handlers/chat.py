"""What a chat adds to every conversation: buttons under questions, each press taken once, nothing half made lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from handlers import (
    asking,
    broadcast_answer,
    card,
    card_shown,
    correct,
    correct_face,
    form,
    menu,
    receipted,
    reminded,
    state,
)
from handlers.said import Said
from handlers.turn import (
    Button,
    ErasePerson,
    Label,
    Outcome,
    Reply,
    Report,
    ReportNumbered,
    ReportOfMessage,
    SaveReport,
    Turn,
)
from handlers.understand.words import yes_no

Row = tuple[Button, ...]
_CHOICES: Mapping[str, tuple[tuple[str, str], ...]] = {
    **dict.fromkeys(("D4", "D9"), (("b.same", "1"), ("b.another", "2"))),
    **dict.fromkeys(("D5", "D10"), (("b.correctyes", "1"), ("b.again", "2"))),
    "D7": (("b.right", "1"), ("b.again", "2")),
    "D8": (("1", "1"), ("2", "2"), ("b.no", "3")),
    "E1": (("b.date", "1"), ("b.topic", "2"), ("b.people", "3"), ("b.new", "4"), ("b.remove", "5")),
    **dict.fromkeys(("F6", "F6new", "F6any", "K5", "K7", "V2", "Y4", "Y4shared"), (("b.yes", "1"), ("b.no", "2"))),
    **dict.fromkeys(("M2", "M2lang", "M2chat"), (("b.sendasis", "1"), ("b.change", "2"), ("b.cancel", "3"))),
    "H3": (("b.yes", "1"), ("b.no", "2")),
    "H5": (("b.withname", "1"), ("b.withoutname", "2"), ("b.no", "3")),
    **dict.fromkeys(("F1", "F4"), (("b.reportnow", "1"), ("b.notraining", "0"), ("b.later", "2"), ("b.call", "9"))),
    **dict.fromkeys(("G1ask", "G1last"), (("b.reportnow", "1"), ("b.later", "0"), ("b.call", "9"))),
    "F2": (("b.tomorrow", "1"), ("b.friday", "2"), ("b.nextweek", "3"), ("b.call", "9")),
    "F3": (("b.mentor", "1"), ("b.materials", "2"), ("b.time", "3"), ("b.nothing", "4")),
    "C6": (("b.unknown", "X"),),
    "C8": (("b.nothing", "0"),),
    "T10one": (("b.nothing", "0"),),
    "T8": (("b.skip", "0"),),
    "T9": (("b.anotherpage", "1"), ("b.done", "0")),
    "D2b": (("b.unknown", "X"),),
    "H6": (("b.useful", "1"), ("b.notuseful", "2"), ("b.more", "3")),
    "J3": (("b.today2", "1"), ("b.tomorrowmorning", "2"), ("b.tomorrowevening", "3")),
}
"""What is asked -> its buttons, each with the digit that says the same by SMS."""
_RECEIPTS = (
    *("C5", "C5n", "C5x", "G7", "G7m", "G7s", "G7any", "R1"),
    *("E2", "E2any", "E2biz", "E2date", "E2topics", "E2new", "E4", "E4any"),
)
_BACK = ("E3", "E3any")
_MENUS = ("E1any", "E1biz")
"""Correction menus whose buttons are the steps of the form."""
_ON_THE_CARD = ("check", "split")
"""Questions about a report that stand on its card."""


def taken(turn: Turn, step: Callable[[Turn], Outcome]) -> Outcome:
    """A turn in a chat: a second tap of the same button changes nothing, and is not answered twice."""
    mark = _mark(turn)
    if mark and turn.state.get("pressed") == mark:
        return Outcome(dict(turn.state), understood="pressed twice: taken once")
    outcome = _finished(turn, step(_as_digit(turn)))
    new = {key: value for key, value in outcome.state.items() if key != "pressed"}
    return outcome.but(state={**new, "pressed": mark} if mark else new)


def _mark(turn: Turn) -> str:
    """Which button of which message; '' where pressing it twice means something."""
    data = turn.inbound.data
    if turn.inbound.kind != "button" or ":+:" in str(data.get("data")):
        return ""
    return f"{data.get('message')}:{data.get('data')}"


def _as_digit(turn: Turn) -> Turn:
    """A button that stands for a digit is read as that digit, as long as its question is open."""
    head, _, rest = str(turn.inbound.data.get("data", "")).partition(":")
    asked, _, digit = rest.partition(":")
    question = turn.state.get("open") or {}
    if turn.inbound.kind != "button" or head != "say" or str(question.get("by")) != asked:
        return turn
    return replace(turn, inbound=replace(turn.inbound, kind="text", text=digit))


def first(turn: Turn, said: Said) -> Outcome | None:
    """What only a chat has, before all conversations: cards, buttons, commands nobody knows."""
    kind = turn.inbound.kind
    if said.command == "unknown":
        return Outcome(dict(turn.state), (Reply("T19"),), understood="a command nobody knows")
    if kind == "edited":
        return _edited(turn)
    if kind in ("text", "location", "contact") and not said.text:
        return Outcome(dict(turn.state), (Reply("V5"),), understood="cannot be opened")
    if kind == "button":
        return _pressed(turn, said)
    question = state.opened(turn)
    if not question or question["kind"] != "form":
        return None
    if said.command == "cancel":
        return card.cancel(turn, question)
    if said.command == question["form"] and asking.noted(turn, question):
        return card.below(turn, question)
    return None


def _pressed(turn: Turn, said: Said) -> Outcome | None:
    head, rest = said.command.removeprefix("button "), said.rest
    if head == "form":
        return card.pressed(turn, said)
    if head == "fix":
        return correct.fix(turn, replace(said, command="fix", rest=rest))
    if head in ("photo", "details"):
        return (receipted.photo if head == "photo" else receipted.details)(turn, rest)
    if head == "back" and rest.startswith("c"):
        return _brought_back(turn, rest[1:])
    if head == "back":
        return correct.back(turn, replace(said, command="back", rest=rest))
    if head == "broadcast" and (counted := broadcast_answer.pressed(turn, said)):
        return counted
    question = state.opened(turn)
    if question and question["kind"] == {"lang": "language"}.get(head, head):
        return None
    return Outcome(dict(turn.state), (Reply("T14"),), understood="a button of an old message")


def _brought_back(turn: Turn, number: str) -> Outcome:
    """The report that was thrown away with its card comes back on the same card."""
    thrown = turn.state.get("thrown") or {}
    opened = state.opened(turn)
    if str(thrown.get("card")) != number or (opened and opened["kind"] == "form"):
        return Outcome(dict(turn.state), (Reply("X6"),), understood="nothing to bring back")
    new = {key: value for key, value in turn.state.items() if key not in ("thrown", "open")}
    return card.again(turn.with_state(new), thrown)


def who_we_are(turn: Turn, said: Said) -> Outcome:
    """/help and /privacy from somebody who is not enrolled yet."""
    key = "T17" if said.command == "privacy" else "T16any"
    return Outcome(dict(turn.state), (Reply(key),), understood="who we are")


# --- a message that she edited ---


def _edited(turn: Turn) -> Outcome:
    """A message was edited after it became a report: ask, never change by itself (V2)."""
    report: Report | None = turn.known(ReportOfMessage(turn.address.id, str(turn.inbound.data.get("message"))))
    if report is None or report.state == "withdrawn":
        return Outcome(dict(turn.state), understood="an edited message")
    new = state.ask(turn, "edited", number=report.number)
    return Outcome(new, (Reply("V2", {"number": report.number}),), understood=f"edited No {report.number}")


def edited_answer(turn: Turn, said: Said, question: Mapping[str, Any]) -> Outcome | None:
    """V2's answer: yes opens the correction menu."""
    agreed = {"1": True, "2": False}.get(said.digit)
    if agreed is None:
        agreed = yes_no(turn.inbound.text)
    if agreed is None:
        return None
    if not agreed:
        return state.say(turn, "E6", number=question["number"])
    return correct.fix(turn, replace(said, command="fix", rest=str(question["number"])))


# --- what was decided, as a chat shows it ---


def _finished(turn: Turn, outcome: Outcome) -> Outcome:
    outcome = _aside(turn, _on_the_card(turn, _nudge(turn, reminded.next_card(turn, outcome))))
    question = dict(outcome.state.get("open") or {})
    replies = tuple(_as_chat(turn, reply, question) for reply in outcome.replies)
    if any(f"say:{turn.inbound.id}:" in button.data for reply in replies for row in reply.buttons for button in row):
        outcome = outcome.but(state={**outcome.state, "open": {**question, "by": turn.inbound.id}})
    return outcome.but(replies=replies)


def _nudge(turn: Turn, outcome: Outcome) -> Outcome:
    """F5: the half-made report comes again as a card, at the end of the chat."""
    question = outcome.state.get("open") or {}
    if turn.inbound.data.get("timer") != "form" or question.get("kind") != "form" or not outcome.replies:
        return outcome
    shown = card.below(turn.with_state(outcome.state), question)
    opened = {**shown.state["open"], "nudged": True}
    return outcome.but(state={**shown.state, "open": opened}, replies=shown.replies)


def _on_the_card(turn: Turn, outcome: Outcome) -> Outcome:
    """What a check asks stands on the card that was sent, and what follows a press of its buttons too."""
    if not outcome.replies:
        return outcome
    sent = [effect.card for effect in outcome.effects if isinstance(effect, SaveReport) and effect.card]
    before = turn.state.get("open") or {}
    where = sent[0] if sent else before.get("card") if before.get("kind") in (*_ON_THE_CARD, "remark") else None
    if where is None:
        return outcome
    after = outcome.state.get("open") or {}
    if after.get("kind") in _ON_THE_CARD:
        outcome = outcome.but(state={**outcome.state, "open": {**after, "card": where}})
    here = turn.inbound.kind == "button" and not any(reply.card for reply in outcome.replies)
    if not here or outcome.replies[0].keyboard:
        return outcome
    return outcome.but(replies=(replace(outcome.replies[0], card=where), *outcome.replies[1:]))


def _aside(turn: Turn, outcome: Outcome) -> Outcome:
    """A half-made report that something else interrupted is kept; its card goes on working."""
    before = turn.state.get("open") or {}
    after = outcome.state.get("open") or {}
    if before.get("kind") != "form" or after.get("kind") == "form" or not outcome.state:
        return outcome
    done = any(isinstance(effect, SaveReport | ErasePerson) for effect in outcome.effects)
    moved = any(outcome.state.get(key) != turn.state.get(key) for key in ("drafts", "thrown", "after"))
    if done or moved or not asking.noted(turn, before):
        return outcome
    new = asking.put_aside(turn.with_state(outcome.state), before)
    return outcome.but(state={**new, "open": after} if after else new)


def _as_chat(turn: Turn, reply: Reply, question: Mapping[str, Any]) -> Reply:
    """A text of the SMS catalogue with what a chat has instead of digits."""
    if reply.key == "A6":
        if question.get("kind") != "form" and (turn.state.get("open") or {}).get("enrols") and turn.person:
            return replace(reply, key="T5", values={"name": turn.person.sms_name}, keyboard="main", commands="leader")
        return replace(reply, key="T18", keyboard="main", commands="leader")
    if reply.key == "A0":
        return replace(reply, key="T1")
    if reply.key == "A2":
        return replace(reply, key="T2more" if turn.inbound.data.get("data") == "consent:more" else "T2")
    if reply.key == "A3":
        return replace(reply, key="T5", values={"name": reply.values["name"]}, commands="leader")
    if reply.key == "B1":
        return replace(reply, key="T16", values={}, keyboard="main")
    if reply.key in ("D12", "D12biz"):
        return replace(reply, keyboard="main")
    if reply.buttons or reply.keyboard or not isinstance(reply.key, str):
        return reply
    if reply.key == "E1ask":
        reply = correct_face.as_card(turn, reply, question)
    return replace(reply, buttons=_buttons(turn, reply, question))


def _buttons(turn: Turn, reply: Reply, question: Mapping[str, Any]) -> tuple[Row, ...]:
    key, number = str(reply.key), reply.values.get("number")
    if key in _RECEIPTS and number:
        return card_shown.receipt_rows(key, number)
    if key in _BACK:
        return ((Button("b.bringback", f"back:{number}"),),)
    if not question or (key == "T9" and question["kind"] != "photo"):
        return ()
    if key in correct_face.ASKED:
        return correct_face.rows(turn, key, question, lambda text: f"say:{turn.inbound.id}:{text}")
    choices: list[tuple[str | Label, str]] = list(_CHOICES.get(key, ()))
    choices += _named(turn, key, question)
    if key in _MENUS:
        choices += _steps(turn, question)
    if key in ("E1", *_MENUS):
        choices.append(("b.nothingtochange", "0"))
    buttons = [Button(label, f"say:{turn.inbound.id}:{digit}") for label, digit in choices]
    return tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))


def _named(turn: Turn, key: str, question: Mapping[str, Any]) -> list[tuple[str | Label, str]]:
    """Buttons with the names of people, associations and places."""
    if key in ("K1", "K1n"):
        names = [p.sms_name for number in question["ids"] for p in turn.people if p.id == number]
        others = [("b.anotherperson", str(len(names) + 1))]
    elif key in ("K2", "K2n"):
        names = [a.sms_name for number in question["ids"] for a in menu.associations(turn) if a.id == number]
        others = []
    elif key in ("C7", "C7b"):
        names, others = list(question["choices"]), [("b.skip", "0")]
    else:
        return []
    return [*((Label({"en": name}), str(n)) for n, name in enumerate(names, 1)), *others]


def _steps(turn: Turn, question: Mapping[str, Any]) -> list[tuple[str | Label, str]]:
    report: Report = turn.known(ReportNumbered(question["number"]))
    form_ = form.form_of(turn, report.form)
    steps = [(form_.step(name).short, str(n)) for n, name in enumerate(question["steps"], 1)]
    return [*steps, ("b.remove", str(len(steps) + 1))]
