"""Everybody talks at once, at random: what must hold whoever writes what, presses what and when.

Leaders on phones, on a shared phone, by USSD and in chats, the team in theirs, and two who are not on the roster:
words of all conversation scripts, digits, commands, buttons of any card that was shown, replies, edits, days that
pass.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import forms
from bot.app import App
from bot.programme import recounting
from handlers.turn import Label, OpenTask, Outcome, Reply, Turn
from tests.examples import THOROUGH
from tests.handlers.test_any_talk import FORMS, TEXTS
from tests.play_lines import Ask, ChatLine, PhoneLine
from tests.play_people import share
from tests.play_service import asking, service

SAID = sorted(
    {
        line[2:].strip()
        for file in FORMS.glob("*.txt")
        for line in file.read_text().splitlines()
        if line.startswith("> ")
    }
)
COMMANDS = (
    *("/today", "/late", "/remind", "/inbox", "/find", "/report_for", "/call", "/broadcast", "/help", "/summary"),
    *(
        "/questions",
        "/lessons",
        "/tasks",
        "/language",
        "/cancel",
        "/stop",
        "/start",
        "/totals",
        "/partners",
        "/visits",
    ),
)
BEHIND = (
    *("", "", "", "1", "2", "07", "odette", "twiyunge", "abahuza fabiola", "07 12/11 3 12 7 5 3", "1 reached", "all"),
    *("2 no answer", "late", "rutana", "5 done well", "9999", "x" * 300, "12/11", "-1"),
)
DOOR = ("7 {}", "PROBLEM {}", "IKIBAZO {}", "he threatens me, {}", "the officer wants money, {}")
SILENT = {"kept, not answered", "said stop again", "sent twice: taken once", "came before its question: kept for it"}
"""Of these nothing needs to come: of a wrong number, a second STOP, what is kept for its question."""
FOCAL = "100004"
"""Who opens sealed cases."""
Plant = Callable[[Turn, Outcome], Outcome]
SHARED, STRANGER = "+25700000039", "+25700099999"
STEPS, SEEDS = (3_000, 8) if THOROUGH else (350, 1)


class Everybody:
    """Who talks, and what must never be seen."""

    def __init__(self, app: App, ask: Ask, chance: random.Random) -> None:
        self.app, self.ask, self.chance = app, ask, chance
        self.said: list[str] = []
        self.wrong: list[Any] = []
        self.silent = set[str]()
        """What was understood of messages that nothing came of: no text, nothing kept, nobody told."""
        self.sealed, self.told = set[str](), set[str]()
        """Marks of what was told at the problem door, and of what was said elsewhere."""
        self.phones: list[PhoneLine] = []
        self.chats: list[ChatLine] = []
        self.team = set[str]()
        self._buttons: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        self._step, app.turns._step = app.turns._step, self._watched

    async def gather(self) -> None:
        """Some leaders, one shared phone, strangers, the team."""
        leaders = await self.ask(_LEADERS, ())
        phones = [*(phone for _, phone in self.chance.sample(list(leaders), 6)), SHARED, STRANGER]
        self.phones = [PhoneLine(self.app, self.ask, phone) for phone in dict.fromkeys(phones)]
        chats = {str(200_001 + n): person for n, (person, _) in enumerate(self.chance.sample(list(leaders), 4))}
        chats |= {"100015": 5, "100017": 7}  # a supervisor and an administrator
        for chat, person in chats.items():
            await self.app.database.writer.do(share, ("telegram", chat, person))
        self.team = {"100001", "100002", "100003", FOCAL, "100015", "100017"}
        self.chats = [ChatLine(self.app, self.ask, chat) for chat in sorted({*chats, *self.team, "300000"})]
        await self.ask("update people set area = '07 08 Rutana' where id = 2", ())

    def _watched(self, turn: Turn) -> Outcome:
        outcome = self._step(turn)
        if turn.inbound.kind == "text" and not (outcome.replies or outcome.effects or outcome.timers):
            self.silent.add(outcome.understood)
        marks = re.findall(r"zq\d+z", turn.inbound.text)
        hidden = any(isinstance(effect, OpenTask) and effect.sealed for effect in outcome.effects)
        (self.sealed if hidden else self.told).update(marks)
        return outcome

    async def step(self, number: int) -> None:
        """One thing happens; everything that follows from it has happened afterwards."""
        self.app.clock.advance(timedelta(seconds=self.chance.choice((1, 7, 40))))
        what = self.chance.random()
        if what < 0.02:
            by = timedelta(hours=self.chance.choice((1, 15, 25, 72)))
            self.said.append(f"@ {by}")
            await self.phones[0].move(by)
        elif what < 0.03:
            form = forms.load(FORMS / self.chance.choice(("crop.md", "crop_fewer.md", "seed.md")))
            self.app.turns.forms[form.name] = form
        elif what < 0.5:
            await self._phone(number)
        else:
            await self._chat(number)
        await self._settled()
        assert not self.wrong, (self.wrong, self.said[-8:])

    async def at_the_door(self) -> None:
        """Somebody comes to the problem door, whatever chance picks."""
        self.said.append(f"{self.phones[0].phone} > PROBLEM zq99999z")
        await self.phones[0].send("PROBLEM zq99999z")
        self._look([shown.text for shown in await self.phones[0].answers()])
        await self._settled()

    async def _settled(self) -> None:
        """Every message is handled, those that turns woke too; one that a turn failed at stays and is set aside."""
        try:
            async with asyncio.timeout(10):
                while left := await self.ask("select id, text, state from inbox where state != 'done'", ()):
                    assert "quarantined" not in (row[2] for row in left), (left, self.said[-8:])
                    await asyncio.sleep(0.005)
        except TimeoutError:
            raise AssertionError("still not handled", self.said[-8:]) from None

    async def _phone(self, number: int) -> None:
        line = self.chance.choice(self.phones)
        text = self._words(number)
        self.said.append(f"{line.phone} > {text}")
        if self.chance.random() < 0.05:
            self._look([await line.dial(self.chance.choice(("", text)))])
        elif self.chance.random() < 0.03:
            await line.send("", self.chance.choice(("missed_call", "mms")))
        else:
            await line.send(text)
        self._look([shown.text for shown in await line.answers()])

    def _words(self, number: int) -> str:
        kind = self.chance.random()
        if kind < 0.3:
            return self.chance.choice("0123456789")
        if kind < 0.35:
            return self.chance.choice(DOOR).format(f"zq{number}z")
        text = self.chance.choice(SAID if kind < 0.8 else TEXTS)
        return f"{text} zq{number}z" if len(text.split()) > 3 and self.chance.random() < 0.5 else text

    async def _chat(self, number: int) -> None:
        line, kind = self.chance.choice(self.chats), self.chance.random()
        shown = self._buttons[line.phone][-25:]
        if kind < 0.4 and shown:
            message, data = self.chance.choice(shown)
            self.said.append(f"{line.phone} presses {data}")
            await line.press(data, message)
        elif kind < 0.45:
            self.said.append(
                f"{line.phone} " + (other := self.chance.choice(("sticker", "blocked", "start", "edited")))
            )
            await line.send(self._words(number) if other == "edited" else "", other)
        else:
            text = self._words(number)
            if line.phone in self.team and self.chance.random() < 0.7:
                text = f"{self.chance.choice(COMMANDS)} {self.chance.choice(BEHIND)}".strip()
            self.said.append(f"{line.phone} > {text}")
            await line.send(text, reply=kind < 0.55)
        self._look([said.text for said in await line.answers()])
        await self._remember(line.phone)

    async def _remember(self, chat: str) -> None:
        query = """select provider_id, data from outbox where data is not null and address_id =
                   (select id from addresses where scheme = 'telegram' and value = ?) order by id desc limit 3"""
        for message, data in await self.ask(query, (chat,)):
            for button in (button for row in json.loads(data).get("buttons", ()) for button in row):
                if (message, button["data"]) not in self._buttons[chat]:
                    self._buttons[chat].append((message, button["data"]))

    def _look(self, texts: list[str]) -> None:
        for text in texts:
            if re.search(r"\{(?!name\}|association\}|officer\})|\bNone\b", text):
                self.wrong.append(text)

    async def afterwards(self) -> None:
        """Sums are those of the reports; who said stop got nothing more; the problem door is shut; nothing is lost.

        What a leader's phone gets by itself is one part of an SMS.
        """
        async with self.app.database.read() as tx:
            assert await recounting.differing(tx) == []
        assert not await self.ask(_AFTER_STOP, ())
        assert self.silent <= SILENT
        assert not await self.ask(_LONG, ())
        for mark in self.sealed - self.told:
            for query in (_TEXTS, _TASKS, _LESSONS):
                told = await self.ask(query, (f"%{mark}%",))
                assert not told, ([line for line in self.said if mark in line], told)


_LEADERS = """select p.id, a.value from people p join people_addresses pa on pa.person_id = p.id
    join addresses a on a.id = pa.address_id where p.kind = 'leader' and a.scheme = 'tel' order by p.id"""
_AFTER_STOP = """select o.id, o.text from outbox o join people_addresses pa on pa.address_id = o.address_id
    join people p on p.id = pa.person_id join consents c on c.person_id = p.id
    where o.urgency > 0 and o.state in ('sent', 'accepted', 'delivered') and p.consent = 'stopped'
    and c.id = (select max(id) from consents where person_id = p.id) and o.sent_at > c.at
    and (select count(*) from people_addresses where address_id = o.address_id) = 1"""
_LONG = """select o.id, o.text from outbox o join addresses a on a.id = o.address_id
    where a.scheme = 'tel' and o.parts > 1 and o.broadcast_id is null and o.inbox_id is not null
    and not exists (select 1 from people_addresses pa join people p on p.id = pa.person_id
                    where pa.address_id = a.id and p.kind = 'staff')"""
_TEXTS = f"""select o.id, o.text from outbox o join addresses a on a.id = o.address_id
    where o.text like ? and a.value != '{FOCAL}'"""
_TASKS = "select id, about from tasks where about like ? and not sealed"
_LESSONS = "select number, text from lessons where text like ?"


async def _talk(
    folder: Path, seed: int, steps: int, planted: Callable[[Turn, Outcome], Outcome] | None = None
) -> None:
    on = frozenset(("tips", "reminders", "totals"))
    async with service(folder, on=on) as app, asking(folder, "") as ask:
        if planted:
            right = app.turns._step
            app.turns._step = lambda turn: planted(turn, right(turn))
        everybody = Everybody(app, ask, random.Random(seed))
        await everybody.gather()
        await everybody.at_the_door()
        for number in range(steps):
            await everybody.step(number)
        await everybody.afterwards()
    assert everybody.sealed - everybody.told, "nobody came to the problem door"


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_whoever_writes_whatever(tmp_path: Path, seed: int) -> None:
    await _talk(tmp_path, seed, STEPS)


def _fails(turn: Turn, outcome: Outcome) -> Outcome:
    if turn.inbound.kind == "button":
        raise KeyError(turn.inbound.data["data"])
    return outcome


def _tells(turn: Turn, outcome: Outcome) -> Outcome:
    if not any(isinstance(effect, OpenTask) and effect.sealed for effect in outcome.effects):
        return outcome
    return outcome.but(replies=(Reply(Label({"en": turn.inbound.text})),))


def _forgets(turn: Turn, outcome: Outcome) -> Outcome:
    return outcome.but(replies=(), effects=()) if outcome.understood == "for a person to read" else outcome


@pytest.mark.parametrize("planted", [_fails, _tells, _forgets])
async def test_a_planted_fault_turns_it_red(tmp_path: Path, planted: Plant) -> None:
    with pytest.raises(ExceptionGroup) as raised:
        await _talk(tmp_path, 0, 120, planted)
    assert raised.value.subgroup(AssertionError)
