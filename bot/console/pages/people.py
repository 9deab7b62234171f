"""Who is who? The leaders with consent, phone, language and last contact.

The file to imitate for a page with a table.
"""

from __future__ import annotations

from starlette.responses import Response

from bot.console.page import Ask, Page
from bot.console.tables import Column, Table
from bot.console.words import _
from bot.store import roll

CONSENTS = {
    "yes": _("agreed"),
    "no": _("said no"),
    "stopped": _("said STOP"),
    "asked": _("was asked"),
    "none": _("not asked yet"),
}
LANGUAGES = {"rn": _("Kirundi"), "fr": _("French"), "sw": _("Swahili"), "en": _("English")}
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
    ask.saw(people=[person["id"]])
    return ask.show("person.html", person=person, consents=CONSENTS, languages=LANGUAGES)


async def number(ask: Ask) -> Response:
    """She has another number from now on; what waits for her goes there."""
    person = await ask.read(roll.one, ask.viewer, ask.number("person"))
    if person is None:
        ask.missing()
    asked = {"person": person["id"], "number": ask.form.get("number", ""), "shared": ask.form.get("shared") == "yes"}
    await ask.act("person move", {**asked, "demo": ask.app.simulator is not None}, person=person["id"])
    return ask.go(f"/people/{person['id']}", _("The number is changed. What waited goes to the new one."))


PAGES = (
    Page("/people", everybody, reads="people", title=_("Leaders and places"), table=True, persons=True),
    Page("/people/{person}", one, reads="people"),
    Page("/people/{person}/number", number, writes="number moved"),
)
