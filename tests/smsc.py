"""An SMSC for tests: it reads and writes with aiosmpplib's PDUs, so that ours are checked against another's.

async with Smsc() as smsc:      # smsc.port
    await smsc.until(lambda: smsc.bound)
    smsc.says("25779123456", "Ego")
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import Callable
from typing import Any

from aiosmpplib.protocol import DeliverSm, SmppMessage, SubmitSm
from aiosmpplib.state import NPI, TON, OptionalParam, PhoneNumber

from bot.channels import smpp_wire as wire
from bot.channels.smpp_wire import RESP, Pdu


class Smsc:
    """Listens on a free port; answers as it is told and remembers everything."""

    def __init__(self) -> None:
        self.port = 0
        self.submitted: list[SubmitSm] = []
        self.answers: dict[int, int] = {}
        """deliver_sm's sequence -> the status it was answered with."""
        self.binds: list[bytes] = []
        self.enquired = 0
        self.bound = False
        self.bind_status = self.submit_status = 0
        self.silent = False
        """Answers nothing any more."""
        self._count = 0
        self._writer: asyncio.StreamWriter | None = None
        self._news = asyncio.Condition()

    async def __aenter__(self) -> Smsc:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *args: object) -> None:
        self._server.close()
        self.hang_up()
        await asyncio.sleep(0)

    def hang_up(self) -> None:
        """The line breaks."""
        if self._writer:
            self._writer.close()
        self.bound = False

    def tell(self, command: int, body: bytes = b"") -> int:
        """Send this PDU; its sequence number."""
        self._count += 1
        assert self._writer
        self._writer.write(Pdu(command, 0, self._count, body).packed())
        return self._count

    def says(self, sender: str, text: str, **more: Any) -> int:
        """A person sends an SMS; the sequence number."""
        return self.tell(wire.DELIVER, deliver(sender, text, **more))

    def reports(self, message_id: str, word: str, optional: bool = False) -> int:
        """A delivery receipt as Annex B of the specification writes it."""
        text = (
            f"id:{message_id} sub:001 dlvrd:001 submit date:2611231730 done date:2611231731 stat:{word} err:000 text:"
        )
        params = [OptionalParam(wire.RECEIPTED, message_id)] if optional else []
        text = "" if optional else text
        return self.tell(wire.DELIVER, deliver("25779123456", text, esm_class=4, optional_params=params))

    async def until(self, so: Callable[[], bool]) -> None:
        async with asyncio.timeout(20), self._news:
            await self._news.wait_for(so)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.bound:  # `doctor` only looks whether the port is open
            self._writer = writer
        with contextlib.suppress(OSError, EOFError):
            while True:
                pdu = await wire.read(reader)
                async with self._news:
                    if not self.silent:
                        self._take(pdu, writer)
                    self._news.notify_all()
        writer.close()

    def _take(self, pdu: Pdu, writer: asyncio.StreamWriter) -> None:
        status, body = 0, b""
        if pdu.command == wire.BIND:
            self.binds.append(pdu.body)
            status, body, self.bound = self.bind_status, b"SMSC\0", not self.bind_status
        elif pdu.command == wire.SUBMIT:
            raw = pdu.packed()
            read = SubmitSm.from_pdu(raw, SmppMessage.parse_header(raw[:16]), "gsm0338")
            assert isinstance(read, SubmitSm)
            self.submitted.append(read)
            status, body = self.submit_status, f"m{len(self.submitted)}\0".encode()
        elif pdu.command == wire.ENQUIRE:
            self.enquired += 1
        elif pdu.command & RESP:
            self.answers[pdu.sequence] = pdu.status
            return
        writer.write(Pdu(pdu.command | RESP, status, pdu.sequence, body).packed())


def deliver(sender: str, text: str, **more: Any) -> bytes:
    """The body of a deliver_sm, written by aiosmpplib."""
    international = PhoneNumber(sender, TON.INTERNATIONAL, NPI.ISDN)
    built = DeliverSm(
        short_message=text, source=international, destination=PhoneNumber("8585"), registered_delivery=0, **more
    )
    built.set_encoding_info("gsm0338", None)
    return built.pdu()[16:]


def part(sender: str, text: str, reference: int, number: int, count: int) -> bytes:
    """The body of a deliver_sm with one part of a long SMS, its place in a user data header."""
    content = struct.pack("6B", 5, 0, 3, reference, count, number) + text.encode("utf-16-be")
    head = b"\0\x01\x01" + sender.encode() + b"\0\0\0" + b"8585\0" + b"\x40\0\0" + b"\0\0" + b"\0\0\x08\0"
    return head + bytes([len(content)]) + content
