"""A newcomer and a real Kannel: connect, start, doctor with its file, a text to a colleague's phone and back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests import kannel
from tests.programme import Programme, small_roster

ERIC = "+25779123499"


@pytest.mark.kannel
async def test_from_connect_to_an_answer(tmp_path: Path) -> None:
    kannel.require()
    programme = Programme(tmp_path, {})
    gateway = kannel.Kannel(tmp_path, programme.url)
    programme.bring(small_roster())
    given = [f"--set={name}={value}" for name, value in gateway.settings.items()]
    conf = str(gateway.conf)
    await asyncio.to_thread(programme.command, "connect", "kannel", *given, code=1)
    assert not (tmp_path / "kurikirana.secrets.toml").exists(), "Kannel does not run yet"
    async with gateway:
        await asyncio.to_thread(programme.command, "connect", "kannel", *given)
        silent = await asyncio.to_thread(programme.command, "doctor", "kannel", conf, code=1)
        assert "web.public_url cannot be reached" in silent
        async with programme:
            well = await asyncio.to_thread(programme.command, "doctor", "kannel", conf)
            assert well.splitlines() == ["ok  kannel", "ok  kannel: web.public_url leads to us", f"ok  {conf}"]
            words = ("doctor", "kannel", "--to", ERIC, "--wait", "60")
            asking = asyncio.create_task(asyncio.to_thread(programme.command, *words))
            (sms,) = await gateway.fakesmsc.hears(1)
            assert sms.to == ERIC and "Answer with any word" in sms.text
            await gateway.fakesmsc.says(ERIC, "8585", "Ego")
            said = await asking
            for step in ("the text was taken", "the report came: ", "the answer came"):
                assert step in said
    for secret in (gateway.password, gateway.secret):
        assert secret not in (tmp_path / "kurikirana.toml").read_text() and secret not in said + well + silent
