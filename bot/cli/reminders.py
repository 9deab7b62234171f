"""late, remind: who has not reported, and a reminder sent by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console

from bot import control
from bot.cli import base, gateway
from bot.cli.base import Json
from bot.clock import Clock
from bot.render import Words
from bot.render.plural import many
from bot.render.words import Rendered
from bot.settings import Settings, rules
from bot.store import late as store
from handlers.reminders import training_text
from handlers.team.reminding import possible
from handlers.turn.lateness import LATE


def late(
    days: Annotated[
        int | None, typer.Option(min=1, help="Of the period; else reminders.training_every_days.")
    ] = None,
    json: Json = False,
) -> None:
    """Associations without a training report in the period: silent, zero report, later, or not reachable."""
    settings = base.load()
    period = days or settings.reminders.training_every_days

    async def question(tx: Any) -> list[store.Late]:
        return await store.late(tx, await base.now(tx), settings.zone, settings.project.start, period)

    found = base.read(settings, question)
    columns = ("association", "name", "commune", "state", "days", "reminders", "later")
    base.table([_row(one) for one in found], columns, json)
    if json:
        return
    silent = sum(one.state in LATE for one in found)
    have, every = many(silent, "has", "have"), many(period, "day", "days")
    base.words.print(f"{have} sent nothing in {every}; to remind one: kurikirana remind NN")


def _row(one: store.Late) -> dict[str, Any]:
    return {
        "association": one.no,
        "name": one.name,
        "commune": one.commune,
        "state": one.state,
        "days": one.days,
        "reminders": one.reminders,
        "later": one.later,
    }


def remind(
    association: Annotated[str, typer.Argument(help="Its number or name on the roster, as 07.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the text, send nothing.")] = False,
    yes: Annotated[int, typer.Option("--yes", help="How many are reminded: 1. Without it nothing is sent.")] = 0,
    json: Json = False,
) -> None:
    """Send the association's next reminder now (F1 or F4), after showing it; not twice in 72 hours, nor at night."""
    settings = base.load()
    now = base.read(settings, base.now)

    async def question(tx: Any) -> store.ByHand | None:
        there = await store.numbered(tx, association)
        return (await store.by_hand(tx, [there], now))[0] if there else None

    found = base.read(settings, question)
    if found is None:
        base.fail(f"{association}: no association has this number or name. See `kurikirana late` or the roster.")
    if found.person is None:
        base.fail(f"{found.association.no} {found.association.sms_name}: nobody there can be written to; call.")
    at, why = possible(rules(settings), found.association, found.reminded_at, found.unasked, now)
    said = _text(settings, found)
    text, parts = said.text, 0 if found.rich else said.parts
    sends = not why and yes == 1 and not dry_run
    if sends:
        base.run(control.act(settings, "remind", {"association": found.association.id}))
    shown = {"association": found.association.no, "text": text, "sms": parts, "possible_at": at, "why": why}
    shown |= {"sent": sends}
    if json:
        base.show(shown)
    else:
        how = f"{parts} SMS" if parts else "in her chat"
        base.words.print(f"To {found.person.sms_name}, {found.association.sms_name} ({how}):", markup=False)
        Console(highlight=False, soft_wrap=True).print(text, markup=False)
    if why:
        base.fail(f"Not now: {why}. {_when(settings, at)}")
    if not sends and not dry_run:
        base.fail("Nothing was sent. To send it add --yes 1.")
    if sends:
        told = "Sent to the service: it leaves within seconds, or when what she is asked now is answered."
        base.words.print(gateway.leaving(settings, told))


def _when(settings: Settings, at: datetime | None) -> str:
    return f"Possible from {at.astimezone(settings.zone):%d/%m %H:%M} on." if at else "Call instead."


def _text(settings: Settings, found: store.ByHand) -> Rendered:
    """The text in her language, as it would leave to her phone or her chat."""
    assert found.person is not None
    folder = settings.path(settings.words.folder)
    common: dict[str, str | int] = {"sender": settings.project.sender, "hotline": settings.safeguarding.hotline}
    words = Words.load(folder if folder.is_dir() else None, {**common, "per_week": settings.limits.unasked_per_week})
    last = found.touch + 1 >= rules(settings).touches(found.association, found.day0 or Clock().now())
    day = found.heard.at.astimezone(settings.zone).date() if found.heard.at else settings.project.start
    reply = training_text(found.association, found.person, day, settings.project.sender, last=last)
    drafts = not settings.live or settings.words.send_drafts
    language = found.person.language or "rn"
    return words.text(reply.key, language, reply.values, rich=found.rich, drafts=drafts)
