"""Checks a roster workbook: every message says where, what and what to do (conversations, 4.3).

Pure: nothing is written, nothing is looked up in the database. Rows with an error are left out of
the roster; whether a roster with errors may be imported is for the caller to decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.programme.roster import across, items, waiting
from bot.programme.roster.columns import ASSOCIATIONS, BUSINESSES, LEADERS, PARTNERS, PLACES, STAFF
from bot.programme.roster.entries import Entries, Entry
from bot.programme.roster.names import COMMUNES_NOW, COMMUNES_OLD, Communes
from bot.programme.roster.nouns import LEVELS, Checked, Roster, Workbook, with_officers
from bot.programme.roster.reading import Incomplete, Row, Says, rows_of
from bot.programme.roster.workbook import shown


def check(
    workbook: Workbook,
    *,
    associations_expected: int,
    people_per_association: int,
    demo: bool = False,
    today: date | None = None,
) -> Checked:
    """All messages, errors first, those of whole sheets before all, and the roster of the rows without errors.

    `demo` accepts telephone numbers that cannot exist; with `today` a consent in the future is refused.
    The roster is None when a required sheet or column is missing: then nothing can be imported.
    """
    says = Says()
    sheets = (ASSOCIATIONS, LEADERS, BUSINESSES, STAFF, PLACES, PARTNERS)
    tables = [rows_of(workbook, sheet, says) for sheet in sheets]
    associations, leaders, businesses, staff, places, partners = ([] if rows is None else rows for rows in tables)
    communes = _communes(places)
    entries = Entries(
        [Entry(row, items.association(row, *communes)) for row in associations],
        [Entry(row, items.leader(row, demo, today)) for row in leaders],
        [Entry(row, items.business(row)) for row in businesses],
        [Entry(row, items.staff(row, demo, *communes)) for row in staff],
        [Entry(row, items.place(row, *communes)) for row in places],
        [Entry(row, items.partner(row)) for row in partners],
    )
    across.check(entries, says, associations_expected, people_per_association)
    order = {level: number for number, level in enumerate(LEVELS)}
    messages = tuple(
        sorted(says.messages, key=lambda one: (order[one.level], one.level == "error" and bool(one.row)))
    )
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
