"""kurikirana progress, association, check, verify: on the invented programme, as staff use them."""

from __future__ import annotations

import asyncio
import io
import json
import os
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bot import demo
from bot.__main__ import main
from bot.cli import base, composer
from tests.programme import command

TODAY = date(2026, 11, 28)


class Demo:
    """The invented programme in a folder; commands run in processes of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        asyncio.run(demo.prepare(folder, 0, TODAY))
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KURIKIRANA_")}
        self.environment = kept | {"KURIKIRANA_CONFIG": str(folder / "kurikirana.toml")}

    def run(self, *words: str, code: int = 0) -> Any:
        """(what it showed, what it said)."""
        done = command(words, self.environment, self.folder)
        assert done.returncode == code, done
        return done.stdout, done.stderr

    def json(self, *words: str) -> Any:
        return json.loads(self.run(*words, "--json")[0])


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return Demo(tmp_path_factory.mktemp("progress"))


def test_where_we_are(there: Demo) -> None:
    shown, said = there.run("progress", "--month", "2026-11")
    assert "399 of 600 = 120 + 279 reached" in shown
    assert "Target 600: it includes the representatives trained by the project itself (120)." in said
    found = there.json("progress", "--month", "2026-11")
    since = found["since_start"]
    assert since["new_people"]["value"] == 279 == sum(one["since_start"]["new_people"] for one in found["communes"])
    assert len(since["new_people"]["reports"]) > 50
    assert (
        sum(since[how]["trainings"]["value"] for how in ("checked", "reported", "doubtful"))
        == (since["trainings"]["value"])
    )
    assert [one["people"] for one in found["cascade"]["generations"]] == [120, 279, None]


def test_groups_in_fives_and_communes_of_both_geographies(there: Demo) -> None:
    found = there.json("progress", "--month", "2026-11", "--geography", "both")
    assert {one["name"] for one in found["communes"]} >= {"Bukemba / Rutana", "Musongati / Musongati"}
    (now,) = {len(there.json("progress", "--geography", "now")["communes"])}
    assert now == 2
    assert sum(one["since_start"]["new_people"] for one in found["communes"]) == 279
    for told in (found["since_start"], *(one["since_start"] for one in found["communes"])):
        groups = [told[name] for name in ("new_displaced", "new_returnee", "new_host", "new_youth")]
        shown = [one["shown"] if isinstance(one, dict) else one for one in groups]
        assert all(text in (None, "0", "<5") or text[-2:] in ("0+", "5+") for text in shown)
        assert not {"displaced", "new_groups_not_said"} & set(told)
    _, said = there.run("progress", "--geography", "older", code=1)
    assert "old, now, both" in said


def test_one_association(there: Demo) -> None:
    shown, _ = there.run("association", "07", "--month", "2026-11")
    assert "13 of 25 = 5 + 8 reached" in shown
    found = there.json("association", "abahuza", "--month", "2026-11")
    assert found["scope"] == {"kind": "association", "name": "Abahuza (07)", "no": "07"}
    assert [line["no"] for line in found["businesses"]["businesses"]] == ["07A"]
    assert len(found["trainings"]) == found["this"]["trainings"]["value"]


def test_a_name_that_nobody_has(there: Demo) -> None:
    _, said = there.run("association", "abahusa", code=1)
    assert "Did you mean Abahuza?" in said
    _, said = there.run("progress", "--month", "soon", code=1)
    assert "2026-q4" in said


def test_a_report_is_rejected_and_comes_back(there: Demo) -> None:
    before = there.json("progress", "--month", "2026-10")["since_start"]["new_people"]
    number = str(before["reports"][0])
    _, said = there.run("check", number, "rejected", code=1)
    assert "--reason" in said
    there.run("check", number, "rejected", "--reason", "nobody knows of it")
    assert there.json("progress", "--month", "2026-10")["since_start"]["new_people"]["value"] < before["value"]
    assert there.json("check", number, "accepted", "--how", "visit")["standing"] == "checked"
    assert there.json("progress", "--month", "2026-10")["since_start"]["new_people"]["value"] == before["value"]
    assert "There is no report No 1." in there.run("check", "1", "accepted", code=1)[1]


class _Stream(io.StringIO):
    """What a command writes to, which says whether it is a terminal."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("words list --language xx", 1, "--language xx: write one of "),
        ("admin incident --since x", 1, "'x' is no moment"),
        ("broadcast new --to women --text one.toml", 1, 'get: fr = "en", or "leave_out"'),
        ("broadcast list", 0, "No broadcast yet"),
        ("mentors questions", 0, "promised_at"),
        ("today", 0, "d  wrote\n"),
    ],
)
def test_what_is_said_is_whole_and_says_what_to_do(
    there: Demo,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: str,
    code: int,
    said: str,
) -> None:
    """Also in a pipe, where no cell is cut to the width of a screen."""
    monkeypatch.chdir(there.folder)
    Path("one.toml").write_text('en = "OIM: {name}, the Fair is on 12/12"', encoding="utf-8")
    left = _here(there, monkeypatch, words)
    shown = capsys.readouterr()
    assert left == code and said in shown.out + shown.err


def _here(there: Demo, monkeypatch: pytest.MonkeyPatch, words: str) -> Any:
    """A command in this process; how it left."""
    monkeypatch.setenv("KURIKIRANA_CONFIG", str(there.folder / "kurikirana.toml"))
    monkeypatch.setattr("bot.logs.configure", lambda level, human: None)  # it is this process's, also of later tests
    with pytest.raises(SystemExit) as left:
        main(words.split())
    return left.value.code


def test_commands_go_by_the_clock_that_a_demo_has_moved(
    there: Demo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def days() -> list[int]:
        assert _here(there, monkeypatch, "task list --json") == 0
        return [one["days"] for one in json.loads(capsys.readouterr().out)]

    before = days()
    with closing(sqlite3.connect(there.folder / "demo.db")) as database, database:
        kept = database.execute("select value from facts where name = 'clock_offset_s'").fetchall()
        moved = str(float(kept[0][0] if kept else 0) + 3 * 86_400)
        database.execute("insert or replace into facts (name, value) values ('clock_offset_s', ?)", (moved,))
    assert before and days() == [one + 3 for one in before]
    with closing(sqlite3.connect(there.folder / "demo.db")) as database, database:
        database.execute("delete from facts where name = 'clock_offset_s'")
        database.executemany("insert into facts (name, value) values ('clock_offset_s', ?)", kept)


@pytest.mark.parametrize("terminal", [True, False])
def test_who_is_counted_is_shown_on_a_terminal_and_not_in_a_pipe(
    monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    stream = _Stream(terminal=terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(base, "words", Console(file=stream))
    with composer.counting() as progress:
        progress.advance(progress.add_task("people", total=None), 3)
        progress.refresh()
    assert ("people" in stream.getvalue() and "3/?" in stream.getvalue()) is terminal
    assert terminal or not stream.getvalue().strip()


def test_a_report_is_looked_at_removed_and_brought_back(there: Demo) -> None:
    """The number of its receipt, then the verb or the other way round; what is removed stays readable."""
    before = there.json("progress")["since_start"]["new_people"]
    (number,) = [one for one in before["reports"] if one == max(before["reports"])]
    found = there.json("report", str(number))
    assert (found["number"], found["form"], found["before"]) == (number, "training", [])
    new = found["values"]["new_women"] + found["values"]["new_men"]
    assert "--reason" in there.run("report", str(number), "undo", code=1)[1]
    assert "would be" in there.run("report", "undo", str(number), "--reason", "double", "--dry-run")[1]
    there.run("report", str(number), "undo", "--reason", "double", "--as", "Eric")
    assert there.json("progress")["since_start"]["new_people"]["value"] == before["value"] - new
    shown, said = there.run("report", "show", str(number))
    assert "withdrawn, counts nowhere" in shown and "the team removed it: double" in shown
    assert "Africa/Bujumbura" in said and "+00:00" not in shown
    assert "removed already" in there.run("report", "undo", str(number), "--reason", "double", code=1)[1]
    assert there.json("report", "back", str(number), "--reason", "another one")["same_day"] == []
    assert there.json("progress")["since_start"]["new_people"]["value"] == before["value"]
    with closing(sqlite3.connect(there.folder / "demo.db")) as database, database:
        rows = database.execute("select what, details from audit where what like 'report %' order by id").fetchall()
    assert [what for what, _ in rows] == ["report shown", "report withdrawn", "report shown", "report reported"]
    assert all(json.loads(details)["report"] == number for _, details in rows)


def test_a_months_sample(there: Demo) -> None:
    for month, why in (
        ((), "is not over"),
        (("--month", "2020-01"), "nothing to draw"),
        (("--month", "2026-q4"), "one month"),
    ):
        assert why in there.run("verify", "draw", *month, code=1)[1]
    drawn = there.json("verify", "draw", "--month", "2026-10", "--seed", "7")
    assert drawn == there.json("verify", "draw", "--month", "2026-10", "--seed", "7")
    assert drawn["drawn"] >= 5
    assert "seed 7" in there.run("verify", "draw", "--month", "2026-10", "--seed", "8", code=1)[1]
    call = next(one for one in drawn["calls"] if one["drawn"])
    script, _ = there.run("verify", "show", "--month", "2026-10", "--script", "--lang", "fr")
    assert f"No {call['report']}" in script and "toute première fois" in script
    told = call["reported"]
    said = [f"--{name.replace('_', '-')}={told[name]}" for name in ("women", "men", "new_women", "new_men")]
    there.run("verify", "result", str(call["report"]), "--month", "2026-10", "--held", "--sheet", *said)
    found = there.json("verify", "show", "--month", "2026-10")
    assert found["rates"]["confirmed"] == {"yes": 1, "of": 1, "low": pytest.approx(0.2065, abs=1e-4), "high": 1.0}
    assert "not in the sample" in there.run("verify", "result", "1", "--month", "2026-10", "--held", code=1)[1]
