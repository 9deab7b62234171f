"""progress, association: where we are against the target, and what stands behind it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import typer

from bot.cli import base
from bot.cli.base import Json
from bot.programme import counting
from bot.programme.counting import Column, Period, Rules, Scope, Sheet
from bot.render.plural import many
from bot.settings import Settings

Month = Annotated[
    str, typer.Option("--month", help="YYYY-MM; also 2026-q4, 2026-w45, 2026-10-03..2026-10-17. Else this month.")
]
GEOGRAPHIES = ("old", "now", "both")
_SHOWN = ("trainings", "attendances", "women", "men", "new_people", "new_women", "new_men")
_BY_PLACE = ("name", "trainings", "attendances", "new_people", "checked", "reported", "doubtful", "reached", "target")


async def period(tx: Any, month: str, settings: Settings) -> Period:
    """What was written behind --month; nothing is this month. Raises BotError."""
    return Period.parse(month, (await base.now(tx)).astimezone(settings.zone).date())


def progress(
    month: Month = "",
    geography: Annotated[
        str, typer.Option("--geography", help="Communes: old, now (since 2025), or both side by side.")
    ] = "old",
    json: Json = False,
) -> None:
    """Where we are against the target, by commune, with the rule under it."""
    if geography not in GEOGRAPHIES:
        base.fail(f"--geography {geography}: write {', '.join(GEOGRAPHIES)}.")
    settings = base.load()

    async def look(tx: Any) -> tuple[Sheet, list[Any], Any]:
        scope, when = await counting.find(tx, "all"), await period(tx, month, settings)
        rules = Rules.of(settings)
        page = await counting.sheet(tx, scope, when, rules, await base.now(tx), sources=json)
        places = await counting.by_commune(tx, scope, when, rules, geography)
        return page, places, await counting.cascade(tx, scope, when.last, rules)

    page, places, tree = base.read(settings, look)
    if json:
        counted = [(one, counting.groups.bare(one.since_start.all, page.rules.step)) for one in places]
        communes = [
            {"name": one.name, "target": one.target.plain(), "since_start": figures} for one, figures in counted
        ]
        base.show({**page.plain(), "communes": communes, "cascade": tree.plain()})
        return
    _say(page)
    rows = [_row(one.name, one.since_start) | {"reached": one.target.reached, "target": one.target.people}
            for one in places]  # fmt: skip
    base.table(rows, _BY_PLACE)
    base.words.print(f"Representatives who have trained nobody yet: {tree.dormant} of {tree.direct}.")
    _rules(page)


def association(
    name: Annotated[str, typer.Argument(help="Number or name: 07, ABAHUZA.")], month: Month = "", json: Json = False
) -> None:
    """The figures, reports, messages, business and doubts of one association in a month."""
    settings = base.load()

    async def look(tx: Any) -> dict[str, Any]:
        scope = await counting.find(tx, name)
        return await _association(tx, scope, await period(tx, month, settings), settings, with_ids=json)

    found = base.read(settings, look)
    page: Sheet = found.pop("sheet")
    if json:
        base.show({**page.plain(), **{key: _plain(value) for key, value in found.items()}})
        return
    _say(page)
    rows = [
        {"no": one.number, "day": one.day, "standing": one.standing, "sheet": one.sheet, **one.adds.plain()}
        for one in found["trainings"]
    ]
    base.table(rows, ("no", "day", "attendances", "women", "men", "new_people", "standing", "sheet"))
    months = [{"no": line.no, "type": line.type, **_cell(line.cells[-1])} for line in found["businesses"].lines]
    base.table(months, ("no", "type", "status", "sales", "costs", "left", "kit", "problem"))
    base.table([flag.plain() for flag in found["flags"]], ("kind", "report", "day", "others"))
    talk = found["messages"]
    base.words.print(f"{many(talk.arrived.value, 'message', 'messages')} in, {talk.left.value} out.")
    _rules(page)


async def _association(tx: Any, scope: Scope, when: Period, settings: Settings, *, with_ids: bool) -> dict[str, Any]:
    rules = Rules.of(settings)
    return {
        "sheet": await counting.sheet(tx, scope, when, rules, await base.now(tx), sources=with_ids),
        "trainings": await counting.trainings(tx, scope, when),
        "businesses": await counting.grid(tx, scope, when.first, when.last, settings.zone),
        "cascade": await counting.cascade(tx, scope, when.last, rules),
        "messages": await counting.talk(tx, scope, when, settings.zone, ids=with_ids),
        "flags": await counting.flags(tx, scope, when, settings.zone),
    }


def _plain(value: Any) -> Any:
    return [_plain(one) for one in value] if isinstance(value, list) else value.plain()


def _cell(cell: Any) -> dict[str, Any]:
    names = ("status", "sales", "costs", "left", "kit", "problem")
    return {name: "not said" if getattr(cell, name) is None else getattr(cell, name) for name in names}


def _row(name: str, column: Column) -> dict[str, Any]:
    return {"name": name, **column.all.plain(), **column.new_by_standing()}


def _say(page: Sheet) -> None:
    """The one number, and the figures under it."""
    target, since = page.target, page.since_start
    share = f"{target.reached} of {target.people}" + (
        f" = {target.direct} + {target.cascade}" if target.direct else ""
    )
    typer.echo(f"{page.scope.name or 'All associations'}, until {page.period.last}: {share} reached")
    split = ", ".join(f"{how} {count}" for how, count in since.new_by_standing().items())
    typer.echo(f"New people: {since.all.new_people} ({split})")
    columns = (page.period.name, page.period.previous.name, "since the start")
    figures: Iterable[tuple[str, ...]] = ((name, *_values(page, name)) for name in _SHOWN)
    base.table([dict(zip(("", *columns), row, strict=True)) for row in figures], ("", *columns))
    bounds = f"between {since.all.unique_lower} and {since.all.unique_upper}"
    typer.echo(f"Unique people since the start: {bounds}")


def _values(page: Sheet, name: str) -> tuple[str, ...]:
    return tuple(str(getattr(column.all, name)) for column in (page.this, page.before, page.since_start))


def _rules(page: Sheet) -> None:
    for sentence in page.rules.said():
        base.words.print(sentence)
