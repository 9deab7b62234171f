"""What several providers' JSON needs: values that may be anything are read as what they should be, or as nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels import web
from handlers.turn import NOTHING


def items(value: Any) -> list[Any]:
    """A JSON list, or an empty one for anything else that stands in its place."""
    return value if isinstance(value, list) else []


def said(reply: web.Reply) -> Mapping[str, Any]:
    """The JSON object of an answer, or an empty one for an answer that is none."""
    try:
        return web.json_object(reply.body)
    except web.Unwanted:
        return NOTHING
