"""The parts that several faces of a summary say: places, shares, a business, needs, doubts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.programme.counting import Cell, Counts
from bot.programme.counting.businesses import Business
from bot.programme.summary.model import Doubt, Need, Summary
from bot.programme.summary.words import Say

_DOUBTS = {
    "no_sheet": "no sheet for {reports}",
    "sheet_waits": "a photo of the sheet of {reports} was not looked at yet",
    "corrected": "{reports} was corrected from {before} to {after} {after:person|people}",
    "rejected": "{reports} rejected, counted nowhere",
    "silent": "{n} of {of} {of:representative|representatives} never wrote",
    "doubt": "a question about {reports} is open",
    "same_numbers": "the same numbers as the report before: {reports}",
    "round_numbers": "three reports in a row end in 0 or 5: {reports}",
    "all_new_again": "everybody is new again: {reports}",
    "more_than_members": "more new people than members: {reports}",
    "groups": "the groups do not add up: {reports}",
    "same_elsewhere": "the same training as of another association: {reports}",
    "same_photo": "the same photo as of another report: {reports}",
    "only_after_reminders": "reports only after reminders, without a sheet: {reports}",
    "sales": "sales five times the usual: {reports}",
}
_STANDINGS = {"checked": "{n} checked", "reported": "{n} reported", "doubtful": "{n} doubtful"}


def name(found: Summary, say: Say) -> str:
    """ABAHUZA (07), Giharo, all associations, or how many of them somebody sees."""
    if found.scope.kind == "area":
        return found.scope.name or say("{n} {n:association|associations}", n=len(found.scope.places))
    return found.scope.name or say("All associations")


def where(found: Summary, say: Say) -> str:
    """ABAHUZA (07), Rutana"""
    if found.scope.kind != "association":
        return name(found, say)
    return f"{found.scope.name}, {found.scope.places[0].commune_old}"


def split(counts: Counts, say: Say, prefix: str = "") -> str:
    """21 women, 12 men; also those whose sex was not said."""
    said = say(
        "{women} {women:woman|women}, {men} {men:man|men}",
        women=getattr(counts, f"{prefix}women"),
        men=getattr(counts, f"{prefix}men"),
    )
    if prefix and counts.new_sex_not_said:
        said += say(", {n} not said", n=counts.new_sex_not_said)
    return said


def standings(split: Mapping[str, int], say: Say) -> str:
    """2 checked, 1 reported: of trainings, attendances or new people, all feminine in French."""
    return ", ".join(say(_STANDINGS[how], n=n) for how, n in split.items())


def reached(found: Summary, say: Say) -> str:
    """13 of 25 (52 %), September 7"""
    target, reached_before = found.sheet.target, found.sheet.target_before
    before = found.sheet.period.previous
    month = say("before it") if before.kind == "range" else say.period(before, short=True)
    return f"{say.share(target.reached, target.people)}, {month} {say.number(reached_before.reached)}"


def sentence(found: Summary, say: Say) -> str:
    """What a busy person can repeat."""
    sheet = found.sheet
    values = {
        "name": name(found, say),
        "trainings": trainings(sheet.this.all.trainings, say),
        "reached": sheet.target.reached,
        "people": sheet.target.people,
        "before": sheet.target_before.reached,
        "month": say.period(sheet.period.previous, short=True),
    }
    if sheet.this.all.trainings:
        said = say("{name}: {trainings} held, {reached} of {people} {people:person|people} reached", **values)
        a_month = sheet.period.kind == "month"  # "at the end of 3/10 to 17/10" is no language
        said += say(" ({before} at the end of {month})" if a_month else " ({before} before it)", **values)
    else:
        said = say(
            "{name}: no training reported; {reached} of {people} {people:person is|people are} reached", **values
        )
    return said + _sold(found, say) + "."


def _sold(found: Summary, say: Say) -> str:
    """Months are compared where the same businesses said it in both: what was not said is no zero."""
    if any((line.cells[-1].sales is None) != (line.cells[-2].sales is None) for line in found.grid.lines):
        return ""
    now, before = (sales(found, at) for at in (-1, -2))
    if now is None or before is None or found.sheet.period.kind != "month":
        return ""
    word = "more" if now > before else "less" if now < before else "as much"
    texts = {
        "more": "; it sold for more than in {month} ({now} against {before} BIF)",
        "less": "; it sold for less than in {month} ({now} against {before} BIF)",
        "as much": "; it sold for as much as in {month} ({now} BIF)",
    }
    return say(texts[word], month=say.period(found.grid.months[-2], short=True), now=now, before=before)


def sales(found: Summary, month: int) -> int | None:
    """Of the businesses that said it; None when none did."""
    return found.grid.total("sales", month)[0].value if found.grid.lines else None


def trainings(number: int, say: Say) -> str:
    """3 trainings"""
    return say("{n} {n:training|trainings}", n=number)


def checked(found: Summary, say: Say) -> str:
    """Checked: 2 of 3 trainings, 1 number corrected."""
    counted = found.counted
    whole = found.sheet.this.all.trainings
    of = say("{part} of {whole}", part=found.sheet.this.checked.trainings, whole=whole)
    said = say("Checked: {of} {whole:training|trainings}", of=of, whole=whole)
    if seen := sum(one.sheet == "seen" for one in counted):
        said += say(" ({n} with the sheet seen)", n=seen)
    if corrected := sum(doubt.kind == "corrected" for doubt in found.doubts):
        said += say(", {n} corrected", n=corrected)
    return said + "."


def business(line: Business, cell: Cell, before: Cell | None, say: Say, month: str) -> Iterator[str]:
    """What is known of a business, sentence by sentence; "not said" where nobody said it."""
    status = say.word(cell.status) if cell.status else say("not said")
    yield say("{where}: {what}", where=f"{line.type.capitalize()} ({line.no})", what=status) + "."
    if cell.sales is None and cell.costs is None:
        yield say("Sales and costs not said.")
    else:
        said = say("Sales {sales} BIF", sales=say.number(cell.sales))
        if before is not None and before.sales is not None:
            said += f" ({month} {say.number(before.sales)})"
        yield said + say(", costs {costs}, left {left}. Self-reported.", costs=say.number(cell.costs),
                         left=say.number(cell.left))  # fmt: skip


def languages(found: Summary, say: Say) -> str:
    """Kirundi 19, Swahili 5, French 3"""
    return ", ".join(f"{say.word(code)} {say.number(n)}" for code, n in found.talk.by_language.items())


def channels(found: Summary, say: Say) -> str:
    """SMS 21, Telegram 6"""
    counts: dict[str, int] = {}
    for name, n in found.talk.by_channel.items():
        word = say.word(name)
        counts[word] = counts.get(word, 0) + n
    return ", ".join(f"{word} {say.number(n)}" for word, n in counts.items())


def need(one: Need, say: Say) -> str:
    """attendance sheets (Eric, by 10/11)"""
    what = one.what[say.language]
    due = say("overdue since {day}" if one.overdue else "by {day}", day=say.day(one.due)) if one.due else ""
    behind = ", ".join(filter(None, (one.who, due)))
    return f"{what} ({behind})" if behind else what


def doubt(one: Doubt, say: Say) -> str:
    """no sheet for No 3981"""
    return say(_DOUBTS[one.kind], reports=say.numbers(one.figure.reports), n=one.figure.value, **one.said)


def rule(found: Summary, say: Say) -> str:
    """13 of 25 counts the 5 representatives. Target 600 = 120 + 480."""
    target = found.sheet.target
    values = {"reached": target.reached, "people": target.people, "direct": target.direct}
    whole, direct = found.programme
    if target.includes_direct:
        said = say("{reached} of {people} counts the {direct} {direct:representative|representatives}.", **values)
        return said + say(" Target {whole} = {direct} + {rest}.", whole=whole, direct=direct, rest=whole - direct)
    said = say("{reached} of {people} does not count the {direct} {direct:representative|representatives}.", **values)
    return said + say(
        " Target {whole}, the {direct} {direct:representative|representatives} apart.", whole=whole, direct=direct
    )


def in_steps(step: int, say: Say) -> str:
    """How groups of people are told, wherever they are."""
    return say("Groups of people are told in steps of {n}, rounded down (<{n}: fewer than {n} people); the rest is "
               "over a step, or was not said", n=step)  # fmt: skip
