"""The simulated phones: what a phone that is off waits for is there once it is on, also after a restart."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from sqlalchemy import select

from bot import demo
from bot.app import App
from bot.channels.base import Message, Recorder
from bot.channels.phone import Phone
from bot.cli.service import _phone_of
from bot.cli.talk import Line
from bot.clock import StoppedClock
from bot.store.tables import outbox
from tests.play_service import NOW, TODAY, service

NUMBER = "+25700000031"


def phone_of(app: App) -> Phone:
    phone = app.channels["phone"]
    assert isinstance(phone, Phone)
    return phone


async def states(app: App) -> list[str]:
    async with app.database.read() as tx:
        return list((await tx.execute(select(outbox.c.state).order_by(outbox.c.id))).scalars())


async def test_held_texts_arrive_in_order_and_once() -> None:
    phone, intake = Phone(), Recorder()
    phone.routes(intake)
    phone.off.add(NUMBER)
    for number in (1, 2):
        assert (await phone.send(Message(number, NUMBER, f"text {number}", 1))).state == "accepted"
    assert phone.screen(NUMBER) == []
    await phone.switch_on(NUMBER)
    await phone.switch_on(NUMBER)
    assert [shown.text for shown in phone.screen(NUMBER)] == ["text 1", "text 2"]
    assert [(told.outbox_id, told.state) for told in intake.told] == [(1, "delivered"), (2, "delivered")]


@pytest.mark.parametrize("by", ["the page", "the terminal"])
async def test_a_phone_that_was_off_at_a_restart_is_off_still_and_takes_its_texts(tmp_path: Path, by: str) -> None:
    async with service(tmp_path) as app:
        phone_of(app).off.add(NUMBER)
        line = Line(app, NUMBER)
        for text in ("HELP", "5"):
            await line.send(text)
            assert await line.answers() == []
        before = await states(app)
        assert set(before) == {"accepted"}
    settings = demo.settings_for(tmp_path, 0, TODAY)
    async with App.running(settings, StoppedClock(NOW), web=False, simulate=True) as app:
        assert NUMBER in phone_of(app).off
        line = Line(app, NUMBER)
        await line.send("8")
        assert await line.answers() == [], "still off"
        await (line.pick_up() if by == "the terminal" else phone_of(app).switch_on(NUMBER))
        assert len(await line.answers()) == len(before) + 1
        assert set(await states(app)) == {"delivered"}
    async with App.running(settings, StoppedClock(NOW), web=False, simulate=True) as app:
        assert not phone_of(app).off


async def test_who_writes_is_a_leader_or_one_of_the_team(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with service(tmp_path) as app, app.database.read() as tx:
        assert await _phone_of(tx, "ABAHUZA ODETTE") == await _phone_of(tx, "odette")
        assert (await _phone_of(tx, "eric")).startswith("+257")
        assert "smartphone" in capsys.readouterr().err
        with pytest.raises(typer.Exit):
            await _phone_of(tx, "Nobody")
        assert "--phone +257" in " ".join(capsys.readouterr().err.split())
