"""`connect` as a newcomer meets it: on a terminal, by options, with a provider that answers and one that does not."""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import json
import os
import re
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web
from typer.testing import CliRunner

from bot import settings as settings_file
from bot.__main__ import app
from bot.channel_sections import Channels
from bot.channels.smsgate import HOOKS
from bot.cli.connect_words import ALSO, GUIDES
from bot.errors import SettingsError
from tests.botapi import Emulator
from tests.contracts.channel_kit import Answer, Provider

ROOT = Path(__file__).parents[3]
START = """\
# Ours. Keep this line.
live = false                 # not yet

[project]
name = "Rutana"              # shown to staff
start = 2026-04-01

[web]
public_url = ""              # how providers reach us
"""
CANARY = "canary-of-the-password"


class Folder:
    """A settings file, and the command in it."""

    def __init__(self, folder: Path) -> None:
        self.file, self.secrets = folder / "kurikirana.toml", folder / "kurikirana.secrets.toml"
        self.file.write_text(START)

    def connect(self, *words: str, code: int = 0, **environment: str) -> str:
        environment |= {"KURIKIRANA_CONFIG": str(self.file)}
        done = CliRunner(env=environment).invoke(app, ["connect", *words])
        assert done.exit_code == code, done.output
        assert CANARY not in done.output and CANARY not in self.file.read_text()
        return str(done.output)

    @property
    def settings(self) -> settings_file.Settings:
        return settings_file.load(self.file, {})


class Terminal:
    """`connect` on a terminal of its own."""

    def __init__(self, folder: Folder, *words: str) -> None:
        pty = pytest.importorskip("pty", exc_type=ImportError)
        self._ours, theirs = pty.openpty()
        environment = {**os.environ, "KURIKIRANA_CONFIG": str(folder.file), "PYTHONPATH": str(ROOT)}
        ask = [sys.executable, "-m", "bot", "connect", *words]
        self._process = subprocess.Popen(ask, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
        os.close(theirs)
        self.seen = ""
        self._decode = codecs.getincrementaldecoder("utf-8")().decode

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *args: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._ours)

    def until(self, words: str) -> str:
        """What is shown by the time that these words stand in the last lines."""
        while words not in self.seen:
            self.seen += self._decode(os.read(self._ours, 4096))
        return self.seen

    def answers(self, question: str, answer: str) -> None:
        """Type it when it is asked."""
        while not self.seen.rsplit("\n", 1)[-1].endswith(question):
            self.seen += self._decode(os.read(self._ours, 4096))
        os.write(self._ours, f"{answer}\n".encode())
        self.seen += "\n"

    def ends(self) -> int:
        """Its exit code."""
        with contextlib.suppress(OSError):
            while more := os.read(self._ours, 4096):
                self.seen += self._decode(more)
        return self._process.wait(30)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def botapi() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


async def test_kannel_is_tried_and_written_and_the_comments_stay(folder: Folder) -> None:
    async def sendsms(request: web.Request) -> web.Response:
        assert request.query["password"] == CANARY
        return web.Response(status=400, text="Missing receiver number, rejected")

    site = web.Application()
    site.router.add_get("/cgi-bin/sendsms", sendsms)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/cgi-bin/sendsms"
    words = ["kannel", "--set", f"sendsms_url={url}", "--set", "username=k", "--set", f"password={CANARY}"]
    words += ["--public-url", "http://127.0.0.1:8080"]
    said = await asyncio.to_thread(folder.connect, *words)
    secret = re.search(r"/channels/kannel/(\w{48})/incoming\?from=%p&to=%P&text=%a&id=%I&time=%T", said)
    written = folder.settings.channels.kannel
    assert written is not None and secret is not None
    assert (written.sendsms_url, written.password.get_secret_value()) == (url, CANARY)
    assert (
        written.secret.get_secret_value() == secret[1] and folder.settings.web.public_url == "http://127.0.0.1:8080"
    )
    assert stat.S_IMODE(folder.secrets.stat().st_mode) == 0o600
    for comment in ("# Ours. Keep this line.", "# not yet", "# shown to staff", "# how providers reach us"):
        assert comment in folder.file.read_text()
    again = await asyncio.to_thread(folder.connect, "kannel", "--set", "sender=8585")
    assert secret[1] not in again and "SECRET stands for" in again, "shown once"
    assert folder.settings.channels.kannel == written.model_copy(update={"sender": "8585"})
    await runner.cleanup()


def test_what_does_not_answer_is_not_written(folder: Folder) -> None:
    words = ["twilio", "--set", "account_sid=AC1", "--set", f"auth_token={CANARY}", "--set", "sender=+12028831111"]
    words += ["--set", "api_url=http://127.0.0.1:9", "--public-url", "https://k.example.org"]
    assert "Nothing was written" in folder.connect(*words, code=1)
    assert folder.file.read_text() == START and not folder.secrets.exists()
    assert "https://k.example.org/channels/twilio/incoming" in folder.connect(*words, "--anyway")
    assert folder.settings.channels.twilio is not None
    said = folder.connect("twilio", "--set", "whatsapp=+12028832222", "--anyway")
    assert "https://k.example.org/channels/twilio/whatsapp/incoming" in said


def test_a_dry_run_touches_nothing(folder: Folder) -> None:
    said = folder.connect("africastalking", "--set", "username=r", "--set", f"api_key={CANARY}", "--dry-run")
    assert "username = 'r'" in said and "api_key = (hidden)" in said and "SECRET/incoming" in said
    assert folder.file.read_text() == START and not folder.secrets.exists()


def test_telegram_is_told_its_address_and_tells_its_name(folder: Folder, botapi: Emulator) -> None:
    words = ["telegram", "--set", f"token={botapi.token}", "--set", f"api_url={botapi.url}"]
    said = folder.connect(*words)
    assert "https://t.me/" in said and "token" not in folder.file.read_text() and botapi.token not in said
    assert folder.settings.channels.telegram.token.get_secret_value() == botapi.token  # type: ignore[union-attr]
    folder.connect("telegram", "--set", "mode=webhook", "--public-url", "https://k.example.org")
    (hook,) = botapi.called("setWebhook")
    assert hook["url"] == "https://k.example.org/channels/telegram/incoming"
    assert hook["secret_token"] == folder.settings.channels.telegram.secret.get_secret_value()  # type: ignore[union-attr]


def test_the_first_administrator_presses_start_and_is_greeted_by_name(folder: Folder, botapi: Emulator) -> None:
    """On a terminal: no service runs yet, so connect says hello; what Telegram keeps is there for the service."""
    ask = ["telegram", "--set", f"token={botapi.token}", "--set", f"api_url={botapi.url}"]
    with Terminal(folder, *ask) as terminal:
        terminal.answers("name: ", "Eric Niyonzima")
        token = re.search(r"start=([\w-]+) and press", terminal.until("Waiting for START"))
        assert token is not None
        stranger, eric = botapi.user(9, "Somebody"), botapi.user(31, "Eric")
        stranger.says("hello")
        eric.starts(token[1])
        assert "ok  said hello" in terminal.until("ok  said hello") and terminal.ends() == 0
    assert [shown.text.partition(".")[0] for shown in eric.sees] == ["Hello Eric, you are the first administrator"]
    assert "Bonjour Eric" in eric.sees[0].text and not stranger.sees
    assert len(botapi.queue.pending) == 2
    said = folder.connect(*ask, "--admin", "Eric")
    assert re.search(r"Open https://t.me/\w+\?start=[\w-]+ and press START", said) and "Waiting" not in said


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files away")
def test_what_root_writes_the_service_can_read(folder: Folder) -> None:
    os.chown(folder.file, 1234, 1234)
    folder.connect("smpp", "--set", "host=h.invalid", "--set", "system_id=s", "--set", "password=p", "--anyway")
    for file in (folder.file, folder.secrets):
        assert (file.stat().st_uid, file.stat().st_gid) == (1234, 1234)
    assert stat.S_IMODE(folder.secrets.stat().st_mode) == 0o600


def test_what_the_environment_gives_stays_there(folder: Folder, botapi: Emulator) -> None:
    token = {"KURIKIRANA_CHANNELS__TELEGRAM__TOKEN": botapi.token}
    folder.connect("telegram", "--set", f"api_url={botapi.url}", **token)
    assert not folder.secrets.exists() and botapi.token not in folder.file.read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["fax"], "There are africastalking"),
        (["smpp"], "smpp needs --set host=..., --set system_id=..., --set password=..."),
        (["smpp", "--set", f"pasword={CANARY}"], "smpp has host, port"),
        (["smpp", "--set", CANARY], "write NAME=VALUE"),
        (
            ["smpp", "--set", "host=h", "--set", f"system_id={'x' * 20}", "--set", "password=p"],
            "smpp.system_id",
        ),
    ],
)
def test_a_mistake_is_named(folder: Folder, words: list[str], said: str) -> None:
    if words[-1] == CANARY:
        words = [*words[:-1], "no"]
    assert said in folder.connect(*words, code=1)
    assert folder.file.read_text() == START


@pytest.mark.parametrize("channel", sorted({*Channels.model_fields, *ALSO}))
def test_every_channel_has_its_words_and_can_be_asked_for(folder: Folder, channel: str) -> None:
    said = folder.connect(channel, "--dry-run", code=1)
    assert "Have ready:" in said and "needs --set" in said
    assert ALSO.get(channel, channel) in GUIDES


async def test_on_a_terminal_it_asks_hides_what_is_secret_and_sets_the_phone(folder: Folder) -> None:
    """A phone that sleeps at first, and whose app takes no settings before it is a newer one."""
    phone, door, site = Provider(), socket.socket(), web.Application()
    door.bind(("127.0.0.1", 0))
    site.router.add_route("*", "/{rest:.*}", phone.handle)
    runner = web.AppRunner(site)
    await runner.setup()
    url = f"http://127.0.0.1:{door.getsockname()[1]}"
    hooks = [
        {"id": key, "event": event, "url": "https://k.org/channels/smsgate/incoming"} for event, key in HOOKS.items()
    ]
    phone.answers = {
        "/health": Answer(200, b'{"version":"1.75.0","checks":{}}'),
        "/webhooks": Answer(200, json.dumps(hooks).encode()),
        "/settings": Answer(404),
    }
    answers = {"url": url, "username": "sms", "password": CANARY, "public_url": "https://k.org"}
    with Terminal(folder, "sms") as terminal:
        for question, answer in answers.items():
            await asyncio.to_thread(terminal.answers, f"{question}: ", answer)
        await asyncio.to_thread(terminal.until, "again: ")
        await web.SockSite(runner, door).start()
        for answer in ("", "w"):
            await asyncio.to_thread(terminal.answers, "again: ", answer)
        assert await asyncio.to_thread(terminal.ends) == 0, terminal.seen
    seen = terminal.seen
    assert CANARY not in seen and "not shown while you type" in seen
    assert "smsgate cannot be reached (nobody listens there)" in seen and "the app took no settings" in seen
    _, *codes = re.split("releases/latest|https://k.org/healthz", seen)
    assert len(codes) == 2 and all("▄" in code for code in codes), "nobody types an address on a phone"
    phone.answers["/settings"] = Answer(200, b"{}")
    said = await asyncio.to_thread(folder.connect, "sms")
    assert "set in the app: FIFO" in said and "https://k.org/healthz" in said and "▄" not in said
    await runner.cleanup()
    smsgate = folder.settings.channels.smsgate
    assert smsgate is not None and smsgate.url == url and smsgate.password.get_secret_value() == CANARY
    key = smsgate.signing_key.get_secret_value()
    assert len(key) == 48 and key not in seen + said + folder.file.read_text()
    taken = [body for path, body in zip(phone.paths, phone.asked, strict=True) if path == "PATCH /settings"]
    assert len(set(taken)) == 1 and json.loads(taken[0])["webhooks"] == {"signing_key": key}, "made once, set twice"


# --- the file of secrets ---


def test_secrets_that_others_may_read_are_refused(folder: Folder) -> None:
    folder.secrets.write_text('[channels.gammu]\nfolder = "x"\n')
    folder.secrets.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        _ = folder.settings
    folder.secrets.chmod(0o600)
    assert folder.settings.channels.gammu is not None
    folder.secrets.write_text("[channels.gammu]\nfolder = " + CANARY)
    with pytest.raises(SettingsError, match="not TOML") as refused:
        _ = folder.settings
    assert CANARY not in str(refused.value)
    folder.secrets.write_text('[channels.gammu]\nfolder = "x"\nfold = 3\n')
    with pytest.raises(SettingsError, match=r"in kurikirana.secrets.toml, channels.gammu.fold: no such setting"):
        _ = folder.settings
