"""The donor's PDF, read back: two pages whatever there is to tell; charts, stories with consent, method, limits."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader
from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bot.programme.counting import Period, Rules, find
from bot.programme.exports import Wanted, gather
from bot.programme.exports.donor import donor
from bot.programme.summary import Asked, Say
from bot.render.report import pdf
from bot.store import tables as t
from tests import october

ZONE = ZoneInfo("Africa/Bujumbura")
NOW = october.at(2, 8, 15, month=11)
LONG = "We dry the rice for two days longer and buyers from Rutana take it without arguing about its price. " * 12


@pytest.fixture
async def tx(tmp_path: Path) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/october.db")
    async with engine.begin() as opened:
        await opened.run_sync(t.metadata.create_all)
        await october.load(opened)
        yield opened
    await engine.dispose()


async def _pages(tx: AsyncConnection, language: str = "en", of: str = "all") -> list[str]:
    asked = Asked(await find(tx, of), Period.month(2026, 10), Rules(600, True, False), ZONE, NOW)
    found = await gather(tx, Wanted(asked, "Diane", "00"), language)
    made = pdf(donor(found, Say(language, ZONE)))
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(made)).pages]


async def _lessons(tx: AsyncConnection, *shows: str, text: str = "Story") -> None:
    await tx.execute(delete(t.lessons))
    for number, show in enumerate(shows, 1):
        row: dict[str, Any] = {"number": number, "inbox_id": 1, "address_id": 1, "association_id": 1, "show": show}
        row |= {"text": f"{text} {number}.", "language": "en", "translations": {}}
        await tx.execute(insert(t.lessons), row | {"at": october.at(number)})


async def test_what_stands_on_which_page(tx: AsyncConnection) -> None:
    first, second = await _pages(tx)
    for said in (
        "The one figure 20 of 600 (3 %)",
        "People reached, line at",
        "Sales and costs, thousand BIF",
        "By commune and group",
        "Rutana",
    ):
        assert said in first
    for said in ("Stories, told with consent", "Since we dry the rice longer", "transl. Eric", "What we did",
                 "Method and limits", "never added", "told in steps of 5", "Not known"):  # fmt: skip
        assert said in first + second
    assert "Stories, told with consent" in second and "Method and limits" in second
    for name in (*october.LEADERS, "79000"):
        assert name not in first + second


@pytest.mark.parametrize("shows", [(), ("no", "", "no"), ("name",) * 10, ("no", "name", "anonymous") * 4])
async def test_two_pages_and_at_most_three_stories_with_consent(tx: AsyncConnection, shows: tuple[str, ...]) -> None:
    await _lessons(tx, *shows)
    pages = await _pages(tx)
    assert len(pages) == 2
    may = [f"Story {number}." for number, show in enumerate(shows, 1) if show in ("name", "anonymous")]
    told = [story for number in range(1, 13) if (story := f"Story {number}.") in pages[1]]
    assert set(told) <= set(may)
    assert len(told) == min(3, len(may))
    assert ("No lesson may be shown yet." in pages[1]) == (not may)


async def test_two_pages_for_one_association_in_french_and_for_long_stories(tx: AsyncConnection) -> None:
    assert len(await _pages(tx, "fr", "abahuza")) == 2
    await _lessons(tx, *["name"] * 10, text=LONG)
    first, second = await _pages(tx)
    assert second.count("We dry the rice") == 36
    assert "Method and limits" in second


async def test_two_pages_for_an_empty_programme(tmp_path: Path) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/empty.db")
    async with engine.begin() as opened:
        await opened.run_sync(t.metadata.create_all)
        assert len(await _pages(opened)) == 2
    await engine.dispose()
