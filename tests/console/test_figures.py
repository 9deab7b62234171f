"""The pages of figures: what they say is what was counted, every figure opens what it was counted from."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import insert, select, update

from bot.app import App
from bot.cli.talk import Line
from bot.programme.counting import Period, Rules, find, sheet
from bot.store import tables as t
from tests.console.site import Browser, console, rows, signed_in, write


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with console(tmp_path) as running:
        yield running


async def _counted(app: App, place: str = "all", period: str = "2026-11") -> Any:
    async with app.database.read() as tx:
        scope = await find(tx, place)
        when = Period.parse(period, app.clock.now().date())
        return await sheet(tx, scope, when, Rules.of(app.settings), app.clock.now(), sources=True)


def _text(page: str) -> str:
    """What a reader reads."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def _links(page: str, path: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'href="([^"]+)"', page) if link.startswith(path)]


async def _staff(app: App) -> Browser:
    return await signed_in(app, "staff")


async def test_the_one_figure_and_its_parts_add_up(app: App) -> None:
    page, counted = (await (await _staff(app)).get("/progress")).text, await _counted(app)
    target, split = counted.target, counted.since_start.new_by_standing()
    assert target.reached == target.direct + target.cascade == 120 + sum(split.values())
    said = _text(page)
    assert f"{target.reached} of 600 = 120 trained by the project + {target.cascade} new people" in said
    assert f"120 trained by the project {split['checked']} checked {split['reported']} reported" in said
    assert "Target 600: it includes the representatives trained by the project itself (120)." in said
    since = counted.since_start.all
    groups = [n // 5 * 5 for n in (since.new_displaced, since.new_returnee, since.new_host)]
    assert "{}+ displaced {}+ returnees {}+ hosts {} rest".format(*groups, target.cascade - sum(groups)) in said


async def test_every_figure_opens_the_reports_that_add_up_to_it(app: App) -> None:
    browser = await signed_in(app, "supervisor")
    figures = {row["figure"]: row for row in (await browser.get("/progress.json?period=2026-10")).json()}
    links = _links((await browser.get("/progress?period=2026-10")).text, "/reports?")
    assert len(set(links)) > 50
    checked = 0
    for link in sorted(set(links)):
        name = re.search(r"figure=(\w+)", link)
        there = (await browser.get(link.replace("/reports?", "/reports.json?"))).json()
        if name is None or name[1].startswith("unique") or "how=" in link:
            continue
        when = "since_start" if "since=start" in link else "before" if "2026-09" in link else "this"
        if "period=2026-10" in link or when == "before":
            checked += 1
            shown, behind = figures[name[1]][when], sum(row["adds"] for row in there)
            fives = (f"{behind // 5 * 5}+", "<5" if behind < 5 else "", "not said")
            assert shown in (behind, *fives), link
            assert all(row["adds"] for row in there)
    assert checked > 30


async def test_new_people_are_split_by_standing_into_reports(app: App) -> None:
    """Of a training that is not checked a call has found two: they are checked, the rest stays reported."""
    browser, counted = await _staff(app), await _counted(app)
    number = next(s.number for s in counted.this.sources if s.standing == "reported" and s.adds["new_people"] > 2)
    await write(app, update(t.reports).where(t.reports.c.number == number).values(new_found=2))
    for how in ("checked", "reported", "doubtful"):
        there = (await browser.get(f"/reports.json?figure=new_people&how={how}&since=start")).json()
        adds = {row["number"]: row["adds"] for row in there}
        if how == "checked":
            assert adds[number] == 2
        if how == "reported":
            assert adds[number] == next(s.adds["new_people"] for s in counted.this.sources if s.number == number) - 2


async def test_what_does_not_count_stays_visible_and_adds_nothing(app: App) -> None:
    browser, counted = await signed_in(app, "supervisor"), await _counted(app)
    number = next(s.number for s in counted.this.sources if s.adds["new_people"])
    await browser.get(f"/reports/{number}")
    refused = await browser.post(f"/reports/{number}/check", verdict="rejected", how="call", reason=" ")
    assert refused.status_code == 422 and "Say why" in refused.text
    assert (await browser.post(f"/reports/{number}/check", verdict="perhaps", how="call")).status_code == 422
    said = {"verdict": "rejected", "how": "call", "reason": "no such training"}
    stale = await browser.post(f"/reports/{number}/check", **said, seen="7")
    assert stale.status_code == 422 and "was corrected since you opened it" in stale.text
    done = await browser.post(f"/reports/{number}/check", **said, seen="1")
    assert done.headers["location"] == f"/reports/{number}"
    said = _text((await browser.get(f"/reports/{number}")).text)
    assert "rejected, does not count" in said and "no such training" in said
    there = {row["number"]: row for row in (await browser.get("/reports.json")).json()}
    assert there[number]["standing"] == "rejected" and "adds" not in there[number]
    behind = (await browser.get("/reports.json?figure=trainings")).json()
    assert number not in {row["number"] for row in behind} and all(row["adds"] == 1 for row in behind)
    after = await _counted(app)
    assert number not in {source.number for source in after.this.sources}
    assert after.this.all.trainings == counted.this.all.trainings - 1
    page = _text((await browser.get("/progress")).text)
    assert f"{after.target.reached} of 600" in page


def _voice(number: int, message: int, at: datetime) -> Any:
    kept = {"kind": "voice", "state": "kept", "file": "1.ogg", "at": at}
    return insert(t.media).values(report_number=number, inbox_id=message, **kept)


async def test_a_report_shows_its_history_and_words_to_who_may_read_them(app: App) -> None:
    number = max(s.number for s in (await _counted(app, "07", "2026-q4")).this.sources)
    odette = (await rows(app, select(t.people.c.id).where(t.people.c.name == "Odette Ninahazwe")))[0][0]
    said = {"channel": "phone", "dedupe_key": "x", "kind": "text", "text": "12/11 3 12 7 canaryword", "state": "done"}
    address = (await rows(app, select(t.addresses.c.id).limit(1)))[0][0]
    now = app.clock.now()
    values = (await rows(app, select(t.reports.c["values"]).where(t.reports.c.number == number)))[0][0]
    await write(
        app,
        insert(t.inbox).values(id=900_001, address_id=address, person_id=odette, received_at=now, **said),
        update(t.reports)
        .where(t.reports.c.number == number)
        .values(inbox_ids=[900_001], person_id=odette, revision=2),
        insert(t.report_history).values(
            number=number, revision=1, values={**values, "women": 99}, state="reported",
            reason="the leader corrected it", replaced_at=now,
        ),
        *(_voice(number, message, now) for message in (900_001, 900_002)),
        insert(t.tasks).values(kind="sealed", sealed=True, inbox_id=900_002, made_at=now, due_at=now),
    )  # fmt: skip
    folder = app.settings.path(app.settings.privacy.media_folder)
    folder.mkdir(exist_ok=True)
    (folder / "1.ogg").write_bytes(b"OggS")
    for role, sees in (("supervisor", True), ("staff", False)):
        browser = await signed_in(app, role)
        page = (await browser.get(f"/reports/{number}")).text
        assert "the leader corrected it" in page and "women: 99" in _text(page)
        assert ("canaryword" in page) == sees == ("Odette" in page) == ("Settle it" in page)
        voices = _links(page, f"/reports/{number}/photo/")
        assert len(voices) == sees, "the one of a sealed message is nowhere"
        assert [(await browser.get(voice)).content for voice in voices] == [b"OggS"] * sees
    read = await rows(app, select(t.audit.c.details).where(t.audit.c.what == "reports read"))
    assert [row.details for row in read] == [
        {"reports": [number], "messages": [900_001]},
        {"reports": [number], "messages": []},
    ]


async def test_periods_and_places_are_chosen_kept_and_explained(app: App) -> None:
    browser = await _staff(app)
    page = (await browser.get("/progress?period=2026-q4&place=giharo")).text
    assert "4th quarter 2026" in page and "Giharo · " in _text(page)
    assert all("place=giharo" in link for link in _links(page, "/progress?")[:4])
    assert any("period=2026-q3" in link for link in _links(page, "/progress?"))
    one = await _counted(app, "giharo", "2026-q4")
    assert f"{one.target.reached} of {one.target.people}" in _text(page)
    for wrong in ("0001-01", "9999-12", "2026-13", "soon", "<b>", "2026-10-31..2026-10-01"):
        answer = await browser.get("/progress", params={"period": wrong})
        assert answer.status_code == 422 and "is no period" in answer.text and "<b>" not in answer.text
    unknown = await browser.get("/progress?place=girahoo")
    assert unknown.status_code == 422 and "Did you mean" in unknown.text and "Giharo?" in unknown.text
    assert (await browser.get("/reports?figure=password")).status_code == 422


async def test_an_officer_counts_her_area_only(app: App) -> None:
    await write(app, update(t.people).where(t.people.c.name == "Test officer").values(area="07"))
    officer, one = await signed_in(app, "officer"), await _counted(app, "07")
    page = _text((await officer.get("/progress")).text)
    assert f"{one.target.reached} of {one.target.people}" in page and "All associations of my area" in page
    assert {row["no"] for row in (await officer.get("/reports.json?since=start")).json()} == {"07"}
    assert (await officer.get("/progress?place=11")).status_code == 422
    outside = (await _counted(app, "11", "2026-q4")).this.sources[0].number
    answers = [await officer.get(f"/reports/{number}") for number in (outside, 999_999)]
    assert [answer.status_code for answer in answers] == [404, 404]
    await officer.get("/account")
    assert (await officer.post(f"/reports/{outside}/check", verdict="accepted", how="sheet")).status_code == 404


async def test_the_charts_are_the_figures(app: App) -> None:
    browser = await _staff(app)
    months = (await browser.get("/progress/months.json")).json()
    chart = await browser.get("/progress/chart")
    assert chart.headers["content-type"] == "image/svg+xml" and "<script" not in chart.text
    for month in months:
        assert month["so_far"] == month["checked"] + month["reported"] + month["doubtful"]
        if month["checked"]:
            assert f">{month['checked']}<" in chart.text
    assert months[-1]["so_far"] == (await _counted(app)).target.cascade
    assert (await browser.get("/progress/chart")).content == chart.content


async def test_one_association_shows_its_own_figures_and_ways_on(app: App) -> None:
    counted = await _counted(app, "07", "2026-10")
    address = (await rows(app, select(t.addresses.c.id).limit(1)))[0][0]
    ids = select(t.associations.c.id).where(t.associations.c.no == "07").scalar_subquery()
    said = {"channel": "phone", "dedupe_key": "x", "kind": "text", "text": "canaryword", "state": "done"}
    arrived = {"address_id": address, "received_at": app.clock.now(), "association_id": ids}
    await write(app, insert(t.inbox).values(id=900_002, **said, **arrived))
    for role, sees in (("supervisor", True), ("staff", False)):
        browser = await signed_in(app, role)
        page = (await browser.get("/associations/07?period=2026-10")).text
        assert f"{counted.target.reached} of {counted.target.people}" in _text(page)
        listed = (await browser.get("/associations/07.json?period=2026-10")).json()
        assert [row["number"] for row in listed] == [source.number for source in counted.this.sources]
        assert sum(row["adds"] for row in listed) == counted.this.all.attendances
        assert "canaryword" not in page
        assert ("message 900002" in page) == (f'href="/conversations/{address}"' in page) == sees
        for link in _links(page, "/"):
            if not link.startswith(("/conversations", "/console", "/sign-out")):
                assert (await browser.get(link)).status_code in (200, 303), link
    assert [(await browser.get(path)).status_code for path in ("/associations/giharo", "/associations/99")] == [
        404
    ] * 2


async def test_a_summary_says_what_was_counted_and_quotes_nobody_unasked(app: App) -> None:
    counted = await _counted(app, "07", "2026-10")
    odette = select(t.people.c.id).where(t.people.c.name == "Odette Ninahazwe").scalar_subquery()
    there = select(t.addresses.c.value).join(t.people_addresses).where(t.people_addresses.c.person_id == odette)
    phone = (await rows(app, there))[0][0]
    line = Line(app, phone)
    await line.send("the machine is canaryword")
    await line.answers()
    browser = await _staff(app)
    page = (await browser.get("/summary/07?period=2026-10")).text
    assert f"Attendances {counted.this.all.attendances} (" in _text(page) and "canaryword" not in page
    assert [f"/reports/{source.number}" for source in counted.this.sources] == _links(page, "/reports/")
    for what in ("07", "giharo", "all"):
        answer = await browser.get(f"/summary/{what}?period=2026-q4")
        assert answer.status_code == 200 and "canaryword" not in answer.text and len(answer.content) < 100_000
    assert (await browser.get("/summary/nowhere")).status_code == 404
    read = await rows(app, select(t.audit.c.details).where(t.audit.c.what == "summary read"))
    assert [row.details["of"] for row in read] == ["07", "07", "Giharo", "all"]
    await write(app, update(t.people).where(t.people.c.name == "Test officer").values(area="07"))
    officer = await signed_in(app, "officer")
    assert "All associations of my area" in (await officer.get("/summary/all")).text
    assert (await officer.get("/summary/11")).status_code == 404


async def test_nobody_is_told_a_group_of_few(app: App) -> None:
    """The page of figures hides them from everybody, reports from who does not read their words."""
    number = max(s.number for s in (await _counted(app, "07", "2026-10")).this.sources)
    values = (await rows(app, select(t.reports.c["values"]).where(t.reports.c.number == number)))[0][0]
    odd = {**values, "women": 20, "men": 11, "displaced": 3, "returnee": 21, "host": 7, "youth": 9}
    await write(app, update(t.reports).where(t.reports.c.number == number).values(values=odd))
    staff, supervisor = await _staff(app), await signed_in(app, "supervisor")
    one, whole = [_text((await who.get(f"/reports/{number}")).text) for who in (staff, supervisor)]
    assert "displaced <5 returnees ... host ..." in one and "displaced 3 returnees 21 host 7" in whole
    told = (await staff.get("/reports.json?figure=new_displaced&since=start")).json()
    everybody = (await staff.get("/reports.json?figure=new_people&since=start")).json()
    assert [(row["number"], row["adds"]) for row in told] == [(row["number"], None) for row in everybody]
    assert "is not shown" in (await staff.get("/reports?figure=new_displaced&since=start")).text
    groups = ("new_displaced", "new_returnee", "new_host", "new_youth", "new_youth_not_said")
    for place in ("", "giharo", "07"):
        for row in (await supervisor.get(f"/progress.json?period=2026-10&place={place}")).json():
            if row["figure"] in groups:
                assert not {row["this"], row["before"], row["since_start"]} & {1, 2, 3, 4}, (place, row)


async def test_a_summary_leaves_as_picture_page_and_tables_of_the_same_figures(app: App) -> None:
    browser, counted = await _staff(app), await _counted(app, "07", "2026-10")
    page = (await browser.get("/summary/07?period=2026-10")).text
    picture = await browser.get(_links(page.replace("src=", "href="), "/summary/07/picture")[0])
    assert picture.headers["content-type"] == "image/svg+xml" and "<script" not in picture.text
    assert f"{counted.target.reached} of {counted.target.people}" in picture.text
    printed = await browser.post("/summary/07/pdf?period=2026-10")
    assert printed.headers["content-type"] == "application/pdf" and printed.content.startswith(b"%PDF")
    book = await browser.post("/summary/07/xlsx?period=2026-10")
    sheets = openpyxl.load_workbook(io.BytesIO(book.content))
    cells = [cell.value for sheet in sheets for row in sheet.iter_rows() for cell in row]
    assert len(sheets.sheetnames) > 4 and {source.number for source in counted.this.sources} <= set(cells)
    names = {row.sms_name for row in await rows(app, select(t.people.c.sms_name).where(t.people.c.kind == "leader"))}
    assert not names & {cell for cell in cells if isinstance(cell, str)}
    done = {row.what for row in await rows(app, select(t.audit.c.what))}
    assert {"summary read", "summary printed", "export"} <= done
    await write(app, update(t.people).where(t.people.c.name == "Test officer").values(area="07"))
    officer = await signed_in(app, "officer")
    await officer.get("/summary/07")
    assert [(await officer.post(f"/summary/11/{ending}")).status_code for ending in ("pdf", "xlsx")] == [404, 404]
