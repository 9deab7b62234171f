"""Plays conversation scripts against the real service: SQLite, inbox, turns, outbox, simulated phone.

A script is a text file that a non-programmer can read and write:

    as: ABAHUZA ODETTE       whose phone; or  phone: +25700009999  (may be unknown), or  chat: 100003
    language: en             her language from now on (rn fr sw en)
    consent: yes             none asked yes no stopped
    tips_by: telegram        the roster's road for a kind of text: reminders_by, tips_by, answers_by
    on: tips                 what nobody asks for is off, unless the script wants it (tips, reminders, totals);
                             then only the associations that it names are left in the programme
    with: TWIYUNGE FABIOLA   writes from this phone, or this chat, too
    credit: 2026-11          the office says that it sent credit for her SMS of that month
    form: seed               answers tests/conversations/seed.md, a form that staff wrote

    # a remark
    > 12 11 3 12 7 5 3       what she sends; a bare > is an empty SMS
    * missed call            something else arrives: missed call, mms; in a chat: blocked
    >> stop 15 min           in a chat: Telegram's reply to the last text
    >#                       she dials the USSD code; `># 12 7` is typed in that session. The screen is its answer
    < OIM No {number} OK.*   what we answer, one line per SMS; {number} = digits, * at the end = any rest
    @ +3 days                the clock moves ahead and what is due happens (min, h, days)

`as:` or `phone:` further down goes on at another phone; its waiting texts are expected there. An
answer that no line expects is an error, on every phone that the script names.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot import forms
from bot.app import App
from bot.cli.talk import clock_move
from bot.store import listing, look
from handlers.turn import Kind
from tests.play_lines import Ask, ChatLine, PhoneLine
from tests.play_people import credit, set_people, share
from tests.play_service import asking, service

_people: dict[str, Mapping[str, Any]] = {}
_VALUES = {
    "on": ("tips", "reminders", "totals"),
    "language": ("rn", "fr", "sw", "en"),
    "consent": ("none", "asked", "yes", "no", "stopped"),
}
_HEADER = re.compile(r"(as|phone|chat|language|consent|with|credit|form|on|(?:reminders|tips|answers)_by):\s*(.+)")
_OTHER: dict[str, Kind] = {"missed call": "missed_call", "mms": "mms", "blocked": "blocked"}
FORMS = Path(__file__).parent / "conversations"


class ScriptError(Exception):
    """The script itself cannot be read; says where and what to do."""


@dataclass
class Step:
    """One thing that is done (`as`, `phone`, `language`, `consent`, `>`, `@`), and what must come back."""

    line: int
    kind: str
    text: str
    expected: list[tuple[int, str]] = field(default_factory=list)


def parse(text: str, name: str = "script") -> list[Step]:
    """The steps of a script. Raises ScriptError for a line that is none."""
    steps: list[Step] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line, where = raw.strip(), f"{name}:{number}"
        if not line or line.startswith("#"):
            continue
        if line[0] == "<" and steps:
            steps[-1].expected.append((number, " ".join(line[1:].split())))
        else:
            steps.append(_step(line, number, where))
    if not any(step.kind in (">", ">>", ">#") for step in steps):
        raise ScriptError(f"{name}: sends nothing; write at least one line that begins with >")
    if next(step.kind for step in steps if step.kind != "on") not in ("as", "phone", "chat"):
        raise ScriptError(f"{name}: begin with `as: NAME` or `phone: +257...`")
    return steps


def _step(line: str, number: int, where: str) -> Step:
    if header := _HEADER.fullmatch(line):
        kind, value = header[1], header[2].partition(" #")[0].strip()
        if kind in _VALUES and value not in _VALUES[kind]:
            raise ScriptError(f"{where}: {kind}: one of {', '.join(_VALUES[kind])}")
        return Step(number, kind, value)
    if line.startswith(">#"):
        return Step(number, ">#", line[2:].strip())
    if line.startswith(">>"):
        return Step(number, ">>", line[2:].strip())
    if line[0] == ">":
        return Step(number, ">", line[1:].strip())
    if line[0] == "*" and line[1:].strip() in _OTHER:
        return Step(number, "*", line[1:].strip())
    if line[0] == "@" and clock_move(line):
        return Step(number, "@", line[1:].strip())
    raise ScriptError(f"{where}: {line!r} is no step. Begin with as: > < * or #, or move the clock: @ +1 day")


def matches(expected: str, got: str) -> bool:
    """Whether a text is the expected one, with its wildcards; white space does not matter."""
    rest = expected.endswith("*")
    pattern = r"\d+".join(re.escape(part) for part in expected.removesuffix("*").split("{number}"))
    return re.fullmatch(pattern + (".*" if rest else ""), " ".join(got.split())) is not None


def difference(expected: str | None, got: str | None) -> list[str]:
    """Two lines, and a third that points at the first word that differs."""
    if expected is None:
        return [f"  not expected  {got}", "                (write a < line for it, or make the service silent)"]
    if got is None:
        return [f"  expected      {expected}", "  but came      nothing"]
    same = 0
    wanted, came = expected.split(), got.split()
    for want, word in zip(wanted, came, strict=False):
        if not matches(want, word):
            break
        same += 1
    column = len(" ".join(came[:same])) + (1 if same else 0)
    spaces = " " * (16 + column)
    return [f"  expected      {expected}", "  but came      " + " ".join(came), f"{spaces}^ from here"]


class Player:
    """A running service and the phones a script names."""

    def __init__(self, app: App, ask: Ask, name: str) -> None:
        self._app, self._ask, self._name = app, ask, name
        self._lines: dict[str, PhoneLine | ChatLine] = {}

    async def play(self, steps: list[Step]) -> None:
        """Raises AssertionError where an answer is missing, other or not expected."""
        line: PhoneLine | ChatLine | None = None
        for step in steps:  # every phone is there from the start: a text may come before its owner is played
            if step.kind in ("as", "phone", "chat"):
                await self._line(step)
        for step in (step for step in steps if step.kind != "on"):
            screens = [await line.dial(step.text)] if step.kind == ">#" and isinstance(line, PhoneLine) else []
            line = await self._do(step, line)
            await self._compare(step, line, [*screens, *(shown.text for shown in await line.answers())])
        for phone, line in self._lines.items():
            left = [shown.text for shown in await line.answers()]
            assert not left, "\n".join([f"{self._name}: at the end {phone} holds what no line expects", *left])

    async def _do(self, step: Step, line: PhoneLine | ChatLine | None) -> PhoneLine | ChatLine:
        if line is None or step.kind in ("as", "phone", "chat"):
            return await self._line(step)
        if step.kind == ">#":
            return line
        if step.kind == ">>":
            assert isinstance(line, ChatLine), f"{self._name}:{step.line}: only a chat has replies"
            await line.send(step.text, reply=True)
        elif step.kind == ">":
            await line.send(step.text)
        elif step.kind == "*":
            assert isinstance(line, ChatLine) is (step.text == "blocked"), f"{self._name}:{step.line}: not there"
            await line.send("", _OTHER[step.text])
        elif step.kind == "with":
            person = (await self._person(step.text))["id"]
            scheme = "telegram" if isinstance(line, ChatLine) else "tel"
            await self._app.database.writer.do(share, (scheme, line.phone, person))
        elif step.kind == "credit":
            await self._app.database.writer.do(credit, (line.phone, step.text, self._app.clock.now()))
            await asyncio.sleep(1.2)  # the inbox worker looks once a second for rows of other processes
        elif step.kind == "form":
            form = forms.load(FORMS / f"{step.text}.md")
            self._app.turns.forms[form.name] = form
        elif by := clock_move(step.text):
            await line.move(by)
        else:
            await self._app.database.writer.do(set_people, (line.phone, step.kind, step.text))
        return line

    async def _line(self, step: Step) -> PhoneLine | ChatLine:
        if step.kind == "chat":
            return self._lines.setdefault(step.text, ChatLine(self._app, self._ask, step.text))
        phone = step.text if step.kind == "phone" else str((await self._person(step.text))["phone"])
        return self._lines.setdefault(phone, PhoneLine(self._app, self._ask, phone))

    async def _person(self, name: str) -> Mapping[str, Any]:
        """One of the invented programme: asked once in a process, since it is the same for every script."""
        if name not in _people:
            async with self._app.database.read() as tx:
                found = await listing.people_named(tx, name)
            if len(found) != 1:
                names = ", ".join(f"{row['association']} {row['sms_name']}" for row in found) or "nobody"
                raise ScriptError(f"{self._name}: as: {name}: {names}. Write ASSOCIATION NAME.")
            _people[name] = found[0]
        return _people[name]

    async def _compare(self, step: Step, line: PhoneLine | ChatLine, got: list[str]) -> None:
        wanted = [text for _, text in step.expected]
        if len(wanted) == len(got) and all(map(matches, wanted, got)):
            return
        async with self._app.database.read() as tx:
            turns = await look.happened(tx, [line.phone], 0, 1)
        said = [f"{self._name}:{step.line}: {step.kind} {step.text}"]
        said += [f"  understood    {turn.arrived.understood}" for turn in turns]
        for index in range(max(len(wanted), len(got))):
            expected = wanted[index] if index < len(wanted) else None
            came = got[index] if index < len(got) else None
            if expected is not None and came is not None and matches(expected, came):
                said.append(f"  as expected   {came}")
            else:
                said.extend(difference(expected, came))
        raise AssertionError("\n".join(said))


async def play(text: str, name: str, folder: Path, url: str = "") -> None:
    """Play one script in a fresh service whose data lie in `folder`, or in the database `url`, which was begun."""
    steps = parse(text, name)
    failed: Exception | None = None
    on = frozenset(step.text for step in steps if step.kind == "on")
    named = frozenset(step.text.split(" ")[0] for step in steps if step.kind in ("as", "with"))
    serving = service(folder, on=on, only=named if on else frozenset(), url=url)
    async with serving as app, asking(folder, url) as ask, asyncio.timeout(60):
        try:
            await Player(app, ask, name).play(steps)
        except (AssertionError, ScriptError) as error:
            failed = error  # raised outside, so that no task group wraps it
    if failed:
        raise failed
