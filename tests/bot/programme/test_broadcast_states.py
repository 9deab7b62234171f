"""What a failure is called, by the words of each channel's provider as they are documented or were seen."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from bot.programme.broadcasts.states import may_arrive, state_of

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
