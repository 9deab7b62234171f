"""The fields that texts may use: what each means, and the longest value it may get.

A text names a field in braces, as {name}. Which of these a text may use stands in the catalogue, in the
comment of its English entry; the longest values are what `one SMS` is tested and checked against.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from handlers.turn import Label, Labels

LAST_DAY = date(2026, 12, 31)


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `between` joins the parts when the value is a tuple."""

    meaning: str
    longest: Any
    between: str = ", "


TOPICS = Labels(
    (
        Label({"en": "business", "fr": "affaires", "rn": "ubudandaji", "sw": "biashara"}),
        Label(
            {
                "en": "value chain",
                "fr": "chaine de valeur",
                "rn": "urunani rw'agaciro",
                "sw": "mnyororo wa thamani",
            }
        ),
        Label({"en": "processing", "fr": "transformation", "rn": "guhingura", "sw": "usindikaji"}),
    )
)
COMMON = ("sender", "hotline", "per_week", "console")
"""Filled by the settings at start; no handler gives them."""

FIELDS: Mapping[str, Field] = MappingProxyType(
    {
        "sender": Field("the sender, a setting", "OIM"),
        "hotline": Field("the number people may call about a problem, a setting", "22 00 00 00"),
        "per_week": Field("unasked SMS a week at most, a setting", 2),
        "console": Field("the address of the pages for the team, a setting", "https://suivi.example.org"),
        "token": Field("the secret part of a one-time address", "x" * 43),
        "name": Field("first name of the leader", "Mariechristi"),
        "first": Field("the first of two", "Mariechristi"),
        "second": Field("the second of two", "Mariechristi"),
        "officer": Field("first name of the officer", "Jeanpierre"),
        "mentor": Field("first name of the mentor", "Jeanpierre"),
        "association": Field("short name of the association", "TWIYUNGANIR"),
        "place": Field("colline or commune", "Mpinga-Kayove"),
        "colline": Field("colline", "Mpinga-Kayove"),
        "ends_in": Field("last two digits of the new number", "34"),
        "language_name": Field("name of a language", Label({"en": "Kiswahili", "fr": "francais"})),
        "number": Field("number of the report or question", 99999),
        "other": Field("number of the earlier report", 99998),
        "date": Field("day of the training, or the day we write again", LAST_DAY),
        "since": Field("day since which we ask", LAST_DAY),
        "until": Field("last day to bring back", LAST_DAY),
        "weekday": Field("a date, said as the day of the week", date(2026, 12, 30)),
        "month": Field("a date, said as the month", date(2026, 9, 30)),
        "topics": Field("topics of the training", TOPICS),
        "topics_digits": Field("topics as digits", "123"),
        "people": Field("people present", 1998),
        "women": Field("women present", 999),
        "men": Field("men present", 999),
        "new": Field("new people", 999),
        "new_women": Field("new women", 999),
        "new_men": Field("new men", 999),
        "count": Field("a number of people", 999),
        "reached": Field("people reached by the association", 999),
        "target": Field("people the association shall reach", 999),
        "members": Field("members of the association", 999),
        "trainings": Field("trainings held", 99),
        "associations": Field("associations of the programme", 99),
        "programme_reached": Field("people reached by all associations", 9999),
        "programme_target": Field("people all associations shall reach", 9999),
        "reports": Field("reports she sent", 999),
        "messages": Field("SMS she paid for", 99),
        "line": Field("the same report in one line, as in 12/11 3 12 7 5 3", "31/12 123 999 999 999 999"),
        "line_words": Field(
            "what we understood, in words", "31/12, processing, 999 women, 999 men, 999 new women, 999 new men"
        ),
        "first_reading": Field("one way to read it, in words", "31/12 processing, 999 women, 999 men, 999 new"),
        "second_reading": Field("another way to read it", "31/12 processing, 999 men, 999 women, 999 new"),
        "leftover": Field("the word that is not clear, at most 20 characters", "x" * 20),
        "said": Field("what she sent, at most 30 characters", "9" * 30),
        "noted": Field("what is noted already", (LAST_DAY, TOPICS), " "),
        "missing": Field("what is missing, in a few words", "x" * 30),
        "prompt": Field("the question of the form, as it is asked", "x" * 120),
        "message": Field("the form's own text for this check", "x" * 150),
        "title": Field("title of the form", "x" * 30),
        "megabytes": Field("the most that we take, in MB", 10),
        "summary": Field("what was reported, in words", "x" * 110),
        "details": Field("the details she gave, in words", "x" * 100),
        "choices": Field("the choices with their digits, as in 1 Odette 2 Jean", "x" * 75),
        "last": Field("the digit after the last choice", 6),
        "business": Field("number of the business", "24C"),
        "status": Field(
            "working, paused or stopped",
            Label({"en": "working", "fr": "en pause", "rn": "burahagaze gato", "sw": "imesimama kidogo"}),
        ),
        "sales": Field("sales in BIF", 99999999),
        "costs": Field("costs in BIF", 99999999),
        "left": Field("sales less costs in BIF", -99999999),
        "kit": Field(
            "state of the kit",
            Label(
                {
                    "en": "lost or stolen",
                    "fr": "perdu ou volé",
                    "rn": "birakeneye gukorwa",
                    "sw": "vinahitaji matengenezo",
                }
            ),
        ),
        "problem": Field(
            "biggest problem",
            Label({"en": "transport", "fr": "transport", "rn": "imbuto n'ifumbire", "sw": "hali ya hewa"}),
        ),
        "answer": Field("the mentor's answer", "x" * 110),
        "subject": Field("subject of the tip, one word", "x" * 12),
        "tip": Field("the tip", "x" * 112),
        "question": Field("the question, in the words of who asks", "x" * 160),
        "text_language": Field("language in which the text is written", Label({"en": "Kiswahili", "fr": "francais"})),
        "parts": Field("how many SMS it takes", 2),
        "letters": Field("how many letters it has", 999),
        "most": Field("the most letters it may have", 250),
        "time": Field("time of the day", "23:59"),
        "note": Field("what was noted", "x" * 200),
        "partner": Field("name of a partner", "x" * 24),
        "contact": Field("whom to ask there and how", "x" * 40),
        "where": Field("place and hours of a partner", "x" * 34),
        "who": Field("a leader and her association, or what else is known", "Mariechristi, TWIYUNGANIR"),
        "why": Field("why there is a task", "x" * 40),
        "words": Field("what somebody wrote", "x" * 160),
        "text": Field("a text that was put together", "x" * 160),
        "items": Field("some of what is counted", ("x" * 30, "x" * 30)),
        "days": Field("how many days", 99),
        "phones": Field("how many phones", 9999),
        "chats": Field("how many chats", 9999),
        "bif": Field("an amount in BIF", 999999),
        "yes": Field("how many said yes", 9999),
        "no": Field("how many said no", 9999),
        "arrived": Field("texts that arrived", 9999),
        "channel": Field("name of a channel", "smsgate"),
        "kind": Field("what a text is: an answer, a reminder, a tip, a broadcast", Label({"en": "a broadcast"})),
        "road": Field("how texts come to her: SMS, Telegram, WhatsApp", "WhatsApp"),
        "result": Field("with what a task was closed", "x" * 20),
        "characters": Field("characters of an SMS", 459),
        "reads": Field("the language that she reads", Label({"en": "Kirundi", "fr": "français"})),
        "label": Field("name of a question", "x" * 20),
        "value": Field("what was answered, or ?", "x" * 20),
        "lines": Field("the lines of a card", ("x: 1", "y: 2"), "\n"),
        "moment": Field("a day and a time", "31/12 23:59"),
        "names": Field("who may have written", ("Mariechristine Ndayishimiye", "Jean Ndayizeye"), " / "),
        "phone": Field("a number to call", "+25779123456"),
        "wishes": Field("how she wants to be called", ("a woman shall call", "tomorrow morning")),
        "step": Field("number of the question", 4),
        "steps": Field("how many questions", 4),
    }
)
