"""What the team decides about reports: a check with its verdict, a removal, the monthly sample, a call's result.

Each operation is one transaction: plain values in, BotError when it cannot be. Figures and days are counted anew
in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import BotError
from bot.programme import desk
from bot.programme.counting import quality, scope, verification
from bot.programme.counting.period import Period
from bot.programme.counting.reports import trainings
from bot.programme.counting.verification import FIELDS, NEW_FOUND, OUTCOMES, Call
from bot.render.sentences import Sentence
from bot.store import checks, figures, reports, training_days
from bot.store import verification as store

Details = Mapping[str, Any]
ASKED = "the leader was asked"
"""Why a report is on hold when nobody had to say it."""
VERDICTS = ("accepted", "rejected", "hold")
WAYS = ("sheet", "call", "visit", "question")
ASKED_APART = timedelta(days=1)
REMOVED, BROUGHT_BACK = "the team removed it", "the team brought it back"
"""Why a revision was replaced, with the reason behind it."""


async def report_check(tx: AsyncConnection, details: Details, now: datetime) -> Any:
    """Accept a report, reject it or put it on hold. Raises BotError.

    `number`, `verdict`, `how`, `reason` (needed unless accepted), `who` (a name of the team, or '' for the command
    line) or `by` (a person's id); `seen`, the revision that was looked at, where it is known.
    """
    verdict, how = str(details["verdict"]), str(details.get("how") or "sheet")
    reason = _reason(details)
    if verdict not in VERDICTS or how not in WAYS:
        verdicts, ways = ", ".join(VERDICTS), ", ".join(WAYS)
        raise BotError(f"{verdict}, {how}: write one of {verdicts}, and behind --how one of {ways}.")
    if verdict != "accepted" and not reason:
        raise BotError(Sentence("To reject a report or to put it on hold say why: --reason TEXT."))
    number, seen = int(details["number"]), details.get("seen")
    return await judge(tx, number, verdict, how, reason, await _who(tx, details), now, seen)


async def judge(
    tx: AsyncConnection,
    number: int,
    verdict: str,
    how: str,
    reason: str,
    by: int | None,
    now: datetime,
    seen: int | None = None,
) -> dict[str, Any]:
    """Write a check down and count anew what it changes. Raises BotError."""
    row = await _report(tx, number)
    if row.state in ("withdrawn", "twin"):
        raise BotError(
            Sentence("No {number} is withdrawn and counts nowhere; there is nothing to check.", number=number)
            if row.state == "withdrawn"
            else Sentence("No {number} is twin and counts nowhere; there is nothing to check.", number=number)
        )
    if seen not in (None, row.revision):
        what = "No {number} says something else since it was looked at. Look at it once more."
        raise BotError(Sentence(what, number=number))
    note = {"which": number, "new_verdict": verdict, "how": how, "why": reason, "by": by, "at": now}
    await tx.execute(checks.NOTE, note)
    await tx.execute(checks.JUDGE, {"which": number, "new_verdict": verdict})
    await _recount(tx, row)
    return {"number": number, "verdict": verdict, "standing": training_days.standing(row.state, verdict)}


async def _recount(tx: AsyncConnection, row: Any) -> None:
    if row.association_id is not None and row.form == "training":
        await figures.recount(tx, [row.association_id])
        await training_days.recount(tx, [(row.association_id, row.day)])


async def report_undo(tx: AsyncConnection, details: Details, now: datetime) -> Any:
    """Remove a report: it counts nowhere, and stays readable with the reason. Raises BotError.

    `number`, `reason` (without names), `who`, `user`; `dry_run` only looks.
    """
    row = await _with_reason(tx, details)
    if row.state == "withdrawn":
        raise BotError(f"No {row.number} is removed already.")
    await _put(tx, details, row, "withdrawn", now)
    return {"number": row.number, "state": "withdrawn"}


async def report_back(tx: AsyncConnection, details: Details, now: datetime) -> Any:
    """Bring a removed report back, whoever removed it and when: it counts as reported. Raises BotError.

    What `report_undo` takes. `same_day`: other reports of that association about that day, for a person to compare.
    """
    row = await _with_reason(tx, details)
    if row.state != "withdrawn":
        raise BotError(f"No {row.number} is not removed.")
    await _put(tx, details, row, "reported", now)
    return {"number": row.number, "state": "reported", "same_day": await checks.of_that_day(tx, row)}


async def _report(tx: AsyncConnection, number: int) -> Any:
    row = await checks.one(tx, number)
    if row is None or row.practice:
        raise BotError(f"There is no report No {number}. See them with `kurikirana reports`.")
    return row


async def _with_reason(tx: AsyncConnection, details: Details) -> Any:
    """The report `number`, when a reason is given too."""
    row = await _report(tx, int(details["number"]))
    if not _reason(details):
        raise BotError("Say why, in a few words and without names: --reason TEXT.")
    return row


def _reason(details: Details) -> str:
    return " ".join(str(details.get("reason") or "").split())


async def _put(tx: AsyncConnection, details: Details, row: Any, state: str, now: datetime) -> None:
    """Into another state, by one of the team; how it was stays in its history, the reason too."""
    by = await _who(tx, details)
    if details.get("dry_run"):
        return
    why = f"{REMOVED if state == 'withdrawn' else BROUGHT_BACK}: {_reason(details)}"
    await tx.execute(reports.KEEP_OLD, {"why": why, "by": None, "at": now, "which": row.number})
    changed = {"which": row.number, "new_values": row.values, "new_day": row.day, "new_state": state, "new_doubt": ""}
    await tx.execute(reports.CHANGE, {**changed, "at": now, "gone": now if state == "withdrawn" else None})
    await _recount(tx, row)
    note = {"what": f"report {state}", "details": {"report": row.number, "by": by}}
    await desk.audited(tx, {**details, **note}, now)


async def report_ask(tx: AsyncConnection, details: Details, now: datetime) -> Any:
    """Ask who sent a report to look at it once more; until it is settled it is on hold. Raises BotError.

    `number`, and `who` or `by` as for a check. She gets the text that FIX brings, and is not told why. She is asked
    once a day, however often the button is pressed.
    """
    number = int(details["number"])
    last = (await checks.of(tx, [number]))[-1:]
    if any(check["how"] == "question" and now - check["at"] < ASKED_APART for check in last):
        what = "She was asked about No {number} less than a day ago. Wait for her answer, or call."
        raise BotError(Sentence(what, number=number))
    judged = await judge(tx, number, "hold", "question", ASKED, await _who(tx, details), now)
    if not await checks.wake_sender(tx, number, now):
        raise BotError(
            Sentence("Who sent it has not agreed to be written to, or is not reached there any more. Call instead.")
        )
    return judged


async def verify_draw(tx: AsyncConnection, details: Details, now: datetime) -> Any:
    """Draw the sample of a month, once. `month`, `seed`, `zone`, `user`. Raises BotError."""
    month, seed = str(details["month"]), int(details["seed"])
    drawn = await verification.sample(tx, month)
    if drawn is not None and drawn.seed != seed:
        raise BotError(
            Sentence(
                "The sample of {month} was drawn with seed {seed}. A second draw would be a choice; "
                "see it with `kurikirana verify show --month {month}`.",
                month=month,
                seed=str(drawn.seed),
            )
        )
    if drawn is None:
        period = Period.parse(month, now.date())
        if period.kind != "month":
            raise BotError(Sentence("A sample is of one month, as 2026-10."))
        everything = await scope.find(tx, "all")
        there = [one for one in await trainings(tx, everything, period) if one.counts]
        if not there:
            raise BotError(Sentence("No training of {month} is reported yet: there is nothing to draw.", month=month))
        flagged: dict[int, list[str]] = {}
        for flag in await quality.flags(tx, everything, period, ZoneInfo(str(details["zone"]))):
            flagged.setdefault(flag.report, []).append(flag.kind)
        chosen = set(verification.draw(there, month, seed))
        rows = [
            {
                "number": one.number,
                "revision": 1 + len(one.before),
                "drawn": one.number in chosen,
                "flags": flagged.get(one.number, []),
            }
            for one in there
            if one.number in chosen or one.number in flagged
        ]
        sample = {"month": month, "seed": seed, "reports": len(there), "by": str(details["user"]), "at": now}
        await store.keep(tx, sample, rows)
        drawn = await verification.sample(tx, month)
    assert drawn is not None
    return drawn.plain()


async def verify_result(tx: AsyncConnection, details: Details, now: datetime) -> Any:
    """What a call said. `month`, `number`, `outcome`, `said` (field to answer), `who`. Raises BotError.

    A call that confirms the report makes it checked; one that does not puts it on hold, for a person to decide.
    """
    month, number, outcome = str(details["month"]), int(details["number"]), str(details["outcome"])
    drawn = await verification.sample(tx, month)
    call = next((one for one in drawn.calls if one.number == number), None) if drawn else None
    if drawn is None or call is None:
        raise BotError(f"No {number} is not in the sample of {month}. See `kurikirana verify show --month {month}`.")
    said = {name: value for name, value in dict(details.get("said") or {}).items() if value is not None}
    if outcome not in OUTCOMES or set(said) - {*FIELDS, NEW_FOUND} or (outcome != "reached" and said):
        raise BotError(f"A call was {', '.join(OUTCOMES)}; only who was reached has said something.")
    by = await _who(tx, details)
    row = {"sample": drawn.id, "which": number, "new_outcome": outcome, "said": said or None, "at": now, "by": by}
    await store.result(tx, row)
    call = replace(call, outcome=outcome, result=said or None)
    await tx.execute(checks.FOUND, {"which": number, "found": int(said.get(NEW_FOUND) or 0)})
    if call.confirmed is not None:
        verdict = "accepted" if call.confirmed else "hold"
        await judge(tx, number, verdict, "call", "" if call.confirmed else _why(call), by, now)
    else:
        await _recount(tx, await checks.one(tx, number))
    return call.plain()


def _why(call: Call) -> str:
    """In figures, without names: "the call says women 8, not 9"."""
    if not (call.result or {}).get("held"):
        return "the call says that there was no training"
    other = [name for name in ("women", "men", "new_women", "new_men") if call.agrees(name) is False]
    found = ", ".join(f"{name} {(call.result or {})[name]}, not {call.values[name]}" for name in other)
    return f"the call says {found}"


async def _who(tx: AsyncConnection, details: Details) -> int | None:
    if details.get("by") is not None:
        return int(details["by"])
    found = await desk.member(tx, str(details.get("who") or ""))
    return found["id"] if found else None


OPERATIONS = {
    "report check": report_check,
    "report ask": report_ask,
    "report undo": report_undo,
    "report back": report_back,
    "verify draw": verify_draw,
    "verify result": verify_result,
}
