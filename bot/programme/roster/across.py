"""What only shows when rows are held against each other: numbers, names, shared phones, counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from bot.programme.roster import waiting
from bot.programme.roster.entries import Entries, Entry, Item
from bot.programme.roster.nouns import Leader, officer_named
from bot.programme.roster.phones import shown
from bot.programme.roster.reading import Row, Says
from bot.render.sentences import Sentence, listed
from handlers.understand.words import plain

_OTHERS = ("shared", "relative")


def check(entries: Entries, says: Says, associations_expected: int, people_per_association: int) -> None:
    """Say what does not fit together, and mark the rows that cannot be imported for it."""
    _twice(entries.associations, "no", lambda one: one.no)
    _twice(entries.associations, "sms_name", lambda one: one.sms_name)
    _twice(entries.businesses, "no", lambda one: one.no)
    _twice(entries.staff, "name", lambda one: plain(one.name))
    _twice(entries.places, "colline", lambda one: one.colline and f"{plain(one.commune_old)}/{plain(one.colline)}")
    _twice(entries.partners, "name", lambda one: plain(one.name))
    _twice(entries.leaders, "name", lambda one: plain(one.name) and f"{one.association_no}/{plain(one.name)}")
    _belong(entries, says)
    _officers(entries, says)
    _phones(entries, says)
    waiting.hold(entries, says)
    _counts(entries, says, associations_expected, people_per_association)


def _twice(entries: Sequence[Entry[Item]], column: str, key: Callable[[Item], str]) -> None:
    first: dict[str, Row] = {}
    for entry in entries:
        value = key(entry.item)
        if not value:
            continue
        if value in first:
            row = first[value].number
            what = Sentence("already in row {row}. Make them different, or remove one.", row=row)
            entry.row.say("error", column, what)
            first[value].bad = True  # which of the two is meant, nobody knows
        else:
            first[value] = entry.row


def _belong(entries: Entries, says: Says) -> None:
    """Leaders and businesses belong to an association of the first sheet."""
    numbers = sorted({one.item.no for one in entries.associations if one.item.no})
    belonging = [(one.row, one.item.association_no) for one in entries.leaders]
    belonging += [(one.row, one.item.association_no) for one in entries.businesses]
    if not numbers:
        _nothing_there([row for row, _ in belonging], "Associations", says)
        return
    there = "-".join(dict.fromkeys((numbers[0], numbers[-1])))
    for row, number in belonging:
        if number and number not in numbers:
            what = Sentence("there is no {no} on the sheet Associations ({there}).", no=number, there=there)
            row.say("error", "association_no", what)
    for business in entries.businesses:
        number = business.item.association_no
        if business.item.no and number and business.item.no[:-1] != number:
            what = Sentence("but association_no is {no}. Correct one of them if wrong.", no=number)
            business.row.say("warning", "no", what)


def _officers(entries: Entries, says: Says) -> None:
    names = list({plain(one.item.name): one.item.name for one in entries.staff if one.item.name}.values())
    named = [(one.row, one.item.officer) for one in entries.associations if one.item.officer]
    if not names:
        _nothing_there([row for row, _ in named], "Staff", says)
        return
    for row, officer in named:
        meant = officer_named(officer, names)
        if meant is None:
            what = "nobody of this name on the sheet Staff ({there}). Correct it, or add the person."
            row.say("error", "officer", Sentence(what, there=tuple(names)))
        elif plain(meant) != plain(officer):
            row.read_as("officer", meant)


def _nothing_there(rows: Sequence[Row], sheet: str, says: Says) -> None:
    """Said once, not of each row that names something of an empty sheet, or of one under another name."""
    for row in rows:
        row.bad = True
    if rows:
        text = "{sheet}: nothing there, and {n} {n:row|rows} of other sheets {n:needs|need} it. Fill it in."
        says.say("error", sheet, None, Sentence(text, sheet=sheet, n=len(rows)))


def _phones(entries: Entries, says: Says) -> None:
    """One phone, several people: said by them, or an error until it is said."""
    names = {one.item.no: one.item.sms_name for one in entries.associations}
    sharing: dict[str, list[Entry[Leader]]] = defaultdict(list)
    for entry in entries.leaders:
        if entry.item.phone:
            sharing[entry.item.phone].append(entry)
    for phone, users in sharing.items():
        if len(users) > 1 and any(one.item.phone_is not in _OTHERS for one in users):
            who = "; ".join(f"{_first(one)}, {names.get(one.item.association_no, '?')}" for one in users)
            text = Sentence(
                "Leaders row {rows} have the same phone {phone} ({who}). "
                'Shared? Write "shared" in phone_is for {all}.',
                rows=listed(one.row.number for one in users),
                phone=shown(phone),
                who=who,
                all=Sentence("both") if len(users) == 2 else Sentence("all {n}", n=len(users)),
            )
            _mark(users, says, text)
        _same_sms_name(users)
    for person in entries.staff:
        if person.item.phone and person.item.phone in sharing:
            row = sharing[person.item.phone][0].row.number
            what = Sentence("also in Leaders row {row}. Staff need a phone of their own.", row=row)
            person.row.say("error", "phone", what)


def _mark(users: Sequence[Entry[Leader]], says: Says, text: Sentence) -> None:
    for one in users:
        one.row.bad = True
    says.say("error", "Leaders", users[0].row.number, text)


def _first(entry: Entry[Leader]) -> str:
    return entry.item.sms_name or entry.item.name


def _same_sms_name(users: Sequence[Entry[Leader]]) -> None:
    """A question like "1 Odette 2 Odette" helps nobody."""
    seen: dict[str, int] = {}
    for one in users:
        name = plain(one.item.sms_name)
        if name and name in seen:
            what = Sentence("the same as in row {row}, and they share a phone. Make them different.", row=seen[name])
            one.row.say("warning", "sms_name", what)
        seen.setdefault(name, one.row.number)


def _counts(entries: Entries, says: Says, associations_expected: int, people_per_association: int) -> None:
    numbers = [one.item.no for one in entries.associations]
    if len(numbers) != associations_expected:
        text = Sentence(
            "Associations: {n} {n:row|rows}, the project has {expected}.",
            n=len(numbers),
            expected=str(associations_expected),
        )
        expected = {f"{number:02d}" for number in range(1, associations_expected + 1)}
        there = set(filter(None, numbers))
        if some := expected - there:
            named = {"before": text, "n": len(some), "numbers": listed(sorted(some))}
            text = Sentence("{before} Missing {n:number|numbers}: {numbers}.", **named)
        if some := there - expected:
            named = {"before": text, "n": len(some), "numbers": listed(sorted(some))}
            text = Sentence("{before} Not expected {n:number|numbers}: {numbers}.", **named)
        says.say("warning", "Associations", None, text)
    people = [one.item for one in entries.leaders if not one.item.practice]
    each = Counter(one.association_no for one in people)
    odd = [number for number in sorted({*filter(None, numbers)}) if each[number] != people_per_association]
    if odd or not people:
        text = Sentence(
            "Leaders: {n} {n:person|people}, {expected} per association expected.",
            n=len(people),
            expected=str(people_per_association),
        )
        wrong = listed(Sentence("{no} has {n}", no=number, n=each[number]) for number in odd)
        says.say("warning", "Leaders", None, Sentence("{before} {wrong}.", before=text, wrong=wrong) if odd else text)
