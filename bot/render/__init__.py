"""Words: template + language + values -> text. Everything that leaves was put together here."""

from bot.render.catalogue import Entry, Rule, WordsError
from bot.render.gsm import Encoding, fold, measure, replaced, segments, septets
from bot.render.words import Rendered, RenderError, Words

__all__ = [
    "Encoding",
    "Entry",
    "RenderError",
    "Rendered",
    "Rule",
    "Words",
    "WordsError",
    "fold",
    "measure",
    "replaced",
    "segments",
    "septets",
]
