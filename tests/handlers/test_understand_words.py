"""Plain and clean text, command words, yes and no, languages."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from handlers.understand.vocabulary import LANGUAGE_OF, NO, NO_COMMANDS, QUESTIONS, SENSITIVE, YES
from handlers.understand.words import (
    FILLERS,
    KEYWORDS,
    clean,
    is_question,
    is_sensitive,
    is_stop,
    keyword,
    language_of,
    plain,
    yes_no,
)
from tests.cases import cases
from tests.examples import examples

ANY_TEXT = st.text() | st.text(st.characters(categories=["Cs", "Cc", "Cf", "Mn", "No", "Nd", "Lu", "Po", "Zs"]))


# --- plain and clean -----------------------------------------------------------------------------


@cases(
    "text expected",
    [
        ("", ""),
        ("  Féminin\u00a0 X\t", "feminin x"),
        ("D\u00e9cortiqueuse", "decortiqueuse"),
        ("De\u0301cortiqueuse", "decortiqueuse"),
        ("l\u2019ann\u00e9e \u2018\u00ab ok \u00bb", "l'annee '\" ok \""),
        ("aujourd\u00b4hui aujourd`hui", "aujourd'hui aujourd'hui"),
        ("12\u20137 \u2212 \u2014", "12-7 - -"),
        ("\u0661\u0662 \u09ea \uff13 \U0001d7d9", "12 4 3 1"),
        ("1\ufe0f\u20e3", "1"),
        ("ST\u200bO\u202eP\ufeff", "stop"),
        ("12\x007", "12 7"),
        ("a\x1bb\x7fc", "a b c"),
        ("Stra\u00dfe \ufb01x", "strasse fix"),
        ("5\u00b2", "5 2"),
        ("\ud83d", "\ufffd"),
        ("12\r\n11", "12 11"),
        ("\u0130STANBUL", "istanbul"),
    ],
)
def test_plain(text: str, expected: str) -> None:
    assert plain(text) == expected


@given(ANY_TEXT)
def test_plain_never_raises_and_settles(text: str) -> None:
    once = plain(text)
    once.encode()
    assert plain(once) == once
    assert plain(f" {text}\n") == once
    assert "\x00" not in once
    assert "  " not in once
    assert not once.startswith(" ")


@given(st.text(st.characters(max_codepoint=0x24F)))
def test_plain_is_one_for_composed_and_decomposed_letters(text: str) -> None:
    assert plain(unicodedata.normalize("NFD", text)) == plain(unicodedata.normalize("NFC", text))


@cases(
    "text expected",
    [
        ("ABAHUZA 12/11", "ABAHUZA 12/11"),
        ("a\x00b", "a\ufffdb"),
        ("e\u0301", "\u00e9"),
        ("\ud83d\ude00", "\U0001f600"),
        ("\ud83d x \ude00", "\ufffd x \ufffd"),
        ("\ufdd0\uffff\U0001fffe", "\ufffd\ufffd\ufffd"),
        ("\U0001f469\u200d\U0001f33e", "\U0001f469\u200d\U0001f33e"),
        ("a\tb\nc", "a\tb\nc"),
    ],
)
def test_clean(text: str, expected: str) -> None:
    assert clean(text) == expected


@given(ANY_TEXT)
def test_clean_can_be_stored(text: str) -> None:
    kept = clean(text)
    kept.encode()
    assert "\x00" not in kept
    assert clean(kept) == kept
    assert unicodedata.is_normalized("NFC", kept)


def test_clean_of_a_hostile_text_is_bounded() -> None:
    """Composing 40,000 alternating marks in one go takes more than a second."""
    hostile = "a" + "\u0315\u0300" * 50_000
    assert len(clean(hostile)) >= 99_000
    assert len(plain(hostile)) == 1


# --- command words -------------------------------------------------------------------------------


def test_every_command_word_is_plain_and_belongs_to_one_command() -> None:
    words = [word for row in KEYWORDS.values() for word in row]
    assert len(words) == len(set(words)) > 40
    assert all(plain(word) == word for word in words)
    for tables in (YES, NO, FILLERS, QUESTIONS, LANGUAGE_OF, *SENSITIVE.values()):
        assert all(plain(word) == word for word in tables)
    assert YES.isdisjoint(NO)


@cases("command word", [(c, w) for c, row in KEYWORDS.items() for w in row])
def test_each_command_word_in_many_spellings(command: str, word: str) -> None:
    for spelling in (word, word.upper(), word.title(), f" {word}.", f"{word} !", f'"{word}"', f"\u00ab{word}\u00bb"):
        assert keyword(spelling) == (command, ""), spelling
    if command != "stop":
        assert keyword(f"{word} 4127") == (command, "4127")
        assert keyword(f"{word}4127") == (command, "4127")


@cases("word", [w for row in KEYWORDS.values() for w in row if len(w) >= 6])
def test_one_letter_forgotten_or_doubled_in_a_long_word(word: str) -> None:
    expected = keyword(word)
    for place in range(1, len(word)):
        for spelling in (word[:place] + word[place - 1 :], word[:place] + word[place + 1 :]):
            assert keyword(spelling) == (None if spelling in NO_COMMANDS else expected), spelling


@cases(
    "text expected",
    [
        ("Corr: 12", ("fix", "12")),
        ("Problème: la machine", ("problem", "la machine")),
        ("RETOUR 4127", ("back", "4127")),
        ("help me with the husker", ("help", "me with the husker")),
        ("anuler", ("cancel", "")),
        ("stat", None),
        ("Starting", None),
        ("l'aide", None),
        ("form 12/11", None),
        ("12 7", None),
        ("", None),
        ("stop the machine now please", None),
        ("reka", None),
    ],
)
def test_keyword(text: str, expected: tuple[str, str] | None) -> None:
    assert keyword(text) == expected


@cases(
    "text",
    [
        "STOP",
        "stop!",
        "Stop. Thank you",
        "Arrêt",
        "ARRETEZ",
        "hagarika",
        "HAGARKA",
        "acha",
        "Acha tafadhali",
        "S\u200btop",
    ],
)
def test_stop(text: str) -> None:
    assert is_stop(text)
    assert keyword(text) is not None


@cases(
    "text",
    [
        "please stop the machine", "STOP 12345", "stp", "STP!", "reka", "stop the machine now please", "stopp",
        "stap",
        "sto", "cancel", "annuler", "1", "", "stop 1", "start", "achat", "hagarka imashini",
    ],
)  # fmt: skip
def test_not_a_stop(text: str) -> None:
    assert not is_stop(text)


# --- yes, no, questions, sensitive, language -----------------------------------------------------


@cases(
    "text expected",
    [
        ("oui", True), ("Oui, merci", True), ("EGO!", True), ("ego ego", True), ("ndiyo asante", True), ("ok", True),
        ("D\u2019accord", True), ("yes please", True), ("non", False), ("Oya.", False), ("hapana", False),
        ("no", False), ("no thanks", False), ("no murakoze", None), ("no kurima", None), ("oui mais non", None),
        ("1", None), ("oui 12", None), ("", None), ("ouistiti", None),
    ],
)  # fmt: skip
def test_yes_no(text: str, expected: bool | None) -> None:
    assert yes_no(text) is expected


@cases(
    "text",
    [
        "Comment réparer la courroie", "how do we dry rice", "Gute nokora", "vipi nitengeneze", "Je, mnaweza kuja",
        "est-ce que vous venez", "Où est le mentor", "la machine chauffe ?", "\u00bfcomment",
        "imashini irashushe\uff1f",
    ],
)  # fmt: skip
def test_question(text: str) -> None:
    assert is_question(text)


@cases("text", ["12 7?", "?", "je suis malade", "howard", "none", "ou bien", "12/11 agri f12"])
def test_no_question(text: str) -> None:
    assert not is_question(text)


@cases(
    "text",
    [
        "He tried to RAPE me", "harcèlement", "il m'a frappée", "ubakaji", "yankubise ku nguvu", "he is harassing me",
        "the mentor touches the girls", "he sleeps with the young ones", "il touche les filles",
        "il a couché avec elle", "mariage forcé de ma fille", "il a pris ma fille de force", "alitaka kulala nami",
        "anawagusa wasichana", "yashatse ko turyamana", "le chef me demande de coucher", "il me fait des avances",
        "mon mari me frappe", "he touched my breast", "he forced himself on me", "bashaka ko ndyamana nabo",
        "barantera ubwoba", "anataka nilale naye", "ananitongoza", "wataniua",
    ],
)  # fmt: skip
def test_sensitive(text: str) -> None:
    assert is_sensitive(text)


@cases(
    "text",
    [
        "kubaka inzu", "un sac violet", "violon", "12 7", "la machine est cassee", "la machine manque de force",
        "do not touch the belt", "ne touchez pas la courroie", "kulala", "kugusa imashini",
        "une avance de 5000", "la pluie nous frappe", "inzara n'ubwoba", "kuua wadudu",
    ],
)  # fmt: skip
def test_not_sensitive(text: str) -> None:
    assert not is_sensitive(text)


@cases(
    "text expected",
    [
        ("12/11 transformation 12 femmes et 7 hommes 8 nouveaux", "fr"),
        ("inyigisho 12 munyonyo guhingura abakenyezi 12 abagabo 7 bashasha 8", "rn"),
        ("mafunzo jana usindikaji wanawake 12 wanaume 7 wapya 8", "sw"),
        ("12/11 processing 12 women and 7 men", "en"),
        ("please help", "en"), ("mwaramutse", "rn"), ("Asante sana", "sw"), ("bonjour", "fr"),
        ("FORM 12/11 AGRI", None), ("12 7", None), ("", None), ("na", None), ("merci the", None),
    ],
)  # fmt: skip
def test_language_of(text: str, expected: str | None) -> None:
    assert language_of(text) == expected


@given(ANY_TEXT)
@examples(200)
def test_nothing_in_words_raises(text: str) -> None:
    for ask in (keyword, is_stop, yes_no, is_question, is_sensitive, language_of):
        ask(text)
