"""Who had herself erased is not entered again, unless her own number has asked to be since."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, tzinfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.roster import waiting
from bot.programme.roster.nouns import Checked, Leader, Message, Roster, Staff, with_officers
from bot.render.sentences import Sentence
from bot.store import tombstones
from bot.store.tombstones import of_address, of_name

_NUMBER = (
    "{sheet} row {row}: this number was erased at its owner's wish on {day}; take the row out. "
    "Who wants back writes to us from that phone, answers 1 and then says association and name."
)
_NAME = (
    "{sheet} row {row}: somebody of this name was erased at her or his own wish on {day}; take the row out. "
    "Who wants back writes to us from that phone, answers 1 and then says association and name."
)


async def refuse(tx: AsyncConnection, checked: Checked, zone: tzinfo) -> Checked:
    """The same, with an error for each row of somebody erased, and without those rows. Reads only.

    `zone` is the programme's, for the day in the message.
    """
    if checked.roster is None:
        return checked
    people: tuple[Leader | Staff, ...] = (*checked.roster.leaders, *checked.roster.staff)
    erased = await tombstones.found(tx, {what for one in people for what in _whats(one)})
    hit = [one for one in people if any(what in erased for what in _whats(one))]
    if not hit:
        return checked
    asked = await tombstones.asked_in(tx, {one.phone for one in hit if one.phone})
    refused: dict[int, Message] = {}
    for one in hit:
        what = next(what for what in _whats(one) if what in erased)
        if not _back(asked.get(one.phone or ""), erased[what]):
            refused[id(one)] = _message(one, what, erased[what], zone)
    errors = [message for message in checked.messages if message.level == "error"]
    others = [message for message in checked.messages if message.level != "error"]
    lines = [waiting.line(refused[id(one)].sheet, one) for one in hit if id(one) in refused]
    return Checked(
        (*errors, *refused.values(), *others), _without(checked.roster, refused), (*checked.left_out, *lines)
    )


def _whats(one: Leader | Staff) -> tuple[str, ...]:
    """Number, chat and name, as they are hashed."""
    number, chat = (one.association_no, None) if isinstance(one, Leader) else (None, one.telegram)
    reached = (("tel", one.phone), ("telegram", chat))
    return (*(of_address(scheme, value) for scheme, value in reached if value), of_name(number, one.name))


def _back(asked: datetime | None, erased: datetime) -> bool:
    return asked is not None and asked > erased


def _message(one: Leader | Staff, what: str, at: datetime, zone: tzinfo) -> Message:
    sheet = "Leaders" if isinstance(one, Leader) else "Staff"
    said = _NAME if what.startswith("name:") else _NUMBER
    text = Sentence(said, sheet=sheet, row=one.row, day=f"{at.astimezone(zone):%d/%m/%Y}")
    return Message("error", sheet, one.row, text)


def _without(roster: Roster, refused: dict[int, Message]) -> Roster:
    staff = tuple(one for one in roster.staff if id(one) not in refused)
    return replace(
        roster,
        associations=with_officers(roster.associations, staff),
        leaders=tuple(one for one in roster.leaders if id(one) not in refused),
        staff=staff,
    )
