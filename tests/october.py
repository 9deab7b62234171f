"""The example of the documents as rows: ABAHUZA (07) in October 2026, and what went before it.

`await load(tx)` writes it into an empty database, in the caller's transaction; `AS_OF` is when its summary was made.
What it comes to: 3 trainings (33 attendances, 21 women and 12 men), 6 new people, 13 of 25 reached (7 in September),
2 of 3 sheets seen, No 4038 corrected from 14 to 13; sales 385,000, costs 228,000; 27 messages in (Kirundi 19, Swahili
5, French 3; 21 SMS, 6 Telegram of which 1 voice note), 38 out; questions 571 and 583 answered in 3 and 7 hours, 598
not; 2 of 5 representatives never wrote. TWIYUNGE (11) is there to be left out, with one training of its own.
Kirundi and Swahili are drafts.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme import checking
from bot.programme import roster as rosters
from bot.programme.roster import Association, Business, Leader, Roster, Staff
from bot.store import figures, message_days, singles, tables, training_days
from bot.store.roster import association_ids, leader_ids
from tests.october_messages import MESSAGES, TEXTS_OUT

AS_OF = datetime(2026, 11, 2, 6, 15, tzinfo=UTC)
"""8:15 in Burundi."""
LEADERS = ("Odette", "Marie", "Pascal", "Chantal", "Egide")
"""Of ABAHUZA, in the order of their ids; the last two have never written."""
_AGREED: dict[str, Any] = {"consent": "yes", "consent_date": date(2026, 4, 2), "consent_how": "paper"}


def roster() -> Roster:
    """31 members, 5 representatives (3 women, 2 men), one business with a kit; officer Eric, mentor Jean."""
    place = {"commune_old": "Rutana", "commune_now": "Rutana", "target": 25, "officer": "Eric"}
    associations = (
        Association("07", "ABAHUZA", "ABAHUZA", colline="Kivoga", members_women=19, members_men=12, **place),
        Association("11", "TWIYUNGE", "TWIYUNGE", colline="Bugiga", members_women=20, members_men=9, **place),
    )
    people = zip(LEADERS, "FFMFM", ("rn", "sw", "fr", "rn", "rn"), strict=True)
    leaders = [
        Leader("07", f"{name} Ndayizeye", name, sex, f"+2577900000{n}", language, **_AGREED)
        for n, (name, sex, language) in enumerate(people, 1)
    ]
    leaders.append(Leader("11", "Agnes Nizigama", "Agnes", "F", "+25779000011", "rn", **_AGREED))
    staff = (
        Staff("Eric", "officer", "+25779000091"),
        Staff("Jean", "mentor", "+25779000092", subjects="business, processing, rice"),
        Staff("Aline", "staff", "+25779000093"),
    )
    business = Business("07A", "07", "rice husker", "rice husker", date(2026, 5, 20), 1, 1)
    return Roster(tuple(associations), tuple(leaders), (business,), staff)


def at(day: int, hour: int = 12, minute: int = 0, month: int = 10) -> datetime:
    """A time in Burundi, in 2026, as aware UTC."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=2)


def _training(
    day: date, topics: list[str], women: int, men: int, new: tuple[int, int], **more: Any
) -> dict[str, Any]:
    values = {"held_on": day.isoformat(), "topics": topics, "women": women, "men": men}
    return values | {"new_women": new[0], "new_men": new[1], "new_people": sum(new), **more}


_GROUPS = ("new_displaced", "new_returnee", "new_host")


def _new(displaced: int, returnee: int, host: int, youth: int | None) -> dict[str, int | None]:
    return dict(zip(_GROUPS, (displaced, returnee, host), strict=True)) | {"new_youth": youth}


_ON = {number: date(2026, *day) for number, day in ((3790, (8, 22)), (3870, (9, 12)), (3981, (10, 3)))}
_ON |= {4038: date(2026, 10, 17), 4102: date(2026, 10, 31)}
_SAID = {
    3790: _training(_ON[3790], ["business"], 5, 4, (1, 0), **_new(0, 0, 1, None)),
    3870: _training(_ON[3870], ["business"], 5, 4, (0, 1), **_new(0, 1, 0, 1)),
    3981: _training(_ON[3981], ["business"], 6, 3, (1, 1), **_new(1, 1, 0, 1)),
    4038: _training(_ON[4038], ["processing"], 8, 5, (2, 1), **_new(0, 2, 1, 2)),
    4102: _training(_ON[4102], ["value_chain", "processing"], 7, 4, (1, 0), **_new(0, 0, 1, None)),
}
TRAININGS: tuple[tuple[int, int, datetime, str, tuple[str, ...]], ...] = (
    # number, which leader of LEADERS, made at, source, keys of its messages
    (3790, 0, at(22, 17, month=8), "sms", ()),
    (3870, 0, at(12, 17, month=9), "sms", ()),
    (3981, 0, at(3, 16), "sms", ("t3",)),
    (4038, 0, at(17, 17), "sms", ("t17", "agreed")),
    (4102, 1, at(31, 17), "chat", ("t31", "sheet")),
)
_FIRST_4038 = _training(date(2026, 10, 17), ["processing"], 9, 5, (2, 1), **_new(0, 2, 1, 2))
_OTHER = _training(date(2026, 10, 10), ["business"], 10, 6, (4, 2))
BUSINESS = (
    (3905, at(28, 16, month=9), {"business": "07A", "status": "working", "sales": 310_000, "costs": 195_000,
                                 "kit": "good", "problem": "price"}, ()),
    (4080, at(27, 16), {"business": "07A", "status": "working", "sales": 385_000, "costs": 228_000, "kit": "good",
                        "problem": "machine", "workers_women": 1, "workers_men": 1,
                        "need": "imifuko yo gupakira"}, ("biz",)),
)  # fmt: skip
QUESTIONS = (
    # number, key of its message, promised, answered, answer
    (571, "belt1", at(11, 12), at(9, 11), "Ramba ugabanye umukanda, ushiremwo uwundi wa B62."),
    (583, "price", at(19, 12), at(16, 21), "Ibiciro: ugereranye n'amafaranga y'umuriro n'ay'umukozi."),
    (598, "credit", at(26, 12), None, None),
)
LESSONS = (
    ("dry", "rn", "name", {"en": {"text": "Since we dry the rice longer, buyers in Rutana take it without arguing.",
                                  "by": "Eric"}}),
    ("voice", "sw", "", {"en": {"text": "Young people came only when we started at three.", "by": "Aline"}}),
)  # fmt: skip


async def load(tx: AsyncConnection) -> None:
    """Write everything; the database is empty before. Returns nothing: ids are found by LEADERS and by keys."""
    await rosters.load(tx, roster(), at(2, month=4), "october")
    numbers, leaders = await association_ids(tx), await leader_ids(tx)
    await _addresses(tx, leaders)
    ids = await _messages(tx, numbers["07"], leaders)
    await _reports(tx, numbers, leaders, ids)
    await _talked(tx, numbers["07"], leaders, ids)
    await _checked(tx)


async def _addresses(tx: AsyncConnection, leaders: list[int]) -> None:
    """Marie and Pascal have a chat besides their phones."""
    for number, who in ((101, 1), (102, 2)):
        row = {"id": number, "scheme": "telegram", "value": f"{5000 + number}", "channel": "telegram"}
        await _put(tx, tables.addresses, [row])
        await _put(tx, tables.people_addresses, [{"person_id": leaders[who], "address_id": number}])


async def _messages(tx: AsyncConnection, association: int, leaders: list[int]) -> dict[str, int]:
    """What arrived and what left, counted as turns and the sender count it. Returns key -> inbox id."""
    ids: dict[str, int] = {}
    arrived: dict[message_days.Talk, int] = {}
    inbound = []
    for number, (key, day, hour, minute, who, channel, kind, text, understood) in enumerate(MESSAGES, 1):
        ids[key] = number
        moment = at(day, hour, minute)
        row = {"id": number, "channel": channel, "dedupe_key": f"october-{number}", "kind": kind, "text": text}
        row |= {"address_id": 100 + who if channel == "telegram" else leaders[who], "person_id": leaders[who]}
        row |= {"received_at": moment, "handled_at": moment, "state": "done", "understood": understood}
        inbound.append(row | {"association_id": association})
        spoken = ("rn", "sw", "fr")[who]
        talk = (f"2026-10-{day:02}", association, channel, spoken)
        arrived[talk] = arrived.get(talk, 0) + 1
    await _put(tx, tables.inbox, inbound)
    await message_days.arrived(tx, arrived)
    await _texts(tx, association, leaders, inbound)
    return ids


async def _texts(tx: AsyncConnection, association: int, leaders: list[int], inbound: list[dict[str, Any]]) -> None:
    """An answer to each message, and what nobody asked for: 38 in all."""
    outbound = []
    for row in inbound:
        who = leaders.index(row["person_id"])
        outbound.append((row["received_at"] + timedelta(seconds=4), who, row["channel"], "reply", "C5", row["id"]))
    outbound += [(at(day, hour), who, "kannel", kind, key, None) for day, hour, who, kind, key in TEXTS_OUT]
    rows = []
    for number, (moment, who, channel, kind, key, inbox_id) in enumerate(sorted(outbound, key=lambda one: one[0]), 1):
        row = {"id": number, "inbox_id": inbox_id, "person_id": leaders[who], "channel": channel, "key": key}
        row |= {"address_id": 100 + who if channel == "telegram" else leaders[who], "kind": kind, "parts": 1}
        row |= {"language": ("rn", "sw", "fr")[who], "text": "...", "state": "sending", "due_at": moment}
        rows.append(row | {"made_at": moment, "association_id": association})
    await _put(tx, tables.outbox, rows)
    marked = [((row["made_at"] + timedelta(hours=2)).date().isoformat(), row["id"]) for row in rows]
    await message_days.left(tx, marked)
    for row in rows:
        sent = tables.outbox.update().where(tables.outbox.c.id == row["id"])
        await tx.execute(sent.values(state="delivered", sent_at=row["made_at"]))


async def _reports(tx: AsyncConnection, numbers: dict[str, int], leaders: list[int], ids: dict[str, int]) -> None:
    rows = []
    for number, who, made, source, keys in TRAININGS:
        messages = [ids[key] for key in keys]
        rows.append(_report(number, "training", numbers["07"], leaders[who], _SAID[number], made, source, messages))
    rows.append(_report(4001, "training", numbers["11"], leaders[5], _OTHER, at(10, 18), "sms", []))
    for number, made, values, keys in BUSINESS:
        messages = [ids[key] for key in keys]
        rows.append(_report(number, "business", numbers["07"], leaders[0], values, made, "sms", messages))
    corrected = next(row for row in rows if row["number"] == 4038)
    corrected |= {"revision": 2, "changed_at": at(20, 10)}
    await _put(tx, tables.reports, sorted(rows, key=lambda row: row["number"]))
    old = {"number": 4038, "revision": 1, "values": _FIRST_4038, "state": "reported", "inbox_id": ids["agreed"]}
    await _put(tx, tables.report_history, [old | {"reason": "the leader corrected it", "replaced_at": at(20, 10)}])
    await singles.put(tx, "last_report", 4102)
    await figures.recount(tx, numbers.values())
    await training_days.recount_all(tx)


def _report(
    number: int, form: str, association: int, person: int, values: dict[str, Any], made: datetime, source: str,
    messages: list[int],
) -> dict[str, Any]:  # fmt: skip
    return {
        "number": number, "form": form, "version": "1", "association_id": association, "person_id": person,
        "address_id": person, "values": values, "day": values.get("held_on"), "state": "reported", "practice": False,
        "source": source, "inbox_ids": messages, "revision": 1, "created_at": made, "changed_at": made,
    }  # fmt: skip


async def _talked(tx: AsyncConnection, association: int, leaders: list[int], ids: dict[str, int]) -> None:
    """Questions, lessons, photos of two sheets, the voice note, a visit of the mentor."""
    staff = {row.sms_name: row.id for row in await tx.execute(tables.people.select()) if row.kind == "staff"}
    asked = {row[0]: at(row[1], row[2], row[3]) for row in MESSAGES}
    of = {"address_id": leaders[0], "person_id": leaders[0], "association_id": association}
    rows = []
    for number, key, promised, answered, text in QUESTIONS:
        row = {"number": number, "inbox_id": ids[key], **of, "subject": "processing", "mentor_id": staff["Jean"]}
        row |= {"state": "answered" if answered else "open", "asked_at": asked[key], "promised_at": promised}
        row |= {"answer": text, "answered_at": answered, "answered_by": staff["Jean"] if answered else None}
        rows.append(row | {"climbed": 0 if answered else 1, "helped": True if number == 571 else None})
    await _put(tx, tables.questions, rows)
    texts = {row[0]: row[7] for row in MESSAGES}
    lessons = [
        {"number": n, "inbox_id": ids[key], **of, "text": texts[key], "language": language, "show": show,
         "translations": translations, "at": asked[key]}
        for n, (key, language, show, translations) in enumerate(LESSONS, 1)
    ]  # fmt: skip
    await _put(tx, tables.lessons, lessons)
    await _put(tx, tables.media, list(_media(ids, asked)))
    visit = {"kind": "call", "association_id": association, "staff_id": staff["Jean"], "day": "2026-10-13"}
    await _put(tx, tables.visits, [visit | {"note": "belt", "at": at(13)}])


def _media(ids: dict[str, int], asked: dict[str, datetime]) -> Iterator[dict[str, Any]]:
    for number, key, kind, report in (
        (1, "agreed", "photo", 4038),
        (2, "sheet", "photo", 4102),
        (3, "voice", "voice", None),
    ):
        row = {"id": number, "inbox_id": ids[key], "report_number": report, "kind": kind, "state": "kept"}
        yield row | {"file": f"2026-10/{number}.jpg", "sha256": f"{number:064}", "bytes": 9, "at": asked[key]}


async def _checked(tx: AsyncConnection) -> None:
    """Eric saw two sheets; a call to one of the two new people of No 3981 found her."""
    for number, moment in ((4038, at(20, 11)), (4102, at(31, 19))):
        details = {"number": number, "verdict": "accepted", "how": "sheet", "who": "Eric"}
        await checking.report_check(tx, details, moment)
    drawn = {"month": "2026-10", "seed": 20261101, "zone": "Africa/Bujumbura", "user": "october"}
    await checking.verify_draw(tx, drawn, at(1, 9, month=11))
    said = {"month": "2026-10", "number": 3981, "outcome": "reached", "said": {"new_found": 1}, "who": "Eric"}
    await checking.verify_result(tx, said, at(1, 10, month=11))


async def _put(tx: AsyncConnection, table: Table, rows: list[dict[str, Any]]) -> None:
    await tx.execute(insert(table), rows)
