"""What is wrong with the texts of a broadcast, in the words of the page where they are written."""

from __future__ import annotations

from collections.abc import Mapping

from bot.console.values import LANGUAGES
from bot.console.words import Words, _
from bot.programme.broadcasts.wording import Mistake, WordingError

MISTAKES: Mapping[str, str] = {
    "none": _("Write the text in one language at least."),
    "long": _("Too long: %(count)s where %(most)s characters fit. Shorten it."),
    "field": _("%(found)s at character %(at)s is no field. Take one of those that stand above the texts."),
    "date": _("it has {date}: choose the day below the texts."),
    "answers": _("the answers shall be counted, and it does not say what 1 and 2 mean. End it with: 1 yes 2 no"),
    "gap": _("its readers shall get a language that has no text."),
}
"""A mistake -> its words; another one cannot be made on the page, and is said as of a file."""


def said(words: Words, error: WordingError) -> str:
    """A line for each mistake."""
    return "\n".join(_line(words, one) for one in error.mistakes)


def _line(words: Words, one: Mistake | str) -> str:
    if isinstance(one, str) or one.what not in MISTAKES:
        return str(one)
    told = words.say(MISTAKES[one.what], **one.values)
    return f"{words.gettext(LANGUAGES[one.language])}{words.colon}{told}" if one.language else told
