"""report: one report with what stands behind it; the team removes it, or brings it back."""

from __future__ import annotations

import getpass
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from typer.core import TyperGroup

from bot import control
from bot.cli import base
from bot.cli.base import DryRun, Json
from bot.console.flag_words import KINDS
from bot.programme import counting, desk
from bot.programme.counting import Period
from bot.store import checks, evidence
from bot.store.training_days import standing

Number = Annotated[int, typer.Argument(help="The report's number, as its receipt says it.")]
As = Annotated[
    str, typer.Option("--as", help="Whose eyes or hand, a name of the sheet Staff; else the command line.")
]
Reason = Annotated[str, typer.Option(help="Why, in a few words and without names; it stays with the report.")]
_OWN = ("number", "form", "state", "doubt", "verdict", "source", "reporter", "language", "revision", "values")
_MOMENTS = ("created_at", "changed_at", "withdrawn_at")


class _ByNumber(TyperGroup):
    """`report 4127` is `report show 4127`, and `report 4127 undo` is `report undo 4127`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """A number in the place of a verb: the verb may stand behind it."""
        if args and args[0].isdecimal():
            verb = args.pop(1) if args[1:2] and args[1] in self.commands else "show"
            args = [verb, *args]
        return super().resolve_command(ctx, args)


commands = typer.Typer(
    no_args_is_help=True, cls=_ByNumber, help="One report: what stands behind it; remove it, bring it back."
)


@commands.command()
def show(number: Number, who: As = "", json: Json = False) -> None:
    """A report as it is and was, its messages, photos, checks and what is doubtful; the reading is in the audit."""
    settings = base.load()
    noted = {"user": getpass.getuser(), "what": "report shown", "details": {"report": number}}
    base.run(control.act(settings, "audit", noted))
    found = base.read(settings, lambda tx: _whole(tx, number, who, settings.zone))
    if json:
        base.show(found)
        return
    for line in _lines(found, settings.zone):
        typer.echo(line)
    base.words.print(f"Times are local ({settings.zone}).")


async def _whole(tx: Any, number: int, who: str, zone: ZoneInfo) -> dict[str, Any]:
    report = await evidence.report(tx, await desk.looking(tx, who), number)
    if report is None:
        base.fail(f"There is no report No {number}. See them with `kurikirana reports`.")
    scope = await counting.find(tx, report["no"])
    day = date.fromisoformat(report["day"]) if report["day"] else report["created_at"].astimezone(zone).date()
    flags = await counting.flags(tx, scope, Period.of(day), zone)
    counts = report["state"] in ("reported", "doubtful") and report["verdict"] != "rejected"
    return {
        **{name: report[name] for name in (*_OWN, *_MOMENTS)},
        "association": {"no": report["no"], "name": report["association"]},
        "standing": standing(report["state"], report["verdict"]) if counts else None,
        "flags": [flag.plain() for flag in flags if flag.report == number],
        "before": [
            {name: old[name] for name in ("revision", "values", "state", "reason", "replaced_at")}
            for old in report["before"]
        ],
        "messages": await evidence.messages(tx, report),
        "files": await evidence.files(tx, report),
        "checks": await checks.of(tx, [number]),
    }


def _lines(found: Mapping[str, Any], zone: ZoneInfo) -> Iterator[str]:
    place, counts = found["association"], found["standing"] or f"{found['state']}, counts nowhere"
    yield f"No {found['number']} {found['form']}, {place['no']} {place['name']}: {counts}"
    yield f"  {base.values(found['values'])}"
    by = ", ".join(filter(None, (found["source"], found["reporter"])))
    yield f"  sent {base.local(found['created_at'], zone)}, {by}"
    if found["doubt"]:
        yield f"  a question is open: {found['doubt']}"
    for flag in found["flags"]:
        others = f" (see {', '.join(f'No {other}' for other in flag['others'])})" if flag["others"] else ""
        yield f"  doubtful: {KINDS[flag['kind']]}{others}"
    for old in found["before"]:
        until = base.local(old["replaced_at"], zone)
        yield f"  before {until}: {old['state']}, {base.values(old['values'])}; {old['reason']}"
    for one in found["messages"]:
        words = one["text"] or one["kind"]
        yield f"  message {one['id']}, {base.local(one['received_at'], zone)}, {one['name'] or 'unknown'}: {words}"
    for one in found["files"]:
        yield f"  {one['kind']} {one['id']}, {base.local(one['at'], zone)}, {one['state']}"
    for one in found["checks"]:
        why = f": {one['reason']}" if one["reason"] else ""
        by = f" by {one['by']}" if one["by"] else ""
        yield f"  check {base.local(one['at'], zone)}{by}: {one['verdict']}, {one['how']}{why}"


@commands.command()
def undo(number: Number, reason: Reason = "", who: As = "", dry_run: DryRun = False, json: Json = False) -> None:
    """Remove a report: it counts nowhere and stays readable. Nobody is written to; its leader can bring it back."""
    found = _act("report undo", number, reason, who, dry_run)
    if json:
        base.show({**found, "done": not dry_run})
        return
    base.words.print(
        f"No {number} {'would be' if dry_run else 'is'} removed. Nobody is told: call its leader. "
        f"Back with: kurikirana report back {number} --reason TEXT"
    )


@commands.command()
def back(number: Number, reason: Reason = "", who: As = "", dry_run: DryRun = False, json: Json = False) -> None:
    """Bring a removed report back, whoever removed it and however long ago: it counts as reported."""
    found = _act("report back", number, reason, who, dry_run)
    if json:
        base.show({**found, "done": not dry_run})
        return
    base.words.print(f"No {number} {'would be' if dry_run else 'is'} back: it counts as reported.")
    if found["same_day"]:
        base.words.print(
            f"Is it another one than {', '.join(f'No {one}' for one in found['same_day'])}, of that day?"
        )


def _act(name: str, number: int, reason: str, who: str, dry_run: bool) -> dict[str, Any]:
    details = {"number": number, "reason": reason, "who": who, "user": getpass.getuser(), "dry_run": dry_run}
    done: dict[str, Any] = base.run(control.act(base.load(), name, details))
    return done
