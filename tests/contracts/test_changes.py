"""What one process saves of words and forms every other process takes; what lies corrected by hand is not undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import changes, demo, forms, keywords
from bot.changes import Changes
from bot.console.page import each
from bot.operations import OPERATIONS
from bot.render import Words
from bot.store.engine import Database
from bot.turns import Turns
from handlers.conversations import step
from tests.databases import NOW, database, place, postgres_server, processes

__all__ = ["database", "place", "postgres_server", "processes"]
SEED = Path(__file__).parents[1] / "conversations" / "seed.md"
FIX = ("fix", "corr", "corriger", "kosoa", "gukosora", "rectifier")


class Process:
    """One of several: its words folder, and how often it read anew."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.folder, self.words, self.forms = folder, Words.load(None), 0
        self.changes = Changes(database, folder, self._words, self._forms)

    def _words(self) -> None:
        self.words.learn(self.folder)

    async def _forms(self) -> None:
        self.forms += 1


async def _done(database: Database, name: str, details: object) -> None:
    await database.writer.do(each, lambda tx: OPERATIONS[name](tx, details, NOW))  # type: ignore[arg-type]


@pytest.mark.postgres
@pytest.mark.parametrize("place", ["postgres"], indirect=True)
async def test_words_and_forms_reach_every_process(processes: list[Database], tmp_path: Path) -> None:
    one, two = (Process(database, tmp_path / name) for database, name in zip(processes, "ab", strict=True))
    for process in (one, two):
        await process.changes.look()
    keywords.save({"fix": FIX}, one.folder, NOW)
    await _done(processes[0], "words saved", {"files": changes.files_of(one.folder)})
    assert "rectifier" not in two.words.keywords.command_of
    for process in (one, two, one, two):
        await process.changes.look()
    assert two.words.keywords.of["fix"] == one.words.keywords.of["fix"] == FIX
    by_hand = '# mine\nfix = ["fix", "corr"]\n'
    (two.folder / "keywords.toml").write_text(by_hand)
    again = Process(processes[1], two.folder)  # started anew
    await again.changes.look()
    assert (two.folder / "keywords.toml").read_text() == by_hand
    new = Process(processes[1], tmp_path / "new")  # one that was not there
    await new.changes.look()
    assert new.words.keywords.of["fix"] == FIX
    assert (one.forms, two.forms) == (0, 0)
    await _done(processes[0], "form add", {"sheets": forms.sheets(SEED), "source": "seed.md"})
    await two.changes.look()
    await two.changes.look()
    assert two.forms == 1


@pytest.mark.postgres
@pytest.mark.parametrize("place", ["postgres"], indirect=True)
async def test_a_turn_knows_a_form_that_another_process_has_just_added(
    processes: list[Database], tmp_path: Path
) -> None:
    """What goes on with it was a fault until the next look, and three of them set a message aside."""
    one, two = processes
    settings = demo.settings_for(tmp_path, 0, NOW.date())
    turns = Turns(settings, Words.load(), forms.load_shipped(), lambda: NOW, step, {})
    async with two.engine.begin() as tx:
        await turns.open(tx, set())
    assert "seed" not in turns.forms
    await _done(one, "form add", {"sheets": forms.sheets(SEED), "source": "seed.md"})
    async with two.engine.begin() as tx:
        await turns.open(tx, set())
    assert "seed" in turns.forms


async def test_what_cannot_be_taken_disturbs_nobody(database: Database, tmp_path: Path) -> None:
    process = Process(database, tmp_path)
    await _done(database, "words saved", {"files": {"keywords.toml": "fix = 7"}})
    await process.changes.look()
    assert process.words.keywords.of["fix"][0] == "fix"
