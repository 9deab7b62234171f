"""Promise 6 at random: whatever interleaves with a STOP, no send begins after it but its confirmation.

    python -m tests.stop.model --interleavings 100000 --seed 1

The real store and the real conversations, on SQLite, in one long transaction: each step here is a transaction of the
service, which has one writer, so that their order is all there is. Odette has a phone and a chat, and shares a phone
with Jean. The oracle notes when a STOP was stored and each message answered, and looks at every row a sender takes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import demo
from bot.forms import load_shipped
from bot.render import Words
from bot.store import inbox, outbox
from bot.store import tables as t
from bot.store.consent import WAKE_ADDRESS
from bot.store.engine import Database
from bot.store.inbox import Incoming
from bot.store.outbox import Mark, Wanted
from bot.turns import Take, Turns
from handlers.conversations import step
from handlers.understand.words import is_stop, keyword
from tests.play_service import NOW, TODAY

STEPS_PER_TALK = 40
KINDS = ("says", "takes", "unasked", "wakes", "claims", "marks", "dies")
CHANNELS = {"kannel": ("tel", False), "telegram": ("telegram", True)}
SAID = (
    "STOP", "stop.", "ARRET", "Hagarika", "ACHA", "START", "start", "DELETE", "HELP", "1", "2", "9", "55", "12/11",
    "12 11 3 12 7 5 3", "hello, we need help", "he beat me", "please stop the machine", "FIX", "CANCEL",
)  # fmt: skip
FATES = ("sent", "sent", "queued", "queued", "uncertain", "failed")
AT_ONCE = ("I1", "A4", "I4", "I4keep", "I5", "K1", "K1n", "K3", "T1")
"""May be said in the very group that stored the STOP: I1, answers to a DELETE, or to a stranger by then."""


class World:
    """One talk: the people afresh, then random steps; `broken` says every broken promise."""

    def __init__(self, tx: AsyncConnection, turns: Turns, seed: int) -> None:
        self.tx, self.turns, self.chance, self.seed = tx, turns, random.Random(seed), seed
        self.now = turns._now
        self.broken: list[str] = []
        self.done: Counter[str] = Counter()
        self.sending: dict[int, Any] = {}
        self._step = 0
        self._stopped: dict[int, int] = {}
        """Person -> step in which her STOP was stored."""
        self._answered: dict[int, int] = {}
        """Inbox row -> step in which its turn was taken."""
        self._seen_gone: set[int] = set()
        self._key = 0

    async def afresh(self, odette: int, jean: int) -> None:
        """Odette: a phone of her own, a chat, and a phone that she shares with Jean."""
        for table in (t.receipts, t.outbox, t.inbox, t.conversations, t.timers, t.tasks, t.consents):
            await self.tx.execute(delete(table))
        await self.tx.execute(delete(t.people_addresses).where(t.people_addresses.c.person_id.in_((odette, jean))))
        ids = await inbox.address_ids(
            self.tx,
            [("tel", "+25700000001", "kannel"), ("telegram", "77", "telegram"), ("tel", "+25700000002", "kannel")],
        )
        self.own, self.chat, self.shared = ids.values()
        self.addresses = {self.own: "kannel", self.chat: "telegram", self.shared: "kannel"}
        self.names = dict(zip(ids.values(), ids, strict=True))
        self.people = {self.own: (odette,), self.chat: (odette,), self.shared: (odette, jean)}
        links = [{"person_id": p, "address_id": a} for a, people in self.people.items() for p in people]
        await self.tx.execute(insert(t.people_addresses), links)
        there = {"consent": "yes", "language": "en", "left_at": None, "erased_at": None}
        for person, name in ((odette, "Odette"), (jean, "Jean")):
            changed = update(t.people).where(t.people.c.id == person).values(**there, sms_name=name, name=f"{name} N")
            await self.tx.execute(changed)
        await self.tx.execute(
            update(t.addresses).where(t.addresses.c.id.in_(self.people)).values(active=True, reason=None)
        )

    async def run(self) -> None:
        """So many random steps, and at the end everything that waits is sent."""
        steps = (
            (self.says, 6), (self.takes, 6), (self.unasked, 4), (self.wakes, 1), (self.claims, 6), (self.marks, 5),
            (self.dies, 1),
        )  # fmt: skip
        kinds, weights = zip(*steps, strict=True)
        for _ in range(STEPS_PER_TALK):
            await self._one(self.chance.choices(kinds, weights)[0])
        for kind in (self.takes, self.claims, self.marks) * 3:
            await self._one(kind)

    async def _one(self, kind: Callable[[], Any]) -> None:
        self._step += 1
        self.now.at += timedelta(seconds=self.chance.choice((1, 5, 60, 3600)))
        self.done[kind.__name__] += 1
        await kind()

    async def says(self) -> None:
        """A message of hers is kept; its turn may come much later."""
        address = self.chance.choice(list(self.addresses))
        scheme, value = self.names[address]
        self._key += 1
        row = Incoming(
            self.addresses[address],
            f"m{self._key}",
            scheme,
            value,
            "text",
            self.chance.choice(SAID),
            None,
            self.now(),
            None,
        )
        await inbox.keep(self.tx, [row])

    async def takes(self) -> None:
        """The turns of some addresses, in one group; then it is noted whose STOP was stored."""
        some = self.chance.sample(list(self.addresses), self.chance.randint(1, 3))
        waiting = select(t.inbox).where(t.inbox.c.state == "new", t.inbox.c.address_id.in_(some))
        rows = (await self.tx.execute(waiting.order_by(t.inbox.c.id))).all()
        await self.turns.take(self.tx, [Take(address) for address in some])
        for row in rows:
            self._answered[row.id] = self._step
        before = set(self._stopped)
        await self._note_stops(rows)
        await self._no_text_of_others_is_cancelled(rows, before)

    async def _note_stops(self, rows: Sequence[Any]) -> None:
        both = select(t.people.c.id, t.people.c.consent).where(t.people.c.id.in_(self.people[self.shared]))
        consents = {row.id: row.consent for row in await self.tx.execute(both)}
        now = {person for person, consent in consents.items() if consent in ("stopped", "no")}
        self._stopped = {person: self._stopped.get(person, self._step) for person in now}
        said = [row for row in rows if row.kind == "text" and is_stop(row.text)]
        last = {row.address_id: row for row in rows if row.kind == "text"}
        for row in said:
            if last[row.address_id] is row and not any(
                (keyword(other.text) or ("",))[0] in ("start", "delete") or other.text == "55" for other in rows
            ):
                for person in self.people[row.address_id]:
                    if person not in self._stopped:
                        self.broken.append(f"seed {self.seed} step {self._step}: {row.text!r} did not stop {person}")

    async def _no_text_of_others_is_cancelled(self, rows: Sequence[Any], silent: set[int]) -> None:
        """But for who stopped, or erased herself, and came back within this very group."""
        left = silent | {
            p for row in rows if is_stop(row.text) or row.text == "55" for p in self.people[row.address_id]
        }
        gone = select(t.outbox).where(t.outbox.c.state == "cancelled", t.outbox.c.reason == "said stop")
        for row in await self.tx.execute(gone):
            willing = [p for p in self.people[row.address_id] if p not in self._stopped and p not in left]
            if willing and row.person_id in willing and row.id not in self._seen_gone:
                self.broken.append(f"seed {self.seed} step {self._step}: a text to {row.person_id} was dropped")
            self._seen_gone.add(row.id)

    async def unasked(self) -> None:
        """A broadcast, a reminder or a tip is written by something that does not look at consents."""
        address = self.chance.choice(list(self.addresses))
        kind = self.chance.choice(("broadcast", "reminder", "tip"))
        row = {
            "address_id": address, "person_id": self.chance.choice((*self.people[address], None)),
            "channel": self.addresses[address], "key": kind, "kind": kind, "language": "en", "text": "x", "parts": 1,
            "urgency": 1, "due_at": self.now() + timedelta(seconds=self.chance.choice((0, 0, 100))),
            "made_at": self.now(),
        }  # fmt: skip
        await self.tx.execute(insert(t.outbox), row)

    async def wakes(self) -> None:
        """Another conversation, or a timer, wakes one of hers."""
        self._key += 1
        what = self.chance.choice(({"timer": "consent"}, {"timer": "form"}, {"timer": "wake", "what": "move"}))
        data = {**what, "person": self.people[self.own][0], "ends_in": "00"}
        row = {"wake_key": f"w{self._key}", "what": data, "at": self.now()}
        await self.tx.execute(WAKE_ADDRESS, {**row, "address": self.chance.choice(list(self.addresses))})

    async def claims(self) -> None:
        """A sender takes what is due: a send begins."""
        channel = self.chance.choice(list(CHANNELS))
        (claimed,) = await outbox.claim(self.tx, [Wanted(channel, 8, self.now(), unasked=True)])
        for one in claimed:
            row = (await self.tx.execute(select(t.outbox).where(t.outbox.c.id == one.id))).one()
            self.sending[one.id] = row
            self.done["sends"] += 1
            self._may_begin(row)
        await self._no_text_of_others_is_cancelled([], set())

    def _may_begin(self, row: Any) -> None:
        people = self.people[row.address_id]
        silent = [self._stopped[person] for person in people if person in self._stopped]
        if row.urgency and row.person_id in self._stopped:
            self._broke(row, "was sent to who had said stop")
        if len(silent) < len(people):
            return
        self.done["sends after a stop"] += 1
        answered = self._answered.get(row.inbox_id or 0, 0)
        at_once = row.key in AT_ONCE and answered == max(silent)
        if row.urgency or not (at_once or answered > max(silent)):
            self._broke(row, "began after a stop")

    def _broke(self, row: Any, what: str) -> None:
        self.broken.append(f"seed {self.seed} step {self._step}: {row.kind} {row.key} {what}")

    async def marks(self) -> None:
        """What became of a try; it may have to be tried again."""
        if self.sending:
            number = self.chance.choice(list(self.sending))
            del self.sending[number]
            fate = self.chance.choice(FATES)
            again = self.now() + timedelta(seconds=1) if fate == "queued" else None
            await outbox.mark(self.tx, [Mark(number, fate, self.now(), f"p{number}", None, again)])

    async def dies(self) -> None:
        """The process dies: what was being sent is decided as at a start."""
        self.sending.clear()
        await outbox.interrupted(self.tx, [(self.now(), True, ("telegram",))])


class Time:
    """A clock that the steps move."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> Any:
        return self.at


def _plant(what: str) -> None:
    """`blind`: the claims do not look at the stop."""
    if what == "blind":

        async def blind(tx: Any, taken: list[Any], where: Any) -> list[Any]:
            return taken

        outbox._unless_stopped = blind  # type: ignore[assignment]


async def run(interleavings: int, seed: int, planted: str = "") -> dict[str, Any]:
    """Talk after talk until so many steps were done; each talk's seed says which one broke."""
    _plant(planted)
    total: Counter[str] = Counter()
    broken: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = demo.settings_for(folder, 0, TODAY).model_copy(update={"live": True})
        database = await Database.open(settings.database.url, folder)
        channels: Any = {n: SimpleNamespace(scheme=s, rich=r) for n, (s, r) in CHANNELS.items()}
        clock = Time()
        turns = Turns(settings, Words.load(), load_shipped(), clock, step, channels)
        try:
            async with database.engine.begin() as tx:
                people = await _people(tx)
                began = time.monotonic()
                while sum(total[kind] for kind in KINDS) < interleavings:
                    world = World(tx, turns, seed)
                    await world.afresh(*people)
                    await world.run()
                    total.update(world.done)
                    broken += world.broken
                    seed += 1
                seconds = time.monotonic() - began
        finally:
            await database.close()
    return {"seconds": round(seconds, 1), "next_seed": seed, **total, "broken": broken}


async def _people(tx: AsyncConnection) -> tuple[int, int]:
    row = {"no": "07", "name": "Abahuza", "sms_name": "ABAHUZA", "colline": "x"}
    row |= {"commune_old": "x", "commune_now": "x"}
    association = (await tx.execute(insert(t.associations).values(row).returning(t.associations.c.id))).scalar_one()
    ids = []
    for name in ("Odette", "Jean"):
        person = {"kind": "leader", "association_id": association, "name": name, "sms_name": name}
        ids.append((await tx.execute(insert(t.people).values(person).returning(t.people.c.id))).scalar_one())
    return ids[0], ids[1]


def main(arguments: Sequence[str] | None = None) -> None:
    parse = argparse.ArgumentParser()
    parse.add_argument("--interleavings", type=int, default=1_000_000)
    parse.add_argument("--seed", type=int, default=1)
    parse.add_argument("--planted", default="")
    print(json.dumps(asyncio.run(run(**vars(parse.parse_args(arguments))))))


if __name__ == "__main__":
    main()
