"""Which tip goes to whom next, and when: properties over many made-up lists of tips, groups and years."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from scheduler.cadence import Season
from scheduler.tips import ONE_A_WEEK, TIMES, Reader, Sent, Shelf, Tip, fit, in_season, letters_on, more, next_due
from tests.examples import examples

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
HOME = ZoneInfo("Africa/Bujumbura")
SEASONS = {"A": Season((9, 15), (2, 14)), "B": Season((2, 15), (6, 30)), "C": Season((7, 1), (9, 14))}
AFTER = timedelta(weeks=12)
CHAINS = ("rice", "maize", "goats")


@st.composite
def lists(draw: st.DrawFn, least: int = 1) -> list[Tip]:
    """Tips with unique names and one to three variants each."""
    found = []
    for number in range(draw(st.integers(least, 12))):
        chain = draw(st.sampled_from((*CHAINS, "")))
        seasons = draw(st.sampled_from(("", "A", "B", "A B", "C")))
        topic = draw(st.sampled_from(("business", "savings")))
        for variant in "abc"[: draw(st.integers(1, 3))]:
            chains = frozenset({chain} - {""})
            found.append(Tip(len(found) + 1, f"t{number:02}", variant, topic, chains, seasons))
    return found


WORK = st.frozensets(st.sampled_from(CHAINS), max_size=2)


@given(lists(), WORK, st.integers(0, 4), st.integers(7, 30))
def test_over_the_years_a_person_is_told_each_tip_twice_at_most_and_never_soon(
    tips: list[Tip], work: frozenset[str], place: int, every: int
) -> None:
    sent: list[Sent] = []
    for round_ in range(60):
        now = NOW + timedelta(days=every * round_)
        season = letters_on(SEASONS, now.date())
        tip = Shelf(tips).choose(Reader(place, work, tuple(sent)), now, season, AFTER)
        if tip is None:
            continue
        assert in_season(tip, season)
        before = [one.at for one in sent if one.name == tip.name]
        assert len(before) < TIMES and all(now - at >= AFTER for at in before)
        sent.append(Sent(tip.id, tip.name, now))
    assert max(Counter(one.name for one in sent).values(), default=0) <= TIMES


@given(lists(), WORK, st.integers(0, 4))
def test_what_fits_the_association_comes_first_and_new_before_repeated(
    tips: list[Tip], work: frozenset[str], place: int
) -> None:
    sent: list[Sent] = []
    order = []
    for round_ in range(40):  # one day: nothing is repeated
        tip = Shelf(tips).choose(Reader(place, work, tuple(sent)), NOW + timedelta(minutes=round_), {"A"}, AFTER)
        if tip is None:
            break
        order.append(fit(tip, work))
        sent.append(Sent(tip.id, tip.name, NOW))
    assert order == sorted(order)
    assert {one.name for one in sent} == {tip.name for tip in tips if in_season(tip, {"A"})}


@given(lists(), WORK, st.integers(0, 4), st.randoms())
def test_the_order_of_the_list_changes_nothing(
    tips: list[Tip], work: frozenset[str], place: int, chance: object
) -> None:
    mixed = list(tips)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    reader = Reader(place, work)
    assert Shelf(tips).choose(reader, NOW, {"A"}, AFTER) == Shelf(mixed).choose(reader, NOW, {"A"}, AFTER)


@given(st.integers(5, 12), st.integers(1, 5), st.integers(1, 10))
def test_members_of_one_association_get_different_tips_on_the_same_day(names: int, members: int, rounds: int) -> None:
    tips = [Tip(number, f"t{number:02}", "a", "savings", frozenset(), "") for number in range(names)]
    sent: list[list[Sent]] = [[] for _ in range(members)]
    for round_ in range(min(rounds, names)):
        now = NOW + timedelta(days=14 * round_)
        told = [
            Shelf(tips).choose(Reader(place, frozenset(), tuple(sent[place])), now, {"A"}, AFTER)
            for place in range(members)
        ]
        assert None not in told and len({tip.id for tip in told if tip}) == members
        for own, tip in zip(sent, told, strict=True):
            own.append(Sent(tip.id, tip.name, now))  # type: ignore[union-attr]


def test_one_tip_for_all_comes_in_other_words_to_other_members() -> None:
    tips = [Tip(number, "only", variant, "savings", frozenset(), "") for number, variant in enumerate("abc")]
    told = [Shelf(tips).choose(Reader(place, frozenset()), NOW, {"A"}, AFTER) for place in range(5)]
    assert [tip.variant for tip in told if tip] == ["a", "b", "c", "a", "b"]


def test_what_others_were_told_this_week_comes_later() -> None:
    tips = [Tip(number, f"t{number}", "a", "savings", frozenset(), "") for number in range(3)]
    told = Shelf(tips).choose(Reader(0, frozenset(), others=frozenset({0})), NOW, {"A"}, AFTER)
    assert told is not None and told.id == 1
    told = Shelf(tips).choose(Reader(0, frozenset(), others=frozenset({0, 1, 2})), NOW, {"A"}, AFTER)
    assert told is not None and told.id == 0


def test_a_repetition_is_in_other_words_where_there_are_some() -> None:
    tips = [Tip(number, "only", variant, "savings", frozenset(), "") for number, variant in enumerate("ab")]
    again = Reader(0, frozenset(), (Sent(0, "only", NOW - AFTER),))
    told = Shelf(tips).choose(again, NOW, {"A"}, AFTER)
    assert told is not None and told.variant == "b"
    assert Shelf(tips).choose(again, NOW - timedelta(seconds=1), {"A"}, AFTER) is None


@given(lists(2), st.data())
def test_more_is_on_the_same_thing_and_new(tips: list[Tip], data: st.DataObject) -> None:
    first = data.draw(st.sampled_from(tips))
    heard = data.draw(st.sets(st.sampled_from([tip.id for tip in tips])))
    tip = more(tips, first.id, heard, {"A"})
    if tip is not None:
        assert tip.id not in {first.id, *heard} and in_season(tip, {"A"})
        assert tip.name == first.name or tip.chains & first.chains or (not tip.chains and tip.topic == first.topic)
    others = [one for one in tips if one.name == first.name and one.id not in {first.id, *heard}]
    if others and in_season(first, {"A"}):
        assert tip in others
    assert more(tips, 9999, (), {"A"}) is None


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)),
    st.integers(7, 60),
    st.times(datetime(1, 1, 1, 7).time(), datetime(1, 1, 1, 19).time()),
    st.integers(0, 5000),
    st.none() | st.integers(0, 100),
    st.sampled_from(("Africa/Bujumbura", "Europe/Brussels", "America/Santiago", "Australia/Lord_Howe")),
)
@examples(300)
def test_the_next_one_is_later_at_its_hour_and_a_week_after_the_last(
    wall: datetime, every: int, at: time, place: int, ago: int | None, name: str
) -> None:
    zone, at = ZoneInfo(name), at.replace(second=0, microsecond=0)
    now = wall.replace(tzinfo=zone).astimezone(UTC)
    today = now.astimezone(zone).date()
    last = None if ago is None else today - timedelta(days=ago)
    due = next_due(now, last, every, at, place, zone)
    there = due.astimezone(zone)
    assert now < due <= now + timedelta(days=every + ONE_A_WEEK + 1)
    assert last is None or (there.date() - last).days >= ONE_A_WEEK
    assert (there.date().toordinal() - place) % every == 0
    assert there.time().replace(fold=0) >= at and there.hour * 60 + there.minute - at.hour * 60 - at.minute <= 60


def test_associations_have_days_of_their_own_and_keep_them() -> None:
    days = {next_due(NOW, None, 14, time(12), place, HOME).astimezone(HOME).date() for place in range(14)}
    assert len(days) == 14
    first = next_due(NOW, None, 14, time(12), 3, HOME)
    day = first.astimezone(HOME).date()
    assert next_due(first + timedelta(seconds=1), day, 14, time(12), 3, HOME) == first + timedelta(days=14)
    assert next_due(first + timedelta(days=1), day, 7, time(12), 3, HOME) == first + timedelta(days=7)


def test_a_day_of_two_seasons_belongs_to_both() -> None:
    both = {"A": Season((9, 1), (1, 31)), "C": Season((7, 1), (9, 30))}
    assert letters_on(both, date(2026, 9, 15)) == {"A", "C"}
    assert letters_on(both, date(2026, 3, 1)) == frozenset()
