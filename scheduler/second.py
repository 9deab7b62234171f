"""At most so many messages in any second at a provider, however long each is on its way. Reads no clock.

Of a message we know when it left and when its answer came; in between it arrived. So the message that leaves a whole
second after the answer to the thirtieth before it cannot arrive in one second with it. What that costs is the time
of an answer: with 20 ms a second takes 30 of 30.6.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

EVENLY = 0.9
"""Of the time that each message has in an even flow: no bursts, and yet room to catch up."""
LOST_S = 5.0
"""Without an answer for so long a message has arrived, or it never will."""


@dataclass(slots=True)
class Leaving:
    """A message on its way; seconds of a clock that never jumps."""

    left_at: float
    answered_at: float | None = None

    @property
    def there_at(self) -> float:
        """When it had arrived at the latest."""
        return self.left_at + LOST_S if self.answered_at is None else min(self.answered_at, self.left_at + LOST_S)


class PerSecond:
    """When the next message may leave. Nothing does in the first second: a service that dies and starts again is not
    faster than one that runs."""

    def __init__(self, per_second: float, now: float) -> None:
        most = max(1, int(per_second))
        self._window_s, self._gap_s = most / per_second, EVENLY / per_second
        self._lately = deque[Leaving](maxlen=most)
        self._next = now + self._window_s

    def next_at(self) -> float:
        """When the next one may leave; sooner when an answer comes that is `awaited`."""
        return max(self._next, self._lately[0].there_at + self._window_s) if self._is_full else self._next

    @property
    def awaited(self) -> bool:
        """Whether an answer decides when the next one leaves."""
        return self._is_full and self._lately[0].answered_at is None

    @property
    def _is_full(self) -> bool:
        return len(self._lately) == self._lately.maxlen

    def leaves(self, now: float) -> Leaving:
        """One leaves now, not before `next_at`."""
        self._next = now + self._gap_s
        self._lately.append(leaving := Leaving(now))
        return leaving
