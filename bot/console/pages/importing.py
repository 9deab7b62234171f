"""The roster's workbook: uploaded, read whole, shown with what it would change; imported only as it was shown."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console import roles
from bot.console.ask import Ask
from bot.console.page import Page, Wrong
from bot.console.tables import XLSX
from bot.console.words import _
from bot.errors import BotError
from bot.programme import roster
from bot.programme.roster.guard import MOST_BYTES

SHOWN = 1000
"""Messages, and lines of what would change; a file with more is for the command line, which shows them all."""
LEVELS = {"error": _("error"), "warning": _("warning"), "note": _("note")}
_KIND = "roster"


async def show(ask: Ask) -> Response:
    """The form for the file, and what stands in such a workbook."""
    _whole_programme(ask)
    return ask.show("importing.html", problem="", found=None)


def _whole_programme(ask: Ask) -> None:
    """A roster is everybody's: who sees a part of the programme cannot read it whole."""
    if ask.me.area and ask.me.role != roles.ADMINISTRATOR:
        raise Wrong(
            _("The roster holds the whole programme, your area is a part of it. An administrator imports it.")
        )


async def empty(ask: Ask) -> Response:
    """The workbook to fill in: no names, explained in its second row."""
    _whole_programme(ask)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "roster-empty.xlsx"
        await asyncio.to_thread(roster.write_empty, place)
        content = await asyncio.to_thread(place.read_bytes)
    there = {"content-disposition": 'attachment; filename="roster-empty.xlsx"'}
    return Response(content, media_type=XLSX, headers=there)


async def check(ask: Ask) -> Response:
    """Every message of the check and what an import would change; nothing is written."""
    _whole_programme(ask)
    sent = ask.upload("file")
    if sent is None:
        text = ask.words.say(_("Choose the workbook first: a file that ends in .xlsx."))
        return ask.show("importing.html", 422, problem=text, found=None)
    digest, place = await ask.console.uploads.keep(_KIND, ask.me.person_id, await sent.read())
    try:
        checked, lines, refused = await _looked(ask, place, sent.filename or "")
    except BotError as error:
        await ask.console.uploads.forget(place)
        return ask.show("importing.html", 422, problem=ask.words.why(error), found=None)
    levels: list[str] = [message.level for message in checked.messages]
    counted = {level: levels.count(level) for level in LEVELS}
    await ask.write(_nothing, file=digest[:12], **counted)
    whole = max(len(levels), len(lines), len(checked.left_out)) <= SHOWN
    ready = checked.roster is not None and checked.roster.rows > 0 and whole and not refused
    if not ready:
        await ask.console.uploads.forget(place)
    found = {
        "digest": digest,
        "messages": checked.messages[:SHOWN],
        "lines": lines[:SHOWN],
        "left_out": checked.left_out[:SHOWN],
        "leaders": len(checked.roster.leaders) if checked.roster else 0,
        "counted": counted,
        "whole": whole,
        "ready": ready,
    }
    return ask.show(
        "importing.html", problem=ask.words.gettext(refused), found=found, levels=LEVELS, name=sent.filename
    )


async def _looked(ask: Ask, place: Path, name: str) -> tuple[roster.Checked, Sequence[str], str]:
    """What the check says, what would change, why it is refused ('' = it is not)."""
    checked = await asyncio.to_thread(_checked, ask, place, name)

    async def held(tx: AsyncConnection) -> tuple[roster.Checked, roster.Plan | None]:
        there = await roster.refuse(tx, checked, ask.parts.settings.zone)
        if there.roster is None or not there.roster.rows:
            return there, None
        return there, await roster.plan(tx, there.roster, there.messages, ask.now, ask.parts.settings.zone)

    there, plan = await ask.read(held)
    if plan is None:
        return there, (), ""
    return there, plan.say(), roster.TEAM_BY_ADMINISTRATORS if plan.team and not _may_change_team(ask) else ""


def _checked(ask: Ask, place: Path, name: str) -> roster.Checked:
    return roster.check(
        roster.read(place, name),
        associations_expected=ask.parts.settings.limits.associations,
        people_per_association=ask.parts.settings.limits.people_per_association,
        demo=ask.parts.simulated,
        today=_today(ask),
    )


def _today(ask: Ask) -> date:
    return ask.now.astimezone(ask.parts.settings.zone).date()


def _may_change_team(ask: Ask) -> bool:
    return ask.me.role == roles.ADMINISTRATOR


async def _nothing(tx: AsyncConnection) -> None:
    """That somebody had a file checked is written down; nothing else is."""


async def import_(ask: Ask) -> Response:
    """Import the file that was shown to her, and no other one."""
    _whole_programme(ask)
    digest = ask.form.get("digest", "")
    place = await ask.console.uploads.find(_KIND, ask.me.person_id, digest)
    if place is None:
        raise Wrong(_("This file is no longer here: an hour has passed, or another one was sent. Send it once more."))
    errors = ask.form.get("errors", "")
    details: dict[str, Any] = {
        "file": str(place),
        "associations": ask.parts.settings.limits.associations,
        "people_per_association": ask.parts.settings.limits.people_per_association,
        "today": _today(ask).isoformat(),
        "zone": ask.parts.settings.project.timezone,
        "errors": int(errors) if errors.isdecimal() and len(errors) < 6 else 0,
        "who": ask.who,
        "demo": ask.parts.simulated,
        "team": _may_change_team(ask),
    }
    await ask.act("roster import", details)
    await ask.console.uploads.forget(place)
    return ask.go("/people", _("The roster is imported."))


PAGES = (
    Page("/people/import", show),
    Page("/people/import/empty", empty),
    Page("/people/import/check", check, writes="roster checked", files=1, largest=MOST_BYTES + 65_536),
    Page("/people/import/now", import_, writes="roster imported", confirm=True),
)
