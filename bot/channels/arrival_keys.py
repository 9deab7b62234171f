"""What makes an arrival unique where a gateway may give no id of it."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping

from bot.channels import web

KEY_LENGTH = 128
SECOND = re.compile(r"\d\d:\d\d:\d\d")
FIELDS = (b"id", b"from", b"to", b"time", b"text")


def content_key(secret: bytes, *parts: str) -> str:
    """Of what a message is, where a provider's list knows it by another id than its calls."""
    return hmac.new(secret, "\0".join(parts).encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def key_of(given: str, fields: Mapping[bytes, bytes], time: str, secret: bytes) -> str:
    """The gateway's own id, the same at every redelivery.

    Without it, everything there is, if the time is to the second: two honest "Ego" of one person
    never share a second, a redelivery does. Without seconds they cannot be told apart; then each
    call is a message of its own, since a message twice is seen and a lost one is not.
    """
    if given and len(given) <= KEY_LENGTH:
        return given
    exact = web.moment(time) is not None and (time.isdecimal() or SECOND.search(time) is not None)
    if not given and not exact:
        return "once-" + secrets.token_hex(16)
    parts = b"\0".join(fields.get(name, b"") for name in FIELDS)
    return "same-" + hmac.new(secret, parts, hashlib.sha256).hexdigest()
