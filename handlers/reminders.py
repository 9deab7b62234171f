"""Reminders (F1, F4, G1): what the timer of an association decides when it fires, at sending time.

One timer for each association and form goes on for ever: each turn sets it anew. It waits while she is asked other
things, outside the hours, and when she got two unasked texts this week; it begins anew after a report, a zero report
or "later"; it says why when it was too late. After the last touch an officer calls. handlers/reminded.py: her answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from handlers import form, state
from handlers.moments import iso
from handlers.noun import noun
from handlers.turn import (
    Association,
    Business,
    Heard,
    News,
    OpenTask,
    Outcome,
    Person,
    Reply,
    Timer,
    Turn,
    Unasked,
    When,
)
from handlers.working_days import day_of

KIND = "reminder"
WAIT = timedelta(hours=6)
"""So long it waits while something else is open in her conversation."""
SOON = timedelta(hours=1)
CALL_WITHIN = timedelta(days=2)


@noun
class Asked:
    """What a fired timer is about, and what is known of it."""

    association: Association
    person: Person
    form: str
    touch: int
    day0: datetime
    due: datetime
    by_hand: bool
    """An officer sent it: it does not ask whether it is needed."""
    news_after: datetime
    """A business with a report since then need not be asked about: that of the month in which the asking began."""
    heard: Heard
    unasked: Sequence[datetime]
    """When she was written to in the last seven days."""
    when: When
    touches: int
    """How many there are before an officer calls; 0 = a call at once."""

    @property
    def last(self) -> bool:
        """Whether this touch says who will call."""
        return self.touch + 1 >= self.touches


def key(form_name: str, association_id: int) -> str:
    """Of the one timer of an association and form."""
    return f"{form_name}:{association_id}"


def timer(form_name: str, association_id: int, due_at: datetime, **data: Any) -> Timer:
    """The timer of this association and form, from now on due then."""
    return Timer(KIND, key(form_name, association_id), due_at, {"form": form_name, **data}, association_id)


def again(turn: Turn, after: timedelta) -> Timer:
    """The same touch some time later, for whoever is the contact then."""
    data = turn.inbound.data
    left = {name: data[name] for name in ("touch", "day0", "by_hand", "news_after", "since") if name in data}
    return timer(str(data["form"]), int(data["association"]), turn.now + after, **{"since": data["due"], **left})


def rules(turn: Turn) -> When:
    """The programme's rules of time."""
    assert turn.when is not None, "a turn of the service has the rules of time"
    return turn.when


def since(turn: Turn, heard: Heard) -> date:
    """The day since which we ask: that of the last news, else of the programme's beginning."""
    return day_of(turn, heard.at) if heard.at else turn.programme.start


def due(turn: Turn) -> Outcome:
    """The timer fired: whether anything is said now, what, and when it fires next."""
    asked = _asked(turn)
    if asked is None:
        return _waits(turn, again(turn, WAIT), "whom it was for has changed")
    if (anew := _needless(turn, asked)) is not None:
        return _waits(turn, anew, "reported since")
    if late := asked.when.too_late(KIND, asked.due, turn.now):
        at = asked.when.next_hour(asked.association, turn.now)
        return _waits(turn, again(turn, at - turn.now), late)
    allowed = asked.when.allowed(turn.now, asked.association)
    if allowed > turn.now:
        then = again(turn, allowed - turn.now)
        kept = {**then.data, "due": iso(asked.due)}  # too late is counted from when it should have been
        return _waits(turn, Timer(then.kind, then.key, then.due_at, kept, then.association_id), "not at this hour")
    if busy(turn, asked):
        return _waits(turn, _put_off(turn, asked, turn.now + WAIT), "something else is open")
    free = asked.when.free(asked.unasked, turn.now, by_hand=asked.by_hand)
    if free is None or asked.touches == 0:
        return _calls(turn, asked)
    if free > turn.now:
        return _waits(turn, _put_off(turn, asked, free), "written to often enough")
    return _says(turn, asked)


def _asked(turn: Turn) -> Asked | None:
    """None when its contact is there no more."""
    data, found = turn.inbound.data, state.contact(turn)
    if found is None:
        return None
    person, association = found
    news, unasked = foreseen(turn)
    heard, before = turn.need(news, unasked)
    when, day0 = rules(turn), _day0(data, turn.now)
    return Asked(
        association,
        person,
        str(data["form"]),
        int(data.get("touch", 0)),
        day0,
        datetime.fromisoformat(data["due"]),
        bool(data.get("by_hand")),
        news.since,
        heard,
        before,
        when,
        when.touches(association, day0),
    )


def foreseen(turn: Turn) -> tuple[News, Unasked]:
    """What a fired timer will ask for: 100,000 may be due at once, and are not to be begun twice."""
    data, day0 = turn.inbound.data, _day0(turn.inbound.data, turn.now)
    after = (
        datetime.fromisoformat(data["news_after"]) if "news_after" in data else _month_began(day0, turn.utc_offset)
    )
    return News(data["association"], str(data["form"]), after), Unasked.in_week(data["person"], turn.now)


@lru_cache(maxsize=256)
def _month_began(day0: datetime, utc_offset: timedelta) -> datetime:
    local = (day0 + utc_offset).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return local - utc_offset


def _day0(data: Mapping[str, Any], now: datetime) -> datetime:
    return datetime.fromisoformat(data["day0"]) if "day0" in data else now


def _waits(turn: Turn, then: Timer, why: str) -> Outcome:
    """Nothing is said now; what is written down says why and until when."""
    return Outcome(dict(turn.state), (), (), (then,), f"reminder {then.data['form']}: {why}")


def _put_off(turn: Turn, asked: Asked, after: datetime) -> Timer:
    """To the association's hour or `SOON` behind it, once it may leave; what an officer sent by hand leaves then."""
    hour = asked.when.next_hour(asked.association, after - SOON)  # a week may end seconds behind it
    return again(turn, (after if asked.by_hand else max(hour, after)) - turn.now)


def _needless(turn: Turn, asked: Asked) -> Timer | None:
    """The ladder's new beginning, when there is nothing to ask for any more."""
    own = asked.association
    if asked.form == "business":
        if _missing(asked):
            return None
        return _begins(turn, asked, asked.when.first(own, "business", turn.now))
    at = asked.heard.at
    if (
        at is None
        or asked.by_hand
        or not asked.when.begins_anew(own, asked.form, asked.touch, asked.day0, at, turn.now)
    ):
        return None
    return timer(asked.form, own.id, _ahead(turn, asked, asked.when.first(own, asked.form, at)))


def _begins(turn: Turn, asked: Asked, at: datetime) -> Timer:
    """The next ladder. What was asked over a month's end is that month's: the next one asks anew."""
    over = asked.form == "business" and _month(turn, turn.now) != _month(turn, asked.news_after)
    data = {"news_after": iso(turn.now)} if over else {}
    return timer(asked.form, asked.association.id, at, **data)


def _month(turn: Turn, moment: datetime) -> tuple[int, int]:
    day = day_of(turn, moment)
    return day.year, day.month


def _missing(asked: Asked) -> tuple[Business, ...]:
    """The businesses with no report this month."""
    return tuple(one for one in asked.association.businesses if one.no not in asked.heard.businesses)


def _ahead(turn: Turn, asked: Asked, at: datetime) -> datetime:
    """Never in the past, however long something waited."""
    return at if at > turn.now else asked.when.next_hour(asked.association, turn.now + timedelta(minutes=1))


def busy(turn: Turn, own: Asked | None = None) -> bool:
    """One open question per phone: a reminder interrupts none but a tip's and its `own`, nor a half-made report."""
    question = state.opened(turn)
    if question is None or turn.now - state.asked_at(question) > state.OPEN_FOR or question["kind"] == "tip":
        return False
    mine = own and ("reminder", own.form, own.association.id)
    return mine != (question["kind"], question.get("form"), question.get("association"))


def _next(turn: Turn, asked: Asked) -> Timer:
    """The touch after this one; after the last one the next ladder."""
    own, then = asked.association, asked.when.next_touch(asked.association, asked.touch, asked.day0)
    if then is None:
        return _begins(turn, asked, _ahead(turn, asked, asked.when.first(own, asked.form, asked.day0)))
    data = {"touch": asked.touch + 1, "day0": iso(asked.day0), "news_after": iso(asked.news_after)}
    return timer(asked.form, own.id, _ahead(turn, asked, then), **data)


def _calls(turn: Turn, asked: Asked) -> Outcome:
    """Without a text: this programme writes none, so an officer calls."""
    own = asked.association
    anew = _begins(turn, asked, _ahead(turn, asked, asked.when.first(own, asked.form, asked.day0)))
    return Outcome(dict(turn.state), (), _call(turn, asked, 0), (anew,), "an officer calls")


def _call(turn: Turn, asked: Asked, touches: int) -> tuple[OpenTask, ...]:
    """The officer's task, once; a report closes it by itself (its beginning is the form)."""
    if asked.heard.to_call:
        return ()
    said = f"{asked.form}: no news since {since(turn, asked.heard).isoformat()}, {touches} reminders"
    due_at = state.tomorrow_evening(turn) - timedelta(days=1) + CALL_WITHIN
    return (OpenTask("call", due_at, asked.person.id, asked.association.id, said),)


def _says(turn: Turn, asked: Asked) -> Outcome:
    """The touch itself; her answer is awaited like that to any question."""
    missing = _missing(asked) if asked.form == "business" else ()
    last = asked.last
    details = {
        "form": asked.form,
        "association": asked.association.id,
        "person": asked.person.id,
        "since": since(turn, asked.heard).isoformat(),
        "businesses": [one.no for one in missing],
        "last": last,
        "news_after": iso(asked.news_after),
    }
    effects = _call(turn, asked, asked.touch + 1) if last else ()
    reply = _reply(turn, asked, missing)
    said = f"reminder {asked.form}: touch {asked.touch + 1}"
    return Outcome(state.ask(turn, "reminder", **details), (reply,), effects, (_next(turn, asked),), said)


def _reply(turn: Turn, asked: Asked, missing: tuple[Business, ...]) -> Reply:
    own = asked.association
    text = training_text(own, asked.person, since(turn, asked.heard), turn.programme.sender, last=asked.last)
    if asked.form != "business":
        return text
    values = text.values
    to: dict[str, Any] = {"kind": text.kind, "person": text.person}
    if asked.last:
        return Reply("G1last", values, **to)
    if turn.address.rich:
        return Reply("G1ask", {**values, "choices": ", ".join(one.no for one in missing)}, **to)
    prompt = first_question(turn, own, missing[0].no)
    return Reply("G1shared", {**values, "prompt": prompt}, **to) if len(turn.people) > 1 else Reply(prompt, **to)


def training_text(association: Association, person: Person, since_day: date, sender: str, *, last: bool) -> Reply:
    """F1, or F4 when it is the last touch."""
    values: dict[str, Any] = {"name": person.sms_name, "association": association.sms_name}
    values |= {"since": since_day, "officer": association.officer or sender}
    return Reply("F4" if last else "F1", values, kind="reminder", person=person.id)


def first_question(turn: Turn, association: Association, no: str) -> Any:
    """G1: how this business is, as the form asks it."""
    form_ = form.form_of(turn, "business")
    values = {**form.kind_of(form_).preset(turn, association), "business": no}
    return form_.prompt(form_.step_of("status"), values, form.context(turn, association))
