"""What figures, standings, topics and states are called on the pages."""

from __future__ import annotations

from collections.abc import Mapping

from bot.console.words import _
from bot.programme.checking import ASKED

FIGURES: Mapping[str, str] = {
    "trainings": _("Trainings"),
    "attendances": _("Attendances"),
    "women": _("Attendances of women"),
    "men": _("Attendances of men"),
    "new_people": _("New people"),
    "new_women": _("New women"),
    "new_men": _("New men"),
    "new_sex_not_said": _("New people, women or men not said"),
    "new_displaced": _("New people: displaced"),
    "new_returnee": _("New people: returnees"),
    "new_host": _("New people: hosts"),
    "new_groups_not_said": _("New people: displaced, returnee or host not said"),
    "new_youth": _("New people: youth 15-35"),
    "new_youth_not_said": _("New people: age not said"),
    "displaced": _("Attendances: displaced"),
    "returnee": _("Attendances: returnees"),
    "host": _("Attendances: hosts"),
    "groups_not_said": _("Attendances: group not said"),
    "youth": _("Attendances: youth 15-35"),
    "youth_not_said": _("Attendances: age not said"),
    "new_not_said": _("Trainings that do not say how many were new"),
    "unique_lower": _("Unique people, at least"),
    "unique_upper": _("Unique people, at most"),
}
"""Every one of counting.NAMES but `new_checked`, which is said as the checked part of the new people."""
STANDINGS: Mapping[str, str] = {
    "checked": _("checked"),
    "reported": _("reported"),
    "doubtful": _("doubtful"),
    "twin": _("sent twice, does not count"),
    "withdrawn": _("removed, does not count"),
    "rejected": _("rejected, does not count"),
}
VERDICTS: Mapping[str, str] = {
    "accepted": _("accepted"),
    "rejected": _("rejected"),
    "hold": _("on hold"),
}
REASONS: Mapping[str, str] = {ASKED: _("the leader was asked")}
"""What the programme itself writes where people say why."""
WAYS: Mapping[str, str] = {
    "sheet": _("the sheet was seen"),
    "call": _("a call"),
    "visit": _("a visit"),
    "question": _("a question to the leader"),
}
SHEETS: Mapping[str, str] = {"seen": _("seen"), "sent": _("photo to be looked at"), "no": _("no")}
SOURCES: Mapping[str, str] = {"sms": _("by SMS"), "chat": _("by Telegram"), "officer": _("taken by an officer")}
