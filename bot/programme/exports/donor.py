"""Two pages for the donor: one figure, picture, communes and groups, stories, problems, what we did, limits. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.programme.counting import Counts, Target
from bot.programme.counting.groups import GROUPS, REST, groups
from bot.programme.exports.gather import Exported
from bot.programme.posters import Poster
from bot.programme.summary import phrases
from bot.programme.summary.doubts import UNKNOWN
from bot.programme.summary.figure_tables import Table, figures
from bot.programme.summary.page import blocks
from bot.programme.summary.picture import picture
from bot.programme.summary.sections import Section, title
from bot.programme.summary.words import Say

_MOST_PROBLEMS = 5


def donor(found: Exported, say: Say) -> dict[str, Any]:
    """What `render.report.pdf` takes."""
    summary = found.summary
    first = [
        Section(say("The one figure"), tuple(_figure(found, say))),
        Section(say("By commune and group"), tuple(_communes(found, say))),
        Section(say("Figures"), (next(iter(figures(summary, say))),)),
    ]
    second = [
        Section(say("Stories, told with consent"), tuple(_stories(found, say))),
        Section(say("Problems"), tuple(_problems(found, say))),
        Section(say("What we did"), (_did(found, say),)),
        Section(say("Method and limits"), tuple(_method(found, say))),
    ]
    at, target = say("made {at}", at=say.moment(summary.sheet.as_of)), summary.sheet.target
    told = blocks([*first, *second])
    told[0]["blocks"].insert(0, {"large": say.share(target.reached, target.people)})
    return {
        "title": title(summary, say),
        "footer": f"Kurikirana · {at} · {found.wanted.made_by}",
        "language": say.language,
        "pages": 2,
        "second": len(first),
        "picture": picture(summary, say).plain(),
        "sections": told,
    }


def _figure(found: Exported, say: Say) -> Iterator[str]:
    summary = found.summary
    yield say("Reached since the start: {share}.", share=phrases.reached(summary, say))
    yield phrases.rule(summary, say)
    yield say(
        "Of {n} new {n:person|people} since the start: {items}.",
        n=summary.sheet.since_start.all.new_people,
        items=phrases.standings(summary.sheet.since_start.new_by_standing(), say),
    )


def _communes(found: Exported, say: Say) -> Iterator[str | Table]:
    """New people of the period by commune, and of all."""
    head = (say("Commune"), say("Trainings"), say("Attendances"), say("New people"), say("Displaced"),
            say("Returnees"), say("Hosts"), say("Rest"), say("Reached"))  # fmt: skip
    sheet = found.summary.sheet
    lines = [(one.name, one.this.all, one.target) for one in found.communes]
    step = sheet.rules.step
    rows = [_line(*line, step, say) for line in (*lines, (say("all"), sheet.this.all, sheet.target))]
    yield Table(head, tuple(rows))
    yield phrases.in_steps(step, say) + "."


def _line(name: str, this: Counts, target: Target, step: int, say: Say) -> tuple[str, ...]:
    told = groups(this, step)
    split = [say("not said") if told[one] is None else str(told[one]) for one in (*GROUPS, REST)]
    numbers = map(say.number, (this.trainings, this.attendances, this.new_people))
    return (name, *numbers, *split, say("{part} of {whole}", part=target.reached, whole=target.people))


def _stories(found: Exported, say: Say) -> Iterator[str]:
    for one in found.stories:
        yield _story(one, say)
    if not found.stories:
        yield say("No lesson may be shown yet.")


def _story(one: Poster, say: Say) -> str:
    who = one.association or say("an association")
    by = say(" (transl. {by})", by=one.translator) if one.translator else ""
    return f"“{one.text}” {who}, {say.word(one.language)}{by}."


def _problems(found: Exported, say: Say) -> Iterator[str]:
    summary = found.summary
    if summary.grid.lines:
        named = [
            f"{say.word(name)} {say.number(figure.value)}" for name, figure in summary.grid.counted("problem").items()
        ]
        yield say(
            "Of {n} {n:business|businesses}: {items}.",
            n=len(summary.grid.lines),
            items=", ".join(named[:_MOST_PROBLEMS]),
        )
    if summary.points:
        told = [f"{point.title[say.language]} ({say.number(point.figure.value)})" for point in summary.points]
        yield say("They write about: {items}.", items=", ".join(told))
    if summary.needs:
        asked = dict.fromkeys(one.what[say.language] for one in summary.needs)
        yield say("They need: {items}.", items=", ".join(list(asked)[:_MOST_PROBLEMS]))


def _did(found: Exported, say: Say) -> str:
    summary = found.summary
    answered = sum(one.hours is not None for one in summary.asked)
    said = [
        say(
            "{visits} {visits:visit|visits}, {calls} {calls:call|calls}",
            visits=found.visits.get("visit", 0),
            calls=found.visits.get("call", 0),
        ),
        say("{n} of {of} {of:question|questions} answered", n=answered, of=len(summary.asked)),
        say("{n} {n:reminder|reminders}", n=summary.reminders.sent.value),
        say("{n} {n:message|messages} in", n=summary.talk.arrived.value)
        + say(", {n} out.", n=summary.talk.left.value),
    ]
    if summary.owed:
        said.append(say("Answers owed: {items}.", items=say.numbers(one.number for one in summary.owed)))
    return "; ".join(said[:4]) + (f" {said[4]}" if summary.owed else "")


def _method(found: Exported, say: Say) -> Iterator[str]:
    yield " ".join(found.summary.sheet.rules.said(say.language))
    doubts = "; ".join(phrases.doubt(one, say) for one in found.summary.doubts)
    if doubts:
        yield say("Doubts: {items}.", items=doubts)
    yield say("Sales and costs are what the leaders say. Not known: {items}",
              items=" ".join(say(what) for what in UNKNOWN))  # fmt: skip
