"""Every script in tests/conversations is played against the service; and the player can fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.play import ScriptError, difference, matches, parse, play

SCRIPTS = sorted((Path(__file__).parent / "conversations").glob("*.txt"))


def test_scripts_are_found() -> None:
    assert len(SCRIPTS) >= 5


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
async def test_conversation(script: Path, tmp_path: Path) -> None:
    await play(script.read_text(encoding="utf-8"), script.name, tmp_path)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("> HELP\n", "not expected  OIM ABAHUZA"),
        ("> HELP\n< OIM ABAHUZA.*\n< OIM: and another\n", "but came      nothing"),
        ("> HELP\n< OIM ABAHUZI. Send*\n", "^ from here"),
        ("> FIX 9999\n> STOP\n", "not expected"),
    ],
    ids=["an answer too many", "an answer too few", "another answer", "not expected in the middle"],
)
async def test_a_wrong_script_fails_and_says_where(script: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError) as failed:
        await play(f"as: ABAHUZA ODETTE\nlanguage: en\n{script}", "wrong.txt", tmp_path)
    assert said in str(failed.value)
    assert "wrong.txt:3" in str(failed.value)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("as: ODETTE\n> 1\nHELP\n", "x:3: 'HELP' is no step"),
        ("as: ODETTE\n@ 1 day\n", "x:2: '@ 1 day' is no step"),
        ("as: ODETTE\nlanguage: english\n> 1\n", "x:2: language: one of rn, fr, sw, en"),
        ("> 1\n", "x: begin with"),
        ("as: ODETTE\n", "x: sends nothing"),
    ],
)
def test_a_script_that_cannot_be_read_says_where(script: str, said: str) -> None:
    with pytest.raises(ScriptError) as failed:
        parse(script, "x")
    assert said in str(failed.value)


async def test_a_name_that_two_people_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match="Write ASSOCIATION NAME"):
        await play("as: NOBODY\n> 1\n", "x", tmp_path)


def test_wildcards() -> None:
    assert matches("OIM No {number} OK.*", "OIM No 4127 OK. 12/11\nprocessing")
    assert matches("a * b", "a * b")
    assert not matches("OIM No {number} OK.", "OIM No 41x OK.")
    assert not matches("OIM No {number} OK.", "OIM No 4127 OK. And more")
    assert not matches("a.c", "abc")


def test_the_difference_points_at_the_first_word() -> None:
    *_, came, pointer = difference("OIM No {number} OK. 12 men", "OIM No 4127 OK. 13 men")
    assert pointer.index("^") == came.index("13")
