"""A new broadcast: written, weighed over its real readers, tried on one's own phone, sent by typing its number."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console import wording_words
from bot.console.ask import Ask
from bot.console.page import Page, Wrong
from bot.console.pages import broadcasts
from bot.console.pages.broadcasts import AUDIENCES, audience, chosen, hers
from bot.console.values import LANGUAGES
from bot.console.words import _
from bot.errors import BotError
from bot.programme.broadcasts import acts, people_list
from bot.programme.broadcasts import compose as composing
from bot.programme.broadcasts.audience import seen_by
from bot.programme.broadcasts.wording import FIELDS, LEAVE_OUT, Wording, WordingError
from bot.store import audiences, recipients
from bot.store import broadcasts as store

UNDO = timedelta(seconds=60)
TYPED_ABOVE = 20
"""To more phones and chats than this one types the number."""
GROUPS = ("all", "late", "women", "men", "business")
REASONS = {
    "said stop or no": _("said STOP or no"),
    "not agreed yet": _("has not agreed yet"),
    "wants calls": _("wants calls"),
    "no number that works": _("no number that works"),
    "agreed in a chat only, which is closed": _("agreed in a chat only, which is closed"),
    "no channel reaches it": _("no channel reaches it"),
    "live = false": _("live = false: only practice phones"),
    "no text in her language": _("no text in her language"),
    "already had the week's messages": _("already had the week's messages"),
}
MEANING = {
    "name": _("her first name"),
    "association": _("her association"),
    "officer": _("her officer"),
    "date": _("the day that you choose below"),
}
EMPTY: Mapping[str, Any] = {
    **{"to": "all", "full": False, "asks": False, "day": "", "not_after": ""},
    **{f"{part}_{language}": "" for part in ("text", "gap") for language in LANGUAGES},
}


async def new(ask: Ask) -> Response:
    """An empty form, or the copy of an earlier message."""
    values = dict(EMPTY)
    copied = ask.asked_number("copy")
    if row := await ask.read(store.one, copied) if copied is not None else None:
        values |= {**_filled(ask, row), "day": "", "not_after": ""}
        values["to"] = "all" if values["to"].startswith("list:") else values["to"]
    return await _form(ask, values)


async def _form(ask: Ask, values: Mapping[str, Any], problem: str = "", status: int = 200) -> Response:
    return ask.show(
        "composer.html", status, values=values, problem=problem, draft=None, composed=None, **await _choices(ask)
    )


async def _choices(ask: Ask) -> dict[str, Any]:
    """Whom she may write to."""
    seen = await ask.read(audiences.seen_by, ask.viewer)
    there = [row for row in await ask.read(audiences.all_associations) if row.id in seen and row.left_at is None]
    return {
        "groups": [(word, AUDIENCES[word]) for word in GROUPS],
        "communes": sorted({row.commune_now or row.commune_old for row in there}),
        "associations": [(row.no, row.sms_name) for row in there],
        "languages": LANGUAGES,
        "fields": {name: MEANING[name] for name in FIELDS},
        "leave_out": LEAVE_OUT,
    }


def _filled(ask: Ask, row: Any) -> dict[str, Any]:
    """A draft as its form has it."""
    local = row.expires_at.astimezone(ask.parts.settings.zone) if row.expires_at else None
    return {
        "to": row.audience["asked"],
        "full": bool(row.audience.get("leave_out_full")),
        "asks": row.asks,
        "day": row.day or "",
        "not_after": f"{local:%Y-%m-%dT%H:%M}" if local else "",
        **{f"text_{language}": text for language, text in row.texts.items()},
        **{f"gap_{language}": instead for language, instead in row.gaps.items()},
    }


# --- what was posted ---


async def draft(ask: Ask) -> Response:
    """Keep what was written; the same sent twice is kept once."""
    try:
        asked, wording = await _asked(ask, None), _wording(ask)
    except (BotError, Wrong) as error:
        return await _form(ask, _posted(ask), _said(ask, error), 422)
    submitted = acts.submitted(asked, wording, ask.me.person_id)
    details = {**acts.as_details(wording), "audience": asked, "submitted": submitted, "made_by": ask.me.person_id}
    made = await ask.act("broadcast make", details)
    saved = _("The draft is saved. Nothing is sent yet.") if made["state"] == "draft" else ""
    return ask.go(f"/broadcasts/{made['id']}", saved)


async def rewrite(ask: Ask) -> Response:
    """Other texts or another audience for a draft."""
    row = await hers(ask)
    try:
        asked, wording = await _asked(ask, row), _wording(ask)
    except (BotError, Wrong) as error:
        return await _shown(ask, row, _posted(ask), _said(ask, error), 422)
    details = {**acts.as_details(wording), "audience": asked, "id": row.id}
    await ask.write(lambda tx: acts.rewrite(tx, details, ask.now), broadcast=row.id)
    return ask.go(f"/broadcasts/{row.id}", _("The draft is saved. Nothing is sent yet."))


def _said(ask: Ask, error: BotError | Wrong) -> str:
    if isinstance(error, WordingError):
        return wording_words.said(ask.words, error)
    return ask.words.say(error.text, **error.values) if isinstance(error, Wrong) else ask.words.why(error)


def _posted(ask: Ask) -> dict[str, Any]:
    return {**EMPTY, **ask.form, "asks": ask.form.get("asks") == "yes", "full": ask.form.get("full") == "yes"}


async def _asked(ask: Ask, row: Any) -> dict[str, Any]:
    """The audience as it is kept: within what she sees; the people of a list are found now. Raises BotError."""
    to, upload = ask.form.get("to", "all")[:200], ask.upload("sheet")
    asked: dict[str, Any]
    if upload is not None:
        asked = seen_by("list:" + Path(upload.filename or "list").name[:80], ask.viewer)
        asked["people"] = await _people(ask, await upload.read(), Path(upload.filename or "list").name[:80])
    elif to.startswith("list:"):
        if row is None or row.audience["asked"] != to:
            raise BotError(ask.words.say(_("Choose the file with the list once more.")))
        asked = dict(row.audience)
    else:
        asked = seen_by(to, ask.viewer)
    asked.pop("leave_out_full", None)
    return {**asked, "leave_out_full": True} if ask.form.get("full") == "yes" else asked


async def _people(ask: Ask, content: bytes, name: str) -> list[int]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / ("list.csv" if name.lower().endswith(".csv") else "list.xlsx")
        await asyncio.to_thread(file.write_bytes, content)
        wanted = await asyncio.to_thread(people_list.rows, file, name)
    return people_list.found(wanted, await ask.read(audiences.listed), name)


def _wording(ask: Ask) -> Wording:
    """The texts that were posted. Raises WordingError with every mistake."""
    texts = {language: " ".join(ask.form.get(f"text_{language}", "").split()) for language in LANGUAGES}
    texts = {language: text for language, text in texts.items() if text}
    gaps = {language: ask.form.get(f"gap_{language}", "") for language in LANGUAGES if language not in texts}
    day, until = ask.form.get("day", ""), ask.form.get("not_after", "")
    return Wording(
        texts,
        {language: instead for language, instead in gaps.items() if instead},
        ask.form.get("asks") == "yes",
        date.fromisoformat(day) if _is_date(day) else None,
        moment(ask, until) if until else None,
    )


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def moment(ask: Ask, text: str) -> datetime:
    """A local day and time that is to come. Raises Wrong."""
    try:
        found = datetime.fromisoformat(text).replace(tzinfo=ask.parts.settings.zone)
    except ValueError:
        raise Wrong(_("Write the day and the time, like 2026-12-01T17:30.")) from None
    if found < ask.now:
        raise Wrong(_("This time is past."))
    return found.astimezone(UTC)


# --- a draft ---


async def show(ask: Ask) -> Response:
    """A draft with everything it comes to; or what became of a broadcast."""
    row = await chosen(ask)
    if row.state not in ("draft", "asks"):
        return await broadcasts.report(ask, row)
    row = await hers(ask)
    return await _shown(ask, row, _filled(ask, row))


async def _composed(ask: Ask, row: Any, starts_at: datetime, place: int = 0) -> composing.Composed:
    async def work(tx: AsyncConnection) -> composing.Composed:
        means = ask.parts.means
        return await composing.compose(tx, row.audience, acts.wording_of(row), means, starts_at, ask.now, place)

    return await ask.read(work)


async def _shown(ask: Ask, row: Any, values: Mapping[str, Any], problem: str = "", status: int = 200) -> Response:
    at = ask.query.get("at", "")
    starts_at = moment(ask, at) if at else ask.now + UNDO
    composed = await _composed(ask, row, starts_at, ask.asked_number("reader") or 0)
    plan = composed.plan
    ask.saw(broadcast=row.id, people=plan.tally.people)
    return ask.show(
        "composer.html",
        status,
        values={**EMPTY, **values},
        problem=problem,
        draft=row,
        composed=composed,
        plan=plan,
        tally=plan.tally,
        to=audience(ask, row.audience),
        month_bif=(plan.month_parts + plan.parts) * plan.price_bif,
        at=at,
        typed=plan.tally.number > TYPED_ABOVE,
        reasons=REASONS,
        states=broadcasts.STATES,
        hours=ask.parts.settings.hours,
        **await _choices(ask),
    )


async def test(ask: Ask) -> Response:
    """Send its texts to her own phone or chat, as the first reader would get them; counts nowhere."""
    row = await hers(ask)
    there = [one for one in await ask.read(audiences.to_try_on) if one.person_id == ask.me.person_id]
    if not there:
        raise Wrong(_("You have no phone and no chat here. Write yours on the roster's sheet Staff."))
    setup = ask.parts.means.setup

    async def work(tx: AsyncConnection) -> bool:
        return any([await acts.try_on(tx, one, acts.wording_of(row), setup, ask.now) for one in there])

    if not await ask.write(work, broadcast=row.id):
        raise Wrong(_("No channel reaches your phone or chat."))
    await ask.parts.outbox.look()
    return ask.go(f"/broadcasts/{row.id}", _("The texts are on their way to you."))


async def send(ask: Ask) -> Response:
    """Approved by the number of phones and chats; begins after the minute in which it can be undone."""
    row = await hers(ask)
    at = ask.form.get("at", "")
    starts_at = moment(ask, at) if at else ask.now + UNDO
    plan = (await _composed(ask, row, starts_at)).plan
    if plan.tally.undecided:
        raise Wrong(_("Say first what readers of every language without a text get. Nothing was sent."))
    if row.state == "draft":
        await broadcasts.freeze(ask, row.id, plan)
    number = await _waiting(ask, row.id)
    if number == 0:
        raise Wrong(_("It reaches nobody. Nothing was sent."))
    if ask.form.get("number", "").strip() != str(number):
        text = _("Phones and chats that it goes to: %(number)s. Type this number to send it. Nothing was sent.")
        raise Wrong(text, number=number)
    times = {"starts_at": starts_at.isoformat(), "ends_at": plan.ends_at.isoformat()}
    details = {"id": row.id, "number": number, "who": ask.me.person_id, **times}
    await ask.act("broadcast approve", details, broadcast=row.id, number=number)
    return ask.go(f"/broadcasts/{row.id}", _("It is approved. Until it begins it can be undone here."))


async def _waiting(ask: Ask, number: int) -> int:
    return int((await ask.read(recipients.states, number)).get("waiting", 0))


_ONE = Page("/broadcasts/{broadcast}", show, reads="broadcast")
_NEW = Page("/broadcasts/new", new)
_SHEET: dict[str, Any] = {"files": 1, "largest": 2 * 1024 * 1024}
PAGES = (
    _NEW,
    replace(_NEW, do=draft, writes="broadcast drafted", **_SHEET),
    _ONE,
    replace(_ONE, path="/broadcasts/{broadcast}/draft", do=rewrite, writes="broadcast drafted", **_SHEET),
    Page("/broadcasts/{broadcast}/test", test, writes="broadcast tried"),
    Page("/broadcasts/{broadcast}/send", send, writes="broadcast approved", confirm=True),
)
