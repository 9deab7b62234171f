"""Numbers as providers write them -> E.164, the one way the programme stores them.

Burundi is the default country: an eight-digit number is a Burundian one. A number of a neighbouring
country is known by its "+", its "00", or by being whole without either (border leaders use Congolese,
Rwandan and Tanzanian cards). What is no number (a service called "ECONET", a short code 8585) is
kept as it came. Nothing here raises: an odd sender is still a sender.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import phonenumbers

REGION = "BI"
SHORT = 6
"""Senders of at most this many digits are services of the operator, not people."""

_SPACING = dict.fromkeys(map(ord, " \t\u00a0\u202f.-_/()[]"))


@lru_cache(maxsize=16_384)
def normalise(given: str) -> str:
    """'+25779123456' for a number, the cleaned text itself for a short or named sender, '' for nothing."""
    printed = "".join(_plain(letter) for letter in given[:64]).strip()
    digits = printed.translate(_SPACING)
    plus = digits.startswith("+")
    digits = digits.removeprefix("+")
    if not (digits.isascii() and digits.isdecimal()):
        return printed
    if len(digits) <= SHORT:
        return printed if plus else digits
    if plus or digits.startswith("00"):
        return _valid("+" + (digits if plus else digits[2:]), None) or printed
    return _valid(digits, REGION) or _valid("+" + digits, None) or digits


def is_number(address: str) -> bool:
    """Whether this is a number in E.164, so that one can write to it from anywhere."""
    return address.startswith("+") and len(address) > SHORT + 1 and address[1:].isdecimal()


def _plain(letter: str) -> str:
    """A digit of any script as ASCII; nothing for marks, controls and halves of surrogate pairs."""
    if letter.isascii():
        return letter if letter.isprintable() else ""
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    return "" if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Cn"} else letter


def _valid(number: str, region: str | None) -> str:
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(parsed):
        return ""
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
