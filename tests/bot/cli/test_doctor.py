"""doctor of one channel: its file, whether its address leads to us, a text to a phone of the team and back."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest
import uvicorn
from aiohttp import web
from pydantic import SecretStr
from typer.testing import CliRunner

from bot.__main__ import app as commands
from bot.app import App
from bot.channel_sections import Kannel
from bot.channels import kannel_conf
from bot.channels.base import Recorder
from bot.cli.channel_check import OURS, paths_of
from tests.contracts.channel_kit import Call, Kit, knock
from tests.contracts.test_channel_faults import KITS
from tests.contracts.test_channel_faults import NAMES as KIT_NAMES
from tests.end_to_end.inside import Inside
from tests.programme import ODETTE, Gateway, free_port, small_roster
from tests.smsc import Smsc

CONF = (Path(__file__).parents[3] / "docs/channels/kannel.conf").read_text()
SETTINGS = Kannel(
    sendsms_url="http://127.0.0.1:13013/cgi-bin/sendsms",
    username="kurikirana",
    password=SecretStr("canary-password"),
    secret=SecretStr("canary-secret"),
)
ERIC = "+25779123499"
SMPP = """[channels.smpp]
host = "127.0.0.1"
port = {port}
system_id = "s"
password = "p"
"""


def filled(conf: str = CONF) -> str:
    """As an administrator fills it in."""
    for word, value in (
        ("SENDSMS-PASSWORD", "canary-password"),
        ("SECRET", "canary-secret"),
        ("ADMIN-PASSWORD", "x"),
    ):
        conf = conf.replace(word, value)
    return re.sub(r"OPERATOR-[A-Z]+", "op", conf)


# --- kannel.conf ---


def test_our_own_file_is_right_and_its_placeholders_are_named() -> None:
    assert kannel_conf.problems(filled(), SETTINGS) == []
    found = " ".join(kannel_conf.problems(CONF, SETTINGS))
    for word in ("ADMIN-PASSWORD", "OPERATOR-HOST", "SENDSMS-PASSWORD", "SECRET"):
        assert f"{word} is a placeholder" in found


LINES = [
    ("store-type = spool", "store-type = file", "store-type"),
    ("dlr-storage = spool", "", "dlr-storage"),
    ("http-request-retry = 8640", "", "http-request-retry"),
    ("http-request-retry = 8640", "http-request-retry = 3", "http-request-retry"),
    ("mo-recode = true", "", "mo-recode"),
    ("sendsms-interface = 127.0.0.1", "", "sendsms-interface"),
    ("group = smsbox\n", "group = smsbox\nsmsbox-id = a\n", "smsbox_list empty"),
    ("sendsms-port = 13013", "sendsms-port = 13014", "sendsms-port"),
    ("username = kurikirana", "username = other", "sendsms-user"),
    ("password = canary-password", "password = another", "the password is not"),
    ("max-messages = 8", "max-messages = 1", "two parts"),
    ("concatenation = true", "", "concatenation"),
    ("catch-all = true", "", "catch-all"),
    ("max-messages = 0", "", "max-messages"),
    ("omit-empty = true", "", "omit-empty"),
    ("/canary-secret/incoming", "/canary-secre/incoming", "channels.kannel.secret"),
    ("&time=%T", "&time=%t", "time=%T"),
    ("&id=%I", "", "id=%I"),
    ("get-url", "#get-url", "sms-service"),
    ("group = smsc", "group = modems", "no operator"),
]


@pytest.mark.parametrize(("right", "wrong", "said"), LINES, ids=[f"{right}->{wrong}" for right, wrong, _ in LINES])
def test_every_line_that_the_page_explains_is_looked_at(right: str, wrong: str, said: str) -> None:
    conf = filled()
    assert right in conf
    found = kannel_conf.problems(conf.replace(right, wrong), SETTINGS)
    assert any(said in problem for problem in found), found
    assert "canary" not in " ".join(found)


@pytest.mark.parametrize("conf", ["", "group =", "\0", "= = =", "group = core\n" * 9, "[toml]\na = 1"])
def test_what_is_no_such_file_is_said(conf: str) -> None:
    assert kannel_conf.problems(conf, SETTINGS)


# --- receiving, and there and back ---


@asynccontextmanager
async def served(app: App, port: int) -> AsyncIterator[None]:
    config = uvicorn.Config(app.web, port=port, log_config=None, access_log=False, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield
    server.should_exit = True
    await task


@pytest.mark.parametrize("kit", KITS, ids=KIT_NAMES)
async def test_every_door_says_to_a_knock_that_it_is_ours(kit: Kit) -> None:
    """Without the secret, as doctor knocks: 401 or 403, and nothing is kept."""
    channel, intake = kit.channel("http://127.0.0.1:9"), Recorder()
    for path in paths_of(channel):
        assert await knock(channel, intake, Call("POST", path)) in OURS, path
    assert not intake.kept and not intake.told


class Smsbox(Gateway):
    """A gateway that misses a receiver as Kannel does, and remembers everything it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[dict[str, str]] = []

    async def _sendsms(self, request: web.Request) -> web.Response:
        if "to" not in request.query:
            return web.Response(status=400, text="Missing receiver number, rejected")
        self.asked.append(dict(request.query))
        return await super()._sendsms(request)


class Doctor:
    """The command, with everything it says."""

    def __init__(self, config: Path) -> None:
        self.config = config

    async def __call__(self, *words: str, code: int) -> str:
        runner = CliRunner(env={"KURIKIRANA_CONFIG": str(self.config)})
        done = await asyncio.to_thread(runner.invoke, commands, ["doctor", *words])
        assert done.exit_code == code, done.output
        return str(done.output)


async def test_the_address_is_knocked_at_and_a_text_goes_there_and_back(tmp_path: Path) -> None:
    port = free_port()
    async with Smsbox() as gateway, Smsc() as smsc:
        programme = Inside(tmp_path, gateway, SMPP.format(port=smsc.port))
        here = f'127.0.0.1:{port}"\nport = {port}'
        programme.config.write_text(programme.config.read_text().replace('127.0.0.1:9"', here))
        await programme.bring(small_roster())
        doctor = Doctor(programme.config)
        assert "cannot be reached" in await doctor("kannel", code=1)
        assert "twilio: not on. On are kannel, smpp" in await doctor("twilio", code=1)
        assert "start `kurikirana run`" in await doctor("smpp", "--to", ERIC, code=1)
        (tmp_path / "kannel.conf").write_text(filled())
        async with programme.service() as app, served(app, port):
            said = await doctor("kannel", str(tmp_path / "kannel.conf"), code=1)
            assert "ok  kannel\nok  kannel: web.public_url leads to us\n" in said and "sendsms-user" in said
            asking = asyncio.create_task(doctor("kannel", "--to", "79123499", "--wait", "60", code=0))
            while not gateway.asked:
                await asyncio.sleep(0.05)
            await _answers(app, gateway)
            said = await asking
            assert gateway.sent[0][0] == ERIC and "Answer with any word" in gateway.sent[0][1]
            for step in ("the text was taken", "the report came: delivered", "the answer came"):
                assert step in said
            refused = await doctor("kannel", "--to", ODETTE, code=1)
            assert "leader's phone" in refused and ODETTE not in refused
            silent = await doctor("kannel", "--to", "+25779123490", "--wait", "1", code=1)
            assert "no answer within 1 s" in silent and "not there and back" in silent
            await _by_the_one_connection(doctor, smsc)
    assert [to for to, _ in gateway.sent if to == ODETTE] == []


async def _by_the_one_connection(doctor: Doctor, smsc: Smsc) -> None:
    """The service has it, so the service sends and is asked whether it fetches; a second bind there is none."""
    await smsc.until(lambda: smsc.bound)
    asking = asyncio.create_task(doctor("smpp", "--to", ERIC, "--wait", "60", code=0))
    await smsc.until(lambda: bool(smsc.submitted))
    assert "Answer with any word" in smsc.submitted[0].short_message
    await asyncio.sleep(0.1)
    smsc.reports("m1", "DELIVRD")
    smsc.says(ERIC[1:], "Ego")
    said = await asking
    for step in ("nobody calls us; the running service fetches", "was taken (", "delivered", "answer came"):
        assert step in said
    assert len(smsc.binds) == 1


async def _answers(app: App, gateway: Smsbox) -> None:
    secret = "/channels/kannel/s3cret-of-the-tests"
    number = gateway.asked[0]["dlr-url"].rpartition("id=")[2]
    report = urlencode({"type": "1", "id": number}).encode()
    ego = urlencode({"from": ERIC, "text": "Ego", "id": "a"}).encode()
    for call in (Call("GET", f"{secret}/status", report), Call("GET", f"{secret}/incoming", ego)):
        assert await knock(app.channels["kannel"], app.inbox, call) == 200  # type: ignore[arg-type]
