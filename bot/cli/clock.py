"""clock: what the service thinks of this machine's clock, and telling it that the clock is right again."""

from __future__ import annotations

import getpass
from typing import Annotated, Any

import typer

from bot import control
from bot.cli import base
from bot.clock import Clock
from bot.settings import Settings
from bot.store import left, other_clocks, singles
from scheduler import right_time
from scheduler.pace import Limits, Pace


def clock(
    word: Annotated[
        str, typer.Argument(metavar="[right]", help="right: it is right now, and was wrong before.")
    ] = "",
) -> None:
    """Whether the clock may be believed; `clock right` forgets a time that was seen while it stood ahead."""
    settings = base.load()
    if word not in ("", "right"):
        base.fail(f"clock {word}: write `kurikirana clock` or `kurikirana clock right`.")
    if word:
        seen = base.run(control.act(settings, "clock right", {"who": getpass.getuser()}))
        base.words.print(
            f"The clock counts as right: {base.local(seen, settings.zone)} (local). Unasked texts leave again.",
            markup=False,
        )
        return
    (mark, text), *_ = base.read(settings, wrong)
    typer.echo(text if mark == "!!" else "The clock may be believed.")
    raise typer.Exit(mark == "!!")


async def wrong(tx: Any) -> list[tuple[str, str]]:
    """One line of `doctor`: the clock against the latest time that a service has seen, and against the networks'."""
    now = Clock(await singles.offset(tx)).now()
    said = right_time.said(right_time.behind(now, await singles.last_seen(tx)))
    said = said or right_time.said_ahead(await other_clocks.ahead(tx))
    return [("!!", said)] if said else [("ok", "clock")]


async def full(tx: Any, settings: Settings, limits: dict[str, Limits]) -> list[tuple[str, str]]:
    """Lines of `doctor`: channels with a limit of the day, and how much of it is used."""
    now = Clock(await singles.offset(tx)).now()
    gone = await left.lately(tx, now, settings.zone)
    lines = []
    for name, limit in limits.items():
        if not limit.per_day:
            continue
        pace = Pace(Limits(0, limit.per_day), settings.zone)
        for _, at, parts in (one for one in gone if one[0] == name):
            pace.left(at, parts)
        rest = pace.rest(now)
        if not rest:
            text = f"{name}: {limit.per_day} SMS parts left today, the rest waits for tomorrow, answers first"
            lines.append(("!!", f"{text} -> channels.{name}.per_day, or a larger bundle"))
        else:
            lines.append(("ok", f"{name}: {limit.per_day - rest} of {limit.per_day} SMS parts of today"))
    return lines
