"""What became of a text: a failure by the words of each channel's provider, as they are documented or were seen; and
that nobody is told that a person has read it."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from bot.console.delivery import TODO, WORDS
from bot.programme.broadcasts.states import STATES, may_arrive, plain_state, state_of
from bot.store.deliveries import STATES as KNOWN
from handlers.team.opening import SENT

SAID = {
    "ours": (
        "sms:failed Send result: RESULT_ERROR_GENERIC_FAILURE (Generic failure cause)",
        "sms:failed Send result: RESULT_ERROR_NO_SERVICE",
        "sms:failed Send result: RESULT_ERROR_RADIO_OFF",
        "sms:failed Send result: RESULT_ERROR_NULL_PDU",
        "sms:failed Send result: RESULT_ERROR_LIMIT_EXCEEDED",
        "error",
        "Error",
        "SendingError",
    ),
    "refused": (
        "Failed UserInBlackList",
        "africastalking says UserInBlacklist: she wants no texts of this sender",
        "twilio answered 400, code 21610: she wrote STOP to this sender",
        "Telegram: Forbidden: bot was blocked by the user",
        "Telegram: Forbidden: user is deactivated",
        "Telegram: Bad Request: chat not found",
        "failed 131050",
    ),
    "permanent": (
        "Rejected UserDoesNotExist ...",
        "Failed UserIsInactive",
        "Failed NotNetworkSubscriber",
        "africastalking says InvalidPhoneNumber",
        "africastalking says UnsupportedNumberType",
        "twilio answered 400, code 21211: no such number",
        "undelivered 30005",
        "undelivered 30006",
        "undelivered 63024",
        "whatsapp answered 400, code 131026: not on WhatsApp, or her app is too old",
        "failed 131026",
        "16 NACK/0x0000000b/Invalid Destination Address",
        "the SMSC answered 0xb",
        "gammu sends to numbers only",
        "kannel answered 403: this message cannot be delivered",
        "smsgate answered 400",
    ),
    "expired": (
        "Failed UserNotReachable",
        "AbsentSubscriber",
        "Expired",
        "Failed UserMemoryCapacityExceeded",
        "undelivered 30003",
        "34",
        "2 id:1 sub:001 dlvrd:000 stat:UNDELIV err:027",
        "EXPIRED",
        "UNDELIV",
        "DELETED",
    ),
    "unclear": (
        "Failed DeliveryFailure",
        "Rejected",
        "africastalking says RiskHold",
        "undelivered 30007",
        "undelivered 30008",
        "undelivered",
        "failed 131049",
        "twilio answered 400, code 63049: this message cannot be delivered",
        "whatsapp answered 400, code 131049: Meta holds back: she had too many such messages",
        "16 NACK/0x00000008/System Error",
        "REJECTD",
        "DeliveryFailed",
        "failed",
        "",
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_a_failure_is_called_what_it_is(name: str) -> None:
    for said in SAID[name]:
        row = SimpleNamespace(state="queued", sent_state="failed", sent_reason=said or None)
        assert (state_of(row).name, may_arrive(row)) == (name, name in ("ours", "expired", "unclear")), said


def test_read_is_shown_as_arrived_and_nowhere_as_read_by_a_person() -> None:
    """WhatsApp says it of a phone that others hold too; in lists, JSON, pages and chats it is what *delivered* is."""
    read, arrived = (SimpleNamespace(state="queued", sent_state=state) for state in ("read", "delivered"))
    assert state_of(read) is state_of(arrived) is STATES["delivered"]
    assert plain_state(read) == plain_state(arrived) == "delivered"
    assert set(SENT) == set(KNOWN) and SENT["read"] == SENT["delivered"]
    said = [
        *WORDS.values(),
        *TODO.values(),
        *(f"{state.name} {state.words} {state.todo}" for state in STATES.values()),
    ]
    assert set(WORDS) == set(STATES) and not [words for words in said if re.search(r"\bread\b", words)]
