"""What has become too late to say: each kind of message nobody asked for has its limit.

A reminder that leaves two days late asks about something that was answered since; a tip is as good
tomorrow, but several that have waited are one; a broadcast that is late is shown to a person, who decides
(faults C4).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

LIMITS: Mapping[str, timedelta] = {
    "reminder": timedelta(hours=24),
    "tip": timedelta(days=3),
    "totals": timedelta(days=3),
    "notice": timedelta(hours=24),
    "broadcast": timedelta(hours=6),
}
"""How long after its time a message of this kind may still leave. Answers have no limit here."""


def expires(kind: str, due_at: datetime) -> datetime | None:
    """When a message of this kind, due at `due_at`, is too late; None for an answer."""
    limit = LIMITS.get(kind)
    return due_at + limit if limit else None


def reason(kind: str, due_at: datetime, now: datetime) -> str:
    """Why it may not leave any more, in words for the team; '' while it may."""
    limit = expires(kind, due_at)
    if limit is None or now < limit:
        return ""
    hours = int((now - due_at) / timedelta(hours=1))
    return f"{kind} expired: {hours} h late"
