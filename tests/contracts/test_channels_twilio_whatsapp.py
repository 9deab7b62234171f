"""The contract, for WhatsApp through Twilio."""

from __future__ import annotations

from tests.contracts.channel_contract import ChannelContract
from tests.contracts.kit_twilio_whatsapp import TwilioWhatsAppKit


class TestTwilioWhatsApp(ChannelContract):
    kit = TwilioWhatsAppKit()
