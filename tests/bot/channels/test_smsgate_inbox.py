"""SMS Gate's inbox: what its events did not bring is found there, once, whichever came first."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.channel_sections import SmsGate as Settings
from bot.channels import pulling, smsgate
from bot.channels.base import Message, Recorder
from bot.channels.smsgate import SmsGate
from bot.errors import DatabaseError
from tests.contracts.channel_kit import Provider, knock, sending
from tests.contracts.test_channels import KEY, NOW, PASSWORD, SMS, SmsGateKit, event, signed

LOW = {
    "battery:level": {"observedValue": 9, "status": "fail"},
    "battery:charging": {"observedValue": 0, "status": "pass"},
    "messages:failed": {"observedValue": 7, "status": "fail"},
}
SIX_HOURS = timedelta(hours=6)


class Phone(Provider):
    """The app's addresses as its documentation has them, since 1.67: Android's inbox, and its own list of it."""

    def __init__(self) -> None:
        super().__init__()
        self.android: list[dict[str, Any]] = []
        self.listed: list[dict[str, Any]] = []
        self.version, self.orders = "1.75.0", list[dict[str, Any]]()
        self.is_off, self.checks, self.cards = False, dict[str, Any](), list[dict[str, Any]]()

    def receive(self, text: str, at: datetime, sender: str = "+25779123456") -> bytes:
        """An SMS arrives; the event that brings it."""
        row = {"sender": sender, "contentPreview": text, "createdAt": f"{at:%Y-%m-%dT%H:%M:%S.000Z}"}
        self.android.append({"id": f"text:{hash((sender, text, at))}", "type": "SMS", **row})
        payload = SMS | {"message": text, "sender": sender, "receivedAt": row["createdAt"]}
        return event("sms:received", payload, f"{sender} {text} {at}")

    async def handle(self, request: web.Request) -> web.Response:
        order = await request.read()
        self.paths.append(f"{request.method} {request.path}")
        match f"{request.method} {request.path}":
            case _ if self.is_off:
                return web.Response(status=503)
            case "POST /webhooks":
                return web.Response(status=201, body=order)
            case "GET /devices":
                return web.json_response([{"id": "d", "name": "TECNO/X", "simCards": self.cards}])
            case "GET /webhooks":
                return web.json_response([])
            case "GET /health":
                return web.json_response({"status": "pass", "version": self.version, "checks": self.checks})
            case "POST /inbox/refresh":
                self.orders.append(asked := json.loads(order))
                assert asked["messageTypes"] == ["SMS"]
                assert asked["triggerWebhooks"] == (asked["webhookDelivery"] != "Disabled")
                self.listed = [row for row in self.android if asked["since"] <= row["createdAt"] <= asked["until"]]
                return web.Response(status=202)
            case "GET /inbox":
                query = request.query
                assert query["type"] == "SMS" and 1 <= int(query["limit"]) <= 500
                there = [row for row in self.listed if query["from"] <= row["createdAt"] <= query["to"]]
                there.sort(key=lambda row: str(row["createdAt"]), reverse=True)
                first = int(query["offset"])
                return web.json_response(there[first : first + int(query["limit"])])
            case other:
                raise AssertionError(other)


@asynccontextmanager
async def pulled(
    monkeypatch: pytest.MonkeyPatch, intake: Recorder
) -> AsyncIterator[tuple[SmsGate, Phone, Callable[[], Any]]]:
    """The channel and its phone; calling the last has it read the inbox until told otherwise."""
    monkeypatch.setattr("tests.contracts.channel_kit.Provider", Phone)
    monkeypatch.setattr(pulling, "EVERY_S", 0.02)
    monkeypatch.setattr(pulling, "SOON_S", 0.02)

    async with sending(SmsGateKit()) as (channel, phone):
        assert isinstance(channel, SmsGate) and isinstance(phone, Phone)

        async def read(times: int = 2) -> None:
            running = asyncio.create_task(channel.run(intake))
            due = len(phone.orders) + times
            async with asyncio.timeout(10):
                while len(phone.orders) < due:
                    await asyncio.sleep(0.01)
            running.cancel()

        yield channel, phone, read


@pytest.mark.fault("B25")
async def test_after_six_blind_hours_everything_of_the_phone_is_there_once_and_in_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of 500 SMS every third was brought before; the others' events come later, when they are tried again."""
    intake = Recorder()
    async with pulled(monkeypatch, intake) as (channel, phone, read):
        events = [phone.receive(f"raporo {n}", NOW - SIX_HOURS + timedelta(seconds=43 * n)) for n in range(500)]
        for number in range(0, 500, 3):
            assert await knock(channel, intake, signed(events[number])) == 200
        await read()
        texts = [arrival.text for arrival in intake.kept]
        assert sorted(texts) == sorted({f"raporo {n}" for n in range(500)}), "each, and none twice"
        found = [int(text.split()[1]) for text in texts[167:]]
        assert found == sorted(found), "oldest first"
        for one in events:
            assert await knock(channel, intake, signed(one)) == 200
        assert len({arrival.key for arrival in intake.kept}) == 500


async def test_two_honest_messages_stay_two_and_odd_rows_harm_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    intake = Recorder()
    async with pulled(monkeypatch, intake) as (_, phone, read):
        phone.receive("Ego", NOW)
        phone.receive("Ego", NOW + timedelta(seconds=1))
        phone.receive("Ego", NOW, "ECONET")
        phone.android += [
            {"createdAt": phone.android[0]["createdAt"]},
            {"createdAt": phone.android[0]["createdAt"] + "?"},
        ]
        await read()
        assert sorted((arrival.address, arrival.text) for arrival in intake.kept) == [
            ("+25779123456", "Ego"), ("+25779123456", "Ego"), ("ECONET", "Ego"),
        ]  # fmt: skip


async def test_what_cannot_be_kept_or_read_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    intake = Recorder(broken=DatabaseError("disk full"))
    async with pulled(monkeypatch, intake) as (_, phone, read):
        phone.receive("raporo", NOW)
        await read()
        intake.broken, phone.is_off = None, True
        waiting = asyncio.create_task(read())
        await asyncio.sleep(0.1)
        phone.is_off = False
        await waiting
        assert [arrival.text for arrival in intake.kept] == ["raporo"]
        assert {order["since"] for order in phone.orders} >= {"2026-11-20T17:30:00Z"}, "as far back as before"


async def test_a_phone_that_cannot_call_us_is_read_every_half_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(
        url="http://127.0.0.1:9", username="u", password=SecretStr(PASSWORD), signing_key=SecretStr(KEY)
    )
    slept = list[float]()
    channel, found = SmsGate(settings, "", lambda: NOW), list[datetime]()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 2:
            raise asyncio.CancelledError

    async def look(intake: Any, since: datetime) -> None:
        found.append(since)

    monkeypatch.setattr(pulling.asyncio, "sleep", sleep)
    monkeypatch.setattr(channel, "_look", look)
    with pytest.raises(asyncio.CancelledError):
        await channel.run(Recorder())
    assert slept == [smsgate.ONLY_WAY_S] * 2 and len(found) == 2


async def test_a_private_server_has_its_phones_bring_what_they_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several phones behind one account: the server lists nothing, and says nothing of how they are."""
    intake = Recorder()
    async with pulled(monkeypatch, intake) as (channel, phone, read):
        phone.checks, phone.version = {"db:ping": {"observedValue": 0, "status": "pass"}}, "v1.40.0"
        await read()
        assert {order["webhookDelivery"] for order in phone.orders} == {"Individual"}
        assert "GET /inbox" not in phone.paths and channel.heard_at is None
        assert await knock(channel, intake, signed(event("system:ping", {"health": {"checks": LOW}}))) == 200
        assert channel.heard_at == NOW and channel.warns == ("battery", "unplugged", "failing")
        assert [problem for problem in await channel.check() if "older" in problem] == []


@pytest.mark.parametrize(("sim", "device"), [(0, ""), (2, ""), (1, "phone-of-the-north")])
async def test_the_sim_card_and_the_phone_that_send_can_be_named(sim: int, device: str) -> None:
    async with sending(SmsGateKit()) as (channel, provider):
        assert isinstance(channel, SmsGate)
        channel.settings = channel.settings.model_copy(update={"sim": sim, "device": device})
        provider.taken = SmsGateKit().taken
        await channel.send(Message(41, "+25779123456", "No 4127 OK", 1))
    order = json.loads(provider.asked[-1])
    assert (order.get("simNumber", 0), order.get("deviceId", "")) == (sim, device)


@pytest.mark.parametrize(("version", "wrong"), [("1.75.0", 0), ("1.66.1", 1)])
async def test_a_phone_without_our_address_is_all_right_when_it_can_be_read(
    monkeypatch: pytest.MonkeyPatch, version: str, wrong: int
) -> None:
    async with pulled(monkeypatch, Recorder()) as (channel, phone, _):
        channel._here, phone.version = "", version
        problems = await channel.check()
        assert len(problems) == wrong and all("older than 1.67" in problem for problem in problems)
        phone.checks = {"db:ping": {"observedValue": 0, "status": "pass"}}
        assert ["private server" in problem for problem in await channel.check()] == [True]


async def test_what_connect_shows_of_a_phone_names_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    async with pulled(monkeypatch, Recorder()) as (channel, phone, _):
        await channel.check()
        assert channel.found == ("phone found, app 1.75.0",)
        phone.checks = LOW | {"battery:charging": {"observedValue": 5, "status": "pass"}}
        card = {
            "slotIndex": 0,
            "simNumber": 1,
            "carrierName": "Lumitel",
            "phoneNumber": "+25761000000",
            "iccid": "8925",
        }
        phone.cards = [card, {"simNumber": 2, "carrierName": None}]
        await channel.check()
        assert channel.found[1:] == ("on power, battery 9 %", "SIM card 1: Lumitel", "SIM card 2: operator unknown")
