"""Flags are looked at by a person, the leader is asked without an accusation, the sample is called and counted."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.app import App
from bot.cli.talk import Line
from bot.programme.counting import find, flags, sample
from bot.programme.counting.period import Period
from bot.programme.counting.verification import wilson
from bot.store import tables as t
from tests.console.site import Browser, console, rows, signed_in, write

MONTH = "2026-10"


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with console(tmp_path) as running:
        yield running


def _text(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


async def _training(app: App, no: str = "", state: str = "reported") -> Any:
    """The last training report, of this association."""
    there = select(t.reports).join(t.associations).where(t.reports.c.form == "training", t.reports.c.verdict == "")
    if no:
        there = there.where(t.associations.c.no == no)
    found = await rows(app, there.where(t.reports.c.state == state).order_by(t.reports.c.number.desc()).limit(1))
    return found[0]


async def _phone(app: App, report: Any) -> str:
    there = select(t.addresses.c.value).join(t.people_addresses).where(
        t.people_addresses.c.person_id == report.person_id, t.addresses.c.scheme == "tel"
    )  # fmt: skip
    return str((await rows(app, there))[0][0])


async def test_what_the_rules_flag_is_listed_with_what_they_saw(app: App) -> None:
    report = await _training(app)
    came = report.values["women"] + report.values["men"]
    values = {**report.values, "displaced": came, "returnee": 3, "host": 0}
    await write(app, update(t.reports).where(t.reports.c.number == report.number).values(values=values))
    async with app.database.read() as tx:
        when = Period.parse("2026-11", app.clock.now().date())
        counted = await flags(tx, await find(tx, "all"), when, app.settings.zone)
    browser = await signed_in(app, "staff")
    listed = (await browser.get("/quality.json")).json()
    assert {(row["report"], row["kind"]) for row in listed} == {(flag.report, flag.kind) for flag in counted}
    assert (report.number, "groups") in {(row["report"], row["kind"]) for row in listed}
    page = _text((await browser.get("/quality")).text)
    assert f"displaced, returnees and hosts make {came + 3}, but {came} came" in page
    assert "Ask the leader" not in page and "Accept or reject" not in page


async def test_a_flag_is_settled_with_a_reason_and_stays_in_the_files(app: App) -> None:
    browser = await signed_in(app, "supervisor")
    number = (await browser.get("/quality.json")).json()[0]["report"]
    waiting = (await browser.get("/quality")).text
    seen = re.search(rf'/reports/{number}/check.*?name="seen" value="(\d+)"', waiting, re.DOTALL)
    assert seen
    form = {"seen": seen[1], "verdict": "rejected", "how": "visit", "reason": "there was none", "then": "quality"}
    assert (await browser.post(f"/reports/{number}/check", **form)).headers["location"] == "/quality"
    page = (await browser.get("/quality")).text
    assert f"No {number} is settled" in page and f"/reports/{number}/check" not in page
    assert "there was none" in (await browser.get("/quality?settled=1")).text
    kept = [row for row in (await browser.get("/quality.json")).json() if row["report"] == number]
    assert [(row["verdict"], row["reason"]) for row in kept] == [("rejected", "there was none")]


async def test_the_leader_is_asked_in_her_own_words_and_not_accused(app: App) -> None:
    browser, report = await signed_in(app, "supervisor"), await _training(app)
    line = Line(app, await _phone(app, report))
    await browser.get(f"/reports/{report.number}")
    assert (await browser.post(f"/reports/{report.number}/ask")).status_code == 303
    again = await browser.post(f"/reports/{report.number}/ask")
    assert again.status_code == 422 and "less than a day ago" in again.text
    shown = [one.text for one in await line.answers()]
    assert len(shown) == 1 and f"No {report.number}" in shown[0] and shown[0].count("0") >= 1
    for word in ("flag", "doubt", "wrong", "check", "doute", "erreur"):
        assert word not in shown[0].lower()
    state = (await rows(app, select(t.reports.c.verdict).where(t.reports.c.number == report.number)))[0][0]
    assert state == "hold"
    assert "the leader was asked" in _text((await browser.get(f"/reports/{report.number}")).text)
    await line.send("0")
    assert len(await line.answers()) == 1
    told = await rows(app, select(t.tasks.c.kind, t.tasks.c.about).where(t.tasks.c.state == "open"))
    assert ("read", f"No {report.number}: nothing to change, she says") in [tuple(row) for row in told]


async def test_what_is_open_is_not_interrupted_and_the_question_comes_later(app: App) -> None:
    browser, report = await signed_in(app, "supervisor"), await _training(app)
    line = Line(app, await _phone(app, report))
    await line.send(f"FIX {report.number}")
    assert len(await line.answers()) == 1
    await browser.get(f"/reports/{report.number}")
    assert (await browser.post(f"/reports/{report.number}/ask")).status_code == 303
    assert await line.answers() == []
    came: list[int] = []
    for hours in range(7, 70, 7):  # an open question lasts two days
        await line.move(timedelta(hours=7))
        came += [hours for one in await line.answers() if f"No {report.number}" in one.text]
    assert len(came) == 1 and came[0] > 48


async def test_who_said_stop_is_not_asked_and_nothing_is_changed(app: App) -> None:
    browser, report = await signed_in(app, "supervisor"), await _training(app)
    phone = await _phone(app, report)
    here = select(t.people_addresses.c.person_id).join(t.addresses).where(t.addresses.c.value == phone)
    stopped = {"consent": "stopped"}
    await write(app, update(t.people).where(t.people.c.id.in_(here)).values(**stopped),
                update(t.people).where(t.people.c.id == report.person_id).values(**stopped))  # fmt: skip
    await browser.get(f"/reports/{report.number}")
    refused = await browser.post(f"/reports/{report.number}/ask")
    assert refused.status_code == 422 and "Call instead" in refused.text
    state = (await rows(app, select(t.reports.c.verdict).where(t.reports.c.number == report.number)))[0][0]
    assert state == ""
    line = Line(app, phone)
    assert await line.answers() == []


async def _drawn(app: App, browser: Browser) -> Any:
    await browser.get(f"/verify?period={MONTH}")
    answer = await browser.post("/verify/draw", month=MONTH, seed="7")
    assert answer.headers["location"] == f"/verify?period={MONTH}"
    async with app.database.read() as tx:
        return await sample(tx, MONTH)


async def test_the_sample_is_drawn_once_with_its_seed_printed(app: App) -> None:
    browser = await signed_in(app, "supervisor")
    assert "No sample of October 2026 was drawn yet" in _text((await browser.get(f"/verify?period={MONTH}")).text)
    for seed, month in (("x", MONTH), ("-1", MONTH), ("1234567", MONTH), ("1", "2031-01"), ("1", "")):
        assert (await browser.post("/verify/draw", month=month, seed=seed)).status_code == 422
    drawn = await _drawn(app, browser)
    page = _text((await browser.get(f"/verify?period={MONTH}")).text)
    assert "Seed 7" in page and f"drawn by chance of {drawn.reports} reports" in page
    assert (await browser.post("/verify/draw", month=MONTH, seed="7")).status_code == 303
    again = await browser.post("/verify/draw", month=MONTH, seed="8")
    assert again.status_code == 422 and "was drawn with seed 7" in again.text
    listed = (await browser.get(f"/verify.json?period={MONTH}")).json()
    assert [row["number"] for row in listed] == [call.number for call in drawn.calls]
    assert sum(row["drawn"] for row in listed) >= 5


async def test_the_script_does_not_tell_what_was_reported(app: App) -> None:
    browser = await signed_in(app, "supervisor")
    call = (await _drawn(app, browser)).calls[0]
    odd = {**call.values, "women": 471, "men": 472, "new_women": 473, "new_men": 474, "new_people": 947}
    await write(app, update(t.reports).where(t.reports.c.number == call.number).values(values=odd))
    for path in (f"/verify/{call.number}?period={MONTH}", f"/verify?period={MONTH}", f"/verify.csv?period={MONTH}"):
        text = (await browser.get(path)).text
        assert not [n for n in (471, 472, 473, 474, 947) if f">{n}<" in text or f",{n}," in text], path
    page = (await browser.get(f"/verify/{call.number}?period={MONTH}")).text
    assert "Did you hold a training on" in page and "Is there a sheet with their names?" in page
    phone = await _phone(app, (await rows(app, select(t.reports).where(t.reports.c.number == call.number)))[0])
    assert phone in page
    staff = await signed_in(app, "staff")
    assert (await staff.get(f"/verify/{call.number}?period={MONTH}")).status_code == 404
    assert (await staff.get(f"/verify?period={MONTH}")).status_code == 200


async def test_results_are_counted_field_by_field_with_an_interval(app: App) -> None:
    browser = await signed_in(app, "supervisor")
    drawn = await _drawn(app, browser)
    first, second, third = drawn.drawn()[:3]

    def said(call: Any, **other: Any) -> dict[str, Any]:
        names = ("women", "men", "new_women", "new_men")
        known = {name: str(call.values[name]) for name in names if call.values.get(name) is not None}
        return {"outcome": "reached", "held": "yes", "sheet": "no", "topics": call.values["topics"], **known, **other}

    path = f"/verify/{first.number}/result?period={MONTH}"
    for wrong in ({"outcome": "perhaps"}, {"outcome": "reached"}, said(first, women="-1"), said(first, men="9999")):
        assert (await browser.post(path, **wrong)).status_code == 422
    assert (await browser.post(path, **said(first))).status_code == 303
    assert "is confirmed and counts as checked" in (await browser.get(f"/verify?period={MONTH}")).text
    women = first.values["women"] + 7
    other = said(second, women=str(second.values["women"] + 7))
    assert (await browser.post(f"/verify/{second.number}/result?period={MONTH}", **other)).status_code == 303
    gone = {"outcome": "not_reached", "women": str(women)}
    assert (await browser.post(f"/verify/{third.number}/result?period={MONTH}", **gone)).status_code == 303
    verdicts = {row.number: row.verdict for row in await rows(app, select(t.reports.c.number, t.reports.c.verdict))}
    assert (verdicts[first.number], verdicts[second.number]) == ("accepted", "hold")
    page = _text((await browser.get(f"/verify?period={MONTH}")).text)
    low, high = (round(100 * share) for share in wilson(1, 2) or ())
    assert f"People who came, within 1 1 of 2 1 {low} to {high} %" in page
    assert "2 of the drawn were reached" in page
    listed = {row["number"]: row for row in (await browser.get(f"/verify.json?period={MONTH}")).json()}
    wanted = second.values["women"]
    assert listed[second.number]["women"] == f"{wanted + 7}, reported {wanted}"
    assert listed[third.number]["women"] == "" and listed[third.number]["outcome"] == "not_reached"


async def test_an_officer_calls_about_her_area(app: App) -> None:
    supervisor = await signed_in(app, "supervisor")
    drawn = await _drawn(app, supervisor)
    own, *others = drawn.calls
    await write(app, update(t.people).where(t.people.c.name == "Test officer").values(area=own.association))
    officer = await signed_in(app, "officer")
    listed = (await officer.get(f"/verify.json?period={MONTH}")).json()
    assert {row["no"] for row in listed} == {own.association}
    outside = next(call for call in others if call.association != own.association)
    assert (await officer.get(f"/verify/{outside.number}?period={MONTH}")).status_code == 404
    await officer.get(f"/verify/{own.number}?period={MONTH}")
    answer = await officer.post(f"/verify/{outside.number}/result?period={MONTH}", outcome="refused")
    assert answer.status_code == 404
