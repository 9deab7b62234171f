"""The programme that our service serves in a run: its settings file, its people, and history when wanted.

Associations of five leaders with one business each, as the roster has them; everybody consents, has a phone of
their own and reads one of the four languages in turn.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks import talk
from bot.store import tables
from bot.store.engine import Database
from bot.store.prepared import write

SECRET = "benchmark-secret-0001"
PATH = f"/channels/kannel/{SECRET}/incoming"
PER_ASSOCIATION = 5
LANGUAGES = ("rn", "fr", "sw", "en")
_SETTINGS = """
live = true

[project]
name = "benchmark"
start = "2020-01-01"

[safeguarding]
hotline = "22 00 00 00"

[words]
send_drafts = true

[database]
url = "{url}"

[web]
host = "127.0.0.1"
port = {port}

[channels.kannel]
sendsms_url = "http://127.0.0.1:{provider}/cgi-bin/sendsms"
username = "bench"
password = "bench"
secret = "{secret}"
sender = "8080"
"""


_CHATS = """
[channels.telegram]
token = "1:bench"
api_url = "http://127.0.0.1:{provider}"
mode = "webhook"
secret = "{secret}"
"""


def settings(folder: Path, name: str, *, url: str, port: int, provider: int, chats: bool = False) -> Path:
    """Write the settings file of one process; with `chats` the provider is Telegram's Bot API too."""
    file = folder / f"{name}.toml"
    written = _SETTINGS
    if chats:
        ours = f'public_url = "http://127.0.0.1:{port or 8080}"'
        written = written.replace("port = {port}", f"port = {{port}}\n{ours}") + _CHATS
    file.write_text(written.format(url=url, port=port, provider=provider, secret=SECRET))
    return file


async def fill(
    url: str,
    folder: Path,
    people: int,
    messages: int = 0,
    *,
    each: int = PER_ASSOCIATION,
    due: datetime | None = None,
    chats: bool = False,
) -> None:
    """Make the schema and the people, `each` of them in an association; `messages` of history, a seventh reports.

    `due`: when the training reminder of every association is due, one after the other within a minute. `chats`: they
    have chats, not phones.
    """
    database = await Database.open(url, folder)
    try:
        async with database.engine.begin() as tx:
            await populate(tx, people, each, chats=chats)
            if due:
                await put(tx, tables.timers, (_timer(n, due, people) for n in range(people // each)))
            if messages:
                await _history(tx, people, messages)
    finally:
        await database.close()


async def counts(url: str, folder: Path) -> dict[str, int]:
    """How many reports, handled messages and sent answers there are."""
    database = await Database.look(url, folder)
    try:
        async with database.read() as tx:
            return {
                name: int((await tx.exec_driver_sql(f"SELECT count(*) FROM {name}")).scalar_one())
                for name in ("reports", "inbox", "outbox")
            }
    finally:
        await database.close()


async def put(tx: AsyncConnection, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    """Write rows that all have the same columns, some thousand at a time."""
    statement = insert(table)
    while group := list(itertools.islice(rows, 5_000)):
        await write(tx, statement, group)


async def populate(tx: AsyncConnection, people: int, each: int = PER_ASSOCIATION, *, chats: bool = False) -> None:
    """Associations, businesses, leaders and their phones."""
    count = -(-people // each)
    place = {"commune_old": "Rutana", "commune_now": "Rutana", "colline": "Kivoga"}
    names = (f"ASSOC {n}" for n in range(1, count + 1))
    await put(
        tx,
        tables.associations,
        ({"id": n, "no": f"{n:02}", "name": name, "sms_name": name, **place} for n, name in enumerate(names, 1)),
    )
    await put(
        tx,
        tables.businesses,
        ({"id": n, "no": f"{n:02}A", "association_id": n, "type": "rice husker"} for n in range(1, count + 1)),
    )
    await put(tx, tables.people, (_person(n, each) for n in range(people)))
    await put(tx, tables.addresses, ((_chat if chats else _address)(n) for n in range(people)))
    await put(tx, tables.people_addresses, ({"person_id": n + 1, "address_id": n + 1} for n in range(people)))


def _person(number: int, each: int) -> dict[str, Any]:
    return {
        "id": number + 1,
        "kind": "leader",
        "association_id": number // each + 1,
        "name": f"Odette {number}",
        "sms_name": f"ODETTE{number}"[:12],
        "sex": "F",
        "language": LANGUAGES[number % len(LANGUAGES)],
        "consent": "yes",
    }


def _timer(number: int, due: datetime, many: int) -> dict[str, Any]:
    return {
        "kind": "reminder",
        "key": f"training:{number + 1}",
        "association_id": number + 1,
        "due_at": due + timedelta(minutes=1) * number / many,
        "data": {"form": "training"},
    }


def _address(number: int) -> dict[str, Any]:
    return {
        "id": number + 1,
        "scheme": "tel",
        "value": talk.phone(number),
        "channel": "kannel",
        "phone_is": "own",
    }


def _chat(number: int) -> dict[str, Any]:
    return {
        "id": number + 1,
        "scheme": "telegram",
        "value": talk.chat(number),
        "channel": "telegram",
        "phone_is": "own",
    }


async def _history(tx: AsyncConnection, people: int, messages: int) -> None:
    start = datetime.now(UTC) - timedelta(days=365)
    await put(tx, tables.inbox, (_inbound(n, people, start) for n in range(messages)))
    await put(tx, tables.outbox, (_outbound(n, people, start) for n in range(messages)))
    stored = messages // len(talk.TEXTS)
    await put(tx, tables.reports, (_report(n, people, start) for n in range(1, stored + 1)))
    await put(tx, tables.facts, iter([{"name": "last_report", "value": stored}]))


def _inbound(number: int, people: int, start: datetime) -> dict[str, Any]:
    at = start + timedelta(seconds=number)
    return {
        "id": number + 1,
        "channel": "kannel",
        "dedupe_key": f"history-{number}",
        "address_id": number % people + 1,
        "kind": "text",
        "text": talk.text(number % len(talk.TEXTS), number),
        "received_at": at,
        "handled_at": at,
        "state": "done",
        "person_id": number % people + 1,
        "understood": "business: asks sales",
    }


def _outbound(number: int, people: int, start: datetime) -> dict[str, Any]:
    at = start + timedelta(seconds=number)
    return {
        "id": number + 1,
        "inbox_id": number + 1,
        "address_id": number % people + 1,
        "person_id": number % people + 1,
        "channel": "kannel",
        "key": "G2",
        "kind": "reply",
        "language": "fr",
        "text": talk.PROMPTS[number % len(talk.PROMPTS)],
        "parts": 1,
        "state": "accepted",
        "attempts": 1,
        "due_at": at,
        "made_at": at,
        "sent_at": at,
    }


def _report(number: int, people: int, start: datetime) -> dict[str, Any]:
    at = start + timedelta(seconds=number)
    association = number % people // PER_ASSOCIATION + 1
    said = {"business": f"{association:02}A", "status": "working", "sales": 450000, "costs": 210000, "kit": "good"}
    return {
        "number": number,
        "form": "business",
        "version": "1",
        "association_id": association,
        "person_id": number % people + 1,
        "values": said,
        "state": "reported",
        "practice": False,
        "source": "sms",
        "inbox_ids": [number],
        "created_at": at,
        "changed_at": at,
    }
