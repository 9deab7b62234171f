"""How a message comes in and how an answer goes out: as Kannel does it, and as Telegram's Bot API does it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote_plus

import orjson

from benchmarks import talk
from benchmarks.wire import response

_TO = re.compile(rb"[?&]to=(?:%2B|\+)?257(\d{8})")
_CHAT = re.compile(rb'chat_id(?:=|"[^\d]*?\r\n\r\n)(\d+)')
_ACCEPTED = response(b"0: Accepted for delivery", b"text/html", b"202 Accepted")
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Dialect:
    """`request(path, contact, key, text, epoch seconds)`; `answer(first line, body)` -> (contact, HTTP answer)."""

    request: Callable[[str, int, str, str, int], bytes]
    answer: Callable[[bytes, bytes], tuple[int | None, bytes]]


def _kannel_request(path: str, contact: int, key: str, text: str, now: int) -> bytes:
    said = quote_plus(text)
    sender = quote_plus(talk.phone(contact))
    query = f"id={key}&from={sender}&to=8080&time={now}&smsc=bench&charset=UTF-8&coding=0&text={said}"
    return f"GET {path}?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Kannel/1.4.5\r\n\r\n".encode()


def _kannel_answer(line: bytes, body: bytes) -> tuple[int | None, bytes]:
    found = _TO.search(line)
    return (int(found[1]) - talk.FIRST_PHONE if found else None), _ACCEPTED


def _telegram_request(path: str, contact: int, key: str, text: str, now: int) -> bytes:
    number = next(_numbers)
    chat = {"id": int(talk.chat(contact)), "type": "private", "first_name": "Odette"}
    sender = {"id": chat["id"], "is_bot": False, "first_name": "Odette", "language_code": "fr"}
    message = {"message_id": number, "date": now, "chat": chat, "from": sender, "text": text}
    body = orjson.dumps({"update_id": number, "message": message})
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _telegram_answer(line: bytes, body: bytes) -> tuple[int | None, bytes]:
    if b"/sendMessage" not in line:
        asked = line.split(b"/")[-2].removesuffix(b" HTTP")
        return None, response(orjson.dumps({"ok": True, "result": _ASKED.get(asked, True)}), _JSON)
    found = _CHAT.search(body)
    chat = int(found[1]) if found else 0
    number = next(_numbers)
    sent = {"message_id": number, "date": 1, "chat": {"id": chat, "type": "private"}, "text": "."}
    number_of = chat - talk.FIRST_CHAT if found else None
    return number_of, response(orjson.dumps({"ok": True, "result": sent}), _JSON)


_JSON = b"application/json"
_ASKED: dict[bytes, object] = {
    b"getMe": {"id": 1, "is_bot": True, "first_name": "bench", "username": "bench_bot"},
    b"getMyCommands": [],
    b"getMyDescription": {"description": ""},
    b"getMyShortDescription": {"short_description": ""},
}
DIALECTS = {
    "kannel": Dialect(_kannel_request, _kannel_answer),
    "telegram": Dialect(_telegram_request, _telegram_answer),
}
