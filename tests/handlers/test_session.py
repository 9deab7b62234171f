"""What dialling a USSD code does to each open question."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from handlers import session, state
from handlers.answers import ANSWERS
from handlers.conversations import step
from handlers.turn import Address, AskedThen, Association, Inbound, Person, Programme, Turn, Unknown
from tests.cases import cases

NOW = datetime(2026, 11, 23, 15, 31, tzinfo=UTC)
ABAHUZA = Association(7, "07", "ABAHUZA", "ABAHUZA", 25, 20, "Eric")
ODETTE = Person(1, "Odette N.", "Odette", "F", "en", "yes", ABAHUZA)
RUTANA = Programme("OIM", date(2026, 4, 1), 600, 24, 60, "22 00 00 00", "Africa/Bujumbura")


def dialled(kind: str, minutes: float, words: str | None = "Topic?") -> Turn:
    """She dials so long after that question was asked in these words (None: they are not looked up yet)."""
    asked = NOW - timedelta(minutes=minutes)
    return Turn(
        now=NOW,
        today=NOW.date(),
        inbound=Inbound(9, "africastalking", "ussd", "", NOW, data={"session": "key"}),
        address=Address(3, "africastalking", rich=False),
        people=(ODETTE,),
        person=ODETTE,
        state={"open": {"kind": kind, "at": asked.isoformat()}},
        language="en",
        programme=RUTANA,
        facts={} if words is None else {AskedThen(3, asked): words},
    )


@cases("kind minutes", product(sorted(ANSWERS), [0.5, 4.9, 5.1, 600]))
def test_a_question_is_asked_again_or_makes_room_for_the_menu(kind: str, minutes: float) -> None:
    outcome = step(dialled(kind, minutes))
    (reply,) = outcome.replies
    if kind in session._NOT_ALOUD or (minutes > 5 and kind in state.PASSING):
        assert reply.key == "B1" and reply.asks and "open" not in outcome.state
    else:
        assert not isinstance(reply.key, str) and reply.key.text("en") == "Topic?"
        assert outcome.state["open"]["kind"] == kind
    assert not outcome.effects


def test_every_question_that_passes_is_one() -> None:
    assert {*state.PASSING, *session._NOT_ALOUD} < set(ANSWERS)


def test_a_question_whose_words_are_gone_gives_the_menu() -> None:
    assert step(dialled("form", 1, "")).replies[0].key == "B1"
    with pytest.raises(Unknown):
        step(dialled("form", 1, None))
