"""Numbers as they come from operators, phones and Excel."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.phone_numbers import is_number, normalise
from tests.cases import cases


@cases(
    "written",
    [
        "+25779123456", "79123456", "79 12 34 56", "79.12.34.56", "25779123456", "0025779123456",
        "00257 79 12 34 56", "(+257) 79-12-34-56", "+257\u00a079\u202f123456", "\u202a+25779123456\u202c",
        "٧٩١٢٣٤٥٦", "+٢٥٧٧٩١٢٣٤٥٦", "۷۹۱۲۳۴۵۶", " 79123456\n", "\ufeff79123456\0",
    ],
)  # fmt: skip
def test_one_number_written_in_many_ways(written: str) -> None:
    assert normalise(written) == "+25779123456"


@cases(
    "written meant",
    [
        ("22223344", "+25722223344"),
        ("68123456", "+25768123456"),
        ("61123456", "+25761123456"),
        ("+250788123456", "+250788123456"),
        ("250788123456", "+250788123456"),
        ("00250788123456", "+250788123456"),
        ("+243812345678", "+243812345678"),
        ("243812345678", "+243812345678"),
        ("+255712345678", "+255712345678"),
    ],
)
def test_neighbours_keep_their_country(written: str, meant: str) -> None:
    assert normalise(written) == meant


@cases("sender", ["8585", "112", "ECONET", "Econet Leo", "Lumi-Cash", "M+", "123456", "OIM"])
def test_a_service_is_kept_as_it_came(sender: str) -> None:
    assert normalise(sender) == sender
    assert not is_number(normalise(sender))


@cases(
    "odd kept",
    [
        ("", ""),
        ("\0", ""),
        ("\ud83d", ""),
        ("+", "+"),
        ("+2577912345", "+2577912345"),
        ("079123456", "079123456"),
        ("99123456789012345", "99123456789012345"),
        ("tel:79", "tel:79"),
    ],
)
def test_what_is_no_number_stays_what_it_is(odd: str, kept: str) -> None:
    assert normalise(odd) == kept


@given(st.text(alphabet=st.characters(), max_size=80) | st.from_regex(r"[+0]{0,3}[0-9 ()-]{0,20}", fullmatch=True))
def test_nothing_raises_and_twice_is_once(text: str) -> None:
    number = normalise(text)
    assert normalise(number) == number
    number.encode()
    assert "\0" not in number
    if is_number(number):
        assert number[1:].isascii()
