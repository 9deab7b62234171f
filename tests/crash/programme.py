"""The little programme that is killed: who reports, what they write, and what must come of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.sections import Hours
from bot.settings import Settings
from bot.store import tables
from bot.store.engine import Database

ASSOCIATIONS, LEADERS = 6, 2
SECRET = "secret-of-the-crash-tests"
POISON = "12 11 3 60 60 60 60"
"""A text whose turn ends the process, when the child is told so."""

_NO_QUESTIONS = {
    "sqlite": (
        """create trigger always_the_first after update of reports on people when new.reports > 0
           begin update people set reports = 0 where id = new.id; end""",
    ),
    "postgresql": (
        """create function always_the_first() returns trigger language plpgsql
           as $$ begin new.reports = 0; return new; end $$""",
        """create trigger always_the_first before update of reports on people
           for each row execute function always_the_first()""",
    ),
}
"""After some reports a leader is asked for a remark, and whatever she writes next is that remark. Here
every text must make a report, so that each can be accounted for."""


@dataclass(frozen=True)
class Told:
    """One message: its key is the provider's id, the figures are what must be counted."""

    phone: str
    number: int
    text: str
    association_id: int
    women: int
    men: int
    new_women: int
    new_men: int

    @property
    def key(self) -> str:
        return f"{self.phone[1:]}-{self.number}"


def phones(associations: int = ASSOCIATIONS) -> list[tuple[str, int]]:
    """(number, association id) of every leader; each has a phone of her own."""
    return [
        (f"+257791{association:02}{leader:03}", association)
        for association in range(1, associations + 1)
        for leader in range(LEADERS)
    ]


def told(phone: str, association_id: int, number: int, today: date) -> Told:
    """The nth message of a phone: a complete report of one line, unlike its neighbours."""
    leader = int(phone[-3:])
    step = number * LEADERS + leader
    day = today - timedelta(days=1 + step % 280)
    topic = 1 + step // 280 % 6
    women, men = 4 + step % 23, 3 + step % 19
    new_women, new_men = step % 4, step % 3
    line = f"{day.day} {day.month} {topic} {women} {men} {new_women} {new_men}"
    return Told(phone, number, line, association_id, women, men, new_women, new_men)


def settings(folder: Path, port: int, gateway: int, today: date) -> Settings:
    """As an operator would write them: one Kannel, one SQLite file."""
    return Settings.model_validate(
        {
            "live": True,
            "safeguarding": {"hotline": "22 00 00 00"},
            "project": {"start": today - timedelta(days=300)},
            "database": {"url": "sqlite:///crash.db"},
            "web": {"port": port, "public_url": f"http://127.0.0.1:{port}"},
            "channels": {
                "kannel": {
                    "sendsms_url": f"http://127.0.0.1:{gateway}/cgi-bin/sendsms",
                    "username": "us",
                    "password": "ours",
                    "sender": "8585",
                    "secret": SECRET,
                }
            },
            "folder": folder,
        }
    )


def at_any_hour(settings: Settings) -> Settings:
    """The same with no hour in which nothing unasked may leave."""
    hours = Hours(send_from=time(0, 0), send_to=time(23, 59), no_sending=())
    return settings.model_copy(update={"hours": hours})


async def make(settings: Settings, associations: int = ASSOCIATIONS) -> None:
    """The database with its people, all of whom have said yes."""
    database = await Database.open(settings.database.url, settings.folder)
    await database.writer.do(_rows, associations)
    await database.close()


async def _rows(tx: AsyncConnection, items: Sequence[int]) -> list[None]:
    for association in range(1, items[0] + 1):
        row: dict[str, Any] = {"id": association, "no": f"{association:02}", "name": f"Association {association}"}
        row |= {"sms_name": f"ASSO{association}", "commune_old": "x", "commune_now": "x", "colline": "x"}
        await tx.execute(insert(tables.associations), row)
    for number, (phone, association) in enumerate(phones(items[0]), 1):
        person = {"id": number, "kind": "leader", "association_id": association, "name": f"Leader {number}"}
        person |= {"sms_name": f"LEADER{number}", "sex": "F", "language": "en", "consent": "yes"}
        await tx.execute(insert(tables.people), person)
        address = {"id": number, "scheme": "tel", "value": phone, "channel": "kannel"}
        await tx.execute(insert(tables.addresses), address)
        await tx.execute(insert(tables.people_addresses), {"person_id": number, "address_id": number})
    for statement in _NO_QUESTIONS[tx.dialect.name]:
        await tx.execute(text(statement))
    return [None]
