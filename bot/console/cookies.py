"""The console's cookies: the session, the browser before it is signed in, and what the last action says.

Their values are random tokens of which only digests are kept. The token of a form is made from the cookie's,
so that it is worth nothing in another session.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import orjson
from starlette.requests import Request
from starlette.responses import Response

from bot.settings import Settings
from bot.store.accounts import LONGEST

SESSION, BROWSER, SAID = "sid", "browser", "said"
_LONGEST_SAID = 2000


class Cookies:
    """Named `__Host-...` and for https only, unless the service is reached over the loopback alone."""

    def __init__(self, settings: Settings) -> None:
        public = settings.web.public_url
        loopback = settings.web.host in ("127.0.0.1", "::1", "localhost")
        self.secure = urlsplit(public).scheme == "https" or not loopback

    def name(self, short: str) -> str:
        """As the browser has it."""
        return f"__Host-{short}" if self.secure else short

    def get(self, request: Request, short: str) -> str:
        """The value, '' without one."""
        return request.cookies.get(self.name(short), "")

    def put(self, response: Response, short: str, value: str | None) -> None:
        """Set it, or take it away."""
        response.set_cookie(
            self.name(short),
            value or "",
            max_age=0 if value is None else int(LONGEST.total_seconds()),
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="strict",
        )

    @staticmethod
    def pack(text: str, values: Mapping[str, Any]) -> str:
        """What an action says, for the next page; ids and numbers only, it is in the browser for a moment."""
        return base64.urlsafe_b64encode(orjson.dumps([text, dict(values)], default=str)).decode()

    def said(self, request: Request) -> tuple[str, dict[str, Any]] | None:
        """What was packed; None for nothing and for what is not ours."""
        value = self.get(request, SAID)
        if not value or len(value) > _LONGEST_SAID:
            return None
        try:
            text, values = orjson.loads(base64.urlsafe_b64decode(value))
        except (ValueError, TypeError):
            return None
        return (text, values) if isinstance(text, str) and isinstance(values, dict) else None


def form_token(cookie: str) -> str:
    """What a form of this browser must bring along."""
    return hmac.new(cookie.encode("utf-8", "surrogatepass"), b"form", "sha256").hexdigest() if cookie else ""
