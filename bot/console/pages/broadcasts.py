"""What was sent? The history of broadcasts; what became of one; undo, stop the rest, send again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console import roles
from bot.console.ask import Ask
from bot.console.delivery import TODO, WORDS
from bot.console.page import Page, Wrong
from bot.console.tables import Column, Table
from bot.console.values import LANGUAGES
from bot.console.words import _
from bot.programme.broadcasts import acts, states
from bot.programme.broadcasts.plan import Plan
from bot.store import broadcast_list, recipient_ends
from bot.store import broadcasts as store

PAGE = 200
STATES = {
    "draft": _("draft"),
    "approved": _("approved, begins soon"),
    "sending": _("is being sent"),
    "asks": _("late: asks whether to go on"),
    "stopped": _("stopped"),
    "done": _("sent"),
}
AUDIENCES = {
    "all": _("everybody"),
    "late": _("associations that are late"),
    "women": _("women"),
    "men": _("men"),
    "business": _("associations with a business"),
    "commune": _("commune"),
    "association": _("association"),
    "list": _("a list"),
    "report": _("reported since"),
    "no-report": _("did not report since"),
}
ARRIVED = ("delivered",)
UNDER_WAY = ("waiting", "sent", "temporary")
TABLE = Table(
    "broadcasts",
    (
        Column("id", _("No"), "number", link="/broadcasts/{id}"),
        Column("at", _("When"), "moment"),
        Column("audience", _("To whom")),
        Column("state", _("State"), "words", STATES),
        Column("number", _("Phones and chats"), "number"),
        Column("arrived", _("Arrived"), "number"),
        Column("under_way", _("Under way"), "number"),
        Column("failed", _("Not arrived"), "number"),
        Column("yes", _("Yes"), "number"),
        Column("no", _("No (answer)"), "number"),
        Column("parts", _("SMS parts"), "number"),
        Column("bif", _("Cost, BIF"), "number"),
        Column("maker", _("Written by")),
        Column("approver", _("Approved by")),
    ),
)


async def show(ask: Ask) -> Response:
    """Every broadcast, newest first, with delivery, answers and cost."""
    before = ask.asked_number("before")
    found = await ask.read(broadcast_list.newest, None if ask.ending else before, None if ask.ending else PAGE + 1)
    shown = found if ask.ending else found[:PAGE]
    ids = [row.id for row in shown]
    ends = await ask.read(recipient_ends.ends, ids)
    parts = await ask.read(broadcast_list.sms_parts, ids, ask.parts.means.setup.rich)
    rows = [_row(ask, row, ends[row.id], parts.get(row.id, 0)) for row in shown]
    older = shown[-1].id if len(found) > len(shown) else None
    price = ask.parts.means.price_bif
    return TABLE.answer(ask, "broadcasts.html", rows, older=older, price=price, writes=ask.me.role in roles.FIELD)


def _row(ask: Ask, row: Any, ends: list[Any], parts: int) -> dict[str, Any]:
    found, answers = states.counted(ends)
    price = ask.parts.means.price_bif
    told = sum(found.values()) - found["left_out"]
    arrived, under_way = (sum(found[name] for name in names) for names in (ARRIVED, UNDER_WAY))
    begun = row.state not in ("draft", "approved")
    return {
        "id": row.id,
        "at": row.starts_at or row.made_at,
        "audience": audience(ask, row.audience),
        "state": row.state,
        "number": row.number,
        "arrived": arrived if begun else None,
        "under_way": under_way if begun else None,
        "failed": told - arrived - under_way if begun else None,
        "yes": answers["yes"] if row.asks else None,
        "no": answers["no"] if row.asks else None,
        "parts": parts if begun else None,
        "bif": parts * price if price and begun else None,
        "maker": row.maker or "–",
        "approver": row.approver or "",
    }


def audience(ask: Ask, kept: Mapping[str, Any]) -> str:
    """An audience in words: "commune Giharo", "everybody (only in Giharo, 07)"."""
    word, _colon, rest = str(kept["asked"]).partition(":")
    whom = " ".join(filter(None, (ask.words.gettext(AUDIENCES.get(word, word)), rest)))
    _who, area = kept.get("seen_by") or (None, ())
    return ask.words.say(_("%(whom)s (only in %(area)s)"), whom=whom, area=", ".join(area)) if area else whom


# --- one that is no draft any more ---


async def chosen(ask: Ask) -> Any:
    """The broadcast of the address. Raises Missing."""
    row = await ask.read(broadcast_list.one, ask.number("broadcast"))
    if row is None:
        ask.missing()
    return row


def may_change(ask: Ask, row: Any) -> bool:
    """Who wrote it may; so may a supervisor who sees everything."""
    return row.made_by == ask.me.person_id or (ask.me.role == roles.SUPERVISOR and not ask.me.area)


async def hers(ask: Ask) -> Any:
    """As `chosen`, and she may change it."""
    row = await chosen(ask)
    if not may_change(ask, row):
        ask.missing()
    return row


async def report(ask: Ask, row: Any) -> Response:
    """What became of it, in words with what to do next; who did not get it."""
    ends = await ask.read(recipient_ends.counted, row.id)
    found, answers = states.counted(ends)
    people = [_recipient(one) for one in await ask.read(broadcast_list.by_name, ask.viewer, row.id, PAGE)]
    asked = await ask.read(store.questions, row.id, await ask.read(store.began, row))
    parts = (await ask.read(broadcast_list.sms_parts, [row.id], ask.parts.means.setup.rich)).get(row.id, 0)
    ask.saw(broadcast=row.id, people=len(people))
    return ask.show(
        "broadcast.html",
        row=row,
        to=audience(ask, row.audience),
        lines=[(found[name], WORDS[name], TODO.get(name, "")) for name in WORDS if found[name]],
        told=sum(found.values()) - found["left_out"],
        answers=answers,
        asked=asked,
        parts=parts,
        bif=parts * ask.parts.means.price_bif if ask.parts.means.price_bif else None,
        again=_again(ends),
        people=people,
        may=may_change(ask, row),
        begins=row.state == "approved" and row.starts_at and row.starts_at > ask.now,
        **SAID,
    )


SAID: dict[str, Any] = {"states": STATES, "words": WORDS, "languages": LANGUAGES}


def _recipient(row: Any) -> dict[str, Any]:
    return {
        "name": row.sms_name,
        "association": row.association or "",
        "what": states.state_of(row).name,
        "answer": row.answer,
    }


def _again(ends: Any) -> Counter[str]:
    """How many texts can be sent once more: what failed, what may have arrived."""
    found = Counter[str]()
    for row in ends:
        if row.state == "queued" and row.sent_state in ("failed", "uncertain"):
            found["failed"] += row.count * (row.sent_state == "failed")
            found["uncertain"] += row.count
    return found


async def stop(ask: Ask) -> Response:
    """Undo within the minute, stop the rest later; a draft is thrown away."""
    row = await hers(ask)
    done = await ask.act("broadcast stop", {"id": row.id}, broadcast=row.id)
    text = (
        _("Stopped. Texts that were not sent: %(count)s.")
        if done["had_begun"]
        else _("Called off: nothing was sent.")
    )
    values = {"count": done["stopped"]} if done["had_begun"] else {}
    return ask.go(f"/broadcasts/{row.id}", text, **values)


async def retry(ask: Ask) -> Response:
    """Send what failed once more; `uncertain`: also what may have arrived."""
    row = await hers(ask)
    what = "uncertain" if ask.form.get("what") == "uncertain" else "failed"
    number = _again(await ask.read(recipient_ends.counted, row.id))[what]
    if ask.form.get("number", "").strip() != str(number):
        raise Wrong(_("Texts that would be sent again: %(number)s. Type this number to send them."), number=number)
    ends = (ask.now + timedelta(hours=1)).isoformat()
    setup = acts.setup_details(ask.parts.means.setup)
    details = {"id": row.id, "what": what, "number": number, "ends_at": ends, "setup": setup}
    await ask.act("broadcast retry", details, broadcast=row.id, texts=number)
    return ask.go(f"/broadcasts/{row.id}", _("Texts that are sent again: %(number)s."), number=number)


async def freeze(ask: Ask, number: int, plan: Plan) -> None:
    """Make the list of a draft, page by page, each in a transaction of its own."""
    constant = {"id": number, "setup": acts.setup_details(ask.parts.means.setup)}
    constant |= acts.whom(plan.asked, plan.audience)
    after = None
    while True:

        async def page(tx: AsyncConnection, after: int | None = after) -> Any:
            return await acts.freeze(tx, {**constant, "after": after}, ask.now)

        after = await ask.console.write(page)
        if after is None:
            return


PAGES = (
    Page("/broadcasts", show, title=_("Broadcasts"), table=True),
    Page("/broadcasts/{broadcast}/stop", stop, writes="broadcast stopped"),
    Page("/broadcasts/{broadcast}/again", retry, writes="broadcast sent again", confirm=True),
)
