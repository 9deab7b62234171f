"""What is true of every answer: not too many, not the same for ever, and in the language she writes."""

from __future__ import annotations

from typing import Any
from zlib import crc32

from handlers.turn import ChangeReport, OpenTask, Outcome, RecordConsent, Reply, SaveReport, Turn
from handlers.understand.words import language_of, plain

SAME = 3
"""So often in an hour the same long text is answered: two machines that answer each other come to an end."""
_LONG = 12
"""Characters; a digit or a word that works may well be sent more often."""


def checksum(text: str) -> int:
    """By it a text is known again; her words do not stand in the state."""
    return crc32(text.encode(errors="replace"))


def braked(turn: Turn, outcome: Outcome) -> Outcome:
    """An echo or a flood is stored, answered so many times an hour, then only stored."""
    if turn.inbound.data.get("what") == "said":
        return outcome  # a person of the team wrote it, and was told that it leaves
    if turn.inbound.kind == "timer":
        return outcome if "heard" not in outcome.state else outcome.but(state=_unheard(outcome))  # it is ours
    new = _unheard(outcome)
    if turn.inbound.kind == "text" and "open" in new:
        new["heard"] = checksum(turn.inbound.text)  # the same once more, sent before our question left, is no answer
    hour = f"{turn.now.day:02}{turn.now.hour:02}"
    saved = any(isinstance(effect, SaveReport | ChangeReport | RecordConsent) for effect in outcome.effects)
    again = _again(turn, new, hour)
    before = turn.state.get("brake", [hour, 0])
    texts = [reply for reply in outcome.replies if reply.card is None]  # an edited card is no new text
    pressed = turn.inbound.kind == "button" or "session" in turn.inbound.data  # machines press and dial nothing
    count = (before[1] if before[0] == hour else 0) + (0 if saved or pressed else len(texts))
    if again and not saved and all(isinstance(effect, OpenTask) for effect in outcome.effects):
        return Outcome({**turn.state, "same": new["same"]}, understood="kept; the same text again and again")
    if count:
        new["brake"] = [hour, count]
    if count > turn.programme.replies_per_hour and not saved and not pressed and texts:
        return Outcome(new, (), outcome.effects, outcome.timers, "kept; too many answers this hour")
    return outcome.but(state=new)


def _unheard(outcome: Outcome) -> dict[str, Any]:
    return {key: value for key, value in outcome.state.items() if key != "heard"}


def _again(turn: Turn, new: dict[str, Any], hour: str) -> bool:
    """Whether this very text has been answered often enough; its checksum is noted in the new state."""
    text = plain(turn.inbound.text)
    if turn.inbound.kind != "text" or len(text) < _LONG:
        return False
    then, heard = turn.state.get("same", [hour, []])
    heard = [*(heard if then == hour else []), checksum(text)][-4 * SAME :]
    new["same"] = [hour, heard]
    return heard.count(heard[-1]) > SAME


def foreign(turn: Turn, outcome: Outcome) -> Outcome:
    """K7: after two messages in a row in another language, offer to switch."""
    language: Any = language_of(turn.inbound.text) if turn.inbound.kind == "text" else None
    if language is None or turn.person is None:
        return outcome
    state = {key: value for key, value in outcome.state.items() if key != "foreign"}
    if language in (turn.language, turn.state.get("stays")):
        return outcome.but(state=state)
    if turn.state.get("foreign") != language or "open" in state:
        return outcome.but(state={**state, "foreign": language})
    asking = {**state, "open": {"kind": "switch", "at": turn.now.isoformat(), "language": language}}
    return outcome.but(state=asking, replies=(*outcome.replies, Reply("K7", language=language)))
