"""Numbers in figures and in words of four languages."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from handlers.understand.numbers import LIMIT, decimal, groups, number, number_words
from handlers.understand.tokens import tokens
from tests.cases import cases


@cases(
    "word expected",
    [
        ("12", 12), ("0", 0), ("007", 7), ("1O", 10), ("l2", 12), ("I2", 12), ("1oo", 100), ("150k", 150_000),
        ("150K", 150_000), ("1.5k", 1_500), ("1,5k", 1_500), ("1.250.000", 1_250_000), ("450,000", 450_000),
        ("450.000", 450_000), ("1,000,000", 1_000_000), ("450.000,00", 450_000), ("12.345", 12_345),
        ("\u0662\u0663", 23), (" 12 ", 12), ("450.0OO", 450_000), ("450.OOO", None), ("999999999999", LIMIT),
        ("", None), ("O", None), ("l", None), ("-5", None), ("12.5", None), ("12,5", None), ("0.500", None),
        ("12/11", None), ("450.00", None), ("1.25.000", None), ("450.000,50", None), ("1234567890123", None),
        ("9" * 5000, None), ("k", None), ("1.2345k", None), ("\u00b2", 2), ("12femmes", None), ("\ud800", None),
    ],
)  # fmt: skip
def test_number(word: str, expected: int | None) -> None:
    assert number(word) == expected


@cases(
    "word expected",
    [
        ("12", "12"), ("12.5", "12.5"), ("12,5", "12.5"), ("450.000,50", "450000.50"), ("1,250.5", "1250.5"),
        ("450.000", "450000"), ("0.500", "0.500"), ("1.5k", "1500"), ("l2,5", "12.5"),
        ("1.2.3", None), ("a", None), ("", None), (".5", None), ("12.", None),
    ],
)  # fmt: skip
def test_decimal(word: str, expected: str | None) -> None:
    assert decimal(word) == (None if expected is None else Decimal(expected))


@given(st.integers(0, LIMIT), st.sampled_from([".", ","]))
def test_every_number_is_read_in_figures_and_with_thousands(value: int, mark: str) -> None:
    assert number(str(value)) == value
    grouped = f"{value:,}".replace(",", mark)
    assert number(grouped) == value
    assert decimal(grouped) == value
    assert [number(token.text) for token in tokens(grouped)] == [value]


RN_UNIT = ["", "rimwe", "kabiri", "gatatu", "kane", "gatanu", "gatandatu", "indwi", "umunani", "icenda"]
RN_TIMES = ["", "", "ibiri", "itatu", "ine", "itanu", "itandatu", "indwi", "umunani", "icenda"]
RN_OF_A = ["", "", "abiri", "atatu", "ane", "atanu", "atandatu", "indwi", "umunani", "icenda"]
SW_UNIT = ["", "moja", "mbili", "tatu", "nne", "tano", "sita", "saba", "nane", "tisa"]
SW_TEN = ["", "kumi", "ishirini", "thelathini", "arobaini", "hamsini", "sitini", "sabini", "themanini", "tisini"]


def kirundi(value: int) -> str:
    """1 to 999."""
    hundreds, tens, units = value // 100, value // 10 % 10, value % 10
    parts = []
    if hundreds:
        parts.append("ijana" if hundreds == 1 else f"amajana {RN_OF_A[hundreds]}")
    if tens:
        parts.append(("cumi" if parts or units else "icumi") if tens == 1 else f"mirongo {RN_TIMES[tens]}")
    if units:
        parts.append(RN_UNIT[units])
    line = parts[0]
    for part in parts[1:]:
        line += f" n'{part}" if part[0] in "aeiou" else f" na {part}"
    return line


def swahili(value: int) -> str:
    """1 to 999."""
    hundreds, tens, units = value // 100, value // 10 % 10, value % 10
    parts = []
    if hundreds:
        parts.append(f"mia {SW_UNIT[hundreds]}")
    if tens:
        parts.append(SW_TEN[tens])
    if units:
        parts.append(SW_UNIT[units])
    return parts[0] if len(parts) == 1 else " ".join(parts[:-1]) + " na " + parts[-1]


@cases("language", ["rn", "sw"])
def test_every_number_to_999_in_words(language: str) -> None:
    spell = kirundi if language == "rn" else swahili
    for value in range(1, 1000):
        words = spell(value).split()
        assert number_words(words, language) == (value, len(words)), words
        assert number_words(words, None) == (value, len(words)), words
        assert number_words([*words, "abagabo"], None) == (value, len(words)), words


@cases(
    "text expected",
    [
        ("cumi na rimwe", (11, 3)), ("cumi n'indwi abo", (17, 2)), ("mirongo ibiri", (20, 2)), ("babiri", (2, 1)),
        ("ibihumbi 150 2", (150_000, 2)), ("ibihumbi bibiri n'amajana atanu", (2_500, 4)), ("igihumbi", (1_000, 1)),
        ("ibihumbi ijana", (100_000, 2)), ("ibihumbi cumi na bitanu", (15_000, 4)), ("imiliyoni 2", (2_000_000, 2)),
        ("ibihumbi cumi na gatanu", None), ("ibihumbi ijana na mirongo itanu", None),
        ("elfu 150", (150_000, 2)), ("elfu mbili mia tano", (2_500, 4)), ("laki moja na nusu", (150_000, 4)),
        ("laki 2 elfu hamsini", (250_000, 4)), ("elfu mia moja", (100_000, 3)), ("elfu", (1_000, 1)),
        ("elfu kumi na tano", None), ("elfu mia moja hamsini", None), ("milioni 2", (2_000_000, 2)),
        ("150 mille", (150_000, 2)), ("150 mil 12", (150_000, 2)), ("2,5 millions", (2_500_000, 2)),
        ("150 elfu", (150_000, 2)), ("1 elfu 450", None), ("1 ibihumbi 450", None), ("1 450 mille", None),
        ("150 thousand", (150_000, 2)), ("3 hundred", (300, 2)),
        ("douze femmes", (12, 1)), ("douze et", (12, 1)), ("douze sept", (12, 1)), ("une", (1, 1)),
        ("quatre vingt dix sept hommes", (97, 4)), ("cent cinquante mille", (150_000, 3)), ("sept", (7, 1)),
        ("deux millions cinq cent mille", (2_500_000, 5)), ("zero", (0, 1)),
        ("one hundred and two", (102, 4)), ("twelve and", (12, 1)), ("twenty five women", (25, 2)),
        ("mil", None), ("et douze", None), ("na rimwe", None), ("femmes", None), ("12 femmes", None), ("12", None),
        ("mirongo", None), ("amajana", None), ("ibihumbi", None), ("", None), ("f", None), ("k", None),
        ("abakenyezi", None),
    ],
)  # fmt: skip
def test_number_words(text: str, expected: tuple[int, int] | None) -> None:
    assert number_words(text.split(), None) == expected


def test_number_words_of_one_language_only() -> None:
    assert number_words(["douze"], "fr") == (12, 1)
    assert number_words(["douze"], "en") is None
    assert number_words(["douze"], "xx") is None
    assert number_words(["elfu", "150"], "rn") is None


LABELS = (
    "f w k femmes abakenyezi wanawake women m h g hommes abagabo wanaume men n nouveaux bashasha wapya new nf nw"
    " nk nm nh ng j y jeunes urwaruka vijana d r c biz aff vc cv chaine agri trans form inyigisho mafunzo"
)


def test_labels_are_not_number_words() -> None:
    for label in LABELS.split():
        assert number_words([label, "12"], None) is None, label
        for value in ("rimwe", "douze", "moja", "twelve"):
            found = number_words([value, label], None)
            assert found is not None
            assert found[1] == 1


WORDS = (
    "rimwe ibiri cumi mirongo ijana amajana ibihumbi igihumbi na n'indwi moja mbili kumi mia elfu laki nusu milioni"
    " un douze vingt cent mille et million one twenty hundred and zero 12 150 femmes 1,5 \u00b2 '"
)


@given(st.lists(st.sampled_from(WORDS.split()) | st.text(min_size=0, max_size=6), max_size=15))
def test_number_words_never_raise_and_stay_inside(words: list[str]) -> None:
    for language in ("rn", "fr", "sw", "en", None):
        found = number_words(words, language)
        if found is not None:
            assert 0 <= found[0] <= LIMIT
            assert 1 <= found[1] <= len(words)


def test_groups() -> None:
    assert list(groups(["450", "000"])) == [[450, 0], [450_000]]
    assert list(groups(["1", "250", "000"])) == [[1, 250, 0], [1, 250_000], [1_250, 0], [1_250_000]]
    assert list(groups(["12", "7"])) == [[12, 7]]
    assert list(groups(["1250", "000"])) == [[1250, 0]]
    assert list(groups(["0", "250"])) == [[0, 250]]
    assert list(groups(["450", "00"])) == [[450, 0]]
    assert list(groups(["12", "agri"])) == []
    assert list(groups([])) == [[]]
    assert len(list(groups(["100"] * 40))) == 256
    assert list(groups(["100"] * 41)) == []


@given(st.lists(st.integers(0, 2_000_000), min_size=1, max_size=5))
def test_groups_find_what_was_meant(values: list[int]) -> None:
    written = [part for value in values for part in f"{value:,}".split(",")]
    ways = list(groups(written))
    assert ways[0] == [int(part) for part in written]
    assert values in ways or len(ways) == 256


@given(st.text())
def test_number_and_decimal_never_raise(word: str) -> None:
    value = number(word)
    assert value is None or decimal(word) == value
