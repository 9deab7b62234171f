"""Where the service and the commands meet: a local socket, or a port of this machine where there is none.

Windows' Python has no local sockets, and their names may have some hundred bytes only. There the file in
the socket's place holds a port and a key, for the service's own user; both sides prove that they have read
it before anything is said. A file that a dead process left leads nowhere, or to somebody without the key.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import os
import secrets
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
HERE = "127.0.0.1"
_LONGEST_NAME = 100
"""Bytes of a local socket's name: 103 on macOS, 107 on Linux."""
_PROVED_WITHIN_S = 5


async def serve(place: Path, answer: Answer, limit: int) -> None:
    """Answer each line until cancelled; `limit` is the longest line in bytes. The place is ours: we hold the lock."""
    with contextlib.suppress(FileNotFoundError):
        place.unlink()  # of a dead process
    server = await (_local if _is_local(place) else _port)(place, answer, limit)
    try:
        async with server:
            await server.serve_forever()
    finally:
        place.unlink(missing_ok=True)


async def connect(place: Path, limit: int) -> Line | None:
    """A line to the service; None when nobody answers there."""
    with contextlib.suppress(OSError, ValueError, TimeoutError):
        if sys.platform != "win32" and _is_local(place):
            return await asyncio.open_unix_connection(place, limit=limit)
        port, key = place.read_text("ascii").split()
        reader, writer = await asyncio.open_connection(HERE, int(port), limit=limit)
        async with asyncio.timeout(_PROVED_WITHIN_S):
            nonce = secrets.token_hex(16)
            writer.write(f"{nonce}\n".encode())
            if hmac.compare_digest(await reader.readline(), _proof(key, "service", nonce)):
                writer.write(_proof(key, "command", nonce))
                return reader, writer
        writer.close()
    return None


def _is_local(place: Path) -> bool:
    return sys.platform != "win32" and len(os.fsencode(place)) <= _LONGEST_NAME


async def _local(place: Path, answer: Answer, limit: int) -> asyncio.Server:
    if sys.platform == "win32":
        raise NotImplementedError
    old = os.umask(0o177)
    try:
        return await asyncio.start_unix_server(answer, place, limit=limit)
    finally:
        os.umask(old)


async def _port(place: Path, answer: Answer, limit: int) -> asyncio.Server:
    key = secrets.token_hex(32)

    async def proved(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, ValueError, TimeoutError):
            async with asyncio.timeout(_PROVED_WITHIN_S):
                nonce = (await reader.readline())[:64].decode("ascii").strip()
                writer.write(_proof(key, "service", nonce))
                given = await reader.readline()
            if hmac.compare_digest(given, _proof(key, "command", nonce)):
                await answer(reader, writer)
        writer.close()

    server = await asyncio.start_server(proved, HERE, 0, limit=limit)
    _write(place, f"{server.sockets[0].getsockname()[1]} {key}")
    return server


def _write(place: Path, text: str) -> None:
    with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(text)


def _proof(key: str, who: str, nonce: str) -> bytes:
    return hmac.digest(key.encode(), f"{who} {nonce}".encode(), "sha256").hex().encode() + b"\n"
