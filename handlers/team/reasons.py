"""Why there is a task, and with what it was closed, in the reader's words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from handlers.turn import Reply, Task

_WHY: tuple[tuple[str, str], ...] = (
    (r"(?:\w+: )?no answer on ([\d/]+)(?:; .*)?", "O.why.noanswer"),
    (r"asked to be called.*", "O.why.call"),
    (r"wants to talk before agreeing", "O.why.consent"),
    (r"a problem: .*", "O.why.problem"),
    (r"a \w+ report was not understood", "O.why.report"),
    (r".*?No (\d+) (?:was not understood|do not add up)", "O.why.number"),
    (r"wants No (\d+) back", "O.why.back"),
    (r"photo for No (\d+)", "O.why.photo"),
    (r"photo", "O.why.photo.none"),
    (r"voice note, No (\d+)", "O.why.voice"),
    (r"voice note", "O.why.voice.none"),
    (r"lesson No (\d+)", "O.why.spoken"),
    (r"No (\d+): the answer did not help", "O.why.nothelped"),
    (r"No (\d+): nothing to change, she says", "O.why.nochange"),
    (r"\w+ on No (\d+)", "O.why.remark"),
    (r"a second report before the choice", "O.why.second"),
    (r"the credit for her SMS did not arrive", "O.why.credit"),
    (r"blocked us, and agreed to no other road", "O.why.blocked"),
    (r"\w+: no leader on the roster", "O.why.noleader"),
    (r"\w+: no leader has agreed to be written to", "O.why.noconsent"),
    (r"\w+: its leaders are called, not written to", "O.why.oncall"),
    (r"\w+: no phone of a leader works", "O.why.nophone"),
    (r"written while a report was open|numbers that belong to no report|written by the team", "O.why.message"),
    (r"wrote after STOP", "O.why.stop"),
    (r"a picture by MMS", "O.why.mms"),
    (r"unknown number|a new (?:number|chat), not checked yet", "O.why.unknown"),
    (r"a chat without a number|a chat with a number that nobody has", "O.why.unknown"),
    (r"somebody else writes from this phone", "O.why.somebody"),
    (r"move to the number that ends in (\d+)", "O.why.move"),
    (r"the old number agrees to the move", "O.why.agrees"),
    (r"the old number says: stop the move", "O.why.refuses"),
    (r"says her data are wrong", "O.why.data"),
    (r"wants a copy on paper", "O.why.paper"),
    (r"a question for the mentor|a question", "O.why.question"),
    (r"a lesson for the Fair", "O.why.lesson"),
    (r"wrong number, says the officer", "O.why.wrong"),
    (r"\w+: no news since \d+-(\d+-\d+), \d+ reminders", "O.why.silent"),
    (r"would be helped by: mentor", "O.why.mentor"),
    (r"would be helped by: materials", "O.why.materials"),
    (r"broadcast (\d+) (?:is hours late|goes to many more).*", "O.why.broadcast"),
    (r"set aside after repeated failures", "O.why.aside"),
)
"""What opened a task says -> how it is said to the team; a number in it goes along. In this order."""
_KINDS: Mapping[str, str] = {
    "call": "O.why.call",
    "photo": "O.why.photo.none",
    "listen": "O.why.voice.none",
    "check_number": "O.why.unknown",
    "wrong_number": "O.why.wrong",
}
"""What is said of a task that says nothing of itself."""
RESULTS: Mapping[str, str] = {
    "answered": "O.result.answered",
    "nothing to answer": "O.result.nothing",
    "reported": "O.result.reported",
    "no answer": "O.result.noanswer",
    "wrong number": "O.result.wrong",
    "talked": "O.result.talked",
    "passed on": "O.result.passed",
    "checked": "O.result.checked",
    "not right": "O.result.notright",
}
"""With what a task is closed from a chat, as it is stored -> how it is said."""
_WILL = re.compile(r"will report on (\S+)")


def why(task: Task) -> Reply:
    """The reason, as the team reads it; what nobody has foreseen is said as it stands."""
    return _said(task.about) if task.about else Reply(_KINDS.get(task.kind, "O.why.message"))


def first(task: Task) -> tuple[Reply, ...]:
    """Why there was a first call that nobody answered, where that says more than that somebody wanted one."""
    about = task.about.partition("; ")[2]
    said = (_said(about),) if about else ()
    return tuple(one for one in said if one.key != "O.why.call")


def _said(about: str) -> Reply:
    for pattern, key in _WHY:
        if found := re.fullmatch(pattern, about):
            return Reply(key, {"value": _value(found[1])} if found.groups() else {})
    return Reply("O.why.other", {"why": about})


def _value(said: str) -> str:
    """A day as 2/11, whatever was noted; a number as it is."""
    month, _, day = said.partition("-")
    return f"{int(day)}/{int(month)}" if day else said


def result(task: Task) -> Reply:
    """The result, as the team reads it."""
    return result_named(task.result)


def result_named(stored: str) -> Reply:
    """A stored result, as the team reads it."""
    if found := _WILL.fullmatch(stored):
        return Reply("O.result.will", {"value": found[1]})
    if stored in RESULTS:
        return Reply(RESULTS[stored])
    return Reply("O.result.other", {"result": stored})
