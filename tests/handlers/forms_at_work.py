"""What tests of the forms share: the shipped forms, and what they may look at on 23/11/2026."""

from __future__ import annotations

from datetime import date

from bot.forms import load_shipped
from handlers.forms import Choice, Context
from handlers.turn import Label

TODAY = date(2026, 11, 23)
START = date(2026, 4, 1)
COLLINES = ("Kivoga", "Mpinga-Kayove", "Gihofi")
FORMS = load_shipped()


def context(language: str = "en", businesses: tuple[str, ...] = ("07A",)) -> Context:
    return Context(
        TODAY,
        language,
        START,
        {
            "collines": [Choice(name, Label({"en": name})) for name in COLLINES],
            "businesses": [Choice(no, Label({"en": f"{no} (rice husker)"})) for no in businesses],
        },
    )
