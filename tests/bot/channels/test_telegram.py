"""Polling Telegram, over loopback against the Bot API emulator: nothing is lost, nothing leaks."""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Sequence

import pytest
from pydantic import SecretStr

from bot.channels.base import Arrival, Message, Recorder
from bot.channels.telegram import Telegram, Waits
from bot.errors import ChannelMisconfigured, DatabaseError
from tests.botapi import TOKEN, Emulator, botapi_fixture  # noqa: F401
from tests.botapi_bots import FAST, channel, polling, started
from tests.botapi_updates import Fault as Answer
from tests.botapi_updates import cut, flood, html, unauthorized
from tests.faultproxy import FAULTS, Fault, FaultProxy


def words(recorder: Recorder) -> list[str]:
    return [arrival.text for arrival in recorder.kept]


async def test_polling_brings_what_people_do(botapi: Emulator) -> None:
    odette, recorder = botapi.user(4711), Recorder()
    async with polling(botapi, recorder) as telegram:
        odette.starts("abc")
        said = odette.says("Ego")
        odette.edits(said, "Oya")
        odette.shares_contact("25779123456")
        odette.sends_voice()
        odette.sends_location(-3.9, 30.0)
        odette.sends_sticker()
        odette.sends_photo(caption="No 4127")
        odette.blocks()
        odette.unblocks()
        odette.says_in_group(-100, "hello")
        await botapi.until(lambda: len(recorder.kept) == 10)
        await telegram.send(Message(1, "4711", "Send?", 1, {"buttons": [[{"text": "Yes", "data": "y"}]]}))
        odette.presses(odette.sees[0], "Yes")
        await botapi.until(lambda: len(recorder.kept) == 11)
    kinds = " ".join(arrival.kind for arrival in recorder.kept)
    assert kinds == "start text edited contact voice location sticker photo blocked group button"
    assert len({arrival.key for arrival in recorder.kept}) == 11
    assert recorder.kept[-1].data["message"] == str(odette.sees[0].id)


async def test_start_sets_commands_and_tells_telegram_to_be_polled(botapi: Emulator) -> None:
    botapi.queue.hook = {"url": "https://old.example"}
    for _ in range(2):
        polls = len(botapi.called("getUpdates"))
        async with polling(botapi, Recorder()):
            await botapi.until(lambda polls=polls: len(botapi.called("getUpdates")) > polls)
    assert botapi.called("deleteWebhook")[0] == {"drop_pending_updates": "false"}
    assert len(botapi.called("setMyCommands")) == len(botapi.called("setMyDescription")) == 2, "once per language"
    names = [command["command"] for command in botapi._methods.profile["commands", "fr/default"]]
    assert names == ["start", "language", "help", "privacy"]


async def test_an_update_nobody_can_read_holds_up_no_other(botapi: Emulator) -> None:
    odette, recorder = botapi.user(4711), Recorder()
    odette.says("1")
    botapi.push({"callback_query": {"id": "9", "from": {"id": 4711}}}, check=False)  # PTB needs chat_instance
    botapi.push({"message": {"chat": "no chat", "date": "no date"}}, check=False)
    botapi.push({"message": {"chat": {"id": 4711}, "text": {"a": 1}}}, check=False)
    odette.says("5")
    async with polling(botapi, recorder):
        await botapi.until(lambda: len(recorder.kept) == 4)
        odette.says("6")
        await botapi.until(lambda: len(recorder.kept) == 5)
    assert words(recorder) == ["1", "", "", "5", "6"]
    assert recorder.kept[2].data["unread"] == "message"


@pytest.mark.fault("B25")
async def test_what_the_database_refuses_comes_again(botapi: Emulator) -> None:
    recorder = Recorder(broken=DatabaseError("locked"))
    botapi.user(4711).says("Ego")
    async with polling(botapi, recorder):
        await botapi.until(lambda: len(botapi.called("getUpdates")) > 3)
        assert not recorder.kept and len(botapi.queue.pending) == 1
        recorder.broken = None
        await botapi.until(lambda: recorder.kept)
        await botapi.until(lambda: not botapi.queue.pending)
    assert words(recorder) == ["Ego"]


class DiesAfterCommit(Recorder):
    """Keeps what it is given, and then nothing more happens in this process."""

    async def arrivals(self, arrivals: Sequence[Arrival]) -> None:
        await super().arrivals(arrivals)
        await asyncio.Event().wait()


async def test_killed_between_commit_and_offset_it_comes_again_with_the_same_key(botapi: Emulator) -> None:
    first, second = DiesAfterCommit(), Recorder()
    for number in range(3):
        botapi.user(4711).says(str(number))
    async with polling(botapi, first):
        await botapi.until(lambda: first.kept)
    async with polling(botapi, second):
        await botapi.until(lambda: len(second.kept) == 3)
        await botapi.until(lambda: not botapi.queue.pending)
    assert [arrival.key for arrival in second.kept] == [arrival.key for arrival in first.kept]


async def test_after_a_silence_a_smaller_update_id_is_not_lost(botapi: Emulator) -> None:
    odette, recorder = botapi.user(4711), Recorder()
    async with polling(botapi, recorder):
        odette.says("before")
        await botapi.until(lambda: recorder.kept)
        polls = len(botapi.called("getUpdates"))
        await botapi.until(lambda: len(botapi.called("getUpdates")) > polls + 1)
        content = {"message_id": 1, "date": 5, "chat": odette.chat, "from": odette.account, "text": "after"}
        botapi.push({"message": content}, number=17)
        await botapi.until(lambda: len(recorder.kept) == 2)
    assert words(recorder) == ["before", "after"]


async def test_polling_outlives_every_fault(botapi: Emulator) -> None:
    botapi.fail("getUpdates", html(), html(), html(), flood(1), cut(), html(200), html(500))
    botapi.user(4711).says("Ego")
    recorder = Recorder()
    async with polling(botapi, recorder):
        await botapi.until(lambda: recorder.kept, 20)


@pytest.mark.fault("B25")
async def test_over_a_network_that_breaks_no_update_is_lost_and_their_order_stays(botapi: Emulator) -> None:
    odette, recorder, said, faults = botapi.user(4711), Recorder(), list[str](), itertools.cycle(FAULTS)
    async with FaultProxy("127.0.0.1", int(botapi.url.rpartition(":")[2])) as proxy:
        proxy.choose = lambda: next(faults)
        quick = Waits(poll=0, answer=0.25, whole=0.25, back_off=(0.01,), conflict=0.05)
        settings = botapi.settings.model_copy(update={"api_url": proxy.url})
        async with started(Telegram(settings, "", waits=quick)) as telegram:
            running = asyncio.create_task(telegram.run(recorder))
            async with asyncio.timeout(60):
                while proxy.connections < 2 * len(FAULTS):
                    said.append(f"{len(said)}")
                    odette.says(said[-1])
                    await asyncio.sleep(0.1)
                    await proxy.drop()  # a line that is only slow would stay for ever
            proxy.choose = Fault
            await botapi.until(lambda: len({arrival.key for arrival in recorder.kept}) == len(said), 20)
            running.cancel()
            await asyncio.wait([running])
    assert list(dict.fromkeys(words(recorder))) == said, "what comes twice has the same key"


@pytest.mark.fault("B10")
async def test_two_pollers_the_first_waits_and_comes_back(
    botapi: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    recorder, other = Recorder(), Telegram(botapi.settings, "", waits=FAST)
    async with polling(botapi, recorder):
        await botapi.until(lambda: botapi.called("getUpdates"))
        asking = asyncio.create_task(other.updates(None))
        await botapi.until(lambda: "another process polls" in capsys.readouterr().out)
        asking.cancel()
        await other.stop()
        botapi.user(4711).says("Oya")
        await botapi.until(lambda: "Oya" in words(recorder))


@pytest.mark.fault("B9")
async def test_a_wrong_token_says_what_to_do_and_not_which(botapi: Emulator) -> None:
    wrong = botapi.settings.model_copy(update={"token": SecretStr("12:wrong")})
    with pytest.raises(ChannelMisconfigured, match="BotFather") as caught:
        async with started(channel(wrong)):
            pass
    assert "12:wrong" not in str(caught.value)
    for token in ("", "no token", "12:a b"):
        with pytest.raises(ChannelMisconfigured, match="not a token"):
            async with started(channel(botapi.settings.model_copy(update={"token": SecretStr(token)}))):
                pass


@pytest.mark.fault("B9")
async def test_a_revoked_token_ends_the_polling(botapi: Emulator) -> None:
    async with started(channel(botapi.settings)) as telegram:
        botapi.fail("getUpdates", unauthorized())
        with pytest.raises(ChannelMisconfigured):
            await telegram.run(Recorder())


async def test_telegram_out_of_reach_stops_nobody_and_is_tried_again(botapi: Emulator) -> None:
    botapi.fail("getMe", html(), cut())
    recorder = Recorder()
    botapi.user(4711).says("Ego")
    async with polling(botapi, recorder):
        await botapi.until(lambda: recorder.kept)
    away = botapi.settings.model_copy(update={"api_url": "http://127.0.0.1:9"})
    async with started(channel(away)) as telegram:
        assert "cannot be reached. Is this machine on the internet?" in (await telegram.check())[0]


async def test_check_tells_a_webhook_that_is_not_ours(botapi: Emulator) -> None:
    async with started(channel(botapi.settings)) as telegram:
        assert await telegram.check() == []
        botapi.queue.hook = {"url": "https://elsewhere.example"}
        assert "elsewhere" in (await telegram.check())[0]
        for method in ("getMe", "getWebhookInfo"):
            botapi.fail(method, Answer(200, b'{"ok": true, "result": true}'))
            assert "Telegram's answer could not be read" in (await telegram.check())[0], method


@pytest.mark.fault("E13")
async def test_the_token_reaches_no_log(
    botapi: Emulator, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    odette, recorder = botapi.user(4711), Recorder()
    botapi.fail("getUpdates", html(), cut(), html(200))
    botapi.fail("sendMessage", html(), cut(), html(200), unauthorized())
    async with polling(botapi, recorder) as telegram:
        odette.says("Ego")
        await botapi.until(lambda: recorder.kept)
        for number in range(5):
            with contextlib.suppress(Exception):
                await telegram.send(Message(number, "4711", "the words", 1, {"callback": "0"}))
        with contextlib.suppress(Exception):
            await telegram.fetch({"file_id": "none"}, 10)
    async with started(channel(botapi.settings.model_copy(update={"api_url": "http://127.0.0.1:9"}))) as telegram:
        await telegram.check()
    records = [record for record in caplog.records if not record.name.startswith("uvicorn")]  # the emulator's own
    ours = map(logging.Formatter().format, records)
    told = "".join([*ours, *capsys.readouterr()])
    assert "not answered" in told, "something was logged at all"
    assert TOKEN.partition(":")[2] not in told and "the words" not in told
    assert "Ego" not in told
