"""What the invented leaders have written in the last two weeks, taken by the real turns on the days it was written.

So the demo's pages have messages, questions, lessons and debts to show, and not one of our texts in them is made up.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot import channels
from bot.added_forms import load_all
from bot.control import run_all
from bot.operations import Asked
from bot.render import Words
from bot.settings import Settings
from bot.store import inbox, listing, outbox, question_list
from bot.store.engine import Database
from bot.store.inbox import Incoming
from bot.store.outbox import Mark, Wanted
from bot.turns import Take, Turns
from handlers.conversations import step
from handlers.noun import noun

CHANNEL = "phone"
MOST = 100


@noun
class Line:
    """One SMS: so many days before today, at this local hour; or the mentor's `answer` to the last question."""

    days: int
    at: str
    who: str
    """Association and short name, as `kurikirana chat --as` takes them."""
    text: str = ""
    answer: str = ""


TALK = (
    Line(12, "09:10", "ABAHUZA ODETTE", "3"),
    Line(12, "09:12", "ABAHUZA ODETTE", "Le décortiqueur s'arrête quand il est chaud, que faire?"),
    Line(12, "13:05", "ABAHUZA ODETTE", answer="Serrez la courroie et laissez refroidir dix minutes par heure."),
    Line(12, "16:40", "ABAHUZA ODETTE", "1"),
    Line(10, "15:30", "DUKOREHAMWE SPES", "4"),
    Line(
        10,
        "15:34",
        "DUKOREHAMWE SPES",
        "Nous séchons le riz plus longtemps: on le prend sans discuter",
    ),
    Line(10, "15:36", "DUKOREHAMWE SPES", "1"),
    Line(8, "10:02", "UMWETE LYDIA", "9"),
    Line(7, "17:20", "URUMURI MARTHE", "Mvua kubwa, mafunzo yameahirishwa mpaka Jumamosi"),
    Line(6, "08:45", "TUZAMURANE DENISE", "3"),
    Line(6, "08:47", "TUZAMURANE DENISE", "Où acheter des sacs d'emballage moins chers?"),
    Line(5, "11:15", "DUTERIMBERE JUDITH", "4"),
    Line(5, "11:19", "DUTERIMBERE JUDITH", "We start the training at three, so the young people come after school"),
    Line(5, "11:20", "DUTERIMBERE JUDITH", "2"),
    Line(3, "14:50", "KEREBUKA SUAVIS", "Les jeunes viennent seulement quand nous commençons à quinze heures"),
    Line(2, "16:05", "TURASHOBOYE GRACE", "The belt of the mill is broken since Monday, we wait for the spare part"),
    Line(1, "12:30", "INTUMBERO GORETH", "5"),
)


async def play(database: Database, settings: Settings, today: date) -> None:
    """Write them into the programme that was just invented; nothing leaves, nobody else is told yet."""
    talk = _Talk(database, settings, today)
    async with database.read() as tx:
        talk.turns.forms = await load_all(tx)
    for number, line in enumerate(TALK):
        await talk.say(number, line)


class _Talk:
    """The turns of a service whose clock stands where the line was written."""

    def __init__(self, database: Database, settings: Settings, today: date) -> None:
        self._database, self._zone, self._today = database, settings.zone, today
        self.now = datetime.now(UTC)
        simulated = channels.build(settings, self._now, simulate=True)
        self._addresses: dict[str, int] = {}
        self.turns = Turns(settings, Words.load(), {}, self._now, step, simulated)

    def _now(self) -> datetime:
        return self.now

    async def say(self, number: int, line: Line) -> None:
        """Keep it, take its turn, and let what was answered leave."""
        do = self._database.writer.do
        self.now = _moment(self._today - timedelta(days=line.days), line.at, self._zone)
        phone = await self._phone(line.who)
        if line.answer:
            await self._answer(line.answer)
        arrived = Incoming(CHANNEL, f"talk-{number}", "tel", phone, "text", line.text, self.now, self.now, None)
        address = self._addresses[phone] if line.answer else await do(inbox.keep, arrived)
        self._addresses[phone] = address
        await do(self.turns.take, Take(address))
        day = self.now.astimezone(self._zone).date().isoformat()
        for claim in await do(outbox.claim, Wanted(CHANNEL, MOST, self.now)):
            await do(outbox.mark, Mark(claim.id, "sent", self.now, day=day))

    async def _phone(self, who: str) -> str:
        async with self._database.read() as tx:
            [leader] = await listing.people_named(tx, who)
        return str(leader["phone"])

    async def _answer(self, text: str) -> None:
        """The mentor answers the question that is open."""
        async with self._database.read() as tx:
            [question] = [one for one in await question_list.listed(tx) if one["state"] == "open"]
        details = {"number": question["number"], "answer": text, "who": "Jean", "user": "demo"}
        await self._database.writer.do(run_all, Asked("question answer", details, self.now))


def _moment(day: date, at: str, zone: ZoneInfo) -> datetime:
    hour, minute = map(int, at.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)
