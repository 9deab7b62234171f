"""When a channel that fails is tried again: not at all for a while, then with one text, until one is taken. Pure.

Without it every text that is due is tried at its own time against a provider that does not answer: each holds a
connection for half a minute and ends in doubt. The texts themselves wait in the outbox as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

FAILURES = 5
"""So many in a row, with nothing taken in between, are the channel's trouble and not a text's."""
FIRST, LONGEST = timedelta(seconds=5), timedelta(seconds=60)
"""Between two tries of a channel in trouble: twice as long after each, up to a minute."""
ANY = 1_000_000
"""As many as there is room for."""


@dataclass(slots=True)
class Breaker:
    """Of one channel in one process."""

    failures: int = 0
    pause: timedelta = FIRST
    until: datetime | None = None
    """Nothing is tried before; None = all is well."""
    trying: bool = False
    """One text is on its way to see whether it is over."""

    def room(self, now: datetime) -> int:
        """How many tries may begin."""
        if self.until is None:
            return ANY
        return 0 if self.trying or now < self.until else 1

    def began(self, now: datetime) -> None:
        """A try begins; of a channel in trouble it is the only one."""
        self.trying = self.until is not None and now >= self.until

    def not_tried(self) -> None:
        """What had begun was put back: the next one may be tried."""
        self.trying = False

    def worked(self) -> None:
        """The provider answered, be it that it does not want this text: the trouble is over."""
        self.failures, self.pause, self.until, self.trying = 0, FIRST, None, False

    def failed(self, now: datetime) -> bool:
        """No answer, or not now; True when a rest begins. What was under way before changes no rest."""
        self.failures += 1
        if self.until is not None and now < self.until:
            return False
        if self.failures < FAILURES:
            return False
        self.pause = FIRST if self.until is None else min(self.pause * 2, LONGEST)
        self.until, self.trying = now + self.pause, False
        return True
