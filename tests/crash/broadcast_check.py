"""What must hold after broadcasts that were killed: every recipient has an end, nobody got it twice."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

ENDS = {"sent": "sent", "accepted": "sent", "failed": "failed", "cancelled": "cancelled", "uncertain": "uncertain"}
_WHO = """
    select r.broadcast_id, r.address_id, r.state, o.state as sent, o.text, a.value
    from recipients r left join outbox o on o.id = r.outbox_id join addresses a on a.id = r.address_id
"""


def broken(
    file: Path, got: Mapping[str, int], numbers: Sequence[int], people: int, most_uncertain: int
) -> dict[str, Any]:
    """Counts, and `broken`: each broken promise in a line. `got`: "phone text" -> how often it reached the phone."""
    with closing(sqlite3.connect(file)) as database:
        rows = database.execute(_WHO).fetchall()
        texts = database.execute("select count(*) from outbox where kind = 'broadcast'").fetchone()[0]
        whole = database.execute("pragma integrity_check").fetchone()[0]
    lines = [] if whole == "ok" else [f"damaged: {whole}"]
    per, ends = Counter(row[0] for row in rows), Counter[str]()
    lines += [f"broadcast {n}: {per[n]} recipients, not {people}" for n in numbers if per[n] != people]
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
