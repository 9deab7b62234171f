"""Twilio's section: SMS, WhatsApp, or both, and never one under the other's name."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import channels
from bot.errors import SettingsError
from bot.settings import Settings, load
from tests.databases import NOW

SECTION = '[project]\nstart = 2026-04-01\n[channels.twilio]\naccount_sid = "AC1"\nauth_token = "token"\n'


def written(folder: Path, lines: str) -> Settings:
    file = folder / "kurikirana.toml"
    file.write_text(SECTION + lines)
    return load(file, {})


@pytest.mark.parametrize(
    ("lines", "on"),
    [
        ('sender = "+12028831111"', ["twilio"]),
        ('whatsapp = "+14155238886"', ["twilio_whatsapp"]),
        ('sender = "+12028831111"\nwhatsapp = "+14155238886"', ["twilio", "twilio_whatsapp"]),
    ],
)
def test_which_channels_are_on(tmp_path: Path, lines: str, on: list[str]) -> None:
    assert list(channels.build(written(tmp_path, lines), lambda: NOW)) == on


@pytest.mark.parametrize(
    ("lines", "why"),
    [("", "sender: empty"), ('sender = "whatsapp:+14155238886"', "stands under channels.twilio.whatsapp")],
)
def test_a_section_without_a_sender_of_its_kind_is_refused(tmp_path: Path, lines: str, why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        written(tmp_path, lines)
