"""mentors and lessons on the command line, on a small programme with a question and lessons in it."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import getpass
import json
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection
from typer.testing import CliRunner

from bot.__main__ import app
from bot.programme import roster as rosters
from bot.store import tables as t
from bot.store.engine import Database
from tests.programme import ODETTE, Programme, small_roster

AT = datetime(2026, 11, 23, 15, 31, tzinfo=UTC)
PARTNER = rosters.Partner("ISABU", "seed, semences", "Chantal 00 00 00 52", "Gisozi")


async def _fill(tx: AsyncConnection, items: Sequence[None]) -> list[None]:
    people = small_roster()
    mentor = rosters.Staff("Claude", "mentor", "+25779123490", languages="en fr", subjects="processing")
    await rosters.load(tx, replace(people, staff=(*people.staff, mentor), partners=(PARTNER,)), AT, "test")
    address = (await tx.execute(select(t.addresses.c.id).where(t.addresses.c.value == ODETTE))).scalar_one()
    person = (await tx.execute(select(t.people.c.id).where(t.people.c.sms_name == "Odette"))).scalar_one()
    claude = (await tx.execute(select(t.people.c.id).where(t.people.c.sms_name == "Claude"))).scalar_one()
    arrived = {
        "channel": "kannel",
        "dedupe_key": "q",
        "address_id": address,
        "kind": "text",
        "text": "why is it hot?",
    }
    row = insert(t.inbox).values(arrived | {"received_at": AT, "state": "done"})
    inbox = (await tx.execute(row)).inserted_primary_key[0]
    asked = {"number": 612, "inbox_id": inbox, "address_id": address, "person_id": person, "association_id": 1}
    asked |= {"mentor_id": claude, "asked_at": AT, "promised_at": AT}
    await tx.execute(insert(t.questions).values(asked))
    for number, text, show in (
        (1, "Tupime umuceri", "name"),
        (2, "Ask Odette: 79 12 34 56", "anonymous"),
        (3, "x", "no"),
    ):
        row = {"number": number, "inbox_id": inbox, "address_id": address, "person_id": person, "association_id": 1}
        row |= {"text": text, "language": "rn", "show": show, "translations": {}, "at": AT}
        await tx.execute(insert(t.lessons).values(row))
    return [None] * len(items)


@pytest.fixture
def programme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programme:
    made = Programme(tmp_path, {})
    monkeypatch.setenv("KURIKIRANA_CONFIG", str(tmp_path / "kurikirana.toml"))
    monkeypatch.chdir(tmp_path)

    async def fill() -> None:
        database = await Database.open("sqlite:///kurikirana.db", tmp_path)
        try:
            await database.writer.do(_fill, None)
        finally:
            await database.close()

    asyncio.run(fill())
    return made


def _run(*words: str, code: int = 0) -> Any:
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == code, (done.stdout, done.stderr)
    return done


def _json(*words: str) -> Any:
    return json.loads(_run(*words, "--json").stdout)


def test_a_question_is_listed_shown_and_answered_once(programme: Programme) -> None:
    (listed,) = _json("mentors", "questions")
    assert (listed["number"], listed["association"], listed["mentor"]) == (612, "07", "Claude")
    assert "why is it hot" not in json.dumps(listed)
    assert _json("mentors", "show", "612")["question"] == "why is it hot?"
    assert "no question No 7" in _run("mentors", "show", "7", code=1).stderr
    with contextlib.closing(sqlite3.connect("kurikirana.db")) as tx:
        noted = tx.execute("select who, what, details from audit").fetchall()
    assert noted[1:] == [(getpass.getuser(), "question shown", '{"number":612}')], "who read it stands there"
    assert _json("mentors", "list")[0]["open"] == 1
    dry = _run("mentors", "answer", "612", "let it cool", "--dry-run")
    assert dry.stdout.strip() == "Mentor No 612: let it cool Helped? 1 yes 2 no"
    assert "1 SMS" in dry.stderr and "Nothing was sent" in dry.stderr
    assert _json("mentors", "questions")[0]["state"] == "open"
    foreign = _run("mentors", "answer", "612", "arretez la machine avec vous", code=1)
    assert "Your text is French, the leader reads English" in foreign.stderr and "--yes 1" in foreign.stderr
    assert "--yes 1" in _run("mentors", "answer", "612", "let it cool", "--yes", "2", code=1).stderr
    assert "0 people of the team" in _run("mentors", "answer", "612", "x", "--as", "Nobody", code=1).stderr
    shown = json.loads(_run("mentors", "answer", "612", "let it cool", "--dry-run", "--json").stdout)
    assert (shown["phones"], shown["parts"], shown["answered"]) == (1, 1, False)
    _run("mentors", "answer", "612", "let it cool", "--as", "Claude", "--yes", "1")
    again = _run("mentors", "answer", "612", "or so", code=1)
    assert "Claude answered No 612 on" in again.stderr
    assert _json("mentors", "questions") == []
    (answered,) = json.loads(_run("mentors", "questions", "--all", "--json").stdout)
    assert (answered["state"], answered["answered_by"]) == ("answered", "Claude")
    assert _json("mentors", "list")[0]["answered"] == 1


def test_a_question_is_passed_on_and_its_task_is_answered_as_one(programme: Programme) -> None:
    assert _json("mentors", "give", "612", "--to", "claude", "--dry-run") == {
        "number": 612, "to": "Claude", "given": False
    }  # fmt: skip
    assert "there are Claude. Or write officer" in _run("mentors", "give", "612", "--to", "Eric", code=1).stderr
    assert "goes to the officer" in _run("mentors", "give", "612", "--to", "officer").stderr
    assert _json("mentors", "questions")[0]["mentor"] is None
    with contextlib.closing(sqlite3.connect("kurikirana.db")) as tx:
        (woken,) = tx.execute("select data from inbox where kind = 'timer'").fetchone()
        assert json.loads(woken) == {"timer": "wake", "what": "given", "number": 612}
        tx.execute(
            "insert into tasks (id, kind, about, due_at, made_at, address_id, association_id)"
            " select 9, 'question', 'No 612', asked_at, asked_at, address_id, 1 from questions"
        )
        tx.commit()
    assert _json("inbox")[0]["text"] == "why is it hot?"
    dry = _json("inbox", "reply", "9", "let it cool", "--dry-run")
    assert dry["text"] == "Mentor No 612: let it cool Helped? 1 yes 2 no", "all that leaves is weighed"
    told = _run("inbox", "reply", "9", "laissez-la refroidir avec vous", "--dry-run").stderr
    assert "1 SMS, 64 characters.\nYour text is French, the leader reads English." in told
    assert "at most 250 characters fit" in _run("inbox", "reply", "9", "x" * 251, "--dry-run", code=1).stderr
    done = _run("inbox", "reply", "9", "let it cool", "--as", "Eric", "--yes", "1").stderr
    assert done.endswith("The task is closed. No service runs: it leaves once `kurikirana run` does.\n")
    (answered,) = json.loads(_run("mentors", "questions", "--all", "--json").stdout)
    assert (answered["state"], answered["answered_by"], _json("inbox")) == ("answered", "Eric", [])
    assert "Eric answered No 612" in _run("mentors", "give", "612", "--to", "Claude", code=1).stderr


def test_a_message_becomes_a_question_to_a_mentor(programme: Programme) -> None:
    with contextlib.closing(sqlite3.connect("kurikirana.db")) as tx:
        tx.execute(
            "insert into tasks (id, kind, about, due_at, made_at, address_id, association_id, inbox_id, person_id)"
            " select 9, 'read', '', asked_at, asked_at, address_id, 1, inbox_id, person_id from questions"
        )
        tx.execute(
            "insert into tasks (id, kind, about, due_at, made_at)"
            " select 10, 'call', '', asked_at, asked_at from questions"
        )
        tx.commit()
    assert _json("inbox", "give", "9", "--to", "claude", "--dry-run") == {"task": 9, "to": "Claude", "given": False}
    assert "who can be reached; there are Claude." in _run("inbox", "give", "9", "--to", "Eric", code=1).stderr
    assert "no message that can be answered" in _run("inbox", "give", "10", "--to", "Claude", code=1).stderr
    assert "goes to Claude" in _run("inbox", "give", "9", "--to", "Claude", "--as", "Eric").stderr
    assert _json("inbox") == []
    with contextlib.closing(sqlite3.connect("kurikirana.db")) as tx:
        (woken,) = tx.execute("select data from inbox where kind = 'timer'").fetchone()
        (claude,) = tx.execute("select id from people where role = 'mentor'").fetchone()
    assert json.loads(woken) == {"timer": "wake", "what": "to mentor", "task": 9, "mentor": claude}
    assert "a question to Claude" in _run("inbox", "give", "9", "--to", "Claude", code=1).stderr


def test_visits_are_logged_and_shown(programme: Programme) -> None:
    _run("mentors", "log", "visit", "07", "--on", "2026-11-12", "--note", "belt changed", "--dry-run")
    assert _json("mentors", "log") == []
    _run("mentors", "log", "visit", "7", "--on", "2026-11-12", "--note", "belt changed", "--as", "Claude")
    _run("mentors", "log", "visit", "ABAHUZA", "--to", "isabu", "--on", "2026-11-13")
    found = _json("mentors", "log")
    assert [(row["day"], row["association"], row["who"], row["partner"], row["note"]) for row in found] == [
        ("2026-11-12", "07", "Claude", None, "belt changed"),
        ("2026-11-13", "07", None, "ISABU", None),
    ]
    for words, said in (
        (("visit", "77"), "No association has the number"),
        (("visit", "07", "--on", "12/11"), "not a day"),
        (("visit", "07", "--on", "2999-01-01"), "not come yet"),
        (("visit", "07", "--to", "IBM"), "the roster has ISABU"),
        (("walk", "07"), "Write visit or call"),
    ):
        assert said in _run("mentors", "log", *words, code=1).stderr


def test_lessons_are_found_translated_and_exported_as_she_allowed(programme: Programme, tmp_path: Path) -> None:
    assert [row["number"] for row in _json("lessons", "list")] == [1, 2, 3]
    dry = ("lessons", "translate", "1", "--to", "fr", "--text", "Pesons", "--by", "Anna N.", "--dry-run")
    assert _json(*dry) == {"number": 1, "to": "fr", "kept": False} and not _json("lessons", "list")[0]["translations"]
    _run("lessons", "translate", "1", "--to", "fr", "--text", "Pesons le riz après la récolte", "--by", "Anna N.")
    assert [row["number"] for row in _json("lessons", "search", "RECOLTE", "pesons")] == [1]
    assert _json("lessons", "search", "recolte", "umuceri") == []
    for words, said in (
        (("9", "--to", "fr"), "no lesson No 9"),
        (("1", "--to", "de"), "'de' is no language of ours"),
        (("1", "--to", "rn"), "own words stay"),
    ):
        assert said in _run("lessons", "translate", *words, "--text", "x", "--by", "y", code=1).stderr
    done = _run("lessons", "export", "--format", "csv", "--out", str(tmp_path / "fair"), "--lang", "fr")
    assert "2 lessons; 1 without a translation into fr" in done.stderr and "1 left out" in done.stderr
    with (tmp_path / "fair" / "lessons.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1:] == [
            ["1", "Abahuza", "fr", "Pesons le riz après la récolte", "Anna N."],
            ["2", "", "rn", "Ask ...: ...", ""],
        ]
    _run("lessons", "export", "--out", str(tmp_path / "fair"))
    assert (tmp_path / "fair" / "lessons-posters.pdf").read_bytes().startswith(b"%PDF-")
    assert "write pdf or csv" in _run("lessons", "export", "--format", "png", "--out", "fair", code=1).stderr
    (tmp_path / "file").touch()
    for place in ("file", "file/fair"):
        refused = _run("lessons", "export", "--format", "csv", "--out", str(tmp_path / place), code=1).stderr
        assert "cannot be written" in refused and "Traceback" not in refused


def test_every_leader_has_a_cue_card(programme: Programme) -> None:
    """Two pages each; what stands on them is played by tests/conversations (seven_numbers, business_one_sms)."""
    assert '--number "68 00 00 00"' in _run("cards", "c.pdf", code=1).stderr
    there = ("cards", "c.pdf", "--number", "68 00 00 00")
    assert "No leader of 99" in _run(*there, "--association", "99", code=1).stderr
    rows = _json(*there, "--dry-run")
    assert {row["no"] for row in rows} == {"07", "11"} and not Path("c.pdf").exists()
    assert "3 cards" in _run(*there).stderr and sum(row["cards"] for row in rows) == 3
    assert len(re.findall(rb"/Type */Page\b", Path("c.pdf").read_bytes())) == 6


def test_a_leader_who_changes_her_mind_is_shown_less_and_never_more(programme: Programme) -> None:
    def shown() -> list[str]:
        return [row["show"] for row in _json("lessons", "list")]

    assert _json("lessons", "hide", "1", "--name", "--dry-run") == {"number": 1, "show": "anonymous", "hidden": False}
    assert shown() == ["name", "anonymous", "no"]
    _run("lessons", "hide", "1", "--name")
    assert shown() == ["anonymous", "anonymous", "no"]
    assert "taken down by hand" in _run("lessons", "hide", "1").stderr
    assert "has not agreed" in _run("lessons", "hide", "1", "--name", code=1).stderr
    assert shown() == ["no", "anonymous", "no"]
    assert "no lesson No 9" in _run("lessons", "hide", "9", code=1).stderr
    with contextlib.closing(sqlite3.connect("kurikirana.db")) as tx:
        noted = tx.execute("select details from audit where what = 'lesson hidden'").fetchall()
    assert noted == [('{"number":1,"show":"anonymous"}',), ('{"number":1,"show":"no"}',)]


def test_a_number_that_nothing_can_have_is_refused_in_a_sentence(programme: Programme) -> None:
    for words in (
        "mentors show", "lessons hide", "task show", "report show", "broadcast show", "broadcast stop",
        "uncertain left", "sealed show --as Beatrice", "verify result",
    ):  # fmt: skip
        for number in (2**63, 10**30):
            done = _run(*words.split(), str(number), code=1)
            assert isinstance(done.exception, SystemExit) and done.stderr, (words, done.exception)
