"""/broadcasts: a message is written, weighed, tried, sent by its number, undone; officers reach their area only."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from bot.app import App
from bot.store import tables as t
from tests.console.site import Browser, console, rows, signed_in, write
from tests.console.walking import INSIDE, OUTSIDE, canary

TEXTS = {"text_en": "{name} of {association}, come", "gap_rn": "en", "gap_fr": "en", "gap_sw": "leave_out"}


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with console(tmp_path) as running:
        for who, no in ((INSIDE, "07"), (OUTSIDE, "11")):
            await canary(running, who, no)
        await write(
            running,
            update(t.people).where(t.people.c.name == "Test officer").values(area="07"),
            update(t.people).where(t.people.c.kind == "leader").values(consent="yes"),
        )
        yield running


async def _draft(browser: Browser, **form: Any) -> str:
    await browser.get("/broadcasts/new")
    answer = await browser.post("/broadcasts/new", **{"to": "all", **TEXTS, **form})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def _number(browser: Browser, path: str) -> int:
    """What one must type."""
    found = re.search(r'name="number" value="(\d+)"|Type (\d+) to send', (await browser.get(path)).text)
    assert found
    return int(found[1] or found[2])


async def _row(app: App) -> Any:
    return (await rows(app, select(t.broadcasts).order_by(t.broadcasts.c.id.desc())))[0]


async def test_a_message_is_sent_by_its_number_and_undone_within_the_minute(app: App) -> None:
    boss = await signed_in(app, "supervisor")
    path = await _draft(boss)
    number = await _number(boss, path)
    assert number > 20
    for typed in ("", "all", str(number - 1)):
        refused = await boss.post(f"{path}/send", number=typed)
        assert refused.status_code == 422
        assert str(number) in refused.text
    assert (await _row(app)).state == "draft"
    assert (await boss.post(f"{path}/send", number=str(number))).status_code == 303
    row = await _row(app)
    assert (row.state, row.number, row.starts_at - app.clock.now()) == ("approved", number, timedelta(seconds=60))
    page = (await boss.get(path)).text
    assert "Undo: nothing has left yet" in page
    assert "Test supervisor"[5:] in page
    assert (await boss.post(f"{path}/stop")).status_code == 303
    assert (await _row(app)).state == "stopped"
    await app.broadcasts.look()
    assert (await rows(app, select(func.count()).where(t.outbox.c.broadcast_id == row.id)))[0][0] == 0
    assert await _draft(boss) == path, "the very same, minutes later"
    assert "The draft is saved" not in (await boss.get(path)).text


async def test_an_officer_reaches_her_area_only_and_touches_only_her_own(app: App) -> None:
    eric, boss = await signed_in(app, "officer"), await signed_in(app, "supervisor")
    path = await _draft(eric)
    there = {name for (name,) in await rows(app, _listed("07"))}
    number = await _number(eric, path)
    assert 0 < number <= len(there)
    assert (await eric.post(f"{path}/send", number=str(number))).status_code == 303
    reached = (
        select(t.associations.c.no)
        .distinct()
        .select_from(t.recipients.join(t.people, t.people.c.id == t.recipients.c.person_id).join(t.associations))
    )
    assert [row[0] for row in await rows(app, reached)] == ["07"]
    others = await _draft(boss)
    assert (await eric.get(others)).status_code == 404
    for act in ("send", "stop", "test", "draft", "again"):
        assert (await eric.post(f"{others}/{act}", number="1", **TEXTS)).status_code == 404, act


def _listed(no: str) -> Any:
    return select(t.people.c.name).join(t.associations).where(t.associations.c.no == no, t.people.c.kind == "leader")


async def test_the_composer_shows_what_it_comes_to(app: App) -> None:
    await write(
        app,
        update(t.people).where(t.people.c.name == INSIDE).values(consent="stopped", language="rn"),
        update(t.people).where(t.people.c.name == OUTSIDE).values(language="sw"),
    )
    boss = await signed_in(app, "supervisor")
    path = await _draft(boss, text_fr="Venez à la fête, ça ira ’demain’", gap_fr="", not_after="2026-12-12T12:00")
    page = (await boss.get(path)).text
    for said in (
        "left out, said STOP or no: 1",
        f"{INSIDE.split()[0]}: said STOP or no",
        "no text: they are left out",
        "no text: they get the one in English",
        "price of an SMS not known",
        "cannot go by SMS and is replaced: ê ç ’",
        "longest real text",
        f"only {app.settings.hours.send_from:%H:%M}–{app.settings.hours.send_to:%H:%M}",
    ):
        assert said in page, said
    assert 'class="screen"' in page
    first, second = [(await boss.get(f"{path}?reader={n}")).text.split('class="screen"')[1][:300] for n in (0, 1)]
    assert first != second
    assert "Take one" not in page
    again = await _draft(boss, text_fr="Venez à la fête, ça ira ’demain’", gap_fr="", not_after="2026-12-12T12:00")
    assert again == path, "sent twice it is kept once"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"text_en": "{nom}, come"}, "{nom} at character 1 is no field"),
        ({"text_en": ""}, "Write the text in one language"),
        ({"text_en": "come on {date}"}, "English: it has {date}: choose the day"),
        ({"text_en": "come?", "asks": "yes"}, "what 1 and 2 mean"),
        ({"to": "commune:Nowhere"}, ""),
        ({"to": "list:x.xlsx"}, "Choose the file"),
        ({"not_after": "2020-01-01T10:00"}, "This time is past"),
    ],
)
async def test_what_cannot_be_sent_is_shown_again_with_what_to_do(app: App, form: dict[str, str], said: str) -> None:
    boss = await signed_in(app, "supervisor")
    await boss.get("/broadcasts/new")
    answer = await boss.post("/broadcasts/new", **{"to": "all", **TEXTS, "gap_rn": "", "gap_fr": "", **form})
    if said:
        assert answer.status_code == 422
        assert said in answer.text.replace("&#39;", "'")
        assert await rows(app, select(t.broadcasts.c.id)) == []
    else:
        assert (await boss.get(answer.headers["location"])).status_code == 422


async def test_readers_about_whom_nobody_has_decided_stop_it(app: App) -> None:
    boss = await signed_in(app, "supervisor")
    path = await _draft(boss, gap_rn="")
    page = (await boss.get(path)).text
    assert "no text, and nobody has said what they get" in page
    assert "Approve and send" not in page
    assert (await boss.post(f"{path}/send", number="1")).status_code == 422
    fixed = await boss.post(f"{path}/draft", **{"to": "women", **TEXTS})
    assert fixed.status_code == 303
    assert "Approve and send" in (await boss.get(path)).text
    assert (await _row(app)).audience["asked"] == "women"


async def test_a_list_is_taken_from_a_file(app: App) -> None:
    boss = await signed_in(app, "supervisor")
    await boss.get("/broadcasts/new")
    sheet = f"association,name\n07,{INSIDE}\n".encode()
    form = {"csrf": boss.token, "to": "all", **TEXTS}
    answer = await boss.http.post("/broadcasts/new", data=form, files={"sheet": ("fair.csv", sheet)})
    assert answer.status_code == 303
    path = answer.headers["location"]
    assert await _number(boss, path) == 1
    assert (await _row(app)).audience["asked"] == "list:fair.csv"
    await boss.get(path)
    assert (await boss.post(f"{path}/draft", **{"to": "list:fair.csv", **TEXTS})).status_code == 303
    wrong = {"sheet": ("fair.csv", b"association,name\n07,Nobody\n")}
    refused = await boss.http.post("/broadcasts/new", data=form, files=wrong)
    assert refused.status_code == 422
    assert "fair.csv row 2: nobody of the roster" in refused.text
    await boss.post("/account/language", language="fr")
    refused = await boss.http.post("/broadcasts/new", data=form, files=wrong)
    assert "fair.csv, ligne 2\u00a0: personne de ce nom ou de ce numéro" in refused.text
    assert "Corrigez ces lignes, ou enlevez-les." in refused.text


async def test_the_history_counts_delivery_answers_and_cost(app: App) -> None:
    boss, staff = await signed_in(app, "supervisor"), await signed_in(app, "staff")
    path = await _draft(boss)
    await boss.post(f"{path}/send", number=str(await _number(boss, path)))
    row = await _row(app)
    first = (await rows(app, select(t.recipients).where(t.recipients.c.state == "waiting")))[0]
    text = {
        "id": 99_000,
        "address_id": first.address_id,
        "channel": "phone",
        "text": "x",
        "parts": 2,
        "key": "broadcast",
    }
    text |= {"kind": "broadcast", "language": "en", "due_at": row.made_at, "made_at": row.made_at}
    mine = (t.recipients.c.broadcast_id == row.id) & (t.recipients.c.address_id == first.address_id)
    await write(
        app,
        update(t.broadcasts).values(state="sending", asks=True),
        insert(t.outbox).values(state="delivered", broadcast_id=row.id, sent_at=row.made_at, **text),
        update(t.recipients).where(mine).values(state="queued", outbox_id=99_000, answer="yes"),
    )
    for browser in (boss, staff):
        found = (await browser.get("/broadcasts.json")).json()[0]
        assert (found["arrived"], found["failed"], found["yes"], found["parts"]) == (1, 0, 1, 2)
        assert found["under_way"] == row.number - 1
        assert found["bif"] is None
    assert (await staff.get(path)).status_code == 404
    assert "answered yes" in (await boss.get(path)).text
    copied = (await boss.get(f"/broadcasts/new?copy={row.id}")).text
    assert "{name} of {association}, come" in copied


async def test_approving_needs_the_password_once_more(app: App) -> None:
    boss = await signed_in(app, "supervisor")
    path = await _draft(boss)
    number = await _number(boss, path)
    await write(app, update(t.sessions).values(confirmed_at=app.clock.now() - timedelta(minutes=6)))
    assert 'name="confirm"' in (await boss.post(f"{path}/send", number=str(number))).text
    assert (await _row(app)).state == "draft"
