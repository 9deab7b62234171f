"""The rows that cannot be imported: those with an error, and those that need one of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.programme.roster.entries import Entries, Entry
from bot.programme.roster.reading import Says
from bot.render.sentences import Sentence, listed
from handlers.understand.words import plain


def hold(entries: Entries, says: Says) -> None:
    """Say what has to wait for the rows that are bad, and mark it."""
    _people(entries, says)
    _officers(entries, says)


def keys(entries: Entries) -> frozenset[tuple[str, ...]]:
    """Keys of the rows that have an error: they are in the workbook, only not in the roster."""
    found: set[tuple[str, ...]] = set()
    found |= {("Associations", one.item.no) for one in entries.associations if one.row.bad}
    found |= {("Businesses", one.item.no) for one in entries.businesses if one.row.bad}
    found |= {("Partners", plain(one.item.name)) for one in entries.partners if one.row.bad}
    found |= {("Staff", plain(one.item.name)) for one in entries.staff if one.row.bad}
    found |= {("Leaders", one.item.association_no, plain(one.item.name)) for one in entries.leaders if one.row.bad}
    found |= {("Leaders", "", one.item.phone) for one in entries.leaders if one.row.bad and one.item.phone}
    found |= {
        ("Places", one.item.commune_old, one.item.colline)
        for one in entries.places
        if one.row.bad and one.item.colline
    }
    return frozenset(found)


def left_out(entries: Entries) -> tuple[Sentence, ...]:
    """A line for each row that an import leaves out, in the order of the sheets; what is wrong is said elsewhere."""
    sheets: tuple[Iterable[Entry[Any]], ...] = (
        *(entries.associations, entries.leaders, entries.businesses),
        *(entries.staff, entries.places, entries.partners),
    )
    return tuple(
        line(one.row.sheet.name, one.item, one.row.waits) for sheet in sheets for one in sheet if one.row.bad
    )


def line(sheet: str, item: Any, waits: Sentence | str = "") -> Sentence:
    """Left out: Leaders row 14, Odette Nininahazwe; `waits` names the row that it waits for."""
    name = getattr(item, "name", "") or getattr(item, "no", "") or getattr(item, "colline", "")
    place = Sentence("{sheet} row {row}", sheet=sheet, row=item.row)
    whom = (place, name) if name else place
    return (
        Sentence("Left out with {waits}: {whom}", waits=waits, whom=whom)
        if waits
        else Sentence("Left out: {whom}", whom=whom)
    )


def _people(entries: Entries, says: Says) -> None:
    """Nobody can be imported into an association that cannot."""
    for entry in entries.associations:
        number = entry.item.no
        if not entry.row.bad or not number:
            continue
        where = Sentence("{sheet} row {row}", sheet="Associations", row=entry.row.number)
        people = [one.row for one in entries.leaders if one.item.association_no == number and not one.row.bad]
        shops = [one.row for one in entries.businesses if one.item.association_no == number and not one.row.bad]
        for row in (*people, *shops):
            row.bad, row.waits = True, where
        if people or shops:
            text = Sentence(
                "{where} has an error: its people ({people}) and businesses ({shops}) wait until it is corrected.",
                where=where,
                people=len(people),
                shops=len(shops),
            )
            says.say("warning", "Associations", entry.row.number, text)


def _officers(entries: Entries, says: Says) -> None:
    """An association can be imported before its officer can."""
    for entry in entries.staff:
        name = plain(entry.item.name)
        theirs = [one.row.number for one in entries.associations if name and plain(one.item.officer or "") == name]
        if entry.row.bad and theirs:
            number = entry.row.number
            text = Sentence(
                "Staff row {row} has an error: its associations (row {rows}) get no officer until it is corrected.",
                row=number,
                rows=listed(theirs),
            )
            says.say("warning", "Staff", number, text)
