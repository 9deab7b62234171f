"""Twilio's list: what came, and what became of ours, while its webhooks did not reach us."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl

import pytest

from bot.channels import pulling
from bot.channels.base import Recorder
from bot.errors import DatabaseError
from tests.contracts.channel_kit import Answer, Provider, knock, sending
from tests.contracts.kit_twilio import MESSAGES, SENDER, SID, TwilioKit, incoming, row

KIT = TwilioKit()


def page(rows: Sequence[dict[str, Any]], then: str | None = None) -> Answer:
    said = {"messages": list(rows), "page": 0, "page_size": 50, "next_page_uri": then, "uri": MESSAGES}
    return Answer(200, json.dumps(said).encode())


class Listed(Provider):
    """A provider whose list is looked up by what was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: dict[str, Answer] = {}

    async def handle(self, request: Any) -> Any:
        query = {name: values[0] for name, values in parse_qs(request.rel_url.raw_query_string).items()}
        which = query.get("PageToken") or ("To" if "To" in query else "From" if "From" in query else "all")
        self.answer = self.pages.get(which, page([]))
        return await super().handle(request)


@pytest.fixture
def listing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.contracts.channel_kit.Provider", Listed)
    monkeypatch.setattr(pulling, "EVERY_S", 0.05)
    monkeypatch.setattr(pulling, "SOON_S", 0.05)


async def pulled(channel: Any, intake: Recorder, seconds: float = 0.4) -> None:
    running = asyncio.create_task(channel.run(intake))
    await asyncio.sleep(seconds)
    running.cancel()


@pytest.mark.fault("B25")
@pytest.mark.usefixtures("listing")
async def test_what_came_during_an_outage_is_found_in_the_list_once_and_in_order() -> None:
    rows = [row(sid=f"SM{number}", body=f"raporo {number}") for number in range(120)][::-1]
    async with sending(KIT) as (channel, provider):
        assert isinstance(provider, Listed)
        provider.pages = {
            "To": page(rows[:50], f"{MESSAGES}?PageSize=50&Page=1&PageToken=PB"),
            "PB": page(rows[50:100], f"{MESSAGES}?PageSize=50&Page=2&PageToken=PC"),
            "PC": page([*rows[100:], row(sid=None), row(**{"from": ""}), {"new": "thing"}]),
        }
        intake = Recorder()
        await pulled(channel, intake)
        assert [each.key for each in intake.kept] == [f"SM{number}" for number in range(120)]
        assert len([path for path in provider.queries if "To=" in path]) > 1, "read again"
    first = dict(parse_qsl(provider.queries[0]))
    assert first == {"To": SENDER, "DateSent>": "2026-11-20", "PageSize": "50"}
    begun = [path for path in provider.queries if "To=" in path]  # the last query may be of a later page
    assert dict(parse_qsl(begun[-1]))["DateSent>"] == "2026-11-22"
    assert intake.kept[0].sent_at == datetime(2026, 11, 23, 17, 29, 11, tzinfo=UTC)


@pytest.mark.usefixtures("listing")
async def test_a_message_of_the_list_is_the_one_of_the_webhook() -> None:
    async with sending(KIT) as (channel, provider):
        assert isinstance(provider, Listed)
        provider.pages = {"To": page([row()])}
        intake = Recorder()
        await pulled(channel, intake, 0.2)
    brought = Recorder()
    assert await knock(KIT.channel("http://127.0.0.1:9"), brought, incoming()) == 200
    assert [replace(each, sent_at=None) for each in intake.kept] == brought.kept


@pytest.mark.usefixtures("listing")
async def test_the_list_tells_how_our_messages_ended() -> None:
    def ours(**more: Any) -> dict[str, Any]:
        return row(direction="outbound-api", **{"from": SENDER, "to": "+25779123456"}, **more)

    async with sending(KIT) as (channel, provider):
        assert isinstance(provider, Listed)
        provider.pages = {
            "From": page(
                [
                    ours(sid="SM3", status="undelivered", error_code=30003),
                    ours(sid="SM2", status="sent"),
                    ours(sid="SM1", status="delivered"),
                ]
            )
        }
        intake = Recorder()
        await pulled(channel, intake, 0.2)
        assert [(each.provider_id, each.state, each.word) for each in intake.told] == [
            ("SM1", "delivered", "delivered"),
            ("SM3", "failed", "undelivered 30003"),
        ]
        provider.pages = {"From": page([ours(sid="SM2", status="delivered")])}
        await pulled(channel, intake, 0.2)
        assert intake.told[-1].provider_id == "SM2", "it moved on"


@pytest.mark.usefixtures("listing")
@pytest.mark.parametrize("trouble", [Answer(503), Answer(200, b"<html>a hotel</html>"), Answer(500), Answer(429)])
async def test_a_list_that_cannot_be_read_is_asked_again(trouble: Answer) -> None:
    async with sending(KIT) as (channel, provider):
        assert isinstance(provider, Listed)
        provider.pages = {"To": trouble}
        intake = Recorder()
        running = asyncio.create_task(channel.run(intake))
        await asyncio.sleep(0.2)
        assert not running.done()
        provider.pages = {"To": page([row()])}
        async with asyncio.timeout(40):
            while not intake.kept:
                await asyncio.sleep(0.02)
        running.cancel()


@pytest.mark.usefixtures("listing")
async def test_what_the_database_did_not_take_is_handed_over_again() -> None:
    async with sending(KIT) as (channel, provider):
        assert isinstance(provider, Listed)
        provider.pages = {"To": page([row()])}
        intake = Recorder(broken=DatabaseError("disk full"))
        running = asyncio.create_task(channel.run(intake))
        await asyncio.sleep(0.2)
        assert not running.done() and not intake.kept
        intake.broken = None
        await asyncio.sleep(0.3)
        running.cancel()
        assert [each.key for each in intake.kept] == [SID]


async def test_nobody_answers_a_name_so_there_is_no_list_to_read() -> None:
    await asyncio.wait_for(KIT.channel("http://127.0.0.1:9", "OIM").run(Recorder()), 1)
