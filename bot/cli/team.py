"""today, inbox, task: what waits for a person, answered or closed from the command line."""

from __future__ import annotations

import getpass
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import control
from bot.cli import base, gateway, mentors
from bot.cli.base import DryRun, Json
from bot.console.pages.today import KINDS
from bot.programme import desk
from bot.programme.broadcasts.wording import LANGUAGE_NAMES
from bot.render import fold, segments
from bot.render.plural import many
from bot.settings import Settings
from handlers.team.waiting import messages_of
from handlers.understand.words import language_of

As = Annotated[str, typer.Option("--as", help="Whose eyes or hand, a name of the sheet Staff; else everything.")]
Number = Annotated[int, typer.Argument(help="The task's id, as `task list` and `inbox` show it.")]

inbox_commands = typer.Typer(invoke_without_command=True, help="Messages that nobody has answered.")
task_commands = typer.Typer(no_args_is_help=True, help="What a person must do; it closes only with a result.")


def _read(settings: Settings, what: str, question: Callable[[AsyncConnection], Awaitable[Any]], **about: Any) -> Any:
    """Look, after who looks was written down."""
    base.run(control.act(settings, "audit", {"user": getpass.getuser(), "what": what, "details": about}))
    return base.read(settings, question)


def _asked(settings: Settings, who: str) -> dict[str, Any]:
    minutes = base.utc_offset_min(settings)
    return {"who": who, "user": getpass.getuser(), "utc_offset_min": minutes, "sender": settings.project.sender}


def today(json: Json = False, who: As = "") -> None:
    """What must be done today: calls, messages, questions, photos, numbers, promises, late ones, the gateway."""
    settings = base.load()

    async def look(tx: AsyncConnection) -> tuple[dict[str, Any], datetime]:
        now = await base.now(tx)
        return await desk.day(tx, await desk.looking(tx, who), settings, now), now

    found, now = base.read(settings, look)
    found["channels"] = gateway.states(settings, now)
    if json:
        base.show(found)
        return
    for line in (*today_lines(found, settings.zone), *gateway.lines(found["channels"], settings.zone)):
        typer.echo(line)


def today_lines(found: dict[str, Any], zone: ZoneInfo) -> Iterator[str]:
    """What `desk.day` counted, in words: all that /today says in a chat."""
    if found["clock"]:
        yield f"Careful: {found['clock']}"
    if found["holiday"]:
        yield "Today is a holiday: nothing unasked leaves."
    names = {"calls": "To call", "messages": "Without an answer", "photos": "Photos", "numbers": "Numbers to check"}
    for key, said in names.items():
        yield f"{said}: {len(found[key])}"
        for row in found[key]:
            what = row["about"] or KINDS.get(row["kind"], row["kind"])
            yield f"  {row['id']}  {row['association'] or '--'}  {row['days']} d  {what}"
    yield f"Questions to mentors: {len(found['questions'])}"
    for row in found["questions"]:
        yield f"  No {row['number']}  {row['days']} d  {row['mentor'] or 'no mentor: pass it on'}"
    yield f"Promises overdue: {found['overdue']}"
    yield f"Late: {found['late']}"
    yield f"Perhaps not arrived: {found['uncertain']}" + (
        " (see `kurikirana uncertain`)" if found["uncertain"] else ""
    )
    for row in found["waiting"]:
        since = row["since"].astimezone(zone)
        what = ", for their hours and pace" if row["unasked"] else ""
        texts = many(row["texts"], "text waits", "texts wait")
        yield f"{row['channel']}: {texts}{what} since {since:%d/%m %H:%M} (local)"


@inbox_commands.callback()
def inbox(context: typer.Context, json: Json = False, who: As = "") -> None:
    """What leaders wrote and nobody has answered, oldest first, with their words."""
    if context.invoked_subcommand:
        return

    async def look(tx: AsyncConnection) -> list[dict[str, Any]]:
        now = await base.now(tx)
        there = await desk.tasks_open(tx, await desk.looking(tx, who), now)
        return [desk.whole(task, now) for task in messages_of(there)]

    found = _read(base.load(), "inbox", look)
    base.table(found, ("id", "association", "name", "days", "language", "text"), json)


@inbox_commands.command()
def reply(
    number: Number,
    text: Annotated[str, typer.Argument(help="The answer, as the leader will read it.")],
    who: As = "",
    dry_run: DryRun = False,
    yes: Annotated[int, typer.Option("--yes", help="The number of phones it goes to: 1.")] = 0,
    json: Json = False,
) -> None:
    """Answer a message in the leader's own channel; its task closes with it."""
    settings, text = base.load(), " ".join(text.split())
    if not text:
        base.fail("The answer is empty.")
    details = {"task": number, "text": text, **_asked(settings, who)}
    found = base.run(control.act(settings, "inbox reply", {**details, "dry_run": True}))
    if "number" in found:  # a question to a mentor: she reads it as such an answer
        found["text"] = mentors.as_read(settings, found, text).text
    _weigh(found, text)
    if not dry_run and yes != found["phones"]:
        base.fail("Nothing was sent. It goes to 1 phone: to send it add --yes 1.")
    if not dry_run:
        base.run(control.act(settings, "inbox reply", details))
    if json:
        base.show({**found, "sent": not dry_run})
    left = "Nothing was sent." if dry_run else f"The task is closed. {gateway.leaving(settings, 'It leaves now.')}"
    base.words.print(left)


@inbox_commands.command()
def give(
    number: Number,
    to: Annotated[str, typer.Option("--to", help="A mentor, as in the sheet Staff.")],
    who: As = "",
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Make a question to a mentor of a message: the leader hears its number and the day of the answer."""
    details = {"task": number, "to": to, **_asked(base.load(), who), "dry_run": dry_run}
    found = base.run(control.act(base.load(), "inbox give", details))
    if json:
        base.show({**found, "given": not dry_run})
    base.words.print(f"Task {number} {'would go' if dry_run else 'goes'} to {found['to']}.", markup=False)


def _weigh(found: dict[str, Any], text: str) -> None:
    """Parts and languages, to the writer."""
    written, reads = language_of(text), found["language"]
    if not found["chat"]:
        folded = fold(found["text"])
        base.words.print(f"{segments(folded)[0]} SMS, {many(len(folded), 'character', 'characters')}.")
    if written and reads and written != reads:
        base.words.print(f"Your text is {LANGUAGE_NAMES[written]}, the leader reads {LANGUAGE_NAMES[reads]}.")


@task_commands.command("list")
def list_(json: Json = False, who: As = "") -> None:
    """The open tasks, oldest first; no names, no words. Sealed ones are not listed."""

    async def look(tx: AsyncConnection) -> list[dict[str, Any]]:
        now = await base.now(tx)
        return [desk.short(task, now) for task in await desk.tasks_open(tx, await desk.looking(tx, who), now)]

    settings = base.load()
    found = base.read(settings, look)
    base.table(found, ("id", "kind", "association", "days", "due_at", "about"), json, settings.zone)


@task_commands.command()
def show(number: Number, json: Json = False) -> None:
    """One task with who wrote and what."""

    async def look(tx: AsyncConnection) -> dict[str, Any]:
        return desk.whole(await desk.one(tx, number), await base.now(tx))

    settings = base.load()
    base.record(_read(settings, "task shown", look, task=number), json, settings.zone)


@task_commands.command()
def close(
    number: Number,
    result: Annotated[str, typer.Option("--result", help="What came of it, in a few words.")],
    who: As = "",
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Close a task with its result."""
    settings = base.load()
    details = {"task": number, "result": result, **_asked(settings, who), "dry_run": dry_run}
    found = base.run(control.act(settings, "task close", details))
    if json:
        base.show({**found, "closed": not dry_run})
    base.words.print(f"Task {number} {'would be' if dry_run else 'is'} closed: {found['result']}.", markup=False)
