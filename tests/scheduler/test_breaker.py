"""A channel in trouble rests, longer each time, with one try at its end; whatever happens in between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler.breaker import ANY, FAILURES, FIRST, LONGEST, Breaker

NOW = datetime(2026, 11, 23, 15, 31, tzinfo=UTC)


def test_a_few_failures_are_the_texts_own() -> None:
    breaker = Breaker()
    assert [breaker.failed(NOW) for _ in range(FAILURES - 1)] == [False] * (FAILURES - 1)
    assert breaker.room(NOW) == ANY
    breaker.worked()
    assert not breaker.failed(NOW), "counted from the last that was taken"


def test_it_rests_then_one_is_tried_then_all() -> None:
    breaker, now, pauses = Breaker(), NOW, []
    for _ in range(FAILURES + 27):  # a whole window was under way
        breaker.failed(now)
    for _ in range(6):
        assert breaker.until
        pauses.append(breaker.until - now)
        assert breaker.room(now) == breaker.room(breaker.until - timedelta(microseconds=1)) == 0
        now = breaker.until
        assert breaker.room(now) == 1
        breaker.began(now)
        assert breaker.room(now) == 0, "one, until it is known what became of it"
        assert breaker.failed(now + timedelta(seconds=35))
        now += timedelta(seconds=35)
    assert pauses[0] == FIRST and pauses[1] == 2 * FIRST and pauses[-1] == LONGEST
    breaker.worked()
    assert breaker.room(now) == ANY


@given(st.lists(st.tuples(st.sampled_from(["began", "failed", "worked"]), st.integers(0, 90)), max_size=60))
def test_it_never_rests_for_ever(events: list[tuple[str, int]]) -> None:
    """A minute after the last word at most, a text may be tried again: nothing leaves the channel dead."""
    breaker, now = Breaker(), NOW
    for event, seconds in events:
        now += timedelta(seconds=seconds)
        if event == "began" and breaker.room(now):
            breaker.began(now)
        elif event == "failed":
            breaker.failed(now)
        elif event == "worked":
            breaker.worked()
            assert breaker.room(now) == ANY
    if breaker.trying:  # what was tried ends some day, one way or the other
        breaker.failed(now)
    assert breaker.room(now + LONGEST) >= 1
