"""What providers, and those who pretend to be one, do to us: late, endless, misleading."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import pytest
import uvicorn
from aiohttp import web
from starlette.applications import Starlette

from bot.app import App
from bot.channels.base import Recorder
from bot.channels.whatsapp import WhatsApp
from bot.clock import StoppedClock
from bot.errors import ChannelMisconfigured, Refused
from bot.store import inbox, tables
from bot.store.engine import Database
from tests.contracts.channel_kit import Answer, Call, Kit, knock, outcome, sending
from tests.contracts.kit_whatsapp import WhatsAppKit
from tests.contracts.test_channel_faults import KITS, NAMES
from tests.contracts.test_channels import KannelKit, incoming
from tests.databases import NOW, count, database, message, place, postgres_server
from tests.end_to_end.inside import Inside
from tests.programme import ODETTE, Gateway, small_roster

__all__ = ["database", "place", "postgres_server"]
LATE = int(os.environ.get("KURIKIRANA_LATE", "240"))
"""SMS that come at once after an outage; faults.md has 10,000."""


@pytest.mark.fault("B13")
async def test_what_is_brought_again_after_a_year_is_known(database: Database) -> None:
    for days in (0, 7, 365):
        old = replace(message("id-1"), received_at=NOW + timedelta(days=days))
        await database.writer.do(inbox.keep, old)
    assert await count(database, tables.inbox) == 1


# --- B18: what a gateway kept for us during an outage ---


@pytest.mark.fault("B18")
async def test_late_sms_are_all_kept_and_no_storm_of_answers_follows(tmp_path: Path) -> None:
    async with Gateway() as gateway:
        programme = Inside(tmp_path, gateway)
        await programme.bring(small_roster())
        async with programme.service(StoppedClock(NOW)) as app:
            begin = time.monotonic()
            calls = [_late(number) for number in range(LATE)]
            slowest = 0.0
            for group in (calls[at : at + 60] for at in range(0, LATE, 60)):
                took = await asyncio.gather(*(_brought(app, call) for call in group))
                slowest = max(slowest, *took)
            async with asyncio.timeout(LATE):
                while await _waiting(app) or any(row for row in await _unsent(app)):
                    await asyncio.sleep(0.1)
            print(
                f"{LATE} late SMS: slowest answer {slowest:.2f} s, all handled after {time.monotonic() - begin:.1f} s"
            )
            answers = Counter(to for to, _ in gateway.sent)
            most = app.settings.limits.replies_per_hour
        reports = await programme.json("reports")
    assert len(reports) == LATE // 4, "what is a report counts, however many come at once"
    assert answers[ODETTE] >= LATE // 4, "and is answered, a flood or not"
    assert {to: number for to, number in answers.items() if to != ODETTE and number > most} == {}


def _late(number: int) -> Call:
    """Every fourth is a report of Odette's, one of another day each; the others are a stranger's greetings."""
    if number % 4 == 0:
        day = NOW.date() - timedelta(days=1 + number // 4 % 90)
        sender, text = ODETTE, f"{day.day}/{day.month} {1 + number // 4 % 3} {12 + number // 360} 7 5 3"
    else:
        sender, text = "+25768000001", f"muraho {number}"
    query = urlencode({"from": sender, "to": "8585", "text": text, "id": f"late-{number}", "time": "1795487454"})
    return Call("GET", "/channels/kannel/s3cret-of-the-tests/incoming", query.encode())


async def _brought(app: App, call: Call) -> float:
    """Seconds until it is thanked for."""
    begin = time.monotonic()
    assert await knock(app.channels["kannel"], app.inbox, call) == 200  # type: ignore[arg-type]
    return time.monotonic() - begin


async def _waiting(app: App) -> int:
    async with app.database.read() as tx:
        return int(await inbox.count_waiting(tx))


async def _unsent(app: App) -> list[int]:
    async with app.database.read() as tx:
        found = await tx.execute(tables.outbox.select().where(tables.outbox.c.state.in_(("queued", "sending"))))
        return [row.id for row in found]


# --- B20: requests that are none, over a real socket ---


@asynccontextmanager
async def doors() -> AsyncIterator[tuple[int, Recorder]]:
    """All channels that are called, behind the web server that the service has; its port."""
    intake = Recorder()
    routes = [route for kit in KITS for route in kit.channel("http://127.0.0.1:9").routes(intake)]
    config = uvicorn.Config(
        Starlette(routes=routes), port=0, log_config=None, access_log=False, lifespan="off", ws="none"
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1], intake
    server.should_exit = True
    server.force_exit = True
    await task


GZIP = bytes.fromhex("1f8b0800000000000003") + b"\xed\xc1\x01\r\0\0\0\xc2\xa0\xf7Om" * 2000
POST = b"POST /channels/http/secret-of-the-path/incoming HTTP/1.1\r\nHost: x\r\n"
RAW = {
    "not HTTP": b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + b"\xff" * 400 + b"\r\n\r\n",
    "no length that is one": POST + b"Content-Length: -5\r\n\r\nhello",
    "two lengths": POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "announced 1 GB": POST + b"Content-Length: 1073741824\r\n\r\n" + b"x" * 1000,
    "a chunk that is none": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
    "a header without end": POST + b"X: " + b"y" * 200_000 + b"\r\n\r\n",
    "thousands of headers": POST + b"".join(b"X%d: y\r\n" % number for number in range(5000)) + b"\r\n",
    "packed": POST + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(GZIP) + GZIP,
    "parts without end": POST
    + b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 90000\r\n\r\n"
    + b"--x\r\nA: b\r\n\r\n" * 7500
    + b"--x--\r\n" * 3,
}


@pytest.mark.fault("B20")
@pytest.mark.parametrize("raw", RAW.values(), ids=RAW.keys())
async def test_a_request_that_is_none_is_refused_at_once(raw: bytes) -> None:
    async with doors() as (port, intake):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        begin = time.monotonic()
        with suppress(OSError):
            writer.write(raw)
            async with asyncio.timeout(5):
                answer = await reader.read(4096)
            assert answer[:12] in (b"", b"HTTP/1.1 400", b"HTTP/1.1 413", b"HTTP/1.1 431")
        assert time.monotonic() - begin < 2
        writer.close()
        assert not intake.kept
        assert await _still_served(port)


@pytest.mark.fault("B20")
async def test_a_body_without_end_is_cut_off_and_holds_nobody_up() -> None:
    async with doors() as (port, intake):
        idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(50)]
        for _, writer in idle:
            writer.write(POST + b"Content-Length: 100\r\n\r\nhel")  # and never more
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(POST + b"Transfer-Encoding: chunked\r\n\r\n")
        sent = 0
        with suppress(OSError):
            while sent < 20_000_000 and not reader.at_eof():
                writer.write(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
                await writer.drain()
                sent += 65_536
                if reader._buffer:  # type: ignore[attr-defined]
                    break
        assert sent < 8_000_000, "it was told to stop soon after the first MiB"
        assert await _still_served(port)
        for _, one in idle:
            one.close()
        writer.close()
        assert not [arrival for arrival in intake.kept if "x" in arrival.text]


async def _still_served(port: int) -> bool:
    call = incoming(b"from=25779123456&text=Ego&id=1&time=1795487454")
    url = f"http://127.0.0.1:{port}{call.path}?{call.query.decode()}"
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        return answer.status == 200


# --- B24: addresses that lead inside ---

INSIDE = [
    *("127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "0x7f000001", "localhost", "localhost.", "[::1]"),
    *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]", "0.0.0.0", "0", "127.0.0.1.", "①②⑦.⓪.⓪.①", "[::1%25lo]"),
    *("169.254.169.254", "[fd00:ec2::254]", "2852039166", "0xa9fea9fe", "metadata.google.internal", "instance-data"),
    *("10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "[fe80::1]", "[fc00::1]", "[::ffff:10.0.0.1]"),
    *("facebook.com@127.0.0.1", "127.0.0.1#.facebook.com", "127.0.0.1?.facebook.com", "127.0.0.1/.facebook.com"),
    *("facebook.com.127.0.0.1.nip.io", "evilfacebook.com", "facebook.com.evil.org", "127.0.0.1\\.facebook.com"),
    *(
        "user:facebook.com@[::1]",
        "facebook.com:80@127.0.0.1",
        "ｆacebook.com.evil.org",
        "127.0.0.1:80\t.facebook.com",
    ),
]
SCHEMES = ("https://{}/x", "http://{}/x")
OTHERS = ("file:///etc/passwd", "gopher://facebook.com/x", "//127.0.0.1/x", "ftp://facebook.com/x", "data:,x", "")


@pytest.mark.fault("B24")
async def test_what_a_provider_names_as_a_files_address_is_never_one_inside() -> None:
    tried = 0
    async with sending(WhatsAppKit()) as (channel, provider):
        assert isinstance(channel, WhatsApp)
        for url in [*(scheme.format(host) for host in INSIDE for scheme in SCHEMES), *OTHERS]:
            provider.answer = Answer(200, json.dumps({"url": url, "mime_type": "image/jpeg"}).encode())
            with pytest.raises(Refused):
                await channel.fetch({"file_id": "77"}, 100)
            tried += 1
        assert set(provider.paths) == {"GET /77"}, "nothing else was asked of anybody"
    assert tried > 60


@pytest.mark.fault("B24")
@pytest.mark.parametrize("kit", KITS, ids=NAMES)
async def test_no_channel_follows_a_provider_to_another_address(kit: Kit) -> None:
    asked: list[str] = []

    async def heard(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response()

    site = web.Application()
    site.router.add_route("*", "/{rest:.*}", heard)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    inside = f"http://127.0.0.1:{runner.addresses[0][1]}/latest/meta-data"
    async with sending(kit) as (channel, provider):
        for status in (301, 302, 303, 307, 308):
            provider.answer = Answer(status, b"", {"Location": inside})
            assert type(await outcome(channel)) is ChannelMisconfigured
    await runner.cleanup()
    assert not asked


@pytest.mark.fault("B14")
async def test_a_late_but_genuine_call_passes_where_the_signature_has_no_time() -> None:
    """Kannel tries for two days, with the same id each time."""
    intake = Recorder()
    call = incoming(b"from=25779123456&text=Ego&id=1&time=1795287454")
    assert await knock(KannelKit().channel("http://127.0.0.1:9"), intake, call) == 200
    assert intake.kept[0].sent_at is not None
