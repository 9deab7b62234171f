"""Africa's Talking: what the contract does not ask because it is this provider's alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest

from bot.channel_sections import AfricasTalking as Settings
from bot.channels import africastalking_wire, pulling
from bot.channels.africastalking import AfricasTalking
from bot.channels.base import Arrival, Delivery, Message, Recorder
from bot.errors import Ambiguous, ChannelMisconfigured, DatabaseError, RecipientStopped, RetryLater
from tests.contracts.channel_kit import Answer, Call, Provider, knock, outcome, sending
from tests.contracts.test_channels import NOW, PASSWORD, SECRET
from tests.contracts.test_channels_africastalking import AT_REPORT, AT_SMS, AfricasTalkingKit, at_answer, at_call

INBOX = "/version1/messaging"


async def told(call: Call, status: int = 200) -> Recorder:
    intake = Recorder()
    assert await knock(AfricasTalkingKit().channel("http://127.0.0.1:9"), intake, call) == status
    return intake


async def arrival(**fields: str) -> Arrival:
    (kept,) = (await told(at_call("incoming", AT_SMS | fields))).kept
    return kept


async def delivery(**fields: str) -> Delivery:
    (reported,) = (await told(at_call("status", AT_REPORT | fields))).told
    return reported


# --- what is brought ---


async def test_an_sms_is_read_as_documented() -> None:
    kept = await arrival()
    at = datetime(2026, 11, 23, 17, 29, 11, tzinfo=UTC)
    assert kept == Arrival("africastalking", kept.key, "tel", "+25779123456", "text", "Ego", at)
    assert "79123456" not in kept.key


@pytest.mark.parametrize("change", [{"text": "Oya"}, {"from": "+25768123456"}, {"date": "2026-11-23T17:29:12Z"}])
async def test_another_message_has_another_key(change: dict[str, str]) -> None:
    assert (await arrival(**change)).key != (await arrival()).key
    assert (await arrival(**change | {"linkId": ""})).key != (await arrival(linkId="")).key


async def test_without_a_second_the_id_counts_and_without_that_each_call() -> None:
    for date in ("", "yesterday", "2026-11-23T17:29Z"):
        assert (await arrival(date=date)).key == (await arrival(date=date, text="Oya")).key
        assert (await arrival(date=date)).key != (await arrival(date=date, id="2")).key
        assert (await arrival(date=date, id="")).key != (await arrival(date=date, id="")).key
        assert (await arrival(date=date)).sent_at is None


@pytest.mark.parametrize("body", [b"", b"text=Ego&id=1", b"from=&text=Ego", b"from=%ff&text=Ego", b"from=%00&id=1"])
async def test_a_call_without_a_sender_is_refused(body: bytes) -> None:
    path = f"/channels/africastalking/{SECRET}/incoming"
    assert not (await told(Call("POST", path, b"", body), 400)).kept


async def test_a_text_in_no_charset_is_kept_with_its_bytes_and_a_nul_is_not() -> None:
    path = f"/channels/africastalking/{SECRET}/incoming"
    (kept,) = (await told(Call("POST", path, b"", b"from=79123456&id=1&text=Ego%00+%ff"))).kept
    assert kept.text.startswith("Ego") and "\0" not in kept.text and kept.data["bytes"] == "45676f0020ff"


async def test_a_report_finds_our_message_and_names_nobody() -> None:
    failed = await delivery(status="Rejected", failureReason="UserDoesNotExist +25779123456")
    assert (failed.state, failed.outbox_id, failed.provider_id) == ("failed", None, AT_REPORT["id"])
    assert failed.word == "Rejected UserDoesNotExist +..."
    assert len({(await delivery(status=word)).event for word in africastalking_wire.STATES}) == len(
        africastalking_wire.STATES
    )
    assert not (await told(at_call("status", AT_REPORT | {"id": ""}), 400)).told


# --- what is sent ---


async def test_a_message_is_ordered_as_documented() -> None:
    async with sending(AfricasTalkingKit()) as (channel, provider):
        provider.answer = at_answer(101, "Success", key="ATPid_SampleTxnId123")
        sent = await channel.send(Message(41, "+25779123456", "Ça va? 1 & 2", 1))
    assert (sent.provider_id, sent.state) == ("ATPid_SampleTxnId123", "sent")
    assert provider.paths == [f"POST {INBOX}"]
    assert provider.headers[-1]["apiKey"] == PASSWORD
    assert provider.headers[-1]["Accept"] == "application/json"
    assert parse_qs(provider.asked[-1].decode(), strict_parsing=True) == {
        "username": ["rutana"],
        "to": ["+25779123456"],
        "message": ["Ça va? 1 & 2"],
        "from": ["21512"],
        "bulkSMSMode": ["1"],
    }


async def test_without_a_sender_none_is_named() -> None:
    settings = Settings.model_validate({"username": "u", "api_key": "k", "secret": SECRET})
    assert "from" not in AfricasTalking(settings, "", lambda: NOW)._order


async def test_who_was_blacklisted_is_written_to_no_more() -> None:
    async with sending(AfricasTalkingKit()) as (channel, provider):
        for provider.answer in (
            at_answer(406, "UserInBlacklist", key="None"),
            Answer(201, b'{"SMSMessageData":{"Recipients":[{"status":"UserInBlacklist"}]}}'),
        ):
            assert isinstance(await outcome(channel), RecipientStopped)


async def test_a_forbidden_time_of_day_is_waited_out() -> None:
    async with sending(AfricasTalkingKit()) as (channel, provider):
        provider.answer = at_answer(409, "DoNotDisturbRejection", 409, "None")
        error = await outcome(channel)
        assert isinstance(error, RetryLater) and error.after_s == 3600


@pytest.mark.parametrize(("code", "word"), [(402, "InvalidSenderId"), (405, "InsufficientBalance")])
async def test_what_is_wrong_with_the_account_says_what_to_do(code: int, word: str) -> None:
    async with sending(AfricasTalkingKit()) as (channel, provider):
        provider.answer = at_answer(code, word)
        error = await outcome(channel)
        assert isinstance(error, ChannelMisconfigured) and word in str(error) and error.what_to_do


# --- what no call brought ---


class Inbox:
    """The provider's memory: every message that it has, whether it called us or not; pages of three."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    def add(self, text: str, at: datetime, link: str = "L") -> dict[str, str]:
        """Remember it; the fields of the call that it makes of it."""
        number = len(self.messages) + 1
        fields = {"linkId": f"{link}{number}", "text": text, "to": "21512", "from": "+25779123456"}
        self.messages.append(fields | {"id": 15_070 + number, "date": at.isoformat(timespec="milliseconds")})
        return fields | {"id": f"uuid-{number}", "date": at.strftime("%Y-%m-%d %H:%M:%S")}

    def page(self, query: str) -> Answer:
        after = int(parse_qs(query)["lastReceivedId"][0])
        found = [each for each in self.messages if each["id"] > after][:3]
        return Answer(200, json.dumps({"SMSMessageData": {"Messages": found}}).encode())


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    made, old = Inbox(), Provider.handle

    async def handle(self: Provider, request: Any) -> Any:
        if request.method == "GET" and self.answer.status == 200:
            self.answers[INBOX] = made.page(request.query_string)
        else:
            self.answers.pop(INBOX, None)
        return await old(self, request)

    monkeypatch.setattr(Provider, "handle", handle)
    monkeypatch.setattr(pulling, "EVERY_S", 0.01)
    monkeypatch.setattr(pulling, "SOON_S", 0.01)
    yield made


async def until(done: Any) -> None:
    async with asyncio.timeout(20):
        while not done():
            await asyncio.sleep(0.01)


@pytest.mark.fault("B25")
async def test_after_six_blind_hours_everything_is_there_once(inbox: Inbox) -> None:
    calls = [inbox.add("Ego", NOW - timedelta(hours=6) + timedelta(minutes=40 * each)) for each in range(8)]
    intake = Recorder()
    async with sending(AfricasTalkingKit()) as (channel, _):
        assert await knock(channel, intake, at_call("incoming", calls[0])) == 200
        assert await knock(channel, intake, at_call("incoming", calls[7])) == 200
        running = asyncio.create_task(channel.run(intake))
        await until(lambda: len(intake.kept) == 10)
        late = inbox.add("Oya", NOW)
        await until(lambda: len(intake.kept) == 11)
        assert await knock(channel, intake, at_call("incoming", late)) == 200
        running.cancel()
    assert len({each.key for each in intake.kept}) == 9, "the two that were called, and the late one, count once"
    assert [each.text for each in intake.kept].count("Oya") == 2


async def test_history_and_what_has_no_time_are_left_alone(inbox: Inbox) -> None:
    inbox.add("Kera", NOW - timedelta(days=3, seconds=1))
    inbox.add("Ego", NOW - timedelta(days=2))
    inbox.add("?", NOW)
    inbox.messages[-1]["date"] = "yesterday"
    inbox.add("", NOW)
    inbox.messages[-1]["from"] = None
    intake = Recorder()
    async with sending(AfricasTalkingKit()) as (channel, provider):
        running = asyncio.create_task(channel.run(intake))
        await until(lambda: len(provider.queries) >= 4)
        running.cancel()
    assert [each.text for each in intake.kept] == ["Ego"]
    assert parse_qs(provider.queries[-1]) == {"username": ["rutana"], "lastReceivedId": ["15074"]}


async def test_what_was_not_stored_is_read_again(inbox: Inbox) -> None:
    inbox.add("Ego", NOW)
    intake = Recorder(broken=DatabaseError("disk full"))
    async with sending(AfricasTalkingKit()) as (channel, provider):
        running = asyncio.create_task(channel.run(intake))
        await until(lambda: len(provider.queries) >= 2)
        assert not intake.kept
        for provider.answer in (Answer(503), Answer(200, b"<html>")):
            asked = len(provider.queries)
            await until(lambda before=asked: len(provider.queries) > before + 1)
        provider.answer = Answer(401)
        with pytest.raises(ChannelMisconfigured):  # the service says what to do, and begins anew in a minute
            await asyncio.wait_for(running, 20)
        intake.broken, provider.answer = None, Answer(200)
        running = asyncio.create_task(channel.run(intake))
        await until(lambda: intake.kept)
        running.cancel()
    assert {each.text for each in intake.kept} == {"Ego"}


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"SMSMessageData":[]}', b'{"SMSMessageData":{"Messages":{}}}', b"<html>", b"\xff"],
)
async def test_a_page_that_is_none_is_no_empty_inbox(body: bytes) -> None:
    async with sending(AfricasTalkingKit()) as (channel, provider):
        assert isinstance(channel, AfricasTalking)
        provider.answer = Answer(200, body)
        with pytest.raises(Ambiguous):
            await channel._catch_up(Recorder(), NOW)


async def test_odd_messages_of_a_page_end_it() -> None:
    odd = [7, None, {"id": True}, {"id": "9" * 30}, {"id": -1, "from": 7, "date": {}, "text": []}]
    async with sending(AfricasTalkingKit()) as (channel, provider):
        assert isinstance(channel, AfricasTalking)
        provider.answer = Answer(200, json.dumps({"SMSMessageData": {"Messages": odd}}).encode())
        intake = Recorder()
        await asyncio.wait_for(channel._catch_up(intake, NOW), 2)
        assert not intake.kept and len(provider.queries) == 1


# --- the doctor, and the start ---


async def test_the_doctor_asks_for_the_balance() -> None:
    async with sending(AfricasTalkingKit()) as (channel, provider):
        for answer, problem in [
            (Answer(200, b'{"UserData":{"balance":"BIF 1785.50"}}'), ""),
            (Answer(200, b'{"userData":{"balance":"KES 1.5"}}'), ""),
            (Answer(200, b'{"UserData":{"balance":"KES 0.0000"}}'), "top it up"),
            (Answer(200, b'{"UserData":{"balance":""}}'), "is it Africa's Talking?"),
            (Answer(200, b"<html>"), "is it Africa's Talking?"),
            (Answer(401, b"The supplied authentication is invalid"), "api_key"),
            (Answer(503), "503"),
        ]:
            provider.answer = answer
            found = await channel.check()
            assert len(found) == bool(problem) and problem in " ".join(found), found
            assert PASSWORD not in " ".join(found)
        assert provider.paths[-1] == "GET /version1/user" and provider.queries[-1] == "username=rutana"


async def test_the_doctor_names_a_short_secret_and_a_missing_address() -> None:
    async with sending(AfricasTalkingKit()) as (there, provider):
        provider.answer = Answer(200, b'{"UserData":{"balance":"BIF 1785.50"}}')
        assert isinstance(there, AfricasTalking)
        given = {"username": "u", "api_key": "k", "secret": "short", "api_url": there.settings.api_url}
        channel = AfricasTalking(Settings.model_validate(given), "", lambda: NOW)
        await channel.start(there._http)
        secret, address = await channel.check()
        assert "secret" in secret and "public_url" in address


@pytest.mark.parametrize("secret", ["with/slash", "per%cent", "blank here", "é"])
async def test_a_secret_that_no_address_carries_does_not_start(secret: str) -> None:
    settings = Settings.model_validate({"username": "u", "api_key": "k", "secret": secret})
    with pytest.raises(ChannelMisconfigured, match="letters"):
        await AfricasTalking(settings, "", lambda: NOW).start(None)  # type: ignore[arg-type]
