"""Whom a word after 3 finds in the partner directory: as people write it, in any of the four languages."""

from __future__ import annotations

from handlers.partners import looked_for
from handlers.turn import Partner
from tests.cases import cases

DIRECTORY = (
    Partner(1, "Rice seed centre", "rice seed, semences de riz", "Chantal 00 00 00 51", "Rutana", ""),
    Partner(2, "ISABU", "seed, imbuto, mbegu", "Chantal 00 00 00 52", "Gisozi", ""),
    Partner(3, "SODDREC", "processing, beekeeping nets", "the office", "Rutana", ""),
)


@cases(
    "said, found",
    [
        ("seed", "12"), ("seeed", "12"), ("seeds?", "12"), ("semances", "12"), ("imbutho", "12"), ("mbegu", "12"),
        ("procesing", "3"), ("trensformation", "3"), ("usindikaj", "3"), ("guhingurra", "3"), ("beekeping", "3"),
        ("SODREC", "3"), ("l'isabbu", "2"), ("fertiliser", "12"),
        ("money", ""), ("help", ""), ("moto", ""),
        ("sede", ""), ("12", ""), ("x" * 300, ""), ("", ""),
    ],
)  # fmt: skip
def test_a_misspelt_subject_or_name_is_found_and_another_word_is_none(said: str, found: str) -> None:
    assert "".join(sorted(str(one.id) for one in looked_for(said, DIRECTORY))) == found
