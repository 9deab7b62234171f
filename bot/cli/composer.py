"""The steps of sending a broadcast from the command line: plan, check the number, freeze, approve, say what next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bot import channels as channel_list
from bot import control
from bot.cli import base, gateway
from bot.clock import Clock
from bot.errors import BotError
from bot.programme.broadcasts import acts, people_list, present
from bot.programme.broadcasts import plan as plans
from bot.programme.broadcasts.wording import Wording
from bot.render.plural import many
from bot.settings import Settings
from bot.store import audiences, singles
from bot.store import broadcasts as store

_STANDS = {
    "approved": "waits for its time",
    "sending": "is being sent",
    "asks": "is late and asks whether to go on",
    "stopped": "was stopped",
    "done": "has been sent",
}


def means(settings: Settings) -> plans.Means:
    """What the channels of the settings can do; without any it is the demo, whose phones are simulated."""
    simulate = not settings.channels.model_dump(exclude_none=True)
    channels = channel_list.build(settings, Clock().now, simulate=simulate)
    return plans.means_of(settings, channels, channel_list.limits(settings))


def clock(settings: Settings) -> Clock:
    """The time where the programme is: the demo's may have been moved ahead."""
    offset = base.read(settings, lambda tx: singles.get(tx, "clock_offset_s"))
    return Clock(timedelta(seconds=float(offset or 0)))


def asked(settings: Settings, to: str) -> dict[str, Any]:
    """The audience as it is kept; the people of a list are found now, so that a changed file changes nothing."""
    word, _, name = to.partition(":")
    if word != "list":
        return {"asked": to}
    try:
        wanted = people_list.rows(Path(name))
        there = base.read(settings, audiences.listed)
        return {"asked": to, "people": people_list.found(wanted, there, Path(name).name)}
    except BotError as error:
        return base.fail(str(error))


def when(settings: Settings, at: str, undo: timedelta) -> datetime:
    """The start, UTC: after the time to call it off, or at the local time that was given. Leaves with 1 if past."""
    now = clock(settings).now()
    if not at:
        return now + undo
    local = now.astimezone(settings.zone)
    try:
        if len(at) <= 5:
            moment = datetime.combine(local.date(), datetime.strptime(at, "%H:%M").time(), settings.zone)  # noqa: DTZ007
        else:
            moment = datetime.fromisoformat(at)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=settings.zone)
    except ValueError:
        base.fail(f'--at: read {at!r}; write "17:30" or "2026-12-01 17:30", local time ({settings.zone}).')
    if moment < now:
        base.fail(f"--at: {at} is past; it is {local:%d/%m %H:%M} in {settings.zone}.")
    return moment.astimezone(UTC)


def planned(settings: Settings, audience: Mapping[str, Any], wording: Wording, starts_at: datetime) -> plans.Plan:
    """The plan over the real people, who are counted in sight. Leaves with 1 when there is no such audience."""
    how, now = means(settings), clock(settings).now()
    with counting() as progress:
        task = progress.add_task("people", total=None)

        def one(*shown: Any) -> None:
            progress.advance(task)

        return base.read(settings, lambda tx: plans.make(tx, audience, wording, how, starts_at, now, one))


def counting() -> Progress:
    """How many there are so far, on a terminal; nothing into a file or a pipe."""
    return Progress(
        TextColumn("{task.description}"),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=base.words,
        transient=True,
        disable=not base.words.is_terminal,
    )


def check(plan: plans.Plan, yes: int | None, dry_run: bool) -> None:
    """Leave with 1 when it cannot be sent so, with the right number."""
    tally = plan.tally
    if tally.undecided:
        base.fail(acts.undecided(tally.undecided))
    if dry_run or yes is None:
        return
    if not tally.number:
        base.fail("It reaches nobody. Nothing was made. See with --dry-run whom it is for, and who is left out.")
    if yes == tally.number:
        return
    base.fail(
        f"This goes to {many(tally.phones, 'phone', 'phones')} and {many(tally.chats, 'chat', 'chats')}: "
        f"{tally.number}, not {yes}. "
        f"Nothing was sent. To send it: --yes {tally.number}"
    )


def say(plan: plans.Plan, settings: Settings, json: bool, more: Mapping[str, Any]) -> None:
    """The plan: as JSON to standard output, or in words."""
    if json:
        base.show({**present.plan_json(plan), **more})
        return
    for line in present.plan_lines(plan, settings.zone):
        base.words.print(line, markup=False)


async def make(
    settings: Settings, details: dict[str, Any], plan: plans.Plan, starts_at: datetime, yes: int | None
) -> dict[str, Any]:
    """A draft with its list, approved when the number was given. The same submitted twice is made once."""
    async with control.acting(settings) as do:
        made: dict[str, Any] = await do("broadcast make", details)
        if made["already"] and made["state"] != "draft":
            return made
        await _freeze(do, settings, made["id"], plan)
        return made if yes is None else await _send(do, made["id"], plan, starts_at, yes)


async def approve(
    settings: Settings, number: int, freeze: bool, plan: plans.Plan, starts_at: datetime, yes: int
) -> dict[str, Any]:
    """Send a draft: its list is made anew, so that it is today's."""
    async with control.acting(settings) as do:
        if freeze:
            await _freeze(do, settings, number, plan)
        return await _send(do, number, plan, starts_at, yes)


async def _send(do: control.Do, number: int, plan: plans.Plan, starts_at: datetime, yes: int) -> dict[str, Any]:
    times = {"starts_at": starts_at.isoformat(), "ends_at": plan.ends_at.isoformat()}
    done: dict[str, Any] = await do("broadcast approve", {"id": number, "number": yes, **times})
    return done


async def _freeze(do: control.Do, settings: Settings, number: int, plan: plans.Plan) -> None:
    """The list, page by page; on a terminal one sees that it goes on."""
    constant = {"id": number, "setup": acts.setup_details(means(settings).setup)}
    constant |= acts.whom(plan.asked, plan.audience)
    after: int | None = None
    with counting() as progress:
        task = progress.add_task("list", total=None)
        while True:
            after = await do("broadcast freeze", {**constant, "after": after})
            progress.advance(task, acts.PAGE)
            if after is None:
                return


def what_next(made: Mapping[str, Any], number: int, starts_at: datetime, settings: Settings) -> str:
    """What happened and what may be done now."""
    which = made["id"]
    if made.get("already") and made["state"] != "draft":
        anew = datetime.fromisoformat(made["anew_at"]).astimezone(settings.zone) + timedelta(minutes=1)
        return (
            f"The very same text to the very same people was submitted minutes ago. It is broadcast {which}, which "
            f"{_STANDS[made['state']]}. Nothing was made. What became of it: kurikirana broadcast {which}. "
            f"To send it once more, submit it again after {anew:%H:%M} ({settings.zone})."
        )
    if made["state"] == "draft":
        return f"Draft {which}. To send it: kurikirana broadcast send {which} --yes {number}"
    at = starts_at.astimezone(settings.zone).strftime("%d/%m %H:%M:%S")
    waits = gateway.leaving(settings, "")
    return (
        f"Broadcast {which} begins {at} ({settings.zone}), within the hours. Until then, or to stop the rest: "
        f"kurikirana broadcast stop {which}. What became of it: kurikirana broadcast {which}"
    ) + (f". {waits}" if waits else "")


def found(settings: Settings, number: int) -> Any:
    """A broadcast's row. Leaves with 1 when there is none."""
    row = base.read(settings, lambda tx: store.one(tx, number))
    if row is None:
        base.fail(f"no broadcast {number}. See `kurikirana broadcast list`.")
    return row
