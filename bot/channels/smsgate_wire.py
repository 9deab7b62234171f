"""What goes over the line to and from SMS Gate: its health, what it took, what it refused. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from bot.channels import web
from bot.channels.base import Sent, State
from bot.channels.json_answers import items, json_list, json_object, mapping, string
from bot.errors import Ambiguous, ChannelMisconfigured, Refused, RetryLater, SendError
from handlers.understand.words import clean

TAKEN: dict[str, State] = {"Sent": "sent", "Delivered": "delivered"}  # Pending, Processed: accepted
LISTED_SINCE = (1, 67)
"""The first version whose inbox has the operator's time, as its events have it: before, all would come twice."""
TAKE_OVER = {"triggerWebhooks": False, "webhookDelivery": "Disabled"}
"""The app takes the SMS over from Android that it has missed, and brings nothing; until 1.70 by the first word."""
BRING = {"triggerWebhooks": True, "webhookDelivery": "Individual"}

BY_HAND = "install a newer one, or set there: processing order FIFO, ping 5 minutes, the signing key from our secrets"


def is_server(health: Mapping[str, Any]) -> bool:
    """A private server answers, which has a database and no battery."""
    return "db:ping" in mapping(health.get("checks"))


def lists(health: Mapping[str, Any]) -> bool:
    """Whether the app's inbox can be compared with its events."""
    found = re.match(r"v?(\d{1,4})\.(\d{1,4})", string(health.get("version")))
    return found is not None and (int(found[1]), int(found[2])) >= LISTED_SINCE


def unread(health: Mapping[str, Any], here: str) -> list[str]:
    """What may be lost, or cannot come at all. A phone that is only read, without an address of ours, is none."""
    if is_server(health):
        return [] if here else ["web.public_url: empty; a private server's phones bring messages to an address only."]
    if lists(health):
        return []
    if not here:
        return ["web.public_url: empty, and the app is older than 1.67: no message can come; install a newer one."]
    return ["phone: the app is older than 1.67, so its inbox is not read; install a newer one."]


def found(health: Mapping[str, Any], devices: bytes) -> tuple[str, ...]:
    """What there is, in words: the app, its power, its SIM cards; never a number. Empty for a private server."""
    if is_server(health):
        return ()
    checks = {name: mapping(one).get("observedValue") for name, one in mapping(health.get("checks")).items()}
    lines = [f"phone found, app {word(health.get('version')) or 'of unknown version'}"]
    if checks.get("battery:charging"):
        lines.append(f"on power, battery {checks.get('battery:level', '?')} %")
    try:
        cards = [mapping(card) for device in json_list(devices) for card in items(mapping(device).get("simCards"))]
    except web.Unwanted:
        cards = []
    for card in cards:
        lines.append(f"SIM card {card.get('simNumber', '?')}: {word(card.get('carrierName')) or 'operator unknown'}")
    return tuple(lines)


def warns(health: Mapping[str, Any]) -> tuple[str, ...]:
    """What it complains of, as troubles of a channel (handlers/team/alarm.py)."""
    checks = {name: mapping(found) for name, found in mapping(health.get("checks")).items()}
    level, charging, failed = (
        checks.get(name, {}) for name in ("battery:level", "battery:charging", "messages:failed")
    )
    return (
        *(("battery",) if level.get("status") in ("warn", "fail") else ()),
        *(("unplugged",) if charging.get("observedValue") == 0 else ()),
        *(("failing",) if failed.get("status") == "fail" else ()),
    )


def app_settings(key: str, here: str) -> dict[str, Any]:
    """What nobody needs to type on the phone: texts leave in their order, a ping every five minutes, the key that
    signs what is brought to us; no waiting for the Internet where our address is in the same network."""
    webhooks: dict[str, Any] = {"signing_key": key}
    try:
        if ip_address(urlsplit(here).hostname or "").is_private:
            webhooks["internet_required"] = False
    except ValueError:
        pass  # a name, or none
    return {"messages": {"processing_order": "FIFO"}, "ping": {"interval_seconds": 300}, "webhooks": webhooks}


def iso(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def taken(body: bytes, ours: str) -> Sent:
    """What the app says of a message that it took. Anything else is no proof: Ambiguous."""
    try:
        said = json_object(body)
    except web.Unwanted:
        said = {}
    if said.get("id") != ours:
        raise Ambiguous("smsgate answered something unknown")
    if said.get("state") == "Failed":
        raise Refused("smsgate could not send this message")
    return Sent(ours, TAKEN.get(string(said.get("state")), "accepted"))


def refusal(reply: web.Reply) -> SendError:
    """The error that an answer of the app is; nothing it wrote is quoted, it may name the number."""
    what = f"smsgate answered {reply.status}"
    if reply.status in (401, 403, 404, 405):
        return ChannelMisconfigured(what, "compare url, username and password with the app's Local server")
    if reply.status in (502, 503, 504):
        return RetryLater(what, reply.after_s)
    return Refused(what) if 400 <= reply.status < 500 else Ambiguous(what)


def word(value: Any) -> str:
    """A short text that is no person's: an id, a reason."""
    return str(clean(string(value))).strip()[:128]
