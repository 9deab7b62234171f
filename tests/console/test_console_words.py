"""The console's texts: every one has its French, with the same places, and no French is left over."""

from __future__ import annotations

import re

from bot.console.audit_words import DONE
from bot.console.pages import PAGES
from bot.console.words import _catalogue
from tests.console.words import missing, used

_PLACES = re.compile(r"%\((\w+)\)s|%%")


def _forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else text


def test_the_access_log_has_a_word_for_all_that_pages_do() -> None:
    read = {f"{page.reads} {how}" for page in PAGES if page.reads for how in ("read", "exported")}
    assert read | {page.writes for page in PAGES if page.writes} <= DONE.keys()


def test_every_text_has_its_french() -> None:
    assert len(used()) > 120
    assert missing() == {}, "python -m tests.console.words prints what to fill in"


def test_the_french_has_the_same_places_and_no_text_is_left_over() -> None:
    wrong, texts = [], {_forms(text)[0]: _forms(text) for text in used()}
    for english, french in _catalogue("fr").items():
        if english not in texts:
            wrong.append(f"nobody says {english!r} any more")
            continue
        places = {place for form in texts[english] for place in _PLACES.findall(form)}
        if any(set(_PLACES.findall(form)) - places for form in _forms(french)):
            wrong.append(f"{english!r}: other places in French")
    assert not wrong
