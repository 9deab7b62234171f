"""Questions, lessons and visits: stored under their numbers, answered once, taken back."""

from __future__ import annotations

from dataclasses import replace

from bot.effects.scene import Scene
from bot.store import lessons, questions, visits
from bot.store.reports import SET_FACT
from handlers.turn import (
    AnswerQuestion,
    ClimbQuestion,
    DropVisit,
    LastQuestion,
    Mentors,
    NextLesson,
    NextQuestion,
    Question,
    QuestionNumbered,
    QuestionsOpen,
    RateQuestion,
    SaveLesson,
    SaveQuestion,
    SaveVisit,
    ShowLesson,
    TaskNumbered,
    TasksOfRow,
    TasksOpen,
)
from handlers.turn.mentoring import GiveQuestion, LeaveQuestion


def _number(scene: Scene, name: str, number: int) -> None:
    scene.batch.add(SET_FACT[scene.dialect], {"name": name, "value": number})


def save_question(effect: SaveQuestion, scene: Scene) -> None:
    """Store it open, under the number that she was told."""
    scene.batch.add(
        questions.INSERT,
        {
            "number": effect.number,
            "inbox_id": effect.inbox_id,
            "address_id": scene.turn.address.id,
            "person_id": effect.person_id,
            "association_id": effect.association_id,
            "subject": effect.subject,
            "mentor_id": effect.mentor_id,
            "asked_at": scene.now,
            "promised_at": effect.promised_at,
        },
    )
    if effect.inbox_id != scene.turn.inbound.id and effect.person_id is not None:
        scene.batch.add(questions.WRITTEN_BY, {"row": effect.inbox_id, "person": effect.person_id})
    _number(scene, questions.LAST, effect.number)
    scene.facts[NextQuestion()] = effect.number + 1
    scene.forget(Mentors)
    scene.facts.pop(LastQuestion(scene.turn.address.id), None)


def answer_question(effect: AnswerQuestion, scene: Scene) -> None:
    """The first answer wins; a later turn of the group sees it answered."""
    said = {"which": effect.number, "said": effect.answer, "at": scene.now, "who": effect.by}
    scene.batch.add(questions.ANSWER, said)
    _close_tasks(effect.number, "answered", effect.by, scene)
    old: Question = scene.facts[QuestionNumbered(effect.number)]
    who = scene.turn.person.sms_name if scene.turn.person else ""
    scene.facts[QuestionNumbered(effect.number)] = replace(
        old, state="answered", answer=effect.answer, answered_at=scene.now, answered_by=who
    )
    scene.forget(Mentors)
    scene.forget(LastQuestion)


def _close_tasks(number: int, how: str, who: int | None, scene: Scene) -> None:
    """What was somebody's to do about this question is done."""
    about = {"what": questions.about(number), "at": scene.now, "who": who, "how": how}
    scene.batch.add(questions.CLOSE_TASKS, about)
    for fact in (TaskNumbered, TasksOfRow, TasksOpen, QuestionsOpen):
        scene.forget(fact)


def give_question(effect: GiveQuestion, scene: Scene) -> None:
    """Another one's from now on; a later turn of the group sees it so."""
    scene.batch.add(questions.GIVE, {"which": effect.number, "whom": effect.mentor_id})
    who = scene.turn.person.id if scene.turn.person else None
    _close_tasks(effect.number, "passed on", who, scene)
    old: Question = scene.facts[QuestionNumbered(effect.number)]
    scene.facts[QuestionNumbered(effect.number)] = replace(old, mentor_id=effect.mentor_id, climbed=0)
    scene.forget(Mentors)


def leave_question(effect: LeaveQuestion, scene: Scene) -> None:
    """Closed; its task closes with the result that was given for it."""
    scene.batch.add(questions.LEAVE, {"which": effect.number})
    scene.facts.pop(QuestionNumbered(effect.number), None)
    for fact in (Mentors, LastQuestion, QuestionsOpen):
        scene.forget(fact)


def climb_question(effect: ClimbQuestion, scene: Scene) -> None:
    """Once more overdue."""
    scene.batch.add(questions.CLIMB, {"which": effect.number})
    scene.facts.pop(QuestionNumbered(effect.number), None)


def rate_question(effect: RateQuestion, scene: Scene) -> None:
    """Whether the answer helped."""
    scene.batch.add(questions.RATE, {"which": effect.number, "did": effect.helped})


def save_lesson(effect: SaveLesson, scene: Scene) -> None:
    """Keep it; it is shown to nobody until she has said how."""
    scene.batch.add(
        lessons.INSERT,
        {
            "number": effect.number,
            "inbox_id": effect.inbox_id,
            "address_id": scene.turn.address.id,
            "person_id": effect.person_id,
            "association_id": effect.association_id,
            "text": effect.text,
            "language": effect.language,
            "translations": {},
            "at": scene.now,
        },
    )
    _number(scene, lessons.LAST, effect.number)
    scene.facts[NextLesson()] = effect.number + 1


def show_lesson(effect: ShowLesson, scene: Scene) -> None:
    """Her answer to H5."""
    scene.batch.add(lessons.SHOW, {"which": effect.number, "how": effect.show})


def save_visit(effect: SaveVisit, scene: Scene) -> None:
    """Log it for the writer."""
    scene.batch.add(
        visits.INSERT,
        {
            "kind": effect.kind,
            "association_id": effect.association_id,
            "staff_id": scene.turn.person.id if scene.turn.person else None,
            "partner_id": effect.partner_id,
            "day": effect.day.isoformat(),
            "note": effect.note or None,
            "inbox_id": scene.turn.inbound.id,
            "at": scene.now,
        },
    )


def drop_visit(effect: DropVisit, scene: Scene) -> None:
    """Take back what one message logged."""
    scene.batch.add(visits.DROP, {"row": effect.inbox_id})
