"""A correction right behind a receipt, without FIX and its menu: "pardon 13 femmes", "non le 13/11", "corr m 12".

It is taken where the last report is fresh and the words name what is right in exactly one way; else it is answered as
any other message. And DELETE that is said of a report.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from handlers import checks, correct, form
from handlers.known_forms import KINDS, read_line
from handlers.said import NUMBER, Said
from handlers.turn import LastReport, Outcome, Report, ReportNumbered, Turn
from handlers.understand.text import plain
from handlers.understand.vocabulary import COURTESY, REGRETS

WITHIN = timedelta(hours=24)
_REPORT = frozenset(
    ("rapport", "report", "formation", "training", "icegeranyo", "inyigisho", "ripoti", "mafunzo")
    + ("ca", "cela", "that", "this", "it", "hiyo")
)
"""What DELETE is said of that is not all we keep of her. Kirundi and Swahili are drafts."""


def corrected(turn: Turn, said: Said) -> Outcome | None:
    """The last report with what she says is right; None when it is something else, or not clear."""
    right = _right(turn, said)
    if not right or turn.inbound.kind != "text":
        return None
    report: Report | None = turn.known(LastReport(tuple(person.id for person in turn.people), turn.address.id))
    if report is None or report.state == "withdrawn" or turn.now - report.created_at > WITHIN:
        return None
    turn.need(ReportNumbered(report.number))
    form_ = form.form_of(turn, report.form)
    ctx = form.context(turn, checks.association_of(turn, report))
    if not correct.is_theirs(turn, report) or form_.name not in KINDS:
        return None
    there = replace(turn, inbound=replace(turn.inbound, text=right))
    anew = checks.whole_anew(form_, report, read_line(form_, right, ctx), ctx)
    if anew is not None:
        return correct.changed(turn, report, form_, anew, ctx, *correct.figures(form_))
    found = checks.named(there, report, form_, ctx)
    if len(found) != 1:
        return None
    step, values = found[0]
    return correct.changed(turn, report, form_, values, ctx, step)


def to_remove(turn: Turn, said: Said) -> Outcome | None:
    """ "effacez le rapport", "delete that": her last report, which can be removed there. None: her data."""
    words = {word.strip(".,:;!?") for word in said.rest.split()}
    there = (tuple(person.id for person in turn.people), turn.address.id)
    if _REPORT.isdisjoint(words) or turn.known(LastReport(*there)) is None:
        return None
    return correct.fix(turn, replace(said, rest=next((word for word in words if word.isdecimal()), "")))


def _right(turn: Turn, said: Said) -> str:
    """What stands behind a word of regret, a no or FIX, if a figure or a day is in it."""
    words = said.text.split()
    fix, behind = turn.programme.keywords.command_of, 0
    for word in words:
        low = word.strip(".,:;!-").lower()
        if low not in REGRETS and fix.get(low) != "fix" and not (behind and low in COURTESY):
            break
        behind += 1
    right = " ".join(words[behind:]) if behind else ""
    numbered = NUMBER.fullmatch(plain(right)) is not None  # FIX No 4127
    return right if any(char.isdigit() for char in right) and not numbered else ""
