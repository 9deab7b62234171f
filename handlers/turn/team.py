"""The team's work: tasks and whose they are, what a conversation may ask about them, what it may decide."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from handlers.noun import noun
from handlers.turn.channels import ChannelsNow
from handlers.turn.nouns import NOTHING, Association, Kept

# --- nouns ---


@noun
class Viewer:
    """Who of the team looks: what she may see is limited in the query.

    Without words she sees the associations whose officer she is, or all when she is nobody's.
    """

    person_id: int
    everything: bool = False
    words: tuple[str, ...] = ()
    """Communes, old or new, and numbers of associations."""


@noun
class Task:
    """Something that a person must do, with what it takes to do it. Sealed ones are never loaded here."""

    id: int
    kind: str
    state: str  # open, closed
    about: str
    association: Association | None
    name: str
    """First name of the leader it is about; empty when nobody is known."""
    made_at: datetime
    due_at: datetime
    text: str = ""
    arrived: str = ""
    """What she wrote, and what kind of message that was: text, voice, photo, timer ..."""
    inbox_id: int | None = None
    person_id: int | None = None
    """Its row, and who wrote it."""
    file: Kept | None = None
    not_kept: str = ""
    """The photo or voice note that it is about, or why that is not there, for staff."""
    ends_in: str = ""
    """Of the number she wrote from."""
    address_id: int | None = None
    language: str | None = None
    """What she reads."""
    rich: bool = False
    """Whether an answer goes to a chat."""
    shared: bool = False
    """Whether several people use this phone: what is personal carries the name."""
    refused: str = ""
    """Why she may not be written to: stopped, agreed (she has not), gone; empty = she may."""
    closed_at: datetime | None = None
    closed_by: str = ""
    """First name; empty = the leader herself, or the command line."""
    result: str = ""


@noun
class Waiting:
    """Texts that are due on a channel and have not left. `unasked`: they wait for their hours and pace."""

    channel: str
    texts: int
    since: datetime
    unasked: bool = False


@noun
class OpenQuestion:
    """A question to a mentor that nobody has answered. `mentor`: first name; empty: nobody was found."""

    number: int
    association: Association | None
    mentor: str
    asked_at: datetime
    promised_at: datetime


@noun
class Contact:
    """A leader and one of her phones or chats, with what became of the last text to it."""

    person_id: int
    name: str
    language: str | None
    consent: str
    address: str
    """The number as one calls it; empty for a chat."""
    rich: bool
    active: bool
    sent: str = ""
    """The outbox state of the last text; empty = none lately."""
    sent_at: datetime | None = None


@noun
class Message:
    """A text from or to an association's people."""

    at: datetime
    name: str
    """Of the leader; empty on a shared phone."""
    text: str
    ours: bool
    file: Kept | None = None
    """The photo or voice note that this is."""


@noun
class Page:
    """An association as an officer opens it."""

    association: Association
    commune: str
    colline: str
    contacts: tuple[Contact, ...]
    messages: tuple[Message, ...]
    """The last ones, oldest first; nothing that came through the neutral door."""
    last_report: int | None = None
    last_report_at: datetime | None = None


@noun
class Found:
    """One thing that a search found."""

    what: str
    """association, person, message or report"""
    association: Association | None
    name: str = ""
    text: str = ""
    at: datetime | None = None


@noun
class Finds:
    """A page of what a search found, and where the next one begins: among names, then among older texts."""

    found: tuple[Found, ...]
    start: int | None = None
    """So many names were shown, and there are more."""
    before: int | None = None
    """Texts below this row have not been looked at."""
    since: datetime | None = None
    """When the oldest text came that was looked at."""


# --- facts ---


@noun
class TaskNumbered:
    """-> Task | None. Stays locked until the turn is committed, so that one answer wins."""

    task_id: int
    viewer: Viewer | None = None
    """Only if this person may see it: a button's data may be anything, whatever was shown."""
    before: datetime | None = None
    """With a viewer: tasks made before this moment show to the whole team."""


@noun
class TasksOfRow:
    """-> tuple[Task, ...]: those that the turn of this inbox row opened and this person may see."""

    inbox_id: int
    viewer: Viewer
    before: datetime


@noun
class TasksOpen:
    """-> tuple[Task, ...]: the open ones that this person may see, oldest first."""

    viewer: Viewer
    before: datetime
    """Tasks made before this moment show to the whole team."""
    association_id: int | None = None
    """Only of this association."""


@noun
class AssociationSeen:
    """-> Association | None: by its number or name, if this person may see it."""

    viewer: Viewer
    word: str


@noun
class QuestionsOpen:
    """-> tuple[OpenQuestion, ...]: those that nobody has answered, of the associations she sees; oldest first."""

    viewer: Viewer


@noun
class TextsWaiting:
    """-> tuple[Waiting, ...]: channels with texts that were due before this moment and have not left."""

    before: datetime


@noun
class ClockAhead:
    """-> timedelta: how far our clock seems to stand ahead of the networks'; zero when there is no sign of it."""


@noun
class PageOf:
    """-> Page | None: of an association that she may see."""

    viewer: Viewer
    association_id: int


@noun
class Search:
    """-> Finds: names, associations and texts with all these words (plain), newest texts first."""

    viewer: Viewer
    words: tuple[str, ...]
    most: int
    start: int = 0
    """Names to pass over."""
    before: int | None = None
    """Go on among the texts below this row."""
    people: bool = True
    """Names and texts too; else associations alone."""


# --- effects ---


@noun
class CloseTask:
    """Close one task with its result, by who writes."""

    task_id: int
    result: str


@noun
class TellTeam:
    """The officer has not come to it: wake the chats of everybody else who may."""

    inbox_id: int
    kind: str


@noun
class Audit:
    """Who of the team read or changed what; committed together with the answer. Ids and counts only."""

    what: str
    details: Mapping[str, Any] = NOTHING


Facts = (
    TaskNumbered
    | TasksOfRow
    | TasksOpen
    | AssociationSeen
    | QuestionsOpen
    | TextsWaiting
    | ChannelsNow
    | ClockAhead
    | PageOf
    | Search
)
Effects = CloseTask | TellTeam | Audit
