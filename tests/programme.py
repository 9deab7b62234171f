"""A small real programme for end-to-end tests: a settings file, a workbook, the service as a process."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.__main__ import main
from bot.programme import roster as rosters
from bot.programme.roster import Association, Business, Leader, Roster, Staff
from tests import processes

AGREED = {"consent": "yes", "consent_date": date(2026, 4, 2), "consent_how": "paper"}
ODETTE, JEAN, AGNES = "+25779123456", "+25779123457", "+25779123458"


STAFF = (
    Staff("Eric", "officer", "+25779123499"),
    Staff("Beatrice", "safeguarding", "+25779123498"),
)


def small_roster() -> Roster:
    """Two associations, three leaders with consent, one business, one officer, one focal point."""
    names = (("07", "ABAHUZA"), ("11", "TWIYUNGE"))
    places = {"commune_old": "Rutana", "commune_now": "Rutana", "colline": "Kivoga"}
    associations = tuple(
        Association(no, name.title(), name, **places, members_women=40, members_men=40, target=25, officer="Eric")
        for no, name in names
    )
    leaders = (
        Leader("07", "Odette Ninahazwe", "Odette", "F", ODETTE, "en", **AGREED),
        Leader("07", "Jean Ndayizeye", "Jean", "M", JEAN, "fr", **AGREED),
        Leader("11", "Agnes Nizigama", "Agnes", "F", AGNES, "rn", **AGREED),
    )
    business = Business("07A", "07", "rice husker")
    return Roster(associations, leaders, (business,), STAFF)


def command(words: Sequence[str], environment: Mapping[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """`kurikirana WORDS` in this folder, in a process of its own; what it said and how it left."""
    return processes.ended(main, list(words), environment=environment, folder=folder, within_s=60)


def free_port() -> int:
    """A TCP port of the loopback that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def door() -> socket.socket:
    """A free port of the loopback for a web server. Known for TCP: asyncio's answers waited for 40 ms else."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener


def database_rows(folder: Path, query: str) -> list[tuple[Any, ...]]:
    """What the SQLite database of a programme in this folder has, also while its service runs."""
    with closing(sqlite3.connect(f"file:{folder / 'kurikirana.db'}?mode=ro", uri=True)) as database:
        return database.execute(query).fetchall()


class Programme:
    """A folder with kurikirana.toml; commands and the service run as processes of their own."""

    def __init__(self, folder: Path, channels: Mapping[str, Mapping[str, Any]], **settings: str) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("KURIKIRANA_")}
        self.environment |= {"KURIKIRANA_CONFIG": str(folder / "kurikirana.toml"), **settings}
        lines = ["live = true", '[project]\nname = "Rutana"\nstart = 2026-04-01', "[limits]\nassociations = 2"]
        lines += ["people_per_association = 2", "[words]\nsend_drafts = true"]
        lines += [f'[web]\nport = {self.port}\npublic_url = "{self.url}"', '[safeguarding]\nhotline = "22 00 00 00"']
        for name, values in channels.items():
            lines += [f"[channels.{name}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]
        (folder / "kurikirana.toml").write_text("\n".join(lines))
        self._service: Any = None

    def command(self, *words: str, code: int = 0) -> str:
        """Run a command; its standard output. Fails when it leaves with another code."""
        done = command(words, self.environment, self.folder)
        assert done.returncode == code, done
        return done.stdout

    def json(self, *words: str) -> Any:
        """A command's JSON."""
        return json.loads(self.command(*words, "--json"))

    def bring(self, roster: Roster) -> None:
        """Import a roster through the command, as an officer does."""
        rosters.write(self.folder / "roster.xlsx", roster)
        self.command("roster", "import", "roster.xlsx", "--yes")

    async def __aenter__(self) -> Programme:
        log = str(self.folder / "service.log")
        where = {"out": log, "err": log, "environment": self.environment, "folder": self.folder}
        self._service = await asyncio.to_thread(processes.started, main, ["run"], **where)
        async with asyncio.timeout(75), aiohttp.ClientSession() as http:  # a busy machine is no fault
            while True:
                try:
                    async with http.get(f"{self.url}/healthz") as answer:
                        if answer.status == 200:
                            return self
                except aiohttp.ClientError:
                    pass
                assert self._service.exitcode is None, self.log
                await asyncio.sleep(0.05)

    async def __aexit__(self, *reason: object) -> None:
        if self._service and self._service.exitcode is None:
            self._service.terminate()
            await asyncio.to_thread(self._service.join, 30)
            assert self._service.exitcode == 0 or sys.platform == "win32", self.log  # it can only be killed there

    @property
    def log(self) -> str:
        """What the service has logged so far."""
        return (self.folder / "service.log").read_text()


class Gateway:
    """A Kannel-like provider on the loopback: remembers what it was asked to send."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.port = free_port()

    @property
    def settings(self) -> dict[str, str]:
        """The service's [channels.kannel]."""
        url = f"http://127.0.0.1:{self.port}/send"
        return {"sendsms_url": url, "username": "u", "password": "p", "secret": "s3cret"}

    async def _sendsms(self, request: web.Request) -> web.Response:
        self.sent.append((request.query["to"], request.query["text"]))
        return web.Response(status=202, text="0: Accepted for delivery")

    async def __aenter__(self) -> Gateway:
        site = web.Application()
        site.router.add_get("/send", self._sendsms)
        self._runner = web.AppRunner(site)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        return self

    async def __aexit__(self, *reason: object) -> None:
        await self._runner.cleanup()
