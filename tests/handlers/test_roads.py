"""Which road a text takes that nobody asked for: whatever she has, prefers and agreed to."""

from __future__ import annotations

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from handlers.turn import Road, Roads
from handlers.turn.roads import EVERY, PREFERRED, Kind

ROADS = st.lists(st.tuples(st.sampled_from(sorted(EVERY)), st.booleans()), max_size=5).map(
    lambda them: tuple(Road(number, scheme, works) for number, (scheme, works) in enumerate(them, 1))
)
ANY = st.sampled_from([*PREFERRED, "call"])
KINDS = st.dictionaries(st.sampled_from(get_args(Kind)), ANY)
HERS = st.builds(Roads, ROADS, st.none() | ANY, st.booleans(), KINDS)


@given(HERS)
def test_only_roads_that_work_and_that_she_agreed_to(hers: Roads) -> None:
    order = hers.in_order
    assert set(order) <= set(hers.roads)
    assert len(set(order)) == len(order)
    assert all(road.works for road in order)
    if not hers.by_sms and hers.prefers != "sms":
        assert all(road.scheme != "tel" for road in order)
    if hers.prefers == "call":
        assert order == ()
    assert hers.best == (order[0].address_id if order else None)


@given(HERS)
def test_no_road_is_forgotten(hers: Roads) -> None:
    """Whoever wants no calls and agreed to everything gets a text as long as anything works."""
    if hers.prefers != "call" and hers.by_sms:
        assert set(hers.in_order) == {road for road in hers.roads if road.works}


@given(HERS)
def test_hers_first_then_the_cheapest(hers: Roads) -> None:
    wanted = PREFERRED.get(hers.prefers or "")
    order = [road.scheme for road in hers.in_order]
    if wanted in order:
        assert order[0] == wanted
    others = [scheme for scheme in order if scheme != wanted]
    assert others == sorted(others, key=("telegram", "tel", "whatsapp").index)


@given(HERS, st.data())
def test_a_road_that_closes_moves_her_to_the_next(hers: Roads, data: st.DataObject) -> None:
    """Nothing else changes: the order of the others is what it was."""
    if not hers.in_order:
        return
    gone = data.draw(st.sampled_from(hers.in_order))
    left = tuple(road._replace(works=False) if road == gone else road for road in hers.roads)
    assert Roads(left, hers.prefers, hers.by_sms).in_order == tuple(road for road in hers.in_order if road != gone)


@given(HERS, st.sampled_from(get_args(Kind)))
def test_a_kind_of_text_has_a_road_of_its_own_or_the_common_one(hers: Roads, kind: Kind) -> None:
    said = hers.kinds.get(kind, hers.prefers)
    assert hers.of(kind).in_order == Roads(hers.roads, said, hers.by_sms).in_order


@given(HERS)
def test_a_mentors_answer_leaves_where_she_asked_only_for_a_road_that_she_named(hers: Roads) -> None:
    named = {road.address_id for road in hers.roads if road.works}
    named &= {road.address_id for road in hers.roads if road.scheme == PREFERRED.get(hers.kinds.get("answer", ""))}
    assert hers.for_answers in named if named else hers.for_answers is None
