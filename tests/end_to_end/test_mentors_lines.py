"""A mentor's visits as people write them: in sentences, four languages, a partner's name misspelt."""

from __future__ import annotations

from tests.botapi import botapi_fixture  # noqa: F401
from tests.end_to_end.chats import Chats
from tests.end_to_end.test_mentors import _mentor, chats  # noqa: F401

LINES = (
    ("I visited ABAHUZA yesterday, belt changed", "Visit to ABAHUZA, 22/11: belt changed"),
    ("J\u2019ai visité ABAHUZA hier", "Visit to ABAHUZA, 22/11: -"),
    ("nous avons visité l'association 07 le 20 novembre", "Visit to ABAHUZA, 20/11: -"),
    ("Visite chez ABAHUZA le 20 novembre: le savon", "Visit to ABAHUZA, 20/11: le savon"),
    ("visite de 07 hier", "Visit to ABAHUZA, 22/11: -"),
    ("ziara ya ABAHUZA jana mashine", "Visit to ABAHUZA, 22/11: mashine"),
    ("urugendo kwa 07 12/11 imashini", "Visit to ABAHUZA, 12/11: imashini"),
    ("simu 07 jana", "Call with ABAHUZA, 22/11: -"),
    ("called 07: the mill runs", "Call with ABAHUZA, 23/11: the mill runs"),
    ("visit 07 to ISABBU 12/11 seed ordered", "ABAHUZA at ISABU, 12/11: seed ordered"),
    ("visit 07 to the ISABO yesterday", "ABAHUZA at ISABU, 22/11: -"),
)
ASKED = ("visit ABAHUZA TWIYUNGE 12/11", "visite chez 07 et 11 hier", "visit 07, twiyunge yesterday")
NONE = ("visit to ISABU", "I visited my mother", "we called the office")


async def test_a_visit_is_logged_as_people_write_it(chats: Chats) -> None:  # noqa: F811
    claude = await _mentor(chats)
    for line, said in LINES:
        assert (await chats.says(claude, line)).text.splitlines()[0] == said, line
    logged = len(await chats.rows("visits"))
    assert logged == len(LINES)
    for line in ASKED:
        assert (await chats.says(claude, line)).text.startswith("Write the association, the day"), line
    for line in NONE:
        assert (await chats.says(claude, line)).text.startswith("To answer a question"), line
    assert len(await chats.rows("visits")) == logged
