"""What takes which answer and which word: the written lists of all conversations.

`ANSWERS`: the open question's kind, and who reads its answer. `WORDS`: what works at any time. `TIMERS`: what
wakes a conversation, a timer of its own or another conversation (`wake ...`), and who decides what to say then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from handlers import (
    account,
    card,
    chat,
    checks,
    correct,
    door,
    draft,
    early,
    elsewhere,
    enrol,
    form,
    lessons,
    mentor,
    mentor_log,
    mentor_questions,
    menu,
    monthly,
    newcomers,
    partners,
    receipted,
    refund,
    reminded,
    reminders,
    roads,
    second_thought,
    shared,
    tips,
)
from handlers.said import Said
from handlers.team import alarm, answering, beside, broadcast, console, sealed, tasks, today
from handlers.turn import Fact, Outcome, Turn

Answer = Callable[[Turn, Said, dict[str, Any]], Outcome | None]

ANSWERS: Mapping[str, Answer] = {
    "form": lambda turn, said, question: (card.typed if turn.address.rich else early.answer)(turn, said, question),
    "reading": form.chosen,
    "check": checks.answer,
    "split": checks.split,
    "details": checks.details,
    "place": checks.place,
    "remark": checks.remark,
    "photo": receipted.photo_answer,
    "more": receipted.details_answer,
    "fix": correct.answer,
    "edited": chat.edited_answer,
    "consent": enrol.consent_answer,
    "language": enrol.language_answer,
    "move": newcomers.move_answer,
    "call": menu.call_answer,
    "data": account.data_answer,
    "delete": account.delete_answer,
    "problem": door.problem_answer,
    "sealed": door.sealed_answer,
    "draft": draft.answer,
    "switch": draft.switch_answer,
    "question": mentor_questions.answer,
    "helped": mentor_questions.helped,
    "partner": lambda turn, said, question: (
        partners.chosen(turn, said, question) or mentor_questions.answer(turn, said, question)
    ),
    "reply": mentor.decided,
    "logged": mentor_log.undone,
    "lesson": lessons.answer,
    "show": lessons.show,
    "refund": refund.answer,
    "who": shared.who,
    "tip": tips.answer,
    "reminder": reminded.answer,
    "later": reminded.another_day,
    "need": reminded.need,
    "road": roads.answer,
    "elsewhere": elsewhere.answer,
}
"""The open question's kind -> who reads the answer; None when the message is something else."""

WORDS: Mapping[str, Callable[[Turn, Said], Outcome]] = {
    "start": lambda turn, said: account.start(turn),
    "help": menu.help_,
    "settings": lambda turn, said: enrol.ask_language(turn),
    "language": lambda turn, said: enrol.ask_language(turn),
    "privacy": menu.privacy,
    "fix": lambda turn, said: second_thought.corrected(turn, said) or correct.fix(turn, said),
    "back": draft.back,
    "call": lambda turn, said: door.called(turn, said) or menu.call(turn, said),
    "data": lambda turn, said: account.data(turn),
    "delete": lambda turn, said: second_thought.to_remove(turn, said) or account.delete(turn),
    "problem": door.problem,
    "sensitive": lambda turn, said: door.sealed(turn),
    "cancel": draft.cancel,
    "totals": menu.totals,
    "training": lambda turn, said: menu.start_form(turn, "training"),
    "business": lambda turn, said: menu.start_form(turn, "business"),
    "mentor": mentor_questions.ask,
    "lesson": lessons.ask,
    "road": roads.word,
}
"""Words that always work and do not destroy what is half made."""


def _team(decide: Callable[[Turn], Outcome]) -> Callable[[Turn], Outcome]:
    """What is told to the team only: who has left it meanwhile is told nothing."""

    def decided(turn: Turn) -> Outcome:
        if turn.person is None or turn.person.kind != "staff":
            return Outcome(dict(turn.state), understood="nothing: not of the team any more")
        return decide(turn)

    return decided


TIMERS: Mapping[str, Callable[[Turn], Outcome]] = {
    "consent": enrol.no_choice,
    "form": draft.unfinished,
    "reminder": reminders.due,
    "totals": monthly.due,
    "wake move": newcomers.moving,
    "wake moved": elsewhere.moved,
    "tip": tips.due,
    "wake tip": tips.due,
    "question": mentor_questions.overdue,
    "wake question": _team(mentor.asked),
    "wake given": mentor_questions.given,
    "wake to mentor": mentor_questions.moved,
    "wake question due": _team(mentor.due),
    "wake answer": mentor_questions.answered,
    "answer": mentor_questions.answered,
    "wake task": _team(tasks.told),
    "task": tasks.still_open,
    "flood": _team(tasks.more),
    "today": _team(today.morning),
    "wake said": answering.said_to_her,
    "wake fix": correct.asked,
    "fix": correct.asked,
    "wake refund": refund.sent,
    "refund": refund.sent,
    "broadcast": _team(broadcast.woken),
    "wake broadcast": _team(broadcast.woken),
    "wake counted": _team(broadcast.counted),
    "wake figures": beside.told,
    "wake sealed": _team(sealed.told),
    "wake console": _team(console.woken),
    "wake channel": _team(alarm.told),
    "sealed": _team(sealed.late),
}

FORESEEN: Mapping[str, Callable[[Turn], tuple[Fact, ...]]] = {
    "reminder": reminders.foreseen,
    "tip": tips.foreseen,
    "totals": monthly.foreseen,
}
"""Kind of a timer -> the facts that its turn will ask for, loaded before it begins: many are due at once."""
