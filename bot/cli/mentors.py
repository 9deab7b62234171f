"""mentors list, questions, show, answer, log: who answers what, what waits, who was where."""

from __future__ import annotations

import getpass
from datetime import date
from typing import Annotated, Any

import typer

from bot import control
from bot.cli import base, gateway
from bot.cli.base import DryRun, Json, Who
from bot.programme.broadcasts.wording import LANGUAGE_NAMES
from bot.programme.mentoring import OFFICER
from bot.render import Rendered, Words, fold
from bot.render.plural import many
from bot.settings import Settings
from bot.store import question_list, visits
from handlers.understand.words import language_of

commands = typer.Typer(no_args_is_help=True, help="Mentors: their questions, answers and visits.")
_LEAVES = "It leaves now, or in half an hour where a question is open on her phone."
Number = Annotated[int, typer.Argument(help="The question's number.")]


@commands.command("list")
def list_(json: Json = False) -> None:
    """The mentors who can be reached: languages, subjects, area, how many questions wait."""
    found = base.read(base.load(), question_list.load_of_mentors)
    base.table(found, ("name", "languages", "subjects", "area", "open", "answered"), json)


@commands.command("questions")
def questions_(
    json: Json = False,
    everything: Annotated[bool, typer.Option("--all", help="Also those that are answered.")] = False,
) -> None:
    """The questions that wait, oldest first; never their words."""
    settings = base.load()
    found = base.read(settings, question_list.listed)
    shown = [row for row in found if everything or row["state"] == "open"]
    columns = ("number", "state", "association", "language", "subject", "mentor", "promised_at", "climbed", "helped")
    base.table(shown, columns, json, settings.zone)


@commands.command()
def show(number: Number, json: Json = False) -> None:
    """One question with its words and its answer; the reading is noted."""
    settings, details = base.load(), {"number": number, "user": getpass.getuser()}
    base.record(base.run(control.act(settings, "question show", details)), json, settings.zone)


@commands.command()
def answer(
    number: Number,
    text: Annotated[str, typer.Argument(help="The answer, as the leader will read it.")],
    who: Who = "",
    dry_run: DryRun = False,
    yes: Annotated[int | None, typer.Option("--yes", help="How many phones or chats it goes to: 1.")] = None,
    json: Json = False,
) -> None:
    """Answer a question: the leader gets it in her channel, with the question's number."""
    settings, text = base.load(), " ".join(text.split())
    if not text:
        base.fail("The answer is empty.")
    details = {"number": number, "answer": text, "who": who, "user": getpass.getuser(), "dry_run": True}
    details["utc_offset_min"] = base.utc_offset_min(settings)
    found = base.run(control.act(settings, "question answer", details))
    said = as_read(settings, found, text)
    phones = 0 if found["stopped"] else 1
    if not json:
        _weigh(found, said, text)
    if not dry_run and yes != phones:
        base.fail(f"Nothing was sent. It goes to {phones} phone or chat: to answer add --yes {phones}.")
    if not dry_run:
        base.run(control.act(settings, "question answer", {**details, "dry_run": False}))
    if json:
        base.show(
            {
                **found,
                "text": said.text,
                "parts": 0 if found["chat"] else said.parts,
                "phones": phones,
                "answered": not dry_run,
            }
        )
    leaves = f" {gateway.leaving(settings, _LEAVES)}" if phones and not dry_run else ""
    base.words.print("Nothing was sent." if dry_run else f"No {number} is answered.{leaves}")


@commands.command()
def give(
    number: Number,
    to: Annotated[str, typer.Option("--to", help="A mentor, as in the sheet Staff; or officer.")],
    who: Who = "",
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Pass an open question on: whoever gets it is told of it; the day that the leader was told stays."""
    settings = base.load()
    details = {"number": number, "to": to, "who": who, "user": getpass.getuser(), "dry_run": dry_run}
    details["utc_offset_min"] = base.utc_offset_min(settings)
    found = base.run(control.act(settings, "question give", details))
    if json:
        base.show({**found, "given": not dry_run})
    to = "the officer" if found["to"] == OFFICER else found["to"]
    base.words.print(f"No {number} {'would go' if dry_run else 'goes'} to {to}.", markup=False)


def as_read(settings: Settings, found: dict[str, Any], text: str) -> Rendered:
    """The answer as the leader gets it."""
    folder = settings.path(settings.words.folder)
    words = Words.load(folder if folder.is_dir() else None)
    return words.text(
        "H3", found["language"] or "fr", {"number": found["number"], "answer": text}, rich=found["chat"]
    )


def _weigh(found: dict[str, Any], said: Rendered, text: str) -> None:
    """Parts and language, to the writer."""
    reads, written = found["language"] or "fr", language_of(text)
    typer.echo(said.text)
    if not found["chat"]:
        note = "" if fold(text) == text else ", with letters that an SMS has"
        base.words.print(f"{said.parts} SMS, {many(len(said.text), 'character', 'characters')}{note}.")
    if found["stopped"]:
        base.words.print("She or he said STOP since: the answer is kept, nothing leaves.")
    if written is not None and written != reads:
        base.words.print(f"Your text is {LANGUAGE_NAMES[written]}, the leader reads {LANGUAGE_NAMES[reads]}.")


@commands.command()
def log(
    kind: Annotated[str, typer.Argument(help="visit or call; without it the log is shown.")] = "",
    association: Annotated[str, typer.Argument(help="Number or name of the association.")] = "",
    on: Annotated[str, typer.Option("--on", help="The day, YYYY-MM-DD; else today.")] = "",
    note: Annotated[str, typer.Option(help="What was done or said.")] = "",
    to: Annotated[str, typer.Option("--to", help="The partner that the association visited.")] = "",
    who: Who = "",
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """What was logged; or log a visit or a call."""
    settings = base.load()
    if not kind:
        base.table(base.read(settings, visits.logged), ("day", "kind", "association", "who", "partner", "note"), json)
        return
    if kind not in ("visit", "call") or not association:
        base.fail("Write visit or call, then the association: mentors log visit 07 --on 2026-11-12 --note ...")
    details: dict[str, Any] = {"kind": kind, "association": association, "day": _day(settings, on), "note": note}
    details |= {"partner": to, "who": who, "user": getpass.getuser(), "dry_run": dry_run}
    found = base.run(control.act(settings, "visit log", details))
    if json:
        base.show(found)
        return
    place = f" at {found['partner']}" if found["partner"] else ""
    done = "Would be noted" if dry_run else "Noted"
    base.words.print(f"{done}: {kind}, {found['association']} {found['name']}{place}, {found['day']}.", markup=False)


def _day(settings: Settings, on: str) -> str:
    today = base.read(settings, base.now).astimezone(settings.zone).date()
    try:
        day = date.fromisoformat(on) if on else today
    except ValueError:
        base.fail(f"--on {on!r} is not a day. Write it as 2026-11-12.")
    if day > today:
        base.fail(f"--on {on}: that day has not come yet.")
    if day < settings.project.start:
        base.fail(f"--on {on}: that is before the project, which began on {settings.project.start}.")
    return day.isoformat()
