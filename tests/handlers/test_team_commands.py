"""What one of the team types behind a slash is a command of hers, whatever the words behind it mean to a leader."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from handlers.conversations import step
from handlers.team import lists
from handlers.turn import Address, Inbound, OpenTask, Outcome, Person, Programme, Turn
from handlers.understand.words import is_sensitive

NOW = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
RUTANA = Programme("OIM", date(2026, 4, 1), 600, 24, 60, "22 00 00 00", "Africa/Bujumbura")
WORD = "viol"


def typed(text: str, role: str, kind: str = "staff") -> Outcome:
    """What comes of it in her chat."""
    person = Person(1, "Aline N", "Aline", "F", "en", "yes", None, kind=kind, role=role)  # type: ignore[arg-type]
    return step(
        Turn(
            now=NOW,
            today=NOW.date(),
            inbound=Inbound(9, "telegram", "text", text, NOW),
            address=Address(3, "telegram", rich=True),
            people=(person,),
            person=person,
            state={},
            language="en",
            programme=RUTANA,
        )
    )


def case(outcome: Outcome) -> bool:
    """Whether it opens a sealed case."""
    return any(isinstance(effect, OpenTask) and effect.sealed for effect in outcome.effects)


@pytest.mark.parametrize("role", sorted(lists.TEAM))
@pytest.mark.parametrize("command", sorted({"find", "association", "visit", "summary", "sealed"}))
def test_a_command_that_is_not_hers_opens_no_case(role: str, command: str) -> None:
    assert is_sensitive(WORD)
    if role in lists.COMMANDS[command][0]:
        return
    outcome = typed(f"/{command} {WORD}", role)
    assert [reply.key for reply in outcome.replies] == ["T19"]
    assert not case(outcome)


@pytest.mark.parametrize("text", [WORD, f"/{WORD}", f"/mistake {WORD}", f"I saw {WORD} there"])
def test_words_of_one_of_the_team_that_are_no_command_are_heard_as_everybodys(text: str) -> None:
    assert case(typed(text, "safeguarding"))


def test_a_leader_has_no_such_commands() -> None:
    assert case(typed(f"/find {WORD}", "", kind="leader"))
