"""SMPP's PDUs: what breaks off, what is spoilt, and the alphabets."""

from __future__ import annotations

import contextlib
import random

import pytest

from bot.channels import smpp_wire as wire
from tests.bot.channels.test_smpp import PHONE
from tests.smsc import deliver, part


def test_spoilt_messages_never_break_the_reader() -> None:
    chance = random.Random(7)
    whole = [deliver(PHONE, "Ego"), part(PHONE, "half", 7, 1, 2), deliver(PHONE, "id:1 stat:DELIVRD", esm_class=4)]
    for body in whole:
        for end in range(len(body)):
            with pytest.raises(ValueError, match="breaks off"):
                wire.delivered(body[:end])
    for _ in range(5000):
        body = bytearray(chance.choice(whole))
        for _ in range(chance.randrange(1, 6)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        with contextlib.suppress(ValueError):
            got = wire.delivered(bytes(body))
            assert isinstance(wire.text_of(got.content, got.coding)[0], str)


@pytest.mark.parametrize(
    ("raw", "coding", "text", "whole"),
    [
        (b"Ego \x00\x1b\x65", 0, "Ego @€", True),
        ("Ça".encode("latin-1"), 0, "Ça", False),
        (b"Ego\x1b", 0, "Ego", None),
        ("ça".encode("latin-1"), 3, "ça", True),
        ("ça 😀".encode("utf-16-be"), 8, "ça 😀", True),
        ("ça".encode("utf-16-be"), 0x18, "ça", True),
        (b"\0E\xd8\x3d", 8, "E\ufffd", False),
        (b"\0E\0", 8, "E\ufffd", False),
        (b"Ego", 4, "Ego", False),
    ],
)
def test_a_text_is_read_in_its_alphabet(raw: bytes, coding: int, text: str, whole: bool | None) -> None:
    got = wire.text_of(raw, coding)
    assert got[0].rstrip("\x1b\xa0 ") == text and whole in (got[1], None)
