"""A phone number as it stands in a roster -> E.164, or what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers

from bot.programme.roster.nouns import Cell
from bot.render.sentences import Sentence

DIGITS = 8
"""Of a number in Burundi, without +257 (phonenumbers' metadata; field, Burundi facts)."""
_DEMO = re.compile(r"00000\d{3}")
"""No Burundi number begins with 0: 00 00 00 00 to 00 00 09 99 exist in demonstrations only."""
_SPACING = dict.fromkeys(map(ord, " \t\u00a0\u202f.-_/()[]'"))
_NUMBERS = re.compile(rf"\d{{{DIGITS}}}")
_POWER = re.compile(r"(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})")


@dataclass(frozen=True, slots=True)
class Phone:
    """`number` in E.164, or '' and a `problem`; `from_excel` is what Excel made of it, to be checked."""

    number: str = ""
    problem: Sentence | None = None
    from_excel: str = ""


def shown(number: str) -> str:
    """+25779000031 -> "79 00 00 31"; numbers of other countries as they are."""
    national = number.removeprefix("+257")
    if national == number or len(national) != DIGITS:
        return number
    return " ".join(national[i : i + 2] for i in range(0, DIGITS, 2))


def read_phone(value: Cell, *, demo: bool) -> Phone:
    """Read a phone cell: text, or the number that Excel made of it."""
    text = _text(value)
    excel = _from_power(text)
    if excel:
        text = excel
    elif isinstance(value, float | int) and len(text) == DIGITS and text.endswith("00000"):
        excel = text
    digits = text.translate(_SPACING)
    if len(_NUMBERS.findall(digits)) > 1:
        return Phone(problem=Sentence("more than one number. Keep one."))
    plus = digits.startswith("+")
    digits = digits.removeprefix("+")
    if not (digits.isascii() and digits.isdecimal()):
        return Phone(problem=Sentence("not a phone number. Write 8 digits."))
    found = _foreign(digits, plus) or _burundi(_national(digits, plus), demo)
    if excel and found.number:
        return Phone(found.number, from_excel=f"{int(digits):.1E}")
    return found


def _text(value: Cell) -> str:
    """Without the marks of direction that a number copied from a list of contacts brings along, which nobody sees."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "".join(one for one in str(value) if unicodedata.category(one) != "Cf").strip()


def _from_power(text: str) -> str:
    """'6.9E+07' -> '69000000'; '' for anything else."""
    match = _POWER.fullmatch(text)
    if match is None:
        return ""
    whole, decimals, power = match.group(1), match.group(2) or "", int(match.group(3))
    return (whole + decimals).ljust(power + 1, "0") if len(decimals) <= power <= 14 else ""


def _national(digits: str, plus: bool) -> str:
    """Without the country code, however it was written."""
    if digits.startswith("00257"):
        return digits[5:]
    if digits.startswith("257") and (plus or len(digits) == DIGITS + 3):
        return digits[3:]
    return digits


def _foreign(digits: str, plus: bool) -> Phone | None:
    """Border leaders use Congolese, Rwandan and Tanzanian cards; those are written with + or 00."""
    international = digits if plus else digits[2:] if digits.startswith("00") and len(digits) > DIGITS + 2 else ""
    if not international or international.startswith("257"):
        return None
    if _valid(f"+{international}"):
        return Phone(f"+{international}")
    return Phone(problem=Sentence("no such number. Correct it."))


def _burundi(national: str, demo: bool) -> Phone:
    if len(national) != DIGITS:
        return Phone(problem=_counted(len(national)))
    number = f"+257{national}"
    if _DEMO.fullmatch(national):
        if demo:
            return Phone(number)
        return Phone(problem=Sentence("a number for demonstrations, it cannot exist. Write the real one."))
    if _valid(number):
        return Phone(number)
    return Phone(problem=Sentence("no number in Burundi begins with {digits}. Correct it.", digits=national[:2]))


def _counted(digits: int) -> Sentence:
    """Of a number that is too short or too long."""
    off = abs(DIGITS - digits)
    if digits < DIGITS:
        what = "Add the missing digit." if off == 1 else "Add the missing {n} {n:digit|digits}."
    else:
        what = "Remove the extra digit." if off == 1 else "Remove the extra {n} {n:digit|digits}."
    said = "{n} {n:digit|digits}, Burundi numbers have 8. {what}"
    return Sentence(said, n=digits, what=Sentence(what, n=off))


def _valid(number: str) -> bool:
    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(number, None)))
    except phonenumbers.NumberParseException:
        return False
