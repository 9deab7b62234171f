"""JSON as providers write it: values that may be anything are read as what they should be, or as nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import orjson

from bot.channels import web
from handlers.turn import NOTHING


def json_object(raw: bytes) -> dict[str, Any]:
    """A JSON object; of a repeated name the last counts. Raises web.Unwanted(400) for anything else."""
    value = _read(raw)
    if not isinstance(value, dict):
        raise web.Unwanted(400)
    return value


def json_list(raw: bytes) -> list[Any]:
    """A JSON list. Raises web.Unwanted(400) for anything else."""
    value = _read(raw)
    if not isinstance(value, list):
        raise web.Unwanted(400)
    return value


def _read(raw: bytes) -> Any:
    """orjson refuses half a surrogate pair, which a phone may write for half an emoji; such a message is read by the
    slow parser rather than lost."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        try:
            return json.loads(web.utf8(raw), parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise web.Unwanted(400) from None


def said(reply: web.Reply) -> Mapping[str, Any]:
    """The JSON object of an answer, or an empty one for an answer that is none."""
    try:
        return json_object(reply.body)
    except web.Unwanted:
        return NOTHING


def string(value: Any) -> str:
    """A JSON string, or '' for anything else that stands in its place."""
    return value if isinstance(value, str) else ""


def mapping(value: Any) -> Mapping[str, Any]:
    """A JSON object, or an empty one for anything else that stands in its place."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """A JSON list, or an empty one for anything else that stands in its place."""
    return value if isinstance(value, list) else []


def _no_constant(name: str) -> Any:
    raise ValueError(name)
