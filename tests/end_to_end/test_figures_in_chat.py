"""/summary, /progress, /export through the Bot API: pictures, files, buttons, areas, roles, the audit."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path

import openpyxl
import pytest
from PIL import Image

from bot.programme.roster import Staff
from tests.botapi import Emulator, botapi_fixture  # noqa: F401
from tests.end_to_end.chats import Chats, programme


@pytest.fixture
async def chats(botapi: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Chats]:
    staff = (Staff("Bosco", "staff"), Staff("Grace", "officer", area="11"))
    async with programme(botapi, tmp_path, monkeypatch, staff=staff) as running:
        yield running


async def test_an_officer_asks_and_presses_every_button(chats: Chats) -> None:
    odette = await chats.odette()
    await chats.says(odette, "12 11 3 12 7 5 3")
    await chats.presses(odette, "Send")
    eric = await chats.eric()
    shown = await chats.says(eric, "/summary abahuza 2026-11")
    assert shown.text.startswith("Abahuza (07), Rutana · November 2026 · made ")
    assert "1 training, 19 attendances (12 women, 7 men), 8 NEW people." in shown.text
    assert shown.file is not None
    assert Image.open(io.BytesIO(shown.file[1])).size == (1200, 396)
    assert shown.labels[-1] == "◀ October"
    text = await chats.presses(eric, "Full text", shown)
    assert "In one sentence" in text.text
    page = await chats.presses(eric, "PDF", shown)
    assert page.file is not None and page.file[1].startswith(b"%PDF")
    table = await chats.presses(eric, "Excel", shown)
    assert table.file is not None
    book = openpyxl.load_workbook(io.BytesIO(table.file[1]))
    assert book.sheetnames[:3] == ["README", "Progress", "Trainings"]
    assert "12 11 3 12 7 5 3" in (await chats.presses(eric, "Messages", shown)).text
    assert "October 2026" in (await chats.presses(eric, "◀ October", shown)).text
    noted = [row["details"] for row in await chats.rows("audit") if row["what"] in ("summary", "export")]
    assert [row["face"] for row in noted] == ["picture", "text", "pdf", "xlsx", "messages", "picture"]


async def test_wrong_names_areas_and_roles(chats: Chats) -> None:
    eric, grace = await chats.eric(), await chats.one_of_the_team("Grace", 33)
    wrong = await chats.says(eric, "/summary abahuzza")
    assert wrong.text.startswith("No association or commune of yours is called abahuzza.")
    assert (await chats.presses(eric, "Abahuza", wrong)).text.startswith("Abahuza (07)")
    assert "No association" in (await chats.says(grace, "/summary 07")).text
    assert (await chats.says(grace, "/summary 11")).text.startswith("Twiyunge (11)")
    assert "1 association" not in (await chats.says(grace, "/summary")).text
    assert (await chats.says(eric, "/export")).text.startswith("What shall it be?")


async def test_staff_see_figures_but_no_words(chats: Chats) -> None:
    odette = await chats.odette()
    await chats.says(odette, "Umukanda w'imashini wacitse")
    bosco = await chats.one_of_the_team("Bosco", 32)
    shown = await chats.says(bosco, "/summary 07")
    listed = (await chats.presses(bosco, "Messages", shown)).text
    assert "Umukanda" not in listed
    assert "Reached since the start: " in (await chats.says(bosco, "/progress")).text
    await chats.says(bosco, "/export donor 2026-11")
    names = [one.file[0] for one in bosco.sees if one.file][-2:]
    assert names == ["donor-all-2026-11.pdf", "donor-all-2026-11.xlsx"]
    before = len(odette.sees)
    await chats.says(odette, "/summary 07")
    assert all("attendances" not in one.text for one in odette.sees[before:])
