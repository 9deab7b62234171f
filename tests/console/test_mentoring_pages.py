"""What a mentor sees: her own questions and what may be shown, and of no leader the name or the number."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from bot.app import App
from bot.store import tables as t
from handlers.mentor import MOST
from tests.console.site import console, person, rows, signed_in, write
from tests.console.walking import INSIDE, OUTSIDE, PHONES, SAMPLES, WORDS, canary


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """Two leaders have told a lesson; one of them has asked the mentor of these tests."""
    async with console(tmp_path) as running:
        for who, no in ((INSIDE, "07"), (OUTSIDE, "11")):
            await canary(running, who, no)
        await SAMPLES["{question}"](running)
        yield running


async def test_a_mentor_sees_her_questions_what_may_be_shown_and_nobodys_name(app: App) -> None:
    hers = f"{INSIDE.split()[0]} says: call 79 48 15 16"
    await write(
        app,
        insert(t.partners).values(name="SODDREC 2", subjects="semences", contact="Mme Rose, +257 22 22 22 22"),
        update(t.lessons).where(t.lessons.c.text == WORDS[INSIDE]).values(text=f"dry it longer. {hers}"),
        update(t.lessons).where(t.lessons.c.text == WORDS[OUTSIDE]).values(show=""),
        update(t.people).where(t.people.c.name == "Test mentor").values(area="07"),
    )
    browser = await signed_in(app, "mentor")
    shown = {path: (await browser.get(path)).text for path in ("/questions", "/questions/1", "/fair", "/partners")}
    for path, text in shown.items():
        assert not [one for who in PHONES for one in (*who.split(), PHONES[who]) if one in text], path
    assert WORDS[INSIDE] in shown["/questions"] and "ABAHUZA" in shown["/questions"]
    assert "dry it longer" in shown["/fair"] and WORDS[OUTSIDE] not in shown["/fair"]
    assert "Mme Rose" in shown["/partners"]
    assert "dry it longer" in (await browser.get("/fair.csv")).text
    other = await person(app, "officer")
    await write(app, update(t.questions).values(mentor_id=other))
    assert WORDS[INSIDE] not in (await browser.get("/questions")).text
    assert (await browser.get("/questions/1")).status_code == 404
    assert (await browser.post("/questions/1/answer", text="mine", sure="yes")).status_code == 404
    assert (await rows(app, select(t.questions.c.state)))[0][0] == "open"


async def test_a_mentor_answers_after_a_look_and_only_once(app: App) -> None:
    browser = await signed_in(app, "mentor")
    await browser.get("/questions/1")
    for text in ("", "x" * (MOST + 1)):
        assert (await browser.post("/questions/1/answer", text=text, sure="yes")).status_code == 422
    looked = await browser.post("/questions/1/answer", text="Arrêtez la machine chaque heure, c'est mieux")
    assert looked.status_code == 200
    assert "1 SMS, " in looked.text and "No 1" in looked.text
    assert (await rows(app, select(t.questions.c.state)))[0][0] == "open"
    done = await browser.post("/questions/1/answer", text="Stop it each hour", sure="yes")
    assert done.headers["location"] == "/questions"
    (row,) = await rows(app, select(t.questions))
    assert (row.state, row.answer, row.answered_by) == ("answered", "Stop it each hour", row.mentor_id)
    assert "Stop it each hour" in (await browser.get("/questions")).text
    again = await browser.post("/questions/1/answer", text="Never mind", sure="yes")
    assert again.status_code == 422 and "answered already" in again.text
    assert (await browser.post("/questions/1/give", to="officer")).status_code == 422


async def test_a_mentor_passes_a_question_on_and_has_it_no_longer(app: App) -> None:
    await person(app, "officer")
    browser = await signed_in(app, "mentor")
    shown = await browser.get("/questions/1")
    assert 'value="officer"' in shown.text and "Test officer" not in shown.text, "nobody but mentors has a name here"
    for nobody in ("", "999", "x"):
        assert (await browser.post("/questions/1/give", to=nobody)).status_code == 422
    assert (await browser.post("/questions/1/give", to="officer")).headers["location"] == "/questions"
    (row,) = await rows(app, select(t.questions))
    assert (row.state, row.mentor_id, row.climbed) == ("open", None, 0)
    woken = await rows(app, select(t.inbox.c.data).where(t.inbox.c.kind == "timer"))
    assert {"timer": "wake", "what": "given", "number": 1} in [one.data for one in woken]
    assert (await browser.get("/questions/1")).status_code == 404
    told = await rows(app, select(t.audit.c.what).where(t.audit.c.what == "question passed on"))
    assert len(told) == 1


async def test_what_came_through_the_neutral_door_is_no_question(app: App) -> None:
    message, now = (await rows(app, select(t.questions.c.inbox_id)))[0][0], app.clock.now()
    await write(app, insert(t.tasks).values(kind="problem", sealed=True, due_at=now, made_at=now, inbox_id=message))
    browser = await signed_in(app, "mentor")
    assert WORDS[INSIDE] not in (await browser.get("/questions")).text
    assert (await browser.get("/questions/1")).status_code == 404
