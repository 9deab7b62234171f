"""Groups of people are told in fives, or tens: whatever is taken from whatever, no smaller number comes out."""

from __future__ import annotations

from itertools import combinations, product

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.counting import Counts, Period, Rules, find, in_steps, told
from bot.programme.counting.groups import GROUPS, REST, SHOWN, YOUTH, bare, groups
from bot.programme.exports import Wanted, gather, pages
from bot.programme.exports.donor import donor
from bot.programme.summary import Asked, Say
from bot.programme.summary.page import page
from bot.programme.summary.plain import plain
from bot.programme.summary.text import chat_text
from bot.settings import Settings
from tests import october
from tests.bot.programme.exports.test_donor_pdf import tx

__all__ = ["tx"]

STEPS = st.sampled_from((5, 10, 15, 40))
ROW = st.tuples(*[st.integers(0, 40)] * 4)
"""Displaced, returnees, hosts, not said."""


def counts(row: tuple[int, ...]) -> Counts:
    """New people of these groups."""
    *known, not_said = row
    whole = Counts(new_people=sum(row), new_groups_not_said=not_said, new_youth_not_said=sum(row))
    return whole._replace(**dict(zip(GROUPS, known, strict=True)))


def possible(row: tuple[int, ...], step: int) -> list[set[int]]:
    """What each group could be, for who knows the rule, the new people and everything that is printed."""
    shown = groups(counts(row), step)
    if shown[GROUPS[0]] is None or not sum(row):
        return [{0}] * len(GROUPS)
    least = [0 if (text := shown[name] or "").startswith("<") else int(text.rstrip("+")) for name in GROUPS]
    lines = [
        line
        for line in product(*(range(low, low + step) for low in least))
        if sum(line) <= sum(row) and all(told(n, step) == shown[name] for n, name in zip(line, GROUPS, strict=True))
    ]
    return [{line[place] for line in lines} for place in range(len(GROUPS))]


@given(ROW, st.sampled_from((5, 10)))
def test_no_small_group_can_be_calculated_beside_the_new_people(row: tuple[int, ...], step: int) -> None:
    small = range(1, step)
    shown = groups(counts(row), step)
    assert set(shown) == set(SHOWN)
    assert not {str(number) for number in small} & {shown[name] for name in (*GROUPS, *YOUTH)}
    for number, guesses in zip(row, possible(row, step), strict=False):
        assert number in guesses, "what is shown is wrong"
        assert len(guesses) > 1 or guesses.isdisjoint(small), (row, shown)


@given(st.lists(ROW, min_size=2, max_size=5), STEPS)
def test_nor_by_subtracting_any_two_tables(parts: list[tuple[int, ...]], step: int) -> None:
    """Parts are places or periods: every two of them, and of what any of them make together, are subtracted."""
    tables = [tuple(map(sum, zip(*chosen, strict=True))) for n in range(1, 4) for chosen in combinations(parts, n)]
    for (one, other), name in product(combinations(tables, 2), range(len(GROUPS))):
        left = in_steps(one[name], step) - in_steps(other[name], step)
        assert left % step == 0
        # both were rounded by less than a step: nobody can tell one smaller difference from another
        assert abs(left - (one[name] - other[name])) < step


@given(st.integers(0, 500), STEPS, STEPS)
def test_a_table_in_other_steps_beside_it_tells_no_more_than_fives(number: int, one: int, other: int) -> None:
    """The setting was changed in between: what both say together fits every number of the same five."""
    low = in_steps(number, 5)
    shown = {(told(guess, one), told(guess, other)) for guess in range(low, low + 5)}
    assert shown == {(told(number, one), told(number, other))}


@given(ROW, STEPS)
def test_what_is_printed_adds_up_to_the_new_people(row: tuple[int, ...], step: int) -> None:
    shown = groups(counts(row), step)
    told_of = [int(cell.rstrip("+")) for name in GROUPS if (cell := shown[name]) and not cell.startswith("<")]
    assert sum(told_of) + int(shown[REST] or 0) == sum(row), "also where nobody said a group"


def test_how_groups_look() -> None:
    assert [told(n, 5) for n in (0, 1, 4, 5, 9, 61, 118)] == ["<5", "<5", "<5", "5+", "5+", "60+", "115+"]
    assert [told(n, 10) for n in (0, 9, 10, 61)] == ["<10", "<10", "10+", "60+"]
    assert groups(counts((61, 118, 92, 16)), 5) == {
        "new_displaced": "60+",
        "new_returnee": "115+",
        "new_host": "90+",
        "new_groups_rest": "22",
        "new_youth": None,
        "new_youth_not_said": None,
    }


def test_not_said_is_neither_few_nor_nobody() -> None:
    nobody_new, nobody_said = groups(counts((0, 0, 0, 0)), 5), groups(counts((0, 0, 0, 7)), 5)
    assert set(nobody_new.values()) == {"0"}
    assert nobody_said == {**dict.fromkeys(SHOWN), REST: "7"}, "the rest is all of them"


async def test_the_programmes_own_step_is_taken_everywhere(tx: AsyncConnection) -> None:
    """Summary, page, tables, the donor's pages, JSON: nothing knows another one."""
    project = {"start": "2026-04-01", "target_people": 600}
    settings = Settings.model_validate({"project": project, "privacy": {"small_cells_below": 40}})
    asked = Asked(await find(tx, "all"), Period.month(2026, 10), Rules.of(settings), settings.zone, october.AS_OF)
    found, say = await gather(tx, Wanted(asked, "Diane", "00"), "en"), Say("en", settings.zone)
    summary = found.summary
    tables = [one.plain() for one in pages(found, "donor", say)]
    everything = {
        "text": chat_text(summary, say),
        "page": page(summary, say),
        "tables": tables,
        "donor": donor(found, say),
        "json": plain(summary, say),
        "sheet": summary.sheet.plain(),
        "commune": [bare(one.since_start.all, asked.rules.step) for one in found.communes],
    }
    for name, told_as in everything.items():
        written = str(told_as)
        assert "<40" in written and "<5" not in written, name
