"""Import and re-import: updates, never copies; nobody inherits a consent; nothing is deleted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.programme.roster import Association, Business, Leader, Place, Roster, Staff, load, plan
from bot.store import tables as t

NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
ODETTE = Leader(
    "07",
    "Odette Nininahazwe",
    "Odette",
    "F",
    "+25779000031",
    "rn",
    "yes",
    date(2026, 8, 1),
    "paper",
    phone_is="shared",
    can_read="yes",
)
JEAN = replace(ODETTE, name="Jean Ndayizeye", sms_name="Jean", sex="M", consent="none", consent_date=None)
MARIE = replace(ODETTE, name="Marie Iradukunda", sms_name="Marie", phone="+25779000040", phone_is="own", consent="no")
ROSTER = Roster(
    associations=(
        Association("07", "Abahuza", "ABAHUZA", "Rutana", "Rutana", "Kivoga", officer="Eric", members_women=19),
        Association("08", "Twiyunge", "TWIYUNGE", "Giharo", "Musongati", "Muzye"),
    ),
    leaders=(ODETTE, JEAN, MARIE),
    businesses=(Business("07A", "07", "rice husker", kit_date=date(2026, 8, 1)),),
    staff=(Staff("Eric", "officer", phone="+25779000001", telegram="12345678"),),
    places=(Place("Rutana", "Rutana", "Kivoga"),),
)


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    made = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/kurikirana.db")
    async with made.begin() as tx:
        await tx.run_sync(t.metadata.create_all)
    yield made
    await made.dispose()


async def run(engine: AsyncEngine, roster: Roster, now: datetime = NOW) -> None:
    async with engine.begin() as tx:
        await load(tx, roster, now, "Aline")


async def rows(engine: AsyncEngine, table: Any) -> list[Any]:
    async with engine.connect() as tx:
        return list((await tx.execute(select(table))).all())


async def counts(engine: AsyncEngine) -> dict[str, int]:
    tables = (t.associations, t.people, t.addresses, t.people_addresses, t.consents, t.businesses, t.places)
    async with engine.connect() as tx:
        return {
            table.name: (await tx.execute(select(func.count()).select_from(table))).scalar_one() for table in tables
        }


async def lines(engine: AsyncEngine, roster: Roster) -> list[str]:
    async with engine.connect() as tx:
        return (await plan(tx, roster, (), NOW)).say()


def changed(roster: Roster, whose: str, /, **values: Any) -> Roster:
    """The same roster with one leader changed."""
    people = tuple(replace(one, **values) if one.name == whose else one for one in roster.leaders)
    return replace(roster, leaders=people)


async def test_everything_is_written(engine: AsyncEngine) -> None:
    assert (await lines(engine, ROSTER))[0] == (
        "3 leaders fine, 0 errors, 0 warnings; 3 new, 0 unchanged, 0 changed phone"
    )
    assert await rows(engine, t.people) == [], "a plan writes nothing"
    await run(engine, ROSTER)
    abahuza, twiyunge = await rows(engine, t.associations)
    assert (abahuza.no, abahuza.target, twiyunge.officer_id) == ("07", 25, None)
    eric, odette, jean, marie = await rows(engine, t.people)
    assert (eric.kind, eric.role, eric.id) == ("staff", "officer", abahuza.officer_id)
    assert (odette.association_id, odette.consent, jean.consent, marie.consent) == (abahuza.id, "yes", "none", "no")
    assert [row.value for row in await rows(engine, t.addresses)] == [
        "+25779000001",
        "12345678",
        "+25779000031",
        "+25779000040",
    ]
    business = (await rows(engine, t.businesses))[0]
    assert (business.association_id, business.kit_date) == (abahuza.id, date(2026, 8, 1))
    assert len(await rows(engine, t.outbox)) == 0, "a roster sends nothing"


async def test_a_shared_phone_is_one_address_with_people_in_roster_order(engine: AsyncEngine) -> None:
    await run(engine, ROSTER)
    async with engine.connect() as tx:
        names = await tx.execute(
            select(t.people.c.sms_name)
            .join(t.people_addresses, t.people_addresses.c.person_id == t.people.c.id)
            .join(t.addresses, t.addresses.c.id == t.people_addresses.c.address_id)
            .where(t.addresses.c.value == "+25779000031", t.addresses.c.phone_is == "shared")
            .order_by(t.people.c.id)
        )
        assert list(names.scalars()) == ["Odette", "Jean"]


async def test_consent_is_kept_with_its_day_and_how(engine: AsyncEngine) -> None:
    await run(engine, ROSTER)
    yes, no = await rows(engine, t.consents)
    assert (yes.given, yes.how, yes.language) == ("yes", "paper", "rn")
    assert yes.at == datetime(2026, 7, 31, 22, tzinfo=UTC), "midnight in Bujumbura"
    assert no.given == "no"


@pytest.mark.parametrize(
    ("zone", "at"),
    [
        ("Africa/Bujumbura", datetime(2026, 7, 31, 22, tzinfo=UTC)),
        ("Africa/Nairobi", datetime(2026, 7, 31, 21, tzinfo=UTC)),
        ("Europe/London", datetime(2026, 7, 31, 23, tzinfo=UTC)),  # summer time there, and none at the import
        ("America/Port-au-Prince", datetime(2026, 8, 1, 4, tzinfo=UTC)),
    ],
)
async def test_a_day_of_consent_is_the_programmes(engine: AsyncEngine, zone: str, at: datetime) -> None:
    for _ in range(2):
        async with engine.begin() as tx:
            await load(tx, ROSTER, NOW, "Aline", ZoneInfo(zone))
    assert [row.at for row in await rows(engine, t.consents) if row.given == "yes"] == [at]
    async with engine.connect() as tx:
        later = changed(ROSTER, ODETTE.name, consent_date=date(2026, 8, 3))
        said = [line.said("en") for line in (await plan(tx, later, None, NOW, ZoneInfo(zone))).say()]
    assert any("yes (paper, 2026-08-01) -> yes (paper, 2026-08-03)" in line for line in said), said


async def test_an_empty_cell_says_no_other_consent_and_a_new_one_says_what_is_new(engine: AsyncEngine) -> None:
    await run(engine, ROSTER)
    odette, *others = ROSTER.leaders
    async with engine.connect() as tx:
        for how, lines in ((None, []), ("spoken", ["yes (paper, 2026-08-01) -> yes (spoken, 2026-08-01)"])):
            other = replace(ROSTER, leaders=(replace(odette, consent_how=how), *others))
            said = [line for line in (await plan(tx, other)).say() if "consent" in line]
            assert [line.partition(": consent ")[2] for line in said] == lines


async def test_the_same_roster_again_changes_nothing(engine: AsyncEngine) -> None:
    await run(engine, ROSTER)
    before = await counts(engine)
    async with engine.connect() as tx:
        again = await plan(tx, ROSTER)
    assert again.nothing
    assert again.say()[0] == "3 leaders fine; 0 new, 3 unchanged, 0 changed phone"
    assert not any("kept in the database" in line for line in again.say())
    await run(engine, ROSTER, NOW + timedelta(days=1))
    assert await counts(engine) == before
    assert len(await rows(engine, t.audit)) == 2


async def test_two_changed_phones(engine: AsyncEngine) -> None:
    await run(engine, ROSTER)
    new = changed(changed(ROSTER, JEAN.name, phone="+25779000050"), MARIE.name, phone="+25779000051")
    said = await lines(engine, new)
    assert said[0] == "3 leaders fine, 0 errors, 0 warnings; 0 new, 1 unchanged, 2 changed phone"
    assert any("Jean Ndayizeye: phone 79 00 00 31 -> 79 00 00 50" in line for line in said)
    await run(engine, new)
    assert len(await rows(engine, t.people)) == 4
    async with engine.connect() as tx:
        links = select(func.count()).select_from(t.people_addresses)
        assert (await tx.execute(links)).scalar_one() == 5, "moved, not added: Eric two, the others one each"
    assert (await lines(engine, new))[0].endswith("0 new, 3 unchanged, 0 changed phone")


async def test_a_corrected_name_with_the_same_phone_is_the_same_person(engine: AsyncEngine) -> None:
    await run(engine, ROSTER)
    new = changed(ROSTER, ODETTE.name, name="Odette Nininahazwa")
    assert (await lines(engine, new))[0].endswith("0 new, 2 unchanged, 0 changed phone, 1 changed otherwise")
    await run(engine, new)
    assert [row.name for row in await rows(engine, t.people)][1] == "Odette Nininahazwa"


async def test_who_takes_over_a_phone_does_not_inherit_the_consent(engine: AsyncEngine) -> None:
    await run(engine, ROSTER)
    new = changed(ROSTER, ODETTE.name, name="Alice Iteka", sms_name="Alice", consent="none", consent_date=None)
    said = await lines(engine, new)
    assert said[0].endswith("1 new, 2 unchanged, 0 changed phone")
    assert "Leaders, no longer in the workbook, kept in the database: Odette Nininahazwe (ABAHUZA)" in said
    await run(engine, new)
    alice = (await rows(engine, t.people))[-1]
    assert (alice.name, alice.consent) == ("Alice Iteka", "none")


async def test_an_old_signature_does_not_undo_a_stop(engine: AsyncEngine) -> None:
    await run(engine, ROSTER)
    async with engine.begin() as tx:
        odette = (await tx.execute(select(t.people.c.id).where(t.people.c.sms_name == "Odette"))).scalar_one()
        stop = {"person_id": odette, "given": "stopped", "how": "sms", "at": NOW - timedelta(days=30)}
        await tx.execute(insert(t.consents), [stop])
        await tx.execute(update(t.people).where(t.people.c.id == odette).values(consent="stopped"))

    async def holds() -> str:
        return next(row.consent for row in await rows(engine, t.people) if row.id == odette)

    await run(engine, ROSTER)
    assert await holds() == "stopped"
    await run(engine, changed(ROSTER, ODETTE.name, consent_date=date(2026, 9, 1)))
    assert await holds() == "stopped", "another paper, but older than the STOP"
    await run(engine, changed(ROSTER, ODETTE.name, consent_date=date(2026, 11, 20)))
    assert await holds() == "yes", "she signed again after her STOP"


async def test_removed_rows_are_listed_and_stay(engine: AsyncEngine) -> None:
    await run(engine, ROSTER)
    fewer = replace(ROSTER, leaders=(ODETTE, MARIE), businesses=(), associations=ROSTER.associations[:1])
    kept = [line for line in await lines(engine, fewer) if "kept in the database" in line]
    assert kept == [
        "Associations, no longer in the workbook, kept in the database: 08",
        "Leaders, no longer in the workbook, kept in the database: Jean Ndayizeye (ABAHUZA)",
        "Businesses, no longer in the workbook, kept in the database: 07A",
    ]
    before = await counts(engine)
    await run(engine, fewer)
    assert await counts(engine) == before


async def test_a_row_with_an_error_is_not_called_removed(engine: AsyncEngine) -> None:
    await run(engine, ROSTER)
    fewer = replace(ROSTER, leaders=(ODETTE, MARIE), waiting=frozenset({("Leaders", "07", "jean ndayizeye")}))
    assert not any("kept in the database" in line for line in await lines(engine, fewer))


async def test_an_empty_cell_keeps_what_is_known(engine: AsyncEngine) -> None:
    await run(engine, ROSTER)
    less = changed(ROSTER, ODETTE.name, can_read=None, phone_is=None)
    less = replace(less, associations=(replace(ROSTER.associations[0], members_women=None, officer=None),))
    await run(engine, replace(less, associations=(*less.associations, ROSTER.associations[1])))
    assert (await rows(engine, t.people))[1].can_read == "yes"
    abahuza = (await rows(engine, t.associations))[0]
    assert (abahuza.members_women, abahuza.officer_id is None) == (19, False)


async def test_an_erased_person_is_never_matched(engine: AsyncEngine) -> None:
    await run(engine, ROSTER)
    async with engine.begin() as tx:
        await tx.execute(update(t.people).where(t.people.c.sms_name == "Marie").values(erased_at=NOW))
    said = await lines(engine, replace(ROSTER, leaders=(ODETTE, JEAN)))
    assert not any("Marie" in line for line in said)


async def test_practice_people_are_marked(engine: AsyncEngine) -> None:
    await run(engine, changed(ROSTER, JEAN.name, practice=True))
    assert [row.practice for row in await rows(engine, t.people)] == [False, False, True, False]


async def test_an_error_half_way_leaves_nothing(engine: AsyncEngine) -> None:
    broken = replace(ROSTER, businesses=(Business("99A", "99", "of nobody"),))
    with pytest.raises(KeyError):
        await run(engine, broken)
    assert set((await counts(engine)).values()) == {0}
