"""No forged webhook is let in: a few thousand here, a million by `make forged`."""

from __future__ import annotations

import os

import pytest

from bot.channels import NAMES, web
from tests.contracts.test_channel_faults import KITS
from tests.forged import tried

CALLS = int(os.environ.get("KURIKIRANA_FORGED", "8000"))

UNCALLED = {"chat", "gammu", "phone", "smpp"}
"""Channels with no address for anybody to call."""


def test_every_channel_that_is_called_is_tried_over_a_broken_network_too() -> None:
    assert {kit.channel("http://127.0.0.1:9").name for kit in KITS} == set(NAMES) - UNCALLED


@pytest.mark.fault("B19", "E12")
async def test_no_forged_webhook_is_let_in() -> None:
    found = await tried(CALLS, seed=1)
    assert set(found.tried) == {*NAMES, "africastalking ussd"} - UNCALLED and sum(found.tried.values()) == CALLS
    assert found.let_in == []
    assert found.statuses.keys() <= {400, 401, 403, 404, 405, 413}


async def test_a_door_that_looks_at_the_beginning_only_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Teeth: for every channel."""

    def begins(given: str | bytes, secret: str | bytes) -> bool:
        return web.encoded(given)[:4] == web.encoded(secret)[:4]

    monkeypatch.setattr(web, "same", begins)
    found = await tried(CALLS, seed=1)
    assert {name for name, _ in found.let_in} == set(found.tried)
