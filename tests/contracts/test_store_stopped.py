"""She told the provider to stop us, and we hear it with a text's report only: her road is closed, once."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select

from bot.channels.base import Recorder
from bot.store import deliveries, tables
from bot.store.deliveries import Told
from bot.store.engine import Database
from tests.contracts.channel_kit import Call, Kit, knock
from tests.contracts.kit_twilio import TwilioKit, status
from tests.contracts.test_channels_africastalking import AT_REPORT, AfricasTalkingKit, at_call
from tests.databases import NOW, add_outbox, database, execute, place, postgres_server, rows

__all__ = ["database", "place", "postgres_server"]
BLACK = at_call("status", AT_REPORT | {"status": "Failed", "failureReason": "UserInBlackList"})
ABSENT = at_call("status", AT_REPORT | {"status": "Failed", "failureReason": "UserNotReachable"})


@pytest.mark.fault("B7")
@pytest.mark.parametrize(
    ("kit", "call", "due"),
    [
        (TwilioKit(), status("failed", ErrorCode="21610"), True),
        (TwilioKit(), status("undelivered", ErrorCode="30003"), False),
        (TwilioKit(), status("delivered", ErrorCode="21610"), False),
        (AfricasTalkingKit(), BLACK, True),
        (AfricasTalkingKit(), ABSENT, False),
    ],
)
async def test_a_report_says_that_she_wants_nothing(kit: Kit, call: Call, due: bool) -> None:
    intake = Recorder()
    assert await knock(kit.channel("http://127.0.0.1:9"), intake, call) == 200
    assert [told.stopped for told in intake.told] == [due]


@pytest.mark.fault("B7")
async def test_her_road_is_closed_once_and_its_conversation_woken(database: Database) -> None:
    await execute(database, insert(tables.addresses), {"id": 7, "scheme": "tel", "value": "+25779123456"})
    await add_outbox(database, 7, id=41, channel="twilio", state="accepted")
    told = Told("twilio", "failed", "failed 21610", 41, "SM1", "SM1.failed", NOW, True)
    for _ in range(3):
        assert await database.writer.do(deliveries.deliveries, told)
    (address,) = await rows(database, select(tables.addresses))
    assert (address.active, address.reason) == (False, "failed 21610")
    events = await rows(database, select(tables.inbox).where(tables.inbox.c.kind == "blocked"))
    assert [event.data["refused"] for event in events] == [41]


async def test_what_arrived_after_all_closes_nothing(database: Database) -> None:
    await execute(database, insert(tables.addresses), {"id": 7, "scheme": "tel", "value": "+25779123456"})
    await add_outbox(database, 7, id=41, channel="twilio", state="delivered")
    late = Told("twilio", "failed", "failed 21610", 41, "SM1", "SM1.failed", NOW, True)
    await database.writer.do(deliveries.deliveries, late)
    assert [address.active for address in await rows(database, select(tables.addresses))] == [True]
