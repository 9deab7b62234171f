"""The service and its commands inside the test's own process: as `tests.programme`, without paying for processes."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import structlog
from typer.testing import CliRunner

from bot import settings as settings_file
from bot.__main__ import app as commands
from bot.app import App
from bot.clock import Clock
from bot.programme import roster as rosters
from bot.programme.roster import Roster
from tests.programme import Gateway

SETTINGS = """\
live = true
[project]
name = "Rutana"
start = 2026-04-01
[limits]
associations = 2
people_per_association = 2
[hours]
send_from = "00:00"
send_to = "23:59"
no_sending = []
[web]
public_url = "http://127.0.0.1:9"
[safeguarding]
hotline = "22 00 00 00"
{more}
[channels.kannel]
sendsms_url = "http://127.0.0.1:{port}/send"
username = "u"
password = "p"
secret = "s3cret-of-the-tests"
"""


class Inside:
    """A programme in a folder; `service` runs it, `command` does what a person types."""

    def __init__(self, folder: Path, gateway: Gateway, more: str = "") -> None:
        self.folder, self.gateway = folder, gateway
        self.config = folder / "kurikirana.toml"
        self.config.write_text(SETTINGS.format(port=gateway.port, more=more))
        self.app: App | None = None

    async def bring(self, roster: Roster) -> None:
        """Import a roster, as an officer does."""
        rosters.write(self.folder / "roster.xlsx", roster)
        await self.command("roster", "import", str(self.folder / "roster.xlsx"), "--yes")

    async def command(self, *words: str, code: int = 0, both: bool = False) -> str:
        """Its standard output; with code 1 its words; or both. Fails when it leaves with another code."""

        def run() -> Any:
            return CliRunner(env={"KURIKIRANA_CONFIG": str(self.config)}).invoke(commands, list(words))

        done = await asyncio.to_thread(run)
        assert done.exit_code == code, (done.exit_code, done.output, done.exception)
        return str(done.output if both else done.stdout if code == 0 else done.stderr)

    async def json(self, *words: str) -> Any:
        """A command's JSON."""
        return json.loads(await self.command(*words, "--json"))

    @asynccontextmanager
    async def service(self, clock: Clock | None = None) -> AsyncIterator[App]:
        """The real App, without its web server."""
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))  # or it is said
        try:  # on the standard output of the commands
            async with App.running(settings_file.load(self.config, {}), clock, web=False) as self.app:
                yield self.app
        finally:
            structlog.reset_defaults()
