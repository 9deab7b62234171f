"""The console: all its pages, the languages, and the way to write. Every request goes through the gate."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.routing import BaseRoute, Route, compile_path

from bot.channels.web import same
from bot.console import pages, passwords, roles
from bot.console.cookies import BROWSER, Cookies
from bot.console.gate import Gate
from bot.console.limits import PASSWORD_TRIES, PIN_TRIES, WAIT, Brake
from bot.console.page import ENDINGS, Page, each
from bot.console.uploads import Uploads
from bot.console.words import Words, words_of
from bot.errors import DatabaseError
from bot.store import accounts, singles
from bot.store.accounts import Session

if TYPE_CHECKING:
    from bot.app import App

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class Console:
    """Bound to the running service."""

    same = staticmethod(same)

    def __init__(self, app: App) -> None:
        self.app = app
        self.cookies = Cookies(app.settings)
        self.words: Mapping[str, Words] = words_of(app.settings.zone)
        self.brake = Brake()
        folder = app.settings.path(app.settings.privacy.media_folder)
        self.uploads = Uploads(folder / "uploads", app.clock.now)
        self.pages: Sequence[Page] = pages.PAGES
        if unruled := {page.path for page in self.pages} ^ set(roles.MAY):
            raise RuntimeError(f"pages without roles, or roles without a page: {sorted(unruled)}")
        self._gate = Gate(self)
        self._nothing = Page("", _nothing)
        self.broken = Page("", _broken)
        self._found = [(page, compile_path(page.path)) for page in self.pages]

    def routes(self) -> Sequence[BaseRoute]:
        """One for everything that no other part of the service answers; the last of all."""

        async def answer(request: Request) -> Any:
            return await self._gate.answer(request)

        return [Route("/{path:path}", answer, methods=METHODS)]

    def find(self, method: str, path: str) -> tuple[Page, dict[str, Any], str]:
        """The page of an address, the parts of its path, its ending; a page that nobody may see when it is none."""
        method = "GET" if method == "HEAD" else method
        stem, _, ending = path.rpartition(".")
        for page, (pattern, _format, convertors) in self._found:
            if page.method != method:
                continue
            for wanted, end in ((stem, ending), (path, "")) if page.table and ending in ENDINGS else ((path, ""),):
                if found := pattern.match(wanted):
                    parts = {name: convertors[name].convert(value) for name, value in found.groupdict().items()}
                    return page, parts, end
        return self._nothing, {}, ""

    async def is_demo(self) -> bool:
        """Whether this is the invented programme on simulated phones, reached over the loopback alone."""
        if not self.app.simulator or self.cookies.secure or any(dict(self.app.settings.channels).values()):
            return False
        async with self.app.database.read() as tx:
            return bool(await singles.get(tx, "demo_begun"))

    async def form_of(self, request: Request) -> tuple[str, str]:
        """What a form on another page of this browser must bring along, and a cookie to set ('' = it has one)."""
        ask = await self._gate.ask(request)
        return ask.csrf, ask.cookies.get(BROWSER) or ""

    @property
    def address(self) -> str:
        """Where the console is reached, without a slash behind it; a port that was left open is known by now."""
        web = self.app.settings.web
        return web.address if web.public_url or web.port else f"http://{web.host}:{self.app.port}"

    def menu(self, role: str) -> list[Page]:
        """The pages that this role finds in the navigation."""
        return [page for page in self.pages if page.title and roles.may(role, page.path)]

    def home(self, role: str) -> str:
        """Where this role begins."""
        return next((page.path for page in self.menu(role)), "/account")

    async def write(self, work: Callable[[AsyncConnection], Awaitable[Any]]) -> Any:
        """In one transaction of the service's writer."""
        return await self.app.database.writer.do(each, work)

    async def confirm(self, session: Session, given: str, now: datetime) -> bool:
        """Whether this is her password or PIN; the session counts as fresh then. Tries are counted as at the door."""
        account = session.account
        by_link = account.role in roles.BY_LINK
        most, rest = (PIN_TRIES, None) if by_link else (PASSWORD_TRIES, WAIT)
        if not await self.write(lambda tx: accounts.may_try(tx, account.person_id, now, most, rest)):
            return False
        right = await passwords.fits(account.pin if by_link else account.password, given)

        async def noted(tx: AsyncConnection) -> None:
            await accounts.confirmed(tx, session.id, now)
            await accounts.change(tx, account.person_id, failed=0, locked_until=None)

        if right:
            await self.write(noted)
        return right


async def _nothing(ask: Any) -> Any:
    ask.missing()


async def _broken(ask: Any) -> Any:
    raise DatabaseError("the session could not be looked up")
