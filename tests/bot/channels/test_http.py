"""The generic gateway: what the contract does not ask because it is about templates and fields."""

from __future__ import annotations

import json
import re
import string
from typing import Any
from urllib.parse import parse_qs, quote, quote_plus, unquote

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.channel_sections import Http as Settings
from bot.channels.base import Arrival, Delivery, Message, Recorder
from bot.channels.http import Http
from bot.errors import ChannelMisconfigured
from bot.http_templates import PLACES, everywhere, filled
from tests.cases import cases
from tests.contracts.channel_kit import Answer, Call, Kit, knock, sending
from tests.contracts.test_channels import JSON, KEY, SECRET, HttpKit, external
from tests.examples import examples

TEXT = 'No 4127 OK "13 F", ça & {id} {{x}} 100% +\n😀'


def section(**changed: Any) -> Settings:
    return Settings.model_validate({"send_url": "http://127.0.0.1:9/send", "secret": SECRET} | changed)


class Templated(Kit):
    """The channel with other settings."""

    def __init__(self, path: str = "/send", **changed: Any) -> None:
        self.path, self.changed = path, changed

    def channel(self, url: str) -> Http:
        return Http(section(send_url=url + self.path, sender="+25761000000", **self.changed), "https://example.org")


async def asked(kit: Kit, text: str = TEXT) -> tuple[str, str, bytes, Any]:
    """Method and path, query, body and headers of the one request that a message becomes."""
    async with sending(kit) as (channel, provider):
        provider.answer = Answer(200, b'"status":"queued"')
        sent = await channel.send(Message(41, "+25779123456", text, 1))
    assert (sent.provider_id, sent.state) == (None, "accepted")
    assert len(provider.asked) == 1
    return provider.paths[0], provider.queries[0], provider.asked[0], provider.headers[0]


async def arrive(query: bytes = b"", body: bytes = b"", content: bytes = b"") -> Arrival:
    intake = Recorder()
    assert (
        await knock(HttpKit().channel("http://127.0.0.1:9"), intake, external("incoming", query, body, content))
        == 200
    )
    (arrival,) = intake.kept
    return arrival


async def report(what: str, query: bytes) -> Delivery:
    intake = Recorder()
    assert await knock(HttpKit().channel("http://127.0.0.1:9"), intake, external(what, query)) == 200
    (delivery,) = intake.told
    return delivery


async def test_by_default_it_is_rapidpros_call() -> None:
    path, query, body, headers = await asked(HttpKit())
    assert (path, query) == ("POST /send", "")
    assert headers["Content-Type"] == "application/json" and headers["Authorization"] == f"Token {KEY}"
    assert json.loads(body) == {
        "id": "41",
        "text": TEXT,
        "to": "+25779123456",
        "to_no_plus": "25779123456",
        "from": "+25761000000",
        "from_no_plus": "25761000000",
        "channel": "http",
    }


async def test_in_an_address_values_are_percent_encoded() -> None:
    path, query, body, _ = await asked(Templated("/to/{to}/go?msg={text}&n={to_no_plus}&k=a%20b", method="GET"))
    assert path == "GET /to/+25779123456/go" and body == b""
    assert parse_qs(query, strict_parsing=True) == {"msg": [TEXT], "n": ["25779123456"], "k": ["a b"]}


async def test_in_a_form_values_are_encoded_as_a_form() -> None:
    body = "to={to}&text={text}&é=1&empty="
    _, _, written, headers = await asked(Templated(content="form", body=body, method="PUT"))
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    fields = parse_qs(written.decode(), keep_blank_values=True, strict_parsing=True)
    assert fields == {"to": ["+25779123456"], "text": [TEXT], "é": ["1"], "empty": [""]}


async def test_in_json_values_stand_in_strings_at_any_depth() -> None:
    body = '{"urns": ["tel:{to}", 1, null, true], "text": {"eng": "OIM: {text}"}, "{id}": 1.5}'
    _, _, written, _ = await asked(Templated(body=body))
    assert json.loads(written) == {
        "urns": ["tel:+25779123456", 1, None, True],
        "text": {"eng": f"OIM: {TEXT}"},
        "{id}": 1.5,
    }


async def test_a_header_may_name_the_message_and_the_kind_of_body() -> None:
    headers = {"X-Ref": "{id} {to} {from}", "Content-Type": "application/vnd.x+json"}
    _, _, _, given = await asked(Templated(headers=headers))
    assert given["X-Ref"] == "41 +25779123456 +25761000000" and given["Content-Type"] == "application/vnd.x+json"


SOME = st.dictionaries(st.sampled_from(PLACES), st.text(), min_size=len(PLACES), max_size=len(PLACES))


@examples(200)
@given(SOME)
def test_no_value_ever_leaves_its_place(values: dict[str, str]) -> None:
    template = "&".join(f"{name}={{{name}}}" for name in PLACES)
    clean = {name: re.sub(r"[\ud800-\udfff]", "", value) for name, value in values.items()}
    fields = parse_qs(filled(template, clean, quote_plus), keep_blank_values=True, strict_parsing=True)
    assert fields == {name: [clean[name]] for name in PLACES}
    body = everywhere({name: [f"{{{name}}}"] for name in PLACES}, clean)
    assert json.loads(json.dumps(body)) == {name: [clean[name]] for name in PLACES}


@cases(
    "field value",
    [
        ("body", '{"a": "{name}"}'),
        ("body", '{"a": {{text}}}'),
        ("body", '{"a": "{{ cycler.__init__ }}"}'),
        ("body", '{"a": "{ text }"}'),
        ("body", '{"a": "{text.__class__}"}'),
        ("body", "{TEXT}"),
        ("send_url", "http://h/{number}"),
        ("send_url", "http://{to}/"),
        ("send_url", "ftp://h/"),
        ("send_url", "http://h/a b"),
        ("send_url", "http://user:pass@h/"),
        ("send_url", "h/send"),
        ("send_url", ""),
        ("headers", {"X": "{text}"}),
        ("headers", {"X": "a\r\nX-Evil: 1"}),
        ("headers", {"X Y": "1"}),
        ("headers", {"X": "{nom}"}),
        ("method", "DELETE"),
        ("content", "xml"),
    ],
)
def test_a_wrong_template_is_refused_and_not_shown(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as raised:
        section(**{field: value})
    for problem in raised.value.errors():
        assert problem["loc"][0] == field


def test_no_template_shows_itself() -> None:
    shown = repr(section(send_url="http://h/?key=canary", body='"canary"', headers={"X": "canary"}))
    assert "canary" not in shown


@pytest.mark.parametrize("body", ['{"to": {to}}', "to={to}", '{"a": 1', ""])
async def test_a_body_that_is_no_json_stops_the_start(body: str) -> None:
    async with aiohttp.ClientSession() as http:
        with pytest.raises(ChannelMisconfigured, match="within quotes"):
            await (channel := Http(section(body=body), "")).start(http)
        with pytest.raises(ChannelMisconfigured, match="within quotes"):
            await channel.send(Message(41, "+25779123456", "x", 1))


async def test_without_accepted_every_2xx_is_believed() -> None:
    async with sending(Templated()) as (channel, provider):
        for provider.answer in (Answer(200), Answer(204), Answer(201, b"anything")):
            assert (await channel.send(Message(41, "+25779123456", "x", 1))).state == "accepted"


async def test_an_arrival_is_read_from_query_form_and_json() -> None:
    for call in (
        (b"from=25779123456&text=%C3%87a%20va&id=7",),
        (b"", b"sender=%2B25779123456&text=%C3%87a+va&id=7"),
        (b"", '{"from": "79123456", "text": "Ça va", "id": 7}'.encode(), JSON),
        (b"from=79123456", '{"from": "x", "text": "Ça va", "id": "7"}'.encode(), JSON),
    ):
        arrival = await arrive(*call)
        assert (arrival.address, arrival.text, arrival.key, arrival.data) == ("+25779123456", "Ça va", "7", {})


async def test_the_time_is_read_or_null() -> None:
    at = "2026-11-23T17:30:00+00:00"
    for time in (b"date=2026-11-23T17:30:00Z", b"time=2026-11-23T19:30:00%2B02:00", b"time=1795455000"):
        arrival = await arrive(b"from=79123456&text=x&" + time)
        assert arrival.sent_at and arrival.sent_at.isoformat() == at
    assert (await arrive(b"from=79123456&text=x&date=soon")).sent_at is None


async def test_without_an_id_a_repetition_is_known_by_its_second() -> None:
    second = b"from=79123456&text=Ego&date=2026-11-23T17:30:00.5Z"
    assert (await arrive(second)).key == (await arrive(second)).key
    assert (await arrive(second)).key != (await arrive(second.replace(b"00.5", b"01.5"))).key
    assert (await arrive(second)).key != (await arrive(second.replace(b"Ego", b"Oya"))).key
    assert "79123456" not in (await arrive(second)).key
    assert (await arrive(b"from=79123456&text=Ego")).key != (await arrive(b"from=79123456&text=Ego")).key


@pytest.mark.parametrize("time", [b"2026-11-23T17:30%2B02:00", b"2026-11-23", b"17:30:00", b"soon"])
async def test_a_time_without_seconds_or_day_makes_no_two_messages_one(time: bytes) -> None:
    call = b"from=79123456&text=Ego&date=" + time
    assert (await arrive(call)).key != (await arrive(call)).key


async def test_half_a_surrogate_pair_is_kept() -> None:
    arrival = await arrive(b"", b'{"from": "79123456", "text": "Ego \\ud83d", "id": "1"}', JSON)
    assert arrival.text.startswith("Ego") and arrival.data


@pytest.mark.parametrize(
    ("body", "content"),
    [
        (b"[]", JSON),
        (b'{"from": 1.5}', JSON),
        (b'{"from": true}', JSON),
        (b'{"from": ""}', JSON),
        (b"{", JSON),
        (b"text=x", b""),
    ],
)
async def test_what_has_no_sender_is_refused(body: bytes, content: bytes) -> None:
    intake = Recorder()
    call = external("incoming", b"", body, content)
    assert await knock(HttpKit().channel("http://127.0.0.1:9"), intake, call) == 400 and not intake.kept


async def test_a_report_says_whose_it_is_and_keeps_its_word() -> None:
    sent = await report("status/sent", b"id=41")
    assert (sent.outbox_id, sent.state, sent.word, sent.event) == (41, "sent", "sent", "41.sent")
    assert (await report("status", b"id=41&status=DELIVERED")).word == "DELIVERED"
    assert (await report("status", b"id=41&status=DELIVERED")).event == (
        await report("status/delivered", b"id=41")
    ).event
    assert (await report("status", b"id=x&status=read")).outbox_id is None
    assert (await report("status", b"id=41&status=read")).state == "accepted"
    assert (await report("status", b"id=%D9%A4%D9%A1&status=sent")).outbox_id is None
    assert (await report("status", b"id=" + b"9" * 40 + b"&status=sent")).outbox_id is None


@pytest.mark.parametrize(
    "call", [external("status", b"id=41"), external("status/sent", b""), external("status", b"status=sent")]
)
async def test_a_report_without_id_or_state_is_refused(call: Call) -> None:
    intake = Recorder()
    assert await knock(HttpKit().channel("http://127.0.0.1:9"), intake, call) == 400 and not intake.told


async def test_an_address_that_is_no_state_does_not_exist() -> None:
    channel = HttpKit().channel("http://127.0.0.1:9")
    assert await knock(channel, Recorder(), external("status/sentx", b"id=41")) == 404
    assert await knock(channel, Recorder(), external("status/sent/x", b"id=41")) == 404


async def test_the_doctor_says_what_to_do() -> None:
    async with sending(HttpKit()) as (channel, provider):
        for provider.answer in (Answer(404), Answer(302, b"", {"Location": "/login"}), Answer(200)):
            assert await channel.check() == []
        assert provider.paths[-1] == "HEAD /" and set(provider.asked) == {b""}
    async with aiohttp.ClientSession() as http:
        nowhere = Http(section(secret="short"), "")
        await nowhere.start(http)
        problems = await nowhere.check()
        assert len(problems) == 3 and all(re.match(r"(channels\.http|web\.)", each) for each in problems)


def test_no_letter_of_an_address_is_left_to_chance() -> None:
    """What quote leaves alone is what RFC 3986 calls unreserved."""
    text = filled("{text}", {"text": string.printable + "é"}, lambda value: quote(value, safe=""))
    assert (
        set(text) <= set(string.ascii_letters + string.digits + "-._~%") and unquote(text) == string.printable + "é"
    )
