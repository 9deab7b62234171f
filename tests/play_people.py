"""How many reports the leaders of the scripts have sent, whatever the invented history gives them.

It decides what they are asked next (a detail, a place, a remark), and each script is about one of these.
"""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import people

SENT = {
    0: "Ambroise Balthazar Bernadette Dieudonné Espérance Fides Fulgence Gerard Odile Venant Yvonne",
    1: "Charles Clementine Juvenal Melchior Renilde Sylvestre",
    2: "Anitha Emmanuel Florence Gabriel Lucien Thomas",
    3: "Celestin Christella Dorothee Eugenie Fabiola Philomene",
    4: "Beatrice Deo Judith Languide Odette Perpetue",
    5: "Denise Gaudence Jean Suavis",
}


async def reports_sent(tx: AsyncConnection) -> None:
    """Write the numbers into the invented programme."""
    for sent, names in SENT.items():
        await tx.execute(update(people).where(people.c.sms_name.in_(names.split())).values(reports=sent))
