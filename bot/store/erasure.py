"""Erasure: what a person's row and messages do not hold is blanked here; the totals stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import consent, countings, questions, singles
from bot.store.batch import Batch
from bot.store.consent import FINISH_ERASURES, TEAM
from bot.store.tables import addresses, media, outbox, report_history, reports
from bot.store.written import written

_REPORTS = select(reports.c.number, reports.c.form, reports.c["values"])
_BLANK_ADDRESS = (
    update(addresses).where(addresses.c.id == bindparam("row")).values(value=bindparam("blank"), scheme="erased")
)


QUOTED = "quoted_texts"
"""Ids of texts to the team that waited when somebody was erased: they may quote her, and go once they have left."""
_WAITS = outbox.c.state.in_((written("queued"), written("sending")))
_TO_TEAM = select(outbox.c.id).where(outbox.c.address_id.in_(TEAM), _WAITS)
_WAITING = select(outbox.c.id).where(outbox.c.id.in_(bindparam("ids", expanding=True)), _WAITS)
_UNSAY = update(outbox).where(outbox.c.id == bindparam("row")).values(text="", data=None)


def begin(batch: Batch, person: int, at: datetime, but: int = 0) -> None:
    """Cancel what waits for her, but for the answer to the inbox row `but`, blank her name and her messages.

    Her own words in reports go after the flush (`blank_words`), her number once the last text has left (`finish`).
    """
    batch.add(consent.STATE, {"person": person, "new_consent": "stopped"})
    batch.add(consent.CANCEL, {"person": person, "this": but})
    for statement in consent.BLANK:
        batch.add(statement, {"person": person, "at": at})
    batch.erased[person] = at


async def blank_words(
    tx: AsyncConnection, person_ids: Iterable[int], free_texts: Mapping[str, tuple[str, ...]]
) -> None:
    """Blank the free-text answers in the reports of these people, also in the history."""
    if waiting := [row.id for row in await tx.execute(_TO_TEAM)]:
        await singles.put(tx, QUOTED, sorted({*waiting, *(await singles.get(tx, QUOTED) or ())}))
    await countings.forget_all(tx)
    for person_id in person_ids:
        await questions.unsay(tx, person_id)
        theirs = await tx.execute(_REPORTS.where(reports.c.person_id == person_id))
        for row in theirs.all():
            names = free_texts.get(row.form, ())
            if any(row.values.get(name) for name in names):
                kept = {key: None if key in names else value for key, value in row.values.items()}
                await tx.execute(update(reports).where(reports.c.number == row.number).values(values=kept))
            history = select(report_history).where(report_history.c.number == row.number)
            for old in (await tx.execute(history)).all():
                kept = {key: None if key in names else value for key, value in old.values.items()}
                await tx.execute(
                    update(report_history)
                    .where(report_history.c.number == old.number, report_history.c.revision == old.revision)
                    .values(values=kept)
                )


async def finish(tx: AsyncConnection, items: Sequence[None]) -> list[int]:
    """Blank the numbers of erased people whose last text has left; returns how many."""
    done = [row.id for row in await tx.execute(FINISH_ERASURES)]
    if done:
        await tx.execute(_BLANK_ADDRESS, [{"row": number, "blank": f"erased:{number}"} for number in done])
        blank = update(outbox).where(outbox.c.address_id.in_(done)).values(text="", data=None)
        await tx.execute(blank)
    await _unsay(tx)
    return [len(done)] * len(items)


async def _unsay(tx: AsyncConnection) -> None:
    """Blank what the team was shown, as soon as it has left."""
    if quoted := await singles.get(tx, QUOTED):
        waiting = [row.id for row in await tx.execute(_WAITING, {"ids": quoted})]
        if gone := set(quoted) - set(waiting):
            await tx.execute(_UNSAY, [{"row": number} for number in gone])
            await singles.put(tx, QUOTED, waiting)


FILES = select(media.c.id, media.c.file).where(media.c.state == "erased", media.c.file.is_not(None))
_REMOVED = update(media).where(media.c.id == bindparam("row")).values(file=None)


async def files(tx: AsyncConnection) -> list[tuple[int, str]]:
    """(media id, name below the media folder) of photos and voice notes of erased people, still on the disk."""
    return [(row.id, row.file) for row in await tx.execute(FILES)]


async def removed(tx: AsyncConnection, items: Sequence[int]) -> list[None]:
    """The files of these media rows are gone from the disk."""
    await tx.execute(_REMOVED, [{"row": item} for item in items])
    return [None] * len(items)
