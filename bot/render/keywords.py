"""The programme's own keywords (words/keywords.toml) over the program's: fix = ["fix", "kosoa"], a line each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.render.catalogue import Entry, WordsError
from bot.render.receipts import patterns
from handlers.understand.words import KEYWORDS, SHIPPED, Keywords, plain

FILE = "keywords.toml"
LABEL = "kb."
"""How the keys of the main keyboard's labels begin; what follows is the command."""


def load(overrides: Path | None) -> Keywords:
    """The keywords in use: of each command its own list where the programme has one. Raises WordsError."""
    file = overrides / FILE if overrides else None
    return Keywords({**SHIPPED.of, **read(file)}) if file and file.is_file() else SHIPPED


def with_labels(keywords: Keywords, texts: Mapping[str, Mapping[str, Entry]]) -> Keywords:
    """With what stands on the chat's main keyboard in any language: a tap comes back as text. So may a receipt."""
    there = (found for entries in texts.values() for found in entries.items())
    labels = {plain(entry.text): key.removeprefix(LABEL) for key, entry in there if key.startswith(LABEL)}
    return Keywords(keywords.of, labels, patterns(texts))


def read(file: Path) -> dict[str, tuple[str, ...]]:
    """The lists of one file: command -> words. Raises WordsError naming the file and what to do."""
    try:
        found: dict[str, Any] = tomllib.loads(file.read_text("utf-8"))
    except (ValueError, OSError) as error:
        raise WordsError([f"{file}: cannot be read ({error}). Correct it, or take it away."]) from None
    problems: list[str] = []
    twice: dict[str, str] = {}
    for command, words in found.items():
        if command not in KEYWORDS or not isinstance(words, list) or not all(isinstance(w, str) and w for w in words):
            problems.append(f"{file}: {command}: write a command ({', '.join(KEYWORDS)}) and a list of words.")
    own = {command: tuple(map(plain, words)) for command, words in found.items()} if not problems else {}
    for command, words in {**SHIPPED.of, **own}.items():
        for word in words:
            if twice.setdefault(word, command) != command:
                problems.append(f"{file}: {word!r} means {twice[word]} and {command}; it may mean one thing.")
    if problems:
        raise WordsError(problems)
    return own


def written(own: dict[str, tuple[str, ...]]) -> str:
    """The file's content. The words are plain letters, so nothing needs an escape."""
    lines = [f"{command} = {list(words)}".replace("'", '"') for command, words in sorted(own.items())]
    return "\n".join(
        ["# Words that leaders command by, in all languages; commands without a line: as shipped.", *lines, ""]
    )
