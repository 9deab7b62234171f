"""The sheets of the roster workbook: columns, what is required, explanations, allowed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.programme.roster.words import (
    CAN_READ,
    CONSENTS,
    HOW,
    LANGUAGES,
    PHONE_IS,
    ROADS,
    ROLES,
    SEXES,
    STATUSES,
    YES_NO,
    YES_NO_WORDS,
    YOUTH,
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `also` are names that people use for it; found and must be renamed. `longest` in letters."""

    name: str
    fr: str
    en: str
    example: str
    required: bool = False
    kind: Literal["text", "number", "date"] = "text"
    choices: tuple[str, ...] = ()
    read_as: Mapping[str, str] = field(default_factory=dict, hash=False)
    also: tuple[str, ...] = ()
    longest: int = 120


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. Without a required one nothing can be imported; an optional one may be left out."""

    name: str
    columns: tuple[Column, ...]
    required: bool = False
    optional: bool = False

    def column(self, name: str) -> Column:
        """The column of this name. Raises KeyError: our own mistake."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


_ASSOCIATION_NO = Column(
    "association_no",
    "numéro de l'association, comme dans Associations",
    "number of the association, as in Associations",
    "07",
    required=True,
    also=("association", "no association", "numero association"),
)


def _by(name: str, fr: str, en: str, *more: str) -> Column:
    """By which road one kind of text comes; `more`: what may stand there that is none."""
    return Column(name, fr, en, "", choices=("sms", "telegram", "whatsapp", *more), read_as=ROADS)


ASSOCIATIONS = Sheet(
    "Associations",
    (
        Column("no", "numéro, deux chiffres", "number, two digits", "07", required=True, also=("numero", "number")),
        Column("name", "nom entier", "full name", "Abahuza", required=True, also=("nom", "association")),
        Column(
            "sms_name",
            "nom dans les SMS, 11 lettres A-Z au plus",
            "name in SMS, at most 11 letters A-Z",
            "ABAHUZA",
            required=True,
            also=("nom sms",),
        ),
        Column("commune_old", "ancienne commune", "old commune", "Rutana", required=True, also=("commune",)),
        Column(
            "commune_now",
            "commune depuis 2025",
            "commune since 2025",
            "Rutana",
            required=True,
            also=("nouvelle commune", "new commune"),
        ),
        Column("colline", "colline", "hill", "Kivoga", required=True, also=("hill",)),
        Column("activity", "activité", "activity", "décorticage du riz", also=("activite",)),
        Column("members_women", "membres, femmes", "members, women", "19", kind="number"),
        Column("members_men", "membres, hommes", "members, men", "12", kind="number"),
        Column("target", "personnes à former (sinon 25)", "people to reach (else 25)", "25", kind="number"),
        Column("officer", "agent, comme dans Staff", "officer, as in Staff", "Eric", also=("agent",)),
    ),
    required=True,
)
LEADERS = Sheet(
    "Leaders",
    (
        _ASSOCIATION_NO,
        Column("name", "nom et prénom", "full name", "Odette Nininahazwe", required=True, also=("nom",)),
        Column(
            "sms_name",
            "nom dans les SMS, 12 lettres au plus",
            "name in SMS, at most 12 letters",
            "Odette",
            required=True,
            also=("nom sms", "prenom"),
        ),
        Column("sex", "F ou M", "F or M", "F", True, choices=("F", "M"), read_as=SEXES, also=("sexe", "genre")),
        Column("role", "fonction", "role in the association", "présidente", also=("fonction",)),
        Column("phone", "8 chiffres", "8 digits", "00 00 00 07", True, also=("telephone", "tel", "numero", "mobile")),
        Column(
            "phone_is",
            "à elle ou lui (own), partagé (shared), d'un parent (relative)",
            "own, shared, of a relative",
            "own",
            choices=("own", "shared", "relative"),
            read_as=PHONE_IS,
        ),
        Column(
            "language",
            "rn kirundi, fr français, sw swahili, en anglais",
            "rn Kirundi, fr French, sw Swahili, en English",
            "rn",
            required=True,
            choices=("rn", "fr", "sw", "en"),
            read_as=LANGUAGES,
            also=("langue",),
        ),
        Column(
            "can_read",
            "lit les SMS : yes, help = avec aide, no",
            "reads SMS: yes, with help, no",
            "yes",
            choices=("yes", "help", "no"),
            read_as=CAN_READ,
        ),
        Column(
            "channel",
            "préfère : sms, telegram, whatsapp, call = appel (sinon le moins cher)",
            "prefers: sms, telegram, whatsapp, call (else the cheapest)",
            "sms",
            choices=("sms", "telegram", "whatsapp", "call"),
            read_as=ROADS,
            also=("canal",),
        ),
        _by("reminders_by", "rappels, si autrement que channel", "reminders, if otherwise than channel", "call"),
        _by("tips_by", "conseils, si autrement que channel", "tips, if otherwise than channel", "call"),
        _by("broadcasts_by", "annonces, si autrement que channel", "broadcasts, if otherwise than channel", "call"),
        _by("answers_by", "réponses du mentor, si ailleurs que demandé", "mentor's answers, if not where she asks"),
        Column("best_time", "meilleure heure", "best time", "17:30", also=("heure",)),
        Column(
            "consent",
            "accord : yes oui, no non, not asked pas demandé",
            "consent: yes, no, not asked",
            "yes",
            required=True,
            choices=("yes", "no", "not asked"),
            read_as=CONSENTS,
            also=("consentement", "accord"),
        ),
        Column("consent_date", "jour de l'accord", "day of consent", "2026-08-01", kind="date"),
        Column(
            "consent_how",
            "paper = signé, spoken = dit devant témoin",
            "paper or spoken",
            "paper",
            choices=("paper", "spoken"),
            read_as=HOW,
        ),
        Column(
            "status",
            "facultatif, sensible : displaced, returnee, host",
            "optional, sensitive: displaced, returnee, host",
            "",
            choices=("displaced", "returnee", "host"),
            read_as=STATUSES,
            also=("statut",),
        ),
        Column("youth", "jeune : y, n", "youth: y, n", "n", choices=("y", "n"), read_as=YOUTH, also=("jeune",)),
        Column(
            "practice",
            "yes = téléphone d'essai, ne compte pas",
            "yes = a phone for practice, does not count",
            "",
            choices=YES_NO,
            read_as=YES_NO_WORDS,
        ),
    ),
    required=True,
)
BUSINESSES = Sheet(
    "Businesses",
    (
        Column("no", "numéro de l'association et lettre", "association's number, a letter", "07A", required=True),
        _ASSOCIATION_NO,
        Column("type", "genre d'activité", "kind of business", "rice husker", required=True, also=("genre",)),
        Column("kit", "matériel reçu", "kit received", "husker and belt"),
        Column("kit_date", "reçu le", "received on", "2026-08-01", kind="date"),
        Column("workers_women", "payées, femmes", "paid workers, women", "1", kind="number"),
        Column("workers_men", "payés, hommes", "paid workers, men", "1", kind="number"),
    ),
)
STAFF = Sheet(
    "Staff",
    (
        Column("name", "nom", "name", "Eric", required=True, also=("nom",)),
        Column(
            "role",
            "officer agent, supervisor, mentor, staff, safeguarding protection, admin, auditor",
            "officer, supervisor, mentor, staff, safeguarding, admin, auditor",
            "officer",
            required=True,
            choices=("officer", "supervisor", "mentor", "staff", "safeguarding", "admin", "auditor"),
            read_as=ROLES,
            also=("fonction",),
        ),
        Column("phone", "8 chiffres", "8 digits", "00 00 00 01", also=("telephone", "tel")),
        Column("telegram", "numéro du compte, sinon vide", "number of the account, else empty", ""),
        Column("languages", "langues", "languages", "rn fr"),
        Column("subjects", "thèmes (mentor)", "subjects (mentor)", "processing"),
        Column("area", "communes ou numéros vus, vide = les siens", "communes or numbers seen", "Rutana, 07"),
    ),
)
PLACES = Sheet(
    "Places",
    (
        Column("commune_old", "ancienne commune", "old commune", "Rutana", required=True, also=("commune",)),
        Column("commune_now", "commune depuis 2025", "commune since 2025", "Rutana", required=True),
        Column("colline", "colline", "hill", "Kivoga", required=True, also=("hill",)),
        Column("zone", "zone", "zone", "Gitaba"),
    ),
)
PARTNERS = Sheet(
    "Partners",
    (
        Column(
            "name",
            "nom, 24 lettres au plus",
            "name, at most 24 letters",
            "ISABU",
            required=True,
            also=("nom",),
            longest=24,
        ),
        Column("kind", "genre d'institution", "kind of institution", "research"),
        Column(
            "subjects",
            "mots par lesquels on le trouve, dans toutes les langues",
            "words by which leaders find it, in any language",
            "seed, semences, imbuto",
            required=True,
        ),
        Column(
            "contact",
            "à qui s'adresser et comment, 40 lettres au plus",
            "whom to ask and how, at most 40 letters",
            "Chantal 00 00 00 52",
            required=True,
            longest=40,
        ),
        Column(
            "place",
            "où, 16 lettres au plus",
            "where, at most 16 letters",
            "Gisozi",
            required=True,
            also=("lieu",),
            longest=16,
        ),
        Column(
            "hours",
            "jours et heures, 16 lettres au plus",
            "days and hours, at most 16 letters",
            "Mon-Fri 8-16h",
            also=("heures",),
            longest=16,
        ),
    ),
    optional=True,
)
SHEETS = (ASSOCIATIONS, LEADERS, BUSINESSES, STAFF, PLACES, PARTNERS)
