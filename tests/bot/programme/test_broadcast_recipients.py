"""Who gets a copy: whatever the roster looks like, one for each person and each phone, and nobody is forgotten."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.programme.broadcasts.audience import Audience
from bot.programme.broadcasts.recipients import FULL, Rule, Setup, Tally, reached, rows_of, without_address
from bot.programme.broadcasts.wording import Wording
from bot.store.audiences import Door, Page
from handlers.turn import Road

ANY = Wording({"en": "x"}, {"fr": "en", "rn": "en", "sw": "en"})
TEXTS = Wording({"fr": "{name} {association}", "rn": "x"}, {"en": "fr", "sw": "leave_out"})
ADDRESSES = 6


@st.composite
def rosters(draw: Any) -> tuple[list[Door], list[Any], dict[int, list[Road]]]:
    """Phones and chats, and people who have none, some or all of them."""
    doors = [
        Door(n, draw(st.sampled_from(["tel", "telegram"])), None, draw(st.booleans()), [], draw(st.integers(0, 3)))
        for n in range(1, ADDRESSES + 1)
    ]
    people, ways = [], {}
    for number in range(1, draw(st.integers(1, 8)) + 1):
        person = SimpleNamespace(
            id=number,
            association_id=draw(st.integers(1, 2)),
            sex=draw(st.sampled_from("FM")),
            language=draw(st.sampled_from(["fr", "rn", "sw", "en", None])),
            consent=draw(st.sampled_from(["yes", "yes", "yes", "no", "stopped", "asked", "none"])),
            channel=draw(st.sampled_from([None, "sms", "telegram", "call"])),
            by_sms=draw(st.booleans()),
            can_read=draw(st.sampled_from([None, "yes", "no"])),
            practice=False,
            sms_name="N",
            association="A",
            officer=None,
        )
        people.append(person)
        hers = sorted(draw(st.sets(st.integers(1, ADDRESSES), max_size=3)))
        ways[number] = [Road(n, doors[n - 1].scheme, doors[n - 1].active) for n in hers]
        for n in hers:
            doors[n - 1].leaders.append(person)
    return doors, people, ways


@pytest.mark.fault("C10")
@given(
    rosters(),
    st.builds(Audience, st.sampled_from([None, frozenset([1])]), st.none(), st.sampled_from([None, "F"])),
    st.booleans(),
    st.integers(1, ADDRESSES),
)
def test_one_copy_for_each_person_and_phone_and_nobody_is_forgotten(
    roster: tuple[list[Door], list[Any], dict[int, list[Road]]], audience: Audience, leave_out_full: bool, size: int
) -> None:
    doors, people, ways = roster
    rule = Rule(
        audience,
        TEXTS,
        Setup(
            "OIM",
            True,
            {"tel": "kannel", "telegram": "chat"},
            ("kannel", "chat"),
            ("chat",),
            2,
            "Africa/Bujumbura",
            "2026-04-01",
            14,
        ),
        leave_out_full,
    )
    tally, rows = Tally(), []
    for start in range(0, len(doors), size):  # however it is cut into pages
        rows += rows_of(Page(doors[start : start + size], ways, None), rule, tally)
    without_address([person for person in people if not ways[person.id]], rule, tally)
    assert max(Counter(row["address_id"] for row in rows).values(), default=0) <= 1
    wanted = [person for person in people if audience.holds(person)]
    assert tally.people + tally.left_out.total() == len(wanted)
    sent = [row for row in rows if row["state"] == "waiting"]
    assert tally.number == len(sent) and tally.people == sum(row["people"] for row in sent)
    by_id = {person.id: person for person in people}
    assert len({row["person_id"] for row in sent}) == len(sent)
    for row in sent:
        door, person = doors[row["address_id"] - 1], by_id[row["person_id"]]
        assert door.active and person in door.leaders and audience.holds(person)
        assert person.consent == "yes" and person.channel != "call" and person.can_read != "no"
        assert row["language"] == {"en": "fr", None: "rn"}.get(person.language, person.language) != "leave_out"
        assert not (leave_out_full and door.unasked >= 2)
    assert leave_out_full or not tally.left_out[FULL]
    everybody = Tally()
    for _ in rows_of(Page(doors, ways, None), Rule(audience, ANY, rule.setup), everybody):
        pass
    counted = [leader for leader in reached(Page(doors, ways, None), rule.setup) if audience.holds(leader)]
    assert len(counted) == everybody.people, "an audience is counted without texts as with them"
