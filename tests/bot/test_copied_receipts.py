"""A receipt of ours is read as what it says, in every language and version of the catalogue; other texts are none."""

from __future__ import annotations

from itertools import product

import pytest

from bot.render import Words
from bot.render.receipts import KEYS
from handlers.understand.words import plain
from tests.bot.test_render import RECEIPT

LANGUAGES = ("en", "fr", "rn", "sw")
LONG = "A" * 40
"""So long a name brings the shorter versions."""


@pytest.fixture(scope="module")
def words() -> Words:
    """The texts as they are shipped."""
    return Words.load()


def read(words: Words, text: str) -> dict[str, str]:
    """What is found in it, by field."""
    found = filter(None, (one.fullmatch(plain(text)) for one in words.keywords.receipts))
    return {name: said for name, said in next(found).groupdict().items() if said and name != "before"}


@pytest.mark.parametrize("key", KEYS)
def test_every_version_in_every_language(words: Words, key: str) -> None:
    figures = {"C5": ("new_women", "new_men"), "C5n": ("new",), "C5x": ()}[key]
    seen = set()
    for language, rich, name in product(LANGUAGES, (False, True), ("ABAHUZA", LONG)):
        values = {**RECEIPT, "new": 8, "association": name}
        said = words.text(key, language, values, rich=rich)
        seen.add(said.key)
        topic = "3" if said.key.endswith("~3") else plain(RECEIPT["topics"].items[0].text(language))
        found = read(words, said.text)
        assert (found.pop("topics", None) or found.pop("topics_digits")) == topic
        wanted = {name: str(values[name]) for name in ("women", "men", *figures)}
        assert found == {"date": "12/11", **wanted}
    assert len(seen) >= 2


@pytest.mark.parametrize(
    "text",
    [
        "12/11 processing 12 women 7 men",
        "No 4127 is wrong, it was 12/11",
        "OIM No 4127 OK. 12/11 processing, 19 people: 12 women 7 men. New: 5 women",
        "OIM No 4127 OK. 12/11 processing, 19 people: 12 women",
    ],
)
def test_what_is_none_or_was_cut_in_its_figures(words: Words, text: str) -> None:
    assert not any(one.fullmatch(plain(text)) for one in words.keywords.receipts)
