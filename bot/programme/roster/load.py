"""The import of a roster: everything in the caller's one transaction, updates instead of copies.

Nothing is sent and nothing is deleted. An empty cell leaves what is known; a phone that changed
moves the person to the new address and leaves the old one to whoever else uses it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.programme.roster.compare import (
    ASSOCIATION,
    BURUNDI,
    BUSINESS,
    LEADER,
    PARTNER,
    STAFF,
    Change,
    Changes,
    compare,
)
from bot.programme.roster.nouns import Leader, Roster
from bot.programme.roster.plan import Tally
from bot.store import audit
from bot.store import roster as store
from bot.store import tables as t
from bot.store.roster import Present, Row, look
from handlers.understand.words import plain

TARGET = 25
"""People that an association is to reach when its roster row does not say: 600 in 24."""


async def load(tx: AsyncConnection, roster: Roster, now: datetime, who: str, zone: tzinfo = BURUNDI) -> None:
    """Write the roster. `now` is aware UTC, `who` the name of the person who imports (for the audit), `zone`
    the programme's."""
    present = await look(tx)
    changes = compare(present, roster, now, zone)
    staff = await _people(tx, changes.staff, "staff", {})
    officers = {plain(known.values["name"]): known.id for known in present.staff}
    officers |= {plain(change.item.name): staff[number] for number, change in enumerate(changes.staff)}
    numbers = await _associations(tx, changes.associations, officers)
    numbers = {no: known.id for no, known in present.associations.items()} | numbers
    leaders = await _people(tx, changes.leaders, "leader", numbers)
    people = zip((*changes.staff, *changes.leaders), (*staff, *leaders), strict=True)
    await _addresses(tx, present, list(people))
    await _consents(tx, changes.leaders, leaders)
    await _businesses(tx, changes.businesses, numbers)
    await _places(tx, changes.places)
    await _partners(tx, changes.partners)
    await _audit(tx, changes, now, who)


async def _upsert(tx: AsyncConnection, table: Any, pairs: Sequence[tuple[Change, Row]]) -> list[int]:
    """Insert what is new, change what changes; the ids of all in their order."""
    fresh = iter(await store.insert_rows(tx, table, [row for change, row in pairs if change.new]))
    ids = []
    for change, row in pairs:
        if change.known is None:
            ids.append(next(fresh))
            continue
        ids.append(change.known.id)
        if row:
            await store.change(tx, table, change.known.id, row)
    return ids


def _full(item: Any, columns: Sequence[str]) -> Row:
    return {name: getattr(item, name) for name in columns}


async def _people(tx: AsyncConnection, changes: Sequence[Change], kind: str, numbers: Mapping[str, int]) -> list[int]:
    pairs = []
    for change in changes:
        item = change.item
        if not change.new:
            row = dict(change.columns)
        elif isinstance(item, Leader):
            row = {"kind": kind, **_full(item, LEADER), "practice": bool(item.practice), "consent": "none"}
        else:
            row = {"kind": kind, **_full(item, STAFF), "sms_name": item.name.split()[0][:12]}
        if isinstance(item, Leader) and (change.new or "association_no" in change.fields):
            row["association_id"] = numbers[item.association_no]
        pairs.append((change, row))
    return await _upsert(tx, t.people, pairs)


async def _associations(
    tx: AsyncConnection, changes: Sequence[Change], officers: Mapping[str, int]
) -> dict[str, int]:
    pairs = []
    for change in changes:
        officer = officers.get(plain(change.item.officer or ""))
        if change.new:
            row = {"no": change.item.no, **_full(change.item, ASSOCIATION), "officer_id": officer}
            row["target"] = TARGET if change.item.target is None else change.item.target
        else:
            row = dict(change.columns)
            if "officer" in change.fields and officer is not None:
                row["officer_id"] = officer
        pairs.append((change, row))
    ids = await _upsert(tx, t.associations, pairs)
    return {change.item.no: number for change, number in zip(changes, ids, strict=True)}


async def _businesses(tx: AsyncConnection, changes: Sequence[Change], numbers: Mapping[str, int]) -> None:
    pairs = []
    for change in changes:
        row = {"no": change.item.no, **_full(change.item, BUSINESS)} if change.new else dict(change.columns)
        if change.new or "association_no" in change.fields:
            row["association_id"] = numbers[change.item.association_no]
        pairs.append((change, row))
    await _upsert(tx, t.businesses, pairs)


async def _places(tx: AsyncConnection, changes: Sequence[Change]) -> None:
    columns = ("commune_old", "commune_now", "colline", "zone")
    pairs = [(change, _full(change.item, columns) if change.new else dict(change.columns)) for change in changes]
    await _upsert(tx, t.places, pairs)


async def _partners(tx: AsyncConnection, changes: Sequence[Change]) -> None:
    pairs = [(change, _full(change.item, PARTNER) if change.new else dict(change.columns)) for change in changes]
    await _upsert(tx, t.partners, pairs)


async def _addresses(tx: AsyncConnection, present: Present, people: Sequence[tuple[Change, int]]) -> None:
    """One address per number and chat, however many share it; people in roster order."""
    wanted: dict[tuple[str, str], Row] = {}
    links: dict[tuple[int, tuple[str, str]], None] = {}
    for change, person in people:
        for scheme, value in (("tel", change.item.phone), ("telegram", getattr(change.item, "telegram", None))):
            if not value:
                continue
            links[person, (scheme, value)] = None
            channel = "telegram" if scheme == "telegram" else None
            row = wanted.setdefault(
                (scheme, value), {"scheme": scheme, "value": value, "channel": channel, "phone_is": None}
            )
            if "phone_is" in change.fields:
                row["phone_is"] = change.fields["phone_is"][1]
    ids = {key: address.id for key, address in present.addresses.items()}
    fresh = [key for key in wanted if key not in ids]
    ids |= dict(zip(fresh, await store.insert_rows(tx, t.addresses, [wanted[key] for key in fresh]), strict=True))
    for key, row in wanted.items():
        if key in present.addresses and row["phone_is"]:
            await tx.execute(store.PHONE_IS, {"address": ids[key], "what": row["phone_is"]})
    await _moved(tx, present, people, ids)
    new_links = [(person, ids[key]) for person, key in links if (person, ids[key]) not in present.links]
    if new_links:
        rows = [{"person_id": person, "address_id": address} for person, address in new_links]
        await tx.execute(store.LINK, rows)


async def _moved(
    tx: AsyncConnection,
    present: Present,
    people: Sequence[tuple[Change, int]],
    ids: Mapping[tuple[str, str], int],
) -> None:
    """Take people off the numbers they no longer have."""
    old = []
    for change, person in people:
        if change.known and "phone" in change.fields:
            numbers = [number for number in change.known.phones if number != change.item.phone]
            old += [{"person": person, "address": ids["tel", number]} for number in numbers]
    if old:
        await tx.execute(store.UNLINK, old)


async def _consents(tx: AsyncConnection, changes: Sequence[Change], ids: Sequence[int]) -> None:
    """On paper or spoken before a witness, as the roster says; the newest word holds."""
    rows = []
    for change, person in zip(changes, ids, strict=True):
        if change.consent is None:
            continue
        said = change.consent
        row = {"person_id": person, "given": said.given, "how": said.how, "at": said.at}
        rows.append({**row, "language": change.item.language})
        if change.counts:
            await tx.execute(store.CONSENT_IS, {"person": person, "given": said.given})
    if rows:
        await tx.execute(store.CONSENTS, rows)


async def _audit(tx: AsyncConnection, changes: Changes, now: datetime, who: str) -> None:
    leaders = Tally.of(changes.leaders)
    counts = {"leaders": len(changes.leaders), "new": leaders.new, "changed": leaders.changed + leaders.changed_phone}
    details = {**counts, "associations": len(changes.associations)}
    await tx.execute(audit.NOTE, [{"at": now, "who": who, "what": "roster imported", "details": details}])
