"""The invented programme: always the same, a good roster, and the figures that the documents show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.programme import invented
from bot.programme.roster import check, plan, read, write
from bot.store import tables as t

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
SEED = 2026


def test_the_same_seed_gives_the_same_programme() -> None:
    assert invented.invent(Random(SEED), TODAY) == invented.invent(Random(SEED), TODAY)
    assert invented.invent(Random(SEED), TODAY) != invented.invent(Random(7), TODAY)


@pytest.mark.parametrize("seed", [1, 7, SEED])
def test_its_roster_is_a_good_one(tmp_path: Path, seed: int) -> None:
    made, _ = invented.invent(Random(seed), TODAY)
    write(tmp_path / "roster.xlsx", made)
    again = read(tmp_path / "roster.xlsx")
    checked = check(again, associations_expected=24, people_per_association=5, demo=True, today=TODAY)
    odd = [one.text for one in checked.messages if 'consent "not asked"' not in one.text]
    assert odd == []
    assert checked.count("warning") == 4
    assert checked.roster == made
    real = check(again, associations_expected=24, people_per_association=5)
    assert real.count("error") >= 120, "not one of its numbers is accepted in a real programme"


def test_who_is_in_it() -> None:
    made, _ = invented.invent(Random(SEED), TODAY)
    assert Counter(one.commune_old for one in made.associations) == {
        "Bukemba": 4,
        "Giharo": 6,
        "Gitanga": 3,
        "Mpinga-Kayove": 4,
        "Musongati": 3,
        "Rutana": 4,
    }
    assert {one.commune_now for one in made.associations} == {"Rutana", "Musongati"}
    assert (len(made.leaders), len(made.businesses)) == (120, 32)
    assert [(one.name, one.role) for one in made.staff] == [
        ("Eric", "officer"),
        ("Aline", "officer"),
        ("Jean", "mentor"),
        ("Beatrice", "safeguarding"),
        ("Grace", "supervisor"),
        ("Diane", "staff"),
        ("Olivier", "admin"),
    ]
    assert {one.officer for one in made.associations} == {"Eric", "Aline"}
    phones = Counter(one.phone for one in made.leaders)
    assert sorted(phones.values()) == [1] * 110 + [2] * 5
    assert all(re.fullmatch(r"\+25700000\d{3}", one.phone) for one in made.leaders)
    assert Counter(one.consent for one in made.leaders) == {"yes": 114, "none": 4, "no": 2}
    assert {one.language for one in made.leaders} == {"rn", "fr", "sw", "en"}
    assert Counter(one.language for one in made.leaders).most_common(1)[0][0] == "rn"


def test_odette_is_there_once() -> None:
    made, _ = invented.invent(Random(SEED), TODAY)
    abahuza = next(one for one in made.associations if one.sms_name == "ABAHUZA")
    assert (abahuza.no, abahuza.commune_old, abahuza.colline) == ("07", "Rutana", "Kivoga")
    [odette] = [one for one in made.leaders if "Odette" in one.name]
    assert (odette.association_no, odette.phone, odette.language, odette.consent) == (
        "07",
        "+25700000031",
        "rn",
        "yes",
    )
    assert [(one.no, one.type) for one in made.businesses if one.association_no == "07"] == [("07A", "rice husker")]
    sexes = Counter(one.sex for one in made.leaders if one.association_no == "07")
    assert sexes == {"F": 3, "M": 2}


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("today", [TODAY, date(2027, 3, 1), date(2028, 2, 29)])
def test_what_they_report_can_be_true(seed: int, today: date) -> None:
    made, reports = invented.invent(Random(seed), today)
    members = {one.no: (one.members_women or 0) + (one.members_men or 0) for one in made.associations}
    new: Counter[str] = Counter()
    for one in reports:
        person = made.leaders[one.person_index]
        assert (person.association_no, person.consent) == (one.association_no, "yes")
        assert today - timedelta(days=130) <= one.day < today
        assert one.created_at.date() >= one.day
        assert one.created_at < datetime(today.year, today.month, today.day, tzinfo=UTC)
        values = one.values
        if one.form == "training":
            assert values["held_on"] == one.day.isoformat()
            assert values["new_women"] <= values["women"]
            assert values["new_men"] <= values["men"]
            if "host" in values:
                total = values["displaced"] + values["returnee"] + values["host"]
                assert total == values["women"] + values["men"]
            new[one.association_no] += values["new_people"] if one.state == "reported" else 0
        elif "costs" in values:
            assert values["costs"] <= values["sales"]
    assert all(new[no] <= members[no] for no in members)
    assert sum(new.values()) == 279
    assert new["07"] == 8


@pytest.mark.parametrize("seed", range(20))
def test_its_figures_add_up_as_those_of_a_real_one_would(seed: int) -> None:
    """Who came and is not new was reached before, or is a representative; of each sex, of each association."""
    made, reports = invented.invent(Random(seed), TODAY)
    unique = reached = 0
    for association in made.associations:
        own = [one for one in made.leaders if one.association_no == association.no]
        there = [one.values for one in reports if one.association_no == association.no and one.form == "training"
                 and one.state != "withdrawn"]  # fmt: skip
        for sex, came, new in (("F", "women", "new_women"), ("M", "men", "new_men")):
            known = sum(one.sex == sex for one in own) + sum(values[new] for values in there)
            most = max(values[came] for values in there)
            assert most <= known, (association.no, sex)
            unique, reached = unique + most, reached + known
            assert sum(values[new] for values in there) <= sum(values[came] for values in there)
    assert reached == 399
    assert unique <= reached


def test_every_month_of_the_businesses() -> None:
    _, reports = invented.invent(Random(SEED), TODAY)
    last = [one for one in reports if one.form == "business" and one.day == date(2026, 10, 26)]
    assert Counter(one.values["status"] for one in last) == {"working": 24, "paused": 5, "stopped": 1}
    [husker] = [one.values for one in last if one.values["business"] == "07A"]
    assert (husker["sales"], husker["costs"]) == (385_000, 228_000)
    assert len({one.day for one in reports if one.form == "business"}) == 4


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    made = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/demo.db")
    async with made.begin() as tx:
        await tx.run_sync(t.metadata.create_all)
        await invented.load(tx, TODAY, NOW, SEED)
    yield made
    await made.dispose()


async def test_the_figures_of_the_documents(engine: AsyncEngine) -> None:
    async with engine.connect() as tx:
        new = (await tx.execute(select(func.sum(t.figures.c.new_people)))).scalar_one()
        people = (await tx.execute(select(func.count()).where(t.people.c.kind == "leader"))).scalar_one()
        abahuza = (
            await tx.execute(
                select(t.figures)
                .join(t.associations, t.associations.c.id == t.figures.c.association_id)
                .where(t.associations.c.no == "07")
            )
        ).one()
    assert (people, people + new) == (120, 399)
    assert (abahuza.trainings, abahuza.new_people) == (5, 8)
    assert (abahuza.new_women, abahuza.new_men) == (5, 3)
    assert abahuza.attendances_women + abahuza.attendances_men == 51


async def test_the_reports_are_numbered_by_age(engine: AsyncEngine) -> None:
    async with engine.connect() as tx:
        rows = (await tx.execute(select(t.reports).order_by(t.reports.c.number))).all()
        last = (await tx.execute(select(t.facts.c.value).where(t.facts.c.name == "last_report"))).scalar_one()
        sent = (await tx.execute(select(func.sum(t.people.c.reports)))).scalar_one()
    assert [row.number for row in rows] == list(range(3001, 3001 + len(rows)))
    assert [row.created_at for row in rows] == sorted(row.created_at for row in rows)
    assert (last, sent) == (rows[-1].number, len(rows))
    states = Counter(row.state for row in rows)
    assert (states["withdrawn"], states["doubtful"]) == (2, 1)
    assert all((row.state == "withdrawn") == (row.withdrawn_at is not None) for row in rows)
    assert 150 < len(rows) < 320


async def test_its_roster_again_changes_nothing(engine: AsyncEngine) -> None:
    made, _ = invented.invent(Random(SEED), TODAY)
    async with engine.connect() as tx:
        assert (await plan(tx, made)).nothing


def test_the_reports_use_the_fields_and_choices_of_the_forms() -> None:
    """What the forms do not have could be neither shown nor corrected."""
    folder = Path(__file__).parents[3] / "templates" / "forms"
    _, reports = invented.invent(Random(SEED), TODAY)
    lists = {"topics": "topics", "status": "statuses", "kit": "kits", "problem": "problems"}
    for one in reports:
        text = (folder / f"{one.form}.md").read_text(encoding="utf-8")
        for name, value in one.values.items():
            assert re.search(rf"^\|  \| [a-z_]+[ a-z_.]* \| {name} \|", text, re.M), name
            if name in lists:
                for choice in value if isinstance(value, list) else [value]:
                    assert f"|  | {lists[name]} | {choice} |" in text
