"""The faces of the card of /broadcast: what each step says, and its buttons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from handlers.team.viewing import LANGUAGE_NAMES, clock
from handlers.turn import Audiences, Button, Copy, Label, Planned, Reply, Turn

Rows = tuple[tuple[Button, ...], ...]
_IN_A_ROW = 3
_ASKS = Label({"en": "Count 1 yes, 2 no", "fr": "Compter 1 oui, 2 non"})
FIELDS = "{name} {association} {officer}"
"""What a text may say of its reader; the day is typed as it is."""
MOST_CHOICES = 90
"""Buttons of a list: Telegram shows at most 100."""


UNDO = timedelta(seconds=60)
"""A broadcast that was approved begins so much later, to be called off."""
_TIMES = {"today": (0, 17), "tomorrow": (1, 7)}
"""A button -> days from now, and the hour, half past."""


def times(turn: Turn) -> dict[str, datetime]:
    """today and tomorrow -> the moment, when it is still to come."""
    local = turn.now + turn.utc_offset
    found = {}
    for name, (days, hour) in _TIMES.items():
        moment = (local + timedelta(days=days)).replace(hour=hour, minute=30, second=0, microsecond=0)
        if moment > local + UNDO:
            found[name] = moment - turn.utc_offset
    return found


def _button(card: int, label: str | Label, action: str, **values: Any) -> Button:
    return Button(label, f"bc:{card}:{action}", values)


def _cancel(card: int) -> Button:
    return _button(card, "b.cancel", "cancel")


def _leave(card: int, draft: Mapping[str, Any] | None = None) -> tuple[Button, ...]:
    """The step before, and cancel. Several texts without a decision between them: each is written anew instead."""
    back = draft is None or draft["gaps"] or len(draft["texts"]) == 1
    decided = f"{len(draft['texts'])}-{len(draft['gaps'])}" if draft else ""  # pressed again it is another button
    return (*((_button(card, "b.bc.back", f"back:{decided}"),) if back else ()), _cancel(card))


def _in_rows(buttons: Sequence[Button]) -> Rows:
    return tuple(tuple(buttons[at : at + _IN_A_ROW]) for at in range(0, len(buttons), _IN_A_ROW))


def to_whom(card: int, there: Audiences, which: str) -> Reply:
    """Audiences with their counts, or the communes or associations to choose from."""
    back = (_button(card, "b.bc.back", "to:"), _cancel(card))
    if which == "communes":
        names = [_button(card, Label({"en": name}), f"to:commune:{name}") for name in there.communes]
        return Reply("O.bc.to", {}, (*_in_rows(names), back), card=card)
    if which == "associations":
        one = [_button(card, Label({"en": f"{n} {name}"}), f"to:association:{n}") for n, name in there.associations]
        return Reply("O.bc.which", {}, (*_in_rows(one), back), card=card)
    buttons = {word: _button(card, f"b.bc.{word}", f"to:{word}", count=n) for word, n in there.people.items()}
    lists = (_button(card, "b.bc.commune", "to:communes"), _button(card, "b.bc.association", "to:associations"))
    rows = ((buttons["all"], buttons["late"]), lists, (buttons["women"], buttons["business"]), (_cancel(card),))
    return Reply("O.bc.to", {}, rows, card=card)


def audience(draft: Mapping[str, Any]) -> Reply | str:
    """An audience in words."""
    word, _, name = draft["to"].partition(":")
    return draft.get("whom") or name or Reply(f"O.bc.to.{word}")


def write(draft: Mapping[str, Any], language: str) -> Reply:
    """Type the text, of any language or of this one."""
    card = draft["card"]
    if language:
        rows = ((_button(card, "b.bc.back", "on"), _cancel(card)),)
        return Reply("O.bc.text.of", {"language_name": LANGUAGE_NAMES[language]}, rows, card=card)
    rows = ((_button(card, "b.bc.back", "to:"), _cancel(card)),)
    return Reply("O.bc.text", {"who": audience(draft), "words": FIELDS}, rows, card=card)


def anew(draft: Mapping[str, Any], plan: Planned, language: str) -> Reply:
    """Type the text of one language anew; shorter, where somebody's SMS of it has several parts."""
    card, words = draft["card"], draft["texts"][language]
    values = {"language_name": LANGUAGE_NAMES[language], "words": words}
    rows = ((_button(card, "b.bc.back", "look"), _cancel(card)),)
    hers = [copy for copy in plan.copies if copy.language == language and not copy.rich and copy.parts > 1]
    if not hers:
        return Reply("O.bc.text.anew", values, rows, card=card)
    longest = max(hers, key=lambda copy: len(copy.text))
    values |= {"name": longest.name or "-", "characters": len(longest.text), "parts": longest.parts}
    return Reply("O.bc.text.shorter", values, rows, card=card)


def again(draft: Mapping[str, Any], wrong: Reply) -> Reply:
    """What is wrong with what was typed; it is asked for again."""
    return Reply("O.bc.again", {"why": wrong}, ((_cancel(draft["card"]),),), card=draft["card"])


def which_language(card: int, text: str) -> Reply:
    """In which language the text is written: she says it, we do not guess."""
    rows = _in_rows([_button(card, name, f"lang:{code}") for code, name in LANGUAGE_NAMES.items()])
    return Reply("O.bc.language", {"words": text}, (*rows, _leave(card)), card=card)


def gap(draft: Mapping[str, Any], language: str, count: int) -> Reply:
    """Readers of a language without a text: write it, send another, leave them out."""
    card, name = draft["card"], LANGUAGE_NAMES[language]
    rows = (
        (_button(card, "b.bc.write", f"gap:{language}:write", language_name=name),),
        *(
            (_button(card, "b.bc.instead", f"gap:{language}:{code}", language_name=LANGUAGE_NAMES[code]),)
            for code in draft["texts"]
        ),
        (_button(card, "b.bc.leaveout", f"gap:{language}:leave_out"),),
        _leave(card, draft),
    )
    return Reply("O.bc.gap", {"language_name": name, "count": count}, rows, card=card)


def preview(draft: Mapping[str, Any], plan: Planned) -> Reply:
    """A real text as it leaves: the longest one first, then the next person's."""
    card = draft["card"]
    if not plan.copies:
        lines: tuple[Reply, ...] = (Reply("O.bc.nobody"), *_left_out(plan))
        return Reply("O.lines", {"lines": lines}, (_leave(card, draft),), card=card)
    copy = plan.copies[int(draft.get("shown", 0)) % len(plan.copies)]
    language = LANGUAGE_NAMES.get(copy.language, "-")
    values = {"name": copy.name or "-", "language_name": language, "words": copy.text, "characters": len(copy.text)}
    if not copy.rich:
        values["parts"] = copy.parts
    rows = (
        (_button(card, "b.bc.next", f"next:{draft.get('shown', 0)}"), _button(card, "b.bc.test", "test")),
        (_button(card, _other(copy), f"anew:{copy.language}"), _button(card, "b.bc.continue", "plan")),
        _leave(card, draft),
    )
    return Reply("O.bc.preview.chat" if copy.rich else "O.bc.preview", values, rows, card=card)


def _other(copy: Copy) -> str:
    """What another text of this language is for."""
    return "b.bc.shorten" if not copy.rich and copy.parts > 1 else "b.bc.anew"


def costs(turn: Turn, draft: Mapping[str, Any], plan: Planned, asks: bool | None) -> Reply:
    """People, phones, chats, parts, money, time, and what to mind. `asks`: whether 1 and 2 are counted; None where no
    reader could answer so."""
    card = draft["card"]
    when = [_button(card, "b.bc.now", "at:now")]
    when += [_button(card, f"b.bc.at.{name}", f"at:{name}") for name in times(turn)]
    rows = (
        tuple(when),
        *(((_counts(card, asks),),) if asks is not None else ()),
        (_button(card, "b.bc.look", "look"), _button(card, "b.bc.continue", "make")),
        (_cancel(card),),
    )
    return Reply("O.lines", {"lines": tuple(_plan_lines(turn, draft, plan))}, rows, card=card)


def _counts(card: int, asks: bool) -> Button:
    """Pressed, it is the other way round."""
    turned = "no" if asks else "yes"
    return Button("b.chosen" if asks else "b.open", f"bc:{card}:asks:{turned}", {"label": _ASKS})


def _plan_lines(turn: Turn, draft: Mapping[str, Any], plan: Planned) -> Iterator[Reply]:
    number = plan.phones + plan.chats
    yield Reply("O.bc.plan.to", {"who": audience(draft)})
    yield Reply("O.bc.plan", {"people": plan.people, "phones": plan.phones, "chats": plan.chats})
    if plan.people > number:
        yield Reply("O.bc.shared", {"count": plan.people - number})
    yield from _left_out(plan)
    if plan.cost_bif is None:
        yield Reply("O.bc.noprice", {"count": plan.parts})
    else:
        yield Reply("O.bc.price", {"count": plan.parts, "bif": plan.cost_bif})
    yield Reply("O.bc.when", {"moment": clock(turn, plan.starts_at), "time": clock(turn, plan.ends_at)})
    if plan.spill and plan.spill_at:
        yield Reply("O.bc.spill", {"count": plan.spill, "moment": clock(turn, plan.spill_at)})
    for other, at, count in plan.same:
        yield Reply("O.bc.same", {"number": other, "count": count, "moment": clock(turn, at)})
    if plan.full:
        yield Reply("O.bc.full", {"count": plan.full})
    if plan.above_bif:
        yield Reply("O.bc.budget", {"bif": plan.above_bif})


def _left_out(plan: Planned) -> Iterator[Reply]:
    for why, count in plan.left_out:
        yield Reply(f"O.bc.out.{why}", {"count": count})


def counting(card: int) -> Reply:
    """People are counted beside the turns; the card is woken when it is done."""
    return Reply("O.bc.counting", {}, ((_cancel(card),),), card=card)


def listing(draft: Mapping[str, Any], number: int) -> Reply:
    """The list of recipients is being made; the card is woken when it is complete."""
    card = draft["card"]
    return Reply("O.bc.listing", {"count": number}, ((_cancel(card),),), card=card)


def confirm(card: int, number: int, *, typed: bool, wrong: str = "") -> Reply:
    """Above 20 the number is typed, below it is a button."""
    rows: Rows = (_leave(card),)
    if not typed:
        rows = ((_button(card, "b.bc.send", "send", count=number),), *rows)
        return Reply("O.bc.send", {"count": number}, rows, card=card)
    key = "O.bc.wrongnumber" if wrong else "O.bc.number"
    values = {"count": number, "said": wrong} if wrong else {"count": number}
    return Reply(key, values, rows, card=card)
