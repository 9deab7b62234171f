"""The invented roster: 24 associations in the six old communes of Rutana, 120 leaders, 32 businesses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from random import Random
from typing import Literal

from bot.programme.invented.words import ASSOCIATIONS, KINDS, MEN, MORE_HILLS, NOW, SURNAMES, WOMEN
from bot.programme.roster import Association, Business, Leader, Partner, Place, Roster, Staff

ABAHUZA = "07"
_ACTIVITIES = ("rice", "maize", "cassava", "market", "seeds")
_ODETTE_PHONE, _FIRST_PHONE = 31, 32
_SHARED_IN = ("02", "05", "11", "16", "21")
"""In these associations the third and the fourth use one phone."""
_NOT_ASKED, _SAID_NO = {14, 47, 83, 101}, {58, 92}
"""Which leaders, counted from 0 in roster order."""


PARTNERS = (
    Partner(
        "Centre Semencier",
        "rice seed, semences de riz, imbuto z'umuceri, mbegu",
        "the manager, 00 00 00 51",
        "Gihanga",
        "seed centre",
        "Mon-Fri 8-16h",
    ),
    Partner(
        "ISABU",
        "seed, semences, imbuto, mbegu, pests, maladies, conseil",
        "Chantal, 00 00 00 52",
        "Gisozi",
        "research",
        "Mon-Fri 8-15h",
    ),
    Partner(
        "SODDREC",
        "business, savings, epargne, ubudandaji, biashara, processing, transformation",
        "Pascal, 00 00 00 53",
        "Rutana",
        "association",
        "Tue, Thu 9-12h",
    ),
)
"""The institutions that the trained visited (field, 4.1); people and numbers are placeholders."""


def _phone(number: int) -> str:
    return f"+257{number:08d}"


def lines() -> Iterator[tuple[str, str, str, str, int]]:
    """Number, name in SMS, old commune, hill, new people reached."""
    for line in ASSOCIATIONS:
        no, name, commune, hill, reached = line.split()
        yield no, name, commune, hill, int(reached)


def roster(rng: Random, consented: date) -> Roster:
    """Everybody; those who agreed did so on one day."""
    associations = tuple(
        Association(
            no=no,
            name=name.capitalize(),
            sms_name=name,
            commune_old=commune,
            commune_now=NOW[commune],
            colline=hill,
            activity="rice husking" if no == ABAHUZA else rng.choice(_ACTIVITIES),
            members_women=19 if no == ABAHUZA else rng.randint(14, 24),
            members_men=12 if no == ABAHUZA else rng.randint(9, 18),
            target=25,
            officer="Eric" if commune in ("Rutana", "Giharo", "Gitanga") else "Aline",
        )
        for no, name, commune, hill, _ in lines()
    )
    hills = [(one.commune_old, one.colline) for one in associations]
    hills += [(commune, hill) for commune, more in MORE_HILLS.items() for hill in more.split()]
    return Roster(
        associations,
        tuple(_leaders(rng, associations, consented)),
        tuple(_owned(rng, associations, consented)),
        (
            Staff("Eric", "officer", _phone(1), "100001", languages="rn fr"),
            Staff("Aline", "officer", _phone(2), "100002", languages="rn fr sw"),
            Staff("Jean", "mentor", _phone(3), "100003", languages="rn fr", subjects="processing, business"),
            Staff("Beatrice", "safeguarding", _phone(4), "100004", languages="rn fr"),
            Staff("Grace", "supervisor", _phone(5), languages="rn fr"),
            Staff("Diane", "staff", _phone(6), languages="fr en"),
            Staff("Olivier", "admin", _phone(7), languages="fr"),
        ),
        tuple(Place(commune, NOW[commune], hill) for commune, hill in sorted(hills)),
        PARTNERS,
    )


def _leaders(rng: Random, associations: Iterable[Association], consented: date) -> Iterator[Leader]:
    women, men = (rng.sample(names, len(names)) for names in (WOMEN, MEN))
    index, phone = 0, _FIRST_PHONE
    for association in associations:
        for place in range(5):
            sex = "F" if place in (0, 2) or (place == 4 and int(association.no) % 2) else "M"
            first = women.pop() if sex == "F" else men.pop()
            shared = association.no in _SHARED_IN and place in (2, 3)
            leader = _leader(rng, index, association.no, first, sex, phone, consented, shared=shared)
            if association.no == ABAHUZA and place < 2:
                leader = _known(leader, place)
            yield leader
            index += 1
            phone += leader.sms_name != "Odette" and not (shared and place == 2)


def _known(leader: Leader, place: int) -> Leader:
    """Odette with a keypad phone and Jean with a smartphone, of whom the documents tell."""
    if place == 0:
        odette = replace(leader, name="Odette Ninahazwe", sms_name="Odette", phone=_phone(_ODETTE_PHONE))
        return replace(odette, language="rn", channel="sms", can_read="yes")
    return replace(leader, name="Jean Ndayizeye", sms_name="Jean", language="fr", channel="telegram", can_read="yes")


def _leader(
    rng: Random, index: int, no: str, first: str, sex: str, phone: int, consented: date, *, shared: bool
) -> Leader:
    consent: Literal["yes", "no", "none"] = "none" if index in _NOT_ASKED else "no" if index in _SAID_NO else "yes"
    channel = rng.choices(("sms", "telegram", "call"), (16, 2, 1))[0]
    return Leader(
        association_no=no,
        name=f"{first} {rng.choice(SURNAMES)}",
        sms_name=first,
        sex=sex,
        phone=_phone(phone),
        phone_is="shared" if shared else "own",
        language=rng.choices(("rn", "fr", "sw", "en"), (13, 3, 3, 1))[0],
        consent=consent,
        consent_date=None if consent == "none" else consented,
        consent_how=None if consent == "none" else rng.choice(("paper", "spoken")),
        role=("president", "secretary", "treasurer", "trainer", "trainer")[index % 5],
        can_read="no" if channel == "call" else rng.choices(("yes", "help"), (5, 1))[0],
        channel=channel,
        youth=rng.random() < 0.3,
    )


def _owned(rng: Random, associations: Iterable[Association], since: date) -> Iterator[Business]:
    """One each, and a second for every third association; ABAHUZA has the rice husker only."""
    for association in associations:
        kinds = rng.sample(KINDS, 2 if int(association.no) % 3 == 0 else 1)
        for letter, kind in zip("AB", ["rice husker"] if association.no == ABAHUZA else kinds, strict=False):
            workers = (1, 1) if association.no == ABAHUZA else (rng.randint(0, 3), rng.randint(0, 2))
            yield Business(f"{association.no}{letter}", association.no, kind, f"kit for {kind}", since, *workers)
