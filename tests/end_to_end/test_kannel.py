"""The channel against a real Kannel that runs on the kannel.conf we publish."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import uvicorn
from pydantic import SecretStr
from starlette.applications import Starlette

from bot.channel_sections import Kannel as Settings
from bot.channels.base import Message, Recorder
from bot.channels.kannel import Kannel as Channel
from bot.errors import Ambiguous, ChannelMisconfigured, DatabaseError, Refused, RetryLater
from tests import kannel
from tests.programme import door

pytestmark = pytest.mark.kannel

LEADER, HERE = "+25779123456", "8585"


@dataclass
class Line:
    """A leader's phone at one end, the service at the other."""

    kannel: kannel.Kannel
    channel: Channel
    intake: Recorder
    http: aiohttp.ClientSession

    async def until(self, true: Callable[[], object], seconds: float = 20) -> None:
        for _ in range(int(seconds / 0.02)):
            if true():
                return
            await asyncio.sleep(0.02)
        pytest.fail(f"not within {seconds} s: {self.intake}")


@asynccontextmanager
async def serving(channel_of: Callable[[str], Channel], intake: Recorder) -> AsyncIterator[str]:
    """The channel's routes on a free port of the loopback; its address."""
    listener = door()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    app = Starlette(routes=list(channel_of(url).routes(intake)))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
    task = asyncio.create_task(server.serve([listener]))
    yield url
    server.should_exit = True
    await task


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Line]:
    kannel.require()
    intake = Recorder()
    # the routes need nothing of Kannel but the secret, Kannel needs the routes' address
    draft = {"sendsms_url": "", "username": "", "password": "x", "secret": kannel.SECRET}
    async with (
        serving(lambda url: Channel(Settings.model_validate(draft), url), intake) as url,
        kannel.Kannel(tmp_path, url) as box,
        aiohttp.ClientSession() as http,
    ):
        channel = Channel(Settings.model_validate(box.settings), url)
        await channel.start(http)
        yield Line(box, channel, intake, http)


async def test_what_a_leader_writes_arrives_and_nothing_comes_back_by_itself(line: Line) -> None:
    await line.kannel.fakesmsc.says("25779123456", HERE, "12 11 3 12 7 5 3")
    await line.kannel.fakesmsc.says("25779123456", HERE, "Ego, ça va — umusi w’isoko 😀")
    await line.kannel.fakesmsc.says("25779123456", HERE, "Ego")
    await line.kannel.fakesmsc.says("25779123456", HERE, "Ego")
    await line.until(lambda: len(line.intake.kept) == 4)
    await asyncio.sleep(0.3)
    kept = line.intake.kept
    assert sorted(each.text for each in kept) == [
        "12 11 3 12 7 5 3",
        "Ego",
        "Ego",
        "Ego, ça va — umusi w’isoko 😀",
    ]
    assert {each.address for each in kept} == {LEADER}
    assert len({each.key for each in kept}) == 4
    assert all(each.sent_at for each in kept)
    assert not line.kannel.fakesmsc.received, "Kannel sent our answer to the leader"


async def test_what_we_could_not_store_comes_again_with_the_same_id(line: Line) -> None:
    seen: list[str] = []
    keep = line.intake.arrivals

    async def arrivals(batch: object) -> None:
        seen.extend(each.key for each in batch)  # type: ignore[attr-defined]
        await keep(batch)  # type: ignore[arg-type]

    line.intake.arrivals = arrivals  # type: ignore[method-assign, assignment]
    line.intake.broken = DatabaseError("disk full")
    await line.kannel.fakesmsc.says("25779123456", HERE, "Ego")
    await line.until(lambda: len(seen) >= 2)
    line.intake.broken = None
    await line.until(lambda: line.intake.kept)
    assert len(set(seen)) == 1
    assert not line.kannel.fakesmsc.received


async def test_what_we_send_arrives_and_is_reported(line: Line) -> None:
    texts = ["No 4127 OK [ok] €5 + 10% & é", "Ça — w’isoko 😀", "x" * 200]
    for number, text in enumerate(texts, 41):
        sent = await line.channel.send(Message(number, LEADER, text, 1))
        assert sent.state == "accepted"
    plain, wide, *parts = await line.kannel.fakesmsc.hears(4)
    assert (plain.text, plain.kind, plain.to, plain.sender) == (texts[0], "text", LEADER, HERE)
    assert (wide.text, wide.kind) == (texts[1], "ucs-2")
    assert "".join(part.text for part in parts) == texts[2]
    await line.until(lambda: len(told(line)) == 6)
    assert told(line) == {(number, state) for number in (41, 42, 43) for state in ("sent", "delivered")}


def told(line: Line) -> set[tuple[int | None, str]]:
    return {(each.outbox_id, each.state) for each in line.intake.told}


async def test_nothing_taken_is_lost_when_kannel_is_killed(line: Line) -> None:
    await line.kannel.fakesmsc.disconnect()
    await asyncio.sleep(0.3)
    await line.channel.send(Message(51, LEADER, "kept in the spool", 1))
    await line.kannel.kill("bearerbox")
    with pytest.raises((RetryLater, Ambiguous)):  # the latter while a connection is still dying
        await line.channel.send(Message(52, LEADER, "nobody there", 1))
    await line.kannel.kill("smsbox")
    await line.kannel.start_box("bearerbox")
    await line.kannel.fakesmsc.connect()
    await line.kannel.start_box("smsbox")
    (sms,) = await line.kannel.fakesmsc.hears(1)
    assert sms.text == "kept in the spool"
    await line.until(lambda: (51, "delivered") in told(line))


async def test_kannel_says_what_is_wrong(line: Line) -> None:
    assert await line.channel.check() == []
    with pytest.raises(Refused):
        await line.channel.send(Message(61, "ECONET", "a service has no number", 1))
    stranger = Channel(line.channel.settings.model_copy(update={"password": SecretStr("wrong")}), "http://127.0.0.1")
    await stranger.start(line.http)
    with pytest.raises(ChannelMisconfigured):
        await stranger.send(Message(62, LEADER, "x", 1))
    assert "sendsms-user" in " ".join(await stranger.check())
    assert not line.kannel.fakesmsc.received


async def test_debians_own_operator_speaks_as_ours_does(line: Line) -> None:
    await line.kannel.fakesmsc.disconnect()
    await asyncio.sleep(0.2)
    told_to = [str(kannel.FAKESMSC), "-H", "127.0.0.1", "-r", str(line.kannel.fakesmsc.port), "-i", "0.1", "-m", "1"]
    process = await asyncio.create_subprocess_exec(
        *told_to, "25779123456 8585 text Ego", stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    try:
        await line.until(lambda: line.intake.kept)
        await line.channel.send(Message(71, LEADER, "Murakoze", 1))
        assert process.stderr is not None
        async with asyncio.timeout(10):
            while b"Murakoze" not in await process.stderr.readline():
                pass
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
    assert line.intake.kept[0].text == "Ego"
