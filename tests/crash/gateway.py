"""The provider's side of the crash harness: a sendsms that counts what it was given, by our outbox id.

It is a process of its own and outlives the service. What it counted is what a handset would have got.
"""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
from collections import Counter
from pathlib import Path

SLOW_S = 0.004
"""How long a send is under way, so that a kill may hit it."""
_ID = re.compile(rb"id%3D(\d+)")


def serve(listening: socket.socket, log: Path, slow_s: float = SLOW_S) -> None:
    """Serve until SIGTERM, then write the counts to `log` as JSON."""
    asyncio.run(_serve(listening, log, slow_s))


async def _serve(listening: socket.socket, log: Path, slow_s: float) -> None:
    counts: Counter[str] = Counter()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                found = _ID.search(request.split(b"\r\n", 1)[0])
                counts[found[1].decode() if found else "without id"] += 1
                await asyncio.sleep(slow_s)
                writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 25\r\n\r\n0: Accepted for delivery\r\n"[:-1])
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, sock=listening, backlog=256)
    await stop.wait()
    log.write_text(json.dumps(counts), encoding="utf-8")
    server.close()
