"""One request of the console: who asks, for what, and the ways to read, to write and to answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from bot.console import roles
from bot.console.page import Missing, Page, each
from bot.console.site import Console
from bot.console.words import Words
from bot.operations import AUDITED, OPERATIONS
from bot.parts import Parts
from bot.store import audit
from bot.store.accounts import Account, Session
from handlers.turn import Viewer

Result = TypeVar("Result")
_DIGITS = 15
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""Of a chart, instead of the rules of pages: styles of its own, but no scripts, also when it is opened alone."""


def number_of(text: str) -> int | None:
    """A number as we write them into addresses; None for everything else, also for ² and for what no row can have."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


@dataclass(slots=True)
class Ask:
    """Made by the gate, given to the page's function."""

    console: Console
    request: Request
    page: Page
    words: Words
    now: datetime
    session: Session | None
    csrf: str
    ending: str = ""
    """json, csv or xlsx when the address has it."""
    form: Mapping[str, str] = field(default_factory=dict)
    """What was posted; of a repeated name the last. `many` has them all."""
    posted: Sequence[tuple[str, str | UploadFile]] = ()
    said: str = ""
    """What the last action says, in the language of the reader."""
    cookies: dict[str, str | None] = field(default_factory=dict)
    """To be set with the answer; None takes one away."""
    read_of: dict[str, Any] | None = None
    exported: int | None = None
    """Rows of the file that is the answer; set by the table."""
    written: bool = False

    @property
    def parts(self) -> Parts:
        """Of the running service."""
        return self.console.parts

    # --- who ---

    @property
    def me(self) -> Account:
        """Who is signed in; only on pages that are not for anybody."""
        assert self.session is not None, f"{self.page.path} is open to anybody"
        return self.session.account

    @property
    def who(self) -> str:
        """As the audit has it."""
        return f"person {self.session.account.person_id}" if self.session else "nobody"

    @property
    def viewer(self) -> Viewer:
        """Whose eyes: for the area in every query (bot.store.area.binds)."""
        return Viewer(self.me.person_id, self.me.role == roles.ADMINISTRATOR, self.me.area)

    # --- what was asked ---

    @property
    def query(self) -> Mapping[str, str]:
        """Behind the question mark."""
        return self.request.query_params

    def number(self, name: str) -> int:
        """A part of the path that is a number. Raises Missing."""
        if (found := number_of(str(self.request.path_params.get(name, "")))) is None:
            raise Missing
        return found

    def asked_number(self, name: str) -> int | None:
        """A number behind the question mark; None for nothing and for what is none."""
        return number_of(self.query.get(name, ""))

    def many(self, name: str) -> list[str]:
        """Every value posted under this name."""
        return [value for key, value in self.posted if key == name and isinstance(value, str)]

    def upload(self, name: str) -> UploadFile | None:
        """The file posted under this name."""
        found = [value for key, value in self.posted if key == name and isinstance(value, UploadFile)]
        return found[0] if found and found[0].filename else None

    # --- the database ---

    async def read(self, question: Callable[..., Awaitable[Result]], *arguments: Any, **named: Any) -> Result:
        """`question(tx, ...)` in a reading connection."""
        async with self.parts.database.read() as tx:
            return await question(tx, *arguments, **named)

    def saw(self, **details: Any) -> None:
        """What of `page.reads` is on this answer: ids, or a filter and a number; never the data themselves.

        The gate writes it down before the answer leaves, and refuses to answer when it was not said.
        """
        self.read_of = {**(self.read_of or {}), **details}

    async def write(
        self, work: Callable[[AsyncConnection], Awaitable[Result]], said: str = "", /, **details: Any
    ) -> Result:
        """`work(tx)` and its row in the audit, in one transaction of the service's writer. `said`: what the row says,
        where it is not always the same."""

        async def audited(tx: AsyncConnection) -> Result:
            result = await work(tx)
            await audit.note(tx, self.now, self.who, said or self.page.writes or self.page.reads, details)
            return result

        self.written = True
        result: Result = await self.parts.database.writer.do(each, audited)
        return result

    async def act(self, name: str, details: Mapping[str, Any], **audited: Any) -> Any:
        """An operation of bot/operations.py, as a command would ask for it. `audited`: ids for the audit.

        One that writes its own row into the audit (AUDITED) is left to it.
        """
        operation = OPERATIONS[name]

        async def work(tx: AsyncConnection) -> Any:
            return await operation(tx, details, self.now)

        if name in AUDITED:
            self.written = True
            found = await self.console.write(work)
        else:
            found = await self.write(work, **audited)
        await self.parts.changed(name)
        return found

    # --- answers ---

    def show(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page of templates/console/."""
        common = {
            "ask": self,
            "csrf": self.csrf,
            "language": self.words.language,
            "project": self.parts.settings.project.name,
            "menu": self.console.menu(self.session.account.role) if self.session else [],
            "here": self.page.path,
        }
        return Response(self.words.render(template, {**common, **values}), status, media_type="text/html")

    def picture(self, svg: str) -> Response:
        """A chart of bot/render/charts.py, for an <img>."""
        there = {"content-security-policy": PICTURE_POLICY}
        return Response(svg, media_type="image/svg+xml", headers=there)

    def go(self, path: str, text: str = "", **values: Any) -> Response:
        """To another page (303), which says this marked text at its top."""
        if text:
            self.cookies["said"] = self.console.cookies.pack(text, values)
        return Response(status_code=303, headers={"location": path})

    def missing(self) -> NoReturn:
        """Nothing is there, or it is not hers."""
        raise Missing
