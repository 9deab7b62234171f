"""Webhooks that nobody sent: true payloads under wrong secrets, changed after signing, signed for somebody else.

    python -m tests.forged --calls 1000000 --seed 1      # a line of JSON; leaves with 1 when one was let in

All in process, over ASGI, at the very doors that the service has. What is let in (200, or anything kept) is counted.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from bot.channels.base import Arrival, Attached, Recorder
from bot.channels.front import Front
from bot.errors import DatabaseError
from tests.contracts.channel_kit import Call, Kit, Sample
from tests.contracts.kit_twilio import TwilioKit
from tests.contracts.kit_twilio_whatsapp import TwilioWhatsAppKit
from tests.contracts.kit_whatsapp import VERIFY, WhatsAppKit
from tests.contracts.test_channels import HttpKit, KannelKit, SmsGateKit
from tests.contracts.test_channels_africastalking import AfricasTalkingKit, at_call
from tests.contracts.test_channels_telegram import Webhook

Forge = Callable[[random.Random, Call, str], Call]
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+. %é\u212a\0\udcff"
SPOOFED = (
    (b"x-forwarded-host", b"example.org"),
    (b"x-forwarded-proto", b"https"),
    (b"x-forwarded-for", b"127.0.0.1"),
    (b"host", b"example.org"),
    (b"x-original-url", b"/channels/kannel/secret-of-the-path/incoming"),
    (b"authorization", b"Basic c21zOnBhc3N3b3JkLW9mLW91cnM="),
)


def another(chance: random.Random, secret: str) -> str:
    """A word that is not the secret, mostly close to it."""
    while True:
        at = chance.randrange(len(secret))
        letter = chance.choice(LETTERS)
        found: str = chance.choice(
            [
                secret[:at] + letter + secret[at + 1 :],
                secret[:at] + secret[at + 1 :],
                secret[:at] + letter + secret[at:],
                secret[:at],
                secret + secret[:at],
                secret.swapcase(),
                secret[::-1],
                "".join(chance.choices(LETTERS, k=at)),
            ]
        )
        if found != secret:
            return found


def under_another_path(chance: random.Random, call: Call, secret: str) -> Call:
    """Kannel, Africa's Talking, http: the secret is part of the address, as the server has decoded it."""
    here, _, door = call.path.rpartition("/")
    if "/africastalking/" in here:
        door = chance.choice(["incoming", "status", "ussd"])
    return replace(call, path=f"{here.replace(secret, another(chance, secret))}/{door}")


def for_another_file(chance: random.Random, call: Call, secret: str) -> Call:
    """Twilio fetches from us what goes along with a text: who has not been told where finds nothing."""
    return replace(call, path=call.path.replace(secret, another(chance, secret)))


def under_another_header(name: bytes) -> Forge:
    """Telegram: the secret is a header."""

    def forge(chance: random.Random, call: Call, secret: str) -> Call:
        wrong = another(chance, secret).encode("utf-8", "surrogatepass")
        kept = [pair for pair in call.headers if pair[0] != name]
        return replace(call, headers=(*kept, *((name, wrong) for _ in range(chance.choice([0, 1, 1, 1, 2])))))

    return forge


def wrongly_signed(name: bytes, prefix: bytes, *, whole_body: bool) -> Forge:
    """SMS Gate, Meta, Twilio: a signature over the body. Twilio signs the fields, so for it one is added."""

    def forge(chance: random.Random, call: Call, secret: str) -> Call:
        signature = dict(call.headers).get(name, b"")
        if chance.random() < 0.4:  # changed after it was signed
            at = chance.randrange(len(call.body) + 1)
            extra = b"&Zz%d=%d" % (chance.randrange(9), chance.randrange(10**9))
            if whole_body:
                extra = bytes([chance.randrange(256)]) * chance.randrange(1, 9)
            return replace(call, body=call.body[:at] + extra + call.body[at:] if whole_body else call.body + extra)
        bare = signature.removeprefix(prefix).decode("latin-1")
        wrong = bare
        while wrong == bare:
            wrong = chance.choice([base64.b64encode(chance.randbytes(20)).decode(), another(chance, bare)])
            wrong = wrong.lower() if whole_body else wrong  # in hexadecimal a large letter is the same
        kept = [pair for pair in call.headers if pair[0] != name]
        said = prefix + wrong.encode("utf-8", "surrogatepass")
        return replace(call, headers=(*kept, *[(name, said)] * chance.choice([0, 1, 1, 1, 2])))

    return forge


def asked_with_another_word(chance: random.Random, call: Call, secret: str) -> Call:
    """Meta's question whether the address is ours: who does not know the word is not told its number back."""
    word = another(chance, secret).encode("utf-8", "surrogatepass")
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": word}
    return Call("GET", call.path, urlencode(asked).encode())


USSD = {"sessionId": "ATUid_b5cc44b2a1a0eb1a7a1f0b2f8a4d2a6e", "phoneNumber": "+25779123456", "networkCode": "64202"}
USSD |= {"serviceCode": "*384*123#"}
TEXT = 41
FILE = TwilioWhatsAppKit().channel("http://127.0.0.1:9")._lies_here(TEXT).rpartition("/")[2]
"""Where Twilio is told to fetch what goes along with this text."""


class UssdKit(AfricasTalkingKit):
    """Its sessions: the steps as its documentation has them."""

    label = "africastalking ussd"
    samples = {
        text: Sample(at_call("ussd", USSD | {"text": text}), 1) for text in ("", "1", "1*12/11 3 12 7", "98*1*2")
    }


class FilesKit(TwilioWhatsAppKit):
    """What waits for Twilio to fetch it."""

    samples = {"file": Sample(Call("GET", f"/channels/twilio/whatsapp/file/{FILE}"))}


class Intake(Recorder):
    """Nobody answers a session here: what was let in is kept, and the call ends."""

    async def arrivals(self, arrivals: Sequence[Arrival]) -> None:
        await super().arrivals(arrivals)
        if any(arrival.kind == "ussd" for arrival in arrivals):
            raise DatabaseError("nobody is here")


KINDS: Sequence[tuple[Kit, Forge, str]] = (
    (KannelKit(), under_another_path, "secret-of-the-path"),
    (HttpKit(), under_another_path, "secret-of-the-path"),
    (AfricasTalkingKit(), under_another_path, "secret-of-the-path"),
    (UssdKit(), under_another_path, "secret-of-the-path"),
    (Webhook(), under_another_header(b"x-telegram-bot-api-secret-token"), "the_secret-of-the-webhook"),
    (SmsGateKit(), wrongly_signed(b"x-signature", b"", whole_body=True), ""),
    (WhatsAppKit(), wrongly_signed(b"x-hub-signature-256", b"sha256=", whole_body=True), ""),
    (WhatsAppKit(), asked_with_another_word, VERIFY),
    (TwilioWhatsAppKit(), wrongly_signed(b"x-twilio-signature", b"", whole_body=False), ""),
    (FilesKit(), for_another_file, FILE),
    (TwilioKit(), wrongly_signed(b"x-twilio-signature", b"", whole_body=False), ""),
)


@dataclass
class Found:
    """What came of it."""

    tried: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    let_in: list[tuple[str, Call]] = field(default_factory=list)


def forgeries(chance: random.Random, kit: Kit, forge: Forge, secret: str) -> Iterator[Call]:
    """Without end."""
    calls = [sample.call for sample in kit.samples.values()]
    others = [
        call
        for other, _, _ in KINDS
        if type(other) is not type(kit)
        for call in (sample.call for sample in other.samples.values())
    ]
    while True:
        call = forge(chance, chance.choice(calls), secret)
        if chance.random() < 0.1:
            call = replace(call, headers=(*call.headers, chance.choice(SPOOFED)))
        if chance.random() < 0.02:  # rightly signed, by another channel's rules
            other = chance.choice(others)
            call = replace(call, body=other.body, headers=other.headers)
        yield call


async def tried(calls: int, seed: int, kinds: Sequence[tuple[Kit, Forge, str]] = KINDS) -> Found:
    """Knock so often at all channels in turn."""
    found, chance = Found(), random.Random(seed)
    intake = Intake(files={TEXT: Attached("photo", "sheet.jpg", b"canary")})
    doors = []
    for kit, forge, secret in kinds:
        channel = kit.channel("http://127.0.0.1:9")
        label = getattr(kit, "label", channel.name)
        doors.append((label, Front(list(channel.routes(intake))), forgeries(chance, kit, forge, secret)))
    for number in range(calls):
        name, front, made = doors[number % len(doors)]
        call = next(made)
        status = await _status(front, call)
        found.tried[name] += 1
        found.statuses[status] += 1
        if status < 400 or intake.kept or intake.told:
            found.let_in.append((name, call))
            intake.kept.clear()
            intake.told.clear()
    return found


async def _status(front: Front, call: Call) -> int:
    said: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": call.body, "more_body": False}

    async def send(event: Any) -> None:
        if event["type"] == "http.response.start":
            said.append(event["status"])

    scope: Mapping[str, Any] = {
        "type": "http",
        "method": call.method,
        "path": call.path,
        "raw_path": b"",
        "query_string": call.query,
        "headers": list(call.headers),
        "root_path": "",
    }
    await front(dict(scope), receive, send)
    return said[0]


def main() -> None:
    """The command of the docstring."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--calls", type=int, default=1_000_000)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    begin = time.monotonic()
    found = asyncio.run(tried(given.calls, given.seed))
    took = round(time.monotonic() - begin, 1)
    print(
        json.dumps({"tried": found.tried, "statuses": found.statuses, "let in": len(found.let_in), "seconds": took})
    )
    for name, call in found.let_in[:5]:
        print(name, call)
    sys.exit(bool(found.let_in))


if __name__ == "__main__":
    main()
