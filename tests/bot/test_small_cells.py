"""Groups of people are told in fives: whatever is taken from whatever, no number of 1 to 4 people comes out."""

from __future__ import annotations

from itertools import combinations, product

from hypothesis import given
from hypothesis import strategies as st

from bot.programme.counting import Counts, in_fives, told
from bot.programme.counting.groups import GROUPS, REST, SHOWN, YOUTH, groups

SMALL = {str(number) for number in range(1, 5)}
ROW = st.tuples(*[st.integers(0, 40)] * 4)
"""Displaced, returnees, hosts, not said."""


def counts(row: tuple[int, ...]) -> Counts:
    """New people of these groups."""
    *known, not_said = row
    whole = Counts(new_people=sum(row), new_groups_not_said=not_said, new_youth_not_said=sum(row))
    return whole._replace(**dict(zip(GROUPS, known, strict=True)))


def possible(row: tuple[int, ...]) -> list[set[int]]:
    """What each group could be, for who knows the rule, the new people and everything that is printed."""
    shown = groups(counts(row))
    if shown[REST] is None or not sum(row):
        return [{0}] * len(GROUPS)
    least = [0 if (text := shown[name] or "").startswith("<") else int(text.rstrip("+")) for name in GROUPS]
    lines = [
        line
        for line in product(*(range(low, low + 5) for low in least))
        if sum(line) <= sum(row) and all(told(n) == shown[name] for n, name in zip(line, GROUPS, strict=True))
    ]
    return [{line[place] for line in lines} for place in range(len(GROUPS))]


@given(ROW)
def test_no_small_group_can_be_calculated_beside_the_new_people(row: tuple[int, ...]) -> None:
    shown = groups(counts(row))
    assert set(shown) == set(SHOWN)
    assert not SMALL & {shown[name] for name in (*GROUPS, *YOUTH)}
    for number, guesses in zip(row, possible(row), strict=False):
        assert number in guesses, "what is shown is wrong"
        assert len(guesses) > 1 or guesses.isdisjoint(range(1, 5)), (row, shown)


@given(st.lists(ROW, min_size=2, max_size=5))
def test_nor_by_subtracting_any_two_tables(parts: list[tuple[int, ...]]) -> None:
    """Parts are places or periods: every two of them, and of what any of them make together, are subtracted."""
    tables = [tuple(map(sum, zip(*chosen, strict=True))) for n in range(1, 4) for chosen in combinations(parts, n)]
    for (one, other), name in product(combinations(tables, 2), range(len(GROUPS))):
        left = in_fives(one[name]) - in_fives(other[name])
        assert left % 5 == 0
        # both were rounded by less than five: nobody can tell a difference of one to four from another one
        assert abs(left - (one[name] - other[name])) < 5


@given(ROW)
def test_what_is_printed_adds_up_to_the_new_people(row: tuple[int, ...]) -> None:
    shown = groups(counts(row))
    if shown[REST] is not None and sum(row):
        told_of = [int(cell.rstrip("+")) for name in GROUPS if not (cell := shown[name] or "").startswith("<")]
        assert sum(told_of) + int(shown[REST] or 0) == sum(row)


def test_how_groups_look() -> None:
    assert [told(n) for n in (0, 1, 4, 5, 9, 61, 118)] == ["<5", "<5", "<5", "5+", "5+", "60+", "115+"]
    assert groups(counts((61, 118, 92, 16))) == {
        "new_displaced": "60+",
        "new_returnee": "115+",
        "new_host": "90+",
        "new_groups_rest": "22",
        "new_youth": None,
        "new_youth_not_said": None,
    }


def test_not_said_is_neither_few_nor_nobody() -> None:
    nobody_new, nobody_said = groups(counts((0, 0, 0, 0))), groups(counts((0, 0, 0, 7)))
    assert set(nobody_new.values()) == {"0"}
    assert set(nobody_said.values()) == {None}
