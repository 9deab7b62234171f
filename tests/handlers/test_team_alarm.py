"""What makes a trouble of a channel, whatever else is: each once, and nothing where all is well."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.team.alarm import troubles
from handlers.turn import ChannelState, Waiting

NOW = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
LONG, SHORT = NOW - timedelta(minutes=16), NOW - timedelta(minutes=15)


def what(state: ChannelState, *stuck: Waiting, began: datetime = NOW) -> list[str]:
    return [one.what for one in troubles([state], stuck, began, NOW)]


@pytest.mark.parametrize(
    ("state", "due"),
    [
        (ChannelState("smsgate", False, False, SHORT, True), []),
        (ChannelState("smsgate", False, False, LONG, True), ["silent"]),
        (ChannelState("smsgate", False, False, LONG, True, ("battery",)), ["silent"]),
        (ChannelState("smsgate", False, False, NOW, True, ("battery", "failing")), ["battery", "failing"]),
        (ChannelState("smsgate", False, False, None, True), []),
        (ChannelState("kannel", False, False, None), []),
        (ChannelState("kannel", True, True, None), ["refused"]),
        (ChannelState("kannel", False, True, None), ["full"]),
    ],
)
def test_a_channel_has_trouble(state: ChannelState, due: list[str]) -> None:
    assert what(state) == due


def test_a_phone_that_never_spoke_is_silent_since_we_listen() -> None:
    state = ChannelState("smsgate", False, False, None, True)
    assert what(state, began=LONG) == ["silent"] and what(state, began=SHORT) == []


def test_waiting_texts_are_told_where_nothing_else_says_why() -> None:
    waits = Waiting("kannel", 7, LONG)
    assert what(ChannelState("kannel", False, False, None), waits) == ["stuck"]
    assert what(ChannelState("kannel", True, False, None), waits) == ["refused"]
    assert what(ChannelState("kannel", False, False, LONG, True), waits) == ["silent"]


STATES = st.builds(
    ChannelState,
    st.sampled_from(["a", "b"]),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, LONG, SHORT]),
    st.booleans(),
    st.sets(st.sampled_from(["battery", "unplugged", "failing"])).map(tuple),
)


@given(states=st.lists(STATES, max_size=2, unique_by=lambda one: one.name), stuck=st.booleans())
def test_each_trouble_of_a_channel_is_one(states: list[ChannelState], stuck: bool) -> None:
    waits = [Waiting(one.name, 1, LONG) for one in states] if stuck else []
    found = [(one.channel, one.what) for one in troubles(states, waits, SHORT, NOW)]
    assert len(found) == len(set(found))
    assert {channel for channel, _ in found} >= {one.channel for one in waits}, "texts that wait are never kept quiet"
