"""What became of a text, in the words of bot/programme/broadcasts/states.py and in French; never "read"."""

from __future__ import annotations

from collections.abc import Mapping

from bot.console.words import _

WORDS: Mapping[str, str] = {
    "waiting": _("Waiting"),
    "sent": _("Left our phone, no receipt yet"),
    "delivered": _("Arrived on the phone"),
    "temporary": _("Phone off or no signal; we go on trying"),
    "expired": _("Phone off or no signal for too long; the network gave up"),
    "permanent": _("Wrong number"),
    "unclear": _("Did not arrive; nobody says why"),
    "ours": _("Our SIM has no credit, or our phone is off"),
    "refused": _("Blocked the bot or said STOP"),
    "uncertain": _("May have arrived: it was cut off while leaving"),
    "stopped": _("Not sent: stopped"),
    "too_late": _("Not sent: too late"),
    "left_out": _("Left out"),
}
TODO: Mapping[str, str] = {
    "waiting": _("stop"),
    "temporary": _("wait, or call"),
    "expired": _("retry, or call"),
    "permanent": _("correct the number"),
    "unclear": _("retry once, or call"),
    "ours": _("top up, wake the phone, then retry"),
    "refused": _("retry: by her next road, if she agreed to one"),
    "uncertain": _("ask one of them, then retry --uncertain"),
    "too_late": _("send it as a new broadcast if it still matters"),
}
"""What to do about it, of those that leave something to do."""
