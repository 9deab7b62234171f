"""The table of conversations 4.3, planted in one workbook: thirteen faults, thirteen messages."""

from __future__ import annotations

from pathlib import Path

from bot.programme.roster import check, read
from tests.bot.programme.roster_books import ASSOCIATION, LEADER, STAFF, book, table


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
    assert [(message.level, message.text) for message in checked.messages] == PLANTED
    assert len(PLANTED) == 13
    assert not checked.ok
    assert checked.roster is None, "a required column is missing: nothing can be imported"
