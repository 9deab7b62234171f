"""The written list of channels. A channel is on when its settings section exists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.channel_sections import Paced
from bot.channels.africastalking import AfricasTalking
from bot.channels.base import Channel
from bot.channels.chat import Chat
from bot.channels.gammu import Gammu
from bot.channels.gammu_sql import GammuSql
from bot.channels.http import Http
from bot.channels.kannel import Kannel
from bot.channels.phone import Phone
from bot.channels.smpp import Smpp
from bot.channels.smsgate import SmsGate
from bot.channels.twilio import Twilio
from bot.channels.twilio_whatsapp import TwilioWhatsApp
from bot.channels.whatsapp import WhatsApp
from bot.settings import Settings
from scheduler.pace import Limits

NAMES = (
    "africastalking",
    "chat",
    "gammu",
    "http",
    "kannel",
    "phone",
    "smpp",
    "smsgate",
    "telegram",
    "twilio",
    "twilio_whatsapp",
    "whatsapp",
)


def build(settings: Settings, now: Callable[[], datetime], *, simulate: bool = False) -> dict[str, Channel]:
    """The channels that are on; with `simulate` the simulator's phones and chats, and only them."""
    if simulate:
        return {"phone": Phone(), "chat": Chat()}
    on, public_url = settings.channels, settings.web.public_url
    channels: dict[str, Channel] = {}
    if on.kannel:
        channels["kannel"] = Kannel(on.kannel, public_url)
    if on.http:
        channels["http"] = Http(on.http, public_url)
    if on.gammu:
        place = settings.path(on.gammu.folder)
        channels["gammu"] = GammuSql(place) if place.is_file() else Gammu(place)
    if on.smpp:
        channels["smpp"] = Smpp(on.smpp)
    if on.smsgate:
        channels["smsgate"] = SmsGate(on.smsgate, public_url, now)
    if on.africastalking:
        channels["africastalking"] = AfricasTalking(on.africastalking, public_url, now)
    if on.telegram:
        from bot.channels.telegram import Telegram  # noqa: PLC0415 - its library takes 9 MB; only who uses it pays

        channels["telegram"] = Telegram(on.telegram, public_url)
    if on.twilio:
        if on.twilio.sender or not on.twilio.whatsapp:
            channels["twilio"] = Twilio(on.twilio, public_url, now)
        if on.twilio.whatsapp:
            channels["twilio_whatsapp"] = TwilioWhatsApp(on.twilio, public_url, now)
    if on.whatsapp:
        channels["whatsapp"] = WhatsApp(on.whatsapp, public_url)
    return channels


def limits(settings: Settings) -> dict[str, Limits]:
    """How fast each channel that has a limit may send."""
    sections = ((name, getattr(settings.channels, name)) for name in type(settings.channels).model_fields)
    return {
        name: Limits(section.per_half_hour, section.per_day)
        for name, section in sections
        if isinstance(section, Paced)
    }
