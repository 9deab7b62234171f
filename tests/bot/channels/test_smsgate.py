"""SMS Gate: what the contract does not ask because it is the Android app's alone."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.channels import pulling, smsgate, smsgate_wire
from bot.channels.base import Arrival, Delivery, Message, Recorder
from bot.errors import ChannelMisconfigured
from tests.contracts.channel_kit import Answer, Call, knock, sending
from tests.contracts.test_channels import MMS, NOW, OURS, PASSWORD, REPORT, SMS, SmsGateKit, event, signed

HERE = "https://example.org/channels/smsgate/incoming"


async def told(call: Call, status: int = 200) -> Recorder:
    intake = Recorder()
    assert await knock(SmsGateKit().channel("http://127.0.0.1:9"), intake, call) == status
    return intake


async def arrival(kind: str, payload: dict[str, Any]) -> Arrival:
    (kept,) = (await told(signed(event(kind, payload)))).kept
    return kept


async def delivery(kind: str, payload: dict[str, Any]) -> Delivery:
    (reported,) = (await told(signed(event(kind, payload)))).told
    return reported


async def test_an_sms_is_known_by_what_it_is() -> None:
    kept = await arrival("sms:received", SMS)
    sent_at = datetime(2026, 11, 23, 17, 29, 11, tzinfo=UTC)
    assert kept == Arrival("smsgate", kept.key, "tel", "+25779123456", "text", "Ego", sent_at)
    (again,) = (await told(signed(event("sms:received", SMS | {"messageId": "7"}, "of a second hook")))).kept
    assert again.key == kept.key
    for other in (
        {"message": "ego"}, {"phoneNumber": "+25768123456"}, {"receivedAt": "2026-11-23T19:29:12.000+02:00"},
    ):  # fmt: skip
        assert (await arrival("sms:received", SMS | other)).key != kept.key


@pytest.mark.parametrize("time", [None, "yesterday", "1970-01-01T00:00:00.000Z", "2027-11-23T17:29:11.000Z"])
async def test_where_its_time_tells_nothing_the_events_id_does(time: str | None) -> None:
    assert (await arrival("sms:received", SMS | {"receivedAt": time})).key == "Ey6ECgOkVVFjz3CL48B8C"


async def test_the_sender_counts_before_the_old_phone_number() -> None:
    payload = SMS | {"sender": "+25768123456", "recipient": None}
    assert (await arrival("sms:received", payload)).address == "+25768123456"
    assert (await arrival("sms:received", SMS | {"phoneNumber": "ECONET"})).address == "ECONET"


async def test_a_picture_is_an_mms_with_its_subject() -> None:
    kept = await arrival("mms:received", MMS | {"subject": "Ifoto"})
    assert (kept.kind, kept.text) == ("mms", "Ifoto")
    assert (await arrival("mms:received", MMS)).text == ""


@pytest.mark.parametrize("time", [None, 7, "yesterday", {}])
async def test_a_time_that_cannot_be_read_is_null(time: object) -> None:
    assert (await arrival("sms:received", SMS | {"receivedAt": time})).sent_at is None


async def test_half_an_emoji_does_not_lose_the_message() -> None:
    body = event("sms:received", SMS).replace(b'"Ego"', b'"Ego \\ud83d"')
    (kept,) = (await told(signed(body))).kept
    assert kept.text.startswith("Ego")
    kept.text.encode()


@pytest.mark.parametrize(
    "body",
    [
        event("sms:received", SMS, ""),
        event("sms:received", SMS | {"phoneNumber": None}),
        event("sms:received", {}),
        b'{"event":"sms:received","id":"1","payload":[]}',
        b"[]",
        b"null",
        b"",
        b"{" * 100_000,
        b'{"event":"sms:received","id":1,"payload":{"phoneNumber":"79123456"}}',
    ],
)
async def test_what_cannot_be_kept_is_not_acknowledged(body: bytes) -> None:
    assert not (await told(signed(body), 400)).kept


@pytest.mark.fault("B14")
@pytest.mark.parametrize("seconds", [-299, 0, 299])
async def test_a_signature_of_these_minutes_counts(seconds: int) -> None:
    call = signed(event("sms:received", SMS), at=NOW + timedelta(seconds=seconds))
    assert (await told(call)).kept


@pytest.mark.fault("B14")
@pytest.mark.parametrize("seconds", [-301, 301, -86_400 * 365])
async def test_an_old_signature_does_not(seconds: int) -> None:
    call = signed(event("sms:received", SMS), at=NOW + timedelta(seconds=seconds))
    assert not (await told(call, 401)).kept


async def test_the_phone_is_heard_only_when_it_signs() -> None:
    channel = SmsGateKit().channel("http://127.0.0.1:9")
    ping = event("system:ping", {"health": {"status": "pass", "checks": {}}})
    await knock(channel, Recorder(), signed(ping, key="wrong"))
    assert channel.heard_at is None
    assert await knock(channel, Recorder(), signed(ping)) == 200
    assert channel.heard_at == NOW


async def test_a_report_finds_our_message_and_names_nobody() -> None:
    failed = await delivery("sms:failed", REPORT | {"reason": "Invalid phone number +25779123456"})
    assert (failed.state, failed.outbox_id, failed.provider_id) == ("failed", 41, "41-0123456789ab")
    assert failed.word == "sms:failed Invalid phone number +..."
    assert failed.event == "Ey6ECgOkVVFjz3CL48B8C"
    assert (await delivery("sms:sent", REPORT | {"messageId": "zXDYfTmTVf3iMd16zzdBj"})).outbox_id is None
    assert (await delivery("sms:sent", {})).provider_id is None


@pytest.mark.fault("B22")
async def test_a_message_is_ordered_as_the_app_documents() -> None:
    async with sending(SmsGateKit()) as (channel, provider):
        provider.answer = Answer(409, b'{"message":"Message with the same ID already exists"}')
        sent = await channel.send(Message(41, "+25779123456", "No 4127 OK canary-text", 1))
    assert (sent.provider_id, sent.state) == (OURS, "accepted")
    assert provider.paths[-1] == "POST /messages" and provider.queries[-1] == "skipPhoneValidation=true"
    assert base64.b64decode(provider.headers[-1]["Authorization"].split()[1]).decode() == f"sms:{PASSWORD}"
    assert json.loads(provider.asked[-1]) == {
        "id": OURS,
        "textMessage": {"text": "No 4127 OK canary-text"},
        "phoneNumbers": ["+25779123456"],
        "ttl": 86_400,
        "withDeliveryReport": True,
    }


@pytest.mark.fault("B21")
async def test_the_id_is_of_this_message_and_no_other() -> None:
    ids = set()
    async with sending(SmsGateKit()) as (channel, provider):
        provider.answer = Answer(409)
        for number, address, text, attempt in [
            (41, "+25779123456", "a", 1),
            (41, "+25779123456", "a", 2),
            (41, "+25779123456", "b", 1),
            (41, "+25768123456", "a", 1),
            (42, "+25779123456", "a", 1),
        ]:
            await channel.send(Message(number, address, text, attempt))
            ids.add(json.loads(provider.asked[-1])["id"])
    assert len(ids) == 4, "another attempt has the same id, everything else another one"
    assert all(len(each) <= 36 for each in ids)


async def test_the_webhooks_are_registered_once_each_under_ids_of_ours() -> None:
    async with sending(SmsGateKit()) as (_, provider):
        orders = [json.loads(body) for body in provider.asked]
        assert set(provider.paths) == {"POST /webhooks"}
    assert {order["url"] for order in orders} == {HERE}
    assert [order["event"] for order in orders] == list(smsgate.HOOKS)
    assert len({order["id"] for order in orders}) == len(orders) == 6
    assert all(len(order["id"]) <= 36 for order in orders)


async def test_a_phone_that_is_off_does_not_stop_the_start_and_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pulling, "SOON_S", 0.01)
    monkeypatch.setattr(pulling, "EVERY_S", 0.02)
    async with sending(SmsGateKit()) as (channel, provider):
        provider.asked.clear()
        provider.answer = Answer(503)
        running = asyncio.create_task(channel.run(Recorder()))
        await asyncio.sleep(0.1)
        assert len(provider.asked) >= 2, "asked again"
        provider.paths.clear()
        provider.answer = Answer(201, b"{}")
        provider.answers["/health"] = Answer(200, b'{"version":"1.58.0"}')
        await asyncio.sleep(0.2)
        running.cancel()
        assert provider.paths.count("POST /webhooks") >= 12, "registered, and registered again"
        assert "POST /inbox/refresh" not in provider.paths, "an old app's inbox has another time than its events"
    async with sending(SmsGateKit(), "http://127.0.0.1:9"):
        pass


@pytest.mark.parametrize(("status", "what"), [(401, "password"), (400, "https://")])
async def test_a_refused_start_says_what_to_do(status: int, what: str) -> None:
    async with sending(SmsGateKit()) as (channel, provider):
        provider.answer = Answer(status, b'{"message":"url must start with https://"}')
        with pytest.raises(ChannelMisconfigured, match=what):
            await channel.start(channel._http)  # type: ignore[attr-defined]


async def test_the_doctor_reads_health_and_webhooks() -> None:
    async with sending(SmsGateKit()) as (channel, provider):
        for body, problems in [
            (b'{"version":"1.75.0","checks":{"battery:level":{"status":"warn","observedValue":20}}}', 2),
            (b"<html>a router</html>", 1),
            (b"{}", 1),
        ]:
            provider.answer = Answer(200, body)
            found = await channel.check()
            assert len(found) == problems, found
            assert PASSWORD not in " ".join(found)
        ours = [{"id": key, "url": HERE, "event": kind} for kind, key in smsgate.HOOKS.items()]
        provider.answers["/health"] = Answer(200, b'{"status":"pass","version":"1.67.0","checks":{}}')
        provider.answer = Answer(200, json.dumps(ours).encode())
        assert await channel.check() == []
        double = [*ours, {"id": "by hand", "url": HERE, "event": "sms:received"}]
        provider.answer = Answer(200, json.dumps(double).encode())
        (problem,) = await channel.check()
        assert "sms:received must lead here once" in problem
        provider.answer = Answer(401, b'{"checks":{}}')
        assert "password" in " ".join(await channel.check())
        provider.answers["/health"] = Answer(200, b'{"checks":{"db:ping":{"status":"pass","observedValue":1}}}')
        provider.answer = Answer(200, json.dumps(ours).encode())
        assert isinstance(channel, smsgate.SmsGate) and await channel.check() == await channel.set_up() == []
        assert "PATCH /settings" not in provider.paths, "a private server hands no key on"


@pytest.mark.parametrize(
    ("here", "waits"),
    [
        ("", True),
        ("https://example.org/x", True),
        ("http://127.0.0.1:8080/x", False),
        ("https://192.168.1.7/x", False),
    ],
)
def test_the_app_waits_for_the_internet_only_where_it_needs_it(here: str, waits: bool) -> None:
    webhooks = smsgate_wire.app_settings("key", here)["webhooks"]
    assert webhooks == {"signing_key": "key"} | ({} if waits else {"internet_required": False})
