"""What commands may ask the writer to do: one function per operation, each in one transaction.

The details come over a socket as JSON, so they are plain values.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import changes, forms
from bot.errors import BotError
from bot.programme import (
    administrators,
    certificates,
    checking,
    desk,
    exporting,
    leaving,
    mentoring,
    merging,
    number_changes,
    recounting,
    refunds,
    roster,
)
from bot.programme.broadcasts import acts as broadcasts
from bot.store import audit, late, listing, reminder_timers, sealed, singles, team, tip_list, trying, uncertain
from bot.store.forms import keep as keep_form
from bot.store.tokens import make as make_token
from bot.tips import TipsError, check, of_row
from handlers.noun import noun
from handlers.team.reminding import APART


@noun
class Asked:
    name: str
    details: Mapping[str, Any]
    now: datetime


Operation = Callable[[AsyncConnection, Mapping[str, Any], datetime], Awaitable[Any]]


async def roster_plan(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """What an import would change, in words, of `lang`. Writes nothing."""
    checked = await _checked(tx, details)
    assert checked.roster is not None
    planned = await roster.plan(tx, checked.roster, checked.messages, now, ZoneInfo(details["zone"]))
    return [line.said(details.get("lang", "en")) for line in planned.say()]


async def roster_import(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """Check the workbook once more and write it whole; `team: False` = the team stays as it is. Raises BotError."""
    checked = await _checked(tx, details)
    assert checked.roster is not None
    planned = await roster.plan(tx, checked.roster, checked.messages, now, ZoneInfo(details["zone"]))
    if planned.team and not details.get("team", True):
        raise BotError(roster.TEAM_BY_ADMINISTRATORS)
    await roster.load(tx, checked.roster, now, details["who"], ZoneInfo(details["zone"]))
    await singles.put(tx, singles.ROSTER, now.isoformat())
    return [line.said(details.get("lang", "en")) for line in planned.say()]


async def _checked(tx: AsyncConnection, details: Mapping[str, Any]) -> roster.Checked:
    """`today` in the programme's `zone`; `errors` is how many whoever asks has seen and leaves out."""
    checked = roster.check(
        roster.read(Path(details["file"])),
        associations_expected=details["associations"],
        people_per_association=details["people_per_association"],
        demo=details.get("demo", False),
        today=date.fromisoformat(details["today"]),
    )
    checked = await roster.refuse(tx, checked, ZoneInfo(details["zone"]))
    if checked.roster is None or checked.count("error") != details["errors"]:
        raise BotError("the roster has errors that were not shown; nothing was written. See them with `roster check`")
    return checked


async def remind(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """An association's next reminder is due now, by hand. Raises BotError when one left less than 72 hours ago."""
    last = await late.last_reminder(tx, details["association"])
    if last and now - last < APART:
        raise BotError("a reminder left less than 72 hours ago; nothing was sent")
    await reminder_timers.now(tx, details["association"], now)
    return {"due": now}


async def form_add(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """Keep a form that staff wrote. Raises FormError with every problem."""
    form = forms.built(details["sheets"], details["source"])
    await singles.put(tx, singles.FORMS, now.isoformat())
    await keep_form(tx, form.name, form.version, details["source"], details["sheets"], now)
    return {"form": form.name, "keywords": list(form.keywords)}


async def words_saved(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """The words folder holds these `files` now: every process speaks in them."""
    await changes.share(tx, details["files"])
    return sorted(details["files"])


async def token_new(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """A one-time token for the chat of a leader or of one of the team; only its digest is kept."""
    name = details["person"]
    people = {row["id"]: f"{row['association']} {row['sms_name']}" for row in await listing.people_named(tx, name)}
    people |= {row["id"]: f"{row['role']} {row['sms_name']}" for row in await team.staff_named(tx, name)}
    if len(people) != 1:
        which = f": {', '.join(people.values())}; write one of these" if people else "; write ASSOCIATION NAME"
        raise BotError(f"{len(people)} people are called {name!r}{which}")
    token, (person,) = certificates.new_token(), people
    await make_token(tx, token, person, now)
    return {"token": token, "person": person}


async def tips_import(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """Take these tips and switch all others off. Raises BotError when one of them has a mistake."""
    if errors := check(of_row(row) for row in details["tips"]).errors:
        raise TipsError(errors)
    return await tip_list.keep(tx, details["tips"])


async def clock_right(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """A person says that the clock is right: what was seen later than now is forgotten."""
    await singles.put(tx, singles.SEEN, now.isoformat())
    await audit.note(tx, now, details["who"], "clock is right")
    return now.isoformat(timespec="minutes")


async def doctors_text(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """A text to a phone of the team, by a channel whose one connection the service holds: its row in the outbox."""
    return await trying.lay(tx, details["channel"], details["number"], details["text"], now)


WORDS_SAVED, DOCTORS_TEXT = "words saved", "doctor's text"
OPERATIONS: dict[str, Operation] = {
    "sealed": sealed.by_command,
    "uncertain": uncertain.by_command,
    "clock right": clock_right,
    "roster plan": roster_plan,
    "roster import": roster_import,
    "form add": form_add,
    WORDS_SAVED: words_saved,
    DOCTORS_TEXT: doctors_text,
    "remind": remind,
    "token new": token_new,
    "certificates": certificates.make,
    "question show": mentoring.question_show,
    "question answer": mentoring.question_answer,
    "question give": mentoring.question_give,
    "visit log": mentoring.visit_log,
    "lesson translate": mentoring.lesson_translate,
    "lesson hide": mentoring.lesson_hide,
    "tips import": tips_import,
    "broadcast make": broadcasts.make,
    "broadcast freeze": broadcasts.freeze,
    "broadcast approve": broadcasts.approve,
    "broadcast stop": broadcasts.stop,
    "broadcast retry": broadcasts.retry,
    "broadcast test": broadcasts.test,
    **refunds.OPERATIONS,
    **desk.OPERATIONS,
    **checking.OPERATIONS,
    **exporting.OPERATIONS,
    **administrators.OPERATIONS,
    **number_changes.OPERATIONS,
    **leaving.OPERATIONS,
    **merging.OPERATIONS,
    **recounting.OPERATIONS,
}
AUDITED = frozenset(
    (
        "roster import",
        "inbox reply",
        "talk write",
        "lesson translate",
        "lesson hide",
        "question answer",
        "question give",
    )
    + ("export", "export decide", "team left")
)
"""Those that a page asks for and that write their own row into the audit, under the name of the page's `writes`: a
command and a page are written down alike, once. In `details` they take who does it as `user` or `who`."""
LEAVE_AS_IT_IS = frozenset(
    name
    for name in OPERATIONS
    if name.startswith("broadcast ")
    or name in {**desk.OPERATIONS, **checking.OPERATIONS, **exporting.OPERATIONS, **recounting.OPERATIONS}
    or name in ("question show", WORDS_SAVED, DOCTORS_TEXT)
)
"""After these the forms and the roster are what they were: nothing is read anew."""
