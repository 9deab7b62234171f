"""What a person does with a broadcast: draft, freeze, approve, stop, send again. Each is one short transaction.

The list of recipients is frozen page by page, so that nothing blocks and a half-made list is gone on with; only a
complete one can be approved, by its number of phones and chats.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import BotError
from bot.programme.broadcasts import audience as audiences
from bot.programme.broadcasts import other_roads
from bot.programme.broadcasts.audience import Audience
from bot.programme.broadcasts.recipients import Rule, Setup, Tally, rows_of
from bot.programme.broadcasts.states import may_arrive
from bot.programme.broadcasts.wording import LANGUAGE_NAMES, Wording
from bot.render.plural import many
from bot.render.sentences import Sentence
from bot.store import audiences as people
from bot.store import broadcasts as store
from bot.store import outbox, recipient_ends, recipients
from handlers.understand.words import plain

PAGE = 1_000
"""Addresses in one transaction."""
TOLD = {"failed": ("failed",), "uncertain": ("uncertain", "failed")}
"""What `retry` sends again: what failed, or also what may have arrived. "reachable" is a part of what failed: what
may arrive now, or by another road."""

_STATES = {
    "draft": Sentence("draft"),
    "approved": Sentence("approved"),
    "sending": Sentence("sending"),
    "asks": Sentence("asks"),
    "stopped": Sentence("stopped"),
    "done": Sentence("done"),
}


class BroadcastError(BotError):
    """It cannot be done with this broadcast now; says why and what to do. Nothing was changed."""


def wording_of(row: Any) -> Wording:
    """The texts of a stored broadcast."""
    day = date.fromisoformat(row.day) if row.day else None
    return Wording(row.texts, row.gaps, bool(row.asks), day, row.expires_at)


def submitted(asked: Mapping[str, Any], wording: Wording, *more: Any) -> str:
    """The same for the same submission."""
    what = [asked, dict(wording.texts), dict(wording.gaps), wording.asks, wording.day, *more]
    return hashlib.sha256(orjson.dumps(what, default=str)).hexdigest()


async def make(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """Keep a draft with its texts and its audience. Submitted twice within minutes it is made once."""
    row = {
        "state": "draft",
        "audience": details["audience"],
        "texts": details["texts"],
        "gaps": details["gaps"],
        "asks": details["asks"],
        "day": details["day"],
        "digest": details["digest"],
        "made_by": details.get("made_by"),
        "every": details.get("every"),
        "expires_at": _moment(details.get("not_after")),
    }
    number, already = await store.make(tx, row, details["submitted"], now)
    found = await store.one(tx, number)
    assert found is not None
    anew = found.made_at + store.DOUBLE
    return {"id": number, "already": already, "state": found.state, "anew_at": anew.isoformat() if already else None}


async def rewrite(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """Other texts or another audience for a draft; its list is made anew. Raises BroadcastError."""
    row = await _held(tx, details["id"], "draft", Sentence("be rewritten"))
    values = {name: details[name] for name in ("audience", "texts", "gaps", "asks", "day", "digest")}
    await recipients.clear(tx, row.id)
    await store.change(tx, row.id, **values, expires_at=_moment(details.get("not_after")), frozen_at=None)
    return {"id": row.id, "state": row.state}


async def freeze(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """Put the next page of people on a draft's list; `after` None begins anew. Returns where to go on, or None.

    `asked` and `associations`: its audience as its plan found it, once for all pages (`whom`). A
    repetition, approved with the first one, gets its list when it is due. Raises BroadcastError when it has one
    already, or nobody said what readers of a language without a text get.
    """
    row = await _held(tx, details["id"], "draft approved", Sentence("be changed"))
    if row.state == "approved" and row.frozen_at is not None:
        raise BroadcastError(Sentence("broadcast {number} is approved; its list stays as it is.", number=row.id))
    after = details["after"]
    if after is None:
        if row.state == "draft" and store.made_by_card(row) and row.frozen_at is None:
            what = "the service is making the list of broadcast {number}; try again in a moment."
            raise BroadcastError(Sentence(what, number=row.id))
        await recipients.clear(tx, row.id)
        await store.change(tx, row.id, frozen_at=None)
    elif row.frozen_at is not None:
        return None  # the service was faster
    if row.audience["asked"] != details["asked"]:
        what = "broadcast {number} was rewritten meanwhile; look at it once more."
        raise BroadcastError(Sentence(what, number=row.id))
    chosen = audiences.among(row.audience, details["associations"])
    return await page(tx, row, after or 0, setup_of(details["setup"]), now, chosen)


async def page(
    tx: AsyncConnection, row: Any, after: int, setup: Setup, now: datetime, chosen: Audience
) -> int | None:
    """Put the addresses behind `after` on the list of a broadcast that is held; the last page completes it.

    `chosen` is its audience, found before the first page: over many associations it takes longer than a page.
    Returns where the next page begins, or None. Raises BroadcastError.
    """
    rule = Rule(chosen, wording_of(row), setup, bool(row.audience.get("leave_out_full")))
    found, tally = await people.page(tx, after, PAGE, now), Tally()
    await recipients.add(tx, row.id, list(rows_of(found, rule, tally)))
    if tally.undecided:
        raise BroadcastError(undecided(tally.undecided))
    if found.last is None:
        await store.change(tx, row.id, frozen_at=now)
    return found.last


def undecided(languages: Mapping[str, int]) -> str:
    """What to do about readers for whom there is no text."""
    lines = [
        f"{LANGUAGE_NAMES[language]} missing for {count} {'phone' if count == 1 else 'phones or chats'}. "
        f'Write {language} = "...", or below [missing] say what they get: {language} = '
        f'"{"en" if language == "fr" else "fr"}", or "leave_out".'
        for language, count in languages.items()
    ]
    return "\n".join(lines)


async def approve(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """Send it from `starts_at` on, when `number` is the count of phones and chats. Raises BroadcastError.

    A late one that asked again goes on with those who still wait.
    """
    row = await _held(tx, details["id"], "draft asks", Sentence("be sent"))
    if row.frozen_at is None:
        raise BroadcastError(
            f"the list of broadcast {row.id} is not complete; `broadcast send {row.id}` makes it anew"
        )
    number = (await recipients.states(tx, row.id)).get("waiting", 0)
    if details["number"] != number:
        raise BroadcastError(
            f"broadcast {row.id} goes to {many(number, 'phone or chat', 'phones and chats')}, "
            f"not {details['number']}. Nothing was sent. "
            f"To send it: kurikirana broadcast send {row.id} --yes {number}"
        )
    if not number:
        raise BroadcastError(f"broadcast {row.id} reaches nobody; see why with `broadcast show {row.id}`")
    values: dict[str, Any] = {"starts_at": _moment(details["starts_at"]), "ends_at": _moment(details["ends_at"])}
    values |= {"approved_by": details.get("who"), "approved_at": now, "number": row.number or number}
    await store.change(tx, row.id, state="approved", **values)
    return {"id": row.id, "state": "approved", "number": number, "starts_at": details["starts_at"]}


async def stop(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """What has not begun to leave stays; a draft or one that has not begun is called off. Raises BroadcastError."""
    row = await _held(tx, details["id"], "draft approved sending asks", Sentence("be stopped"))
    await store.change(tx, row.id, state="stopped", stopped_at=now)
    stopped = await recipients.stop(tx, row.id, "stopped")
    return {"id": row.id, "state": "stopped", "stopped": stopped, "had_begun": row.state in ("sending", "asks")}


async def retry(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """Send again by the number of texts: what failed, what may have arrived too (uncertain), or only what may arrive
    now (reachable). Where it failed for good it goes by her next road, if she has one."""
    row = await _held(tx, details["id"], "sending done stopped", Sentence("be sent again"))
    setup = setup_of(details["setup"])
    closed = await other_roads.closed(tx, row.id, setup, now)
    again = await _wait_again(tx, row.id, details["what"], closed)
    if not again:
        what = {
            "failed": Sentence("nothing failed"),
            "uncertain": Sentence("nothing uncertain"),
            "reachable": Sentence("nothing reachable"),
        }[details["what"]]
        raise BroadcastError(Sentence("broadcast {number}: {what}; nothing to send again", number=row.id, what=what))
    if details["number"] != again:
        raise BroadcastError(
            f"{many(again, 'text', 'texts')} of broadcast {row.id} would be sent again, "
            f"not {details['number']}. Nothing was sent."
        )
    await other_roads.take(tx, row.id, closed, wording_of(row), setup)
    values = {"starts_at": now, "ends_at": _moment(details["ends_at"]), "stopped_at": None, "finished_at": None}
    await store.change(tx, row.id, state="approved", **values)
    return {"id": row.id, "state": "approved", "number": again}


async def would_go_again(tx: AsyncConnection, broadcast: int, what: str) -> int:
    """How many texts `retry` would send again."""
    rows = await recipient_ends.counted(tx, broadcast)
    return sum(row.count for row in rows if row.state == "queued" and row.sent_state in TOLD[what])


async def reachable(tx: AsyncConnection, broadcast: int, setup: Setup, now: datetime) -> int:
    """How many texts `retry` would send again of what is reachable."""
    may = sum(int(row.count) for row in await recipient_ends.counted(tx, broadcast) if may_arrive(row))
    closed = await other_roads.closed(tx, broadcast, setup, now)
    return may + sum(1 for other in closed.values() if other)


async def _wait_again(tx: AsyncConnection, broadcast: int, what: str, closed: Mapping[int, Any]) -> int:
    if what != "reachable":
        return await recipients.again(tx, broadcast, TOLD[what])
    reasons = {row.sent_reason for row in await recipient_ends.counted(tx, broadcast) if may_arrive(row)}
    moving = [address for address, other in closed.items() if other]
    return await recipients.again_reachable(tx, broadcast, sorted(reasons), moving)


async def test(tx: AsyncConnection, details: Mapping[str, Any], now: datetime) -> Any:
    """Send the texts to one of the team, as the first recipient would get them. Counts nowhere."""
    row, setup = await store.one(tx, details["id"]), setup_of(details["setup"])
    if row is None:
        raise BroadcastError(f"no broadcast {details['id']}. See `kurikirana broadcast list`.")
    wanted = plain(details["person"])
    there = [one for one in await people.to_try_on(tx) if wanted in (plain(one.name), plain(one.sms_name))]
    if not there:
        raise BroadcastError(f"nobody of the team is called {details['person']!r} and has a phone or a chat")
    channel = await try_on(tx, there[0], wording_of(row), setup, now)
    if not channel:
        raise BroadcastError(f"no channel of the settings reaches {details['person']}")
    return {"id": row.id, "texts": len(row.texts), "channel": channel}


async def try_on(tx: AsyncConnection, whom: Any, wording: Wording, setup: Setup, now: datetime) -> str:
    """Send every text to an address of the team (a row of to_try_on); returns the channel, '' when there is none."""
    channel = whom.channel if whom.channel in setup.channels else setup.first.get(whom.scheme, "")
    if not channel:
        return ""
    rich = channel in setup.rich
    constant = {"address_id": whom.address_id, "person_id": whom.person_id, "channel": channel, "key": "broadcast"}
    constant |= {"kind": "reply", "due_at": now, "made_at": now, "state": "queued", "data": None}
    rows = []
    for language in wording.texts:
        said = wording.say(language, whom.sms_name, setup.sender, whom.sms_name, rich=rich)
        rows.append({**constant, "language": language, "text": said.text, "parts": said.parts})
    await tx.execute(outbox.INSERT, rows)
    return channel


async def _held(tx: AsyncConnection, number: int, states: str, what: Sentence) -> Any:
    row = await store.held(tx, number)
    if row is None:
        raise BroadcastError(f"no broadcast {number}. See `kurikirana broadcast list`.")
    if row.state not in states.split():
        state = _STATES[row.state]
        raise BroadcastError(
            Sentence("broadcast {number} is {state}; it cannot {what} now.", number=number, state=state, what=what)
        )
    return row


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def as_details(wording: Wording) -> dict[str, Any]:
    """The texts as an operation takes them."""
    return {
        "texts": dict(wording.texts),
        "gaps": dict(wording.gaps),
        "asks": wording.asks,
        "day": wording.day.isoformat() if wording.day else None,
        "digest": wording.digest,
        "not_after": wording.not_after.isoformat() if wording.not_after else None,
    }


def whom(asked: str, chosen: Audience) -> dict[str, Any]:
    """The audience as `freeze` takes it."""
    there = chosen.associations
    return {"asked": asked, "associations": None if there is None else sorted(there)}


def setup_details(setup: Setup) -> dict[str, Any]:
    """The setup as an operation takes it."""
    return asdict(setup)


def setup_of(details: Mapping[str, Any]) -> Setup:
    """The other way round."""
    return Setup(**details)
