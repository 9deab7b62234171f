"""The catalogues themselves."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
from babel.messages.catalog import Message

from bot import words as table
from bot.console.words import _catalogue
from bot.forms import load_shipped
from bot.render import Words, replaced
from bot.render.catalogue import base, check, comment, fields_of, messages, read, shipped
from bot.render.fields import COMMON, FIELDS
from handlers.turn import LANGUAGES, Label

WORDS = Words.load()
LONGEST = table.longest()
SMS = sorted(
    (language, key)
    for language in LANGUAGES
    for key in {base(key) for key in WORDS.texts[language] if not WORDS.rules[key].chat}
)
BY_SMS = {key for _, key in SMS}


def test_there_is_something_to_test() -> None:
    assert len(WORDS.rules) > 300
    assert len(SMS) > 340
    catalogue = {
        f"{part}{n}"
        for part, top in zip("ABEFHIJK", (5, 5, 3, 6, 6, 5, 3, 8), strict=True)
        for n in range(1, top + 1)
    }
    assert catalogue | {"A0", "C5", "C6", "C7", "C8", "D1", "D2", "D2b", "D6", "G7"} <= set(WORDS.rules)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sms_is_one_part_with_the_longest_values(language: str) -> None:
    said = {key: WORDS.text(key, language, LONGEST) for its, key in SMS if its == language}
    assert {key: one for key, one in said.items() if one.language != language} == {}
    longer = {key: one for key, one in said.items() if (one.parts, one.encoding) != (1, "gsm7")}
    assert {key: f"{len(one.text)}: {one.text}" for key, one in longer.items()} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_sms_are_written_in_the_alphabet(language: str) -> None:
    """Nothing is left to folding in what we ship: the catalogue's spelling is the one that leaves."""
    texts = WORDS.texts[language]
    assert {key: replaced(e.text) for key, e in texts.items() if not WORDS.rules[key].chat and replaced(e.text)} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_that_leaders_never_read(language: str) -> None:
    assert {key for key, entry in WORDS.texts[language].items() if table.NEVER_SAID.search(entry.text)} == set()
    assert table.NEVER_SAID.search("Your code") and not table.NEVER_SAID.search("Erreur? CORR. décodé")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fields_are_the_same_in_every_language(language: str) -> None:
    for key, entry in WORDS.texts[language].items():
        rule = WORDS.rules[key]
        used = fields_of(entry.text) - set(COMMON)
        assert rule.fields - rule.may_miss <= used <= rule.fields, key


def test_english_and_french_have_every_text() -> None:
    assert table.missing(WORDS, "en") == table.missing(WORDS, "fr") == []


def test_a_text_missing_in_french_is_named() -> None:
    texts = {language: dict(found) for language, found in WORDS.texts.items()}
    del texts["fr"]["C5"]
    assert check(WORDS.rules, texts) == ["fr: C5: missing; English and French have every text"]
    assert check(WORDS.rules, WORDS.texts) == []


def test_drafts_are_marked() -> None:
    assert not WORDS.drafts["en"] and not WORDS.drafts["fr"]
    assert WORDS.drafts["rn"] == set(WORDS.texts["rn"]) and len(WORDS.drafts["rn"]) > 250
    assert WORDS.drafts["sw"] == set(WORDS.texts["sw"]) and len(WORDS.drafts["sw"]) > 250
    assert len(table.drafts(WORDS, "rn")) == len(WORDS.drafts["rn"])
    assert {language for language, _, _ in table.drafts(WORDS)} == {"rn", "sw"}


OF_THE_TEAM = ("S.", "O.", "M1", "M2", "M3", "M4", "M5", "M6", "cmd.")
"""What the team reads is English and French; so are the descriptions of Telegram's commands."""
NO_DRAFT_YET = {"rn": set[str](), "sw": set[str]()}
"""What a leader reads and nobody has dared to write: she gets the SMS's text, or French."""


@pytest.mark.parametrize("language", sorted(NO_DRAFT_YET))
def test_whatever_a_leader_reads_has_a_draft(language: str) -> None:
    keys = {key for key in WORDS.texts["en"] if not key.startswith(OF_THE_TEAM)}
    leaders = {
        key for key in keys if not WORDS.rules[key].chat or base(key) in BY_SMS or key.startswith(("T", "kb."))
    }
    assert len(leaders) > 280
    assert leaders - set(WORDS.texts[language]) == NO_DRAFT_YET[language]
    for form in load_shipped().values():
        assert language in form.drafts
        asked = [q for q in form.questions if q.stored and q.label.texts and not q.shows_only]
        labels = {q.name: q.label for q in asked} | {f"{q.name} {c.name}": c.label for q in asked for c in q.choices}
        assert len(labels) > 10 and not [name for name, label in labels.items() if language not in label.texts]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_is_offered(language: str) -> None:
    for key, entry in WORDS.texts[language].items():
        assert table._answers(WORDS, WORDS.rules[key], entry.text) == [], key


@cache
def _messages(language: str) -> dict[str, Message]:
    """Key -> what its catalogue says, in its order."""
    return messages(read(shipped(language).read_text("utf-8"), language, language))


def test_the_catalogues_keep_one_order_and_three_of_them_the_same_french_comments() -> None:
    """Who corrects Kirundi or Swahili in Burundi reads French."""
    english, french_ones, *others = (_messages(language) for language in ("en", "fr", "rn", "sw"))
    assert all(list(english) == list(other) for other in (french_ones, *others))
    french = {key: message.auto_comments for key, message in french_ones.items()}
    for other in others:
        assert {key: one.auto_comments for key, one in other.items() if one.auto_comments != french[key]} == {}


def test_the_french_comment_of_a_text_says_what_the_english_one_says() -> None:
    lengths, in_french, terms = {"one SMS": "un SMS", "chat": "chat"}, dict[str, str](), _catalogue("fr")
    for key, message in _messages("en").items():
        english, french = comment(message, "en"), comment(_messages("fr")[key], "fr")
        fields = re.findall(r"{(\w+)}", english["Fields"])
        assert english["Fields"] == (", ".join(f"{{{n}}} {FIELDS[n].meaning}" for n in fields) or "none"), key
        named = ", ".join(f"{{{n}}} {terms[FIELDS[n].meaning]}" for n in fields) or "aucun"
        same = {mark: said for mark, said in english.items() if mark in ("May be left out", "Answers")}
        when = in_french.setdefault(english["When"], french["When"])
        assert french == {"When": when, "Fields": named, "Length": lengths[english["Length"]]} | same, key
        assert {*_CODES.findall(when)} == {*_CODES.findall(english["When"])}, key
    assert len(set(in_french.values())) > 500


_CODES = re.compile(r"\b(?:[A-Z]+[a-z0-9]*\d[a-z]*|b\.\w+|[A-Z]{4,}|\d+)\b|(?<!\w)/\w+")
"""Keys, buttons, words in capitals, figures, commands: what both languages name alike."""


def test_every_field_is_used_and_its_longest_value_can_be_said() -> None:
    used = {name for rule in WORDS.rules.values() for name in rule.fields}
    assert used == set(FIELDS)


def test_commands_are_what_telegram_takes() -> None:
    names = [
        e.text
        for t in WORDS.texts.values()
        for key, e in t.items()
        if key.startswith("cmd.") and key.endswith(".name")
    ]
    assert len(names) > 50
    assert all(re.fullmatch("[a-z_]{1,32}", name) for name in names)


def test_a_label_in_the_longest_values_is_said_in_each_language() -> None:
    topics: Any = LONGEST["topics"]
    assert all(isinstance(item, Label) and item.texts["rn"] for item in topics.items)
