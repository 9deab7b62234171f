"""What a conversation decides. Each effect has one performer in bot/effects/."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from handlers.noun import noun
from handlers.turn import beside, broadcasts, console, mentoring, reminding, roads, sealed, team, tips, uncertain
from handlers.turn.nouns import Language


@noun
class SaveReport:
    number: int
    form: str
    version: str
    association_id: int | None
    person_id: int | None
    values: Mapping[str, Any]
    state: Literal["reported", "doubtful", "twin"]
    practice: bool
    source: str
    inbox_ids: tuple[int, ...]
    doubt: str = ""
    """Why it is doubtful: the catalogue key of the question that was asked, D2 ... D5."""
    card: int | None = None


@noun
class ChangeReport:
    """A correction, a removal, a bringing back, or the answer to a check; the old version is kept."""

    number: int
    reason: str
    values: Mapping[str, Any] | None = None
    state: Literal["reported", "doubtful", "twin", "withdrawn"] | None = None
    doubt: str = ""
    """Why it is doubtful from now on, as in SaveReport; '' leaves the reason as it is, if there is one."""


@noun
class CheckReport:
    """A person of the team has looked at a report; `ReportNumbered` of it is known."""

    number: int
    verdict: Literal["accepted", "rejected", "hold"]
    how: Literal["sheet", "call", "visit", "question"]
    reason: str = ""
    """Without names; needed to reject or to hold."""
    by: int | None = None


@noun
class RecordConsent:
    person_id: int
    given: Literal["asked", "yes", "no", "stopped", "started"]
    text_key: str


@noun
class SetLanguage:
    person_id: int
    language: Language


HERE = 0
"""The address that writes."""


@noun
class OpenTask:
    """Something a person of the team must do; closes only with a result."""

    kind: Literal[
        "call", "read", "check_number", "wrong_number", "my_data", "sealed", "photo", "listen", "help", "question"
    ]
    due_at: datetime
    person_id: int | None = None
    association_id: int | None = None
    about: str = ""
    """Never a name, a number or the words of a message: those are found by the inbox row's id."""
    sealed: bool = False
    tell: bool = True
    """Wake the officer's chat; not when the officer herself opens it."""
    address_id: int | None = HERE
    """Whose phone or chat it is about, where that is not the one that writes; None: nobody's."""
    inbox_id: int = HERE
    """The message behind it, where that is not the one that is answered now."""


@noun
class TakeBackCall:
    """She needs no call any more for this reason; what else somebody calls about stays."""

    about: str


@noun
class ErasePerson:
    """Blank the name, numbers and texts of a person; what she reported stays counted."""

    person_id: int


@noun
class LinkAddress:
    """This address belongs to this person from now on."""

    person_id: int
    address_id: int


@noun
class UnlinkAddress:
    """The people of this address are no longer reached here (wrong number, blocked bot)."""

    address_id: int
    reason: str


@noun
class ReopenAddress:
    """Its people are reached here again: one of them wrote."""

    address_id: int


@noun
class UseToken:
    token: str


@noun
class KeepMedia:
    """The photo or voice of this turn belongs to a report (or to none, then an officer looks)."""

    report_number: int | None


@noun
class KeepDraft:
    """A half-made report that was left: staff see it, the leader may finish it (F6)."""

    form: str
    association_id: int | None
    person_id: int | None
    values: Mapping[str, Any]


@noun
class Wake:
    """Wake another conversation, as a timer would: it decides what to say there. `data` has `what`.

    That of a person's phone, or of her chat where she has one (`chat`), or of an address.
    """

    person_id: int | None
    data: Mapping[str, Any]
    address_id: int | None = None
    chat: bool = False


Effect = (
    SaveReport
    | ChangeReport
    | CheckReport
    | RecordConsent
    | SetLanguage
    | OpenTask
    | TakeBackCall
    | ErasePerson
    | LinkAddress
    | UnlinkAddress
    | ReopenAddress
    | UseToken
    | KeepMedia
    | KeepDraft
    | Wake
    | broadcasts.Effects
    | beside.Effects
    | tips.Effects
    | mentoring.Effects
    | team.Effects
    | reminding.Effects
    | roads.Effects
    | uncertain.Effects
    | sealed.Effects
    | console.Effects
)
