"""What must hold after broadcasts that were killed: every recipient has an end, nobody got it twice."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

ENDS = {"sent": "sent", "accepted": "sent", "failed": "failed", "cancelled": "cancelled", "uncertain": "uncertain"}
_WHO = """
    select r.broadcast_id, r.address_id, r.state, o.state as sent, o.text, a.value
    from recipients r left join outbox o on o.id = r.outbox_id join addresses a on a.id = r.address_id
"""


_TEXTS = "select count(*) from outbox where kind = 'broadcast'"


@dataclass(frozen=True)
class Kept:
    """What the database has in the end."""

    who: Sequence[Any]
    texts: int
    whole: str = "ok"


def kept(url: str, folder: Path) -> Kept:
    """Read it without anything of ours: neither a thread nor a connection is left."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(folder / url.removeprefix("sqlite:///"))) as database:
            texts = database.execute(_TEXTS).fetchone()[0]
            whole = database.execute("pragma integrity_check").fetchone()[0]
            return Kept(database.execute(_WHO).fetchall(), texts, whole)
    return asyncio.run(_of_postgres(url))


async def _of_postgres(url: str) -> Kept:
    database = await asyncpg.connect(url)
    try:
        return Kept([tuple(row) for row in await database.fetch(_WHO)], await database.fetchval(_TEXTS))
    finally:
        await database.close()


def broken(
    found: Kept, got: Mapping[str, int], numbers: Sequence[int], people: int, most_uncertain: int
) -> dict[str, Any]:
    """Counts, and `broken`: each broken promise in a line. `got`: "phone text" -> how often it reached the phone."""
    rows, texts, whole = found.who, found.texts, found.whole
    lines = [] if whole == "ok" else [f"damaged: {whole}"]
    per, ends = Counter(row[0] for row in rows), Counter[str]()
    lines += [f"broadcast {n}: {count} recipients, not {people}" for n, count in per.items() if count != people]
    lines += [f"{len(per)} broadcasts, not {len(numbers)}"] if len(per) != len(numbers) else []
    for number, address, state, sent, text, phone in rows:
        end = "cancelled" if state == "cancelled" else ENDS.get(sent or "")
        if end is None:
            lines.append(f"broadcast {number}, recipient {address}: {state}, its text {sent}")
            continue
        ends[end] += 1
        copies = got.get(f"{phone} {text}", 0) if text else 0
        if end == "sent" and copies != 1:
            lines.append(f"broadcast {number}, recipient {address}: sent, and got {copies}")
    lines += [f"{copies} copies: {what}" for what, copies in got.items() if copies > 1]
    if ends["uncertain"] > most_uncertain:
        lines.append(f"{ends['uncertain']} uncertain, at most {most_uncertain} sends were under way at the deaths")
    counted = {"broadcasts": len(per), "recipients": len(rows), "texts": texts, "reached": sum(got.values())}
    return {**counted, **ends, "twice": sum(copies > 1 for copies in got.values()), "broken": lines}
