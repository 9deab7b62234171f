"""Broadcasts as a conversation sees them: what it may ask about them, and what it decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class BroadcastAsked:
    """-> int | None: the broadcast with a question that was the last thing said at this address, since then."""

    address_id: int
    since: datetime


@dataclass(frozen=True, slots=True)
class AnswerBroadcast:
    """Count the answer of this address."""

    broadcast_id: int
    answer: Literal["yes", "no"]


Facts = BroadcastAsked
Effects = AnswerBroadcast
