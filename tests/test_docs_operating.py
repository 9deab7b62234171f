"""docs/operating.md says what the service calls and what it keeps of people: nothing left out, nothing made up."""

from __future__ import annotations

import re
from pathlib import Path

from bot import channel_sections
from bot.store.tables import metadata
from bot.store.types import Personal, PersonalJson

TEXT = (Path(__file__).parents[1] / "docs" / "operating.md").read_text("utf-8")
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
