"""The canaries of the walker: leaders whose names, numbers and words are looked for in every page."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, insert, select, update

from bot.app import App
from bot.store import tables as t
from tests.console.site import person, rows, write

INSIDE, OUTSIDE = "Zebulonne Qwxyzandi", "Yvoniquette Vwabcanda"
"""Leaders of ABAHUZA, which the officer of these tests looks after, and of another association."""
PHONES = {INSIDE: "+25779481516", OUTSIDE: "+25779481517"}
WORDS = {INSIDE: "canaryword alpha", OUTSIDE: "canaryword omega"}
SEALED = "canaryword behind the door"
CANARIES = {who: (*who.split(), PHONES[who], WORDS[who]) for who in PHONES}


async def canary(app: App, who: str, no: str) -> None:
    found = select(t.people.c.id, t.people.c.association_id).join(t.associations).where(t.associations.c.no == no)
    number, association = (await rows(app, found.order_by(t.people.c.id.desc()).limit(1)))[0]
    address = (await rows(app, select(func.max(t.addresses.c.id))))[0][0] + 1
    message = (await rows(app, select(func.coalesce(func.max(t.inbox.c.id), 0))))[0][0] + 1
    lesson = (await rows(app, select(func.coalesce(func.max(t.lessons.c.number), 0))))[0][0] + 1
    now = app.clock.now()
    photo = app.settings.path(app.settings.privacy.media_folder) / f"{message}.jpg"
    photo.parent.mkdir(parents=True, exist_ok=True)
    photo.write_bytes(b"a photo")
    told = {"text": WORDS[who], "language": "rn", "show": "name", "translations": {}, "at": now}
    there = {"address_id": address, "person_id": number, "association_id": association}
    said = {
        "channel": "phone",
        "dedupe_key": who,
        "kind": "text",
        "text": WORDS[who],
        "state": "done",
    }
    await write(
        app,
        update(t.people).where(t.people.c.id == number).values(name=who, sms_name=who.split()[0][:12], consent="yes"),
        insert(t.addresses).values(id=address, scheme="tel", value=PHONES[who], channel="phone"),
        insert(t.people_addresses).values(person_id=number, address_id=address),
        insert(t.inbox).values(id=message, address_id=address, person_id=number, received_at=now, **said),
        insert(t.tasks).values(kind="read", due_at=now, made_at=now, inbox_id=message, **there),
        insert(t.media).values(inbox_id=message, kind="photo", state="kept", file=photo.name, at=now),
        insert(t.lessons).values(number=lesson, inbox_id=message, **told, **there),
    )


async def sealed_canary(app: App) -> None:
    """Somebody of the officer's area asked to talk to a person: nobody of the console sees it or its words."""
    leader = (await rows(app, select(t.people.c.id).where(t.people.c.name == INSIDE)))[0][0]
    address = (await rows(app, select(t.addresses.c.id).where(t.addresses.c.value == PHONES[INSIDE])))[0][0]
    message = (await rows(app, select(func.max(t.inbox.c.id))))[0][0] + 1
    now = app.clock.now()
    said = {"channel": "phone", "dedupe_key": f"sealed {message}", "kind": "text", "text": SEALED, "state": "done"}
    task = {"kind": "sealed", "sealed": True, "about": "a canary calls", "person_id": leader, "inbox_id": message}
    await write(
        app,
        insert(t.inbox).values(id=message, address_id=address, person_id=leader, received_at=now, **said),
        insert(t.tasks).values(due_at=now, made_at=now, address_id=address, **task),
    )


async def question(app: App) -> str:
    """Of the leader of these tests to the mentor of these tests; a new one when the last is answered."""
    mine = (t.questions.c.mentor_id == await person(app, "mentor"), t.questions.c.state == "open")
    if there := await rows(app, select(t.questions.c.number).where(*mine)):
        return str(there[0][0])
    number = (await rows(app, select(func.coalesce(func.max(t.questions.c.number), 0))))[0][0] + 1
    message = (await rows(app, select(t.inbox.c.id).where(t.inbox.c.text == WORDS[INSIDE])))[0][0]
    address = (await rows(app, select(t.addresses.c.id).where(t.addresses.c.value == PHONES[INSIDE])))[0][0]
    leader = (await rows(app, select(t.people).where(t.people.c.name == INSIDE)))[0]
    who = {"person_id": leader.id, "association_id": leader.association_id, "mentor_id": await person(app, "mentor")}
    asked = {"inbox_id": message, "address_id": address}
    when = {"asked_at": app.clock.now(), "promised_at": app.clock.now() + timedelta(days=3)}
    await write(app, insert(t.questions).values(number=number, **who, **asked, **when))
    return str(number)
