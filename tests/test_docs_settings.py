"""docs/settings.md says of every setting what the program says, and of nothing else."""

from __future__ import annotations

import re
import textwrap
import tomllib
from datetime import date, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from bot.settings import Settings, load
from scheduler.quiet import DAYS, Hours

PAGE = Path(__file__).parent.parent / "docs" / "settings.md"
ROW = re.compile(r"^\| `(?P<name>[a-zA-Z_.]+)` \| (?P<unit>[^|]+) \| (?P<default>[^|]+) \| (?P<help>[^|]+) \|$")


def _toml(value: Any) -> str:
    """A default as one writes it in the file."""
    match value:
        case None:
            return "as in [reminders]"
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case SecretStr():
            return _toml(value.get_secret_value())
        case time():
            return f'"{value:%H:%M}"'
        case date():
            return value.isoformat()
        case dict() if not value:
            return "{}"
        case tuple():
            return "[" + ", ".join(_toml(part) for part in value) + "]"
        case _:
            return f'"{value}"'


def _section(field: FieldInfo) -> type[BaseModel] | None:
    candidates = [field.annotation, *getattr(field.annotation, "__args__", ())]
    return next((c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)), None)


def rows_of_models(model: type[BaseModel] = Settings, before: str = "") -> dict[str, tuple[str, str]]:
    """Default and help of every setting, as they must stand on the page."""
    found: dict[str, tuple[str, str]] = {}
    for name, field in model.model_fields.items():
        if field.exclude:
            continue  # the file's own folder
        section = _section(field)
        if section:
            found.update(rows_of_models(section, f"{before}{name}."))
        else:
            default = "must be given" if field.is_required() else f"`{_toml(field.default)}`"
            found[before + name] = (default, field.description or "")
    return found


def rows_of_page() -> dict[str, re.Match[str]]:
    matches = [ROW.match(line) for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    assert all(matches), "a row of a table has four cells, and a name in backticks"
    found = {match["name"]: match for match in matches if match}
    assert len(found) == len(matches), "a setting stands twice"
    return found


def test_every_setting_stands_on_the_page_and_nothing_else() -> None:
    program, page = rows_of_models(), rows_of_page()
    assert len(program) > 40
    assert sorted(page) == sorted(program)


def test_default_and_help_are_the_programs_own() -> None:
    page = rows_of_page()
    wrong = {
        name: f"expected | `{name}` | ... | {default} | {text} |"
        for name, (default, text) in rows_of_models().items()
        if name in page and (page[name]["default"], page[name]["help"]) != (default, text)
    }
    assert not wrong


def test_every_setting_has_help_and_a_unit() -> None:
    assert all(text.strip() for _, text in rows_of_models().values())
    assert all(row["unit"].strip() for row in rows_of_page().values())


def test_each_stands_below_the_heading_of_its_section() -> None:
    section = None
    for line in PAGE.read_text().splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ").strip("`[]")
        elif row := ROW.match(line):
            place = row["name"].rpartition(".")[0]
            assert section == (place or "Top level"), row["name"]


def test_the_example_is_accepted(tmp_path: Path) -> None:
    block = next(b for b in re.findall(r"(?:^    .*\n|^\n)+", PAGE.read_text(), re.M) if "[project]" in b)
    file = tmp_path / "kurikirana.toml"
    file.write_text(textwrap.dedent(block))
    secrets = {
        "KURIKIRANA_CHANNELS__SMSGATE__PASSWORD": "from the app",
        "KURIKIRANA_CHANNELS__SMSGATE__SIGNING_KEY": "from the app",
    }
    assert all(name in PAGE.read_text() for name in ("KURIKIRANA_CHANNELS__SMSGATE__PASSWORD", "KURIKIRANA_CONFIG"))
    assert load(file, secrets).live


def test_what_nothing_acts_on_is_said() -> None:
    """A promise to delete that nobody keeps is worse than none; the page says so until it is kept."""
    root = PAGE.parent.parent
    files = [f for name in ("bot", "handlers", "scheduler") for f in (root / name).rglob("*.py")]
    program = "".join(f.read_text() for f in files if f != root / "bot" / "settings.py")
    asleep = {name for name in rows_of_models() if not re.search(rf"\.{name.rpartition('.')[2]}\b", program)}
    said = next((text for text in PAGE.read_text().split("\n\n") if text.startswith("Not acted on yet:")), "")
    assert set(re.findall(r"`([a-z_.]+)`", said)) == asleep


def test_the_rules_of_the_example_are_allowed() -> None:
    line = next(text for text in PAGE.read_text().splitlines() if text.startswith("    no_sending = "))
    rules = tomllib.loads(line.strip())["no_sending"]
    assert len(rules) == 4 and Hours.parse(time(7, 30), time(19, 30), rules, (), ZoneInfo("Africa/Bujumbura"))
    assert " ".join(DAYS) in PAGE.read_text()
