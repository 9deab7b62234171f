"""Fifty people write what only a focal point may read; every output, log, figure and notice is searched for it."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest
import typer
from prometheus_client import generate_latest
from sqlalchemy import select

from bot.__main__ import app as commands
from bot.app import App
from bot.cli.talk import Line
from bot.logs import _TELL_TOO_MUCH
from bot.store import tables as t
from tests.play_service import TODAY, service
from tests.programme import command

FIFTY = 50
CANARY = "zqxcanary"
SAID = (
    "he beat me {}",
    "help, he raped my neighbour {}",
    "PROBLEM the officer asks money for the kit {} and more",
    "tuteur m'a violée {}",
    "7 l'agent demande de l'argent {}",
    "PROBLEM Eric {}",
    "7\nthe officer asks me for money {}",
    "7\n4 Eric {}",
)


async def _fifty(app: App) -> None:
    """From fifty phones; they answer the questions too, and write more words into them."""
    async with app.database.read() as tx:
        links = t.people_addresses.c
        owners = (
            select(t.addresses.c.value)
            .join(t.people_addresses, links.address_id == t.addresses.c.id)
            .join(t.people, t.people.c.id == links.person_id)
        )
        leaders = owners.where(t.people.c.kind == "leader", t.addresses.c.scheme == "tel").order_by(t.people.c.id)
        phones = list(dict.fromkeys((await tx.execute(leaders)).scalars()))[:FIFTY]
    assert len(phones) == FIFTY
    for number, phone in enumerate(phones):
        line = Line(app, phone)
        said = SAID[number % len(SAID)]
        for text in said.format(f"{CANARY}{number}x").split("\n"):
            await line.send(text)
            await line.answers()
        if said.startswith(("PROBLEM", "7 ")):
            await line.send("4")
        await line.send(f"and at night {CANARY}{number}y" if number % 2 else "1")
        await line.send(f"call my sister {CANARY}{number}z")
    for phone in phones:
        await Line(app, phone).answers()


async def _columns(app: App, but: set[str]) -> str:
    """Everything that stands in the tables, but the words in the inbox and what only a focal point is shown."""
    found = []
    async with app.database.read() as tx:
        for table in t.metadata.sorted_tables:
            for row in await tx.execute(select(table)):
                found += [str(v) for k, v in row._mapping.items() if f"{table.name}.{k}" not in but]
    return "\n".join(found)


def _lists(group: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every command that shows something as JSON and needs nothing to be said, however many there will be."""
    found: list[tuple[str, ...]] = []
    for name, one in group.commands.items():
        if hasattr(one, "commands"):
            found += _lists(one, (*path, name))
        elif any("--json" in p.opts for p in one.params) and not any(p.required for p in one.params):
            found.append((*path, name))
    return found


async def test_fifty_sealed_messages_are_nowhere_but_in_the_inbox(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with service(tmp_path) as app:
        await _fifty(app)
        there = await _columns(app, set())
        assert there.count(CANARY) >= 2 * FIFTY, "the search must be able to find"
        assert CANARY not in await _columns(app, {"inbox.text"})
        told: Any = []
        async with asyncio.timeout(20):
            while not told:
                await asyncio.sleep(0.05)
                async with app.database.read() as tx:
                    written = select(t.outbox.c.text).where(t.outbox.c.key == "S.told")
                    told = (await tx.execute(written)).scalars().all()
                    sealed = (await tx.execute(select(t.tasks).where(t.tasks.c.sealed.is_(True)))).all()
        assert set(told) == {told[0]}, "a focal point is told, and always the same"
        assert len({task.address_id for task in sealed}) == FIFTY
    said = capfd.readouterr()
    logged = "\n".join(r.getMessage() for r in caplog.records if not r.name.startswith(_TELL_TOO_MUCH))
    assert CANARY not in said.out + said.err + logged
    assert CANARY not in generate_latest().decode()
    _commands_show_nothing(tmp_path)


def _commands_show_nothing(folder: Path) -> None:
    (folder / "kurikirana.toml").write_text(
        f'[project]\nname = "x"\nstart = {TODAY.replace(year=TODAY.year - 1)}\n[database]\nurl = "sqlite:///demo.db"\n'
    )
    lists = _lists(typer.main.get_command(commands))
    assert {("messages",), ("reports",), ("totals",)} <= set(lists)
    for words in (*lists, ("messages", "--unanswered"), ("messages",), ("doctor",)):
        json = () if words in (("doctor",), ("messages",)) else ("--json",)
        done = command((*words, *json), {"PATH": ""}, folder)
        assert CANARY not in done.stdout + done.stderr, words
        assert done.stdout or done.stderr, words
