"""A roster held against the database: what is new, what changes, what is no longer on it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from bot.programme.roster.names import alike
from bot.programme.roster.nouns import Association, Leader, Roster, Staff
from bot.store.roster import Known, Present, Said
from handlers.understand.words import plain

BURUNDI: tzinfo = ZoneInfo("Africa/Bujumbura")
ASSOCIATION = (
    *("name", "sms_name", "commune_old", "commune_now", "colline"),
    *("activity", "members_women", "members_men", "target"),
)
LEADER = (
    *("name", "sms_name", "sex", "role", "language", "can_read"),
    *("channel", "reminders_by", "tips_by", "broadcasts_by", "answers_by"),
    *("best_time", "status", "youth", "practice"),
)
BUSINESS = ("type", "kit", "kit_date", "workers_women", "workers_men")
STAFF = ("name", "role", "languages", "subjects", "area")
PLACE = ("commune_now", "zone")
PARTNER = ("name", "kind", "subjects", "contact", "place", "hours")


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the roster: its row in the database (None = new), and what changes there.

    `columns` are to be written as they are; `fields` say old and new to the person who imports, also
    what is no column: phone, association, officer, consent.
    """

    sheet: str
    item: Any
    known: Known | None
    columns: Mapping[str, Any]
    fields: Mapping[str, tuple[Any, Any]]
    consent: Said | None = None
    """A consent to be recorded."""
    counts: bool = False
    """Whether it is newer than all others, so that it is what holds now."""

    @property
    def new(self) -> bool:
        return self.known is None

    @property
    def unchanged(self) -> bool:
        return self.known is not None and not self.fields


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything, in roster order; `removed` is listed and never deleted."""

    associations: tuple[Change, ...]
    leaders: tuple[Change, ...]
    businesses: tuple[Change, ...]
    staff: tuple[Change, ...]
    places: tuple[Change, ...]
    partners: tuple[Change, ...]
    removed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def compare(present: Present, roster: Roster, now: datetime, zone: tzinfo = BURUNDI) -> Changes:
    """What an import of this roster would do at `now` (aware UTC). A day of consent is its midnight in `zone`."""
    leaders = _match_leaders(present.leaders, roster)
    staff = _match_staff(present.staff, roster.staff)
    sharing = Counter(leader.phone for leader in roster.leaders)
    places = [((one.commune_old, one.colline), one) for one in roster.places]
    return Changes(
        tuple(_association(one, present.associations.get(one.no)) for one in roster.associations),
        tuple(
            _leader(one, leaders[number], present, sharing[one.phone] > 1, now, zone)
            for number, one in enumerate(roster.leaders)
        ),
        tuple(
            _plain_row("Businesses", one, present.businesses.get(one.no), BUSINESS, ("association_no",))
            for one in roster.businesses
        ),
        tuple(_staff(one, staff[number]) for number, one in enumerate(roster.staff)),
        tuple(_plain_row("Places", one, present.places.get(key), PLACE, ()) for key, one in places),
        tuple(
            _plain_row("Partners", one, present.partners.get(plain(one.name)), PARTNER, ()) for one in roster.partners
        ),
        _removed(present, roster, leaders.values(), staff.values()),
    )


# --- who is who ---


def _match_leaders(present: Sequence[Known], roster: Roster) -> dict[int, Known | None]:
    """By association and name; then by phone, when the names may be one person's.

    A phone alone does not make somebody the same person: she would inherit the consent of another. Whose own
    row waits is nobody else.
    """
    found: dict[int, Known] = {}
    leaders = roster.leaders
    by_name: dict[tuple[str, str], list[Known]] = {}
    for known in sorted(present, key=lambda known: known.values["left_at"] is not None):
        by_name.setdefault((known.values["association_no"] or "", plain(known.values["name"])), []).append(known)
    for number, leader in enumerate(leaders):
        if same := by_name.get((leader.association_no, plain(leader.name))):
            found[number] = same.pop(0)
    left = {
        known.id: known
        for (number, name), some in by_name.items()
        for known in some
        if ("Leaders", number, name) not in roster.waiting
    }
    by_phone: dict[str, list[int]] = {}
    for known in left.values():
        for phone in known.phones:
            by_phone.setdefault(phone, []).append(known.id)
    for number, leader in enumerate(leaders):
        ids = by_phone.get(leader.phone, []) if number not in found else []
        likely = next((id_ for id_ in ids if id_ in left and _may_be(left[id_], leader)), None)
        if likely is not None:
            found[number] = left.pop(likely)
    return {number: found.get(number) for number in range(len(leaders))}


def _may_be(known: Known, leader: Leader) -> bool:
    same_association = known.values["association_no"] == leader.association_no
    same_sms_name = plain(known.values["sms_name"]) == plain(leader.sms_name)
    return (same_association and same_sms_name) or alike(known.values["name"], leader.name)


def _match_staff(present: Sequence[Known], staff: Sequence[Staff]) -> dict[int, Known | None]:
    names = {plain(known.values["name"]): known for known in present}
    return {number: names.get(plain(one.name)) for number, one in enumerate(staff)}


# --- what changes ---


def _differences(item: Any, known: Known | None, columns: Iterable[str]) -> dict[str, tuple[Any, Any]]:
    """Old and new of what the roster says; an empty cell says nothing."""
    differences = {}
    for name in columns:
        new = getattr(item, name)
        old = known.values[name] if known else None
        if new is not None and new != old:
            differences[name] = (old, new)
    return differences


def _plain_row(sheet: str, item: Any, known: Known | None, columns: Sequence[str], more: Sequence[str]) -> Change:
    written = _differences(item, known, columns)
    fields = written | _differences(item, known, more)
    values = {name: new for name, (_, new) in written.items()}
    if known and known.values.get("left_at") is not None:
        values["left_at"] = None
        fields["left"] = (True, False)
    return Change(sheet, item, known, values, fields)


def _association(item: Association, known: Known | None) -> Change:
    change = _plain_row("Associations", item, known, ASSOCIATION, ())
    old = known.values["officer"] if known else None
    if item.officer and plain(item.officer) != plain(old or ""):
        change = _with(change, {"officer": (old, item.officer)})
    return change


def _leader(item: Leader, known: Known | None, present: Present, shared: bool, now: datetime, zone: tzinfo) -> Change:
    change = _plain_row("Leaders", item, known, LEADER, ("association_no",))
    fields: dict[str, tuple[Any, Any]] = {}
    old = known.phones if known else []
    if item.phone not in old:
        fields["phone"] = (old[0] if old else None, item.phone)
    address = present.addresses.get(("tel", item.phone))
    phone_is = "shared" if shared else item.phone_is
    if phone_is and phone_is != (address.phone_is if address else None):
        fields["phone_is"] = (address.phone_is if address else None, phone_is)
    consent = _consent(item, known, now, zone)
    counts = consent is not None and (not known or all(said.at <= consent.at for said in known.consents))
    if consent:
        fields["consent"] = _was_and_is(known, consent, zone)
    return _with(change, fields, consent, counts)


def _staff(item: Staff, known: Known | None) -> Change:
    change = _plain_row("Staff", item, known, STAFF, ())
    fields: dict[str, tuple[Any, Any]] = {}
    if item.phone and (not known or item.phone not in known.phones):
        fields["phone"] = (known.phones[0] if known and known.phones else None, item.phone)
    if item.telegram and (not known or item.telegram not in known.chats):
        fields["telegram"] = (None, item.telegram)
    return _with(change, fields)


def _with(
    change: Change, fields: Mapping[str, tuple[Any, Any]], consent: Said | None = None, counts: bool = False
) -> Change:
    both = {**change.fields, **fields}
    return Change(change.sheet, change.item, change.known, change.columns, both, consent, counts)


def _consent(item: Leader, known: Known | None, now: datetime, zone: tzinfo) -> Said | None:
    """The roster's consent, unless the same one is on record.

    It holds only when it is the newest word: a signature of August does not undo a STOP of October.
    """
    if item.consent == "none":
        return None
    at = min(_midnight(item.consent_date, zone), now) if item.consent_date else now
    for said in known.consents if known else ():
        same_day = item.consent_date is None or said.at.astimezone(zone).date() == item.consent_date
        same_way = item.consent_how in (None, said.how)
        if said.given == item.consent and same_day and same_way:
            return None
    return Said(item.consent, item.consent_how or "paper", at)


def _was_and_is(known: Known | None, now: Said, zone: tzinfo) -> tuple[Any, Any]:
    """Old and new; of the same answer also when and how it was given, which is what is new."""
    before = [said for said in (known.consents if known else ()) if said.given == now.given]
    if not before or known is None or known.values["consent"] != now.given:
        return (known.values["consent"] if known else None, now.given)
    return tuple(_dated(said, zone) for said in (max(before, key=lambda said: said.at), now))  # type: ignore[return-value]


def _dated(said: Said, zone: tzinfo) -> str:
    return f"{said.given} ({said.how}, {said.at.astimezone(zone):%Y-%m-%d})"


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


# --- what is no longer there ---


def _removed(
    present: Present, roster: Roster, leaders: Iterable[Known | None], staff: Iterable[Known | None]
) -> dict[str, tuple[str, ...]]:
    """Rows of the database that the workbook does not have, by sheet."""
    matched = {known.id for known in (*leaders, *staff) if known}
    sms_names = {no: known.values["sms_name"] for no, known in present.associations.items()}

    def gone(known: Known) -> bool:
        name = plain(known.values["name"])
        keys: set[tuple[str, ...]] = {("Leaders", "", phone) for phone in known.phones}
        keys |= {("Leaders", known.values["association_no"] or "", name), ("Staff", name)}
        left = known.values["left_at"] is not None
        return not left and known.id not in matched and not roster.waiting.intersection(keys)

    def numbers(rows: Mapping[str, Known], there: Iterable[str], sheet: str) -> tuple[str, ...]:
        kept = {*there, *(key[1] for key in roster.waiting if key[0] == sheet)}
        return tuple(no for no, known in rows.items() if no not in kept and known.values["left_at"] is None)

    places = {("Places", one.commune_old, one.colline) for one in roster.places} | roster.waiting
    return {
        "Associations": numbers(present.associations, (one.no for one in roster.associations), "Associations"),
        "Leaders": tuple(
            f"{known.values['name']} ({sms_names.get(known.values['association_no'], '?')})"
            for known in present.leaders
            if gone(known)
        ),
        "Businesses": numbers(present.businesses, (one.no for one in roster.businesses), "Businesses"),
        "Staff": tuple(known.values["name"] for known in present.staff if gone(known)),
        "Partners": numbers(present.partners, (plain(one.name) for one in roster.partners), "Partners"),
        "Places": tuple(
            f"{colline} ({old})" for old, colline in present.places if ("Places", old, colline) not in places
        ),
    }
