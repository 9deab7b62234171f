"""Every message of the roster check, with its words and its level."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.programme.roster import Checked, check, read
from bot.programme.roster.columns import SHEETS

ASSOCIATION = {
    "no": "07",
    "name": "Abahuza",
    "sms_name": "ABAHUZA",
    "commune_old": "Rutana",
    "commune_now": "Rutana",
    "colline": "Kivoga",
}
LEADER = {
    "association_no": "07",
    "name": "Odette Nininahazwe",
    "sms_name": "Odette",
    "sex": "F",
    "phone": "79 00 00 31",
    "phone_is": "own",
    "language": "rn",
    "consent": "yes",
    "consent_date": date(2026, 8, 1),
    "consent_how": "paper",
}
STAFF = {"name": "Eric", "role": "officer"}


def book(path: Path, **sheets: list[list[Any]]) -> Path:
    """A workbook of these rows, as an office worker could have typed them."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as out:
        day = out.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            page = out.add_worksheet(name)
            for number, row in enumerate(rows):
                for place, cell in enumerate(row):
                    if isinstance(cell, date):
                        page.write_datetime(number, place, cell, day)
                    elif isinstance(cell, int | float):
                        page.write_number(number, place, cell)
                    elif cell:
                        page.write_string(number, place, cell)
    return path


def table(rows: list[dict[str, Any]], names: list[str] | None = None) -> list[list[Any]]:
    """Rows by column name -> a header and its rows."""
    names = names or list(dict.fromkeys(name for row in rows for name in row))
    return [names, *([row.get(name, "") for name in names] for row in rows)]


def programme(path: Path, leader: dict[str, Any] | None = None, **association: Any) -> Checked:
    """One association, one leader (changed as told), one officer."""
    file = book(
        path / "roster.xlsx",
        Associations=table([ASSOCIATION | association]),
        Leaders=table([LEADER | (leader or {})]),
        Businesses=table([{"no": "07A", "association_no": "07", "type": "rice husker"}]),
        Staff=table([STAFF]),
        Places=table([{"commune_old": "Rutana", "commune_now": "Rutana", "colline": "Kivoga"}]),
    )
    return check(read(file), associations_expected=1, people_per_association=1, today=date(2026, 11, 23))


def said(checked: Checked) -> list[tuple[str, str]]:
    return [(message.level, message.text) for message in checked.messages]


def test_a_good_roster_has_nothing_to_say(tmp_path: Path) -> None:
    checked = programme(tmp_path)
    assert said(checked) == []
    assert checked.ok
    assert checked.roster is not None
    assert checked.roster.leaders[0].phone == "+25779000031"
    assert checked.roster.leaders[0].consent == "yes"


@pytest.mark.parametrize(
    ("leader", "level", "text"),
    [
        (
            {"phone": "7912345"},
            "error",
            'Leaders row 2, phone "7912345": 7 digits, Burundi numbers have 8. Add the missing digit.',
        ),
        (
            {"phone": 790000310},
            "error",
            'Leaders row 2, phone "790000310": 9 digits, Burundi numbers have 8. Remove the extra digit.',
        ),
        (
            {"phone": "12345678"},
            "error",
            'Leaders row 2, phone "12345678": no number in Burundi begins with 12. Correct it.',
        ),
        (
            {"phone": "00 00 00 31"},
            "error",
            'Leaders row 2, phone "00 00 00 31": a number for demonstrations, it cannot exist. Write the real one.',
        ),
        ({"phone": ""}, "error", "Leaders row 2, phone is empty. Write it."),
        ({"phone": "call Eric"}, "error", 'Leaders row 2, phone "call Eric": not a phone number. Write 8 digits.'),
        (
            {"phone": 6.9e7},
            "warning",
            "Leaders row 2, phone came from Excel as 6.9E+07, read as 69000000. Please check.",
        ),
        (
            {"phone": "6.9E+07"},
            "warning",
            "Leaders row 2, phone came from Excel as 6.9E+07, read as 69000000. Please check.",
        ),
        (
            {"association_no": "25"},
            "error",
            'Leaders row 2, association_no "25": there is no 25 on the sheet Associations (07).',
        ),
        ({"language": "kirundi"}, "note", 'Leaders row 2, language "kirundi" read as rn.'),
        ({"language": "Français"}, "note", 'Leaders row 2, language "Français" read as fr.'),
        (
            {"language": "lingala"},
            "error",
            'Leaders row 2, language "lingala": not known. Write one of rn, fr, sw, en.',
        ),
        (
            {"consent": "not asked"},
            "warning",
            'Leaders row 2, consent "not asked": the person will get the two consent SMS and nothing else.',
        ),
        (
            {"consent_how": ""},
            "warning",
            'Leaders row 2, consent "yes": without consent_how it does not count, the person will get the two '
            "consent SMS and nothing else. Add what is missing.",
        ),
        (
            {"consent_date": date(2027, 1, 1)},
            "error",
            'Leaders row 2, consent_date "2027-01-01": has not come yet. Correct it.',
        ),
        (
            {"sms_name": "Jean-Baptiste-M"},
            "note",
            'Leaders row 2, sms_name "Jean-Baptiste-M": has 15 letters, shortened to "Jean-Bapt-M". '
            "Change it if wrong.",
        ),
        (
            {"sms_name": "Françoise"},
            "note",
            'Leaders row 2, sms_name "Françoise": ç cannot be sent cheaply, "Francoise" will be used.',
        ),
        (
            {"can_read": "no", "channel": "sms"},
            "warning",
            'Leaders row 2: can_read "no" with channel "sms". Use "call"?',
        ),
        ({"sex": "x"}, "error", 'Leaders row 2, sex "x": not known. Write one of F, M.'),
        ({"youth": "maybe"}, "error", 'Leaders row 2, youth "maybe": not known. Write one of y, n.'),
    ],
)
def test_what_is_said_of_a_leader(tmp_path: Path, leader: dict[str, Any], level: str, text: str) -> None:
    found = [one for one in said(programme(tmp_path, leader)) if not one[1].startswith("Leaders: ")]
    assert (level, text) in found
    assert {one[0] for one in found if one != (level, text)} <= {"warning", "note"}


@pytest.mark.parametrize(
    ("association", "level", "text"),
    [
        ({"commune_old": "giharo "}, "note", 'Associations row 2, commune_old "giharo" read as Giharo.'),
        (
            {"commune_old": "Mpinga Kayove"},
            "note",
            'Associations row 2, commune_old "Mpinga Kayove" read as Mpinga-Kayove.',
        ),
        (
            {"commune_now": "Paris"},
            "warning",
            'Associations row 2, commune_now "Paris": not one of Musongati, Rutana. Correct it, or add it to the '
            "sheet Places.",
        ),
        (
            {"sms_name": "Abahuza b'i Kivoga"},
            "note",
            'Associations row 2, sms_name "Abahuza b\'i Kivoga": at most 11 letters A-Z, "ABAHUZA" will be used. '
            "Change it if wrong.",
        ),
        (
            {"officer": "Erik"},
            "error",
            'Associations row 2, officer "Erik": nobody of this name on the sheet Staff (Eric). Correct it, or add '
            "the person.",
        ),
        (
            {"members_women": "many"},
            "error",
            'Associations row 2, members_women "many": not a whole number up to 100000. Write digits only.',
        ),
    ],
)
def test_what_is_said_of_an_association(tmp_path: Path, association: Any, level: str, text: str) -> None:
    found = said(programme(tmp_path, None, **association))
    if level != "error":
        assert found == [(level, text)]
    else:
        assert found[0] == (level, text)
        assert found[1][1].endswith("wait until it is corrected.")


def test_excel_makes_numbers_of_numbers(tmp_path: Path) -> None:
    checked = programme(tmp_path, {"association_no": 7, "phone": 79000031}, no=7)
    assert said(checked) == []


def planted(path: Path) -> Path:
    """The table of conversations 4.3: every fault once, in one workbook."""
    associations = [
        ASSOCIATION | {"no": f"{n:02d}", "sms_name": f"ABA{chr(64 + n)}", "colline": f"Hill {n}"}
        for n in range(1, 25)
        if n != 17
    ]
    associations[4]["commune_old"] = "Mpinga Kayove"
    people = [
        LEADER | {"association_no": f"{n:02d}", "name": f"Odette {chr(64 + n)}{i}", "phone": f"79 10 {n:02d} {i:02d}"}
        for n in range(1, 25)
        for i in range(5)
        if n != 17
    ]
    people[0] |= {"phone": "7912345"}
    people[1] |= {"phone": "79 00 00 31", "sms_name": "Odette"}
    people[2] |= {"phone": "79000031", "sms_name": "Jean"}
    people[3] |= {"association_no": "25"}
    people[4] |= {"consent": "not asked"}
    people[5] |= {"language": "kirundi"}
    people[6] |= {"phone": 6.9e7}
    people[7] |= {"sms_name": "Jean-Baptiste-M"}
    people[8] |= {"sms_name": "Françoise"}
    people[9] |= {"can_read": "no", "channel": "sms"}
    rows = table(people)
    rows[0] = ["Langue parlee" if name == "language" else name for name in rows[0]]
    return book(
        path / "planted.xlsx",
        Associations=table(associations),
        Leaders=rows,
        Businesses=table([{"no": "07A", "association_no": "07", "type": "rice husker"}]),
        Staff=table([STAFF]),
        Places=[["commune_old", "commune_now", "colline"]],
    )


PLANTED = [
    ("error", 'Leaders: column "language" not found; found "Langue parlee". Rename it to language.'),
    ("error", 'Leaders row 2, phone "7912345": 7 digits, Burundi numbers have 8. Add the missing digit.'),
    ("error", 'Leaders row 5, association_no "25": there is no 25 on the sheet Associations (01-24).'),
    (
        "error",
        "Leaders row 3 and 4 have the same phone 79 00 00 31 (Odette, ABAA; Jean, ABAA). "
        'Shared? Write "shared" in phone_is for both.',
    ),
    (
        "warning",
        'Leaders row 6, consent "not asked": the person will get the two consent SMS and nothing else.',
    ),
    ("warning", "Leaders row 8, phone came from Excel as 6.9E+07, read as 69000000. Please check."),
    ("warning", 'Leaders row 11: can_read "no" with channel "sms". Use "call"?'),
    ("warning", "Associations: 23 rows, the project has 24. Missing number: 17."),
    ("warning", "Leaders: 115 people, 5 per association expected. 01 has 4."),
    ("note", 'Associations row 6, commune_old "Mpinga Kayove" read as Mpinga-Kayove.'),
    ("note", 'Leaders row 7, language "kirundi" read as rn.'),
    (
        "note",
        'Leaders row 9, sms_name "Jean-Baptiste-M": has 15 letters, shortened to "Jean-Bapt-M". Change it if wrong.',
    ),
    ("note", 'Leaders row 10, sms_name "Françoise": ç cannot be sent cheaply, "Francoise" will be used.'),
]


def test_thirteen_planted_faults_give_thirteen_messages(tmp_path: Path) -> None:
    checked = check(read(planted(tmp_path)), associations_expected=24, people_per_association=5)
    assert said(checked) == PLANTED
    assert len(PLANTED) == 13
    assert not checked.ok
    assert checked.roster is None, "a required column is missing: nothing can be imported"


def test_rows_with_errors_are_left_out_and_the_others_stay(tmp_path: Path) -> None:
    people = [LEADER | {"name": f"Odette {letter}", "phone": f"79 00 01 {n}"} for n, letter in enumerate("ABC", 10)]
    people[1]["phone"] = "12"
    file = book(tmp_path / "r.xlsx", Associations=table([ASSOCIATION]), Leaders=table(people))
    checked = check(read(file), associations_expected=1, people_per_association=3)
    assert checked.count("error") == 1
    assert checked.roster is not None
    assert [one.row for one in checked.roster.leaders] == [2, 4]
    assert ("Leaders", "07", "odette b") in checked.roster.waiting


def test_a_phone_said_to_be_shared_is_fine(tmp_path: Path) -> None:
    people = [LEADER | {"phone_is": "shared"}, LEADER | {"name": "Jean N", "sms_name": "Jean", "phone_is": "shared"}]
    file = book(tmp_path / "r.xlsx", Associations=table([ASSOCIATION]), Leaders=table(people))
    checked = check(read(file), associations_expected=1, people_per_association=2)
    assert checked.ok
    assert checked.roster is not None
    assert len(checked.roster.leaders) == 2


def test_a_phone_of_staff_is_nobody_elses(tmp_path: Path) -> None:
    file = book(
        tmp_path / "r.xlsx",
        Associations=table([ASSOCIATION]),
        Leaders=table([LEADER]),
        Staff=table([STAFF | {"phone": "79000031"}]),
    )
    checked = check(read(file), associations_expected=1, people_per_association=1)
    text = 'Staff row 2, phone "79000031": also in Leaders row 2. Staff need a phone of their own.'
    assert ("error", text) in said(checked)


def test_position_means_nothing_and_marked_rows_are_ignored(tmp_path: Path) -> None:
    names = list(reversed(LEADER))
    rows = table([LEADER], names)
    width = len(names)
    rows[1:1] = [["# explained", *[""] * (width - 1)], ["EXAMPLE paper", *["x"] * (width - 1)]]
    rows = [["Our programme", *[""] * (width - 1)], [""] * width, *rows, [""] * width, ["#", "not", "read"]]
    file = book(tmp_path / "r.xlsx", Leaders=rows, Associations=table([ASSOCIATION], list(reversed(ASSOCIATION))))
    checked = check(read(file), associations_expected=1, people_per_association=1)
    assert {level for level, _ in said(checked)} <= {"warning"}, "only that the optional sheets are missing"
    assert checked.roster is not None
    assert [one.row for one in checked.roster.leaders] == [6]


def test_missing_sheets_and_columns_name_what_was_found(tmp_path: Path) -> None:
    file = book(tmp_path / "r.xlsx", Personnes=table([LEADER]), Associations=[["no", "nom"], ["07", "Abahuza"]])
    checked = check(read(file), associations_expected=1, people_per_association=5)
    texts = [message.text for message in checked.messages if message.level == "error"]
    assert 'Associations: column "name" not found; found "nom". Rename it to name.' in texts
    assert 'Associations: column "colline" not found. Add it.' in texts
    assert 'sheet Leaders not found; found "Personnes", "Associations". Rename or add it.' in texts
    assert checked.roster is None


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_cell_makes_the_check_raise(data: st.DataObject) -> None:
    from bot.programme.roster.nouns import Workbook

    cells = st.one_of(
        st.text(max_size=20),
        st.floats(),
        st.integers(),
        st.booleans(),
        st.dates(),
        st.datetimes(),
        st.timedeltas(),
        st.just(""),
    )

    def sheets() -> Iterator[tuple[str, Any]]:
        for sheet in SHEETS:
            names = [column.name for column in sheet.columns]
            rows = data.draw(st.lists(st.lists(cells, min_size=len(names), max_size=len(names)), max_size=4))
            yield sheet.name, ((1, tuple(names)), *((n, tuple(row)) for n, row in enumerate(rows, 2)))

    checked = check(Workbook("w", dict(sheets())), associations_expected=2, people_per_association=2)
    assert all(message.text.strip() for message in checked.messages)
