"""Gathers a summary: the figures, then what was said, asked, needed and doubted. It only reads.

Who shows it reads personal data (leaders' words) and writes that to the audit before the answer leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme import counting
from bot.programme.counting import Cascade, CountingError, Figure, Period, Rules, Scope, Sheet, Training
from bot.programme.summary import doubts, talking
from bot.programme.summary.model import People, Question, Reminders, Summary
from bot.programme.summary.subjects import subject_of
from bot.store import counting as counted
from bot.store import lessons, summaries

MONTHS_SHOWN = 6
"""Bars of a chart."""
_SOON = timedelta(days=2)
"""A report within so long after a reminder was made because of it, for all we know."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a summary is asked of: a place, a period, the programme's rules and zone, and as of when."""

    scope: Scope
    period: Period
    rules: Rules
    zone: ZoneInfo
    as_of: datetime
    all_ids: bool = False
    """With the reports behind the figures since the start, which only JSON lists: they are more every month."""

    @property
    def until(self) -> date:
        """The last day, or today in a period that goes on."""
        return max(self.period.first, min(self.period.last, self.as_of.astimezone(self.zone).date()))


async def summary(tx: AsyncConnection, asked: Asked) -> Summary:
    """All of it. Raises CountingError when sums that must be equal are not."""
    scope, period, zone = asked.scope, asked.period, asked.zone
    sheet = await counting.sheet(tx, scope, period, asked.rules, asked.as_of, sources=True, since_start=asked.all_ids)
    trainings = tuple(await counting.trainings(tx, scope, period))
    talk = await counting.talk(tx, scope, period, zone, ids=True)
    tree = await counting.cascade(tx, scope, period.last, asked.rules)
    flags = tuple(await counting.flags(tx, scope, period, zone, trainings))
    starts, ends = period.moments(zone)
    team = await summaries.team(tx)
    words = await summaries.words(tx, scope.ids, starts, ends)
    reported = await summaries.reported(tx, scope.ids, starts, ends + _SOON)
    told = await summaries.lessons_of(tx, scope.ids, starts, ends)
    said, rest = talking.points(words, reported, told, await lessons.names(tx), zone)
    questions = await _questions(tx, asked)
    shown = min(period.previous.first, Period.month(asked.until.year, asked.until.month - MONTHS_SHOWN + 1).first)
    grid = await counting.grid(tx, scope, shown, asked.until, zone)
    tasks = await summaries.tasks_of(tx, scope.ids, asked.as_of, min(ends, asked.as_of))
    people = await _people(tx, scope, tree)
    months = tuple(await counting.by_month(tx, scope, shown, asked.until))[-MONTHS_SHOWN:]
    found = Summary(
        sheet=sheet,
        trainings=trainings,
        places=tuple(await _places(tx, asked)),
        talk=talk,
        said=said,
        not_grouped=rest,
        questions=questions,
        grid=grid,
        needs=talking.needs(said, tasks, grid, scope, team, asked.as_of, zone),
        reminders=_reminders(await summaries.reminders_of(tx, scope.ids, starts, ends), reported),
        flags=flags,
        doubts=doubts.found(trainings, flags, people),
        people=people,
        cascade=tree,
        months=tuple(one for one in months[:-1] if one.period.last >= asked.rules.start) + months[-1:],
        programme=(asked.rules.target, sum((await counted.direct(tx, None)).values())),
        officer=team.get(scope.places[0].officer_id or 0, "") if scope.kind == "association" else "",
        mentors=tuple(sorted({one.mentor for one in questions if one.mentor})),
    )
    check(found)
    return found


async def _places(tx: AsyncConnection, asked: Asked) -> Iterable[counting.PlaceFigures]:
    """The lines below the figures: associations of a commune, communes of the programme or of an area."""
    if asked.scope.kind == "commune":
        return await counting.by_association(tx, asked.scope, asked.period, asked.rules)
    if asked.scope.kind in ("programme", "area"):
        return await counting.by_commune(tx, asked.scope, asked.period, asked.rules)
    return ()


async def _questions(tx: AsyncConnection, asked: Asked) -> tuple[Question, ...]:
    starts, ends = asked.period.moments(asked.zone)
    numbers = {place.id: place.no for place in asked.scope.places}
    found = []
    for row in await summaries.questions_of(tx, asked.scope.ids, starts, ends):
        answered = row.answered_at if row.answered_at and row.answered_at <= asked.as_of else None
        if row.state == "closed" and answered is None:
            continue
        subject = subject_of(row.text)
        found.append(
            Question(
                number=row.number,
                message=row.inbox_id,
                association=numbers.get(row.association_id, ""),
                asked_at=row.asked_at,
                promised_at=row.promised_at,
                answered_at=answered,
                title=subject.title if subject else {},
                mentor=row.mentor or "",
                helped=row.helped,
                in_period=row.asked_at >= starts,
            )
        )
    return tuple(found)


async def _people(tx: AsyncConnection, scope: Scope, tree: Cascade) -> People:
    own = {place.id for place in scope.places}
    sexes = [row.sex for row in await counted.representatives(tx, scope.ids) if row.association_id in own]
    silent = sum(not branch.wrote for one in tree.associations for branch in one.representatives)
    return People(len(sexes), sexes.count("F"), sexes.count("M"), silent)


def _reminders(sent: Sequence[object], reported: Sequence[object]) -> Reminders:
    came: dict[int, list[datetime]] = {}
    for row in reported:
        came.setdefault(row.association_id, []).append(row.created_at)  # type: ignore[attr-defined]
    answered = sum(
        any(row.sent_at <= at <= row.sent_at + _SOON for at in came.get(row.association_id, ()))  # type: ignore[attr-defined]
        for row in sent
    )
    return Reminders(Figure(len(sent), messages=tuple(row.id for row in sent)), answered)  # type: ignore[attr-defined]


def check(found: Summary) -> None:
    """The sums that every reader will do on the page, beside those of the counting. Raises CountingError."""
    this, talk = found.sheet.this.all, found.talk
    adds = [one.adds for one in found.counted]
    sums = [
        (name, getattr(this, name), [getattr(one, name) for one in adds])
        for name in ("trainings", "attendances", "women", "men", "new_people", "new_women", "new_men")
    ]
    sums += [
        ("messages by language", talk.arrived.value or 0, list(talk.by_language.values())),
        ("messages by channel", talk.arrived.value or 0, list(talk.by_channel.values())),
        ("new people by standing", this.new_people, list(found.sheet.this.new_by_standing().values())),
    ]
    for name, whole, parts in sums:
        if whole != sum(parts):
            raise CountingError(f"{name}: {whole} is not {' + '.join(map(str, parts))}. Nothing is shown.")
    for line in found.grid.lines:
        for cell in line.cells:
            if cell.left is not None and cell.left != (cell.sales or 0) - (cell.costs or 0):
                raise CountingError(f"business {line.no}: what is left is not sales less costs. Nothing is shown.")


__all__ = ["Asked", "Sheet", "Training", "check", "summary"]
