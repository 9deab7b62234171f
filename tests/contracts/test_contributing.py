"""The channel that CONTRIBUTING shows is run through the whole contract, letter for letter as it stands there."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

import bot.channel_sections

TEXT = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text()
SECTION, CHANNEL, CASES = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def _module(name: str, source: str, **there: object) -> ModuleType:
    made = ModuleType(name)
    made.__dict__.update(there)
    exec(compile(source, f"CONTRIBUTING.md: {name}", "exec"), made.__dict__)
    return made


def _example() -> ModuleType:
    """The three blocks, each where it would stand; nothing of it stays behind."""
    scope = {name: value for name, value in vars(bot.channel_sections).items() if not name.startswith("__")}
    section = _module("bot.channel_sections", SECTION, **scope).Acme
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bot.channel_sections, "Acme", section, raising=False)
        patch.setitem(sys.modules, "bot.channels.acme", _module("bot.channels.acme", CHANNEL))
        return _module("tests.contracts.test_channels_acme", CASES)


class TestAcme(_example().TestAcme):  # type: ignore[misc]
    """As a contributor's own file would have it."""


def test_the_example_is_as_short_as_it_says() -> None:
    assert len(CHANNEL.splitlines()) < 110 and len(CASES.splitlines()) < 60
    assert max(map(len, [*CHANNEL.splitlines(), *CASES.splitlines()])) <= 118
