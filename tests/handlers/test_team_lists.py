"""The team's written lists: what a chat shows can be used, what is used has words, roles are those of the roster."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.channels.telegram_profile import SHOWN
from bot.programme.roster.columns import STAFF
from bot.render import Words
from handlers.said import COMMANDS as LEADERS
from handlers.team import lists
from handlers.team.answering import reply
from tests.cases import cases

ROOT = Path(__file__).parents[2]
FILES = (
    *(ROOT / "handlers/team").glob("*.py"),
    ROOT / "bot/programme/late_in_chat.py",
)
_KEY = re.compile(r'"(O\.[a-z._]+[a-z])"')
MADE = {"O.refused.stopped", "O.refused.agreed", "O.refused.gone"}
"""Keys that are put together: handlers/team/answering.py."""
NAMED = ("O.bc.run.", "O.bc.out.", "O.bc.to.", "O.bc.who.", "O.bc.is.")
"""How keys begin that name a state, a reason or an audience of a broadcast (handlers/team/broadcast_*.py)."""
STATES = {f"O.bc.{state}" for state in ("sending", "asks", "stopped", "done", "draft", "approved")}
OTHERS = {"O.help.mentor", "O.first"}
"""Said elsewhere: in the list of help, and by `kurikirana connect`."""


def test_every_text_of_the_team_is_used_and_the_other_way_round() -> None:
    used = {key for file in FILES for key in _KEY.findall(file.read_text("utf-8"))} | MADE
    known = {key for key in Words.load().rules if key.startswith("O.")}
    assert len(known) > 80
    assert used - known == set()
    assert {key for key in known - used - OTHERS - STATES if not key.startswith(NAMED)} == set()


@pytest.mark.parametrize("role", sorted(set(SHOWN) - {"leader"}))
@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_a_chat_of_the_team_shows_may_be_used(role: str, language: str) -> None:
    shown = set(SHOWN[role][language])
    hers = {word for word, (roles, _) in lists.COMMANDS.items() if role in roles}
    assert shown - hers - lists.EVERYBODYS == set()


ALWAYS_THERE = {"start", "help", "aide"}
"""Telegram's own button, and /help in the list's language."""


@pytest.mark.parametrize("role", sorted(set(SHOWN) - {"leader"}))
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_chat_of_the_team_shows_everything_that_its_role_may_do(role: str, language: str) -> None:
    shown = {lists.COMMANDS[word] for word in SHOWN[role][language] if word in lists.COMMANDS}
    hers = {word: entry for word, entry in lists.COMMANDS.items() if role in entry[0]}
    assert {word for word, entry in hers.items() if entry not in shown} - ALWAYS_THERE == set()


@cases("language", ["en", "fr"])
def test_what_a_leaders_chat_shows_is_known(language: str) -> None:
    assert set(SHOWN["leader"][language]) <= {word for words in LEADERS.values() for word in words}


def test_telegram_takes_the_names() -> None:
    names = [name for languages in SHOWN.values() for commands in languages.values() for name in commands]
    assert len(names) > 40
    assert all(re.fullmatch(r"[a-z0-9_]{1,32}", name) for name in names)


def test_every_role_of_the_roster_is_known() -> None:
    (role,) = [column for column in STAFF.columns if column.name == "role"]
    assert set(role.choices) == lists.TEAM == set(SHOWN) - {"leader"}
    named = [roles for entries in (lists.COMMANDS, lists.BUTTONS, lists.REPLIES) for roles, _ in entries.values()]
    assert all(roles and roles <= lists.TEAM for roles in named)
    assert lists.REPLIES["task"][1] is reply
