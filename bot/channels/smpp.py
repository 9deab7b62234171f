"""Direct SMPP 3.4: one connection to the operator's SMSC, bound as transceiver, open all day.

A session of our own rather than aiosmpplib's: that one keeps messages in memory over a broken connection and
sends them after we have given up, thanks for a part before all are kept, and writes texts into its log.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import Sequence

import structlog
from starlette.routing import BaseRoute

from bot.channel_sections import Smpp as Settings
from bot.channels import smpp_wire as wire
from bot.channels import web
from bot.channels.arrival_keys import key_of
from bot.channels.base import Alone, Arrival, Delivery, Intake, Message, Sent, State
from bot.channels.phone_numbers import is_number, normalise
from bot.channels.smpp_wire import RESP, Delivered, Pdu
from bot.errors import Ambiguous, ChannelMisconfigured, DatabaseError, Refused, RetryLater, SendError
from handlers.turn import NOTHING
from handlers.understand.words import clean

log = structlog.get_logger(__name__)

STATES: dict[str, State] = {"DELIVRD": "delivered", "ENROUTE": "sent", "ACCEPTD": "accepted"}
STATES |= dict.fromkeys(("EXPIRED", "DELETED", "UNDELIV", "REJECTD"), "failed")
"""Every other word is kept as it came and moves nothing."""
MISCONFIGURED = {wire.BAD_SENDER: "channels.smpp.sender is not ours there", wire.BOUND: "not bound for sending"}
PAUSE_S = 5.0
"""Seconds that nothing is sent after the SMSC said that it is too much."""
HOLD_S = 10.0
"""Seconds that the parts of a long SMS wait for each other, unacknowledged; then each is a message."""
LONGEST_PAUSE_S = 60.0


class Smpp(web.Gateway):
    """The channel `smpp`."""

    name = "smpp"
    keyed = False
    alone: Alone = "both"
    connect_s, answer_s, quiet_s, hold_s, first_pause_s = 10.0, 30.0, 30.0, HOLD_S, 1.0

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.window = settings.window
        self._writer: asyncio.StreamWriter | None = None
        self._asked: dict[int, asyncio.Future[Pdu]] = {}
        self._held: dict[tuple[str, int, int], dict[int, tuple[Pdu, Delivered, float]]] = {}
        self._sequence = 0
        self._heard = self._free_at = 0.0
        self._good = False

    def routes(self, intake: Intake) -> Sequence[BaseRoute]:
        """Nobody calls us; the SMSC speaks on the connection that we open."""
        return []

    async def run(self, intake: Intake) -> None:
        """Be bound until cancelled. Raises ChannelMisconfigured when our account is refused."""
        pause = self.first_pause_s
        while True:
            self._good = False
            try:
                await self._session(intake)
            except* (OSError, ValueError, EOFError) as errors:  # TimeoutError is an OSError
                reason = type(errors.exceptions[0]).__name__
                log.warning("not connected to the SMSC, tried again", channel=self.name, reason=reason)
            pause = self.first_pause_s if self._good else min(pause * 2, LONGEST_PAUSE_S)
            await asyncio.sleep(pause)

    async def send(self, message: Message) -> Sent:
        """One submit_sm. While not bound, or asked to slow down, nothing is written: the outbox keeps the order."""
        if not is_number(message.address):
            raise Refused("smpp sends to numbers only")
        if not self._writer or self._writer.is_closing():
            raise RetryLater("not bound to the SMSC", PAUSE_S)
        if (wait := self._free_at - time.monotonic()) > 0:
            raise RetryLater("the SMSC asks us to slow down", wait)
        body = wire.submit(self.settings.sender, message.address, message.text)
        try:
            reply = await self._ask(self._writer, wire.SUBMIT, body)
        except OSError as error:  # TimeoutError is one
            raise Ambiguous(f"the SMSC gave no answer ({web.why(error)})") from None
        if reply.status or reply.command != wire.SUBMIT | RESP:
            raise self._refusal(reply)
        return Sent(wire.message_id(reply.body) or None, "accepted")

    async def check(self) -> list[str]:
        """Whether the port is open. Not bound: a second bind may end the service's own."""
        try:
            async with asyncio.timeout(self.connect_s):
                _, writer = await asyncio.open_connection(self.settings.host, self.settings.port)
            writer.close()
        except OSError as error:
            return [f"channels.smpp: no connection ({web.why(error)}). Is the VPN up, host and port right?"]
        return []

    async def _session(self, intake: Intake) -> None:
        async with asyncio.timeout(self.connect_s):
            reader, writer = await asyncio.open_connection(self.settings.host, self.settings.port)
        try:
            await self._bind(reader, writer)
            self._writer, self._good, self._heard = writer, True, time.monotonic()
            async with asyncio.TaskGroup() as group:
                keeper = group.create_task(self._keep(writer, intake))
                await self._listen(reader, writer, intake)
                keeper.cancel()
        finally:
            self._writer = None
            self._held.clear()  # not acknowledged, so they come again
            for waiting in self._asked.values():
                if not waiting.done():
                    waiting.set_exception(ConnectionResetError("the connection ended"))
            with contextlib.suppress(OSError):
                self._tell(writer, wire.UNBIND)
            writer.close()

    async def _bind(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        account = wire.bind(self.settings.system_id, self.settings.password.get_secret_value())
        self._tell(writer, wire.BIND, account)
        async with asyncio.timeout(self.answer_s):
            reply = await wire.read(reader)
        if reply.status in wire.BIND_REFUSED:
            raise ChannelMisconfigured(
                f"the SMSC refuses our bind ({reply.status:#x})",
                "compare system_id and password; is our address known?",
            )
        if reply.command != wire.BIND | RESP or reply.status:
            raise ConnectionRefusedError

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, intake: Intake) -> None:
        """Until the SMSC unbinds us. Raises at the end of the connection."""
        while True:
            pdu = await wire.read(reader)
            self._heard = time.monotonic()
            if pdu.command & RESP:
                waiting = self._asked.get(pdu.sequence)
                if waiting and not waiting.done():
                    waiting.set_result(pdu)
            elif pdu.command == wire.DELIVER:
                await self._delivered(pdu, writer, intake)
            elif pdu.command in (wire.ENQUIRE, wire.UNBIND):
                self._answer(writer, pdu)
                if pdu.command == wire.UNBIND:
                    return
            else:
                writer.write(Pdu(wire.NACK, wire.BAD_COMMAND, pdu.sequence).packed())

    async def _keep(self, writer: asyncio.StreamWriter, intake: Intake) -> None:
        """Ask a quiet SMSC whether it is there, and let no part wait too long. Raises TimeoutError."""
        while True:
            await asyncio.sleep(min(self.quiet_s, self.hold_s) / 2)
            now = time.monotonic()
            for place, parts in list(self._held.items()):
                if now - min(since for _, _, since in parts.values()) > self.hold_s:
                    del self._held[place]
                    for pdu, got, _ in parts.values():
                        await self._kept([pdu], [got], writer, intake)
            if now - self._heard > self.quiet_s:
                await self._ask(writer, wire.ENQUIRE)

    async def _ask(self, writer: asyncio.StreamWriter, command: int, body: bytes = b"") -> Pdu:
        """Raises OSError (TimeoutError is one) when no answer came."""
        sequence = self._tell(writer, command, body)
        self._asked[sequence] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(self.answer_s):
                return await self._asked[sequence]
        finally:
            del self._asked[sequence]

    def _tell(self, writer: asyncio.StreamWriter, command: int, body: bytes = b"") -> int:
        self._sequence = self._sequence % 0x7FFFFFFF + 1
        writer.write(Pdu(command, 0, self._sequence, body).packed())
        return self._sequence

    def _answer(self, writer: asyncio.StreamWriter, pdu: Pdu, status: int = 0) -> None:
        body = b"\0" if pdu.command == wire.DELIVER else b""
        writer.write(Pdu(pdu.command | RESP, status, pdu.sequence, body).packed())

    async def _delivered(self, pdu: Pdu, writer: asyncio.StreamWriter, intake: Intake) -> None:
        """Have it kept, then thank for it; parts are thanked for once all are there and kept."""
        try:
            got = wire.delivered(pdu.body)
        except ValueError:
            log.warning("a message of the SMSC breaks off", channel=self.name)
            return self._answer(writer, pdu, wire.NEVER)
        if got.part and not got.receipt and got.part[2] > 1:
            reference, number, count = got.part
            parts = self._held.setdefault((got.sender, reference, count), {})
            parts[number] = (pdu, got, time.monotonic())
            if len(parts) < count:
                return None
            del self._held[got.sender, reference, count]
            whole = [parts[number] for number in sorted(parts)]
            return await self._kept([each[0] for each in whole], [each[1] for each in whole], writer, intake)
        return await self._kept([pdu], [got], writer, intake)

    async def _kept(
        self, pdus: Sequence[Pdu], got: Sequence[Delivered], writer: asyncio.StreamWriter, intake: Intake
    ) -> None:
        status = 0
        try:
            if got[0].receipt:
                await intake.deliveries([self._delivery(got[0])])
            elif sender := normalise(got[0].sender if is_number(got[0].sender) else _plus(got[0].sender)):
                await intake.arrivals([self._arrival(sender, got)])
            else:
                status = wire.NEVER
        except DatabaseError:
            log.warning("not stored, the SMSC will come again", channel=self.name)
            status = wire.LATER
        for pdu in pdus:
            self._answer(writer, pdu, status)

    def _arrival(self, sender: str, got: Sequence[Delivered]) -> Arrival:
        raw = b"".join(each.content for each in got)
        text, whole = wire.text_of(raw, got[0].coding)
        data = NOTHING if whole else {"bytes": raw.hex()}  # kept, never refused
        return Arrival(self.name, key_of("", {}, "", b""), self.scheme, sender, text=clean(text), data=data)

    def _delivery(self, got: Delivered) -> Delivery:
        theirs, word = clean(got.receipted)[:65], clean(got.word)[:20]
        event = f"{theirs}.{word}" if theirs else ""
        return Delivery(self.name, STATES.get(word, "accepted"), word, provider_id=theirs or None, event=event)

    def _refusal(self, reply: Pdu) -> SendError:
        """The error that a submit_sm_resp is; a status that only this SMSC knows refuses the message."""
        what = f"the SMSC answered {reply.status:#x}"
        if reply.status in (wire.THROTTLED, wire.QUEUE_FULL):
            self._free_at = time.monotonic() + PAUSE_S
            return RetryLater(what, PAUSE_S)
        if reply.status in (wire.SYSTEM, wire.LATER):
            return RetryLater(what)
        if reply.status in MISCONFIGURED:
            return ChannelMisconfigured(what, MISCONFIGURED[reply.status])
        return Refused(what)


def _plus(sender: str) -> str:
    """SMSCs write a whole number without its plus."""
    return f"+{sender}" if re.fullmatch(r"\d{10,15}", sender) else sender
