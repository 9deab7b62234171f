"""Who asked to talk to a person: for focal points only, and linked from no page but their own navigation.

The list has no names and no words. A case is opened by a button, which asks for the PIN or password; that it was
opened is written down together with it, before anything is shown. It has no address that shows it again.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console.ask import Ask
from bot.console.page import Page, Wrong
from bot.console.words import _
from bot.store import sealed
from handlers.turn import Case
from handlers.turn.sealed import RESULTS, STAYS

LATE = timedelta(hours=24)
"""So long unopened, all focal points are told again."""
_RESULTS = {
    "called": _("talked to"),
    "referred": _("passed on to somebody who helps"),
    "not_reached": _("not reached"),
    "not_needed": _("nothing needed"),
}
assert set(_RESULTS) == set(RESULTS)
_WISHES = {
    "a woman calls": _("a woman shall call"),
    "a man calls": _("a man shall call"),
    "today": _("today"),
    "tomorrow morning": _("tomorrow morning"),
    "tomorrow evening": _("tomorrow evening"),
}


async def show(ask: Ask) -> Response:
    """The open cases, oldest first: number and time, nothing else."""
    cases = await ask.read(sealed.cases)
    ask.saw(tasks=[number for case in cases for number in case.tasks])
    late = {case.number for case in cases if not case.seen and ask.now - case.since >= LATE}
    return ask.show("sealed.html", cases=cases, late=late)


async def _chosen(ask: Ask) -> Case:
    """The open case of this number, without names and words."""
    number = ask.number("case")
    found = next((case for case in await ask.read(sealed.cases) if case.number == number), None)
    if found is None:
        raise Wrong(_("No open case has this number. The list shows those that are open."))
    return found


async def open_(ask: Ask) -> Response:
    """One case, whole. Whoever wrote in this very moment is read the next time, not passed over."""
    there = await _chosen(ask)

    async def work(tx: AsyncConnection) -> Case:
        case = await sealed.open_case(tx, there.number, ask.now)
        if case is None or case.tasks != there.tasks:
            raise Wrong(_("This case has changed in this moment. Open it once more."))
        return case

    case = await ask.write(work, tasks=list(there.tasks))
    wishes = [_WISHES[wish] for wish in case.wishes if wish in _WISHES]
    return ask.show("sealed_case.html", case=case, wishes=wishes, results=_RESULTS)


async def close(ask: Ask) -> Response:
    """What was read of a case is done, with its result; what came since stays open and is read first."""
    there, result = await _chosen(ask), ask.form.get("result", "")
    if result not in RESULTS:
        raise Wrong(_("Choose how it ended."))
    if not there.seen:
        raise Wrong(_("There is something new in this case. Open it and read it first, then close it."))

    async def work(tx: AsyncConnection) -> None:
        await sealed.close_case(tx, there.tasks, ask.me.person_id, result, ask.now)

    await ask.write(work, sealed.said_of(result), tasks=list(there.tasks), result=result)
    stays = _("It is written down that she was not reached. The case stays open.")
    return ask.go("/sealed", stays if result == STAYS else _("The case is closed."))


PAGES = (
    Page("/sealed", show, reads="sealed list", title=_("Asked to talk")),
    Page("/sealed/{case}", open_, writes="sealed opened", confirm=True),
    Page("/sealed/{case}/closed", close, writes="sealed closed"),
)
