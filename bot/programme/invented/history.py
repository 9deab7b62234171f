"""Four months of invented reports: trainings and the months of the businesses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from bot.programme.invented.people import ABAHUZA, lines
from bot.programme.roster import Roster

DAYS = 115
"""Of history, before today."""
_TOPICS = (["business"], ["value_chain"], ["processing"], ["value_chain", "processing"], ["business", "value_chain"])
_SPLIT = ("youth", "displaced", "returnee", "host")
_PROBLEMS = ("none", "none", "buyers", "price", "inputs", "machine", "money", "transport", "weather")

# ABAHUZA: days ago, topics, women, men, new women, new men (the example summary of the documents)
_ABAHUZA_TRAININGS: tuple[tuple[int, list[str], int, int, int, int], ...] = (
    (95, ["business"], 5, 4, 0, 1),
    (65, ["value_chain"], 5, 4, 1, 0),
    (51, ["business"], 6, 3, 1, 1),
    (37, ["processing"], 8, 5, 2, 1),
    (23, ["value_chain", "processing"], 7, 4, 1, 0),
)
_HUSKER = {1: (385_000, 228_000), 2: (310_000, 195_000)}
"""Sales and costs of 07A, months ago."""


@dataclass(frozen=True, slots=True)
class InventedReport:
    """A report as it would stand in the table. `person_index` counts in `roster.leaders`."""

    form: str
    association_no: str
    person_index: int
    day: date
    values: Mapping[str, Any]
    created_at: datetime
    source: str
    state: str = "reported"
    doubt: str = ""
    verdict: str = ""
    """accepted: an officer has seen its sheet; hold: the sheet says something else"""


def history(rng: Random, roster: Roster, today: date) -> list[InventedReport]:
    """All reports, oldest first; the last one is of yesterday or before."""
    reports = [*_trainings(rng, roster, today), *_businesses(rng, roster, today)]
    looked = Random(rng.random())
    return [_looked_at(looked, report, today) for report in sorted(reports, key=lambda report: report.created_at)]


def _looked_at(rng: Random, report: InventedReport, today: date) -> InventedReport:
    """What an officer has made of it: most sheets are seen within two weeks."""
    if report.form != "training":
        return report
    seen = rng.random() < (0.75 if (today - report.day).days > 14 else 0.3)
    other = rng.random() < 0.06
    verdict = ("accepted" if seen else "hold" if other else "") if report.state == "reported" else ""
    return replace(report, verdict=verdict)


def _sender(rng: Random, roster: Roster, no: str) -> int:
    """One of those who agreed; the first one reports most."""
    agreed = _agreed(roster, no)
    return rng.choices(agreed, [5, 2, 2, 1, 1][: len(agreed)])[0]


def _contact(roster: Roster, no: str) -> int:
    """The first of those who agreed."""
    return _agreed(roster, no)[0]


def _agreed(roster: Roster, no: str) -> list[int]:
    return [n for n, one in enumerate(roster.leaders) if one.association_no == no and one.consent == "yes"]


def _sent(rng: Random, day: date, today: date) -> datetime:
    """Some hours or days after; at the latest the evening before today, Burundi time."""
    late = min(rng.choices((0, 1, 2, 4), (6, 3, 2, 1))[0], (today - day).days - 1)
    evening = datetime(day.year, day.month, day.day, rng.randint(15, 18), rng.randint(0, 59), tzinfo=UTC)
    return evening - timedelta(hours=2) + timedelta(days=max(late, 0))


def _trainings(rng: Random, roster: Roster, today: date) -> Iterator[InventedReport]:
    for no, _, _, hill, reached in lines():
        sexes = [one.sex for one in roster.leaders if one.association_no == no]
        there = (sexes.count("F"), sexes.count("M"))
        planned = list(_ABAHUZA_TRAININGS) if no == ABAHUZA else list(_planned(rng, reached, there))
        for ago, topics, women, men, new_women, new_men in planned:
            day = today - timedelta(days=ago)
            values: dict[str, Any] = {"held_on": day.isoformat(), "topics": topics, "women": women, "men": men}
            values |= {"new_women": new_women, "new_men": new_men, "new_people": new_women + new_men}
            if rng.random() < 0.4 or no == ABAHUZA:
                values["place"] = hill
            if rng.random() < 0.7:
                values |= _groups(rng, women + men)
            person = _sender(rng, roster, no)
            if no == ABAHUZA and ago == planned[-1][0]:
                person = _contact(roster, no)  # whose phone the demo begins with: what she wrote last is her training
            source = rng.choices(("sms", "chat", "officer"), (16, 3, 1))[0]
            report = InventedReport("training", no, person, day, values, _sent(rng, day, today), source)
            yield report
            if ago == planned[-1][0] and no in ("09", "20"):
                yield replace(report, created_at=_sent(rng, day, today), state="withdrawn")
            if ago == planned[-1][0] and no == "17":
                yield _doubtful(rng, report, today)


def _doubtful(rng: Random, report: InventedReport, today: date) -> InventedReport:
    """The same training again, one woman less and nobody new: she was asked about it (D4) and has not answered."""
    values = {name: value for name, value in report.values.items() if name not in _SPLIT}
    values |= {"women": values["women"] - 1, "new_women": 0, "new_men": 0, "new_people": 0}
    return replace(
        report, values=values, created_at=_sent(rng, report.day, today), source="sms", state="doubtful", doubt="D4"
    )


def _planned(
    rng: Random, reached: int, there: tuple[int, int]
) -> Iterator[tuple[int, list[str], int, int, int, int]]:
    """Trainings that reach so many new people in all: mostly women, later ones with fewer new faces.

    `there`: women and men who are known from the start, the representatives. Whoever came and is not new is one of
    those who are known, so that the unique people are never more than those who were reached.
    """
    count = rng.randint(3, 6)
    days = sorted(rng.sample(range(4, DAYS), count), reverse=True)
    shares = [0] * count
    for _ in range(reached):
        shares[rng.choices(range(count), [count - n for n in range(count)])[0]] += 1
    known = list(there)
    for place, (ago, new) in enumerate(zip(days, shares, strict=True)):
        new_women = sum(rng.random() < 0.6 for _ in range(new))
        fresh = (new_women, new - new_women)
        again = [rng.randint(1, min(most, old)) for old, most in zip(known, (7, 5), strict=True)]
        again = [0, 0] if new and not place else again  # everybody is new at the first one
        came = [new_ones + old_ones for new_ones, old_ones in zip(fresh, again, strict=True)]
        known = [old + new_ones for old, new_ones in zip(known, fresh, strict=True)]
        yield ago, rng.choice(_TOPICS), came[0], came[1], *fresh


def _groups(rng: Random, people: int) -> dict[str, int]:
    """Displaced, returnees and hosts add up to those who came; youth are among them."""
    displaced = rng.randint(0, people // 3)
    returnee = rng.randint(people // 4, people // 2)
    groups = {"displaced": displaced, "returnee": returnee, "host": people - displaced - returnee}
    return {"youth": rng.randint(0, people // 2), **groups}


def _businesses(rng: Random, roster: Roster, today: date) -> Iterator[InventedReport]:
    """Each month after the 25th; in the last one 24 work, 5 pause, 1 stopped, 2 said nothing."""
    last = ["working"] * 24 + ["paused"] * 5 + ["stopped"] + [""] * 2
    rng.shuffle(last)
    place = next(n for n, one in enumerate(roster.businesses) if one.no == f"{ABAHUZA}A")
    other = last.index("working")
    last[place], last[other] = last[other], last[place]
    for months, day in enumerate(_monthly(today), 1):
        for business, status in zip(roster.businesses, last, strict=True):
            if months > 1:
                status = rng.choices(("working", "paused", ""), (10, 2, 1))[0]
            if business.association_no == ABAHUZA:
                status = "working"
            if status:
                values = _month(rng, business.no, status, months, quarterly=day.month in (3, 6, 9, 12))
                person = _sender(rng, roster, business.association_no)
                yield InventedReport(
                    "business", business.association_no, person, day, values, _sent(rng, day, today), "sms"
                )


def _monthly(today: date) -> list[date]:
    """The last four 26ths before today, newest first."""
    found: list[date] = []
    day = today - timedelta(days=1)
    while len(found) < 4:
        if day.day == 26:
            found.append(day)
        day -= timedelta(days=1)
    return found


def _month(rng: Random, no: str, status: str, months: int, *, quarterly: bool) -> dict[str, Any]:
    values: dict[str, Any] = {"business": no, "status": status, "problem": rng.choice(_PROBLEMS)}
    sales = rng.randint(8, 60) * 10_000
    costs = sales * rng.randint(4, 8) // 10
    if status != "stopped":
        values["sales"] = sales if status == "working" else sales // 4
    if quarterly:
        values["kit"] = rng.choices(("good", "repair", "broken"), (8, 2, 1))[0]
        values |= {"workers_women": rng.randint(0, 3), "workers_men": rng.randint(0, 2)}
        if status != "stopped":
            values["costs"] = min(costs, values["sales"])
    if no == f"{ABAHUZA}A":
        sales, costs = _HUSKER.get(months, (280_000 - 15_000 * months, 180_000))
        values |= {"sales": sales, "costs": costs, "kit": "repair" if months == 1 else "good", "problem": "machine"}
    return values
