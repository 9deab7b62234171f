"""A day to come, on Monday 7/12/2026."""

from __future__ import annotations

from datetime import date

from handlers.understand.ahead import ahead
from tests.cases import cases

TODAY = date(2026, 12, 7)
SURE = {
    "8/12": ("demain", "Demain soir", "oui demain", "kesho saa 4", "ejo hazoza", "tomorrow morning", "demain matin")
    + ("demain apres-midi", "demain dans la matinee", "kesho asubuhi", "tomorrow at 2", "demain a 14 heures"),
    "10/12": ("dans 3 jours", "in 3 days", "in three days please", "baada ya siku 3", "siku 3 zijazo", "dans 3jours"),
    "11/12": ("vendredi prochain", "next friday", "ijumaa ijayo", "ku wa gatanu uza"),
    "14/12": ("la semaine prochaine", "next week", "wiki ijayo", "mu ndwi izoza", "lundi de la semaine prochaine"),
    "21/12": ("dans deux semaines", "in 2 weeks", "lundi prochain en huit"),
    "1/1": ("le mois prochain",),
}
PERHAPS = {
    "8/12": ("ejo", "8/12", "ejo ku mugoroba"),
    "10/12": ("3 jours", "siku tatu", "mu misi 3"),
    "11/12": ("vendredi", "ok vendredi", "vendredi a 10h", "ce vendredi", "d'ici vendredi", "ku wa gatanu"),
    "15/12": ("le 15", "15", "15 svp", "the 15th", "tarehe 15", "pour le 15", "mardi 15", "15 decembre"),
    "5/1": ("le 5",),
    "31/12": ("31", "fin du mois"),
}
NONE = (
    *(
        "il y a une semaine",
        "2",
        "5",
        "oui",
        "plus tard",
        "hier",
        "vendredi passe",
        "lundi 15",
        "le 32",
        "leo",
        "aujourd'hui",
        "prochain",
    ),
    *("12 femmes", "vendredi ou samedi", "avant le 15", "prochaine formation", "dans le mois", ""),
)


def _rows(told: dict[str, tuple[str, ...]]) -> list[tuple[str, date]]:
    days = {day: date(2027 if day.endswith("/1") else 2026, *map(int, reversed(day.split("/")))) for day in told}
    return [(text, days[day]) for day, texts in told.items() for text in texts]


@cases("text, day", _rows(SURE))
def test_days_that_can_only_be_to_come(text: str, day: date) -> None:
    assert ahead(text, TODAY) == ahead(text, TODAY, surely=True) == day


@cases("text, day", _rows(PERHAPS))
def test_days_that_may_be_past_are_to_come_where_a_day_to_come_is_asked(text: str, day: date) -> None:
    assert ahead(text, TODAY) == day
    assert ahead(text, TODAY, surely=True) is None


@cases("text", NONE)
def test_anything_else_is_none(text: str) -> None:
    assert ahead(text, TODAY) is None
