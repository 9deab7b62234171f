"""summary from the command line: JSON, text, both languages, wrong names and periods, the audit."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.store import tables
from bot.store.engine import Database
from tests import october
from tests.programme import Programme, command

AS_OF = ("--as-of", "2026-11-02T08:15")


async def load(folder: Path) -> None:
    database = await Database.open("sqlite:///kurikirana.db", folder)

    async def work(tx: Any, items: object) -> list[None]:
        await october.load(tx)
        return [None]

    await database.writer.do(work, None)
    await database.close()


async def audit(folder: Path) -> list[Any]:
    database = await Database.look("sqlite:///kurikirana.db", folder)
    async with database.read() as tx:
        found = list(await tx.execute(select(tables.audit).order_by(tables.audit.c.id)))
    await database.close()
    return found


@pytest.fixture
def programme(tmp_path: Path) -> Programme:
    """The example of the documents, in a folder."""
    found = Programme(tmp_path, {})
    asyncio.run(load(tmp_path))
    return found


def test_json_and_text_and_the_audit(programme: Programme, tmp_path: Path) -> None:
    found = json.loads(programme.command("summary", "abahuza", "--month", "2026-10", "--json"))
    assert (found["attendances"]["value"], found["new_women"]["value"], found["new_men"]["value"]) == (33, 4, 2)
    assert [one["number"] for one in found["owed"]] == [598]
    assert {"unique_lower", "unique_upper", "said", "questions", "doubts", "unknown"} <= set(found)
    text = programme.command("summary", "07", "--month", "oct", "--text", *AS_OF)
    assert text == programme.command("summary", "ABAHUZA", "--month", "2026-10", *AS_OF)
    assert "made 2/11 08:15" in text
    assert "Chiffres".upper() in programme.command("summary", "rutana", "--month", "2026-q4", "--lang", "fr")
    rows = asyncio.run(audit(tmp_path))
    assert [row.what for row in rows[-4:]] == ["summary"] * 4
    assert rows[-4].details == {"of": "07", "period": "2026-10"}


def test_what_is_not_understood_says_what_to_do(programme: Programme, tmp_path: Path) -> None:
    for words, said in (
        (("summary", "abahuzza"), "Did you mean ABAHUZA"),
        (("summary", "abahuza", "--month", "soon"), "2026-q4"),
        (("summary", "abahuza", "--lang", "rn"), "en or fr"),
        (("summary", "abahuza", "--as-of", "yesterday"), "2026-11-02T08:15"),
    ):
        done = command(words, programme.environment, tmp_path)
        assert done.returncode == 1
        assert said in " ".join(done.stderr.split())
        assert done.stdout == ""
    assert [row.what for row in asyncio.run(audit(tmp_path))].count("summary") == 0
