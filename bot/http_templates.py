"""The templates of `[channels.http]`: {names} from a list, each value encoded for where it stands. No other logic."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr

PLACES = ("id", "text", "to", "to_no_plus", "from", "from_no_plus", "channel")
"""What a template may name; everything else in braces is a mistake."""
RAPIDPRO = SecretStr('{"' + '", "'.join(f'{name}": "{{{name}}}' for name in PLACES) + '"}')
"""What RapidPro's channel "external" posts."""

_PLACE = re.compile(r"\{(" + "|".join(PLACES) + r")\}")
_MEANT = re.compile(r"\{+\s*[\w.]+\s*\}")
_URL = re.compile(r"https?://[A-Za-z0-9.\[\]:_-]+([/?][!-~]*)?")


def filled(template: str, values: Mapping[str, str], encode: Callable[[str], str]) -> str:
    """In one pass: what looks like a place inside a value stays as it is."""
    return _PLACE.sub(lambda found: encode(values[found[1]]), template)


def everywhere(part: Any, values: Mapping[str, str]) -> Any:
    """The JSON with every string in it filled; the names in it are not."""
    match part:
        case str():
            return filled(part, values, str)
        case list():
            return [everywhere(each, values) for each in part]
        case dict():
            return {name: everywhere(each, values) for name, each in part.items()}
    return part


def _checked(text: str) -> str:
    if any(not _PLACE.fullmatch(meant) for meant in _MEANT.findall(text)):
        raise ValueError("in single braces, without spaces, stand only {" + "} {".join(PLACES) + "}")
    return text


def _body(body: SecretStr) -> SecretStr:
    _checked(body.get_secret_value())
    return body


def _url(url: SecretStr) -> SecretStr:
    if not _URL.fullmatch(_checked(url.get_secret_value())):
        raise ValueError("write http://HOST/... or https://HOST/..., without spaces and accents")
    return url


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
        whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # a port beyond 65535, half a bracket
        whole = False
    if url and not (whole and url.isascii() and url.isprintable() and " " not in url):
        raise ValueError("write http://HOST/... or https://HOST/..., without spaces and accents")
    return url


def _headers(headers: dict[str, SecretStr]) -> dict[str, SecretStr]:
    for name, value in headers.items():
        text = _checked(value.get_secret_value())
        if not re.fullmatch(r"[A-Za-z0-9-]+", name) or not re.fullmatch(r"[ -~]*", text) or "{text}" in text:
            raise ValueError("a header is one line of plain letters, and never holds {text}")
    return headers


Address = Annotated[str, AfterValidator(_address)]
"""Whole, or empty where it may be."""
Url = Annotated[SecretStr, AfterValidator(_url)]
Body = Annotated[SecretStr, AfterValidator(_body)]
Headers = Annotated[dict[str, SecretStr], AfterValidator(_headers)]
