"""Atoms of a message: numbers, words and dates, and what was glued to what."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from handlers.understand.words import Token, plain, tokens
from tests.cases import cases

ANY_TEXT = st.text() | st.text(st.characters(categories=["Cs", "Cc", "Cf", "Mn", "No", "Nd", "Lu", "Po", "Zs"]))
LOOKING_LIKE_A_REPORT = st.text("0123456789oOlIkK./-,:' fFmMnNaé\u00a0")


def shown(text: str, labels: frozenset[str] = frozenset()) -> str:
    """The tokens on one line: + glued, d date, w word."""
    mark = {"number": "", "word": ":w", "date": ":d"}
    return " ".join(("+" if t.glued else "") + t.text + mark[t.kind] for t in tokens(text, labels))


@cases(
    "text expected",
    [
        ("form12/11agri f12m7nf5nm3", "form:w +12/11:d +agri:w f:w +12 +m:w +7 +nf:w +5 +nm:w +3"),
        ("Form 12.11. Agri. F 12, M 7. N 8", "form:w 12.11:d agri:w f:w 12 m:w 7 n:w 8"),
        ("18F 7M 5NF 3NM", "18 +f:w 7 +m:w 5 +nf:w 3 +nm:w"),
        ("12/11 3 1O 7 5 3", "12/11:d 3 10 7 5 3"),
        ("12/11 3 l2 7 5 3", "12/11:d 3 12 7 5 3"),
        ("12-11 12/11/2026 12/11/26 2026-11-12", "12-11:d 12/11/2026:d 12/11/26:d 2026-11-12:d"),
        ("12.11-2026", "12.11-2026:d"),
        ("1O/11 l2/1o", "10/11:d 12/10:d"),
        ("31/2", "31/2:d"),
        ("11/25 25/13 0/5 45/50 12:30", "11/25:w 25/13:w 0/5:w 45/50:w 12:30:w"),
        ("11/25/26", "11/25/26:w"),
        ("450.000 450,000 1.250.000 1,000,000", "450.000 450,000 1.250.000 1,000,000"),
        ("1 250 000", "1 250 000"),
        ("450.000,50 12.45 0.5", "450.000,50 12.45 0.5"),
        ("450000,210000 450.000,210.000", "450000 210000 450.000 210.000"),
        ("12,7 12,7,5,3", "12 7 12 7 5 3"),
        ("12,100,7", "12,100,7:w"),
        ("12.11.3.12.7.5.3", "12 11 3 12 7 5 3"),
        ("12/11/3/12/7/5/3", "12 11 3 12 7 5 3"),
        ("12/11/3 12/11.3", "12/11:d 3 12/11:d 3"),
        ("12/11/2026/3/12", "12/11/2026:d 3 12"),
        ("68.00.00.00", "68.00.00.00:w"),
        ("150k 1.5k 1,5K", "150k 1.5k 1,5k"),
        ("12k7g", "12 +k:w +7 +g:w"),
        ("F1O f12m1o", "f:w +10 f:w +12 +m:w +10"),
        ("nl2 il12 lol2 O l", "nl:w +2 il:w +12 lol:w +2 o:w l:w"),
        ("f1om7", "f:w +1 +om:w +7"),
        ("n'abagabo aujourd\u2019hui d'12", "n'abagabo:w aujourd'hui:w d:w 12"),
        ("07A F-5 N:8 #4127 (12)", "07 +a:w f:w 5 n:w 8 4127 12"),
        ("avant-hier", "avant:w hier:w"),
        ("-5 f -5 v=-150k -1,5", "-5:w f:w -5:w v:w -150k:w -1,5:w"),
        ("12 \u22125 (\u20137)", "12 -5:w -7:w"),
        ("- 5 3 - 5 12-11 -12/11 f-5 f:5 5- 3--5", "5 3 5 12-11:d 12/11:d f:w 5 f:w 5 5 3 5"),
        ("12\u00bd", "12 1 +\u2044:w +2"),
        ("f1\ud83d2", "f:w +1 +\ufffd:w +2"),
        ("1234567890123", "1234567890123:w"),
        ("\U0001f44d", ""),
    ],
)
def test_tokens(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_a_label_is_never_part_of_a_number() -> None:
    assert shown("18k 7g 5nk 3ng") == "18k 7 +g:w 5 +nk:w 3 +ng:w"
    assert shown("18k 7g 5nk 3ng", frozenset({"k", "g", "nk", "ng"})) == "18 +k:w 7 +g:w 5 +nk:w 3 +ng:w"
    assert shown("5l", frozenset({"l"})) == "5 +l:w"


DATES = ["12/11", "12.11", "12-11", "12/11/2026", "12.11.26"]


@cases("date form gap", product(DATES, ["form", "Form ", "FORM. "], ["", " ", ", ", ". "]))
def test_generated_labelled_lines_keep_letter_before_its_number(date: str, form: str, gap: str) -> None:
    """1.3's trap: "f12m7n8" must not turn into men 12, new 7."""
    seen = 0
    for women, men, new, join in product((0, 7, 12, 110), (1, 20), (3, 10), ("", " ", ":", "-", "=")):
        text = f"{form}{date} agri f{join}{women}{gap}m{join}{men}{gap}n{join}{new}"
        found = tokens(text)
        words = [t.text for t in found]
        assert words == ["form", date, "agri", "f", str(women), "m", str(men), "n", str(new)], text
        assert found[4].glued == (join == "")
        assert found[5].glued == (gap == "")
        seen += 1
    assert seen == 80


@given(ANY_TEXT | LOOKING_LIKE_A_REPORT)
def test_tokens_never_raise_and_lose_no_digit(text: str) -> None:
    found = tokens(text)
    assert all(isinstance(token, Token) and token.text for token in found)
    assert not (found and found[0].glued)
    assert tokens(plain(text)) == found
    before = sum(char.isdecimal() for char in plain(text))
    after = sum(char.isdecimal() for token in found for char in token.text)
    assert after >= before


def test_tokens_of_a_hostile_text_take_linear_time() -> None:
    for text in ("1." * 50_000, "1o" * 50_000, "a'" * 50_000, "1/" * 50_000 + "x", "9" * 100_000, "1,000" * 20_000):
        assert tokens(text)
