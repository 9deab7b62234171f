"""How often a network may try to sign in. In memory: the tries of an account are counted in its row."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta

from starlette.requests import Request

TRIES = 30
WITHIN = timedelta(hours=1)
MOST_NETWORKS = 10_000
PASSWORD_TRIES = 5
"""After so many wrong ones in a row an account rests for WAIT."""
WAIT = timedelta(minutes=15)
PIN_TRIES = 5
"""After so many wrong ones in a row somebody must unlock the account."""


class Brake:
    """Counts tries by network: an IPv4 address, or the /64 of an IPv6 one."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, deque[datetime]] = OrderedDict()

    def holds(self, network: str, now: datetime) -> bool:
        """Count this try; True when there were too many."""
        tries = self._seen.setdefault(network, deque(maxlen=TRIES + 1))
        self._seen.move_to_end(network)
        if len(self._seen) > MOST_NETWORKS:
            self._seen.popitem(last=False)
        while tries and now - tries[0] > WITHIN:
            tries.popleft()
        tries.append(now)
        return len(tries) > TRIES


def network_of(request: Request, *, behind_proxy: bool) -> str:
    """Where a request comes from. Behind our own proxy: what that one says, which is the last in the line."""
    address = request.client.host if request.client else ""
    if behind_proxy and address in ("127.0.0.1", "::1"):
        address = request.headers.get("x-forwarded-for", address).rpartition(",")[2].strip()
    return ":".join(address.split(":")[:4]) if ":" in address else address
