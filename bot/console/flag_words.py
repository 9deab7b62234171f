"""Quality flags in words: what a rule has noticed, never an accusation."""

from __future__ import annotations

from collections.abc import Mapping

from bot.console.words import Words, _
from bot.programme.counting import Flag

KINDS: Mapping[str, str] = {
    "doubt": _("a question about it is open"),
    "same_numbers": _("the same numbers as the report before"),
    "round_numbers": _("three reports in a row end in 0 or 5"),
    "all_new_again": _("everybody is new, at a third training or later"),
    "more_than_members": _("more new people than members"),
    "groups": _("the groups do not add up"),
    "same_elsewhere": _("the same place, day and numbers as another association"),
    "same_photo": _("the same photo as an earlier report"),
    "only_after_reminders": _("only after reminders, three times, without a sheet"),
    "sales": _("sales five times the usual, or more"),
}
_MORE: Mapping[str, str] = {
    "same_numbers": _("see %(others)s"),
    "round_numbers": _("people: %(people)s; see %(others)s"),
    "all_new_again": _("people: %(people)s"),
    "more_than_members": _("new people so far: %(new_people)s; members: %(members)s"),
    "groups": _("displaced, returnees and hosts make %(groups)s, but %(people)s came"),
    "same_elsewhere": _("see %(others)s"),
    "same_photo": _("see %(others)s"),
    "only_after_reminders": _("see %(others)s"),
    "sales": _("business %(business)s: %(sales)s BIF, usually %(usual)s"),
}


def said(words: Words, flag: Flag) -> str:
    """The rule and the numbers that it saw."""
    kind, more = words.gettext(KINDS[flag.kind]), _MORE.get(flag.kind, "")
    if not more or ("%(others)s" in more and not flag.others):
        return kind
    values = {name: _value(words, value) for name, value in flag.said.items()}
    values["others"] = ", ".join(words.say(_("No %(number)s"), number=other) for other in flag.others)
    return f"{kind}: {words.say(more, **values)}"


def _value(words: Words, value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_value(words, one) for one in value)
    return words.number(value) if isinstance(value, int | float) else str(value)
