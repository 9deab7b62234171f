"""What the team asks in a chat and takes long to read: it is read beside the turns, and the chat is woken.

In a turn it would hold up the messages of everybody.
"""

from __future__ import annotations

from handlers.noun import noun
from handlers.turn.figures import Summarised, SummaryOf
from handlers.turn.lateness import LateList, LateOf

Question = SummaryOf | LateOf
Found = Summarised | LateList


@noun
class ReadBeside:
    """-> Found | None: what was asked for in this chat by `AskBeside`, once it is read."""

    address_id: int
    asked: str
    """As the wake says it."""


@noun
class AskBeside:
    """Have it read; this chat is woken with the key of ReadBeside ("wake figures")."""

    question: Question


@noun
class ForgetBeside:
    """It has been told: what was read is not kept."""

    asked: str


Facts = ReadBeside
Effects = AskBeside | ForgetBeside
