"""Every text of the SMS catalogue is said in some script of tests/conversations, in every language it has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bot.render import Words, fold
from bot.render.catalogue import base
from handlers.turn import LANGUAGES

WORDS = Words.load()
SCRIPTS = Path(__file__).parent / "conversations"
ELSEWHERE = {
    "G10": "every invented association has a business: tests/handlers/test_conversations_reports.py",
    **dict.fromkeys(("W1", "W2"), "answers to a broadcast: tests/end_to_end/test_broadcast.py"),
    **dict.fromkeys(("USSD_MORE", "USSD_LATER"), "below a screen, or after a wait: tests/bot/channels/test_ussd.py"),
    "D8": "no line of the shipped forms has two whole readings: tests/handlers/test_conversations_reports.py",
}
"""Texts that no script can bring about -> where they are tried."""
_FIELD = re.compile(r"\\\{[a-z_]+(?::.*?)?\\\}")


@cache
def said() -> tuple[str, ...]:
    """What the scripts expect, as it stands there."""
    lines = (line for file in sorted(SCRIPTS.glob("*.txt")) for line in file.read_text("utf-8").splitlines())
    texts = (" ".join(line[1:].replace("{number}", "9").split()) for line in lines if line.startswith("<"))
    return tuple(text.removeprefix("CON ").removeprefix("END ") for text in texts)


def texts() -> Iterator[tuple[str, str]]:
    """(language, key) of every text that leaves by SMS; its shorter versions count as the same text."""
    for language in LANGUAGES:
        keys = {base(key) for key in WORDS.texts[language] if not WORDS.rules[key].chat and "." not in key}
        yield from ((language, key) for key in sorted(keys - set(ELSEWHERE)))


def patterns(language: str, key: str) -> list[re.Pattern[str]]:
    """How the versions of a text may read, whatever its fields hold."""
    found = [name for name in WORDS.texts[language] if base(name) == key and "@" not in name]
    folded = [re.escape(fold(WORDS.texts[language][name].text)) for name in found]
    common = {"sender": "OIM", "hotline": "22\\ 00\\ 00\\ 00", "per_week": "2"}
    for name, value in common.items():
        folded = [text.replace(f"\\{{{name}\\}}", value) for text in folded]
    return [re.compile(_FIELD.sub(".*", text)) for text in folded]


def test_there_are_texts_and_scripts() -> None:
    assert len(list(texts())) > 250
    assert len(said()) > 700
    assert not any(pattern.fullmatch(line) for line in said() for pattern in patterns("en", "G10"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_said(language: str) -> None:
    mine = [key for of, key in texts() if of == language]
    silent = [key for key in mine if not any(p.fullmatch(line) for p in patterns(language, key) for line in said())]
    assert silent == []
