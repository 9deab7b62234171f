"""export: tables and the donor's two pages as files; persons only by right and with a reason."""

from __future__ import annotations

import getpass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import control
from bot.cli import base
from bot.cli.progress import Month, period
from bot.cli.summary import AsOf, moment
from bot.errors import BotError
from bot.programme import counting
from bot.programme.counting import Rules
from bot.programme.exporting import MOST
from bot.programme.exports import KINDS, Exported, Wanted, gather, pages
from bot.programme.exports.donor import donor
from bot.programme.summary import Asked, Say
from bot.render.book import csv_of, xlsx
from bot.render.report import pdf
from bot.settings import Settings

FORMATS = ("xlsx", "csv", "pdf")


def export(
    kind: Annotated[str, typer.Argument(help="donor, trainings, businesses or messages.")],
    month: Month = "",
    of: Annotated[str, typer.Option("--of", help="An association or a commune; else all.")] = "all",
    formats: Annotated[
        str, typer.Option("--format", help="xlsx, csv, pdf, with commas; pdf of donor only.")
    ] = "xlsx",
    out: Annotated[Path, typer.Option(help="A folder for the files.")] = Path(),
    lang: base.Lang = "en",
    hxl: Annotated[bool, typer.Option("--hxl", help="With a row of HXL tags below the header.")] = False,
    semicolon: Annotated[
        bool, typer.Option("--semicolon", help="CSV with ; between cells, for French Excel.")
    ] = False,
    persons: Annotated[
        bool, typer.Option("--persons", help="With names and words; needs --as and --reason.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why persons are needed; kept in the access log.")] = "",
    who: Annotated[str, typer.Option("--as", help="Who of the team asks; with --persons an administrator.")] = "",
    as_of: AsOf = "",
) -> None:
    """Write tables (Excel, CSV) and, for donors, two pages of PDF. Noted in the audit before a file is there."""
    settings, wanted = base.load(), _formats(kind, formats)
    say = Say(lang, settings.zone)
    asked = base.read(settings, _asked(settings, of, month, as_of))
    details: dict[str, Any] = {"user": getpass.getuser(), "who": who, "persons": persons, "reason": reason}
    details |= {"kind": kind, "of": asked.scope.no or asked.scope.name or "all", "period": asked.period.name}
    allowed = base.run(control.act(settings, "export", details))
    at = datetime.fromisoformat(allowed["at"])
    made = Wanted(asked, allowed["by"], allowed["key"], names=persons, messages=kind == "messages", taken_at=at)

    async def look(tx: Any) -> Exported:
        return await gather(tx, made, say.language)

    found = base.read(settings, look)
    if persons:
        _agreed(settings, details, sum(len(page.rows) for page in pages(found, kind, say)[1:]))
    try:
        out.mkdir(parents=True, exist_ok=True)
        for file, content in _files(found, kind, wanted, say, hxl=hxl, delimiter=";" if semicolon else ","):
            (out / file).write_bytes(content)
            typer.echo(str(out / file))
    except BotError as error:
        base.fail(str(error))
    except OSError as error:
        base.fail(f"--out {out}: cannot be written ({error.strerror}). Name another folder.")


def _agreed(settings: Settings, details: dict[str, Any], rows: int) -> None:
    """Leaves with 1 while nobody else has agreed to a list of so many rows about persons."""
    if rows <= MOST:
        return
    what = f"export {details['kind']} {details['of']} {details['period']}"
    asked = {"what": what, "persons": rows, "reason": details["reason"], "who": details["who"]}
    found = base.run(control.act(settings, "export many", asked))
    if not found["agreed"]:
        base.fail(
            f"{rows} rows about persons are more than one may take away alone. It is asked as No {found['number']}: "
            "when another administrator or supervisor agrees on the page /exports within a day, give it again."
        )


def _formats(kind: str, formats: str) -> list[str]:
    if kind not in KINDS:
        base.fail(f"{kind!r} cannot be exported. Write one of {', '.join(KINDS)}.")
    wanted = [one.strip() for one in formats.split(",") if one.strip()]
    if not wanted or set(wanted) - set(FORMATS):
        base.fail(f"--format {formats}: write {', '.join(FORMATS)}, one or several with commas.")
    if "pdf" in wanted and kind != "donor":
        base.fail(f"--format pdf is for donor; {kind} are tables: take xlsx or csv.")
    return wanted


def _asked(settings: Settings, of: str, month: str, as_of: str) -> Any:
    async def look(tx: Any) -> Asked:
        scope = await counting.find(tx, of)
        when = moment(as_of, settings) if as_of else await base.now(tx)
        return Asked(scope, await period(tx, month, settings), Rules.of(settings), settings.zone, when)

    return look


def _files(found: Exported, kind: str, formats: list[str], say: Say, *, hxl: bool, delimiter: str) -> Any:
    """(name, content) of each file."""
    scope, when = found.wanted.asked.scope, found.wanted.asked.period.name
    name = "-".join(filter(None, (kind, scope.no or scope.name.lower().replace(" ", "-"), when)))
    tables = pages(found, kind, say)
    if "xlsx" in formats:
        yield f"{name}.xlsx", xlsx(tables, hxl=hxl)
    if "csv" in formats:
        for page in tables:
            yield f"{name}-{page.name.lower()}.csv", csv_of(page, delimiter=delimiter, hxl=hxl)
    if "pdf" in formats:
        yield f"{name}.pdf", pdf(donor(found, say))
