"""Somebody leaves: a leader her association, or one of the team. What they reported and answered stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import BotError
from bot.programme import mentoring
from bot.render.sentences import Sentence
from bot.store import accounts, audit, leaving, questions, sealed, team


async def leave(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """`person` (a leader's id) or `name` is a leader, or of the team, until the day `on`, else now. Raises BotError.

    Whoever leaves the team sees and may do nothing any more; `associations` lose their officer, and the `questions`
    that waited for her go to the officer of who asked. `dry_run` only looks.
    """
    offset = timedelta(minutes=int(details.get("utc_offset_min") or 0))
    try:
        day = date.fromisoformat(str(details["on"])) if details.get("on") else (now + offset).date()
    except ValueError:
        raise BotError(Sentence("'{day}' is not a day. Write it as 2026-11-12.", day=details["on"])) from None
    at = min(now, datetime.combine(day, time(12), now.tzinfo) - offset)
    if day > (now + offset).date():
        raise BotError(Sentence("{day} has not come yet. Write the day on which she left.", day=day.isoformat()))
    her = await _who(tx, details)
    found = {"person": her["id"], "name": her["sms_name"], "on": day.isoformat()}
    if "association" in her:
        if not details.get("dry_run"):
            await leaving.leave(tx, her["id"], at)
        return {**found, "association": her["association"]}
    return {**found, "role": her["role"], **await _leave_team(tx, her["id"], at, details, now)}


async def leave_team(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """The one of the team with the id `person` has left it, now. Raises BotError."""
    if await team.staff_numbered(tx, int(details["person"])) is None:
        raise BotError(Sentence("She is not of the team any more: somebody has taken her out."))
    return await _leave_team(tx, int(details["person"]), now, details, now)


async def _leave_team(
    tx: AsyncConnection, number: int, at: datetime, details: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """What is hers is handed over first, while she is still known by her name."""
    there = await leaving.officer_of(tx, number)
    unheard = await sealed.reachable(tx) > 0 and await sealed.reachable(tx, number) == 0
    waiting = await questions.numbered(tx, await leaving.asked(tx, number))
    open_ = [one.number for one in waiting.values() if one.state == "open" and not one.stopped]
    if not details.get("dry_run"):
        for one in open_:
            await mentoring.question_give(tx, {**details, "number": one, "whom": 0}, now)
        await leaving.leave_team(tx, number, at)
        await accounts.change(tx, number, revoked_at=now)
        await accounts.end_all(tx, number, now)
        await audit.note(tx, now, str(details["user"]), "left the team", {"person": number})
    return {"associations": there, "questions": open_, "unheard": unheard}


async def _who(tx: AsyncConnection, details: Mapping[str, Any]) -> Mapping[str, Any]:
    if "person" in details:
        if (found := await leaving.one(tx, int(details["person"]))) is None:
            raise BotError(Sentence("She is no leader any more: somebody has ended her role, or erased her."))
        return found
    name = str(details["name"])
    there = [*await leaving.named(tx, name), *await team.staff_named(tx, name)]
    if len(there) != 1:
        names = ", ".join(f"{row.get('association') or row['role']} {row['sms_name']}" for row in there) or "nobody"
        raise BotError(f"{name!r}: {names}. Write ASSOCIATION NAME of one leader, or ROLE NAME of one of the team.")
    return there[0]


OPERATIONS = {"leader left": leave, "team left": leave_team}
