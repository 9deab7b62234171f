"""Twilio: what the contract does not ask because it is Twilio's alone."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

import pytest

from bot.channels import twilio_wire
from bot.channels.base import Arrival, Delivery, Message, Recorder
from bot.errors import RecipientStopped
from tests.contracts.channel_kit import Answer, Call, knock, outcome, sending
from tests.contracts.kit_twilio import (
    ACCOUNT,
    FIELDS,
    HERE,
    MESSAGES,
    SENDER,
    SID,
    TOKEN,
    TwilioKit,
    incoming,
    refusal,
    signed,
    status,
)

KIT = TwilioKit()
LONG = "Bannon Explains The World ...\n“The Camp of the Saints and of the hills of Rutana"


async def told(call: Call, status: int = 200) -> Recorder:
    intake = Recorder()
    assert await knock(KIT.channel("http://127.0.0.1:9"), intake, call) == status
    return intake


async def arrival(call: Call) -> Arrival:
    (kept,) = (await told(call)).kept
    return kept


VECTORS = [
    # Twilio's security page
    (
        "https://mycompany.com/myapp.php?foo=1&bar=2",
        [("CallSid", "CA1234567890ABCDE"), ("Caller", "+14158675309"), ("Digits", "1234")]
        + [("From", "+14158675309"), ("To", "+18005551212")],
        "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
    ),
    # its libraries' test of repeated fields
    (
        "https://mycompany.com/myapp.php?foo=1&bar=2",
        [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234")],
        "IK+Dwps556ElfBT0I3Rgjkr1wJU=",
    ),
]


@pytest.mark.parametrize(("address", "pairs", "signature"), VECTORS)
def test_twilios_own_examples_are_signed_as_it_says(
    address: str, pairs: list[tuple[str, str]], signature: str
) -> None:
    assert twilio_wire.signature(b"12345", address, pairs) == signature
    assert twilio_wire.signature(b"12345", address, twilio_wire.pairs(urlencode(pairs).encode())) == signature


@pytest.mark.parametrize(
    ("public_url", "signs"),
    [
        ("https://example.org", "https://example.org"),
        ("https://example.org/", "https://example.org"),
        ("https://example.org/kurikirana", "https://example.org/kurikirana"),
        ("https://example.org", "https://example.org:443"),
        ("https://example.org:8443", "https://example.org:8443"),
        ("https://example.org:8443", "https://example.org"),
        ("http://example.org", "http://example.org:80"),
    ],
)
async def test_the_signed_address_is_built_from_public_url(public_url: str, signs: str) -> None:
    """Behind a proxy the request itself says http://127.0.0.1:8080; nothing of it is asked."""
    channel, intake = KIT.channel("http://127.0.0.1:9", public_url=public_url), Recorder()
    call = signed(incoming(), here=f"{signs}/channels/twilio")
    assert await knock(channel, intake, replace(call, headers=(*call.headers, (b"host", b"127.0.0.1:8080")))) == 200
    assert len(intake.kept) == 1


async def test_without_an_address_of_ours_nothing_is_believed() -> None:
    channel = KIT.channel("http://127.0.0.1:9", public_url="")
    assert await knock(channel, Recorder(), signed(incoming(), here="")) == 401
    assert await knock(channel, Recorder(), signed(incoming(), here="/")) == 401


async def test_an_sms_is_known_by_its_sid() -> None:
    assert await arrival(incoming()) == Arrival("twilio", SID, "tel", "+25779123456", "text", "Ego", None)


async def test_a_picture_is_an_mms_with_its_text() -> None:
    kept = await arrival(incoming(NumMedia="1", Body="Ifoto", MediaUrl0="https://api.twilio.com/x"))
    assert (kept.kind, kept.text) == ("mms", "Ifoto")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (base64.b64encode(LONG.encode()).decode(), LONG.replace("“", "“")),
        ("QmFubm9uIEV4cGxhaW5zIFRoZSBXb3JsZCAuLi4K4oCcVGhlIENhbXAgb2YgdGhlIFNhaW50c+KA", LONG[:53]),
        ("QUJDREVGR0g=", "QUJDREVGR0g="),
        ("A" * 64, "A" * 64),
        ("HABAYEHOAMAHUGURWA" * 4, "HABAYEHOAMAHUGURWA" * 4),
    ],
)
async def test_a_long_sms_in_base64_is_read_and_what_came_is_kept(body: str, text: str) -> None:
    kept = await arrival(incoming(Body=body))
    assert kept.text == text
    assert kept.data == ({} if body == text else {"base64": body})


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"From": "+25779123456", "Body": "Ego"},
        FIELDS | {"MessageSid": ""},
        FIELDS | {"MessageSid": "SM 1"},
        FIELDS | {"MessageSid": "S" * 65},
        FIELDS | {"From": ""},
        FIELDS | {"From": " "},
        {f"x{number}": "" for number in range(101)},
    ],
)
async def test_what_cannot_be_kept_is_not_acknowledged(fields: dict[str, str]) -> None:
    assert not (await told(incoming(fields), 400)).kept


async def test_a_body_that_is_no_utf8_is_kept() -> None:
    call = Call("POST", "/channels/twilio/incoming", b"", b"MessageSid=SM1&From=%2B25779123456&Body=a%ff%00b")
    assert (await arrival(signed(call))).text.startswith("a\ufffd")


async def test_a_report_finds_our_message_and_keeps_twilios_words() -> None:
    (report,) = (await told(status("undelivered", ErrorCode="30003"))).told
    assert report == Delivery("twilio", "failed", "undelivered 30003", 41, SID, f"{SID}.undelivered 30003")
    for query in (b"", b"id=", b"id=x", b"id=" + b"9" * 19, b"id=-1"):
        (report,) = (await told(status("sent", query))).told
        assert (report.outbox_id, report.provider_id) == (None, SID)


@pytest.mark.parametrize("code", [30001, 30002, 30003, 30004, 30005, 30006, 30007, 30008, 21610, 63999])
async def test_every_code_of_a_failure_is_kept(code: int) -> None:
    (report,) = (await told(status("failed", ErrorCode=str(code)))).told
    assert (report.state, report.word) == ("failed", f"failed {code}")


@pytest.mark.parametrize("sender", [SENDER, "OIM", "MG0123456789abcdef0123456789abcdef"])
async def test_a_message_is_ordered_as_twilio_documents(sender: str) -> None:
    async with sending(KIT) as (channel, provider):
        channel.sender = sender  # type: ignore[attr-defined]
        provider.answer = KIT.sent[0]
        sent = await channel.send(Message(41, "+25779123456", "No 4127 OK, ça va", 1))
    assert (sent.provider_id, sent.state) == (SID, "accepted")
    assert provider.paths[-1] == f"POST {MESSAGES}"
    given = base64.b64decode(provider.headers[-1]["Authorization"].split()[1]).decode()
    assert given == f"{ACCOUNT}:{TOKEN}"
    assert dict(parse_qsl(provider.asked[-1].decode())) == {
        "To": "+25779123456",
        "Body": "No 4127 OK, ça va",
        "MessagingServiceSid" if sender.startswith("MG") else "From": sender,
        "StatusCallback": f"{HERE}/status?id=41",
    }


async def test_who_wrote_stop_to_twilio_is_not_written_to_again() -> None:
    async with sending(KIT) as (channel, provider):
        provider.answer = refusal(400, 21610)
        assert type(await outcome(channel)) is RecipientStopped


async def test_the_doctor_asks_where_the_numbers_sms_lead() -> None:
    async with sending(KIT) as (channel, provider):
        numbers = f"/2010-04-01/Accounts/{ACCOUNT}/IncomingPhoneNumbers.json"
        account = f"/2010-04-01/Accounts/{ACCOUNT}.json"
        provider.answers[account] = Answer(200, b'{"status":"active"}')

        def number(**more: str) -> Answer:
            entry = {"phone_number": SENDER, "sms_url": f"{HERE}/incoming", "sms_method": "POST"} | more
            return Answer(200, json.dumps({"incoming_phone_numbers": [entry]}).encode())

        provider.answers[numbers] = number()
        assert await channel.check() == []
        assert dict(parse_qsl(provider.queries[-1])) == {"PhoneNumber": SENDER}
        for answer, what in [
            (number(sms_url="https://demo.twilio.com/welcome/sms/reply"), f"{HERE}/incoming, POST"),
            (number(sms_method="GET"), "POST"),
            (Answer(200, b'{"incoming_phone_numbers":[]}'), "sender"),
            (Answer(401), "auth_token"),
            (Answer(503), "on the internet"),
            (Answer(200, b"<html>"), "api_url"),
        ]:
            provider.answers[numbers] = answer
            (problem,) = await channel.check()
            assert what in problem and TOKEN not in problem
        provider.answers[account], provider.answers[numbers] = Answer(200, b'{"status":"suspended"}'), number()
        (problem,) = await channel.check()
        assert "not active" in problem
