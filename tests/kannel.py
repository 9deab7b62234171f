"""A real Kannel for tests: bearerbox and smsbox from Debian, and the operator behind them.

The operator speaks Kannel's own test protocol (smsc_fake.c), one message a line, as Debian's
fakesmsc does; a program of ours speaks it because fakesmsc can only repeat what it was started with.

    async with Kannel(tmp_path, service_url) as kannel:
        await kannel.fakesmsc.says("25779123456", "8585", "Ego")
        sms = await kannel.fakesmsc.hears(1)

Give the service `kannel.settings` as its `[channels.kannel]` and `service_url` as its public_url.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import socket
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes

import pytest

PROGRAMS = ("bearerbox", "smsbox")
FAKESMSC = Path("/usr/lib/kannel/test/fakesmsc")
LINE = re.compile(rb"(\S+) (\S+) (text|data|ucs-2|udh) (.*)")
SECRET = "kannel-secret-of-the-tests"

CONF = Path(__file__).parents[1] / "docs" / "channels" / "kannel.conf"
"""The file we give to operators is the file we test; adapt() exchanges ports, folders and secrets."""
FAKE = """
group = smsc
smsc = fake
smsc-id = operator
port = {port}
connect-allow-ip = 127.0.0.1
"""


def adapt(conf: str, changes: dict[str, dict[str, object]], port: int) -> str:
    """`conf` with other values by group and name, and with the fake operator on `port` as its only one."""
    groups = re.split(r"(?m)^(?=group = )", conf)
    kept = [part for part in groups if not part.startswith("group = smsc\n")]
    assert len(kept) == len(groups) - 1, "the operator's group is missing from kannel.conf"
    for group, values in changes.items():
        (place,) = (n for n, part in enumerate(kept) if part.startswith(f"group = {group}\n"))
        for name, value in values.items():
            kept[place], found = re.subn(f"(?m)^{name} = .*$", f'{name} = "{value}"', kept[place])
            assert found == 1, f"{group}: {name} is missing from kannel.conf"
    return "".join(kept) + FAKE.format(port=port)


def missing() -> list[str]:
    """The Debian programs that are not installed, by name."""
    gone = [name for name in PROGRAMS if not _program(name)]
    return gone + ([] if FAKESMSC.exists() else [str(FAKESMSC)])


def require() -> None:
    """Skip the test, naming what is missing; fail instead where CI=true says it must be there."""
    if gone := missing():
        reason = f"not installed: {', '.join(gone)}; apt-get install kannel kannel-extras"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@dataclass(frozen=True)
class Sms:
    """One SMS as it reached the operator; a long text arrives as several, each with a header."""

    sender: str
    to: str
    text: str
    kind: str
    """text, or ucs-2, or udh for a part"""


class Operator:
    """The operator's side: `says` what people write, `received` what they are sent."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.received: list[Sms] = []
        self._news = asyncio.Condition()

    async def connect(self) -> None:
        """Log in to bearerbox, which listens on our port once it is up."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        self._task = asyncio.create_task(self._listen())

    async def says(self, sender: str, to: str, text: str) -> None:
        """A person sends an SMS."""
        if text.isascii() and "\n" not in text:
            line = f"{sender} {to} text {text}\n".encode()
        else:
            line = f"{sender} {to} ucs2 {quote_from_bytes(text.encode('utf-16-be'))}\n".encode()
        self._writer.write(line)
        await self._writer.drain()

    async def hears(self, count: int, timeout: float = 20) -> list[Sms]:
        """What was received, as soon as it is `count` messages. Raises TimeoutError after seconds."""
        async with asyncio.timeout(timeout), self._news:
            await self._news.wait_for(lambda: len(self.received) >= count)
        return self.received

    async def disconnect(self) -> None:
        """The operator's line breaks; bearerbox keeps what is to be sent."""
        self._task.cancel()
        self._writer.close()
        await asyncio.wait([self._task])

    async def _listen(self) -> None:
        while line := (await self._reader.readline()).removesuffix(b"\n"):
            found = LINE.fullmatch(line)
            async with self._news:
                if found:
                    self.received.append(_sms(*found.groups()))
                else:  # a text with a line break in it: the protocol knows no better
                    last = self.received.pop()
                    self.received.append(replace(last, text=f"{last.text}\n{line.decode()}"))
                self._news.notify_all()


def _sms(sender: bytes, to: bytes, kind: bytes, data: bytes) -> Sms:
    raw = data if kind == b"text" else unquote_to_bytes(data.split(b" ")[-1].replace(b"+", b" "))
    wide = kind == b"ucs-2" or b"\0" in raw
    text = raw.decode("utf-16-be" if wide else "utf-8", "replace")
    return Sms(sender.decode(), to.decode(), text, kind.decode())


class Kannel:
    """bearerbox and smsbox as processes of ours in `folder`, on free ports of the loopback."""

    def __init__(self, folder: Path, service_url: str, secret: str = SECRET) -> None:
        self.folder = folder / "kannel"
        admin, smsbox, smsc, self._sendsms = _free_ports(4)
        self.sendsms_url = f"http://127.0.0.1:{self._sendsms}/cgi-bin/sendsms"
        self.username, self.password, self.secret = "kurikirana", "kannel-password", secret
        self.fakesmsc = Operator(smsc)
        self.conf = self.folder / "kannel.conf"
        incoming = f"{service_url.rstrip('/')}/channels/kannel/{secret}/incoming"
        core = {"admin-port": admin, "admin-password": self.password, "smsbox-port": smsbox}
        core |= {"store-location": self.folder / "spool", "dlr-spool": self.folder / "dlr", "log-level": 0}
        box = {"sendsms-port": self._sendsms, "http-queue-delay": 1, "log-level": 0}
        query = "from=%p&to=%P&text=%a&id=%I&time=%T&charset=%C"
        changes: dict[str, dict[str, object]] = {
            "core": core | {"log-file": self.folder / "bearerbox.log", "sms-resend-freq": 1},
            "smsbox": box | {"log-file": self.folder / "smsbox.log"},
            "sendsms-user": {"password": self.password},
            "sms-service": {"get-url": f"{incoming}?{query}"},
        }
        self._text = adapt(CONF.read_text(), changes, smsc)
        self._running: dict[str, asyncio.subprocess.Process] = {}

    @property
    def settings(self) -> dict[str, str]:
        """The service's [channels.kannel]."""
        account = {"username": self.username, "password": self.password}
        return account | {"sendsms_url": self.sendsms_url, "sender": "8585", "secret": self.secret}

    async def __aenter__(self) -> Kannel:
        await self.start()
        return self

    async def __aexit__(self, *reason: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start both boxes and the operator; return when an SMS can go either way."""
        for part in ("spool", "dlr"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        self.conf.write_text(self._text)
        await self.start_box("bearerbox", self.fakesmsc.port)
        await self.fakesmsc.connect()
        await self.start_box("smsbox", self._sendsms)

    async def stop(self) -> None:
        """Stop everything; harmless when it never started."""
        if hasattr(self.fakesmsc, "_task"):
            await self.fakesmsc.disconnect()
        for name in reversed(list(self._running)):
            await self.kill(name, signal.SIGTERM)

    async def start_box(self, name: str, port: int | None = None) -> None:
        """Start bearerbox or smsbox; return when it listens."""
        with (self.folder / f"{name}.out").open("ab") as out:
            self._running[name] = await asyncio.create_subprocess_exec(
                str(_program(name)), "-v", "4", str(self.conf), stdout=out, stderr=out, cwd=self.folder
            )
        await self._listening(name, port or (self._sendsms if name == "smsbox" else self.fakesmsc.port))

    async def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """End one box, by default without warning it."""
        process = self._running.pop(name)
        if process.returncode is None:
            process.send_signal(how)
        try:
            await asyncio.wait_for(process.wait(), 3)
        except TimeoutError:
            process.kill()
            await process.wait()

    async def _listening(self, name: str, port: int) -> None:
        """Wait for the port. The fake SMSC takes one line at a time, so look, do not knock."""
        needle = f":{port:04X} "
        for _ in range(400):
            if self._running[name].returncode is not None:
                break
            if any(needle in row and row.split()[3] == "0A" for row in _sockets()):
                return
            await asyncio.sleep(0.05)
        raise RuntimeError(f"{name} does not listen: {(self.folder / f'{name}.out').read_text()[-2000:]}")


def _sockets() -> list[str]:
    tables = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]
    return [row for table in tables if table.exists() for row in table.read_text().splitlines()[1:]]


def _free_ports(count: int) -> list[int]:
    """Ports free a moment ago; all held until all are known, so that they differ."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports
