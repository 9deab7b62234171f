"""An association as an officer opens it: people, the state of their phones, last messages, what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from handlers.said import Said
from handlers.team.reporting import found, not_found
from handlers.team.viewing import LANGUAGE_NAMES, clock, viewer
from handlers.turn import Audit, Button, Contact, Message, Outcome, Page, PageOf, Reply, Turn

WORDS = 300
"""Characters shown of a message: five of them stay well below 4,096."""
MOST_CONTACTS = 15
SENT: Mapping[str, str] = {
    "queued": "O.phone.waiting",
    "sending": "O.phone.waiting",
    "accepted": "O.phone.sent",
    "sent": "O.phone.sent",
    "uncertain": "O.phone.uncertain",
    "delivered": "O.phone.arrived",
    "read": "O.phone.arrived",
    "failed": "O.phone.failed",
}
"""What became of the last text, in words that claim no more than is known: delivered is never read."""


def association(turn: Turn, said: Said) -> Outcome:
    """/association 07"""
    there = found(turn, said.rest)
    return opened(turn, there.id) if there else not_found(turn, said.rest)


def pressed_association(turn: Turn, said: Said) -> Outcome | None:
    """Its name under a task or in a list."""
    return opened(turn, int(said.rest)) if said.rest.isdecimal() else None


def opened(turn: Turn, association_id: int) -> Outcome:
    """The page; who reads it is written down with the answer."""
    page: Page | None = turn.known(PageOf(viewer(turn), association_id))
    if page is None:
        return Outcome(dict(turn.state), (Reply("O.gone"),), understood="no such association, or not hers")
    own = page.association
    head = {"number": own.no, "association": own.name, "place": f"{page.colline}, {page.commune}"}
    lines = (
        Reply("O.page", head),
        _reported(turn, page),
        *(_contact(turn, one) for one in page.contacts[:MOST_CONTACTS]),
        *((Reply("O.page.messages"),) if page.messages else ()),
        *(_message(turn, one) for one in page.messages),
    )
    audit = (Audit("association shown", {"association": own.id, "people": len(page.contacts)}),)
    reply = Reply("O.lines", {"lines": lines}, _buttons(page))
    return Outcome(dict(turn.state), (reply,), audit, understood=f"association {own.no}")


def pressed_files(turn: Turn, said: Said) -> Outcome | None:
    """The photos and voice notes among the last messages, each with who sent it and when."""
    page: Page | None = turn.known(PageOf(viewer(turn), int(said.rest))) if said.rest.isdecimal() else None
    there = [one for one in page.messages if one.file] if page else []
    if not there or page is None:
        return None
    replies = tuple(replace(_message(turn, one), file=one.file) for one in there)
    audit = (Audit("files shown", {"association": page.association.id, "files": len(there)}),)
    return Outcome(dict(turn.state), replies, audit, understood=f"files: {len(there)}")


def _buttons(page: Page) -> tuple[tuple[Button, ...], ...]:
    number = page.association.id
    files = [one for one in page.messages if one.file]
    return (
        (Button("b.remind", f"remind:{number}"), Button("b.icalled", f"called:{number}:0")),
        (Button("b.note", f"note:{number}"), Button("b.notraining", f"zero:{number}")),
        (Button("b.reportforthem", f"for:{number}:ask"),),
        *(((Button("b.files", f"files:{number}", {"count": len(files)}),),) if files else ()),
    )


def _reported(turn: Turn, page: Page) -> Reply:
    if page.last_report is None or page.last_report_at is None:
        return Reply("O.page.noreport")
    values = {"number": page.last_report, "days": (turn.now - page.last_report_at).days}
    return Reply("O.page.report", values)


def _contact(turn: Turn, contact: Contact) -> Reply:
    """Name, language, number, and what became of the last text to it."""
    language = LANGUAGE_NAMES.get(contact.language or "")
    values = {
        "name": contact.name,
        "language_name": language or "?",
        "value": contact.address or ("Telegram" if contact.rich else "-"),
        "why": _state(turn, contact),
    }
    return Reply("O.page.contact", values)


def _state(turn: Turn, contact: Contact) -> Reply:
    if contact.consent in ("stopped", "no"):
        return Reply("O.phone.stopped")
    if contact.consent != "yes":
        return Reply("O.phone.asked")
    if (contact.address or contact.rich) and not contact.active:
        return Reply("O.phone.gone")
    key = SENT.get(contact.sent)
    if key is None or contact.sent_at is None:
        return Reply("O.phone.nothing")
    return Reply(key, {"time": clock(turn, contact.sent_at)})


def _message(turn: Turn, message: Message) -> Reply:
    values = {"time": clock(turn, message.at), "words": _short(message.text)}
    if message.ours:
        return Reply("O.page.ours", values)
    return Reply("O.page.hers", {**values, "name": message.name or "?"})


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= WORDS else line[: WORDS - 1] + "…"
