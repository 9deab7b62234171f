"""The letters of a settings file that is changed: what others wrote in it stays."""

from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from bot import toml_section
from bot.errors import SettingsError

TABLES = ["", "# x = 1", "[a]", "[a.b]", "[ a.c ] # here", "[[d]]"]
LINES = st.sampled_from([*TABLES, "x = 1", 'y = "#"  # z', "'x y' = [1,", "2]", 'z = """'])
VALUES = st.dictionaries(st.sampled_from("xyzw"), st.text(max_size=5), min_size=1)


@example(lines=["[a.b]", "x = 1", 'z = """', "x = 1", 'z = """'], values={"x": ""})
@given(lines=st.lists(LINES, max_size=12), values=VALUES)
def test_only_what_was_meant_changes_or_nothing(lines: list[str], values: dict[str, Any]) -> None:
    source = "\n".join(lines)
    try:
        due = tomllib.loads(source)
        text = toml_section.with_values(source, "a.b", values)
    except (tomllib.TOMLDecodeError, SettingsError):
        return
    comments = [line for line in text.split("\n") if line.startswith("#")]
    assert comments == [line for line in lines if line.startswith("#")]
    due.setdefault("a", {}).setdefault("b", {}).update(values)
    assert tomllib.loads(text) == due
    try:
        text = toml_section.without(text, "a.b", values)
    except SettingsError:  # within a text of several lines stands what looks like a setting
        return
    left = tomllib.loads(text)["a"]["b"]
    assert left.keys() == due["a"]["b"].keys() - set(values)
