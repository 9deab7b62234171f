"""What the walker of the console's pages needs to know of them, and the canaries that it looks for.

A page with parts in its path has a line in SAMPLES, one that writes has a line in FORMS.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, select, update

from bot.app import App
from bot.console import passwords
from bot.console.page import Page, each
from bot.programme.broadcasts import acts
from bot.programme.broadcasts.compose import compose
from bot.programme.broadcasts.wording import Wording
from bot.store import tables as t
from tests.console import bringing
from tests.console.canaries import CANARIES, INSIDE, OUTSIDE, PHONES, SEALED, WORDS, canary, question, sealed_canary
from tests.console.site import person, rows, signed_in, write

__all__ = (
    "CANARIES",
    "FORMS",
    "INSIDE",
    "OUTSIDE",
    "PHONES",
    "SAMPLES",
    "SEALED",
    "SIGNING_IN",
    "TOKENS",
    "WORDS",
    "canary",
    "form_of",
    "path_of",
    "sealed_canary",
)
Form = Callable[[App], Awaitable[dict[str, Any]]]


async def _leader(app: App) -> str:
    await write(app, update(t.people).where(t.people.c.name == INSIDE).values(left_at=None))  # she may have left
    return str((await rows(app, select(t.people.c.id).where(t.people.c.name == INSIDE)))[0][0])


def _is(value: str) -> Callable[[App], Awaitable[str]]:
    """What everybody of the invented programme knows by this name."""

    async def known(_app: App) -> str:
        return value

    return known


async def _report(app: App) -> str:
    """The last training of ABAHUZA that was not settled, so that it can be."""
    there = select(func.max(t.reports.c.number)).join(t.associations).where(t.associations.c.no == "07")
    return str((await rows(app, there.where(t.reports.c.form == "training", t.reports.c.state == "reported")))[0][0])


async def _photo(app: App) -> str:
    """Of that report's sheet, on the disk."""
    number, folder = int(await _report(app)), app.settings.path(app.settings.privacy.media_folder)
    if there := await rows(app, select(t.media.c.id).where(t.media.c.report_number == number)):
        return str(there[0][0])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sheet.jpg").write_bytes(b"\xff\xd8\xff a sheet")
    kept = {"report_number": number, "kind": "photo", "state": "kept", "file": "sheet.jpg", "at": app.clock.now()}
    await write(app, insert(t.media).values(inbox_id=10**6, **kept))
    return await _photo(app)


async def _member(app: App) -> str:
    return str(await person(app, "staff"))


async def _lesson(app: App) -> str:
    there = select(t.lessons.c.number).where(t.lessons.c.text == WORDS[INSIDE])
    return str((await rows(app, there))[0][0])


async def _a_text(app: App) -> str:
    return next(key for key in app.words.rules if "~" not in key and "@" not in key)


async def _a_language(app: App) -> str:
    return "en"


async def _other_words(app: App) -> dict[str, Any]:
    """The text of `_a_text`, a little longer."""
    return {"text": app.words.texts["en"][await _a_text(app)].text + " ", "signed": "Anna N.", "sure": "yes"}


async def _conversation(app: App) -> str:
    return str((await rows(app, select(t.addresses.c.id).where(t.addresses.c.value == PHONES[INSIDE])))[0][0])


async def _uncertain(app: App) -> str:
    """A text to the leader of these tests whose try was cut off, made anew when the last one is settled."""
    there = select(t.outbox.c.id).where(t.outbox.c.state == "uncertain")
    if not await rows(app, there):
        text = {"key": "C5", "kind": "reminder", "language": "en", "text": "x", "parts": 1, "channel": "phone"}
        to = {"address_id": int(await _conversation(app)), "person_id": int(await _leader(app)), "state": "uncertain"}
        await write(app, insert(t.outbox).values(**text, **to, due_at=app.clock.now(), made_at=app.clock.now()))
    return str((await rows(app, there))[0][0])


async def _message(app: App) -> str:
    return str((await rows(app, select(t.inbox.c.id).where(t.inbox.c.text == WORDS[INSIDE])))[0][0])


async def _broadcast(app: App) -> str:
    """A draft of the officer of these tests, to the leaders of her area."""
    officer, number = await person(app, "officer"), (await rows(app, select(func.count(t.broadcasts.c.id))))[0][0] + 1
    wording = Wording({"en": f"{{name}}, come to the fair {number}"}, dict.fromkeys(("rn", "fr", "sw"), "en"))
    audience = {"asked": "all", "seen_by": [officer, ["07"]]}
    details = {**acts.as_details(wording), "audience": audience, "submitted": f"test {number}", "made_by": officer}

    async def made(tx: Any) -> Any:
        return await acts.make(tx, details, app.clock.now())

    return str((await app.database.writer.do(each, made))["id"])


async def _to_send(app: App) -> dict[str, Any]:
    """How many phones and chats the newest draft goes to."""
    row = (await rows(app, select(t.broadcasts).order_by(t.broadcasts.c.id.desc())))[0]
    async with app.database.read() as tx:
        now = app.clock.now()
        composed = await compose(tx, row.audience, acts.wording_of(row), app.means, now, now)
    return {"number": composed.plan.tally.number}


async def _own_phone(app: App) -> dict[str, Any]:
    """The supervisor of these tests has a phone."""
    address = (await rows(app, select(func.max(t.addresses.c.id))))[0][0] + 1
    await write(
        app,
        insert(t.addresses).values(id=address, scheme="tel", value=f"+2577777{address:04}", channel="phone"),
        insert(t.people_addresses).values(person_id=await person(app, "supervisor"), address_id=address),
    )
    return {}


async def _failed(app: App) -> dict[str, Any]:
    """The newest broadcast has left, one of its texts failed; it takes an id that the service does not meanwhile."""
    number = (await rows(app, select(func.max(t.broadcasts.c.id))))[0][0]
    there, now = int(await _conversation(app)), app.clock.now()
    text = {"address_id": there, "channel": "phone", "text": "come", "parts": 1, "broadcast_id": number}
    key = {"key": "broadcast", "kind": "broadcast", "language": "en", "due_at": now, "made_at": now}
    row = {"broadcast_id": number, "address_id": there, "people": 1, "channel": "phone", "language": "en"}
    text_id = (await rows(app, select(func.coalesce(func.max(t.outbox.c.id), 0))))[0][0] + 1_000
    await write(
        app,
        update(t.broadcasts).where(t.broadcasts.c.id == number).values(state="done"),
        insert(t.outbox).values(id=text_id, state="failed", reason="no credit", **text, **key),
        insert(t.recipients).values(state="queued", parts=1, outbox_id=text_id, **row),
    )
    return {"number": 1}


COMPOSED = {"to": "all", "text_en": "{name}, come", "gap_rn": "en", "gap_fr": "en", "gap_sw": "en"}


async def _answer(app: App) -> dict[str, Any]:
    there = select(t.tasks.c.id).where(t.tasks.c.inbox_id == int(await _message(app)))
    return {"task": (await rows(app, there))[0][0], "text": "Murakoze", "sure": "yes"}


async def _call(app: App) -> str:
    """A report of ABAHUZA in this month's sample."""
    number, month = int(await _report(app)), f"{app.clock.now():%Y-%m}"
    if not await rows(app, select(t.samples.c.id).where(t.samples.c.month == month)):
        sample = {"id": 900, "month": month, "seed": 7, "reports": 1, "by": "a test", "at": app.clock.now()}
        drawn = {"sample_id": 900, "number": number, "revision": 1, "drawn": True, "flags": ["groups"]}
        await write(app, insert(t.samples).values(**sample), insert(t.sampled).values(**drawn))
    return str(number)


async def _case(app: App) -> str:
    """Of who asked to talk; there is always one that is open."""
    there = select(func.min(t.tasks.c.id)).where(t.tasks.c.sealed.is_(True), t.tasks.c.state == "open")
    if not (await rows(app, there))[0][0]:
        await sealed_canary(app)
    return str((await rows(app, there))[0][0])


async def _read(app: App) -> dict[str, Any]:
    """Its focal point has opened it."""
    await write(app, update(t.tasks).where(t.tasks.c.sealed.is_(True)).values(seen_at=app.clock.now()))
    return {"result": "called"}


async def _request(app: App) -> str:
    """Of a supervisor's export, which waits for somebody else."""
    number = (await rows(app, select(func.coalesce(func.max(t.export_requests.c.id), 0))))[0][0] + 1
    who, now = await person(app, "supervisor"), app.clock.now()
    asked = {"what": "/people", "persons": 600, "reason": "the donor's audit", "asked_by": who, "asked_at": now}
    row = {"id": number, **asked, "expires_at": now + timedelta(hours=24)}
    await write(app, insert(t.export_requests).values(**row))
    return str(number)


SAMPLES: dict[str, Callable[[App], Awaitable[str]]] = {
    "{person}": _leader,
    "{text}": _uncertain,
    "{report}": _report,
    "{photo}": _photo,
    "{member}": _member,
    "{lesson}": _lesson,
    "{question}": question,
    "{key}": _a_text,
    "{language}": _a_language,
    "{command}": _is("fix"),
    "{broadcast}": _broadcast,
    "{conversation}": _conversation,
    "{message}": _message,
    "{case}": _case,
    "{association}": _is("07"),
    "{business}": _is("07A"),
    "{what}": _is("07"),
    "{call}": _call,
    "{request}": _request,
}
"""A part of a path -> a value that is there, in the officer's area."""
TOKENS = ("/sign-in/link/{token}", "/sign-in/enrol/{token}", "/console/{name}")
"""Open to anybody who has the token: tested in test_signing_in.py."""


async def _staff(app: App) -> dict[str, Any]:
    return {"person": await person(app, "staff"), "role": "officer", "area": "07"}


async def _other_session(app: App) -> dict[str, Any]:
    await signed_in(app, "admin")
    return {"session": (await rows(app, select(func.max(t.sessions.c.id))))[0][0]}


async def _own_password(app: App) -> dict[str, Any]:
    """Of whoever signs in by password."""
    await write(app, t.accounts.update().values(password=await passwords.hashed("present"), failed=0))
    return {"current": "present", "new": "quatre collines rouges", "again": "quatre collines rouges"}


FORMS: dict[str, Form | dict[str, Any]] = {
    "/reports/{report}/ask": {},
    **dict.fromkeys(("/summary/{what}/pdf", "/summary/{what}/xlsx"), {}),
    "/verify/draw": {"month": "2026-10", "seed": "7"},
    "/verify/{call}/result": {"outcome": "not_reached"},
    "/reports/{report}/check": {"seen": "1", "verdict": "hold", "how": "call", "reason": "nobody remembers it"},
    "/account/end": _other_session,
    **bringing.FORMS,
    "/people/{person}/left": {"on": "2026-11-20"},
    "/people/{person}/number": {"number": "00 00 09 55"},
    "/conversations/{conversation}/reply": _answer,
    "/conversations/{conversation}/note": {"text": "to be called"},
    "/conversations/{conversation}/assigned": {"person": ""},
    "/conversations/{conversation}/state": {"state": "pending"},
    "/uncertain/{text}": {"choice": "arrived"},
    "/broadcasts/new": COMPOSED,
    "/broadcasts/{broadcast}/draft": COMPOSED,
    "/broadcasts/{broadcast}/test": _own_phone,
    "/broadcasts/{broadcast}/send": _to_send,
    "/broadcasts/{broadcast}/stop": {},
    "/broadcasts/{broadcast}/again": _failed,
    "/words/text/{key}/{language}": _other_words,
    "/questions/{question}/answer": {"text": "Stop it each hour", "sure": "yes"},
    "/questions/{question}/give": {"to": "officer"},
    "/lessons/{lesson}/hidden": {"show": "no"},
    "/lessons/{lesson}/translation": {"to": "fr", "text": "Nous pesons", "by": "Anna N."},
    "/sealed/{case}": {},
    "/sealed/{case}/closed": _read,
    "/account/language": {"language": "fr"},
    "/account/secret": _own_password,
    **dict.fromkeys((f"/accounts/{what}" for what in ("invite", "revoke", "left", "unlock", "role")), _staff),
    "/sign-out": {},
    "/confirm": {"next": "/account"},
    "/sign-in/link": {"name": "Eric"},
}
"""A page that writes -> what its form needs to be done."""
SIGNING_IN = ("/sign-in", "/sign-in/demo", "/sign-in/link/{token}", "/sign-in/enrol/{token}")


async def path_of(app: App, page: Page) -> str:
    path = page.path
    for part in re.findall(r"\{\w+\}", path):
        assert part in SAMPLES, f"{page.path}: give SAMPLES a value for {part}"
        path = path.replace(part, await SAMPLES[part](app))
    return path


async def form_of(app: App, page: Page) -> dict[str, Any]:
    assert page.path in FORMS, f"{page.path}: give FORMS what its form needs"
    form = FORMS[page.path]
    return await form(app) if callable(form) else dict(form)
