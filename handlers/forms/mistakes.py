"""What is wrong in a form: its words and its values apart, so that who shows it can say it in another language."""

from __future__ import annotations


class Mistake:
    """What was found and what to do, in English. Values fill its places in braces; one may be a mistake itself."""

    __slots__ = ("english", "values")

    def __init__(self, english: str, **values: object) -> None:
        self.english, self.values = english, values

    def __str__(self) -> str:
        return self.english.format(**self.values)
