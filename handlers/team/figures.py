"""/summary, /progress, /export: figures and what was said, as a picture, a text, a page, tables.

The turn only asks: reading takes a second or more, and other people's messages do not wait for it. The service reads
beside the turns, within the area of who asks, and wakes this chat (beside.told); files are made when they are sent.
"""

from __future__ import annotations

from handlers.said import Said
from handlers.team.viewing import viewer
from handlers.turn import Audit, Button, Outcome, Reply, Summarised, SummaryOf, Turn
from handlers.turn.beside import AskBeside

FACES = ("picture", "text", "pdf", "xlsx", "messages")
KINDS = ("donor", "trainings", "businesses", "messages")
READERS = ("officer", "supervisor", "admin")
"""Who answers leaders may read their words in the list of messages."""
DATA = 64
"""Bytes of a button's data (Bot API)."""


def summary(turn: Turn, said: Said) -> Outcome:
    """/summary abahuza, /summary 07 2026-10, /summary giharo 2026-q4; nothing behind it: all of hers."""
    return _ask(turn, "picture", said.rest)


def progress(turn: Turn, said: Said) -> Outcome:
    """/progress: the one number and its definition."""
    return _ask(turn, "progress", "")


def export(turn: Turn, said: Said) -> Outcome:
    """/export donor 2026-10; also trainings, businesses, messages, and a place before the period."""
    kind, _, rest = said.rest.partition(" ")
    if kind not in KINDS:
        return Outcome(dict(turn.state), (Reply("O.export.how"),), understood="export what?")
    return _ask(turn, f"export {kind}", rest)


def pressed(turn: Turn, said: Said) -> Outcome | None:
    """`sum:pdf:07:2026-10`: another face of the same, or another period; `sum:picture:ABAHUZA:` a suggestion."""
    face, _, rest = said.rest.partition(":")
    place, _, period = rest.rpartition(":")
    return _ask(turn, face, f"{place} {period}".strip()) if face in FACES else None


def _ask(turn: Turn, face: str, words: str) -> Outcome:
    person = turn.person
    assert person is not None
    language, reads = "en" if turn.language == "en" else "fr", person.role in READERS  # as the catalogue falls back
    asked = SummaryOf(viewer(turn), words, face, language, turn.today, turn.now, person.sms_name, reads)
    return Outcome(dict(turn.state), effects=(AskBeside(asked),), understood=f"asks for figures: {face}")


def shown(turn: Turn, found: Summarised) -> Outcome:
    """It is read: the text with its files and buttons, or which places may be meant."""
    if not found.place:
        meant = tuple((Button(name, _data("picture", name, "")),) for name in found.suggestions)
        said = Reply("O.said", {"text": found.text}, meant)
        return Outcome(dict(turn.state), (said,), understood="which place?")
    about = {"of": found.place, "period": found.period, "face": found.face}
    audit = Audit("export" if found.face.startswith("export") else "summary", about)
    rows = _buttons(found) if found.face == "picture" else ()
    first, *others = found.files or (None,)
    replies = [Reply("O.said", {"text": found.text}, rows, file=first)]
    replies += [Reply("O.said", {"text": one.name}, file=one) for one in others if one]
    return Outcome(dict(turn.state), tuple(replies), (audit,), understood=f"summary: {found.face}")


def _data(face: str, place: str, period: str) -> str:
    return f"sum:{face}:{place}:{period}"


def _buttons(found: Summarised) -> tuple[tuple[Button, ...], ...]:
    """The other faces, and the periods beside this one; none whose data Telegram would not take."""
    faces = (("text", "b.fulltext"), ("pdf", "b.pdf"), ("xlsx", "b.excel"), ("messages", "b.messages"))
    others = tuple(Button(label, _data(face, found.place, found.period)) for face, label in faces)
    beside = [Button(f"◀ {found.before[1]}", _data("picture", found.place, found.before[0]))]
    if found.after[0]:
        beside.append(Button(f"{found.after[1]} ▶", _data("picture", found.place, found.after[0])))
    rows = (others[:2], others[2:], tuple(beside))
    return tuple(row for row in rows if all(len(button.data.encode()) <= DATA for button in row))
