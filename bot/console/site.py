"""What the console holds for all its pages: the list of them, languages, cookies, and the way to write."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.web import same
from bot.console import passwords, roles
from bot.console.cookies import Cookies
from bot.console.limits import PASSWORD_TRIES, PIN_TRIES, WAIT, Brake
from bot.console.page import Page, each
from bot.console.uploads import Uploads
from bot.console.words import Words, words_of
from bot.parts import Parts
from bot.store import accounts, singles
from bot.store.accounts import Session


class Console:
    """Bound to the running service."""

    same = staticmethod(same)

    def __init__(self, parts: Parts, pages: Sequence[Page]) -> None:
        self.parts, self.pages = parts, pages
        self.cookies = Cookies(parts.settings)
        self.words: Mapping[str, Words] = words_of(parts.settings.zone)
        self.brake = Brake()
        folder = parts.settings.path(parts.settings.privacy.media_folder)
        self.uploads = Uploads(folder / "uploads", parts.clock.now)
        if unruled := {page.path for page in pages} ^ set(roles.MAY):
            raise RuntimeError(f"pages without roles, or roles without a page: {sorted(unruled)}")

    async def is_demo(self) -> bool:
        """Whether this is the invented programme on simulated phones, reached over the loopback alone."""
        if not self.parts.simulated or self.cookies.secure or any(dict(self.parts.settings.channels).values()):
            return False
        async with self.parts.database.read() as tx:
            return bool(await singles.get(tx, "demo_begun"))

    @property
    def address(self) -> str:
        """Where the console is reached, without a slash behind it; a port that was left open is known by now."""
        web = self.parts.settings.web
        return web.address if web.public_url or web.port else f"http://{web.host}:{self.parts.port}"

    def menu(self, role: str) -> list[Page]:
        """The pages that this role finds in the navigation."""
        return [page for page in self.pages if page.title and roles.may(role, page.path)]

    def home(self, role: str) -> str:
        """Where this role begins."""
        return next((page.path for page in self.menu(role)), "/account")

    async def write(self, work: Callable[[AsyncConnection], Awaitable[Any]]) -> Any:
        """In one transaction of the service's writer."""
        return await self.parts.database.writer.do(each, work)

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
