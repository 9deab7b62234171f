"""Shared phones that no invented leader has: three people (K1n), two associations (K2), practice, floods, echoes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app import App
from bot.channels.base import Arrival
from bot.cli.talk import Line
from bot.store import listing
from bot.store import tables as t
from handlers.limits import SAME
from tests.play_service import NOW, service

HELLO = "hello, the husker stops when it is hot"


async def _line(app: App, *names: str, language: str = "en") -> Line:
    """The first one's phone, which the others use too."""

    async def share(tx: AsyncConnection, items: Sequence[None]) -> list[None]:
        found = [(await listing.people_named(tx, name))[0] for name in names]
        address = select(t.addresses.c.id).where(t.addresses.c.value == found[0]["phone"]).scalar_subquery()
        for person in found:
            await tx.execute(update(t.people).where(t.people.c.id == person["id"]).values(language=language))
        for person in found[1:]:
            await tx.execute(insert(t.people_addresses).values(person_id=person["id"], address_id=address))
        return [found[0]["phone"]] * len(items)  # type: ignore[list-item]

    phone: Any = await app.database.writer.do(share, None)
    return Line(app, phone)


async def _say(line: Line, *texts: str) -> list[str]:
    got: list[str] = []
    for said in texts:
        await line.send(said)
        got += [shown.text for shown in await line.answers()]
    return got


async def _rows(app: App, query: Any) -> list[Any]:
    async with app.database.read() as tx:
        return list((await tx.execute(query)).all())


async def test_three_names_on_one_phone(tmp_path: Path) -> None:
    async with service(tmp_path) as app:
        line = await _line(app, "ABAHUZA ODETTE", "ABAHUZA JEAN", "ABAHUZA FIDES")
        asked, shown, again, other = await _say(line, "8", "3", "8", "4")
        assert asked.endswith("Who is writing? 1 Odette 2 Jean 3 Fides 4 another person")
        assert "name Fides M." in shown
        assert again == asked
        assert "a person will read it" in other
        kinds = [row.kind for row in await _rows(app, select(t.tasks.c.kind))]
        assert kinds == ["check_number"]


async def test_a_phone_of_two_associations_asks_for_which(tmp_path: Path) -> None:
    async with service(tmp_path) as app:
        line = await _line(app, "ABAHUZA ODETTE", "REMESHA FERDINAND")
        number = select(t.reports.c.association_id, t.associations.c.sms_name).join(
            t.associations, t.associations.c.id == t.reports.c.association_id
        )
        last = number.order_by(t.reports.c.number.desc()).limit(1)
        asked, receipt, *_details = await _say(line, "12 11 3 12 7 5 3", "2")
        assert asked == "OIM: For which association? 1 ABAHUZA 2 REMESHA"
        assert "OK. 12/11 processing" in receipt and "REMESHA" in receipt
        assert (await _rows(app, last))[0].sms_name == "REMESHA"
        named = await _say(line, "abahuza 12 11 3 12 7 5 3")
        assert "ABAHUZA 21 of 25" in named[0], "named in the line: nothing is asked"
        assert (await _rows(app, last))[0].sms_name == "ABAHUZA"


async def test_the_menu_of_a_phone_of_two_associations(tmp_path: Path) -> None:
    async with service(tmp_path) as app:
        line = await _line(app, "ABAHUZA ODETTE", "REMESHA FERDINAND", language="fr")
        which = "OIM: Pour quelle association? 1 ABAHUZA 2 REMESHA"
        menu, asked, totals = await _say(line, "AIDE", "5", "1")
        assert menu.startswith("OIM ABAHUZA REMESHA. Envoyez:")
        assert (asked, totals[:38]) == (which, "OIM: ABAHUZA a 13 personnes sur 25: 8 ")
        asked, question, topic = await _say(line, "1", "remesha", "12/11")
        assert asked == which
        assert question.startswith("Formation 1/4") and topic.startswith("Formation 2/4")
        receipt = (await _say(line, "3", "12 7", "5 3"))[-1]
        assert "REMESHA" in receipt


async def test_reports_of_people_who_practise_never_count(tmp_path: Path) -> None:
    async with service(tmp_path) as app:
        line = await _line(app, "ABAHUZA ODETTE")

        async def practise(tx: AsyncConnection, items: Sequence[None]) -> list[None]:
            await tx.execute(update(t.people).where(t.people.c.sms_name == "Odette").values(practice=True))
            return [None] * len(items)

        await app.database.writer.do(practise, None)
        before = await _rows(app, select(t.figures))
        await _say(line, "12 11 3 12 7 5 3")
        row = (await _rows(app, select(t.reports).order_by(t.reports.c.number.desc())))[0]
        assert row.practice is True
        assert await _rows(app, select(t.figures)) == before


async def test_a_flood_is_stored_answered_so_many_times_and_a_report_always(tmp_path: Path) -> None:
    async with service(tmp_path) as app:
        line = await _line(app, "ABAHUZA ODETTE")
        hers = select(t.inbox.c.id).where(t.inbox.c.channel == "phone")
        before = len(await _rows(app, hers))
        flood = [Arrival("phone", f"flood-{n}", "tel", line.phone, "text", f"{HELLO} {n}", NOW) for n in range(100)]
        await app.inbox.arrivals(flood)
        assert 1 <= len(await line.answers(30)) <= 30
        assert len(await _rows(app, hers)) == before + 100
        assert "No" in (await _say(line, "12 11 3 12 7 5 3"))[0]


async def test_two_machines_that_answer_each_other_come_to_an_end(tmp_path: Path) -> None:
    async with service(tmp_path) as app:
        for name, reply in (("ABAHUZA ODETTE", "I am in a meeting and call you back"), ("ABAHUZA JEAN", None)):
            line = await _line(app, name)
            answers = waiting = await _say(line, HELLO)
            rounds = 0
            while waiting and rounds < 50:
                waiting = [said for text in waiting for said in await _say(line, reply or text)]
                answers, rounds = answers + waiting, rounds + 1
            assert rounds <= 4 * SAME, answers


async def test_mms_stickers_and_missed_calls(tmp_path: Path) -> None:
    async with service(tmp_path) as app:
        line = await _line(app, "ABAHUZA ODETTE")
        kinds: tuple[Any, ...] = ("mms", "sticker", "missed_call", "missed_call")
        got = []
        for number, kind in enumerate(kinds):
            await app.inbox.arrivals([Arrival("phone", f"kind-{number}", "tel", line.phone, kind, "", NOW)])
            got.append([shown.text for shown in await line.answers()])
        assert "cannot open pictures" in got[0][0] and "Eric" in got[0][0]
        assert got[1] == []
        assert got[2][0].startswith("OIM: Eric will call you back before tomorrow")
        assert got[3][0].startswith("OIM: your call is already noted")
        tasks = [row.kind for row in await _rows(app, select(t.tasks.c.kind).order_by(t.tasks.c.id))]
        assert tasks == ["read", "call"]


async def test_what_a_person_must_read_is_listed_until_she_has(tmp_path: Path) -> None:
    async with service(tmp_path) as app:
        line = await _line(app, "ABAHUZA ODETTE")
        await _say(line, HELLO, "5", "the sieve is dirty again")
        async with app.database.read() as tx:
            waiting = await listing.messages(tx, unanswered=True)
            officers = (await tx.execute(select(t.tasks.c.kind, t.tasks.c.due_at))).all()
        assert [row["text"] for row in waiting] == [HELLO, "the sieve is dirty again"]
        assert [task.kind for task in officers] == ["read", "read"]
        assert all(task.due_at > NOW for task in officers)


async def test_nobody_has_a_language_a0_goes_first(tmp_path: Path) -> None:
    async with service(tmp_path) as app:
        line = await _line(app, "INTUMBERO FULGENCE")

        async def forget(tx: AsyncConnection, items: Sequence[None]) -> list[None]:
            await tx.execute(update(t.people).where(t.people.c.sms_name == "Fulgence").values(language=None))
            return [None] * len(items)

        await app.database.writer.do(forget, None)
        a0, again, a1, a2, a3, receipt = await _say(line, "12 11 3 12 7 5 3", "77", "2", "oui")
        assert a0 == again and a0.startswith("OIM (IOM Burundi). Ururimi? Langue?")
        assert a1.startswith("OIM: Bonjour Fulgence") and a2.startswith("OIM ne donne pas")
        assert a3.startswith("OIM: Merci Fulgence")
        assert "12/11" in receipt, "what she sent first is taken"
        row = (
            await _rows(app, select(t.people.c.language, t.people.c.consent).where(t.people.c.sms_name == "Fulgence"))
        )[0]
        assert tuple(row) == ("fr", "yes")


async def test_a5_waits_for_an_allowed_hour_and_comes_once(tmp_path: Path) -> None:
    async with service(tmp_path) as app:
        line = await _line(app, "INTUMBERO FULGENCE")
        await _say(line, "hello")
        await line.move(NOW.replace(hour=20) - NOW)
        timers = await _rows(app, select(t.timers.c.due_at).where(t.timers.c.kind == "consent"))
        assert len(timers) == 1
        local = timers[0].due_at.astimezone(app.settings.zone)
        assert local.hour < 19 or (local.hour == 19 and local.minute <= 30)


async def test_the_consent_of_each_answer_is_recorded_with_its_proof(tmp_path: Path) -> None:
    async with service(tmp_path) as app:
        line = await _line(app, "INTUMBERO FULGENCE")
        await _say(line, "hello", "1", "STOP", "START")
        query = select(t.consents).where(t.consents.c.inbox_id.is_not(None)).order_by(t.consents.c.id)
        rows = await _rows(app, query)
        assert [(row.given, row.text_key, row.how) for row in rows] == [
            ("asked", "A1+A2", "sms"), ("yes", "A1+A2", "sms"), ("stopped", "I1", "sms"), ("started", "I2", "sms")
        ]  # fmt: skip


async def test_the_old_number_that_never_wrote_is_asked(tmp_path: Path) -> None:
    async with service(tmp_path) as app:
        old = await _line(app, "ABAHUZA FIDES")
        new = Line(app, "+25779990077")
        answers = await _say(new, "hello", "1", "fides, abahuza")
        assert answers[-1].startswith("OIM: Thank you. Eric will call to check")
        asked = [shown.text for shown in await old.answers()]
        assert asked == [
            "OIM: Somebody asks to move Fides (ABAHUZA) to a number that ends in 77. Is it you? 1 yes 2 NO, stop it"
        ]
        await _say(old, "2")
        tasks = await _rows(app, select(t.tasks.c.about).where(t.tasks.c.kind == "check_number"))
        assert [row.about for row in tasks][-1] == "the old number says: stop the move"
        await _say(new, "12 11 3 12 7 5 3")
        row = (await _rows(app, select(t.reports).order_by(t.reports.c.number.desc())))[0]
        assert (row.state, row.doubt, row.person_id) == ("doubtful", "K6", None)
