"""Reports: stored once, corrected with their history kept, withdrawn, brought back; media; drafts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.effects.reminders import close_call
from bot.effects.scene import Scene
from bot.store import checks, training_days, training_months
from bot.store import figures as rollup
from bot.store import reports as store
from handlers.turn import (
    ChangeReport,
    CheckReport,
    CloseCall,
    Figures,
    FiguresOf,
    KeepDraft,
    KeepMedia,
    LastReport,
    NextNumber,
    Report,
    ReportNumbered,
    ReportOfCard,
    ReportOfMessage,
    ReportsOn,
    SaveReport,
)


def day_of(values: Mapping[str, Any]) -> str | None:
    """The day a report is about: its date question's ISO date (the training's held_on)."""
    day = values.get("held_on")
    return day if isinstance(day, str) else None


def counts(form: str, state: str, practice: bool, verdict: str = "") -> bool:
    """Whether a report is in the figures."""
    return form == "training" and state in rollup.COUNTED and verdict != "rejected" and not practice


def _move(scene: Scene, association_id: int, values: Mapping[str, Any], sign: int) -> None:
    """Keep the group's figures true for the turns that follow."""
    delta = rollup.of_report(values)
    for key in (FiguresOf(association_id), FiguresOf(None)):
        present: Figures | None = scene.facts.get(key)
        if present is not None:
            changed = {name: getattr(present, name) + sign * delta[name] for name in Figures.__dataclass_fields__}
            scene.facts[key] = Figures(**changed)


def _forget(scene: Scene, changed: Report, *days: str | None) -> None:
    """Have later turns of the group load anew what this report changes, and only that."""
    scene.forget(ReportOfCard)
    scene.forget(ReportOfMessage)
    scene.facts.pop(ReportNumbered(changed.number), None)
    if changed.association_id is not None:
        for day in days:
            scene.facts.pop(ReportsOn(changed.association_id, changed.form, str(day)), None)
    for fact in [fact for fact in scene.facts if isinstance(fact, LastReport)]:
        if changed.person_id in fact.person_ids or fact.address_id == changed.address_id:
            del scene.facts[fact]


def save(effect: SaveReport, scene: Scene) -> None:
    """Store a report under the number the receipt says; count it in the same transaction."""
    scene.batch.add(
        store.INSERT,
        {
            "number": effect.number,
            "form": effect.form,
            "version": effect.version,
            "association_id": effect.association_id,
            "person_id": effect.person_id,
            "address_id": scene.turn.address.id,
            "values": dict(effect.values),
            "day": day_of(effect.values),
            "state": effect.state,
            "doubt": effect.doubt,
            "practice": effect.practice,
            "source": effect.source,
            "inbox_ids": list(effect.inbox_ids),
            "card": effect.card,
            "created_at": scene.now,
            "changed_at": scene.now,
        },
    )
    scene.batch.add(store.SET_FACT[scene.dialect], {"name": "last_report", "value": effect.number})
    scene.facts[NextNumber()] = effect.number + 1
    if effect.person_id is not None:
        scene.batch.add(store.SENT, {"person": effect.person_id})
    if effect.association_id is not None and counts(effect.form, effect.state, effect.practice):
        row = {"association_id": effect.association_id, **rollup.of_report(effect.values)}
        scene.batch.add(rollup.upsert(scene.dialect), row)
        day = day_of(effect.values)
        of_day = training_days.row(effect.association_id, effect.person_id, day, effect.state, effect.values)
        scene.batch.add(training_days.UPSERT[scene.dialect], of_day)
        scene.batch.add(training_months.UPSERT[scene.dialect], training_months.row(of_day))
        _move(scene, effect.association_id, effect.values, +1)
    if effect.association_id is not None and effect.state != "twin" and not effect.practice:
        close_call(CloseCall(effect.association_id, effect.form, "reported"), scene)
    _forget(scene, _as_stored(effect, scene), day_of(effect.values))


def _as_stored(effect: SaveReport, scene: Scene) -> Report:
    return Report(
        number=effect.number,
        form=effect.form,
        association_id=effect.association_id,
        person_id=effect.person_id,
        values=effect.values,
        state=effect.state,
        created_at=scene.now,
        practice=effect.practice,
        address_id=scene.turn.address.id,
    )


def change(effect: ChangeReport, scene: Scene) -> None:
    """Replace a report's values or state; the old revision goes to the history."""
    old: Report = scene.facts[ReportNumbered(effect.number)]
    state = effect.state or old.state
    values = dict(old.values if effect.values is None else effect.values)
    inbox_id = scene.turn.inbound.id
    scene.batch.add(store.KEEP_OLD, {"why": effect.reason, "by": inbox_id, "at": scene.now, "which": effect.number})
    scene.batch.add(
        store.CHANGE,
        {
            "which": effect.number,
            "new_values": values,
            "new_day": day_of(values),
            "new_state": state,
            "new_doubt": effect.doubt,
            "at": scene.now,
            "gone": scene.now if state == "withdrawn" else None,
        },
    )
    verdict = old.verdict
    if _says_other(old.values, values):
        verdict = "" if verdict == "accepted" else verdict  # what was seen is not what is said now
        scene.batch.add(checks.SEE_AGAIN, {"which": effect.number})
    _recount(scene, old, replace(old, values=values, state=state, verdict=verdict, revision=old.revision + 1))


def _recount(scene: Scene, old: Report, new: Report) -> None:
    """A report is another one now: its figures and its days are counted anew, later turns see it as it is."""
    if old.association_id is not None:
        if counts(old.form, old.state, old.practice, old.verdict):
            _move(scene, old.association_id, old.values, -1)
        if counts(new.form, new.state, new.practice, new.verdict):
            _move(scene, old.association_id, new.values, +1)
        scene.batch.recount.add(old.association_id)
        scene.batch.days |= {(old.association_id, day_of(old.values)), (old.association_id, day_of(new.values))}
    _forget(scene, old, day_of(old.values), day_of(new.values))
    scene.facts[ReportNumbered(old.number)] = new


def _says_other(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether something else is said than what a person has checked. A detail that was not there before is not."""
    return any(new.get(name) != value for name, value in old.items() if value is not None)


def check(effect: CheckReport, scene: Scene) -> None:
    """A person has looked at a report: accepted, rejected or on hold, with the reason."""
    old: Report = scene.facts[ReportNumbered(effect.number)]
    scene.batch.add(
        checks.NOTE,
        {
            "which": effect.number,
            "new_verdict": effect.verdict,
            "how": effect.how,
            "why": effect.reason,
            "by": effect.by,
            "at": scene.now,
        },
    )
    scene.batch.add(checks.JUDGE, {"which": effect.number, "new_verdict": effect.verdict})
    _recount(scene, old, replace(old, verdict=effect.verdict))


def keep_draft(effect: KeepDraft, scene: Scene) -> None:
    """Keep a half-made report where staff see it."""
    scene.batch.add(
        store.DRAFT,
        {
            "form": effect.form,
            "association_id": effect.association_id,
            "person_id": effect.person_id,
            "address_id": scene.turn.address.id,
            "values": dict(effect.values),
            "at": scene.now,
            "inbox_id": scene.turn.inbound.id,
        },
    )


def keep_media(effect: KeepMedia, scene: Scene) -> None:
    """Note that a photo or voice note must be fetched and belongs to this report."""
    scene.batch.add(
        store.MEDIA,
        {
            "inbox_id": scene.turn.inbound.id,
            "report_number": effect.report_number,
            "kind": scene.turn.inbound.kind,
            "state": "waiting",
            "at": scene.now,
        },
    )
