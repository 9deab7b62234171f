"""From a row of a sheet to its noun: an association, a leader, a business, one of the team, a place, a partner.

What is wrong with a cell is said to the row; what only shows between rows is for across.py.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from bot.programme.roster.names import (
    LEADER_LETTERS,
    NUMBER,
    Communes,
    area_of,
    association_letters,
    shorten,
    sms_letters,
)
from bot.programme.roster.nouns import Association, Business, Leader, Partner, Place, Staff
from bot.programme.roster.phones import read_phone
from bot.programme.roster.reading import Row
from bot.programme.roster.words import LANGUAGES
from bot.render.sentences import Sentence, listed
from handlers.understand.words import SHIPPED, plain

_BUSINESS_NO = re.compile(r"(\d{1,4}) ?-?([A-Z])")
_AND = {"et", "and", "na"}
_TELEGRAM = re.compile(r"\d{5,15}")


def _commune(row: Row, name: str, known: Communes) -> str:
    text = row.text(name)
    found = known.find(text) if text else text
    if found is None:
        what = Sentence("not one of {known}. Correct it, or add it to the sheet Places.", known=known)
        row.say("warning", name, what)
        return text
    if found != text:
        row.read_as(name, found)
    return found


def _association_no(row: Row, name: str) -> str:
    """07, also when Excel made 7 of it."""
    text = row.text(name)
    if text and not NUMBER.fullmatch(text):
        row.say("error", name, Sentence("not a number of an association. Write two digits, example 07."))
        return ""
    return text.zfill(2) if text else ""


def association(row: Row, old: Communes, now: Communes) -> Association:
    return Association(
        no=_association_no(row, "no"),
        name=row.text("name"),
        sms_name=_association_sms_name(row),
        commune_old=_commune(row, "commune_old", old),
        commune_now=_commune(row, "commune_now", now),
        colline=row.text("colline"),
        activity=row.text("activity") or None,
        members_women=row.number_of("members_women"),
        members_men=row.number_of("members_men"),
        target=row.number_of("target"),
        officer=row.text("officer") or None,
        row=row.number,
    )


def _association_sms_name(row: Row) -> str:
    text = row.text("sms_name")
    letters = association_letters(text)
    if text and not letters:
        row.say("error", "sms_name", Sentence("no letters. Write at most 11 letters A-Z."))
    elif letters != text:
        what = Sentence('at most 11 letters A-Z, "{name}" will be used. Change it if wrong.', name=letters)
        row.say("note", "sms_name", what)
    _no_command(row, letters)
    return letters


def _no_command(row: Row, name: str) -> None:
    """Where she writes her name or her association's, it would be taken for the command."""
    if plain(name) in SHIPPED.command_of:
        row.say("warning", "sms_name", Sentence("a word that leaders send as a command. Choose another."))


def _sms_name(row: Row) -> str:
    text = row.text("sms_name")
    letters, changed = sms_letters(text)
    if text and not letters:
        row.say("error", "sms_name", Sentence("no letters that a phone can show. Write at most 12 letters."))
        return ""
    if changed and any(one.isalpha() for one in changed):
        which = tuple(one for one in changed if one.isalpha())
        what = Sentence('{which} cannot be sent cheaply, "{name}" will be used.', which=which, name=letters)
        row.say("note", "sms_name", what)
    elif letters != text:
        row.say("note", "sms_name", Sentence('letters only, "{name}" will be used.', name=letters))
    short = shorten(letters, LEADER_LETTERS)
    if short != letters:
        what = Sentence(
            'has {letters} letters, shortened to "{name}". Change it if wrong.', letters=len(text), name=short
        )
        row.say("note", "sms_name", what)
    _no_command(row, short)
    return short


def _phone(row: Row, demo: bool) -> str:
    text = row.text("phone")
    if not text:
        return ""
    phone = read_phone(row.cells["phone"], demo=demo)
    if phone.problem is not None:
        row.say("error", "phone", phone.problem)
    elif phone.from_excel:
        text = Sentence(
            "{sheet} row {row}, phone came from Excel as {excel}, read as {read}. Please check.",
            sheet=row.sheet.name,
            row=row.number,
            excel=phone.from_excel,
            read=phone.number.removeprefix("+257"),
        )
        row.says.say("warning", row.sheet.name, row.number, text)
    return phone.number


def _consent(row: Row, today: date | None) -> tuple[Literal["yes", "no", "none"], date | None, str | None]:
    """Only a yes with date and how is consent (rulings, 7)."""
    answer, day, how = row.choice("consent"), row.day("consent_date"), row.choice("consent_how") or None
    sends = Sentence("the person will get the two consent SMS and nothing else.")
    if day and today and day > today:
        row.say("error", "consent_date", Sentence("has not come yet. Correct it."))
    if answer == "no":
        return "no", day, how
    if answer == "yes" and day and how:
        return "yes", day, how
    if answer == "yes":
        missing = listed(name for name, there in (("consent_date", day), ("consent_how", how)) if not there)
        what = Sentence(
            "without {missing} it does not count, {sends} Add what is missing.", missing=missing, sends=sends
        )
        row.say("warning", "consent", what)
    elif answer:
        row.say("warning", "consent", sends)
    return "none", None, None


def leader(row: Row, demo: bool, today: date | None) -> Leader:
    association_no, name, sms_name = _association_no(row, "association_no"), row.text("name"), _sms_name(row)
    sex, phone, language = row.choice("sex"), _phone(row, demo), row.choice("language")
    consent, day, how = _consent(row, today)
    can_read, channel = row.choice("can_read"), row.choice("channel")
    if can_read == "no" and channel == "sms":
        text = Sentence('Leaders row {row}: can_read "no" with channel "sms". Use "call"?', row=row.number)
        row.says.say("warning", "Leaders", row.number, text)
    return Leader(
        association_no=association_no,
        name=name,
        sms_name=sms_name,
        sex=sex,
        phone=phone,
        language=language,
        consent=consent,
        consent_date=day,
        consent_how=how,
        role=row.text("role") or None,
        phone_is=row.choice("phone_is") or None,
        can_read=can_read or None,
        channel=channel or None,
        reminders_by=row.choice("reminders_by") or None,
        tips_by=row.choice("tips_by") or None,
        broadcasts_by=row.choice("broadcasts_by") or None,
        answers_by=row.choice("answers_by") or None,
        best_time=row.text("best_time") or None,
        status=row.choice("status") or None,
        youth=row.yes("youth"),
        practice=row.yes("practice"),
        row=row.number,
    )


def business(row: Row) -> Business:
    text = row.text("no").upper()
    match = _BUSINESS_NO.fullmatch(text)
    if text and not match:
        what = Sentence("not a business number. Write the association's number and a letter, example 07A.")
        row.say("error", "no", what)
    return Business(
        no=match.group(1).zfill(2) + match.group(2) if match else "",
        association_no=_association_no(row, "association_no"),
        type=row.text("type"),
        kit=row.text("kit") or None,
        kit_date=row.day("kit_date"),
        workers_women=row.number_of("workers_women"),
        workers_men=row.number_of("workers_men"),
        row=row.number,
    )


def _area(row: Row, old: Communes, now: Communes) -> str:
    """Communes, old or new, and numbers of associations, as the queries compare them.

    What is neither stays as it is and fits nothing: without any area she would see more, and not less.
    """
    found, unknown = area_of(row.text("area"), old, now)
    if unknown:
        row.say("warning", "area", Sentence("neither a commune nor the number of an association. Correct it."))
    return ", ".join(found)


def _languages(row: Row) -> str:
    """The codes of what is listed; mentors are matched by them, and the first one is the language of her chat."""
    written = row.text("languages")
    words = [word for word in re.split(r"[\s,;/+&]+", plain(written)) if word and word not in _AND]
    found = [word if word in LANGUAGES.values() else LANGUAGES.get(word, "") for word in words]
    codes = " ".join(dict.fromkeys(filter(None, found)))
    if not all(found):
        choices = tuple(dict.fromkeys(LANGUAGES.values()))
        row.say("warning", "languages", Sentence("not known. Write one of {choices}.", choices=choices))
    elif codes.split() != words:
        row.read_as("languages", codes)
    return codes


def staff(row: Row, demo: bool, old: Communes, now: Communes) -> Staff:
    telegram = row.text("telegram")
    if telegram and not _TELEGRAM.fullmatch(telegram):
        what = Sentence("only the number of the account can be used; leave it empty and open the link.")
        row.say("note", "telegram", what)
        telegram = ""
    return Staff(
        name=row.text("name"),
        role=row.choice("role"),
        phone=_phone(row, demo) or None,
        telegram=telegram or None,
        languages=_languages(row) or None,
        subjects=row.text("subjects") or None,
        area=_area(row, old, now) or None,
        row=row.number,
    )


def place(row: Row, old: Communes, now: Communes) -> Place:
    return Place(
        commune_old=_commune(row, "commune_old", old),
        commune_now=_commune(row, "commune_now", now),
        colline=row.text("colline"),
        zone=row.text("zone") or None,
        row=row.number,
    )


def partner(row: Row) -> Partner:
    return Partner(
        name=row.text("name"),
        subjects=row.text("subjects"),
        contact=row.text("contact"),
        place=row.text("place"),
        kind=row.text("kind") or None,
        hours=row.text("hours") or None,
        row=row.number,
    )
