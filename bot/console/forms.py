"""Reads what a form posts, within limits: bytes, fields, files. Files are never kept under the name they bring."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

FIELDS = 400
LONGEST = 20_000
"""Characters of one field."""


class TooLarge(Exception):
    """More bytes, fields or files than the page takes."""


async def read_form(request: Request, largest: int, files: int) -> Sequence[tuple[str, str | UploadFile]]:
    """Names and values in their order. Raises TooLarge; what is no form is an empty one."""
    length = request.headers.get("content-length", "0")
    if not length.isdigit() or int(length) > largest:
        raise TooLarge
    _limit(request, largest)
    try:
        form = await request.form(max_fields=FIELDS, max_files=files, max_part_size=LONGEST)
    except (HTTPException, ValueError):
        raise TooLarge from None
    items = form.multi_items()
    if len(items) > FIELDS or any(isinstance(value, str) and len(value) > LONGEST for _, value in items):
        raise TooLarge
    return items


def _limit(request: Request, largest: int) -> None:
    """A body without a length is counted while it comes."""
    receive, seen = request._receive, 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > largest:
            raise TooLarge
        return message

    request._receive = counted
