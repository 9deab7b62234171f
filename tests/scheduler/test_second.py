"""No second at the provider has more than its limit, whatever the way does, over stalls and deaths; and the limit is
used, where answers come at once. On simulated time: the provider's clock is what counts."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler import second
from scheduler.second import Leaving, PerSecond

N = 30
RANDOM = st.integers(0, 2**32).map(Random)


class World:
    """A service that sends as fast as it may, a way, a provider. `delay` draws seconds: to the wire, on it, back."""

    def __init__(self, rng: Random, delay: Callable[[Random], tuple[float, float, float]]) -> None:
        self.rng, self.delay, self.now = rng, delay, 1000.0
        self.arrived: list[float] = []
        self._answers: list[tuple[float, int, Leaving]] = []
        self.begin()

    def begin(self) -> None:
        """The service starts; a dead one's answers reach nobody."""
        self._answers.clear()
        self.pace = PerSecond(N, self.now)

    def send(self, dies_at: float = float("inf")) -> bool:
        """One more message; False: the service died before it could leave."""
        while self.now < (at := self.pace.next_at()):
            answers = self._answers if self.pace.awaited else []
            until = min(at, answers[0][0]) if answers else at
            self.now = max(self.now, until) + self.rng.random() * 0.001  # a sleep lasts a little too long
            if self.now > dies_at:
                self.now = dies_at
                return False
            while self._answers and self._answers[0][0] <= self.now:
                answered_at, _, leaving = heapq.heappop(self._answers)
                leaving.answered_at = max(answered_at, leaving.left_at)
        leaving = self.pace.leaves(self.now)
        stalls, way, back = self.delay(self.rng)
        if self.now + stalls <= dies_at:  # else it dies before the message is written
            self.arrived.append(self.now + stalls + way)
        answer = (self.now + stalls + way + back, len(self.arrived), leaving)
        heapq.heappush(self._answers, answer)
        return True

    def most(self) -> int:
        """The most that arrived in any one second."""
        times, first, most = sorted(self.arrived), 0, 0
        for last, at in enumerate(times):
            while at - times[first] >= 1.0:
                first += 1
            most = max(most, last - first + 1)
        return most


def rough(rng: Random) -> tuple[float, float, float]:
    """A machine that stands still now and then, a network that is slow now and then."""
    stalls = rng.choice((0.0, 0.001, 0.03, 0.3, 2.0)) * rng.random()
    return stalls, rng.choice((0.0005, 0.02, 0.15)) * rng.random(), rng.choice((0.0005, 0.05, 1.0)) * rng.random()


def quick(rng: Random) -> tuple[float, float, float]:
    """In all 15 ms at most."""
    return 0.005 * rng.random(), 0.005 * rng.random(), 0.005 * rng.random()


@given(RANDOM, st.lists(st.floats(0.0, 6.0), max_size=4))
def test_never_more_than_the_limit_in_any_second_over_stalls_and_deaths(rng: Random, lives: list[float]) -> None:
    world = World(rng, rough)
    for seconds in lives:
        dies_at = world.now + seconds
        while world.send(dies_at):
            pass
        world.now = dies_at + 0.2 + rng.random()  # what was on the wire is there before the next life begins
        world.begin()
    for _ in range(150):
        world.send()
    assert world.most() <= N


@given(RANDOM)
def test_the_limit_is_used_where_answers_come_at_once(rng: Random) -> None:
    world = World(rng, quick)
    for _ in range(N * 20):
        world.send()
    assert world.most() <= N
    assert (len(world.arrived) - 1) / (world.arrived[-1] - world.arrived[0]) >= 0.98 * N


def test_a_pace_that_takes_a_message_for_there_too_soon_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: after 50 ms it is taken for there, though the machine stands still for longer."""
    monkeypatch.setattr(second, "LOST_S", 0.05)
    worlds = [World(Random(seed), rough) for seed in range(20)]
    for world in worlds:
        for _ in range(150):
            world.send()
    assert max(world.most() for world in worlds) > N


def test_nothing_leaves_in_the_first_second() -> None:
    assert PerSecond(N, 5.0).next_at() == 6.0
