"""`--as NAME`, and what is refused, of the commands about messages, tasks, questions and visits."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import date, timedelta

import pytest

from tests.bot.cli.test_mentors import _json, _run, programme
from tests.programme import Programme

__all__ = ["programme"]


@pytest.fixture
def waits(programme: Programme) -> Programme:
    """A message of the association 07 waits; Eric looks after 11 only."""
    with contextlib.closing(sqlite3.connect("kurikirana.db")) as tx, tx:
        tx.execute(
            "insert into tasks (id, kind, state, due_at, person_id, association_id, address_id, inbox_id, about,"
            " sealed, made_at) select 5, 'read', 'open', 1, person_id, 1, address_id, inbox_id, '', 0,"
            " 1900000000000000 from questions"
        )
        tx.execute("update people set area = '11' where sms_name = 'Eric'")
    return programme


def test_with_as_nobody_does_more_than_in_her_chat(waits: Programme) -> None:
    assert len(_json("inbox")) == 1 and _json("inbox", "--as", "Eric") == []
    for words in ("inbox", "today", "task list"):
        assert "sees no messages" in _run(*words.split(), "--as", "Beatrice", code=1).stderr
    for words in (
        ("inbox", "reply", "5", "we come", "--yes", "1"),
        ("inbox", "give", "5", "--to", "Claude"),
        ("task", "close", "5", "--result", "talked"),
    ):
        assert "There is no task 5" in _run(*words, "--as", "Eric", code=1).stderr
    for words in (
        ("answer", "612", "let it cool", "--yes", "1"),
        ("give", "612", "--to", "officer"),
        ("log", "visit", "07"),
    ):
        for who in ("Eric", "Beatrice"):
            assert "does not look after" in _run("mentors", *words, "--as", who, code=1).stderr
    assert len(_json("inbox")) == 1 and _json("mentors", "questions")[0]["state"] == "open"
    _run("mentors", "log", "visit", "11", "--as", "Eric")
    _run("mentors", "answer", "612", "let it cool", "--as", "Claude", "--yes", "1")


def test_an_answer_that_says_nothing_and_a_day_before_the_project_are_refused(waits: Programme) -> None:
    for text in ("👍", ".", " "):
        assert "The answer is empty." in _run("inbox", "reply", "5", text, "--yes", "1", code=1).stderr
        assert "The answer is empty." in _run("mentors", "answer", "612", text, "--yes", "1", code=1).stderr
    assert "before the project" in _run("mentors", "log", "visit", "07", "--on", "1999-01-01", code=1).stderr
    assert len(_json("inbox")) == 1


def test_a_visit_of_a_demo_whose_clock_was_moved_is_of_its_own_day(programme: Programme) -> None:
    with contextlib.closing(sqlite3.connect("kurikirana.db")) as tx, tx:
        tx.execute("insert into facts (name, value) values ('clock_offset_s', ?)", (str(5 * 86_400),))
    _run("mentors", "log", "visit", "07")
    (logged,) = _json("mentors", "log")
    assert date.fromisoformat(logged["day"]) >= date.today() + timedelta(days=4)
