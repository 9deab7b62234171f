"""Who is who? The leaders with consent, phone, language and last contact.

The file to imitate for a page with a table.
"""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from bot.clock import utc_offset_min
from bot.console import roles
from bot.console.ask import Ask, number_of
from bot.console.page import Page
from bot.console.tables import Column, Table
from bot.console.values import LANGUAGES
from bot.console.words import _
from bot.programme import merging
from bot.store import roll

CONSENTS = {
    "yes": _("agreed"),
    "no": _("said no"),
    "stopped": _("said STOP"),
    "asked": _("was asked"),
    "none": _("not asked yet"),
}
PHONES = {"own": _("her own phone"), "shared": _("a shared phone"), "relative": _("a relative's phone")}
WAYS = {"sms": _("by SMS"), "chat": _("in a chat"), "paper": _("on paper"), "spoken": _("spoken")}
"""How consent was given."""
PAGE = 200
"""Rows of a page; the files have all of them."""
TABLE = Table(
    "people",
    (
        Column("no", _("No")),
        Column("association", _("Association")),
        Column("name", _("Name"), link="/people/{id}"),
        Column("role", _("Role")),
        Column("phone", _("Phone")),
        Column("language", _("Language"), "words", LANGUAGES),
        Column("consent", _("Consent"), "words", CONSENTS),
        Column("reports", _("Reports"), "number"),
        Column("last", _("Last contact"), "moment"),
    ),
)


async def everybody(ask: Ask) -> Response:
    """The leaders of her area, found by words in name, association, place or number."""
    words, start = ask.query.get("q", "")[:100], ask.query.get("from", "")
    found = await ask.read(roll.everybody, ask.viewer, words)
    first = int(start) if start.isdecimal() and len(start) < 9 else 0
    rows = found if ask.ending else found[first : first + PAGE]
    ask.saw(people=[row["id"] for row in rows] if len(rows) <= 20 else len(rows), searched=bool(words))
    more = first + PAGE if not ask.ending and len(found) > first + PAGE else None
    return TABLE.answer(ask, "people.html", rows, words=words, count=len(found), more=more)


async def one(ask: Ask) -> Response:
    """One leader, with her addresses and what she said about consent."""
    person = await ask.read(roll.one, ask.viewer, ask.number("person"))
    if person is None:
        ask.missing()
    others = await _others(ask, person) if ask.me.role in roles.KEEPERS else ()
    ask.saw(people=[person["id"], *(one["id"] for one in others)])
    return ask.show(
        "person.html",
        person=person,
        others=others,
        consents=CONSENTS,
        languages=LANGUAGES,
        phones=PHONES,
        ways=WAYS,
    )


async def _others(ask: Ask, person: dict[str, Any]) -> list[dict[str, Any]]:
    """Who of the same association might be the same person."""
    found = await ask.read(roll.everybody, ask.viewer)
    return [one for one in found if one["no"] == person["no"] and one["id"] != person["id"]]


async def _pair(ask: Ask, other: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both leaders, each of her area; Missing else."""
    there = [ask.number("person"), number_of(other) or 0]
    first, second = [await ask.read(roll.one, ask.viewer, number) for number in there]
    if first is None or second is None:
        ask.missing()
    return first, second


async def merge(ask: Ask) -> Response:
    """What would happen if these two rows were one leader; nothing is written."""
    if "other" not in ask.query:
        return ask.go(f"/people/{ask.number('person')}")
    first, second = await _pair(ask, ask.query["other"])
    plan = await ask.read(merging.preview, first["id"], second["id"])
    ask.saw(people=[first["id"], second["id"]])
    return ask.show("merge.html", kept=first, other=second, plan=plan, consents=CONSENTS)


async def merged(ask: Ask) -> Response:
    """They are one leader from now on."""
    first, second = await _pair(ask, ask.form.get("other", ""))
    ids = {"kept": first["id"], "other": second["id"]}
    await ask.act("people merge", ids, **ids)
    return ask.go(f"/people/{first['id']}", _("The two rows are one leader now."))


async def number(ask: Ask) -> Response:
    """She has another number from now on; what waits for her goes there."""
    person = await ask.read(roll.one, ask.viewer, ask.number("person"))
    if person is None:
        ask.missing()
    asked = {"person": person["id"], "number": ask.form.get("number", ""), "shared": ask.form.get("shared") == "yes"}
    await ask.act("person move", {**asked, "demo": ask.parts.simulated}, person=person["id"])
    return ask.go(f"/people/{person['id']}", _("The number is changed. What waited goes to the new one."))


async def left(ask: Ask) -> Response:
    """Her role in the association ends with a day; what she reported stays."""
    person = await ask.read(roll.one, ask.viewer, ask.number("person"))
    if person is None:
        ask.missing()
    minutes = utc_offset_min(ask.now, ask.parts.settings.zone)
    asked = {"person": person["id"], "on": ask.form.get("on", ""), "utc_offset_min": minutes}
    await ask.act("leader left", asked, person=person["id"])
    return ask.go("/people", _("Her role has ended. Her reports stay with the association."))


PAGES = (
    Page("/people", everybody, reads="people", title=_("Leaders and places"), table=True, persons=True),
    Page("/people/{person}", one, reads="people"),
    Page("/people/{person}/number", number, writes="number moved"),
    Page("/people/{person}/left", left, writes="role ended"),
    Page("/people/{person}/merge", merge, reads="people to merge"),
    Page("/people/{person}/merged", merged, writes="people merged", confirm=True),
)
