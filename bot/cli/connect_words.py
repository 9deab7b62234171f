"""What `connect` says of each channel: what to have ready, what to set at the provider, what comes next.

In `there` stand the channel's addresses as {incoming}, {status} ...: what stands behind it in their paths. A channel
that is not here is asked for its settings all the same, and its addresses are listed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guide:
    """Lines for a newcomer, each one thing to do."""

    ready: tuple[str, ...] = ()
    there: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
    app: str = ""
    """Where a phone that is the gateway gets its app."""
    reach: str = ""
    """What must be seen when that phone opens the address of ours that follows."""


RECEIVE = "From any phone send MENU to the number, then look: `kurikirana messages`"

GUIDES: Mapping[str, Guide] = {
    "telegram": Guide(
        ("In Telegram write /newbot to @BotFather; it asks for a name and gives a token.",),
        ("@BotFather, /setjoingroups: disable. The bot is for one person at a time.",),
        (
            '`kurikirana token "NAME"` prints the link and the QR code with which one of the team opens the bot.',
            "`kurikirana certificates FILE.pdf` prints a QR code for every leader.",
        ),
    ),
    "smsgate": Guide(
        (
            "An Android phone with a SIM card; app SMS Gate (sms-gate.app), Local server on.",
            "It shows an address, a user and a password: they are asked for now. The rest is set from here.",
            "With a private server set on each phone: the same signing key, processing order FIFO, ping 5 minutes.",
            "Battery optimisation off for the app, charger in, RCS off, date and time automatic.",
        ),
        (
            "Nothing: the webhooks were registered on the phone. It calls https:// or http://127.0.0.1 only.",
            "Without an address of ours: its inbox is read every 30 seconds, and nothing tells what arrived.",
        ),
        (
            "`kurikirana doctor smsgate --to +257...` writes to a phone of the team, waits for what comes back.",
            RECEIVE,
            "Android lets an app send 30 parts in half an hour; that is our default (per_half_hour).",
        ),
        app="https://github.com/capcom6/android-sms-gateway/releases/latest",
        reach='Once it runs, open on the phone; without {"ok": ...}, or with a warning, SMS come ten minutes late',
    ),
    "africastalking": Guide(
        (
            "An application in Africa's Talking's dashboard, its API key, credit, a short code (a name only sends).",
            "To try: username sandbox, api_url https://api.sandbox.africastalking.com",
        ),
        (
            "Dashboard, SMS, SMS Callback URLs, Incoming Messages: {incoming}",
            "Dashboard, SMS, SMS Callback URLs, Delivery Reports: {status}",
            "Dashboard, USSD, Service Codes, Callback URL: {ussd}",
        ),
        (RECEIVE,),
    ),
    "twilio": Guide(
        ("From Twilio's console: Account SID (AC...), auth token, a number or a messaging service (MG...).",),
        (
            "The number's page, A message comes in: Webhook, HTTP POST, {incoming}",
            "The WhatsApp sender's page, Webhook for incoming messages: {whatsapp/incoming}",
            "Messaging, Settings, Geo permissions: allow every country whose cards the leaders use.",
            "Ask its support to switch its own STOP handling off, so that STOP is answered in her language.",
        ),
        (RECEIVE,),
    ),
    "whatsapp": Guide(
        (
            "developers.facebook.com: an app with WhatsApp, its phone number id, its app secret (Settings, Basic).",
            "Business settings, System users: a token that does not expire, with whatsapp_business_messaging.",
        ),
        (
            "Start the service first: Meta asks the address at once.",
            "The app, WhatsApp, Configuration: Callback URL {incoming}",
            "Verify token: the verify_token in the file of secrets. Subscribe to: messages.",
        ),
        ("From WhatsApp write to the number, then look: `kurikirana messages`",),
    ),
    "kannel": Guide(
        (
            "Kannel on this machine, set up with docs/channels/kannel.conf: its sendsms-user's name and password.",
            "sendsms_url is http://127.0.0.1:13013/cgi-bin/sendsms when that file is used.",
        ),
        (
            "/etc/kannel/kannel.conf, group sms-service, one line:",
            'get-url = "{incoming}?from=%p&to=%P&text=%a&id=%I&time=%T&charset=%C"',
            "Then `systemctl restart kannel` and `kurikirana doctor kannel /etc/kannel/kannel.conf`.",
        ),
        (RECEIVE,),
    ),
    "gammu": Guide(
        (
            "gammu-smsd with a modem (docs/channels/gammu.md has /etc/gammu-smsdrc): with service = files the folder",
            "in which inbox, outbox, sent and error lie, with service = sql its SQLite file; both users write there.",
        ),
        (),
        (RECEIVE,),
    ),
    "smpp": Guide(
        (
            "From the operator's contract: host, port, system_id, password, short code, messages a second.",
            "Its VPN is up, and our address is known there.",
        ),
        (),
        (
            "The port is open. The account is tried by the service only, since a second bind may end its own:",
            "`kurikirana doctor smpp` says whether it was refused; --to +257... writes to a phone of the team.",
            RECEIVE,
        ),
    ),
    "http": Guide(
        (
            "The gateway's address for one message, what its body looks like, what a good answer contains",
            "(docs/channels/http.md). As it is, RapidPro's and TextIt's channel type External API fits.",
        ),
        (
            "Received messages: {incoming}",
            "Delivery reports: {status}/sent, {status}/delivered, {status}/failed, or {status} with a field status",
        ),
        (RECEIVE,),
    ),
}
ALSO = {"sms": "smsgate"}
"""Other names of channels, as a newcomer says them."""
