"""The word that goes with a number: "1 text waits", "2 texts wait"; written {count:text waits|texts wait}.

One notation for the catalogues and for reports. A text may have several numbers, each with words of its own, which
gettext's plural forms cannot say.
"""

from __future__ import annotations


def is_one(number: str, language: str) -> bool:
    """Whether this number, as it is written, takes the word for one. French counts 0 as one."""
    return number == "1" or (language == "fr" and number == "0")


class Number(str):
    """A number as it is written, for str.format: "{n} {n:text|texts}" says both. `one`: which word it takes."""

    one: bool

    def __new__(cls, written: str, *, one: bool) -> Number:
        """Made with its written form."""
        made = super().__new__(cls, written)
        made.one = one
        return made

    def __format__(self, words: str) -> str:
        """The number, or the word of "one|several"."""
        if not words:
            return str(self)
        one, _, several = words.partition("|")
        return one if self.one else several


def many(number: int, one: str, several: str) -> str:
    """ "1 text waits", "2 texts wait": in English, for commands."""
    return f"{number} {one if number == 1 else several}"
