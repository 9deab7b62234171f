"""run, demo, chat: the service, with real channels or with simulated phones."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import demo as invented
from bot import logs
from bot.app import App
from bot.channels.phone_numbers import is_number, normalise
from bot.cli import base
from bot.cli.talk import chat as talk
from bot.clock import Clock
from bot.settings import Settings
from bot.store import listing


def run() -> None:
    """Run the service until it is stopped (Ctrl-C, SIGTERM)."""
    settings = base.load()
    logs.configure()
    base.run(_serve(settings))


async def _serve(settings: Settings, clock: Clock | None = None, *, simulate: bool = False) -> None:
    stop = _stopped()
    async with App.running(settings, clock, simulate=simulate) as app:
        base.words.print(f"Listening on http://{settings.web.host}:{app.port}", markup=False)
        await stop.wait()


def _stopped() -> asyncio.Event:
    """Set by the first SIGTERM or Ctrl-C; the second one ends at once."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def once(number: signal.Signals) -> None:
        stop.set()
        loop.remove_signal_handler(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows has no such handlers; Ctrl-C works
            loop.add_signal_handler(number, once, number)
    return stop


def demo(
    reset: Annotated[bool, typer.Option("--reset", help="Begin again with the invented programme.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page; 0 takes a free one.")] = 8080,
    folder: Annotated[Path, typer.Option(help="Where the demo's data are kept.")] = Path("demo"),
) -> None:
    """Two phones and an invented programme on one page: nothing can leave this machine."""
    logs.configure("WARNING", human=True)
    base.run(_demo(folder, port, reset=reset))


async def _demo(folder: Path, port: int, *, reset: bool) -> None:
    if reset:
        await asyncio.to_thread(invented.clear, folder)
    settings, clock = await invented.prepare(folder, port, date.today())  # noqa: DTZ011 - the demo begins today
    stop = _stopped()
    async with App.running(settings, clock, simulate=True) as app:
        day = clock.now().astimezone(settings.zone) - timedelta(days=1)
        base.words.print(
            f"\nOpen  http://{settings.web.host}:{app.port}/\n\n"
            "24 invented associations, a keypad phone, and what happened. From the phone send "
            f"{day.day} {day.month} 3 12 7 5 3\n"
            "Nothing leaves this machine. Ctrl-C stops; the data stay in "
            f"{folder}/ (start again with --reset).",
            markup=False,
        )
        await stop.wait()


def chat(
    person: Annotated[str, typer.Option("--as", help="Who writes: ODETTE, ABAHUZA ODETTE, or one of the team.")] = "",
    phone: Annotated[str, typer.Option(help="A phone number, +257...; may be unknown.")] = "",
    save: Annotated[Path | None, typer.Option(help="Write the talk as a test script.")] = None,
    folder: Annotated[Path, typer.Option(help="Folder of the demo to talk to.")] = Path("demo"),
) -> None:
    """The keypad phone in a terminal, with the demo's programme (stop the demo first)."""
    logs.configure("ERROR", human=True)
    if phone and not is_number(phone := normalise(phone)):
        base.fail(f"--phone {phone}: not a phone number. Write it as +257 79 12 34 56.")
    if save is not None:
        with base.writing(save):  # said before the talk, which would be lost
            save.open("a", encoding="utf-8").close()
    settings, clock = base.run(invented.prepare(folder, 0, date.today()))  # noqa: DTZ011 - as the demo
    number = phone or base.read(settings, lambda tx: _phone_of(tx, person or "ODETTE"))
    base.run(_chat(settings, clock, number, save))


async def _chat(settings: Settings, clock: Clock, number: str, save: Path | None) -> None:
    async with App.running(settings, clock, web=False, simulate=True) as app:
        await talk(app, number, save)


_IN_A_CHAT = "Officers and mentors work in Telegram: try that on the smartphone of `kurikirana demo`'s page."


async def _phone_of(tx: AsyncConnection, person: str) -> str:
    """Of a leader, else of one of the team. Leaves with 1, and with what to do, when it is not one phone."""
    leaders: list[dict[str, Any]] = await listing.people_named(tx, person)
    team = [] if leaders else await listing.people_named(tx, person, "staff")
    found = leaders or team
    if not found:
        base.fail(f"{person}: nobody of that name writes by SMS. {_IN_A_CHAT} Any number will do: --phone +257...")
    if len(found) > 1:
        names = ", ".join(" ".join(filter(None, (row["association"], row["sms_name"]))) for row in found)
        base.fail(f"{person}: {names}. Write ASSOCIATION NAME, or use --phone.")
    if team:
        base.words.print(f"{team[0]['sms_name']} is one of the team; this is her or his phone. {_IN_A_CHAT}")
    return str(found[0]["phone"])
