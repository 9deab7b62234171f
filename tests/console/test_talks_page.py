"""/conversations and /unanswered: the list, a thread, an answer; the neutral door and the area hold everywhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app import App
from bot.console.delivery import TODO
from bot.console.delivery import WORDS as DELIVERY
from bot.console.page import each
from bot.programme.broadcasts.states import STATES
from bot.store import consent
from bot.store import tables as t
from handlers import working_days
from tests.console.site import Browser, console, rows, signed_in, write
from tests.console.walking import INSIDE, OUTSIDE, PHONES, WORDS, canary


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with console(tmp_path) as running:
        for who, no in ((INSIDE, "07"), (OUTSIDE, "11")):
            await canary(running, who, no)
        await write(running, update(t.people).where(t.people.c.name == "Test officer").values(area="07"))
        yield running


async def _door(app: App, who: str = INSIDE) -> int:
    return int((await rows(app, select(t.addresses.c.id).where(t.addresses.c.value == PHONES[who])))[0][0])


async def _writes(app: App, text: str, who: str = INSIDE, *, task: bool = True, **more: Any) -> int:
    """A message of hers, and the task that it opens."""
    address, now = await _door(app, who), app.clock.now()
    number = (await rows(app, select(func.max(t.inbox.c.id))))[0][0] + 1
    person = (await rows(app, select(t.people.c.id, t.people.c.association_id).where(t.people.c.name == who)))[0]
    said = {"channel": "phone", "dedupe_key": f"m{number}", "kind": "text", "state": "done", **more}
    there = {"address_id": address, "person_id": person.id}
    await write(app, insert(t.inbox).values(id=number, text=text, received_at=now, **said, **there))
    if task:
        opened = {"kind": "read", "due_at": now, "made_at": now, "inbox_id": number, **there}
        await write(app, insert(t.tasks).values(association_id=person.association_id, **opened))
    return int(number)


async def _open_tasks(app: App) -> list[int]:
    there = select(t.tasks.c.id).where(t.tasks.c.state == "open", t.tasks.c.address_id == await _door(app))
    return [row[0] for row in await rows(app, there.order_by(t.tasks.c.id))]


async def _answer(app: App, browser: Browser, text: str, **more: Any) -> Any:
    task = more.pop("task", None) or (await _open_tasks(app))[-1]
    return await browser.post(f"/conversations/{await _door(app)}/reply", task=str(task), text=text, **more)


async def test_an_answer_is_weighed_shown_and_sent_once_where_she_wrote_from(app: App) -> None:
    await write(app, update(t.people).where(t.people.c.name == INSIDE).values(language="rn"))
    eric, beatrice = await signed_in(app, "officer"), await signed_in(app, "supervisor")
    path, task = f"/conversations/{await _door(app)}", (await _open_tasks(app))[0]
    for browser in (eric, beatrice):
        assert WORDS[INSIDE] in (await browser.get(path)).text
    shown = await _answer(app, eric, "Bonjour, merci beaucoup pour votre message")
    assert shown.status_code == 200
    for said in ("1 SMS", "51 characters", "your text is in French", "she reads Kirundi", "officer: Bonjour, merci"):
        assert said in shown.text
    assert await rows(app, select(t.outbox.c.id).where(t.outbox.c.text.contains("Bonjour"))) == []
    assert (await _answer(app, eric, "Bonjour, merci", sure="yes")).status_code == 303
    leaves = select(t.outbox).where(t.outbox.c.text == "officer: Bonjour, merci")
    async with asyncio.timeout(10):
        while not (found := await rows(app, leaves)):
            await asyncio.sleep(0.02)
    sent = found[0]
    assert (sent.address_id, sent.channel) == (await _door(app), "phone")
    late = await _answer(app, beatrice, "Moi aussi", sure="yes", task=task)
    assert late.status_code == 422
    assert "Somebody has answered" in late.text
    thread = (await eric.get(path)).text
    assert "officer: Bonjour, merci" in thread
    assert "Nothing waits for an answer here." in thread


async def test_the_team_can_write_first_within_the_hours(app: App) -> None:
    eric, path = await signed_in(app, "officer"), f"/conversations/{await _door(app)}"
    who = (await rows(app, select(t.people.c.id).where(t.people.c.name == INSIDE)))[0][0]
    await eric.get(path)
    early = await eric.post(f"{path}/reply", task=f"first-{who}", text="Mwaramutse", sure="yes")
    assert early.status_code == 422, "what waits is answered"
    await eric.post(f"{path}/state", state="resolved")
    assert f'value="first-{who}"' in (await eric.get(path)).text
    stranger = (await rows(app, select(t.people.c.id).where(t.people.c.name == OUTSIDE)))[0][0]
    for other in (f"first-{stranger}", "first-", "first-x"):
        assert (await eric.post(f"{path}/reply", task=other, text="Mwaramutse", sure="yes")).status_code == 422
    shown = await eric.post(f"{path}/reply", task=f"first-{who}", text="Mwaramutse neza")
    assert "officer: Mwaramutse neza" in shown.text
    assert await rows(app, select(t.tasks.c.id).where(t.tasks.c.about == "written by the team")) == []
    assert (
        await eric.post(f"{path}/reply", task=f"first-{who}", text="Mwaramutse neza", sure="yes")
    ).status_code == 303
    again = await eric.post(f"{path}/reply", task=f"first-{who}", text="Mwaramutse neza", sure="yes")
    assert again.status_code == 422 and "written to her today already" in again.text
    leaves = select(t.outbox).where(t.outbox.c.text == "officer: Mwaramutse neza")
    async with asyncio.timeout(10):
        while not (found := await rows(app, leaves)):
            await asyncio.sleep(0.02)
    assert (found[0].urgency, found[0].kind) == (1, "notice"), "nobody asked for it, and it is no reminder"
    [task] = await rows(app, select(t.tasks).where(t.tasks.c.about == "written by the team"))
    assert (task.state, task.result) == ("closed", "answered")
    await write(app, update(t.people).where(t.people.c.name == INSIDE).values(consent="stopped"))
    refused = await eric.post(f"{path}/reply", task=f"first-{who}", text="Mwaramutse", sure="yes")
    assert refused.status_code == 422
    assert "said STOP" in refused.text


async def test_nothing_may_be_sent_to_who_said_stop(app: App) -> None:
    await write(app, update(t.people).where(t.people.c.name == INSIDE).values(consent="stopped"))
    eric = await signed_in(app, "officer")
    await eric.get(f"/conversations/{await _door(app)}")
    refused = await _answer(app, eric, "Bonjour", sure="yes")
    assert refused.status_code == 422
    assert "said STOP" in refused.text
    assert len(await _open_tasks(app)) == 1


async def test_what_came_through_the_neutral_door_is_nowhere(app: App) -> None:
    secret = "canarysecret"
    number = await _writes(app, secret, task=False)
    now, there = app.clock.now(), await _door(app)
    sealed = {"kind": "problem", "sealed": True, "due_at": now, "made_at": now}
    answer = {"channel": "phone", "key": "J3", "kind": "reply", "language": "rn", "parts": 1, "due_at": now}
    await write(
        app,
        insert(t.tasks).values(inbox_id=number, address_id=there, **sealed),
        insert(t.media).values(inbox_id=number, kind="photo", state="kept", file="1.jpg", at=now),
        insert(t.outbox).values(inbox_id=number, address_id=there, text=secret, made_at=now, **answer),
    )
    boss = await signed_in(app, "supervisor")
    for path in ("/conversations", f"/conversations?q={secret}", f"/conversations/{there}", "/unanswered"):
        page = await boss.get(path)
        assert page.status_code == 200
        assert secret not in page.text.replace(f'value="{secret}"', "").replace(f"q={secret}", ""), path
    assert (await boss.get(f"/conversations/{there}/file/{number}")).status_code == 404


async def test_filters_search_and_assignment(app: App) -> None:
    await _writes(app, "La récolte est séchée", task=False)
    await _writes(app, "", task=False, kind="voice")
    boss, there = await signed_in(app, "supervisor"), await _door(app)
    link = f'href="/conversations/{there}"'
    expected = {
        "q=recolte+SECHEE": True,
        "q=recolte+omega": False,
        "kind=voice": True,
        "kind=unanswered": True,
        "kind=question": False,
        "kind=lesson": True,
        "kind=mine": False,
        "language=sw": False,
        "state=resolved": False,
    }
    await write(app, update(t.people).where(t.people.c.name == INSIDE).values(language="rn"))
    for query, is_there in expected.items():
        assert (link in (await boss.get(f"/conversations?{query}")).text) is is_there, query
    who = (await rows(app, select(t.people.c.id).where(t.people.c.name == "Test supervisor")))[0][0]
    assert (await boss.post(f"/conversations/{there}/assigned", person=str(who))).status_code == 303
    assert link in (await boss.get("/conversations?kind=mine")).text
    nobody = (await rows(app, select(t.people.c.id).where(t.people.c.name == "Test auditor")))[0][0]
    assert (await boss.post(f"/conversations/{there}/assigned", person=str(nobody))).status_code == 404


async def test_on_a_phone_that_areas_share_each_sees_her_own(app: App) -> None:
    there = await _door(app)
    other = (await rows(app, select(t.people.c.id).where(t.people.c.name == OUTSIDE)))[0][0]
    await write(
        app,
        insert(t.people_addresses).values(person_id=other, address_id=there),
        update(t.inbox).where(t.inbox.c.text == WORDS[OUTSIDE]).values(address_id=there),
    )
    eric, boss = await signed_in(app, "officer"), await signed_in(app, "supervisor")
    hers, everything = [(await who.get(f"/conversations/{there}")).text for who in (eric, boss)]
    assert WORDS[INSIDE] in hers
    assert WORDS[OUTSIDE] not in hers
    assert "outside your area" in hers
    assert WORDS[OUTSIDE] in everything
    assert (await eric.get(f"/conversations/{await _door(app, OUTSIDE)}")).status_code == 404


async def test_notes_stay_in_the_team_and_go_with_who_is_erased(app: App) -> None:
    eric, there = await signed_in(app, "officer"), await _door(app)
    await eric.get(f"/conversations/{there}")
    assert (await eric.post(f"/conversations/{there}/note", text="  ")).status_code == 422
    assert (await eric.post(f"/conversations/{there}/note", text="her <b>sister</b> knows")).status_code == 303
    assert "her &lt;b&gt;sister&lt;/b&gt; knows" in (await eric.get(f"/conversations/{there}")).text
    who = (await rows(app, select(t.people.c.id).where(t.people.c.name == INSIDE)))[0][0]
    bound = {"person": who, "at": app.clock.now()}

    async def erase(tx: AsyncConnection) -> None:
        for statement in consent.BLANK:
            await tx.execute(statement, bound)

    await app.database.writer.do(each, erase)
    assert await rows(app, select(t.notes)) == []


async def test_what_we_owe_is_marked_after_two_working_days(app: App) -> None:
    eric = await signed_in(app, "officer")
    assert 'class="late"' not in (await eric.get("/unanswered")).text
    app.clock.advance(timedelta(days=3))  # type: ignore[attr-defined]
    eric = await signed_in(app, "officer")
    page = (await eric.get("/unanswered")).text
    assert '<li class="late">' in page
    assert "3 working days" in page


@pytest.mark.parametrize(
    ("last", "days"),
    [(date(2026, 11, 27), 0), (date(2026, 11, 30), 1), (date(2026, 12, 2), 2), (date(2027, 12, 1), 41)],
)
def test_working_days_leave_out_weekends_and_holidays(last: date, days: int) -> None:
    assert working_days.between(date(2026, 11, 27), last, [date(2026, 12, 1)]) == days


def test_the_words_of_delivery_are_the_programmes_own() -> None:
    assert {name: state.words for name, state in STATES.items()} == DELIVERY
    assert {name: state.todo for name, state in STATES.items() if state.todo} == TODO
