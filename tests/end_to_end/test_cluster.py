"""Two equal processes on one PostgreSQL: the same messages to both, each counted once, each answered once."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import aiohttp
import pytest

from tests.databases import bare_place, place, postgres_server  # noqa: F401
from tests.programme import AGNES, JEAN, ODETTE, Gateway, Programme, small_roster

MESSAGES = 60


@pytest.mark.postgres
@pytest.mark.parametrize("place", ["postgres"], indirect=True)
async def test_two_processes(tmp_path: Path, bare_place) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    gateway = Gateway()
    url = {"KURIKIRANA_DATABASE__URL": bare_place.url}
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    one, two = (Programme(folder, {"kannel": gateway.settings}, **url) for folder in folders)
    one.bring(small_roster())
    async with gateway, one, two, aiohttp.ClientSession() as http:

        async def deliver(number: int) -> None:
            sender = (ODETTE, JEAN, AGNES)[number % 3]
            text = f"{1 + number // 3}/6 {1 + number % 3} {2 + number % 7} {3 + number % 5} 1 1"
            query = {"from": sender, "to": "8585", "text": text, "id": f"m{number}"}
            for programme in (one, two) if number % 2 else (two, one):
                async with http.get(f"{programme.url}/channels/kannel/s3cret/incoming", params=query) as answer:
                    assert answer.status == 200

        await asyncio.gather(*(deliver(number) for number in range(MESSAGES)))
        async with asyncio.timeout(60):
            while sum(" OK" in text for _, text in gateway.sent) < MESSAGES:
                await asyncio.sleep(0.1)
        reports = one.json("reports")
        assert len(reports) == MESSAGES
        assert sorted(r["number"] for r in reports) == list(range(1, MESSAGES + 1))
        assert len({tuple(r["source_ids"]) for r in reports}) == MESSAGES
        totals = two.json("totals")
        assert totals["attendances"] == sum(r["values"]["women"] + r["values"]["men"] for r in reports)
        assert set(Counter(gateway.sent).values()) == {1}
