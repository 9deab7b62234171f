"""Passwords, PINs and the codes of an authenticator: what is good enough, and whether it is the right one.

argon2id costs a tenth of a second and 64 MB by design, so it runs in a thread, at most two at once.
"""

from __future__ import annotations

import asyncio
import hmac
import io
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.console.words import _
from handlers.understand.words import plain

SHORTEST = 12
GOOD = 3
"""Of zxcvbn's five: a hundred million guesses or more (Wheeler 2016)."""
_ESTIMATED = 72
"""Letters that it looks at; its time grows faster than they do."""
_THREADS = ThreadPoolExecutor(2, "password")
_HASHER = PasswordHasher()
_WELL_KNOWN = """password motdepasse passw0rd azerty azertyuiop qwerty qwertyuiop 123456789012 1234567890 iloveyou
administrator administrateur letmein welcome bienvenue kurikirana gukurikirana burundi bujumbura rutana"""
_STEPS = 1
"""Steps of 30 s by which the clock of a phone may be wrong, each way."""


def new_token() -> str:
    """256 bits of chance, for an address or a cookie."""
    return secrets.token_urlsafe(32)


async def hashed(secret: str) -> str:
    """How a password or PIN is kept."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _HASHER.hash, secret)


async def fits(kept: str | None, given: str) -> bool:
    """Whether it is the right one; as slow when there is none."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _fits, kept, given)


def _fits(kept: str | None, given: str) -> bool:
    try:
        return _HASHER.verify(kept or _nobodys(), given) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    """So that an unknown name costs as much time as a known one."""
    return _HASHER.hash(secrets.token_hex(16))


def weakness(password: str, *context: str) -> str:
    """What is wrong with a new password, in a marked text; '' when it will do. `context`: names not to use."""
    if len(password) < SHORTEST:
        return _("The password needs at least 12 characters. Four words that do not belong together are good.")
    if len(password) > 200:
        return _("The password is too long: at most 200 characters.")
    if len(set(password)) < 5:
        return _("The password repeats itself too much.")
    rest = plain(password).replace(" ", "")
    for word in sorted(
        (*_WELL_KNOWN.split(), *(plain(word).replace(" ", "") for word in context)), key=len, reverse=True
    ):
        if len(word) > 2:
            rest = rest.replace(word, "")
    if len(rest) < SHORTEST - 4:
        return _("The password is mostly a name or a well-known word. Choose other words.")
    if _score(password, context) < GOOD:
        return _("The password is easy to guess: it is often used, or of a pattern. Choose other words.")
    return ""


def _score(password: str, context: Sequence[str]) -> int:
    """0 to 4, by the guesses that it stands: against what is often used, words, names, dates, ways over the keys."""
    from zxcvbn import zxcvbn  # noqa: PLC0415 - 14 MB that only who chooses a password pays

    found: int = zxcvbn(password[:_ESTIMATED], user_inputs=list(context))["score"]
    return found


def weak_pin(pin: str) -> str:
    """What is wrong with a new PIN; '' when it will do."""
    if len(pin) != 6 or not (pin.isascii() and pin.isdigit()):
        return _("The PIN is six digits.")
    steps = {(int(b) - int(a)) % 10 for a, b in zip(pin, pin[1:], strict=False)}
    if len(set(pin)) < 3 or steps in ({1}, {9}):
        return _("This PIN is easy to guess. Choose other digits.")
    return ""


def _pyotp() -> Any:
    """The library, at the first sign-in: 4 MB that a service whose pages nobody opens does not pay."""
    import pyotp  # noqa: PLC0415 - see above

    return pyotp


def new_authenticator() -> str:
    """A secret for a new authenticator, base32."""
    secret: str = _pyotp().random_base32()
    return secret


def step_of(secret: str, code: str, now: datetime, last: int | None) -> int | None:
    """The time step whose code this is; None for a wrong one and for one that was taken before."""
    given = "".join(code.split())
    if not (given.isascii() and given.isdigit() and len(given) == 6):
        return None
    totp, step = _pyotp().TOTP(secret), int(now.timestamp()) // 30
    for near in range(step - _STEPS, step + _STEPS + 1):
        if hmac.compare_digest(totp.generate_otp(near), given) and (last is None or near > last):
            return near
    return None


def picture_of(secret: str, login: str, issuer: str) -> bytes:
    """The QR code that an authenticator reads, as SVG without styles."""
    uri = _pyotp().TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)
    out = io.BytesIO()
    look: dict[str, Any] = {"xmldecl": False, "svgclass": None, "lineclass": None, "omitsize": True}
    import segno  # noqa: PLC0415 - 4 MB that only who draws a code pays

    segno.make(uri, error="m").save(out, kind="svg", border=4, **look)
    return out.getvalue()
