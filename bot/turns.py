"""Takes turns: what is known is loaded, the pure step decides, the effects and replies are staged.

One call handles the unhandled rows of many addresses in one transaction. A turn that needs a fact
which is not loaded raises Unknown; its address waits for the next wave, when the facts that any turn
of the group asked for are loaded together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import channels as channel_list
from bot import effects, talks
from bot.added_forms import free_texts, load_all
from bot.channels.base import Channel
from bot.effects.scene import Scene
from bot.programme.broadcasts import asked as broadcasts
from bot.programme.broadcasts.plan import means_of
from bot.render import Words, measure
from bot.replies import SIMULATED, Replies
from bot.settings import Settings, rules, tip_rules
from bot.store import conversations as talk
from bot.store import erasure, facts, inbox, people, reminders, roads, singles, timers
from bot.store.batch import Batch
from handlers.answers import FORESEEN
from handlers.forms import Form, as_said
from handlers.noun import noun
from handlers.turn import (
    Address,
    Association,
    Fact,
    Inbound,
    Outcome,
    Programme,
    Timer,
    Turn,
    Unknown,
)

log = structlog.get_logger(__name__)
TURNS = Counter("kurikirana_turns", "Turns taken", ["kind"])
MOST_WAVES = 12
"""More waves than this beyond one for each row: a turn asks for facts for ever, which is a fault."""


@noun
class Take:
    """Take the turns of an address; or of one row of it only (when replaying a suspect alone)."""

    address_id: int
    row: int | None = None


@dataclass(slots=True)
class Group:
    """What one call works with."""

    tx: AsyncConnection
    batch: Batch
    now: datetime
    today: date
    utc_offset: timedelta
    associations: dict[int, Association]
    forms: Mapping[str, Form]
    known: dict[int, people.Known] = field(default_factory=dict)
    facts: dict[Fact, Any] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)
    """Addresses whose conversation state must be written."""
    begun: dict[int, Turn] = field(default_factory=dict)
    """By row, turns of which was asked what they will need; they hold unless their conversation has gone on."""
    taken: list[talks.Taken] = field(default_factory=list)


class Turns:
    """The step of all conversations, bound to this programme's settings, words, forms and channels."""

    def __init__(
        self,
        settings: Settings,
        words: Words,
        forms: Mapping[str, Form],
        now: Callable[[], datetime],
        step: Callable[[Turn], Outcome],
        channels: Mapping[str, Channel],
    ) -> None:
        self.settings, self.forms = settings, dict(forms)
        self.replies = Replies(words, settings)
        self._now, self._step = now, step
        self._rich = {name: channel.rich for name, channel in channels.items()}
        self._first = {channel.scheme: name for name, channel in reversed(list(channels.items()))}
        self._zone = settings.zone
        self._means = means_of(settings, channels, channel_list.limits(settings))
        self.loaders = {**broadcasts.loaders(self._means), **roads.loaders(roads.reached(channels.values()), now)}
        self.when = rules(settings)
        self._associations: dict[int, Association] | None = None
        self._programmes: dict[bool, Programme] = {}
        self._versions: Mapping[str, Any] = {}
        self.woken: set[int] = set()
        """Addresses that a turn woke: they have a turn after the commit."""
        self.asked = False  # whether a turn asked something that is read beside the turns after the commit
        self.crash: Callable[[str], None] = lambda point: None

    def learn(self, loaders: Mapping[type, Any]) -> None:
        """Facts that only a part of the running service knows: a fact -> its loader."""
        self.loaders = {**self.loaders, **loaders}

    def roster_changed(self) -> None:
        """Load the associations anew before the next group."""
        self._associations = None

    async def take(self, tx: AsyncConnection, items: Sequence[Take]) -> list[bool]:
        """Work for the writer: returns for each address whether it is done (False: held elsewhere)."""
        wanted = list(dict.fromkeys(item.address_id for item in items))
        rows, held = await inbox.take(tx, wanted)
        only = {item.address_id: item.row for item in items if item.row is not None}
        if rows := [row for row in rows if only.get(row.address_id) in (None, row.id)]:
            await self.answer(tx, rows)
        return [item.address_id not in held for item in items]

    async def answer(self, tx: AsyncConnection, rows: Sequence[Any], fired: timers.Wanted | None = None) -> None:
        """The turns of these rows. `fired`: what becomes of timers that no turn sets anew."""
        group = await self.open(tx, {row.address_id for row in rows})
        group.batch.timers.update(fired or {})
        await self._waves(group, rows)
        await self._close(group)
        for kind in {row.kind for row in rows}:
            TURNS.labels(kind).inc(sum(row.kind == kind for row in rows))

    async def open(self, tx: AsyncConnection, addresses: set[int]) -> Group:
        """What turns of these addresses start from."""
        await self._changed_elsewhere(tx)
        if self._associations is None:
            self._associations = await people.load_associations(tx)
            self._programmes = {
                simulated: self._programme(self._associations, simulated) for simulated in (False, True)
            }
        now = self._now()
        local = now.astimezone(self._zone)
        forms = as_said(self.forms, self.replies.drafts)
        group = Group(tx, Batch(tx), now, local.date(), local.utcoffset() or timedelta(), self._associations, forms)
        group.known = await self._load(group, sorted(addresses))
        return group

    async def _load(self, group: Group, addresses: Sequence[int]) -> dict[int, people.Known]:
        """Who has never written, or wrote on a channel that is off now, is answered through the first of its kind."""
        known = await people.load_addresses(group.tx, addresses, group.associations)
        for found in known.values():
            if found.channel not in self._rich:
                found.channel = self._first.get(found.scheme, found.channel)
        return known

    async def _changed_elsewhere(self, tx: AsyncConnection) -> None:
        """On PostgreSQL another process may have imported a roster or added a form: small rows say so."""
        if tx.dialect.name == "sqlite":
            return
        now = await singles.several(tx, (singles.ROSTER, singles.FORMS))
        if now.get(singles.FORMS) != self._versions.get(singles.FORMS):
            self.forms = await load_all(tx)
        if now.get(singles.ROSTER) != self._versions.get(singles.ROSTER):
            self._associations = None
        self._versions = now  # not before they are loaded: a trial of the console may look at the same time

    async def _waves(self, group: Group, rows: Sequence[Any]) -> None:
        foreseen = {fact for row in rows if row.kind == "timer" for fact in self._foreseen(group, row)}
        group.facts.update(await facts.load(group.tx, foreseen, group.associations, self.loaders))
        for _wave in range(MOST_WAVES + len(rows)):
            rows, wanted, stale = self._wave(group, rows)
            if not rows:
                return
            await group.batch.flush()
            await group.batch.count()
            if stale:
                await talk.save(group.tx, group.known, group.changed, group.now)
                group.known = await self._load(group, sorted(group.known))
            group.facts.update(await facts.load(group.tx, wanted, group.associations, self.loaders))
        raise RuntimeError("a turn asked for facts wave after wave")

    def _foreseen(self, group: Group, row: Any) -> tuple[Fact, ...]:
        if (asked := FORESEEN.get(str((row.data or {}).get("timer")))) is None:
            return ()
        group.begun[row.id] = turn = self.turn(group, group.known[row.address_id], row)
        return asked(turn)

    def _wave(self, group: Group, rows: Sequence[Any]) -> tuple[list[Any], set[Fact], bool]:
        """Take what can be taken in order; the rest waits with what it needs."""
        later: list[Any] = []
        waiting, wanted, stale = set[int](), set[Fact](), False
        for row in rows:
            if row.address_id in waiting or stale:
                later.append(row)
                continue
            try:
                stale = self._turn(group, row)
            except Unknown as unknown:
                wanted.update(unknown.facts)
                waiting.add(row.address_id)
                later.append(row)
        talks.write(group.batch, group.taken, self.replies, self._zone)
        return later, wanted, stale

    def _turn(self, group: Group, row: Any) -> bool:
        """One turn; returns whether it changed who people are. Raises Unknown before it has done anything."""
        known = group.known[row.address_id]
        turn = group.begun.pop(row.id, None)
        if turn is None or turn.state is not known.state or turn.people is not known.people:
            turn = self.turn(group, known, row)
        outcome = self._step(turn)
        self.crash("inside_turn")
        scene = Scene(group.batch, turn, group.facts, group.tx.dialect.name)
        for effect in outcome.effects:
            effects.perform(effect, scene)
        for timer in outcome.timers:
            timers.want(group.batch.timers, row.address_id, self._allowed(group, turn, timer))
        if outcome.state != known.state:
            known.state = dict(outcome.state)
            group.changed.add(row.address_id)
        for reply in outcome.replies:
            if reply.kind != "reply":
                whom = reply.person or (turn.person.id if turn.person else None)
                reminders.noted(group.facts, [whom] if whom else [one.id for one in turn.people], turn.now)
        group.taken.append((row, turn, outcome))
        return scene.people_changed

    def _allowed(self, group: Group, turn: Turn, timer: Timer) -> Timer:
        """A timer leads to an unasked text: it waits for an hour in which such texts may leave there."""
        whose = turn.association if timer.association_id is None else group.associations.get(timer.association_id)
        allowed = timer.due_at and self.when.allowed(timer.due_at, whose)
        return timer if allowed == timer.due_at else replace(timer, due_at=allowed)

    def turn(self, group: Group, known: people.Known, row: Any) -> Turn:
        """What the conversation may look at."""
        rich = self._rich.get(known.channel, False)
        who = known.state.get("who")
        person = known.people[0] if len(known.people) == 1 else next((p for p in known.people if p.id == who), None)
        speaks = (person, *known.people) if person else known.people
        language = next((one.language for one in speaks if one.language), None)
        return Turn(
            now=group.now,
            today=group.today,
            utc_offset=group.utc_offset,
            inbound=Inbound(row.id, row.channel, row.kind, row.text, row.received_at, row.sent_at, row.data or {}),
            address=Address(known.id, known.channel, rich, known.ends_in, known.active),
            people=known.people,
            person=person,
            state=known.state,
            language=language or known.state.get("language") or ("fr" if person and person.role else "rn"),
            programme=self._programmes[known.channel in SIMULATED],
            forms=group.forms,
            facts=group.facts,
            measure=measure,
            when=self.when,
        )

    def _programme(self, associations: Mapping[int, Association], simulated: bool) -> Programme:
        settings = self.settings
        return Programme(
            sender=settings.project.sender,
            start=settings.project.start,
            target_people=settings.project.target_people,
            associations=len(associations),
            ask_above=settings.limits.people_in_one_training_ask_above,
            hotline=settings.safeguarding.hotline,
            timezone=settings.project.timezone,
            includes_representatives=settings.project.target_includes_representatives,
            representatives=sum(a.representatives for a in associations.values()),
            members_only=settings.counting.members_only,
            replies_per_hour=settings.limits.replies_per_hour,
            holidays=settings.hours.holidays,
            photo_megabytes=settings.privacy.photo_megabytes,
            practice=settings.live and simulated,
            period_days=settings.reminders.training_every_days,
            drafts=self.replies.drafts,
            tips=tip_rules(settings),
            keywords=self.replies.words.keywords,
        )

    async def _close(self, group: Group) -> None:
        await group.batch.flush()
        await talk.save(group.tx, group.known, group.changed, group.now)
        await group.batch.count()
        await group.batch.close()
        self.asked |= group.batch.asks
        if group.batch.broadcasts:
            await broadcasts.perform(group.tx, group.batch.broadcasts, self._means, group.now)
        if group.batch.wakes:
            self.woken |= await inbox.woken(group.tx, group.now)
        if group.batch.erased:
            await erasure.blank_words(group.tx, group.batch.erased, self.free_texts)

    @property
    def free_texts(self) -> dict[str, tuple[str, ...]]:
        """Those of the forms in use."""
        return free_texts(self.forms)
