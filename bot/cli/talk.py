"""The keypad phone in a terminal: each line is an SMS; what comes back is printed.

`--save` writes the talk as a script that tests/conversations can play:

    as: ODETTE          whose phone (or `phone: +257...`)
    # a remark
    > what she sends    a bare `>` is an empty SMS
    >#                  she dials the USSD code; `># 1` is typed in that session
    < what we answer
    @ +1 day            the clock moves ahead
"""

from __future__ import annotations

import asyncio
import re
import sys
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import TextIO
from uuid import uuid4

from bot.app import App
from bot.channels.phone import Phone, Shown
from bot.console.moving import move_clock
from bot.store import look
from handlers.turn import Kind

ANSWER_WITHIN_S = 10.0
_END = "Ctrl-Z and Enter" if sys.platform == "win32" else "Ctrl-D"
_MOVE = re.compile(r"@?\s*\+\s*(?P<many>\d+)\s*(?P<unit>min(?:ute)?s?|h(?:our)?s?|days?|d)", re.IGNORECASE)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def clock_move(line: str) -> timedelta | None:
    """How far `@ +1 day`, `@ +2 h` or `@ +30 min` moves the clock; None when the line is something else."""
    found = _MOVE.fullmatch(line.strip())
    return int(found["many"]) * _UNITS[found["unit"][0].lower()] if found else None


class Line:
    """One simulated phone of a running App: send, wait until nothing is under way, read what came."""

    def __init__(self, app: App, phone: str) -> None:
        channel = app.channels["phone"]
        assert isinstance(channel, Phone), "only simulated phones can be talked to"
        self._app, self._channel, self.phone = app, channel, phone
        self._session, self._typed = "", ""
        self._read = {shown.id for shown in channel.screen(phone)}

    async def pick_up(self) -> None:
        """The phone is in her hand: if it was off, what waited for it arrives."""
        await self._channel.switch_on(self.phone)

    async def send(self, text: str, kind: Kind = "text") -> None:
        """She presses "send" (or calls, or sends a picture by MMS); returns once it is stored."""
        await self._channel.hear(self.phone, f"talk-{uuid4().hex}", text, self._app.clock.now(), kind)

    async def dial(self, typed: str) -> str:
        """Dial the USSD code, or type something in the session that goes on; the screen."""
        if not typed or not self._session:
            self._session, self._typed = f"talk-{uuid4().hex}", ""
        self._typed = f"{self._typed}*{typed}" if self._typed else typed
        return await self._channel.dial(self.phone, self._session, self._typed)

    async def move(self, by: timedelta) -> None:
        """Move the clock ahead and wake what became due."""
        await move_clock(self._app, by)

    async def answers(self, within_s: float = ANSWER_WITHIN_S) -> list[Shown]:
        """What the phone showed since the last look, once no turn and no text is under way."""
        deadline = asyncio.get_running_loop().time() + within_s
        pause = 0.001
        while await self._busy() and (left := deadline - asyncio.get_running_loop().time()) > 0:
            self._channel.changed.clear()
            pause = min(2 * pause, 0.02)
            try:
                async with asyncio.timeout(min(left, pause)):
                    await self._channel.changed.wait()
            except TimeoutError:
                pass  # a turn without an answer changes nothing on the phone: look again
        new = [shown for shown in self._channel.screen(self.phone) if shown.id not in self._read]
        self._read.update(shown.id for shown in new)
        return new

    async def _busy(self) -> bool:
        if self._app.database.at_work:
            return True
        async with self._app.database.read() as tx:
            return await look.unfinished(tx, self.phone) > 0


async def chat(app: App, phone: str, save: Path | None, lines: AsyncIterator[str] | None = None) -> None:
    """Talk until the lines end; `save` keeps the talk as a script, also when it is broken off."""
    line = Line(app, phone)
    await line.pick_up()
    for waited in await line.answers():
        print(f"< {_flat(waited.text)}", flush=True)
    header = await _header(app, phone)
    script = [*header, ""]
    _say(f"{header[0]}   each line is an SMS, ># dials by USSD (># 1 answers), @ +1 day moves the clock, {_END} ends")
    try:
        async for text in lines or _typed(sys.stdin):
            await _one(line, text.rstrip("\r\n"), script)
    finally:
        if save is not None:
            save.write_text("\n".join(script) + "\n", encoding="utf-8")
            _say(f"saved as {save}")


async def _one(line: Line, text: str, script: list[str]) -> None:
    if text.startswith("#"):
        script.append(text)
        return
    by = clock_move(text) if text.startswith("@") else None
    if text.startswith("@") and by is None:
        _say("the clock moves by minutes, hours or days: @ +30 min, @ +2 h, @ +1 day")
        return
    if text.startswith(">#"):
        script.append(text)
        screen = _flat(await line.dial(text[2:].strip()))
        script.append(f"< {screen}")
        print(f"< {screen}", flush=True)
    elif by is None:
        script.append(f"> {text}".rstrip())
        await line.send(text)
    else:
        script.append(f"@ {text.removeprefix('@').strip()}")
        await line.move(by)
    for answer in await line.answers():
        shown = _flat(answer.text)
        script.append(f"< {shown}")
        print(f"< {shown}", flush=True)
    script.append("")


def _flat(text: str) -> str:
    return " ".join(text.split())


async def _header(app: App, phone: str) -> list[str]:
    """`as: ABAHUZA ODETTE` when the roster knows one person under this number, her language, and the day."""
    async with app.database.read() as tx:
        owner = next((owner for owner in await look.owners(tx) if owner.phone == phone), None)
    day = app.clock.now().astimezone(app.settings.zone)
    remark = f"# talked on {day.day}/{day.month}/{day.year} {day:%H:%M}"
    if owner is None or owner.shared:
        return [f"phone: {phone}", remark]
    language = [f"language: {owner.language}"] if owner.language else []
    return [f"as: {owner.association} {owner.names[0].upper()}", *language, remark]


async def _typed(source: TextIO) -> AsyncIterator[str]:
    """Lines of standard input, read by a thread that does not hold up the end (Ctrl-C)."""
    loop, lines = asyncio.get_running_loop(), asyncio.Queue[str]()

    def read() -> None:
        for line in iter(source.readline, ""):
            loop.call_soon_threadsafe(lines.put_nowait, line)
        loop.call_soon_threadsafe(lines.put_nowait, "")

    threading.Thread(target=read, name="typed", daemon=True).start()
    while True:
        if source.isatty():
            print("> ", end="", flush=True)
        line = await lines.get()
        if not line:
            return
        yield line


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
