"""Checks a roster workbook: every message says where, what and what to do (conversations, 4.3).

Pure: nothing is written, nothing is looked up in the database. Rows with an error are left out of
the roster; whether a roster with errors may be imported is for the caller to decide.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Literal

from bot.programme.roster import across, waiting
from bot.programme.roster.columns import ASSOCIATIONS, BUSINESSES, LEADERS, PARTNERS, PLACES, STAFF
from bot.programme.roster.entries import Entries, Entry
from bot.programme.roster.names import (
    COMMUNES_NOW,
    COMMUNES_OLD,
    LEADER_LETTERS,
    Communes,
    association_letters,
    shorten,
    sms_letters,
)
from bot.programme.roster.nouns import (
    LEVELS,
    Association,
    Business,
    Checked,
    Leader,
    Partner,
    Place,
    Roster,
    Staff,
    Workbook,
    with_officers,
)
from bot.programme.roster.phones import read_phone
from bot.programme.roster.reading import Incomplete, Row, Says, rows_of, shown

_NO = re.compile(r"\d{1,4}")
_BUSINESS_NO = re.compile(r"(\d{1,4}) ?-?([A-Z])")
_TELEGRAM = re.compile(r"\d{5,15}")


def check(
    workbook: Workbook,
    *,
    associations_expected: int,
    people_per_association: int,
    demo: bool = False,
    today: date | None = None,
) -> Checked:
    """All messages, errors first, and the roster of the rows without errors.

    `demo` accepts telephone numbers that cannot exist; with `today` a consent in the future is refused.
    The roster is None when a required sheet or column is missing: then nothing can be imported.
    """
    says = Says()
    sheets = (ASSOCIATIONS, LEADERS, BUSINESSES, STAFF, PLACES, PARTNERS)
    tables = [rows_of(workbook, sheet, says) for sheet in sheets]
    associations, leaders, businesses, staff, places, partners = ([] if rows is None else rows for rows in tables)
    communes = _communes(places)
    entries = Entries(
        [Entry(row, _association(row, *communes)) for row in associations],
        [Entry(row, _leader(row, demo, today)) for row in leaders],
        [Entry(row, _business(row)) for row in businesses],
        [Entry(row, _staff(row, demo, *communes)) for row in staff],
        [Entry(row, _place(row, *communes)) for row in places],
        [Entry(row, _partner(row)) for row in partners],
    )
    across.check(entries, says, associations_expected, people_per_association)
    order = {level: number for number, level in enumerate(LEVELS)}
    messages = tuple(sorted(says.messages, key=lambda message: order[message.level]))
    whole = not any(rows is None or isinstance(rows, Incomplete) for rows in tables)
    if not whole:
        return Checked(messages, None)
    return Checked(messages, _roster(entries), waiting.left_out(entries))


def _roster(entries: Entries) -> Roster:
    staff = [entry.item for entry in entries.staff if not entry.row.bad]
    return Roster(
        with_officers((entry.item for entry in entries.associations if not entry.row.bad), staff),
        tuple(entry.item for entry in entries.leaders if not entry.row.bad),
        tuple(entry.item for entry in entries.businesses if not entry.row.bad),
        tuple(staff),
        tuple(entry.item for entry in entries.places if not entry.row.bad),
        tuple(entry.item for entry in entries.partners if not entry.row.bad),
        waiting.keys(entries),
    )


def _communes(places: Sequence[Row]) -> tuple[Communes, Communes]:
    """Old and new communes: those of the programme's area, and those of the sheet Places."""
    old = [shown(row.cells["commune_old"]) for row in places if "commune_old" in row.cells]
    now = [shown(row.cells["commune_now"]) for row in places if "commune_now" in row.cells]
    return Communes(COMMUNES_OLD, filter(None, old)), Communes(COMMUNES_NOW, filter(None, now))


def _commune(row: Row, name: str, known: Communes) -> str:
    text = row.text(name)
    found = known.find(text) if text else text
    if found is None:
        row.say("warning", name, f"not one of {known}. Correct it, or add it to the sheet Places.")
        return text
    if found != text:
        row.say("note", name, f"read as {found}.")
    return found


def _association_no(row: Row, name: str) -> str:
    """07, also when Excel made 7 of it."""
    text = row.text(name)
    if text and not _NO.fullmatch(text):
        row.say("error", name, "not a number of an association. Write two digits, example 07.")
        return ""
    return text.zfill(2) if text else ""


def _association(row: Row, old: Communes, now: Communes) -> Association:
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
        row.say("error", "sms_name", "no letters. Write at most 11 letters A-Z.")
    elif letters != text:
        row.say("note", "sms_name", f'at most 11 letters A-Z, "{letters}" will be used. Change it if wrong.')
    return letters


def _sms_name(row: Row) -> str:
    text = row.text("sms_name")
    letters, changed = sms_letters(text)
    if text and not letters:
        row.say("error", "sms_name", "no letters that a phone can show. Write at most 12 letters.")
        return ""
    if changed and any(one.isalpha() for one in changed):
        which = ", ".join(one for one in changed if one.isalpha())
        row.say("note", "sms_name", f'{which} cannot be sent cheaply, "{letters}" will be used.')
    elif letters != text:
        row.say("note", "sms_name", f'letters only, "{letters}" will be used.')
    short = shorten(letters, LEADER_LETTERS)
    if short != letters:
        row.say("note", "sms_name", f'has {len(text)} letters, shortened to "{short}". Change it if wrong.')
    return short


def _phone(row: Row, demo: bool) -> str:
    text = row.text("phone")
    if not text:
        return ""
    phone = read_phone(row.cells["phone"], demo=demo)
    if phone.problem:
        row.say("error", "phone", phone.problem)
    elif phone.from_excel:
        where = f"{row.sheet.name} row {row.number}, phone came from Excel as {phone.from_excel}"
        national = phone.number.removeprefix("+257")
        row.says.say("warning", row.sheet.name, row.number, f"{where}, read as {national}. Please check.")
    return phone.number


def _consent(row: Row, today: date | None) -> tuple[Literal["yes", "no", "none"], date | None, str | None]:
    """Only a yes with date and how is consent (rulings, 7)."""
    answer, day, how = row.choice("consent"), row.day("consent_date"), row.choice("consent_how") or None
    sends = "the person will get the two consent SMS and nothing else."
    if day and today and day > today:
        row.say("error", "consent_date", "has not come yet. Correct it.")
    if answer == "no":
        return "no", day, how
    if answer == "yes" and day and how:
        return "yes", day, how
    if answer == "yes":
        missing = " and ".join(name for name, there in (("consent_date", day), ("consent_how", how)) if not there)
        row.say("warning", "consent", f"without {missing} it does not count, {sends} Add what is missing.")
    elif answer:
        row.say("warning", "consent", sends)
    return "none", None, None


def _leader(row: Row, demo: bool, today: date | None) -> Leader:
    association_no, name, sms_name = _association_no(row, "association_no"), row.text("name"), _sms_name(row)
    sex, phone, language = row.choice("sex"), _phone(row, demo), row.choice("language")
    consent, day, how = _consent(row, today)
    can_read, channel = row.choice("can_read"), row.choice("channel")
    if can_read == "no" and channel == "sms":
        text = f'Leaders row {row.number}: can_read "no" with channel "sms". Use "call"?'
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


def _business(row: Row) -> Business:
    text = row.text("no").upper()
    match = _BUSINESS_NO.fullmatch(text)
    if text and not match:
        row.say("error", "no", "not a business number. Write the association's number and a letter, example 07A.")
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
    """Communes, old or new, and numbers of associations, as the queries compare them."""
    found = []
    for word in re.split(r"[,;/]", row.text("area")):
        text = word.strip()
        if _NO.fullmatch(text):
            found.append(text.zfill(2))
        elif text and (commune := now.find(text) or old.find(text)):
            found.append(commune)
        elif text:
            row.say("warning", "area", "neither a commune nor the number of an association. Correct it.")
    return ", ".join(found)


def _staff(row: Row, demo: bool, old: Communes, now: Communes) -> Staff:
    telegram = row.text("telegram")
    if telegram and not _TELEGRAM.fullmatch(telegram):
        row.say("note", "telegram", "only the number of the account can be used; leave it empty and open the link.")
        telegram = ""
    return Staff(
        name=row.text("name"),
        role=row.choice("role"),
        phone=_phone(row, demo) or None,
        telegram=telegram or None,
        languages=row.text("languages") or None,
        subjects=row.text("subjects") or None,
        area=_area(row, old, now) or None,
        row=row.number,
    )


def _place(row: Row, old: Communes, now: Communes) -> Place:
    return Place(
        commune_old=_commune(row, "commune_old", old),
        commune_now=_commune(row, "commune_now", now),
        colline=row.text("colline"),
        zone=row.text("zone") or None,
        row=row.number,
    )


def _partner(row: Row) -> Partner:
    return Partner(
        name=row.text("name"),
        subjects=row.text("subjects"),
        contact=row.text("contact"),
        place=row.text("place"),
        kind=row.text("kind") or None,
        hours=row.text("hours") or None,
        row=row.number,
    )
