"""What `kurikirana today` says of a gateway, from what the running service says of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.cli import gateway
from bot.cli.team import today_lines

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
HEARD = ", last heard 23/11 07:44 (local)"
ZONE = ZoneInfo("Africa/Bujumbura")


@pytest.mark.parametrize(
    ("more", "minutes", "state", "words"),
    [
        ({}, 2, "ok", "smsgate: no fault known, last heard 23/11 07:58 (local)"),
        (
            {},
            16,
            "silent",
            f"smsgate: silent for more than 15 minutes: wake the phone{HEARD}",
        ),
        (
            {"full": True},
            16,
            "full",
            f"smsgate: its SIM has sent all that it may today{HEARD}",
        ),
        (
            {"broken": True, "full": True},
            None,
            "refused",
            "smsgate: its account or its settings are refused; see `kurikirana doctor`",
        ),
        ({"rest": None}, None, "ok", "smsgate: no fault known"),
        ({"rest": 310}, None, "ok", "smsgate: no fault known, 310 SMS left for today"),
    ],
)
def test_a_gateway_in_words(more: dict[str, Any], minutes: int | None, state: str, words: str) -> None:
    heard = (NOW - timedelta(minutes=minutes)).isoformat() if minutes is not None else None
    found = gateway._state({"name": "smsgate", "broken": False, "full": False, "heard_at": heard, **more}, NOW)
    assert found["state"] == state
    assert list(gateway.lines([found], ZONE)) == [words]


def test_nobody_answers() -> None:
    assert "no service answers here" in next(gateway.lines(None, ZONE))


def test_today_says_what_the_chat_says_how_many_perhaps_did_not_arrive_too() -> None:
    found: dict[str, Any] = dict.fromkeys(("calls", "messages", "photos", "numbers", "questions", "waiting"), ())
    found |= {"clock": "", "holiday": False, "overdue": 1, "late": 2, "uncertain": 3}
    said = "\n".join(today_lines(found, ZONE))
    assert "Promises overdue: 1\nLate: 2\nPerhaps not arrived: 3 (see `kurikirana uncertain`)" in said
    assert said.count("0") == 5
