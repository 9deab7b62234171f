"""The rows that cannot be imported: those with an error, and those that need one of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.programme.roster.entries import Entries, Entry, listed
from bot.programme.roster.reading import Says
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


def left_out(entries: Entries) -> tuple[str, ...]:
    """A line for each row that an import leaves out, in the order of the sheets; what is wrong is said elsewhere."""
    sheets: tuple[Iterable[Entry[Any]], ...] = (
        *(entries.associations, entries.leaders, entries.businesses),
        *(entries.staff, entries.places, entries.partners),
    )
    return tuple(
        line(one.row.sheet.name, one.item, one.row.waits) for sheet in sheets for one in sheet if one.row.bad
    )


def line(sheet: str, item: Any, waits: str = "") -> str:
    """Left out: Leaders row 14, Odette Nininahazwe; `waits` names the row that it waits for."""
    name = getattr(item, "name", "") or getattr(item, "no", "") or getattr(item, "colline", "")
    why = f" with {waits}" if waits else ""
    return f"Left out{why}: {sheet} row {item.row}" + (f", {name}" if name else "")


def _people(entries: Entries, says: Says) -> None:
    """Nobody can be imported into an association that cannot."""
    for entry in entries.associations:
        number = entry.item.no
        if not entry.row.bad or not number:
            continue
        where = f"Associations row {entry.row.number}"
        people = [one.row for one in entries.leaders if one.item.association_no == number and not one.row.bad]
        shops = [one.row for one in entries.businesses if one.item.association_no == number and not one.row.bad]
        for row in (*people, *shops):
            row.bad, row.waits = True, where
        if people or shops:
            text = (
                f"{where} has an error: its people ({len(people)}) and "
                f"businesses ({len(shops)}) wait until it is corrected."
            )
            says.say("warning", "Associations", entry.row.number, text)


def _officers(entries: Entries, says: Says) -> None:
    """An association can be imported before its officer can."""
    for entry in entries.staff:
        name = plain(entry.item.name)
        theirs = [one.row.number for one in entries.associations if name and plain(one.item.officer or "") == name]
        if entry.row.bad and theirs:
            number = entry.row.number
            text = (
                f"Staff row {number} has an error: its associations (row {listed(theirs)}) get no officer until it "
            )
            says.say("warning", "Staff", number, text + "is corrected.")
