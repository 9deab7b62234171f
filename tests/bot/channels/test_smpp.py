"""Direct SMPP, against an SMSC that speaks with another library's PDUs."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr

from bot.channel_sections import Smpp as Settings
from bot.channels import smpp_wire as wire
from bot.channels.base import Message, Recorder
from bot.channels.smpp import Smpp
from bot.errors import Ambiguous, ChannelMisconfigured, DatabaseError, Refused, RetryLater
from tests.smsc import Smsc, deliver, part

PHONE = "25779123456"


def channel(port: int) -> Smpp:
    secret = SecretStr("canary-password")
    made = Smpp(Settings(host="127.0.0.1", port=port, system_id="rutana", password=secret, sender="8585", window=4))
    made.connect_s, made.answer_s, made.quiet_s, made.hold_s, made.first_pause_s = 5, 0.5, 30, 30, 0.01
    return made


def message(number: int = 41, text: str = "No 4127 OK") -> Message:
    return Message(number, "+25779123456", text, 1)


@asynccontextmanager
async def bound(**changed: float) -> AsyncIterator[tuple[Smpp, Smsc, Recorder]]:
    """The channel, bound."""
    intake = Recorder()
    async with Smsc() as smsc:
        made = channel(smsc.port)
        for name, value in changed.items():
            setattr(made, name, value)
        task = asyncio.create_task(made.run(intake))
        try:
            await ready(made)
            yield made, smsc, intake
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def ready(made: Smpp) -> None:
    async with asyncio.timeout(20):
        while made._writer is None or made._writer.is_closing():
            await asyncio.sleep(0.01)


async def test_it_binds_as_the_specification_says() -> None:
    async with bound() as (_, smsc, _):
        assert smsc.binds == [b"rutana\0canary-password\0\0\x34\0\0\0"]


@pytest.mark.parametrize(
    ("text", "coding"),
    [("No 4127 OK [x] €5 é @", "GSM"), ("Ça va", "GSM"), ("ça va", "UCS2"), ("😀", "UCS2"), ("x" * 160, "GSM")],
)
async def test_a_text_arrives_as_it_was_written(text: str, coding: str) -> None:
    async with bound() as (made, smsc, _):
        sent = await made.send(message(41, text))
        assert (sent.provider_id, sent.state) == ("m1", "accepted")
        (got,) = smsc.submitted
        assert got.short_message == text and got.registered_delivery == 1
        assert (got.destination.number, int(got.destination.ton), int(got.destination.npi)) == (PHONE, 1, 1)
        assert (got.source.number, int(got.source.ton)) == ("8585", 0)


@pytest.mark.parametrize("text", ["x" * 161, "ç" * 71, "😀" * 200])
async def test_a_long_text_goes_in_one_payload(text: str) -> None:
    async with bound() as (made, smsc, _):
        await made.send(message(41, text))
        (got,) = smsc.submitted
        assert (got.message_payload or got.short_message) == text


@pytest.mark.parametrize(
    ("status", "error"),
    [(0x58, RetryLater), (0x14, RetryLater), (0x08, RetryLater), (0x0B, Refused), (0x45, Refused), (0x401, Refused)]
    + [(0x0A, ChannelMisconfigured), (0x04, ChannelMisconfigured)],
)
async def test_what_is_not_taken_says_why(status: int, error: type[Exception]) -> None:
    async with bound() as (made, smsc, _):
        smsc.submit_status = status
        with pytest.raises(error) as raised:
            await made.send(message())
        assert type(raised.value) is error and "4127" not in str(raised.value) and PHONE not in str(raised.value)


@pytest.mark.fault("B23")
async def test_throttled_nothing_more_is_written_for_a_while() -> None:
    async with bound() as (made, smsc, _):
        smsc.submit_status = wire.THROTTLED
        with pytest.raises(RetryLater):
            await made.send(message())
        with pytest.raises(RetryLater, match="slow down"):
            await made.send(message(42))
        assert len(smsc.submitted) == 1


async def test_answers_in_another_order_find_their_question() -> None:
    async with bound() as (made, smsc, _):
        sent = await asyncio.gather(*(made.send(message(number, f"text {number}")) for number in range(20)))
        by_text = {got.short_message: f"m{place}" for place, got in enumerate(smsc.submitted, 1)}
        assert [each.provider_id for each in sent] == [by_text[f"text {number}"] for number in range(20)]
        assert [got.short_message for got in smsc.submitted] == [f"text {number}" for number in range(20)]


async def test_no_answer_and_a_broken_line_are_in_doubt_and_never_repeated() -> None:
    async with bound() as (made, smsc, _):
        smsc.silent = True
        with pytest.raises(Ambiguous):
            await made.send(message())
        made.answer_s = 20
        asked = asyncio.create_task(made.send(message()))
        await asyncio.sleep(0.05)
        smsc.hang_up()
        with pytest.raises(Ambiguous):
            await asked
        smsc.silent = False
        await ready(made)
        await made.send(message(43, "after"))
        assert [got.short_message for got in smsc.submitted] == ["after"] and len(smsc.binds) == 2


async def test_while_unbound_nothing_is_written() -> None:
    made = channel(1)
    with pytest.raises(RetryLater, match="not bound"):
        await made.send(message())
    with pytest.raises(Refused):
        await made.send(Message(1, "8585", "x", 1))


@pytest.mark.fault("B23")
async def test_a_quiet_smsc_is_asked_and_a_dead_one_is_left() -> None:
    async with bound(quiet_s=0.05, answer_s=0.3) as (made, smsc, _):
        await smsc.until(lambda: smsc.enquired > 1)
        assert len(smsc.binds) == 1
        smsc.silent = True
        async with asyncio.timeout(20):
            while made._writer is not None:
                await asyncio.sleep(0.01)
        smsc.silent = False
        await smsc.until(lambda: len(smsc.binds) == 2)


@pytest.mark.fault("B23")
async def test_an_unbind_is_answered_and_bound_again() -> None:
    async with bound() as (made, smsc, _):
        sequence = smsc.tell(wire.UNBIND)
        await smsc.until(lambda: len(smsc.binds) == 2)
        assert smsc.answers[sequence] == 0
        await ready(made)
        await made.send(message())


async def test_an_enquiry_is_answered_and_nonsense_is_not_understood() -> None:
    async with bound() as (_, smsc, _):
        asked, odd = smsc.tell(wire.ENQUIRE), smsc.tell(0x103)
        await smsc.until(lambda: odd in smsc.answers)
        assert (smsc.answers[asked], smsc.answers[odd]) == (0, wire.BAD_COMMAND)


@pytest.mark.parametrize("text", ["Ego", "12 F 3 H, ça va 😀", "€ [x]"])
async def test_a_message_is_kept_and_then_thanked_for(text: str) -> None:
    async with bound() as (_, smsc, intake):
        first, second = smsc.says(PHONE, text), smsc.says(PHONE, text)
        await smsc.until(lambda: second in smsc.answers)
        assert smsc.answers[first] == 0
        assert [(each.address, each.text) for each in intake.kept] == [("+25779123456", text)] * 2
        assert len({each.key for each in intake.kept}) == 2


async def test_what_is_not_stored_is_asked_for_again() -> None:
    async with bound() as (_, smsc, intake):
        intake.broken = DatabaseError("disk full")
        refused, report = smsc.says(PHONE, "Ego"), smsc.reports("m1", "DELIVRD")
        await smsc.until(lambda: report in smsc.answers)
        assert smsc.answers == {refused: wire.LATER, report: wire.LATER}
        intake.broken = None
        again = smsc.says(PHONE, "Ego")
        await smsc.until(lambda: again in smsc.answers)
        assert smsc.answers[again] == 0 and len(intake.kept) == 1


async def test_a_fault_of_ours_thanks_for_nothing() -> None:
    async with Smsc() as smsc:
        made, intake = channel(smsc.port), Recorder(broken=RuntimeError("ours"))
        task = asyncio.create_task(made.run(intake))
        await ready(made)
        sequence = smsc.says(PHONE, "Ego")
        with pytest.raises(ExceptionGroup):
            await task
        assert sequence not in smsc.answers


@pytest.mark.fault("D4")
async def test_parts_are_one_message_and_thanked_for_together() -> None:
    async with bound() as (_, smsc, intake):
        whole = "Muraho 😀 " * 12
        second = smsc.tell(wire.DELIVER, part(PHONE, whole[66:], 7, 2, 2))
        other = smsc.says(PHONE, "Ego")
        await smsc.until(lambda: other in smsc.answers)
        assert second not in smsc.answers
        first = smsc.tell(wire.DELIVER, part(PHONE, whole[:66], 7, 1, 2))
        await smsc.until(lambda: first in smsc.answers)
        assert smsc.answers[second] == 0
        assert [each.text for each in intake.kept] == ["Ego", whole]


@pytest.mark.fault("D4")
async def test_a_part_alone_is_a_message_after_a_while() -> None:
    async with bound(hold_s=0.1) as (_, smsc, intake):
        alone = smsc.tell(wire.DELIVER, part(PHONE, "only half", 7, 2, 2))
        await smsc.until(lambda: alone in smsc.answers)
        assert [each.text for each in intake.kept] == ["only half"]


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("DELIVRD", "delivered"),
        ("UNDELIV", "failed"),
        ("EXPIRED", "failed"),
        ("ACCEPTD", "accepted"),
        ("NEW", "accepted"),
    ],
)
async def test_a_receipt_says_whose_it_is(word: str, state: str) -> None:
    async with bound() as (made, smsc, intake):
        sent = await made.send(message())
        told = smsc.reports("m1", word)
        await smsc.until(lambda: told in smsc.answers)
        (delivery,) = intake.told
        assert delivery.provider_id == sent.provider_id and not intake.kept
        assert (delivery.state, delivery.word, delivery.event) == (state, word, f"m1.{word}")


@pytest.mark.parametrize("status", wire.BIND_REFUSED)
async def test_a_refused_account_stops_the_channel(status: int) -> None:
    async with Smsc() as smsc:
        smsc.bind_status = status
        with pytest.raises(ChannelMisconfigured, match="password") as raised:
            await channel(smsc.port).run(Recorder())
        assert "canary" not in str(raised.value)


async def test_already_bound_is_tried_again() -> None:
    async with Smsc() as smsc:
        smsc.bind_status = wire.ALREADY_BOUND
        made = channel(smsc.port)
        task = asyncio.create_task(made.run(Recorder()))
        await smsc.until(lambda: len(smsc.binds) == 2)
        smsc.bind_status = 0
        await ready(made)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_a_spoilt_message_is_refused_and_the_line_stays() -> None:
    async with bound() as (_, smsc, intake):
        spoilt, nobody = smsc.tell(wire.DELIVER, b"\0\1\1257"), smsc.tell(wire.DELIVER, deliver("", "x"))
        good = smsc.says(PHONE, "a\0b")
        await smsc.until(lambda: good in smsc.answers)
        assert smsc.answers == {spoilt: wire.NEVER, nobody: wire.NEVER, good: 0}
        assert len(intake.kept) == 1 and "\0" not in intake.kept[0].text


async def test_a_huge_pdu_ends_the_connection() -> None:
    async with bound() as (_, smsc, _):
        assert smsc._writer
        smsc._writer.write(b"\xff" * 64)
        await smsc.until(lambda: len(smsc.binds) == 2)


async def test_the_doctor_says_what_to_do() -> None:
    async with Smsc() as smsc:
        assert await channel(smsc.port).check() == []
    (problem,) = await channel(smsc.port).check()
    assert problem.startswith("channels.smpp: ")
