"""Whole messages that say nothing that anybody must act on: thanks, greetings, an OK."""

from __future__ import annotations

import re

from handlers.understand.phrases import ACKNOWLEDGED, SMALL_TALK
from handlers.understand.text import plain
from handlers.understand.vocabulary import ACKNOWLEDGES, COURTESY, GREETINGS, POLITE, WISHES
from handlers.understand.words import WORD, ungreeted

_SAID = re.compile(rf"{WORD.pattern}|[^\w\s.,;:!'\U0001f3fb-\U0001f3ff]")
"""A word or a sign, of an emoji without the colour of its skin."""


def is_courtesy(text: str) -> bool:
    """Whether a message is thanks, a greeting or a yes and nothing else: "merci beaucoup", "ok murakoze"."""
    words = WORD.findall(plain(text))
    return bool(words) and all(word in POLITE for word in words)


def is_acknowledged(text: str) -> bool:
    """Whether a message thanks, or says that all is well, and nothing else: "Merci beaucoup", "ok", a thumbs up."""
    words = _SAID.findall(plain(text))
    thanks = not ACKNOWLEDGES.isdisjoint(words) and all(word in ACKNOWLEDGES or word in COURTESY for word in words)
    return thanks or _is(text, ACKNOWLEDGED)


def is_greeting(text: str, whom: str = "") -> bool:
    """Whether a message greets, asks how or who we are, and nothing else: "Amahoro OIM!", "habari?", "c'est qui?".

    `whom`: our own name.
    """
    words, also = WORD.findall(plain(text)), COURTESY | WISHES | {plain(whom)}
    greets = not GREETINGS.isdisjoint(words) and all(word in GREETINGS or word in also for word in words)
    return greets or _is(text, SMALL_TALK)


def says_nothing(text: str, whom: str) -> bool:
    """Whether a message greets or thanks, or says that all is well, and nothing else. `whom`: our own name."""
    return is_acknowledged(text) or is_greeting(text, whom)


def _is(text: str, phrases: frozenset[str]) -> bool:
    """Whether the message is one of these, with a greeting before it or thanks behind."""
    said = WORD.findall(plain(text))
    for words in (said, ungreeted(said)):  # "habari" greets alone too
        while words and " ".join(words) not in phrases and words[-1] in COURTESY:
            words = words[:-1]
        if " ".join(words) in phrases:
            return True
    return False
