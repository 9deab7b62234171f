"""What must hold after all the deaths; every line that is returned is a broken promise."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from tests.crash.programme import Told

ENDS = {"sent", "accepted", "delivered", "failed", "uncertain"}
FIGURES = ("women", "men", "new_women", "new_men")


class Outcome:
    """The database after the last clean stop, beside what the phones and the gateway say."""

    def __init__(
        self, database: sqlite3.Connection, taken: Sequence[Told], copies: Mapping[str, int], poison: str = ""
    ) -> None:
        self._database = database
        self._database.row_factory = sqlite3.Row
        self._taken = {message.key: message for message in taken}
        self._copies = dict(copies)
        self._poison = poison

    def close(self) -> None:
        self._database.close()

    def _rows(self, query: str) -> list[sqlite3.Row]:
        return self._database.execute(query).fetchall()

    def broken(self, under_way: int) -> list[str]:
        """Every broken promise. `under_way`: the sends that were under way at all the deaths together."""
        checks = (self._integrity(), self._arrived(), self._applied(), self._figures(), self._order())
        return [line for check in (*checks, self._texts(), self._sent(under_way)) for line in check]

    def _integrity(self) -> Iterator[str]:
        if (found := self._rows("pragma integrity_check")[0][0]) != "ok":
            yield f"damaged: {found}"
        if broken := self._rows("pragma foreign_key_check"):
            yield f"{len(broken)} broken references"

    def _arrived(self) -> Iterator[str]:
        """Nothing acknowledged is lost, nothing is there twice, everything is handled."""
        rows = self._rows("select dedupe_key, state, text from inbox where channel = 'kannel'")
        kept = Counter(row["dedupe_key"].split("#")[0] for row in rows)
        for key in self._taken.keys() - kept.keys():
            yield f"lost: {key}"
        for key, count in kept.items():
            if count > 1:
                yield f"kept {count} times: {key}"
        for row in rows:
            expected = "quarantined" if self._poison and row["text"] == self._poison else "done"
            if row["state"] != expected:
                yield f"{row['state']}: {row['dedupe_key']}"

    def _applied(self) -> Iterator[str]:
        """Each message made exactly one report, with its figures."""
        made: dict[int, list[dict[str, int]]] = defaultdict(list)
        for row in self._rows('select inbox_ids, "values" from reports'):
            for inbox_id in json.loads(row["inbox_ids"]):
                made[inbox_id].append(json.loads(row["values"]))
        for row in self._rows("select id, dedupe_key, text from inbox where channel = 'kannel'"):
            message = self._taken.get(row["dedupe_key"].split("#")[0])
            if message is None or row["text"] == self._poison:
                continue
            reports = made.pop(row["id"], [])
            if len(reports) != 1:
                yield f"made {len(reports)} reports: {message.key}"
            for values in reports:
                if [values.get(name) or 0 for name in FIGURES] != [getattr(message, name) for name in FIGURES]:
                    yield f"other figures: {message.key}"
        if made:
            yield f"{len(made)} reports of no message"

    def _figures(self) -> Iterator[str]:
        """The roll-up equals what the phones sent: a message applied twice would show here too."""
        expected: dict[int, list[int]] = defaultdict(lambda: [0] * 5)
        for message in self._taken.values():
            if message.text != self._poison:
                figures = [1, *(getattr(message, name) for name in FIGURES)]
                total = expected[message.association_id]
                expected[message.association_id] = [a + b for a, b in zip(total, figures, strict=True)]
        names = "trainings, attendances_women, attendances_men, new_women, new_men"
        found = {row[0]: list(row)[1:] for row in self._rows(f"select association_id, {names} from figures")}
        if found != dict(expected):
            yield f"figures differ: {sum(found.get(a) != f for a, f in expected.items())} associations"

    def _order(self) -> Iterator[str]:
        """Numbers have no gaps, and each phone's messages were numbered in the order they were sent."""
        numbers = [row["number"] for row in self._rows("select number from reports order by number")]
        if numbers != list(range(1, len(numbers) + 1)):
            yield "report numbers have gaps"
        last: dict[str, int] = {}
        query = """select i.dedupe_key from reports r join json_each(r.inbox_ids) j join inbox i on i.id = j.value
                   where i.channel = 'kannel' order by r.number"""
        for row in self._rows(query):
            phone, number = row["dedupe_key"].split("#")[0].split("-")
            if int(number) < last.get(phone, 0):
                yield f"out of order: {row['dedupe_key']}"
            last[phone] = int(number)

    def _texts(self) -> Iterator[str]:
        """Every message was answered, every answer has an end."""
        for row in self._rows("select state, count(*) as n from outbox group by state"):
            if row["state"] not in ENDS:
                yield f"{row['n']} texts {row['state']}"
        query = """select count(*) from inbox where channel = 'kannel' and state = 'done'
                   and id not in (select inbox_id from outbox where inbox_id is not null)"""
        if unanswered := self._rows(query)[0][0]:
            yield f"{unanswered} messages without an answer"

    def _sent(self, under_way: int) -> Iterator[str]:
        """At most two copies of a text, no more extra copies than sends were under way, none of nothing."""
        rows = {str(row["id"]): row["state"] for row in self._rows("select id, state from outbox")}
        for number, count in self._copies.items():
            if number not in rows:
                yield f"sent but not in the outbox: {number}"
            if count > 2:
                yield f"{count} copies of text {number}"
        extra = sum(count - 1 for count in self._copies.values())
        if extra > under_way:
            yield f"{extra} extra copies, {under_way} sends under way at the deaths"
        for number, state in rows.items():
            if state in ("sent", "accepted", "delivered") and number not in self._copies:
                yield f"{state} but never given to the gateway: {number}"

    def measured(self) -> dict[str, int]:
        """How much there was to be broken."""
        count = "select count(*) from {}"
        return {
            "messages": len(self._taken),
            "reports": self._rows(count.format("reports"))[0][0],
            "texts": self._rows(count.format("outbox"))[0][0],
            "uncertain": self._rows(count.format("outbox where state = 'uncertain'"))[0][0],
            "extra_copies": sum(copies - 1 for copies in self._copies.values()),
            "tasks": self._rows(count.format("tasks where about = 'set aside after repeated failures'"))[0][0],
            "quarantined": self._rows(count.format("inbox where state = 'quarantined'"))[0][0],
        }
