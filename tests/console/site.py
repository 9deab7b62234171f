"""The console for tests: the real service, a team with accounts, a browser over ASGI."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app import App
from bot.channels.front import Front
from bot.console.page import each
from bot.console.passwords import new_token
from bot.store import accounts
from bot.store import tables as t
from tests.play_service import service

HOST = "http://127.0.0.1:8080"
ROLES = ("officer", "supervisor", "staff", "mentor", "safeguarding", "admin", "auditor")
_TOKEN = re.compile(r'name="csrf" value="([0-9a-f]+)"')


class Browser:
    """A browser that somebody, or nobody, is signed in with."""

    def __init__(self, app: App, role: str = "") -> None:
        self.app, self.role = app, role
        transport = httpx.ASGITransport(Front(app.gate.routes()), raise_app_exceptions=True)
        self.http = httpx.AsyncClient(transport=transport, base_url=HOST, headers={"accept-language": "en"})
        self.token = ""

    async def get(self, path: str, **more: Any) -> httpx.Response:
        """A page; its form's token is kept."""
        answer = await self.http.get(path, **more)
        if found := _TOKEN.search(answer.text):
            self.token = found[1]
        return answer

    async def post(self, path: str, token: str | None = None, **form: Any) -> httpx.Response:
        """A form of ours; `token` instead of the one of the last page."""
        there = {**form, "csrf": self.token if token is None else token}
        return await self.http.post(path, data={name: value for name, value in there.items() if value is not None})


@asynccontextmanager
async def console(folder: Path, *, web: bool = False) -> AsyncIterator[App]:
    """The service, with one of every role in the team."""
    async with service(folder, web=web) as app:
        await write(app, *(_member(role) for role in ROLES))
        yield app


def _member(role: str) -> Any:
    row = {
        "kind": "staff",
        "name": f"Test {role}",
        "sms_name": role,
        "role": role,
        "consent": "none",
        "language": "en",
    }
    return insert(t.people).values(**row)


async def write(app: App, *statements: Any) -> None:
    """Through the service's writer."""

    async def work(tx: AsyncConnection) -> None:
        for statement in statements:
            await tx.execute(statement)

    await app.database.writer.do(each, work)


async def rows(app: App, query: Any) -> list[Any]:
    """What a reader sees."""
    async with app.database.read() as tx:
        return list((await tx.execute(query)).all())


async def person(app: App, role: str) -> int:
    """The one of the team that a test has made for this role."""
    return int((await rows(app, select(t.people.c.id).where(t.people.c.name == f"Test {role}")))[0][0])


async def signed_in(app: App, role: str) -> Browser:
    """A browser with a session of this role, without the trouble of signing in."""
    who, token, now = await person(app, role), new_token(), app.clock.now()

    async def work(tx: AsyncConnection) -> None:
        await accounts.enrol(tx, who, f"test.{role}", now)
        await accounts.begin(tx, token, who, now, "test")

    await app.database.writer.do(each, work)
    browser = Browser(app, role)
    browser.http.cookies.set("sid", token)
    return browser
