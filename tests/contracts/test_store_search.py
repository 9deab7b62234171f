"""A search finds every text of the viewer's area, however old, page by page; an association's last messages too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from bot.store import people, search
from bot.store import tables as t
from bot.store.engine import Database
from bot.store.facts import load
from handlers.turn import Finds, PageOf, Search, Viewer
from tests.databases import NOW, database, execute, place, postgres_server

__all__ = ["database", "place", "postgres_server"]
ERIC, ODETTE, AGNES = 1, 2, 3
EVERYTHING = Viewer(9, everything=True)


async def _fill(database: Database, texts: int) -> None:
    where = {"commune_old": "Rutana", "commune_now": "Rutana", "colline": "Kivoga"}
    staff = {"kind": "staff", "name": "Eric", "sms_name": "Eric", "consent": "yes", "id": ERIC, "role": "officer"}
    await execute(database, insert(t.people), [staff])
    for number, name, officer in ((1, "ABAHUZA", ERIC), (2, "TWIYUNGE", None)):
        row = {"id": number, "no": f"0{number}", "name": name, "sms_name": name, "officer_id": officer, **where}
        await execute(database, insert(t.associations), [row])
    for number, association in ((ODETTE, 1), (AGNES, 2)):
        leader = {"kind": "leader", "association_id": association, "name": "x", "sms_name": "x", "consent": "yes"}
        await execute(database, insert(t.people), [{**leader, "id": number}])
        address = {"id": number, "scheme": "tel", "value": str(number), "active": True}
        await execute(database, insert(t.addresses), [address])
        await execute(database, insert(t.people_addresses), [{"person_id": number, "address_id": number}])
    came = [_text(number) for number in range(1, texts + 1)]
    await execute(database, insert(t.inbox), came)


def _text(number: int) -> dict[str, Any]:
    """Every seventh is about a husker; every third is of Agnes, and Odette's are the first ones."""
    writer = AGNES if number % 3 == 0 or number > 200 else ODETTE
    words = f"la décortiqueuse {number}" if number % 7 == 0 else f"bonjour {number}"
    row = {"id": number, "channel": "x", "dedupe_key": str(number), "address_id": writer, "kind": "text"}
    row |= {"text": words, "state": "done", "person_id": writer}
    return {**row, "received_at": NOW + timedelta(minutes=number)}


async def _asked(database: Database, *wanted: Any) -> Any:
    async with database.engine.begin() as tx:
        found = await load(tx, list(wanted), await people.load_associations(tx))
    return [found[fact] for fact in wanted]


async def _all(database: Database, viewer: Viewer, *words: str, most: int = 10) -> tuple[list[str], int]:
    """All texts and names that a search finds, and with how many presses."""
    asked, found, pages = Search(viewer, words, most), list[str](), 0
    while True:
        (page,) = await _asked(database, asked)
        assert isinstance(page, Finds) and len(page.found) <= most
        found += [one.text or (one.association.sms_name if one.association else "") for one in page.found]
        pages += 1
        if page.start is not None:
            asked = Search(viewer, words, most, start=page.start)
        elif page.before is not None:
            assert page.found or page.since, "it says how far it looked"
            asked = Search(viewer, words, most, before=page.before)
        else:
            return found, pages


async def test_every_text_is_found_once_and_only_of_her_area(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "STRETCH", 60)
    await _fill(database, 600)
    found, pages = await _all(database, EVERYTHING, "decortiqueuse")
    assert found == [f"la décortiqueuse {number}" for number in range(595, 0, -7)] and pages == 9
    hers, _ = await _all(database, Viewer(ERIC), "decortiqueuse")
    assert hers == [f"la décortiqueuse {n}" for n in range(196, 0, -7) if n % 3]
    assert (await _all(database, EVERYTHING, "rutana", most=1))[0] == ["ABAHUZA", "TWIYUNGE"]
    assert (await _all(database, EVERYTHING, "nothing like it"))[0] == []


@pytest.mark.parametrize("most", [1, 2, 3, 86])
async def test_a_page_may_end_anywhere(database: Database, most: int) -> None:
    await _fill(database, 40)
    found, _ = await _all(database, EVERYTHING, "decortiqueuse", most=most)
    assert found == [f"la décortiqueuse {number}" for number in (35, 28, 21, 14, 7)]


async def test_the_last_messages_of_an_association_that_was_silent_long(database: Database) -> None:
    await _fill(database, 600)
    (page,) = await _asked(database, PageOf(EVERYTHING, 1))
    assert [one.text for one in page.messages] == [_text(n)["text"] for n in (194, 196, 197, 199, 200)]
