"""The commands as a newcomer meets them: init, check, import, doctor, totals, words, token, and every wrong turn."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bot.programme import roster as rosters
from tests.programme import Programme, command, small_roster

ROOT = Path(__file__).parents[3]


@pytest.fixture
def programme(tmp_path: Path) -> Programme:
    return Programme(tmp_path, {})


def test_from_nothing_to_figures(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("KURIKIRANA_")}

    def kurikirana(*words: str) -> subprocess.CompletedProcess[str]:
        return command(words, environment, tmp_path)

    first = [sys.executable, "-m", "bot", "init"]  # the rest are forks of a process that has imported it all
    assert subprocess.run(first, cwd=tmp_path, env={**environment, "PYTHONPATH": str(ROOT)}).returncode == 0
    before = (tmp_path / "kurikirana.toml").read_text()
    assert "not touched" in kurikirana("init").stderr
    assert (tmp_path / "kurikirana.toml").read_text() == before
    assert kurikirana("roster", "check", "roster-empty.xlsx").returncode == 0  # warnings are fine
    doctor = kurikirana("doctor")
    assert doctor.returncode == 1
    assert "hotline" in doctor.stdout
    assert "no database yet" in doctor.stdout
    rosters.write(tmp_path / "roster.xlsx", small_roster())
    refused = kurikirana("roster", "import", "roster.xlsx", "--lang", "fr")  # nobody to answer the question
    assert refused.returncode == 1
    assert "Pour importer sans question, ajoutez --yes." in refused.stderr
    assert not (tmp_path / "kurikirana.db").exists()
    assert kurikirana("roster", "import", "roster.xlsx", "--yes").returncode == 0
    again = kurikirana("roster", "import", "roster.xlsx", "--yes", "--lang", "fr")
    assert again.stderr.count("3 sans changement") == 1
    assert again.stderr.endswith("Importé.\n")
    totals = json.loads(kurikirana("totals", "--json").stdout)
    assert totals["attendances"] == 0
    assert [a["no"] for a in totals["associations"]] == ["07", "11"]


WITHOUT_DRIVER = """
import sys
sys.modules["asyncpg"] = None
from bot.__main__ import main
for words in sys.argv[1:]:
    sys.argv = ["kurikirana", *words.split()]
    try:
        main()
    except SystemExit as end:
        print("ended with", end.code, words, file=sys.stderr)
"""


def without_driver(programme: Programme, *commands: str) -> str:
    """What commands say, one after the other, where asyncpg is not installed; behind each how it ended."""
    environment = {**os.environ, **programme.environment, "PYTHONPATH": str(ROOT)}
    run = [sys.executable, "-c", WITHOUT_DRIVER, *commands]
    done = subprocess.run(run, cwd=programme.folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    return done.stderr + done.stdout


def test_what_reads_wants_no_driver_of_a_server(programme: Programme) -> None:
    """Who has one laptop and SQLite did not install PostgreSQL's."""
    programme.bring(small_roster())
    fine = ("totals", "reports", "messages", "roster check roster.xlsx")
    said = without_driver(programme, "doctor", *fine)
    assert "ended with 1 doctor\n" in said
    for words in fine:
        assert f"ended with 0 {words}\n" in said, said


def test_a_server_without_its_driver_is_said(programme: Programme) -> None:
    programme.environment["KURIKIRANA_DATABASE__URL"] = "postgresql://u:canary@127.0.0.1/d"
    said = without_driver(programme, "doctor", "run", "totals")
    assert said.count("ended with 1 ") == 3 and "canary" not in said
    assert said.count('PostgreSQL needs the extra "postgres": pip install "kurikirana[postgres]".') == 3


def test_doctor_says_where_reminders_do_not_fit_into_a_week(programme: Programme) -> None:
    assert "about trainings" not in programme.command("doctor", code=1)
    programme.environment["KURIKIRANA_REMINDERS__TRAINING_EVERY_DAYS"] = "7"
    said = programme.command("doctor", code=1)
    assert "[reminders]: who never answers is asked about trainings anew every 8 days" in said
    assert "-> training_every_days = 12, or fewer limits.reminders" in said


def test_init_writes_what_is_read_afterwards_or_says_why_not(tmp_path: Path, programme: Programme) -> None:
    elsewhere = tmp_path / "sub" / "rutana.toml"
    for words in (["--config", str(elsewhere), "init"], ["init"]):
        programme.environment["KURIKIRANA_CONFIG"] = str(elsewhere)
        assert command(words, programme.environment, tmp_path).returncode == 0
    assert sorted(file.name for file in elsewhere.parent.iterdir()) == ["roster-empty.xlsx", "rutana.toml"]
    assert "no database yet" in programme.command("doctor", code=1)
    refused = command(["init", str(elsewhere)], programme.environment, tmp_path)
    assert refused.returncode == 1
    assert refused.stderr == f"{elsewhere}: cannot be written (File exists). Name another: kurikirana init FOLDER.\n"


def test_a_talk_that_cannot_be_saved_does_not_begin(tmp_path: Path, programme: Programme) -> None:
    for place, why in ((tmp_path, "Is a directory"), (tmp_path / "none" / "talk.txt", "No such file or directory")):
        refused = command(["chat", "--save", str(place)], programme.environment, tmp_path)
        assert refused.returncode == 1
        says = f"{place}: cannot be written ({why}). Close it elsewhere, or check its path.\n"
        assert refused.stderr == says
    assert not (tmp_path / "demo").exists()


@pytest.mark.parametrize("phone", ["abc", "8585", "2577912345678"])
def test_a_talk_wants_a_phone_number(tmp_path: Path, programme: Programme, phone: str) -> None:
    refused = command(["chat", "--phone", phone], programme.environment, tmp_path)
    assert refused.returncode == 1
    assert refused.stderr == f"--phone {phone}: not a phone number. Write it as +257 79 12 34 56.\n"
    assert not (tmp_path / "demo").exists()


@pytest.mark.parametrize("port", ["99999", "-1"])
def test_a_demo_wants_a_port_that_there_is(tmp_path: Path, programme: Programme, port: str) -> None:
    refused = command(["demo", "--port", port], programme.environment, tmp_path)
    assert refused.returncode == 2 and "than or equal to" in refused.stderr and "Traceback" not in refused.stderr


def test_config_may_stand_before_or_behind(tmp_path: Path, programme: Programme) -> None:
    programme.bring(small_roster())
    config = programme.environment.pop("KURIKIRANA_CONFIG")
    before = programme.command("--config", config, "totals", "--json")
    behind = programme.command("totals", "--json", f"--config={config}")
    assert json.loads(before)["associations"] == json.loads(behind)["associations"]


def test_a_faulty_roster_writes_nothing(tmp_path: Path, programme: Programme) -> None:
    (tmp_path / "roster.xlsx").write_bytes(b"not a workbook")
    programme.command("roster", "import", "roster.xlsx", "--yes", code=1)
    programme.command("roster", "check", "missing.xlsx", code=1)
    assert not (tmp_path / "kurikirana.db").exists()


def test_rows_without_errors_are_imported_by_whoever_says_so(tmp_path: Path, programme: Programme) -> None:
    there = small_roster()
    faulty = replace(there, leaders=(replace(there.leaders[0], phone="7912345"), *there.leaders[1:]))
    rosters.write(tmp_path / "roster.xlsx", faulty)
    said = programme.command("roster", "import", "roster.xlsx", "--yes", "--lang", "fr", code=1)
    assert said.startswith("erreur        Leaders, ligne 3, phone «\u00a07912345\u00a0»")
    assert not (tmp_path / "kurikirana.db").exists()
    programme.command("roster", "import", "roster.xlsx", "--yes", "--leave-out-errors", code=1)
    rosters.write(tmp_path / "roster.xlsx", there)
    environment = {**os.environ, **programme.environment}
    again = command(("roster", "import", "roster.xlsx", "--yes"), environment, tmp_path)
    assert f"1 new, {len(there.leaders) - 1} unchanged" in again.stderr


def test_a_token_is_made_once_and_kept_as_a_digest(tmp_path: Path, programme: Programme) -> None:
    programme.bring(small_roster())
    token = programme.command("token", "ABAHUZA ODETTE").strip()
    assert len(token) >= 32
    assert token.encode() not in (tmp_path / "kurikirana.db").read_bytes()
    programme.command("token", "NOBODY", code=1)


def test_words_go_out_and_come_back(tmp_path: Path, programme: Programme) -> None:
    drafts = programme.command("words", "list", "--draft", "--language", "rn").splitlines()
    assert "A1" in [line.split("\t")[1] for line in drafts] and all(line.startswith("rn\t") for line in drafts)
    programme.command("words", "export", "words.xlsx")
    programme.command("words", "import", "words.xlsx", "--yes")
    programme.command("words", "import", "missing.xlsx", "--yes", code=1)
    done = command(("words", "export", "missing/words.xlsx"), programme.environment, tmp_path)
    assert done.returncode == 1 and "missing/words.xlsx: cannot be written" in done.stderr


def test_what_is_not_there_is_said(tmp_path: Path, programme: Programme) -> None:
    programme.command("totals", code=1)
    programme.command("nonsense", code=2)
    (tmp_path / "kurikirana.toml").write_text("liv = true\n[project]\nstart = 2026-04-01")
    programme.command("totals", code=1)
