"""Every message of the roster check, with its words and its level."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.programme.roster import Checked, check, read
from bot.programme.roster.columns import SHEETS
from tests.bot.programme.roster_books import ASSOCIATION, LEADER, STAFF, book, table
from tests.examples import examples


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
    assert not [one.text.said("fr") for one in checked.messages if one.text.said("fr") == one.text]
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
        *(
            ({"phone": two}, "error", f'Leaders row 2, phone "{two}": more than one number. Keep one.')
            for two in ("79000031 / 68000031", "79 00 00 31 ou 68 00 00 31", "+25779000031;+25768000031")
        ),
        *(
            (
                {"consent_date": day},
                "error",
                f'Leaders row 2, consent_date "{day}": not a day from 2000 to 2099. Correct it.',
            )
            for day in ("01/08/0026", "01/01/0001", date(1900, 1, 3), date(2107, 1, 1))
        ),
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
        ({"consent_how": "signé"}, "note", 'Leaders row 2, consent_how "signé" read as paper.'),
        (
            {"consent_date": "31/2/26"},
            "error",
            'Leaders row 2, consent_date "31/2/26": not a date. Write day/month/year, example 12/11/2026.',
        ),
        (
            {"consent_date": "1/12/26"},
            "error",
            'Leaders row 2, consent_date "1/12/26": has not come yet. Correct it.',
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
            {"sms_name": "Stop"},
            "warning",
            'Leaders row 2, sms_name "Stop": a word that leaders send as a command. Choose another.',
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
            {"sms_name": "FASHA"},
            "warning",
            'Associations row 2, sms_name "FASHA": a word that leaders send as a command. Choose another.',
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


@examples(300)
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
    assert all(message.text.said(language).strip() for message in checked.messages for language in ("en", "fr"))
