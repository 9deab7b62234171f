"""The caption of the picture: at most 1,024 characters as Telegram counts them, by importance. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from bot.programme.summary import phrases
from bot.programme.summary.model import Summary
from bot.programme.summary.words import Say

MOST = 1024
"""UTF-16 units of a caption (Bot API): an emoji is two."""
_MOST_ITEMS = 3
_BLOCKS = "▇" * 10


def units(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


def caption(found: Summary, say: Say) -> str:
    """The lines that fit, in their order; what fits no more is left out from the least important on."""
    lines = list(_lines(found, say))
    for least in sorted({weight for weight, _ in lines}, reverse=True):
        text = "\n".join(line for weight, line in lines if weight <= least)
        if units(text) <= MOST:
            return text
    return _cut("\n".join(line for weight, line in lines if weight == 0))


def _cut(text: str) -> str:
    while units(text) > MOST:
        text = text[:-2].rstrip() + "…"
    return text


def _lines(found: Summary, say: Say) -> Iterator[tuple[int, str]]:
    """(0 the most important, line)."""
    this, period = found.sheet.this.all, say.period(found.sheet.period)
    yield 0, f"{phrases.where(found, say)} · {period} · {say('made {at}', at=say.moment(found.sheet.as_of))}"
    yield 1, ""
    yield 0, say("{trainings}, {attendances} {attendances:attendance|attendances} ({split}), "
                 "{new} NEW {new:person|people}.", new=this.new_people,
                 trainings=phrases.trainings(this.trainings, say), attendances=this.attendances,
                 split=phrases.split(this, say))  # fmt: skip
    yield 0, say("Reached since the start: {share}.", share=phrases.reached(found, say))
    if this.trainings:
        yield 2, phrases.checked(found, say)
    for line in _business(found, say):
        yield 4, line
    if found.points:
        said = [f"{point.title[say.language]} ({say.number(point.figure.value)})" for point in found.points]
        yield 5, say("They write about: {items}.", items=", ".join(said[:_MOST_ITEMS]))
    if needed := [one.what[say.language] for one in found.needs]:
        yield 5, say("They need: {items}.", items=", ".join(dict.fromkeys(needed[:_MOST_ITEMS])))
    if found.owed:
        yield 1, _owed(found, say)
    yield 6, _talk(found, say)
    if found.doubts:
        doubts = "; ".join(phrases.doubt(one, say) for one in found.doubts if one.kind != "corrected")
        yield 3, say("Doubts: {items}.", items=doubts) if doubts else ""
    yield 6, ""
    yield 2, phrases.rule(found, say)


def _business(found: Summary, say: Say) -> Iterator[str]:
    if len(found.grid.lines) == 1:
        line = found.grid.lines[0]
        before = line.cells[-2] if len(line.cells) > 1 else None
        month = say.period(found.grid.months[-2], short=True) if before else ""
        yield from phrases.business(line, line.cells[-1], before, say, month)
    elif found.grid.lines:
        counts = [f"{say.word(name)} {say.number(figure.value)}" for name, figure in found.grid.statuses().items()]
        yield say("{n} {n:business|businesses}: {items}.", n=len(found.grid.lines), items=", ".join(counts))


def _owed(found: Summary, say: Say) -> str:
    first = found.owed[0]
    late = "late since {day}" if first.overdue(found.sheet.as_of) else "promised for {day}"
    what = say("an answer to No {number}", number=str(first.number))
    if first.title:
        what += f" ({first.title[say.language]})"
    more = say(" and {n} more", n=len(found.owed) - 1) if len(found.owed) > 1 else ""
    return say("We owe: {what}, {late}{more}.", what=what, late=say(late, day=say.day(first.promised_at)), more=more)


def _talk(found: Summary, say: Say) -> str:
    said = say("{n} {n:message|messages} in", n=found.talk.arrived.value)
    if found.talk.by_language:
        said += f" ({phrases.languages(found, say)})"
    said += say(", {n} out.", n=found.talk.left.value)
    if found.answer_hours is not None:
        said += say(" Answer time, middle value: {hours} h.", hours=f"{found.answer_hours:.0f}")
    return said


def text_chart(found: Summary, say: Say) -> str:
    """October ▇▇▇▇▇ 13 of 25: wherever a picture cannot go."""
    sheet = found.sheet
    rows = [(sheet.period.previous, sheet.target_before), (sheet.period, sheet.target)]
    names = [say.period(period, short=True) for period, _ in rows]
    wide = max(map(len, names))
    lines = []
    for name, (_, target) in zip(names, rows, strict=True):
        blocks = min(len(_BLOCKS), round(len(_BLOCKS) * target.reached / target.people)) if target.people else 0
        share = say("{part} of {whole}", part=target.reached, whole=target.people)
        lines.append(f"{name:{wide}} {_BLOCKS[:blocks]:{len(_BLOCKS)}} {share}".rstrip())
    return "\n".join(lines)
