"""Puts a turn's replies in words: outbox rows in the reader's language, for the channel they leave by."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from prometheus_client import Counter

from bot.render import Words
from bot.render.sheet import workbook
from bot.settings import Settings, rules
from bot.store.outbox import SCREEN
from handlers.turn import Button, Kept, Label, MadeFile, Reply, Sheet, Turn
from scheduler import late

REPLIES = Counter("kurikirana_replies", "Texts written to the outbox", ["channel", "key"])
SIMULATED = frozenset(("phone", "chat"))
"""The simulator's channels: what is written to them leaves no machine, and in a live programme it is practice."""
_replies = lru_cache(maxsize=None)(REPLIES.labels)
"""Channels times keys: a few thousand at most. Looking a label up costs more than counting."""
_MAIN = ("kb.training", "kb.business", "kb.mentor", "kb.lesson", "kb.totals", "kb.call")
_KEYBOARDS = {"main": _MAIN, "contact": ("b.share", "b.nonumber")}


class Replies:
    """The words, bound to what this programme may send."""

    def __init__(self, words: Words, settings: Settings) -> None:
        self.words = words
        self._live, self._when = settings.live, rules(settings)
        self.drafts = not settings.live or settings.words.send_drafts
        """Whether texts that nobody has signed may be sent."""

    def rows(self, turn: Turn, replies: Sequence[Reply], *, asks: bool = False) -> list[dict[str, Any]]:
        """The outbox rows of a turn. The first one answers the button press; without any it is answered bare.

        `asks`: whether a question is open now, so that a USSD session goes on. Raises RenderError.
        """
        rows = [self.row(turn, reply) for reply in replies]
        if turn.inbound.kind == "ussd":
            return self._screen(turn, rows, asks=asks or any(reply.asks for reply in replies))
        callback = turn.inbound.data.get("callback") if turn.inbound.kind == "button" else None
        if callback and turn.address.rich:
            rows = rows or [{**self._row(turn, "pressed", turn.language), "text": "", "parts": 0}]
            rows[0]["data"] = {**(rows[0]["data"] or {}), "callback": callback}
        return rows

    def row(self, turn: Turn, reply: Reply) -> dict[str, Any]:
        """The outbox row of one reply. Raises RenderError when the text cannot be put together."""
        rich, language = turn.address.rich, reply.language or turn.language
        said = self.words.text(reply.key, language, reply.values, rich=rich, drafts=self.drafts)
        key = reply.key if isinstance(reply.key, str) else "form"
        _replies(turn.address.channel, key).inc()
        row = self._row(turn, key, language)
        row["text"], row["parts"], row["task_id"] = said.text, said.parts, reply.task
        if rich:
            row["data"], row["card"] = self._extras(turn, reply, language) or None, reply.card
        if reply.kind != "reply":
            row.update(self._unasked(turn, reply))
        return row

    def _screen(self, turn: Turn, rows: list[dict[str, Any]], *, asks: bool) -> list[dict[str, Any]]:
        """One row for a screen: all that this turn answers, else that it was kept: so to who is not written to yet.

        It takes parts of an SMS only if no session waits for it any more; then its channel says how many.
        """
        said = [row for row in rows if row["kind"] == "reply" and row["state"] == "queued"]
        kept = {**self._row(turn, "USSD_KEPT", turn.language), "state": "queued", "reason": None}
        first = said[0] if said else kept
        session = {"key": turn.inbound.data["session"], "asks": bool(said) and asks, "language": turn.language}
        session |= {name: self.say(f"USSD_{name.upper()}", turn.language) for name in ("more", "kept")}
        text = "\n".join(row["text"] for row in said)
        screen = {**first, "text": text, "parts": 0, "data": {"session": session}, "urgency": SCREEN}
        return [screen, *(row for row in rows if row["kind"] != "reply")]

    def say(self, key: str, language: str) -> str:
        """A text that needs no turn, as one for an SMS."""
        return self.words.text(key, language, drafts=self.drafts).text

    def _unasked(self, turn: Turn, reply: Reply) -> dict[str, Any]:
        """What nobody asked for leaves after all answers, within the hours there, and is too late in the end.

        A reminder is too late from when its timer was due: it asks about something that was answered since. Anything
        else is news of this turn, however late that is, from when it may leave.
        """
        at = self._when.allowed(turn.now, turn.association)
        due = turn.inbound.data.get("due") if reply.kind == "reminder" else None
        return {
            "kind": reply.kind,
            "urgency": 1,
            "due_at": at,
            "expires_at": late.expires(reply.kind, datetime.fromisoformat(due) if due else at),
            "person_id": reply.person or (turn.person.id if turn.person else None),
        }

    def _row(self, turn: Turn, key: str, language: str) -> dict[str, Any]:
        """What every row of a turn has."""
        why = self._why_not(turn)
        return {
            "inbox_id": turn.inbound.id,
            "address_id": turn.address.id,
            "person_id": turn.person.id if turn.person else None,
            "channel": turn.address.channel,
            "key": key,
            "kind": "reply",
            "language": language,
            "data": None,
            "card": None,
            "urgency": 0,
            "expires_at": None,
            "task_id": None,
            "due_at": turn.now,
            "made_at": turn.now,
            "state": "cancelled" if why else "queued",
            "reason": why,
        }

    def _why_not(self, turn: Turn) -> str | None:
        """Until `live = true` only the team, people who practise and the simulator are written to."""
        if not turn.address.channel:
            return "no channel reaches this address"
        if self._live or turn.address.channel in SIMULATED:
            return None
        allowed = any(person.kind == "staff" or person.practice for person in turn.people)
        return None if allowed else "live = false"

    def _extras(self, turn: Turn, reply: Reply, language: str) -> dict[str, Any]:
        """Buttons and keyboard: only where the channel has them."""
        data: dict[str, Any] = {}
        if reply.buttons:
            data["buttons"] = [[self.button(button, language) for button in line] for line in reply.buttons]
        if reply.edits:
            data["edit"] = reply.edits
        if reply.file:
            data["file"] = self._file(reply.file, language)
        if reply.commands:
            data["commands"] = [reply.commands, language]
        if reply.keyboard:
            data["keyboard"] = reply.keyboard
            data["words"] = [self._word(key, language, {}) for key in _KEYBOARDS.get(reply.keyboard, ())]
        return data

    def _file(self, file: Sheet | Kept | MadeFile, language: str) -> dict[str, Any]:
        """As bot/attachments.py reads it: a table is frozen with its text, as is what another
        file is made of when the text is sent; a photo stays in its folder."""
        if isinstance(file, MadeFile):
            return {"kind": file.kind, "name": file.name, "made_of": dict(file.data)}
        if isinstance(file, Kept):
            return {"kind": file.kind, "kept": file.file}
        head = [self._word(name, language, {}) if name in self.words else name for name in file.head]
        rows = [[self._cell(cell, language) for cell in row] for row in file.rows]
        content = b64encode(workbook(head, rows)).decode()
        return {"kind": "document", "name": f"{file.name}.xlsx", "content": content}

    def _cell(self, cell: Any, language: str) -> Any:
        if isinstance(cell, Reply):
            return self._word(cell.key, language, cell.values)
        return self._word(cell, language, {}) if isinstance(cell, Label) else cell

    def button(self, button: Button, language: str) -> dict[str, str]:
        """Its label in words, and what a press sends."""
        known = not isinstance(button.label, str) or button.label in self.words
        text = self._word(button.label, language, button.values) if known else str(button.label)
        return {"text": text, "data": button.data}

    def _word(self, key: Any, language: str, values: Mapping[str, Any]) -> str:
        return self.words.text(key, language, values, rich=True, drafts=self.drafts).text
