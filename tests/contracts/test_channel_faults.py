"""Every channel over a network that breaks: nothing is lost, states only move forward, nothing goes twice beyond
the promise. A short set here; `make channel-faults` brings every payload through every fault, and sends more."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import time, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
import uvicorn
import yarl
from aiohttp import web
from sqlalchemy import insert, select
from starlette.applications import Starlette

from bot.channels.base import Channel, Delivery, Message, Recorder, Sent
from bot.clock import StoppedClock
from bot.errors import Ambiguous, RetryLater
from bot.store import inbox, tables
from bot.store.deliveries import STATES
from bot.store.engine import Database
from bot.store.inbox import Incoming
from bot.workers.inbox import InboxWorker
from bot.workers.outbox import OutboxWorker
from scheduler.quiet import Hours
from tests import faultproxy
from tests.contracts.channel_kit import Call, Kit, Provider, knock
from tests.contracts.kit_twilio import TwilioKit
from tests.contracts.kit_twilio_whatsapp import TwilioWhatsAppKit
from tests.contracts.kit_whatsapp import WhatsAppKit
from tests.contracts.test_channels import HttpKit, KannelKit, SmsGateKit
from tests.contracts.test_channels_africastalking import AfricasTalkingKit
from tests.contracts.test_channels_telegram import Webhook
from tests.databases import NOW, add_outbox, database, execute, place, postgres_server, rows
from tests.faultproxy import FAULTS
from tests.sending import sends

__all__ = ["database", "place", "postgres_server"]
ROUNDS = int(os.environ.get("KURIKIRANA_CHANNEL_FAULTS", "0"))
"""0: each payload meets one fault; 1 and more: each payload every fault so often, and as many more texts."""
KITS = [KannelKit(), HttpKit(), SmsGateKit(), TwilioKit(), TwilioWhatsAppKit(), WhatsAppKit()]
KITS += [AfricasTalkingKit(), Webhook()]
NAMES = [type(kit.channel("http://127.0.0.1:9")).__name__.lower() for kit in KITS]
HOURS = Hours.parse(time(0, 0), time(23, 59), (), (), ZoneInfo("UTC"))
ONE_CALL, LAST_CALL = aiohttp.ClientTimeout(total=0.4), aiohttp.ClientTimeout(total=30)
every_channel = pytest.mark.parametrize("kit", KITS, ids=NAMES)
on_sqlite = pytest.mark.parametrize("place", ["sqlite"], indirect=True)


class Kept(InboxWorker):
    """The real intake over the real store; turns are not taken. `seen` are the states of the text, in order."""

    def __init__(self, database: Database, text: int) -> None:
        turns: Any = SimpleNamespace(settings=SimpleNamespace(zone=ZoneInfo("UTC")))
        super().__init__(database, turns, now=lambda: NOW, sent=lambda: None)
        self.text, self.seen, self._one_by_one_told = text, ["accepted"], asyncio.Lock()

    def _keep(self, item: Incoming) -> asyncio.Future[int | None]:
        return self._database.writer.put(inbox.keep, item)

    def notify(self, address_id: int, row: int | None = None) -> None:
        """Nobody takes turns here."""

    async def deliveries(self, deliveries: Sequence[Delivery]) -> None:
        async with self._one_by_one_told:
            await super().deliveries(deliveries)
            self.seen.append((await _outbox(self._database))[self.text].state)


@asynccontextmanager
async def served(channel: Channel, intake: Kept) -> AsyncIterator[int]:
    """The channel's addresses behind the web server that the service has; its port."""
    site = Starlette(routes=list(channel.routes(intake)))
    config = uvicorn.Config(site, port=0, log_config=None, access_log=False, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await task


async def brought(
    http: aiohttp.ClientSession, call: Call, ways: Sequence[faultproxy.FaultProxy], turnstile: asyncio.Semaphore
) -> None:
    """As a provider does: again and again until somebody thanks for it."""
    headers = [(name.decode(), value.decode()) for name, value in call.headers]
    for way in ways:
        url = yarl.URL(f"{way.url}{call.path}?{call.query.decode('latin-1')}", encoded=True)
        patience = LAST_CALL if way.fault == faultproxy.Fault() else ONE_CALL
        asked = http.request(call.method, url, data=call.body or None, headers=headers, timeout=patience)
        with suppress(aiohttp.ClientError, TimeoutError, OSError):
            async with turnstile, asked as answer:
                if answer.status == 200:
                    return
                assert answer.status != 500
    raise AssertionError("never thanked for")


@pytest.mark.fault("B11", "B12", "B17")
@every_channel
@on_sqlite
async def test_whatever_the_network_does_each_message_counts_once(kit: Kit, database: Database) -> None:
    plain, channel = Recorder(), kit.channel("http://127.0.0.1:9")
    for sample in kit.samples.values():
        await knock(channel, plain, sample.call)
    theirs = [told for told in plain.told if told.outbox_id == 41]
    known_by = next((told.provider_id for told in plain.told if told.outbox_id is None and told.provider_id), None)
    theirs += [told for told in plain.told if known_by and told.provider_id == known_by]
    ((address,),) = await execute(database, _ADDRESS, _address(channel, 0))
    await add_outbox(database, address, id=41, channel=channel.name, state="accepted", provider_id=known_by)
    intake = Kept(database, 41)
    async with served(channel, intake) as port, _ways(port) as ways:
        connector = aiohttp.TCPConnector(force_close=True, limit=0)
        turnstile = asyncio.Semaphore(20)
        async with aiohttp.ClientSession(connector=connector) as http:
            await asyncio.gather(*(brought(http, call, some, turnstile) for call, some in _itinerary(kit, ways)))
    ours = tables.inbox.c.kind == "blocked"  # what is concluded from a report
    brought_in = select(tables.inbox.c.dedupe_key).where(~ours)
    found = [row.dedupe_key for row in await rows(database, brought_in)]
    kept = set(found)
    assert kept == {arrival.key for arrival in plain.kept}
    assert len(kept) == len(found)
    ranks = [STATES.index(state) for state in intake.seen]
    assert ranks == sorted(ranks), intake.seen
    assert intake.seen[-1] == max([*(told.state for told in theirs), "accepted"], key=STATES.index)


@asynccontextmanager
async def _ways(port: int) -> AsyncIterator[list[faultproxy.FaultProxy]]:
    """A proxy for each fault, and at the end one without."""
    ways = [faultproxy.FaultProxy("127.0.0.1", port, fault) for fault in (*FAULTS, faultproxy.Fault())]
    for way in ways:
        await way.__aenter__()
    yield ways
    for way in ways:
        await way.__aexit__()


def _itinerary(kit: Kit, ways: list[faultproxy.FaultProxy]) -> list[tuple[Call, list[faultproxy.FaultProxy]]]:
    """Which call goes which ways: the broken one twice, then the whole one."""
    *broken, whole = ways
    calls = [sample.call for sample in kit.samples.values()]
    if ROUNDS:
        chosen = list(itertools.product(calls * ROUNDS, broken))
    else:
        chosen = list(zip(calls, itertools.cycle(broken), strict=False))
    random.Random(1).shuffle(chosen)
    return [(call, [way, way, whole]) for call, way in chosen]


# --- sending: the outbox, the channel, a provider behind a network that breaks ---

_ADDRESS = insert(tables.addresses).returning(tables.addresses.c.id)
TEXTS = 8 * (1 + 2 * ROUNDS)
"""Of each kind, answers and what nobody asked for."""


def _address(channel: Channel, number: int) -> dict[str, Any]:
    plus = "" if channel.scheme == "telegram" else "+257"
    return {"scheme": channel.scheme, "value": f"{plus}{79_000_000 + number}", "channel": channel.name}


async def _outbox(database: Database) -> dict[int, Any]:
    return {row.id: row for row in await rows(database, select(tables.outbox))}


async def _queued(database: Database, channel: Channel) -> dict[int, str]:
    """Texts that wait, and the digits by which the provider's requests show whose they are."""
    digits = {}
    for number in range(2 * TEXTS):
        ((address,),) = await execute(database, _ADDRESS, _address(channel, number))
        unasked = number % 2 == 1
        kind = {"kind": "broadcast", "urgency": 1} if unasked else {"kind": "reply"}
        row = await add_outbox(database, address, channel=channel.name, **kind)
        digits[row] = str(79_000_000 + number)
    return digits


@asynccontextmanager
async def moody(kit: Kit) -> AsyncIterator[tuple[Channel, Provider, faultproxy.FaultProxy]]:
    """The channel with its provider behind a proxy that has another fault for each connection."""
    provider = Provider()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", provider.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    connector = aiohttp.TCPConnector(force_close=True, limit=0)
    chance = random.Random(7)
    async with (
        faultproxy.FaultProxy("127.0.0.1", runner.addresses[0][1]) as proxy,
        aiohttp.ClientSession(connector=connector) as http,
    ):
        channel = kit.channel(proxy.url)
        kit.hurry(channel)
        await channel.start(http)
        await proxy.drop()
        provider.taken = kit.taken
        # a copy that the network makes is nobody's promise, and a request in halves is no text
        usual = [fault for fault in FAULTS if not isinstance(fault, faultproxy.Duplicate | faultproxy.CutRequest)]
        proxy.choose = lambda: chance.choice(usual)
        provider.asked.clear()
        provider.queries.clear()
        yield channel, provider, proxy
        await channel.stop()
    await runner.cleanup()


async def _sent_out(database: Database, channel: Channel, proxy: faultproxy.FaultProxy, rounds: int) -> None:
    """Let the outbox work; the minute moves on whenever it rests. After `rounds` of that the network is whole."""
    clock, before = StoppedClock(NOW), list[Any]()
    worker = OutboxWorker(database, {channel.name: channel}, clock.now, {}, HOURS, Path())
    running = asyncio.create_task(sends(worker, database, 0.02))
    try:
        async with asyncio.timeout(100):
            while True:
                states = [(row.state, row.attempts, row.due_at) for row in (await _outbox(database)).values()]
                if not any(state in OPEN for state, _, _ in states):
                    return
                if states == before and not any(state == "sending" for state, _, _ in states):
                    clock.advance(timedelta(seconds=61))
                    rounds -= 1
                    if rounds == 0:
                        proxy.choose = faultproxy.Fault
                    await worker.look()
                before = states
                await asyncio.sleep(0.05)
    finally:
        running.cancel()
        await asyncio.wait([running])


OPEN = ("queued", "sending")


def _copies(provider: Provider, digits: str) -> list[bytes]:
    """What the provider took for this phone: bodies, or addresses of a GET."""
    orders = [body + query.encode() for body, query in zip(provider.asked, provider.queries, strict=True)]
    return [order for order in orders if digits.encode() in order]


@pytest.mark.fault("B1", "B2", "B5", "B6", "B21")
@every_channel
@on_sqlite
async def test_nothing_is_lost_and_nothing_goes_twice_beyond_the_promise(kit: Kit, database: Database) -> None:
    async with moody(kit) as (channel, provider, proxy):
        digits = await _queued(database, channel)
        await _sent_out(database, channel, proxy, rounds=4)
        found = await _outbox(database)
        doubtful = 0
        for row, phone in digits.items():
            copies, state = _copies(provider, phone), found[row].state
            doubtful += state == "uncertain"
            if channel.keyed:
                assert len(set(copies)) == 1 and state in ("accepted", "sent", "delivered"), (state, copies)
            else:
                assert len(copies) <= (2 if found[row].kind == "reply" else 1), (found[row].kind, copies)
                assert state == "uncertain" or copies, state
        assert (doubtful > 0) is not channel.keyed, "the network broke something"


@on_sqlite
async def test_a_channel_that_takes_doubt_for_no_is_found_out(database: Database) -> None:
    """Teeth: the same with a channel that says "later" when it cannot know."""
    async with moody(KannelKit()) as (channel, provider, proxy):
        send = channel.send

        async def wrong(message: Message) -> Sent:
            try:
                return await send(message)
            except Ambiguous:
                raise RetryLater("planted") from None

        channel.send = wrong  # type: ignore[method-assign]
        proxy.choose = faultproxy.ResetAfterRequest
        digits = await _queued(database, channel)
        await _sent_out(database, channel, proxy, rounds=4)
        assert max(len(_copies(provider, phone)) for phone in digits.values()) > 2
