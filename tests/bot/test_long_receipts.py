"""The receipt of a long form that staff wrote without short names: as much as one SMS takes, in the form's order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from bot.render import Words
from bot.render.gsm import fits
from handlers.forms import build
from handlers.forms.model import Context
from handlers.kinds import Kind
from handlers.turn import Address, Inbound, Programme, Reply, Turn

NOW = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
PLANTS = ("bags of bean seed", "bags of rice", "cassava cuttings", "banana plants", *("trees of our own",) * 6)
SURVEY = [
    {
        "type": "integer",
        "name": f"q{n}",
        "label::English (en)": f"How many {what} did your members plant this season?",
    }
    for n, what in enumerate(PLANTS, 1)
]
FORM = build(
    {
        "survey": [*SURVEY, {"type": "text", "name": "told", "label::English (en)": "Anything else to tell?"}],
        "settings": [{"form_id": "crops", "form_title::English (en)": "Crops", "sms_keyword": "CROPS"}],
    }
)
NUMBERS = {"q1": 12, "q2": 7, "q3": 150, "q4": 3}


@pytest.fixture(scope="module")
def words() -> Words:
    """The texts as they are shipped."""
    return Words.load()


def replies(values: Mapping[str, object]) -> list[Reply]:
    """Receipt, correction menu, correction."""
    kind, ctx = Kind(), Context("en", "", date(2026, 11, 23))
    turn = Turn(
        now=NOW,
        today=NOW.date(),
        inbound=Inbound(1, "kannel", "text", "", NOW),
        address=Address(1, "kannel", rich=False),
        people=(),
        person=None,
        state={},
        language="en",
        programme=Programme("OIM", NOW.date(), 600, 24, 60, "22 00 00 00", "Africa/Bujumbura"),
    )
    receipt = kind.receipt(turn, FORM, 41, values, None, None, ctx)
    return [receipt, kind.menu(FORM, 41, values, ctx)[0], kind.changed(turn, FORM, 41, values, "q1", ctx)]


def said(words: Words, reply: Reply) -> str:
    """The one SMS that it is."""
    text = words.text(reply.key, "en", reply.values).text
    assert fits(text)
    return text


def test_names_are_shortened_before_answers_are_left_out(words: Words) -> None:
    receipt, menu, changed = (said(words, one) for one in replies(NUMBERS))
    assert receipt == (
        "OIM No 41 OK. How many bags of bean 12, How many bags of rice 7, How many cassava 150, "
        "How many banana plants 3. Wrong? FIX 41"
    )
    assert changed.startswith("OIM No 41 changed: How many bags of bean seed did 12, ")
    assert changed.endswith("plants did 3.")
    assert menu.startswith("No 41. Change: 1 How many 2 How many ")
    assert menu.endswith(" 9 remove. Nothing: 0")


def test_answers_are_left_out_from_the_end_of_the_form(words: Words) -> None:
    many = {f"q{n}": 10_000_000 + n for n in range(1, 11)}
    receipt, *_ = (said(words, one) for one in replies(many))
    assert receipt.startswith("OIM No 41 OK. How many 10000001, How many 10000002, ")
    assert receipt.endswith(", ... Wrong? FIX 41")


def test_the_title_alone_where_no_answer_fits(words: Words) -> None:
    receipt, *_ = replies({"told": "x" * 150})
    assert said(words, receipt) == "OIM No 41 OK. Crops. Wrong? FIX 41"


def test_a_chat_has_it_whole(words: Words) -> None:
    receipt, *_ = replies(NUMBERS)
    whole = words.text(receipt.key, "en", receipt.values, rich=True).text
    assert all(f"{one['label::English (en)']} {NUMBERS[one['name']]}" in whole for one in SURVEY[:4])
