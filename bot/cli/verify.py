"""verify, check: the monthly sample and what its calls found; a person's verdict on a report."""

from __future__ import annotations

import getpass
import secrets
from typing import Annotated, Any

import typer

from bot import control
from bot.cli import base
from bot.cli.base import Json, Who
from bot.cli.progress import period
from bot.programme import counting
from bot.programme.counting import QUESTIONS, Sample
from bot.render.plural import many
from bot.settings import Settings

commands = typer.Typer(no_args_is_help=True, help="Reports of a month that are verified by a call.")
Month = Annotated[str, typer.Option("--month", help="YYYY-MM; else this month.")]
Number = Annotated[int, typer.Argument(help="The report's number.")]
Count = Annotated[int | None, typer.Option(min=0, help="As the leader says in the call.")]
LARGEST_SEED = 1_000_000
_COLUMNS = ("report", "association", "name", "day", "drawn", "flags", "outcome", "confirmed")


@commands.command()
def draw(
    month: Month = "",
    seed: Annotated[
        int | None, typer.Option(help="Draws the same reports again; else one is made and printed.")
    ] = None,
    json: Json = False,
) -> None:
    """Draw the month's sample, once: one report in ten, at least five, and every flagged one."""
    settings = base.load()
    wanted = _month(settings, month)
    if not month:
        base.fail(
            f"{wanted} is not over: reports that come later would not be in its sample, which is drawn once. Say of "
            f"which month: --month MONTH, also --month {wanted}."
        )
    details: dict[str, Any] = {
        "month": wanted,
        "zone": settings.project.timezone,
        "user": getpass.getuser(),
    }
    details["seed"] = secrets.randbelow(LARGEST_SEED) if seed is None else seed
    _show(base.run(control.act(settings, "verify draw", details)), json)


@commands.command()
def show(
    month: Month = "",
    script: Annotated[bool, typer.Option("--script", help="With first names and the questions to ask.")] = False,
    lang: Annotated[str, typer.Option(help="Of the questions: en or fr.")] = "en",
    json: Json = False,
) -> None:
    """The sample, what was found so far, and how sure that is. `--script` is noted in the audit."""
    settings = base.load()
    if lang not in QUESTIONS:
        base.fail(f"--lang {lang}: the questions are in {', '.join(QUESTIONS)}.")
    drawn = base.read(settings, _sample(settings, month))
    if script:
        about = {"month": drawn.month, "reports": [call.number for call in drawn.calls]}
        noted = {"user": getpass.getuser(), "what": "verification script", "details": about}
        base.run(control.act(settings, "audit", noted))
    found = drawn.plain()
    if script and json:
        for row, call in zip(found["calls"], drawn.calls, strict=True):
            row["call"] = call.reporter
    _show(found, json)
    if script and not json:
        for call in drawn.calls:
            typer.echo(f"\nNo {call.number}, {call.association_name} {call.reporter} ({call.language})")
            for place, question in enumerate(QUESTIONS[lang], 1):
                typer.echo(f"  {place}. {question.format(date=call.day)}")


@commands.command()
def result(
    number: Number,
    month: Month = "",
    held: Annotated[bool | None, typer.Option("--held/--not-held", help="There was such a training.")] = None,
    topics: Annotated[str, typer.Option(help="Names of the form, with commas: business,processing.")] = "",
    women: Count = None,
    men: Count = None,
    new_women: Count = None,
    new_men: Count = None,
    new_found: Annotated[int | None, typer.Option(min=0, help="New people whom you reached themselves.")] = None,
    sheet: Annotated[bool | None, typer.Option("--sheet/--no-sheet", help="There is a sheet with names.")] = None,
    outcome: Annotated[str, typer.Option(help="reached, not_reached or refused.")] = "reached",
    who: Who = "",
    json: Json = False,
) -> None:
    """What a call said, field by field. What was not asked or not known is left out."""
    settings = base.load()
    said: dict[str, Any] = {"held": held, "women": women, "men": men, "new_women": new_women, "new_men": new_men}
    said |= {"topics": [one.strip() for one in topics.split(",") if one.strip()] or None}
    said |= {"new_found": new_found, "sheet": sheet}
    details = {"month": _month(settings, month), "number": number, "outcome": outcome, "said": said, "who": who}
    found = base.run(control.act(settings, "verify result", details))
    if json:
        base.show(found)
        return
    words = {True: "is confirmed, and checked", False: "is not confirmed, and on hold", None: "is noted"}
    base.words.print(f"No {number} {words[found['confirmed']]}.")


def check(
    number: Number,
    verdict: Annotated[str, typer.Argument(help="accepted, rejected or hold.")],
    how: Annotated[str, typer.Option(help="sheet, call, visit or question.")] = "sheet",
    reason: Annotated[str, typer.Option(help="Why it is rejected or on hold, without names.")] = "",
    who: Who = "",
    json: Json = False,
) -> None:
    """Accept a report, reject it or put it on hold. A rejected one stays visible and counts nowhere."""
    details = {"number": number, "verdict": verdict, "how": how, "reason": reason, "who": who}
    found = base.run(control.act(base.load(), "report check", details))
    if json:
        base.show(found)
    else:
        base.words.print(f"No {number}: {verdict}.")


def _month(settings: Settings, month: str) -> str:
    async def parsed(tx: Any) -> str:
        return (await period(tx, month, settings)).name

    return base.read(settings, parsed)


def _sample(settings: Settings, month: str) -> Any:
    wanted = _month(settings, month)

    async def look(tx: Any) -> Sample:
        drawn = await counting.sample(tx, wanted)
        if drawn is None:
            base.fail(f"No sample of {wanted} was drawn yet: kurikirana verify draw --month {wanted}.")
        return drawn

    return look


def _show(found: dict[str, Any], json: bool) -> None:
    if json:
        base.show(found)
        return
    typer.echo(f"Sample of {found['month']}, seed {found['seed']}: {found['drawn']} of "
               f"{many(found['reports'], 'report', 'reports')} drawn, {found['flagged']} flagged beside them; "
               f"{found['reached']} of the drawn reached")  # fmt: skip
    for name, rate in found["rates"].items():
        if rate["of"]:
            sure = f"{rate['low']:.0%} to {rate['high']:.0%} with 95 % certainty"
            typer.echo(f"  {name}: {rate['yes']} of {rate['of']} ({sure})")
    base.table([{**row, "flags": " ".join(row["flags"])} for row in found["calls"]], _COLUMNS)
