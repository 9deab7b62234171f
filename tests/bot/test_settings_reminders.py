"""What the settings say about reminders, seasons, markets and names: mistakes with their lines, and the rules."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import load, rules
from handlers.turn import Association

MINIMAL = '[project]\nstart = 2026-04-01\n[database]\nurl = "sqlite:///k.db"\n'
ABAHUZA = Association(7, "07", "Abahuza", "ABAHUZA", 25, 80, "Eric", communes=("Mpinga-Kayove", "Musongati"))


def said(folder: Path, text: str) -> str:
    file = folder / "programme.toml"
    file.write_text(MINIMAL + text)
    with pytest.raises(SettingsError) as refused:
        load(file, {})
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[reminders]\ntraining_every_days = 0", "line 6, reminders.training_every_days: read 0; "),
        ('[reminders]\nat = "half past five"', "line 6, reminders.at: read 'half past five'; "),
        ("[reminders]\nthen_after_days = [7, 3]", "line 6, reminders.then_after_days: read [7, 3]; "),
        ("[reminders]\nbusiness_after_day = 31", "line 6, reminders.business_after_day: read 31; "),
        ('[reminders.associations."07"]\nat = 1', 'line 6, reminders.associations.07.at: read 1; '),
        ('[reminders.associations."07"]\nevery = 7', "Known here: at, business_after_day, then_after_days, training"),
        ('[reminders.associations.seven]\nat = 08:00:00', "reminders.associations.seven: read 'seven'; write the"),
        ('[reminders.associations."7"]\nat = 08:00:00', "line 5, reminders.associations.7: read '7'; write"),
        ("[reminders.seasons.D]\nat = 1", "line 5, reminders.seasons.D: read 'D'; "),
        ('[seasons]\nA = "September"', 'line 6, seasons.A: read \'September\'; write the first'),
        ('[seasons]\nB = "02-15 to 06-31"', "line 6, seasons.B: read '02-15 to 06-31'; "),
        ('[hours.market_days]\nGiharo = ["Tues"]', "line 6, hours.market_days.Giharo: read 'Tues'; allowed is a day"),
        ('[hours.market_days]\n"Mpinga-Kayove" = ["Tu"]', "line 6, hours.market_days.Mpinga-Kayove: read 'Tu'; "),
        ('[words]\nfolder = "a\\u0000"', "line 6, words.folder: read 'a\\x00'; no folder or file has such a name: "),
        ('[backup]\nfolder = "\\u0000"', "line 6, backup.folder: read '\\x00'; no folder or file has such a name: "),
        ('[privacy]\nmedia_folder = "\\u0000"', "line 6, privacy.media_folder: read '\\x00'; no folder or file has"),
        ('[channels.gammu]\nfolder = "\\u0000"', "line 6, channels.gammu.folder: read '\\x00'; no folder or"),
        ("[limits]\nreminders = 4", "line 6, limits.reminders: read 4; reminders.then_after_days says when 2"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line_and_what_is_allowed(tmp_path: Path, text: str, expected: str) -> None:
    assert expected in said(tmp_path, text)


def test_the_rules_are_what_the_settings_say(tmp_path: Path) -> None:
    file = tmp_path / "programme.toml"
    file.write_text(
        MINIMAL
        + '[reminders.associations."07"]\ntraining_every_days = 7\n'
        + '[reminders.seasons.A]\nat = "12:15"\n[hours.market_days]\nMUSONGATI = ["Mon"]\n'
    )
    found = rules(load(file, {}))
    due = found.first(ABAHUZA, "training", datetime(2026, 11, 16, 8, 0, tzinfo=UTC))
    assert due == datetime(2026, 11, 24, 5, 30, tzinfo=UTC)  # Monday is market day there, so Tuesday 07:30
    assert found.touches(ABAHUZA, due) == 3 and found.next_touch(ABAHUZA, 2, due) is None


@pytest.mark.parametrize(
    ("text", "crowded"),
    [
        ("", []),
        ("[reminders]\ntraining_every_days = 12", []),
        ("[reminders]\ntraining_every_days = 11", [("", 11, 12)]),
        ("[reminders]\ntraining_every_days = 7", [("", 8, 12)]),  # its last touch is on the 7th day
        ("[reminders]\ntraining_every_days = 7\n[limits]\nreminders = 1", []),
        ("[reminders]\ntraining_every_days = 7\n[limits]\nreminders = 0", []),
        ("[limits]\nunasked_per_week = 1", [("", 14, 28)]),
        ("[limits]\nunasked_per_week = 0", []),
        ('[reminders.associations."07"]\ntraining_every_days = 7', [('.associations."07"', 8, 12)]),
        ("[reminders.seasons.B]\ntraining_every_days = 10", [(".seasons.B", 10, 12)]),
    ],
)
def test_trainings_that_fill_the_week_are_named(tmp_path: Path, text: str, crowded: list[object]) -> None:
    file = tmp_path / "programme.toml"
    file.write_text(MINIMAL + text)
    assert list(rules(load(file, {})).crowded()) == crowded
