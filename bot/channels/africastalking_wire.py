"""What goes over the line to and from Africa's Talking: statuses, answers, pages of the inbox. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.channels import web
from bot.channels.base import Sent, State
from bot.channels.json_answers import json_object, mapping, string
from bot.errors import Ambiguous, ChannelMisconfigured, RecipientStopped, Refused, RetryLater, SendError

STATES: dict[str, State] = {
    "Sent": "sent",
    "Submitted": "sent",
    "Buffered": "sent",
    "Rejected": "failed",
    "Failed": "failed",
    "AbsentSubscriber": "failed",
    "Expired": "failed",
    "Success": "delivered",
}
"""Of delivery reports; any other word is kept and moves nothing beyond "accepted"."""
TAKEN: dict[int, State] = {100: "accepted", 101: "sent", 102: "accepted"}
CODES = {
    "Processed": 100,
    "Sent": 101,
    "Success": 101,
    "Queued": 102,
    "RiskHold": 401,
    "InvalidSenderId": 402,
    "InvalidPhoneNumber": 403,
    "UnsupportedNumberType": 404,
    "InsufficientBalance": 405,
    "UserInBlacklist": 406,
    "CouldNotRoute": 407,
    "DoNotDisturbRejection": 409,
    "InternalServerError": 500,
    "GatewayError": 501,
    "RejectedByGateway": 502,
}
"""The documented answers to a send, for one that gives the word alone."""
DISTURBING_S = 3600.0
"""Seconds until a text that came at a forbidden time of day is tried again."""
KEY_LENGTH = 128
SESSION = re.compile(r"[\x21-\x7e]{1,128}")
TYPED = 1600
"""Signs of all that was typed in one session; more is nobody's typing."""


def taken(body: bytes) -> Sent:
    """What became of the one number of an order. Raises the SendError that it is."""
    try:
        data = mapping(json_object(body).get("SMSMessageData"))
    except web.Unwanted:
        data = {}
    found = data.get("Recipients")
    one = mapping(found[0]) if isinstance(found, list) and found else {}
    code = one.get("statusCode")
    if not isinstance(code, int):
        code = CODES.get(string(one.get("status")) or string(data.get("Message")), 0)
    if code not in TAKEN:
        raise _verdict(code)
    theirs = string(one.get("messageId"))
    if not theirs or theirs == "None":
        raise Ambiguous("africastalking took it without a number of its own")
    return Sent(theirs[:KEY_LENGTH], TAKEN[code])


def _verdict(code: int) -> SendError:
    """The decision that each documented status is; one we do not know is no proof: Ambiguous."""
    what = f"africastalking says {next((word for word, each in CODES.items() if each == code), 'something unknown')}"
    if code == CODES["UserInBlacklist"]:
        return RecipientStopped(f"{what}: she wants no texts of this sender")
    if code == CODES["InvalidSenderId"]:
        return ChannelMisconfigured(what, "write a sender that is registered with your account, or none")
    if code == CODES["InsufficientBalance"]:
        return ChannelMisconfigured(what, "top up the account")
    if code == CODES["DoNotDisturbRejection"]:
        return RetryLater(what, DISTURBING_S)
    if code in (401, 403, 404, 407, 502):
        return Refused(what)
    return Ambiguous(what)


def refusal(reply: web.Reply) -> SendError:
    """The error that an answer of HTTP is; nothing it wrote is quoted, it may name the number."""
    what = f"africastalking answered {reply.status}"
    if reply.status in (401, 403, 404, 405):
        return ChannelMisconfigured(what, "compare username, api_key and api_url with the account's dashboard")
    if reply.status == 503:
        return RetryLater(what, reply.after_s)
    return Refused(what) if 400 <= reply.status < 500 else Ambiguous(what)


def inbox(body: bytes) -> list[Mapping[str, Any]]:
    """The messages of a page. Raises Ambiguous when it is none."""
    try:
        found = mapping(json_object(body).get("SMSMessageData")).get("Messages")
    except web.Unwanted:
        found = None
    if not isinstance(found, list):
        raise Ambiguous("africastalking answered something unknown")
    return [mapping(each) for each in found]


def number(value: Any) -> int:
    """A message's number in the inbox, 0 for what is none."""
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
