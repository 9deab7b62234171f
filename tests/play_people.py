"""What a script makes of the leaders: who shares a phone, who got credit, how many reports they have sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import inbox, refunds
from bot.store.tables import addresses, people, people_addresses

SENT = {
    0: "Ambroise Balthazar Bernadette Dieudonné Espérance Fides Fulgence Gerard Odile Venant Yvonne",
    1: "Charles Clementine Juvenal Melchior Renilde Sylvestre",
    2: "Anitha Emmanuel Florence Gabriel Lucien Thomas",
    3: "Celestin Christella Dorothee Eugenie Fabiola Philomene",
    4: "Beatrice Deo Judith Languide Odette Perpetue",
    5: "Denise Gaudence Jean Suavis",
}
"""It decides what they are asked next (a detail, a place, a remark), and each script is about one of these."""


async def reports_sent(tx: AsyncConnection) -> None:
    """Write the numbers into the invented programme."""
    for sent, names in SENT.items():
        await tx.execute(update(people).where(people.c.sms_name.in_(names.split())).values(reports=sent))


async def share(tx: AsyncConnection, items: Sequence[tuple[str, str, int]]) -> list[None]:
    """These people use this phone, or this chat, too."""
    for scheme, value, person in items:
        ids = await inbox.address_ids(tx, [(scheme, value, None)])
        await tx.execute(insert(people_addresses), {"person_id": person, "address_id": ids[scheme, value]})
    return [None] * len(items)


async def set_people(tx: AsyncConnection, items: Sequence[tuple[str, str, str]]) -> list[None]:
    """A header line: everybody who writes from this phone has this language, or this consent."""
    for phone, column, value in items:
        here = select(people_addresses.c.person_id).join(addresses).where(addresses.c.value == phone)
        await tx.execute(update(people).where(people.c.id.in_(here)).values({column: value}))
    return [None] * len(items)


async def credit(tx: AsyncConnection, items: Sequence[tuple[str, str, datetime]]) -> list[None]:
    """As `refunds sent` does it, for one phone."""
    for phone, month, now in items:
        begins = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
        paid = await refunds.paid(tx, begins, begins + timedelta(days=31))
        await refunds.tell(tx, [row for row in paid if row["phone"] == phone], month, now)
    return [None] * len(items)
