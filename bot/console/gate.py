"""The way to every page, and what is done before and after it: sign-in, role, the form's token, audit, headers.

A page cannot leave anything of it out: it is called from here only. An address that is none is treated as one
that exists: a stranger is asked to sign in, one of the team is told that there is nothing for her.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, compile_path

from bot.console import roles
from bot.console.ask import Ask
from bot.console.cookies import BROWSER, SAID, SESSION, form_token
from bot.console.forms import TooLarge, read_form
from bot.console.page import ENDINGS, Missing, Page, Wrong
from bot.console.passwords import new_token
from bot.console.site import Console
from bot.console.words import LANGUAGES, _
from bot.errors import BotError, DatabaseError
from bot.programme import exporting
from bot.store import accounts, audit

FRESH = timedelta(minutes=5)
"""So long a password or PIN counts for what needs it once more."""
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
HSTS = "max-age=31536000; includeSubDomains"
log = structlog.get_logger(__name__)


class Gate:
    """Answers every request of the console."""

    def __init__(self, console: Console) -> None:
        self.console, self._parts = console, console.parts
        self._found = [(page, compile_path(page.path)) for page in console.pages]

    async def answer(self, request: Request) -> Response:
        """The page, or what stands in its place; never an exception."""
        ask = await self.ask(request)
        try:
            response = await self._page(ask)
        except Missing:
            response = self._say(ask, 404, _("There is nothing here for you"), _("Go back, or choose from the menu."))
        except Wrong as wrong:
            text = ask.words.say(wrong.text, **wrong.values)
            response = self._say(ask, 422, _("That was not done"), text)
        except DatabaseError:
            text = _("Nothing was kept. Try again in a minute; when it lasts, tell whoever runs the service.")
            response = self._say(ask, 503, _("The database does not answer"), text)
        except BotError as error:
            response = self._say(ask, 422, _("That was not done"), ask.words.why(error))
        except Exception as error:  # noqa: BLE001 - the page says so, the log says where
            last = traceback.extract_tb(error.__traceback__)[-1]  # an error's own text may hold what was read
            where = f"{last.filename}:{last.lineno}"
            log.error("page failed", page=ask.page.path, error=type(error).__name__, at=where)
            text = _("The fault is ours and has been written down. Nothing was changed. Go back and try once more.")
            response = self._say(ask, 500, _("This page does not work"), text)
        await request.close()
        return self._finish(ask, response)

    def routes(self) -> Sequence[BaseRoute]:
        """One for everything that no other part of the service answers; the last of all."""

        async def answer(request: Request) -> Any:
            return await self.answer(request)

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
        return _NOTHING, {}, ""

    async def form_of(self, request: Request) -> tuple[str, str]:
        """What a form on another page of this browser must bring along, and a cookie to set ('' = it has one)."""
        ask = await self.ask(request)
        return ask.csrf, ask.cookies.get(BROWSER) or ""

    async def ask(self, request: Request) -> Ask:
        """Who asks for what."""
        page, parameters, ending = self.find(request.method, request.scope["path"])
        request.scope["path_params"] = parameters
        token = self.console.cookies.get(request, SESSION)
        now = self._parts.clock.now()
        session = None
        try:
            async with self._parts.database.read() as tx:
                session = await accounts.session(tx, token, now) if token else None
        except DatabaseError:
            page = _BROKEN
        language = session.account.language if session else _preferred(request)
        words = self.console.words[language]
        ask = Ask(self.console, request, page, words, now, session, "", ending)
        ask.csrf = form_token(token if session else self._browser(ask))
        if said := self.console.cookies.said(request):
            ask.said = _filled(words.gettext(said[0]), said[1])
        return ask

    def _browser(self, ask: Ask) -> str:
        """The cookie of a browser that nobody is signed in with; made with its first page."""
        found = self.console.cookies.get(ask.request, BROWSER)
        if not found:
            found = ask.cookies[BROWSER] = new_token()
        return found

    async def _page(self, ask: Ask) -> Response:
        role = ask.session.account.role if ask.session else ""
        if ask.page is _BROKEN:
            return await ask.page.do(ask)
        if not roles.may(role, ask.page.path):
            if ask.session is None:
                return self._sign_in(ask)
            log.warning("page refused", page=ask.page.path, person=ask.me.person_id, role=role)
            raise Missing
        if ask.page.method == "POST" and (refused := await self._form(ask)):
            return refused
        if refused := await self._right(ask):
            return refused
        if ask.session and ask.now - ask.session.seen_at > accounts.SEEN_EVERY:
            await self.console.write(lambda tx: accounts.seen(tx, ask.session.id, ask.now))  # type: ignore[union-attr]
        response = await self._second(ask, await ask.page.do(ask))
        await self._audit(ask, response)
        return response

    async def _second(self, ask: Ask, response: Response) -> Response:
        """A list of many persons leaves only when somebody else has agreed; else that it waits for her."""
        if not (ask.page.persons and ask.ending) or response.status_code >= 300:
            return response
        if ask.exported is None:
            raise RuntimeError(f"{ask.page.path} exports persons and did not say how many: Table.answer")
        if ask.exported <= exporting.MOST:
            return response
        asked = {"what": ask.page.path, "persons": ask.exported, "reason": ask.query.get("reason", "").strip()[:200]}
        details = {**asked, "by": ask.me.person_id}
        found = await self.console.write(lambda tx: exporting.many(tx, details, ask.now))
        if found["agreed"]:
            return response
        text = _(
            "%(number)s persons are more than one may take away alone. It is asked as No %(request)s: when another "
            "administrator or supervisor agrees on the page /exports, until %(until)s, take the list once more."
        )
        values = {"number": ask.exported, "request": found["number"], "until": ask.words.moment(found["until"])}
        return self._say(ask, 403, _("Somebody else has to agree"), ask.words.say(text, **values))

    def _sign_in(self, ask: Ask) -> Response:
        path = ask.request.scope["path"]
        known = "" if ask.page.method == "POST" or path == "/" else f"?next={quote(path)}"
        return Response(status_code=303, headers={"location": f"/sign-in{known}"})

    async def _form(self, ask: Ask) -> Response | None:
        """Read what was posted, if it is from a form of ours."""
        if not self._same_site(ask.request):
            log.warning("form refused", page=ask.page.path, why="another site")
            return self._say(ask, 403, _("This form came from another site"), _("Open the page here and try again."))
        try:
            ask.posted = await read_form(ask.request, ask.page.largest, ask.page.files)
        except TooLarge:
            return self._say(ask, 413, _("That is too much"), _("Send less, or a smaller file."))
        ask.form = {name: value for name, value in ask.posted if isinstance(value, str)}
        if not ask.csrf or not self.console.same(ask.form.get("csrf", ""), ask.csrf):
            log.warning("form refused", page=ask.page.path, why="not of this session")
            text = _("Go back, load the page anew and send it once more. Nothing was changed.")
            return self._say(ask, 403, _("This form is too old"), text)
        return None

    def _same_site(self, request: Request) -> bool:
        """What the browser says about where the form stood; browsers that say nothing are left to the token."""
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return False
        origin = request.headers.get("origin", "null")  # null: what our own referrer policy makes of it
        ours = {request.headers.get("host", ""), urlsplit(self._parts.settings.web.public_url).netloc}
        return origin == "null" or urlsplit(origin).netloc in ours - {""}

    async def _right(self, ask: Ask) -> Response | None:
        """What this page needs beyond the role: an export of persons a right and a reason, some the password."""
        export = ask.page.persons and ask.ending
        if export:
            if ask.me.role not in roles.KEEPERS:
                raise Missing
            if len(ask.query.get("reason", "").strip()) < 5:
                raise Wrong(_("Say why you need this list of persons; the reason is written down."))
        if not (ask.page.confirm or export):
            return None
        session = ask.session
        assert session is not None, f"{ask.page.path}: nobody can give a password again"
        if ask.now - session.confirmed_at < FRESH:
            return None
        given = ask.form.get("confirm", "")
        if given and await self.console.confirm(session, given, ask.now):
            return None
        return self._confirm(ask, wrong=bool(given))

    def _confirm(self, ask: Ask, *, wrong: bool) -> Response:
        """The page that asks; what was filled in comes along, so that nothing is lost."""
        if ask.page.method == "GET":
            there = ask.request.url.path + (f"?{ask.request.url.query}" if ask.request.url.query else "")
            return Response(status_code=303, headers={"location": f"/confirm?next={quote(there)}"})
        kept = [(n, v) for n, v in ask.posted if isinstance(v, str) and n not in ("csrf", "confirm")]
        here = ask.request.url.path
        return ask.show("confirm.html", 403 if wrong else 200, action=here, kept=kept, wrong=wrong)

    async def _audit(self, ask: Ask, response: Response) -> None:
        """Write down what was read before it leaves; refuse to let go what nobody wrote down."""
        done = response.status_code < 400
        if ask.page.reads and done and response.status_code < 300:
            if ask.read_of is None:
                raise RuntimeError(f"{ask.page.path} reads {ask.page.reads} and did not say what: Ask.saw")
            export = f"{ask.page.reads} exported" if ask.ending else f"{ask.page.reads} read"
            details = dict(ask.read_of)
            if ask.ending:
                details |= {"as": ask.ending, "reason": ask.query.get("reason", "")[:200]}
            await self.console.write(lambda tx: audit.note(tx, ask.now, ask.who, export, details))
        if ask.page.writes and response.status_code == 303 and not ask.written:
            raise RuntimeError(f"{ask.page.path} says that it is done and wrote nothing: Ask.write, Ask.act")

    def _say(self, ask: Ask, status: int, title: str, text: str) -> Response:
        """An error page: what happened and what to do, nothing of the inside."""
        return ask.show("error.html", status, title=title, text=text, above="" if status == 404 else self._above(ask))

    def _above(self, ask: Ask) -> str:
        """The nearest page of hers at or above the address, to go on from; '' when there is none."""
        path = str(ask.request.scope["path"])
        again = ask.page.method == "POST" or bool(ask.query)
        while ask.session and path:
            page, _parts, ending = self.find("GET", path)
            if again and roles.may(ask.session.account.role, page.path):
                return path.removesuffix(f".{ending}")
            path, again = path.rpartition("/")[0], True
        return ""

    def _finish(self, ask: Ask, response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if self.console.cookies.secure:
            response.headers["strict-transport-security"] = HSTS
        if (
            ask.said
            and response.status_code < 300
            and response.headers.get("content-type", "").startswith("text/html")
        ):
            ask.cookies.setdefault(SAID, None)
        for name, cookie in ask.cookies.items():
            self.console.cookies.put(response, name, cookie)
        return response


def _preferred(request: Request) -> str:
    """The language of a browser that nobody is signed in with."""
    wanted = request.headers.get("accept-language", "").lower()
    places = {language: wanted.find(language) for language in LANGUAGES if language in wanted}
    return min(places, key=lambda language: places[language]) if places else LANGUAGES[0]


def _filled(text: str, values: Mapping[str, Any]) -> str:
    """What a browser brings back need not fit."""
    try:
        return text % values if values else text
    except (KeyError, TypeError, ValueError):
        return ""


async def _nothing(ask: Any) -> Any:
    ask.missing()


async def _broken(ask: Any) -> Any:
    raise DatabaseError("the session could not be looked up")


_NOTHING, _BROKEN = Page("", _nothing), Page("", _broken)
