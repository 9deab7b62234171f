"""SMPP 3.4 on the wire: the few PDUs that a transceiver needs, and the alphabets an SMS is written in.

By the specification's numbers (SMPP v3.4, issue 1.2); checked in tests against aiosmpplib's own.
"""

from __future__ import annotations

import asyncio
import re
import struct

import smsutil.codecs  # registers gsm0338
from smsutil.codecs import GSM_CHARSET

from handlers.noun import noun

NACK, RESP = 0x80000000, 0x80000000
SUBMIT, DELIVER, UNBIND, BIND, ENQUIRE = 0x04, 0x05, 0x06, 0x09, 0x15
BOUND, BAD_COMMAND, ALREADY_BOUND, SYSTEM = 0x04, 0x03, 0x05, 0x08
BAD_SENDER, QUEUE_FULL, THROTTLED, LATER, NEVER = 0x0A, 0x14, 0x58, 0x64, 0x65
BIND_REFUSED = (0x0D, 0x0E, 0x0F, 0x53)
"""Bind failed, wrong password, wrong system_id, wrong system_type."""
LARGEST = 70_000
"""Bytes of a PDU; a payload has 64 KB at most."""
ONE_PART = 140
"""Bytes of one SMS; more goes into message_payload and the SMSC makes parts of it."""
PAYLOAD, RECEIPTED, MESSAGE_STATE = 0x0424, 0x001E, 0x0427
PART_REF, PARTS, PART = 0x020C, 0x020E, 0x020F
CODECS = {0: "gsm0338", 1: "latin-1", 3: "latin-1", 8: "utf-16-be"}
WORDS = {
    1: "ENROUTE",
    2: "DELIVRD",
    3: "EXPIRED",
    4: "DELETED",
    5: "UNDELIV",
    6: "ACCEPTD",
    7: "UNKNOWN",
    8: "REJECTD",
}
"""message_state -> the word that stands in a receipt's text."""
assert smsutil.codecs
_GSM = frozenset(GSM_CHARSET) - {"\x1b"}
_HEAD = struct.Struct(">4I")


@noun
class Pdu:
    """One PDU; `command` with RESP set is an answer."""

    command: int
    status: int
    sequence: int
    body: bytes = b""

    def packed(self) -> bytes:
        return _HEAD.pack(16 + len(self.body), self.command, self.status, self.sequence) + self.body


@noun
class Delivered:
    """What deliver_sm brings: a message of a person, or a receipt."""

    sender: str
    content: bytes
    coding: int
    receipt: bool
    part: tuple[int, int, int] | None
    """Reference, number from 1, of how many."""
    receipted: str
    word: str


def text_of(raw: bytes, coding: int) -> tuple[str, bool]:
    """The text, and whether it was what its coding says. Many an SMSC says 0, GSM, and writes Latin-1."""
    codec = CODECS.get(coding & 0x0F, "")
    try:
        return raw.decode(codec or "latin-1"), bool(codec)
    except (ValueError, LookupError, TypeError):  # TypeError: smsutil's, for a byte above 127
        return raw.decode("latin-1" if codec == "gsm0338" else codec, "replace"), False


async def read(reader: asyncio.StreamReader) -> Pdu:
    """The next PDU. Raises ValueError for what is none, IncompleteReadError at the end."""
    length, command, status, sequence = _HEAD.unpack(await reader.readexactly(_HEAD.size))
    if not _HEAD.size <= length <= LARGEST:
        raise ValueError("a PDU of an impossible length")
    return Pdu(command, status, sequence, await reader.readexactly(length - _HEAD.size))


def bind(system_id: str, password: str) -> bytes:
    """The body of bind_transceiver."""
    return _text(system_id) + _text(password) + b"\0" + b"\x34\0\0" + b"\0"


def submit(sender: str, to: str, text: str) -> bytes:
    """The body of submit_sm, asking for a receipt."""
    plain = _GSM.issuperset(text)
    content = text.encode("gsm0338" if plain else "utf-16-be")
    long = len(content) > (160 if plain else ONE_PART)
    body = b"\0" + _number(sender) + _number(to) + b"\0\0\0" + b"\0\0" + b"\x01\0"
    body += bytes([0 if plain else 8, 0])
    if long:
        return body + b"\0" + struct.pack(">HH", PAYLOAD, len(content)) + content
    return body + bytes([len(content)]) + content


def delivered(body: bytes) -> Delivered:
    """What is in a deliver_sm. Raises ValueError when it breaks off."""
    try:
        _, at = _until_nul(body, 0)
        sender, at = _until_nul(body, at + 2)
        _, at = _until_nul(body, at + 2)
        esm_class = body[at]
        _, at = _until_nul(body, at + 3)
        _, at = _until_nul(body, at)
        coding, length = body[at + 2], body[at + 4]
        at += 5
        content, extra = body[at : at + length], _optional(body, at + length)
    except (IndexError, struct.error):
        raise ValueError("a deliver_sm that breaks off") from None
    content = extra.get(PAYLOAD, content)
    part = None
    if esm_class & 0x40:
        part, content = header(content)
    elif {PART_REF, PARTS, PART} <= extra.keys():
        part = tuple(int.from_bytes(extra[tag], "big") for tag in (PART_REF, PART, PARTS))  # type: ignore[assignment]
    said = content.decode("latin-1")
    state = WORDS.get(int.from_bytes(extra.get(MESSAGE_STATE, b""), "big"), "")
    return Delivered(
        sender=sender.decode("latin-1"),
        content=content,
        coding=coding,
        receipt=esm_class & 0x3C == 0x04,
        part=part,
        receipted=extra.get(RECEIPTED, b"").rstrip(b"\0").decode("latin-1") or _said(r"\bid:\s*(\S+)", said),
        word=(_said(r"\bstat:\s*([A-Za-z]+)", said) or state).upper(),
    )


def message_id(body: bytes) -> str:
    """The SMSC's id in a submit_sm_resp; '' without one."""
    return body.partition(b"\0")[0].decode("latin-1")[:65]


def _said(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    return found[1] if found else ""


def header(content: bytes) -> tuple[tuple[int, int, int] | None, bytes]:
    """The place of a part from its user data header, and the content behind it."""
    end = min(content[0] + 1, len(content)) if content else 0
    at = 1
    while at + 1 < end:
        kind, length = content[at], content[at + 1]
        value = content[at + 2 : at + 2 + length]
        if kind == 0x00 and len(value) == 3:
            return (value[0], value[2], value[1]), content[end:]
        if kind == 0x08 and len(value) == 4:
            return (value[0] << 8 | value[1], value[3], value[2]), content[end:]
        at += 2 + length
    return None, content[end:]


def _optional(body: bytes, at: int) -> dict[int, bytes]:
    found = {}
    while at < len(body):
        tag, length = struct.unpack_from(">HH", body, at)
        if at + 4 + length > len(body):
            raise IndexError
        found[tag] = body[at + 4 : at + 4 + length]
        at += 4 + length
    if at > len(body):
        raise IndexError
    return found


def _until_nul(body: bytes, start: int) -> tuple[bytes, int]:
    end = body.find(b"\0", start)
    if end < 0:
        raise IndexError
    return body[start:end], end + 1


def _number(number: str) -> bytes:
    """Kind, plan and number: + is international, letters are a name, the rest is the SMSC's to know."""
    if number.startswith("+"):
        return b"\x01\x01" + _text(number[1:])
    return (b"\0\x01" if number.isdecimal() else b"\x05\0" if number else b"\0\0") + _text(number)


def _text(text: str) -> bytes:
    return text.encode("latin-1", "replace").replace(b"\0", b"") + b"\0"
