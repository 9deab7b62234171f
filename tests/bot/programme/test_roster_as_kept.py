"""Workbooks as they are really kept: pasted numbers, merged cells, sheets that were renamed or copied."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from bot.programme.roster import check, read
from tests.bot.programme.roster_books import ASSOCIATION, LEADER, STAFF, book, table
from tests.bot.programme.test_roster_check import programme, said


def test_marks_that_nobody_sees_are_no_part_of_a_number(tmp_path: Path) -> None:
    """As contacts and chat programmes copy it: between marks of direction, with a joiner."""
    checked = programme(tmp_path, {"phone": "\u202a+257\u00a079\u200b00\u00a000\u00a031\u202c"})
    assert said(checked) == []
    assert checked.roster is not None
    assert checked.roster.leaders[0].phone == "+25779000031"


def test_an_empty_sheet_that_others_name_is_said_once_and_first(tmp_path: Path) -> None:
    people = [LEADER | {"name": f"Odette {letter}", "phone": f"79 00 01 {n}"} for n, letter in enumerate("ABC", 10)]
    both = [ASSOCIATION | {"officer": "Eric"}, ASSOCIATION | {"no": "08", "sms_name": "UMUCO", "officer": "Jean"}]
    file = book(tmp_path / "r.xlsx", Associations=table(both), Leaders=table(people), Personnel=table([STAFF]))
    checked = check(read(file), associations_expected=2, people_per_association=3)
    assert said(checked)[0] == ("error", "Staff: nothing there, and 2 rows of other sheets need it. Fill it in.")
    assert checked.count("error") == 1
    file = book(tmp_path / "r.xlsx", Groups=table(both), Leaders=table(people), Staff=table([STAFF]))
    checked = check(read(file), associations_expected=2, people_per_association=3)
    assert [text for level, text in said(checked) if level == "error"] == [
        'sheet Associations not found; found "Groups", "Leaders", "Staff". Rename or add it.',
        "Associations: nothing there, and 3 rows of other sheets need it. Fill it in.",
    ]


def test_the_sheet_of_this_name_is_read_and_not_an_older_one_beside_it(tmp_path: Path) -> None:
    older = LEADER | {"phone": "79 00 00 99"}
    sheets = {"leaders ": table([older]), "Leaders": table([LEADER]), "Associations": table([ASSOCIATION])}
    checked = check(read(book(tmp_path / "r.xlsx", **sheets)), associations_expected=1, people_per_association=1)
    assert checked.roster is not None
    assert [one.phone for one in checked.roster.leaders] == ["+25779000031"]


def test_a_number_merged_over_the_rows_of_its_people_is_said_of_each(tmp_path: Path) -> None:
    people = [LEADER | {"name": f"Odette {letter}", "phone": f"79 00 01 {n}"} for n, letter in enumerate("ABC", 10)]
    file = book(tmp_path / "r.xlsx", Associations=table([ASSOCIATION]), Leaders=table(people))
    merged = openpyxl.load_workbook(file)
    merged["Leaders"].merge_cells("A2:A5")  # row 5 is empty
    merged.save(file)
    checked = check(read(file), associations_expected=1, people_per_association=3)
    assert checked.roster is not None
    assert [one.association_no for one in checked.roster.leaders] == ["07", "07", "07"]
    assert checked.ok


def test_an_officer_may_be_called_by_her_first_name(tmp_path: Path) -> None:
    staff = [
        STAFF | {"name": "Eric Nkurunziza", "phone": ""},
        STAFF | {"name": "Jean Ndayizeye", "phone": "79000002"},
    ]
    sheets = {"Leaders": table([LEADER]), "Staff": table(staff)}

    def of(officer: str) -> tuple[list[str], str | None]:
        file = book(tmp_path / "r.xlsx", Associations=table([ASSOCIATION | {"officer": officer}]), **sheets)
        checked = check(read(file), associations_expected=1, people_per_association=1)
        assert checked.roster is not None
        told = [message.text for message in checked.messages if "officer" in message.text]
        return told, checked.roster.associations[0].officer if checked.roster.associations else None

    assert of("eric ") == (['Associations row 2, officer "eric" read as Eric Nkurunziza.'], "Eric Nkurunziza")
    assert of("NKURUNZIZA Eric") == (
        ['Associations row 2, officer "NKURUNZIZA Eric" read as Eric Nkurunziza.'],
        "Eric Nkurunziza",
    )
    staff.append(STAFF | {"name": "Eric Bigirimana", "phone": "79000003"})
    sheets["Staff"] = table(staff)
    (told,), nobody = of("Eric")
    assert told.endswith("(Eric Nkurunziza, Jean Ndayizeye, Eric Bigirimana). Correct it, or add the person.")
    assert nobody is None


def test_words_below_a_table_are_nobody(tmp_path: Path) -> None:
    names = list(LEADER)
    below = [[text, *[""] * (len(names) - 1)] for text in ("Fait à Rutana, le 1/8/2026", "07")]
    file = book(tmp_path / "r.xlsx", Leaders=[*table([LEADER]), *below], Associations=table([ASSOCIATION]))
    checked = check(read(file), associations_expected=1, people_per_association=1)
    texts = [text for _, text in said(checked) if text.startswith("Leaders row")]
    assert texts.count('Leaders row 3: only "Fait à Rutana, le 1/8/2026" stands there; it is left out.') == 1
    assert not any("row 3," in text for text in texts)
    assert "Leaders row 4, name is empty. Write it." in texts, "she was begun"


def test_a_leader_of_no_association_counts_for_none(tmp_path: Path) -> None:
    texts = [text for _, text in said(programme(tmp_path, {"association_no": "Abahuza"}))]
    assert "Leaders: 1 person, 1 per association expected. 07 has 0." in texts
