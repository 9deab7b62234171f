"""docs/operating.md says what the service calls and what it keeps of people: nothing left out, nothing made up."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from bot import channel_sections
from bot.store.tables import metadata
from bot.store.types import Personal, PersonalJson

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "operating.md").read_text("utf-8")
CALLED = re.compile(r"(api_|send_|content_|sendsms_)?url|host|port")
"""Settings of a channel that say where something is sent."""


def _section(title: str) -> str:
    return TEXT.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_every_address_that_is_called_is_listed() -> None:
    said, found = _section("What it talks to"), set()
    for name, channel in channel_sections.Channels.model_fields.items():
        section = next(one for one in channel.annotation.__args__ if one is not type(None))
        for setting, field in section.model_fields.items():
            if CALLED.fullmatch(setting):
                found.add(f"channels.{name}.{setting}")
                if str(field.default).startswith("https://"):
                    assert str(field.default) in said, setting
    assert len(found) > 8
    assert set(re.findall(r"`(channels\.[a-z_.]+)`", said)) == found


def test_every_personal_column_has_a_class() -> None:
    there = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Personal | PersonalJson)
    }
    assert len(there) > 20
    assert (
        set(re.findall(r"`([a-z_]+\.[a-z_]+)`", _section("What is personal"))) - {"privacy.keep_messages_months"}
        == there
    )


def _events() -> dict[str, set[str]]:
    """Level -> what `log` is told in our code, where it is a plain text."""
    found: dict[str, set[str]] = {}
    files = (file for folder in ("bot", "scheduler") for file in sorted((ROOT / folder).rglob("*.py")))
    sources = [file.read_text("utf-8") for file in files]
    for source in (source for source in sources if "log." in source):
        for call in ast.walk(ast.parse(source)):
            if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("log.") and call.args:
                event = call.args[0]
                if isinstance(event, ast.Constant):
                    found.setdefault(ast.unparse(call.func)[4:], set()).add(str(event.value))
    return found


def test_every_event_of_the_log_is_listed() -> None:
    said = {}
    for line in _section("What is in the log").splitlines():
        if line.startswith("|") and "`" in line:
            said[line.split("|")[1].split(":")[0].strip()] = set(re.findall("`([^`]+)`", line)) - {"not polling: ..."}
    assert len(said["error"]) > 10
    assert said == _events()


@pytest.mark.fault("E15")
def test_it_is_said_how_libraries_are_kept() -> None:
    said, make = _section("Libraries"), (ROOT / "Makefile").read_text("utf-8")
    for target in ("sbom", "holes"):
        assert f"`make {target}`" in said and f"\n{target}:" in make
    assert "within seven days" in " ".join(said.split())
    pinned = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert len(pinned) > 20 and [line for line in pinned if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
