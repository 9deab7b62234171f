"""Which reports to call about? The month's sample with its seed, the script, what the calls found and how sure."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console import roles
from bot.console.ask import Ask
from bot.console.chosen import Chosen, chosen
from bot.console.flag_words import KINDS
from bot.console.page import Page, Wrong
from bot.console.tables import Column, Table
from bot.console.values import LANGUAGES, topics
from bot.console.words import _
from bot.programme.counting import QUESTIONS, Call, Period, Rate, Sample, sample
from bot.programme.counting.verification import FIELDS, NEW_FOUND
from bot.store import evidence, roll

LARGEST_SEED = 1_000_000
LARGEST = 500
"""Nobody holds a training for more."""
NUMBERS = {
    "women": _("3. Women who came"),
    "men": _("3. Men who came"),
    "new_women": _("4. Women who came for the first time"),
    "new_men": _("4. Men who came for the first time"),
    NEW_FOUND: _("People who came for the first time and said so to you in another call"),
}
OUTCOMES = {
    "reached": _("she answered"),
    "not_reached": _("she was not reached"),
    "refused": _("she did not want to answer"),
}
DRAWN = {"True": _("drawn by chance"), "False": _("flagged")}
CONFIRMED = {"True": _("yes"), "False": _("no")}
RATES = {
    "confirmed": _("The report is right as a whole"),
    "people": _("People who came, within 1"),
    "new": _("New people"),
    "held": _("The training was held"),
    "topics": _("Topics"),
    "women": _("Women"),
    "men": _("Men"),
    "new_women": _("New women"),
    "new_men": _("New men"),
    "sheet": _("There is a sheet"),
}
TABLE = Table(
    "verify",
    (
        Column("number", _("No"), link="{link}"),
        Column("no", _("Association")),
        Column("association", _("Name")),
        Column("day", _("Day"), "day"),
        Column("drawn", _("Why it is called"), "words", DRAWN),
        Column("outcome", _("Call"), "words", OUTCOMES),
        Column("confirmed", _("Right as a whole"), "words", CONFIRMED),
        *(Column(name, RATES[name]) for name in FIELDS),
    ),
)


async def show(ask: Ask) -> Response:
    """The sample of the month, what was found, and between which shares the truth lies."""
    about, month, drawn = await ask.read(_drawn, ask)
    may_call = roles.may(ask.me.role, "/verify/{call}")
    rows = [_row(ask, call, month, may_call) for call in drawn.calls] if drawn else []
    return TABLE.answer(
        ask,
        "verify.html",
        rows,
        about=about,
        month=month,
        drawn=drawn,
        rates=_rates(drawn) if drawn else [],
        may_draw=roles.may(ask.me.role, "/verify/draw"),
        running=month.last >= ask.now.astimezone(ask.words.zone).date(),
    )


async def _drawn(tx: AsyncConnection, ask: Ask) -> tuple[Chosen, Period, Sample | None]:
    """The sample of the month in which the period ends; of it the calls of her area."""
    about = await chosen(ask, tx)
    month = Period.of(about.period.last)
    found = await sample(tx, month.name)
    hers = {place.no for place in about.everywhere}
    if found is not None:
        found = replace(found, calls=tuple(call for call in found.calls if call.association in hers))
    return about, month, found


def _rates(drawn: Sample) -> list[tuple[str, Rate]]:
    return [(RATES[name], rate) for name, rate in drawn.rates().items()]


def _row(ask: Ask, call: Call, month: Period, may_call: bool) -> Mapping[str, Any]:
    """What the report says stands here only once the call is made: nobody shall read it out."""
    called = call.outcome is not None
    to_call = f"/verify/{call.number}?period={month.name}"
    return {
        "number": call.number,
        "link": to_call if may_call and not called else f"/reports/{call.number}",
        "no": call.association,
        "association": call.association_name,
        "day": date.fromisoformat(call.day) if call.day else None,
        "drawn": call.drawn,
        "outcome": call.outcome,
        "confirmed": call.confirmed,
        **{name: _found(ask, call, name) for name in FIELDS},
    }


def _found(ask: Ask, call: Call, name: str) -> str:
    """What the call said of a field, and what the report says where that is something else."""
    said = (call.result or {}).get(name)
    if said is None:
        return ""
    words = ask.words
    if name in ("held", "sheet"):
        return words.gettext(CONFIRMED[str(bool(said))])
    shown = [_value(ask, name, value) for value in (said, call.values.get(name))]
    if call.agrees(name) is not False:
        return shown[0]
    return words.say(_("%(said)s, reported %(reported)s"), said=shown[0], reported=shown[1])


def _value(ask: Ask, name: str, value: Any) -> str:
    return topics(ask, "training", "topics", value) if name == "topics" else ask.words.number(value)


async def draw(ask: Ask) -> Response:
    """Draw the month's sample, once; the same seed draws the same again."""
    text, month = ask.form.get("seed", "").strip(), ask.form.get("month", "")
    if text and not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise Wrong(_("A seed is a number of at most six digits; leave it empty to have one made."))
    if month not in _months(ask):
        raise Wrong(_("Choose the month on the page of the sample."))
    seed = int(text) if text else secrets.randbelow(LARGEST_SEED)
    zone = ask.parts.settings.project.timezone
    await ask.act("verify draw", {"month": month, "seed": seed, "zone": zone, "user": ask.who}, seed=seed)
    return ask.go(f"/verify?period={month}", _("The sample is drawn with seed %(seed)s."), seed=seed)


def _months(ask: Ask) -> list[str]:
    """From the start of the project until now."""
    today = ask.now.astimezone(ask.words.zone).date()
    return [month.name for month in Period("range", min(ask.parts.settings.project.start, today), today).months()]


async def call(ask: Ask) -> Response:
    """Whom to call, what to ask, and the form for what was said. The reported figures are not here."""
    month, one, person = await ask.read(_call, ask)
    ask.saw(reports=[one.number], people=[person["id"]] if person else [])
    language = one.language if one.language in QUESTIONS else ask.words.language
    return ask.show(
        "verify_call.html",
        month=month,
        call=one,
        person=person,
        languages=LANGUAGES,
        questions=[question.format(date=ask.words.day(one.day)) for question in QUESTIONS[ask.words.language]],
        hers=[question.format(date=ask.words.day(one.day)) for question in QUESTIONS[language]],
        flags=[KINDS[flag] for flag in one.flags if flag in KINDS],
        choices=[(c.name, c.label.text(ask.words.language)) for c in _choices(ask)],
        numbers=NUMBERS,
        outcomes=OUTCOMES,
    )


def _choices(ask: Ask) -> Sequence[Any]:
    return ask.parts.turns.forms["training"].question("topics").choices


async def _call(tx: AsyncConnection, ask: Ask) -> tuple[Period, Call, Mapping[str, Any] | None]:
    """The call, if it is of the sample and of her area."""
    _about, month, drawn = await _drawn(tx, ask)
    number = ask.number("call")
    one = next((call for call in drawn.calls if call.number == number), None) if drawn else None
    report = await evidence.report(tx, ask.viewer, number) if one else None
    if one is None or report is None:
        ask.missing()
    person = await roll.one(tx, ask.viewer, report["person_id"]) if report["person_id"] else None
    return month, one, person


async def result(ask: Ask) -> Response:
    """Write down what the call said; a report that it confirms counts as checked, another is put on hold."""
    month, one, _person = await ask.read(_call, ask)
    outcome = ask.form.get("outcome", "")
    if outcome not in OUTCOMES:
        raise Wrong(_("Say whether the leader was reached."))
    said = _said(ask) if outcome == "reached" else {}
    if outcome == "reached" and said.get("held") is None:
        raise Wrong(_("Say whether the training was held; without that the call says nothing."))
    details = {"month": month.name, "number": one.number, "outcome": outcome, "said": said, "by": ask.me.person_id}
    found = await ask.act("verify result", details, report=one.number)
    texts = {
        True: _("No %(number)s is confirmed and counts as checked."),
        False: _("No %(number)s is not confirmed; it is on hold until somebody decides."),
    }
    text = texts.get(found["confirmed"], _("The call about No %(number)s is noted."))
    return ask.go(f"/verify?period={month.name}", text, number=one.number)


def _said(ask: Ask) -> dict[str, Any]:
    """Field by field; what was not asked or is not known is left out."""
    said: dict[str, Any] = {
        name: {"yes": True, "no": False}.get(ask.form.get(name, "")) for name in ("held", "sheet")
    }
    known = [choice.name for choice in _choices(ask)]
    said["topics"] = [name for name in known if name in ask.many("topics")] or None
    for name in NUMBERS:
        text = ask.form.get(name, "").strip()
        if text and not (text.isascii() and text.isdigit() and int(text[:6]) <= LARGEST):
            raise Wrong(_("Write people as numbers, at most %(most)s; leave empty what was not said."), most=LARGEST)
        said[name] = int(text) if text else None
    return {name: value for name, value in said.items() if value is not None}


PAGES = (
    Page("/verify", show, title=_("Verify"), table=True),
    Page("/verify/draw", draw, writes="sample drawn"),
    Page("/verify/{call}", call, reads="verification calls"),
    Page("/verify/{call}/result", result, writes="call noted"),
)
