"""Every command of the officers: looked at as JSON, tried before it writes, sent by its number."""

from __future__ import annotations

from typing import Any

import typer

from bot.__main__ import app
from tests.cases import cases

READS = (
    "today",
    "late",
    "inbox",
    "task list",
    "task show",
    "broadcast list",
    "broadcast show",
    "tips list",
    "tips check",
    "lessons list",
    "lessons search",
    "mentors list",
    "mentors questions",
    "mentors show",
)
WRITES = (
    "inbox give",
    "task close",
    "broadcast stop",
    "lessons translate",
    "lessons hide",
    "lessons export",
    "mentors log",
    "mentors give",
)
SENDS = (
    "remind",
    "inbox reply",
    "broadcast new",
    "broadcast send",
    "broadcast retry",
    "tips import",
    "mentors answer",
)
OTHERS = {"broadcast test": {"--json"}, "tips export": {"--json"}}
"""One text to one of the team; a file of what everybody may read."""
WANTED = {
    **dict.fromkeys(READS, {"--json"}),
    **dict.fromkeys(WRITES, {"--json", "--dry-run"}),
    **dict.fromkeys(SENDS, {"--json", "--dry-run", "--yes"}),
    **OTHERS,
}
GROUPS = ("inbox", "task", "broadcast", "tips", "lessons", "mentors")


def _command(words: str) -> Any:
    found: Any = typer.main.get_command(app)
    for word in words.split():
        found = found.commands[word]
    return found


@cases("words", WANTED)
def test_a_command_has_its_options(words: str) -> None:
    there = {option for parameter in _command(words).params for option in parameter.opts}
    assert WANTED[words] <= there


def test_no_command_of_theirs_is_left_out() -> None:
    there = {f"{group} {name}" for group in GROUPS for name in _command(group).commands}
    assert there == {words for words in WANTED if " " in words}
