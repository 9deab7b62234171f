"""Kannel: what the contract does not ask because it is Kannel's alone."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, quote_from_bytes, urlencode

import aiohttp
import pytest

from bot.channel_sections import Kannel as Settings
from bot.channels.base import Arrival, Delivery, Message, Recorder
from bot.channels.kannel import Kannel
from bot.errors import ChannelMisconfigured
from tests.contracts.channel_kit import Answer, Call, knock, sending
from tests.contracts.test_channels import PASSWORD, SECRET, KannelKit

ID = "631a5a3a-4220-4ac9-ae25-bba385cf4af0"
MINUTE = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)


async def arrive(**fields: str | bytes) -> Arrival:
    """What the channel makes of a call with these fields."""
    intake = Recorder()
    query = urlencode({"from": "25779123456", "id": ID, "text": "Ego"} | fields).encode()
    call = Call("GET", f"/channels/kannel/{SECRET}/incoming", query)
    assert await knock(KannelKit().channel("http://127.0.0.1:9"), intake, call) == 200
    (arrival,) = intake.kept
    return arrival


async def report(**fields: str) -> Delivery:
    intake = Recorder()
    query = urlencode({"id": "41", "type": "1", "answer": "", "smsc": "7"} | fields).encode()
    call = Call("GET", f"/channels/kannel/{SECRET}/status", query)
    assert await knock(KannelKit().channel("http://127.0.0.1:9"), intake, call) == 200
    (delivery,) = intake.told
    return delivery


@pytest.mark.parametrize(
    ("time", "meant"),
    [
        ("1795455000", MINUTE),
        ("2026-11-23 17:30:00", MINUTE),
        ("2026-11-23 17:30", MINUTE),
        ("2026-11-23T19:30:00+02:00", MINUTE),
        ("yesterday", None),
        ("", None),
        ("1795455000000", None),
        ("99999999999", datetime(5138, 11, 16, 9, 46, 39, tzinfo=UTC)),
        ("9" * 400, None),
        ("-1", None),
        ("١٧٩٥٤٥٥٠٠٠", None),
    ],
)
async def test_a_time_is_read_or_null_but_never_refused(time: str, meant: datetime | None) -> None:
    assert (await arrive(time=time)).sent_at == meant


async def test_without_an_id_a_redelivery_is_known_by_its_second() -> None:
    at = {"id": "", "time": "1795455000"}
    assert (await arrive(**at)).key == (await arrive(**at)).key
    assert (await arrive(**at)).key != (await arrive(**at | {"time": "1795455001"})).key
    assert (await arrive(**at)).key != (await arrive(**at | {"text": "Oya"})).key
    assert (await arrive(**at)).key != (await arrive(**at | {"from": "79123457"})).key
    assert "79123456" not in (await arrive(**at)).key


@pytest.mark.parametrize("time", ["", "yesterday", "2026-11-23 17:30"])
async def test_without_id_and_second_two_honest_texts_stay_two(time: str) -> None:
    assert (await arrive(id="", time=time)).key != (await arrive(id="", time=time)).key


async def test_an_endless_id_is_still_the_same_id() -> None:
    keys = {(await arrive(id="x" * 5000)).key for _ in range(2)}
    assert len(keys) == 1 and len(keys.pop()) < 100
    assert (await arrive(id="x" * 5000)).key != (await arrive(id="y" * 5000)).key


@pytest.mark.parametrize(
    ("raw", "charset", "text"),
    [
        ("Ça va".encode(), "UTF-8", "Ça va"),
        ("Ça va".encode(), "", "Ça va"),
        (b"Ego", "GSM", "Ego"),
        (b"Ego", "zlib_codec", "Ego"),
        ("Ça 😀".encode("utf-16-be"), "UTF-16BE", "Ça 😀"),
        ("Ça".encode("latin-1"), "iso-8859-1", "Ça"),
        ("w’isoko".encode("cp1252"), "WINDOWS-1252", "w’isoko"),
    ],
)
async def test_the_text_is_read_in_the_charset_it_is_in(raw: bytes, charset: str, text: str) -> None:
    arrival = await arrive(text=raw, charset=charset)
    assert arrival.text == text and not arrival.data


@pytest.mark.fault("D5")
async def test_a_text_in_no_charset_is_kept_with_its_bytes() -> None:
    arrival = await arrive(text=b"Ego \xff\xfe", charset="UTF-8")
    assert arrival.text.startswith("Ego") and arrival.data["bytes"] == "45676f20fffe"


async def test_the_sender_is_written_one_way() -> None:
    written = ["25779123456", "+25779123456", "79123456", "0025779123456"]
    assert {(await arrive(**{"from": each})).address for each in written} == {"+25779123456"}
    assert (await arrive(**{"from": "ECONET"})).address == "ECONET"


@pytest.mark.parametrize("query", [b"", b"text=Ego&id=1", b"from=&text=Ego", b"from=%ff&text=Ego", b"from=1&id=%ff"])
async def test_a_call_without_a_sender_or_with_bytes_for_one_is_refused(query: bytes) -> None:
    intake = Recorder()
    call = Call("GET", f"/channels/kannel/{SECRET}/incoming", query)
    assert await knock(KannelKit().channel("http://127.0.0.1:9"), intake, call) == 400
    assert not intake.kept


async def test_in_a_post_the_query_counts_first() -> None:
    intake = Recorder()
    path = f"/channels/kannel/{SECRET}/incoming"
    call = Call("POST", path, b"from=79123456&id=1", b"from=79999999&text=Ego&text=Oya")
    assert await knock(KannelKit().channel("http://127.0.0.1:9"), intake, call) == 200
    assert (intake.kept[0].address, intake.kept[0].text) == ("+25779123456", "Ego")


async def test_a_report_says_whose_it_is() -> None:
    delivery = await report()
    assert (delivery.outbox_id, delivery.provider_id, delivery.state) == (41, "7", "delivered")
    assert delivery.event == (await report()).event != (await report(type="8")).event
    assert (await report(id="not ours")).outbox_id is None
    assert (await report(id="9" * 30)).outbox_id is None
    assert (await report(id="", smsc="")).event == ""


async def test_a_report_does_not_bring_our_text_back() -> None:
    answer = "id:77 sub:001 dlvrd:001 stat:DELIVRD err:000 Text:No 4127 OK"
    assert (await report(answer=answer)).word == "1 id:77 sub:001 dlvrd:001 stat:DELIVRD err:000"


@pytest.mark.parametrize(
    ("text", "coding"),
    [("No 4127 OK [x] €5 é", "0"), ("ça", "2"), ("Ça", "0"), ("w’isoko", "2"), ("", "0"), ("😀", "2")],
)
async def test_sendsms_is_asked_as_the_manual_says(text: str, coding: str) -> None:
    async with sending(KannelKit()) as (channel, provider):
        provider.answer = Answer(202, b"0: Accepted for delivery")
        sent = await channel.send(Message(41, "+25779123456", text, 1))
    assert (sent.state, sent.provider_id) == ("accepted", None)
    fields = parse_qs(provider.queries[-1], keep_blank_values=True, strict_parsing=True)
    assert fields == {
        "username": ["kurikirana"],
        "password": [PASSWORD],
        "from": ["8585"],
        "to": ["+25779123456"],
        "text": [text],
        "charset": ["utf-8"],
        "coding": [coding],
        "dlr-mask": ["31"],
        "dlr-url": [f"https://example.org/channels/kannel/{SECRET}/status?type=%d&answer=%A&smsc=%F&id=41"],
    }


def settings(**changed: str) -> Settings:
    values = {"sendsms_url": "http://127.0.0.1:9/x", "username": "u", "password": "p", "secret": SECRET}
    return Settings.model_validate(values | changed)


@pytest.mark.parametrize("secret", ["with space", "50%", "a/b", "é", "a&b", quote_from_bytes(b"\xff")])
async def test_a_secret_that_kannel_would_change_stops_the_start(secret: str) -> None:
    async with aiohttp.ClientSession() as http:
        with pytest.raises(ChannelMisconfigured, match="letters"):
            await Kannel(settings(secret=secret), "").start(http)


async def test_the_doctor_says_what_to_do() -> None:
    async with sending(KannelKit()) as (channel, provider):
        provider.answer = Answer(400, b"Missing receiver number, rejected")
        assert await channel.check() == []
        provider.answer = Answer(403, b"Authorization failed for sendsms")
        (problem,) = await channel.check()
        assert "kannel.conf" in problem and PASSWORD not in problem
    async with aiohttp.ClientSession() as http:
        nowhere = Kannel(settings(secret="short"), "")
        await nowhere.start(http)
        assert len(await nowhere.check()) == 3
