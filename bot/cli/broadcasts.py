"""broadcast new, show, list, send, stop, retry, test: one text to many, planned, frozen, counted."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bot import control
from bot.cli import base, composer
from bot.cli.base import Json
from bot.errors import BotError
from bot.programme.broadcasts import acts, present, states
from bot.programme.broadcasts.wording import read
from bot.render.plural import many
from bot.store import broadcasts as store
from bot.store import recipient_ends, recipients

UNDO = timedelta(seconds=60)
"""A sent broadcast begins so much later, to be called off with `broadcast stop`."""


class _ById(TyperGroup):
    """`broadcast 31` is `broadcast show 31`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """A number in the place of a verb: to look at it."""
        return super().resolve_command(ctx, ["show", *args] if args and args[0].isdecimal() else args)


commands = typer.Typer(
    no_args_is_help=True, cls=_ById, help="One text to many: plan, send, stop, and what became of it."
)
Number = Annotated[int, typer.Argument(help="The broadcast's number.")]
Yes = Annotated[int | None, typer.Option("--yes", help="How many phones and chats: sends it.")]
At = Annotated[str, typer.Option("--at", help='When, local time: "17:30" or "2026-12-01 17:30".')]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write and send nothing.")]
NoUndo = Annotated[bool, typer.Option("--no-undo", help="Begin at once, without the minute to call it off.")]


@commands.command()
def new(
    to: Annotated[str, typer.Option("--to", help="all, late, women, commune:NAME, list:FILE, ...")],
    text: Annotated[Path, typer.Option("--text", help="TOML file with a text per language: en, fr, rn, sw.")],
    at: At = "",
    every: Annotated[str, typer.Option("--every", help="weekly or monthly: repeated until it is stopped.")] = "",
    no_undo: NoUndo = False,
    leave_out_full: Annotated[bool, typer.Option(help="Leave out who had the week's messages.")] = False,
    dry_run: DryRun = False,
    json: Json = False,
    yes: Yes = None,
) -> None:
    """Plan a broadcast; --yes NUMBER sends it, without it a draft is left."""
    settings = base.load()
    if every not in ("", "weekly", "monthly"):
        base.fail(f"--every: read {every!r}; allowed are weekly and monthly.")
    try:
        wording = read(text)
    except BotError as error:
        base.fail(str(error))
    asked = {**composer.asked(settings, to), "leave_out_full": leave_out_full}
    starts_at = composer.when(settings, at, UNDO if not no_undo else timedelta())
    plan = composer.planned(settings, asked, wording, starts_at)
    composer.check(plan, yes, dry_run)
    if dry_run:
        composer.say(plan, settings, json, {"dry_run": True})
        return
    submitted = acts.submitted(asked, wording, at, every)
    details = {**acts.as_details(wording), "audience": asked, "submitted": submitted, "every": every or None}
    made = base.run(composer.make(settings, details, plan, starts_at, yes))
    composer.say(plan, settings, json, made)
    base.words.print(composer.what_next(made, plan.tally.number, starts_at, settings), markup=False)


@commands.command()
def send(
    number: Number, at: At = "", no_undo: NoUndo = False, dry_run: DryRun = False, json: Json = False, yes: Yes = None
) -> None:
    """Send a draft, or go on with one that was late and asks again."""
    settings = base.load()
    starts_at = composer.when(settings, at, UNDO if not no_undo else timedelta())
    row = composer.found(settings, number)
    plan = composer.planned(settings, row.audience, acts.wording_of(row), starts_at)
    if yes is None or dry_run:
        composer.say(plan, settings, json, {"id": number, "state": row.state, "dry_run": dry_run})
        if dry_run:
            return
        base.fail(f"To send it: kurikirana broadcast send {number} --yes {plan.tally.number}")
    done = base.run(composer.approve(settings, number, row.state == "draft", plan, starts_at, yes))
    composer.say(plan, settings, json, done)
    base.words.print(composer.what_next(done, plan.tally.number, starts_at, settings), markup=False)


@commands.command()
def stop(number: Number, dry_run: DryRun = False, json: Json = False) -> None:
    """Stop the rest: what has not begun to leave stays here. Within its first minute: undo."""
    settings = base.load()
    if dry_run:
        row = composer.found(settings, number)
        waits = base.read(settings, lambda tx: recipients.not_begun(tx, number))
        if json:
            base.show({"id": number, "state": row.state, "stopped": waits, "dry_run": True})
        base.words.print(
            f"Nothing was stopped. Texts of broadcast {number} that would not be sent: {waits}.", markup=False
        )
        return
    done = base.run(control.act(settings, "broadcast stop", {"id": number}))
    if json:
        base.show(done)
    base.words.print(f"Broadcast {number} is stopped; texts that were not sent: {done['stopped']}.", markup=False)


@commands.command()
def retry(
    number: Number,
    uncertain: Annotated[bool, typer.Option("--uncertain", help="Also texts that may have arrived.")] = False,
    dry_run: DryRun = False,
    json: Json = False,
    yes: Yes = None,
) -> None:
    """Send again what failed; --uncertain also what may have arrived, after asking one of them."""
    settings = base.load()
    what = "uncertain" if uncertain else "failed"
    if dry_run:
        again = base.read(settings, lambda tx: acts.would_go_again(tx, number, what))
        if json:
            base.show({"id": number, "number": again, "dry_run": True})
        base.words.print(f"Nothing was sent. {many(again, 'text', 'texts')} would be: --yes {again}.", markup=False)
        return
    ends = (composer.clock(settings).now() + timedelta(hours=1)).isoformat()
    setup = acts.setup_details(composer.means(settings).setup)
    details = {"id": number, "what": what, "number": yes or 0, "ends_at": ends, "setup": setup}
    done = base.run(control.act(settings, "broadcast retry", details))
    if json:
        base.show(done)
    base.words.print(f"Broadcast {number}: {many(done['number'], 'text is', 'texts are')} sent again.", markup=False)


@commands.command()
def test(
    number: Number,
    person: Annotated[str, typer.Option("--as", help="Name of one of the team.")],
    json: Json = False,
) -> None:
    """Send its texts to one of the team, to see them on a phone."""
    settings = base.load()
    details = {"id": number, "person": person, "setup": acts.setup_details(composer.means(settings).setup)}
    done = base.run(control.act(settings, "broadcast test", details))
    if json:
        base.show(done)
    base.words.print(f"{many(done['texts'], 'text goes', 'texts go')} to {person}.", markup=False)


@commands.command("list")
def list_(json: Json = False) -> None:
    """Every broadcast: number, state, audience, when."""
    settings = base.load()
    rows = base.read(settings, store.every)
    if json:
        base.show([_head(row) for row in rows])
        return
    if not rows:
        base.words.print("No broadcast yet. One begins with: kurikirana broadcast new --to all --text FILE.toml")
    for row in rows:
        when = row.starts_at.astimezone(settings.zone).strftime("%d/%m/%Y %H:%M") if row.starts_at else "-"
        typer.echo(f"{row.id:>4}  {row.state:9} {when:17} {row.audience['asked']}")


@commands.command()
def show(number: Number, json: Json = False) -> None:
    """What became of it: how many texts arrived, what to do about the others, what was answered."""
    settings = base.load()
    row = composer.found(settings, number)
    if json:
        base.show(base.read(settings, lambda tx: _all_of(tx, row)))
        return
    for line in base.read(settings, lambda tx: present.report(tx, row, settings.zone)):
        typer.echo(line)


async def _all_of(tx: Any, row: Any) -> dict[str, Any]:
    found, answers = states.counted(await recipient_ends.counted(tx, row.id))
    rows = [present.recipient_json(one) for one in await recipient_ends.shown(tx, row.id)]
    ends = Counter(one["state"] for one in rows)
    more = {"states": dict(ends), "report": dict(found), "answers": dict(answers), "recipients": rows}
    return {**_head(row), "texts": row.texts, "missing": row.gaps, **more}


def _head(row: Any) -> dict[str, Any]:
    names = ("id", "state", "number", "asks", "every", "made_at", "approved_at", "starts_at", "ends_at", "stopped_at")
    every = row.every.partition(" ")[0] if row.every else None  # "monthly 31" is monthly
    return {
        **{name: getattr(row, name) for name in (*names, "finished_at")},
        "every": every,
        "audience": row.audience["asked"],
    }
