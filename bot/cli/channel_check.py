"""Asks channels what is wrong with them, for doctor and connect: sending, receiving, and there and back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import datetime, timedelta

import aiohttp
import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import control
from bot.channels import web
from bot.channels.base import Channel, Message, Recorder
from bot.channels.phone_numbers import is_number, normalise
from bot.cli import base, gateway
from bot.clock import Clock
from bot.errors import BotError, SendError
from bot.operations import DOCTORS_TEXT
from bot.settings import Settings
from bot.store import trying
from bot.store.engine import Database

TIMEOUT = aiohttp.ClientTimeout(total=15)
OURS = (401, 403)
"""What our doors say to whoever has no secret."""
Line = tuple[str, str]
Reported = Callable[[AsyncConnection], Awaitable[str]]
"""What the provider has told of a text by now; empty before."""


async def looked_at(channels: Mapping[str, Channel], set_up: bool = False) -> dict[str, list[str]]:
    """Channel -> what is wrong, each with what to do; logs in as the service does and sends nothing. With `set_up`
    what is in order is also set at its other end, where a channel can do that."""
    found = {}
    async with aiohttp.ClientSession(timeout=TIMEOUT) as http:
        for name, channel in channels.items():
            try:
                await channel.start(http)
                found[name] = await channel.check()
                if set_up and not found[name] and hasattr(channel, "set_up"):
                    found[name] = await channel.set_up()
            except BotError as error:
                found[name] = [str(error)]
            finally:
                await channel.stop()
    return found


async def reached(settings: Settings, channels: Mapping[str, Channel]) -> list[Line]:
    """Whether what providers call leads to us: knocks without the secret, from here, at web.public_url. Of what is
    fetched the running service is asked."""
    lines = []
    seen = await gateway.seen(settings, Clock().now())
    states = {one["channel"]: one["state"] for one in seen or ()}
    async with aiohttp.ClientSession(timeout=TIMEOUT) as http:
        for name, channel in channels.items():
            path = next(paths_of(channel), "")
            if not path:
                lines.append(_fetched(name, states))
            elif settings.web.public_url:
                wrong = await _knocked(http, settings.web.public_url.rstrip("/") + path)
                lines.append(("!!", f"{name}: {wrong}") if wrong else ("ok", f"{name}: web.public_url leads to us"))
    return lines


def _fetched(name: str, states: Mapping[str, str]) -> Line:
    if name not in states:
        return "i", f"{name}: nobody calls us; the service fetches messages, and none with it answers here"
    if states[name] == "refused":
        return "!!", f"{name}: the running service is refused there; its log says what to do"
    return "ok", f"{name}: nobody calls us; the running service fetches messages"


def paths_of(channel: Channel) -> Iterator[str]:
    """The addresses a provider calls, with a wrong word where the secret stands."""
    for route in channel.routes(Recorder()):
        path = str(getattr(route, "path", "")).replace("{secret}", "doctor")
        if "{" not in path:
            yield path


async def _knocked(http: aiohttp.ClientSession, url: str) -> str:
    try:
        async with http.post(url, allow_redirects=False) as answer:
            status = answer.status
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        todo = "Does `kurikirana run` run, are name and certificate right?"
        return f"web.public_url cannot be reached ({web.why(error)}). {todo}"
    if status in OURS:
        return ""
    if status in (404, 405):
        return f"web.public_url answers {status}: it leads elsewhere, or the service was not started anew since."
    return f"web.public_url answers {status} where we would say 401 or 403; look at the proxy in between."


# --- there and back ---


async def there_and_back(settings: Settings, name: str, channel: Channel, number: str, wait_s: int) -> bool:
    """Write to a phone of the team and wait for its report and its answer; says each step. True when all came."""
    address, begin = normalise(number), Clock().now()
    if not is_number(address):
        return _step("!!", f"{number}: not a number; write it as +257...")
    database = await Database.look(settings.database.url, settings.folder)
    try:
        async with database.read() as tx:
            if await trying.is_a_leaders(tx, address):
                return _step("!!", "this is a leader's phone; take one of the team")
        if channel.alone == "both":
            reported = await _sent_by_the_service(settings, database, name, address)
        else:
            reported = await _sent(channel, Message(int(begin.timestamp() * 1000), address, _text(settings), 1))
        return reported is not None and await _awaited(database, name, address, reported, begin, wait_s)
    finally:
        await database.close()


def _step(mark: str, text: str) -> bool:
    typer.echo(f"{mark:4}{text}")
    return mark == "ok"


def _text(settings: Settings) -> str:
    return (
        f"{settings.project.sender}: Test of {Clock().now().astimezone(settings.zone):%H:%M}. Answer with any word."
    )


async def _sent(channel: Channel, message: Message) -> Reported | None:
    """How its report is found; None when it did not leave."""
    async with aiohttp.ClientSession(timeout=TIMEOUT) as http:
        try:
            await channel.start(http)
            sent = await channel.send(message)
        except SendError as error:
            _step("!!", f"the text did not leave: {error}")
            return None
        finally:
            await channel.stop()
    _step("ok", f"the text was taken ({sent.state}); answer it with any word")
    return lambda tx: trying.reported(tx, channel.name, message.id, sent.provider_id or None)


async def _sent_by_the_service(settings: Settings, database: Database, name: str, number: str) -> Reported | None:
    """The same by a channel with one connection, which the service has: it must run."""
    if await gateway.seen(settings, Clock().now()) is None:
        _step("!!", f"{name} has one connection, the service's: start `kurikirana run`, then ask again")
        return None
    details = {"channel": name, "number": number, "text": _text(settings)}
    row = await control.act(settings, DOCTORS_TEXT, details)
    state, why = "queued", ""
    for _ in range(60):
        async with database.read() as tx:
            state, why = await trying.became(tx, row)
        if state not in ("queued", "sending"):
            break
        await asyncio.sleep(0.5)
    if state not in ("accepted", "sent", "delivered"):
        _step("!!", f"the text did not leave ({state}): {why or 'the service is busy'}")
        return None
    _step("ok", f"the text was taken ({state}); answer it with any word")

    async def reported(tx: AsyncConnection) -> str:
        state, _ = await trying.became(tx, row)
        return state if state in ("delivered", "failed") else ""

    return reported


async def _awaited(
    database: Database, name: str, address: str, reported: Reported, begin: datetime, wait_s: int
) -> bool:
    state, answer = "", False
    while Clock().now() < begin + timedelta(seconds=wait_s) and not (answer and state):
        async with database.read() as tx:
            if not state and (state := await reported(tx)):
                _step("ok" if state != "failed" else "!!", f"the report came: {state}")
            if not answer and (answer := await trying.answered(tx, name, address, begin)):
                _step("ok", "the answer came")
        await asyncio.sleep(0.5)
    if not state:
        _step("i", f"no delivery report within {wait_s} s; some operators send none")
    if not answer:
        _step("!!", f"no answer within {wait_s} s. Does `kurikirana run` run? See docs/channels/{name}.md")
    return answer and state != "failed"


def fail_unless_one(channel: str, known: Mapping[str, Channel]) -> Channel:
    """The one that is asked about. Leaves with 1 when it is not on."""
    if channel not in known:
        base.fail(f"{channel}: not on. On are {', '.join(known) or 'none'}; `kurikirana connect {channel}` adds it.")
    return known[channel]
