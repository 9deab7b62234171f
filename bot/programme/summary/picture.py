"""What the picture of a summary shows: people reached by month against the target, sales and costs by month. Pure."""

from __future__ import annotations

from babel.dates import format_date

from bot.programme.counting import Period
from bot.programme.summary import phrases
from bot.programme.summary.model import Summary
from bot.programme.summary.sections import title
from bot.programme.summary.words import Say
from bot.render.picture import Chart, Picture

THOUSAND = 1000
Series = dict[str, tuple[float | None, ...]]


def picture(found: Summary, say: Say) -> Picture:
    """Title, date and the one number stand inside; every bar has its number."""
    below = f"{say('Reached since the start: {share}.', share=phrases.reached(found, say))} "
    below += say("made {at}", at=say.moment(found.sheet.as_of)).capitalize()
    return Picture(title(found, say), below, _people(found, say), _money(found, say) or _attendances(found, say))


def _month(period: Period, say: Say) -> str:
    return str(format_date(period.first, "LLL", locale=say.language)).rstrip(".")


def _people(found: Summary, say: Say) -> Chart:
    """Dark = checked, light = reported; each kind has its tone, also where another one is nowhere."""
    target, months = found.sheet.target, found.months
    series: Series = {
        say.word(how): tuple(month.new_so_far[how] for month in months) for how in ("checked", "reported", "doubtful")
    }
    if target.includes_direct:
        series[say("representatives")] = (target.direct,) * len(months)
    labels = tuple(_month(month.period, say) for month in months)
    return Chart(say("People reached, line at {n}", n=target.people), labels, series, goal=target.people)


def _money(found: Summary, say: Say) -> Chart | None:
    """In thousand BIF, of the businesses that said it; None when none did."""
    there = range(-len(found.months), 0)
    series: Series = {}
    for name in ("sales", "costs"):
        values = [found.grid.total(name, at)[0].value for at in there] if found.grid.lines else []
        if any(value is not None for value in values):
            series[say.word(name)] = tuple(None if value is None else round(value / THOUSAND) for value in values)
    labels = tuple(_month(month.period, say) for month in found.months)
    return Chart(say("Sales and costs, thousand BIF"), labels, series, stacked=False) if series else None


def _attendances(found: Summary, say: Say) -> Chart:
    labels = tuple(_month(month.period, say) for month in found.months)
    series: Series = {
        say("women"): tuple(month.this["all"].women for month in found.months),
        say("men"): tuple(month.this["all"].men for month in found.months),
    }
    return Chart(say("Attendances by month"), labels, series)
