"""A broadcast as an officer sends it from the command line, through the running service to a gateway."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.channels.base import Arrival
from bot.programme.roster import Leader, Roster
from tests.end_to_end.inside import Inside
from tests.programme import AGNES, AGREED, JEAN, ODETTE, STAFF, Gateway, small_roster

FAIR = """\
en = "OIM: {name} ({association}), the Fair is on {date}. Will you come? 1 yes 2 no"
fr = "OIM: {name} ({association}), la Foire est le {date}. Venez-vous? 1 oui 2 non"
asks = true
date = 2026-12-12
[missing]
rn = "fr"
"""


def roster() -> Roster:
    """The small one, and three who share Odette's phone, want calls, or have not agreed."""
    small = small_roster()
    more = (
        Leader("07", "Marie Ndayizeye", "Marie", "F", ODETTE, "en", phone_is="shared", **AGREED),
        replace(Leader("11", "Ange Niyonzima", "Ange", "F", "+25779123461", "rn", **AGREED), channel="call"),
        Leader("11", "Paul Niyonzima", "Paul", "M", "+25779123462", "rn"),
    )
    odette, *others = small.leaders
    return replace(small, leaders=(replace(odette, phone_is="shared"), *others, *more))


@asynccontextmanager
async def programme(folder: Path, more: str = "") -> AsyncIterator[Inside]:
    """The programme of these tests with a gateway that takes everything."""
    (folder / "fair.toml").write_text(FAIR)
    async with Gateway() as gateway:
        inside = Inside(folder, gateway, more)
        await inside.bring(roster())
        yield inside


async def ended(inside: Inside, number: int, state: str = "done", within_s: float = 30) -> Any:
    """The broadcast as JSON once it is in this state."""
    async with asyncio.timeout(within_s):
        while (found := await inside.json("broadcast", str(number)))["state"] != state:
            await asyncio.sleep(0.1)
        return found


async def test_from_the_plan_to_the_report(tmp_path: Path) -> None:
    async with programme(tmp_path) as inside:
        send = ("broadcast", "new", "--to", "all", "--text", str(tmp_path / "fair.toml"))
        async with inside.service():
            plan = await inside.json(*send, "--dry-run")
            assert (plan["people"], plan["phones"], plan["chats"], plan["number"]) == (4, 3, 0, 3)
            assert plan["left_out"] == {"wants calls": 1, "not agreed yet": 1}
            assert plan["cost_bif"] is None
            assert "3, not 4" in await inside.command(*send, "--yes", "4", code=1)
            nobody = ("broadcast", "new", "--to", "report:training:2026-04-01", *send[4:])
            assert "reaches nobody" in await inside.command(*nobody, "--yes", "0", code=1)
            assert await inside.json("broadcast", "list") == []
            draft = await inside.json(*send)
            assert draft["state"] == "draft"
            done = await inside.json(*send, "--no-undo", "--yes", "3")
            assert (done["id"], done["state"], done["number"]) == (draft["id"], "approved", 3)
            again = await inside.json(*send, "--no-undo", "--yes", "3")
            assert again["already"] and again["id"] == done["id"]
            report = await ended(inside, done["id"])
        assert sorted(inside.gateway.sent) == [
            (ODETTE, "OIM: Odette (ABAHUZA), the Fair is on 12/12. Will you come? 1 yes 2 no"),
            (JEAN, "OIM: Jean (ABAHUZA), la Foire est le 12/12. Venez-vous? 1 oui 2 non"),
            (AGNES, "OIM: Agnes (TWIYUNGE), la Foire est le 12/12. Venez-vous? 1 oui 2 non"),
        ]
        assert report["states"] == {"sent": 3, "left_out": 2}
        assert "3  Left our phone, no receipt yet" in await inside.command("broadcast", str(done["id"]))


async def test_called_off_within_the_minute_nothing_leaves(tmp_path: Path) -> None:
    async with programme(tmp_path) as inside, inside.service():
        send = ("broadcast", "new", "--to", "association:07", "--text", str(tmp_path / "fair.toml"))
        draft = str((await inside.json(*send))["id"])
        plan = await inside.json("broadcast", "send", draft, "--dry-run")
        assert (plan["number"], plan["state"], plan["dry_run"]) == (2, "draft", True)
        made = await inside.json(*send, "--yes", "2")
        assert made["state"] == "approved"
        assert (await inside.json("broadcast", "stop", draft, "--dry-run"))["stopped"] == 2
        assert (await inside.json("broadcast", "retry", draft, "--dry-run"))["number"] == 0
        assert (await inside.json("broadcast", draft))["state"] == "approved", "nothing was stopped"
        assert (await inside.json("broadcast", "stop", str(made["id"])))["stopped"] == 2
        await inside.app.broadcasts.look()
        found = await inside.json("broadcast", str(made["id"]))
        assert (found["state"], found["states"]) == ("stopped", {"cancelled": 2})
        assert inside.gateway.sent == []
        again = await inside.command(*send, "--yes", "2", both=True)
        again = " ".join(again.split())
        assert f"It is broadcast {draft}, which was stopped. Nothing was made." in again
        assert "To send it once more, submit it again after " in again


async def _says(inside: Inside, phone: str, text: str, key: str) -> str:
    """A leader sends an SMS; what we answered."""
    before = len(inside.gateway.sent)
    await inside.app.inbox.arrivals([Arrival("kannel", key, "tel", phone, text=text)])
    async with asyncio.timeout(20):
        while len(inside.gateway.sent) == before:
            await asyncio.sleep(0.05)
    return inside.gateway.sent[-1][1]


async def test_answers_are_counted_and_menu_digits_stay_what_they_are(tmp_path: Path) -> None:
    async with programme(tmp_path) as inside, inside.service():
        assert (await _says(inside, AGNES, "1", "a1")).startswith("Formation 1/4")
        assert "will call you" in await _says(inside, ODETTE, "9", "o0")
        send = ("broadcast", "new", "--to", "all", "--text", str(tmp_path / "fair.toml"), "--no-undo", "--yes", "3")
        number = str((await inside.json(*send))["id"])
        await ended(inside, int(number))
        assert await _says(inside, ODETTE, "1", "o1") == "OIM: Thank you. Your answer is yes."
        assert "no call" in await _says(inside, ODETTE, "0", "o00"), "what the call's text says still holds"
        assert "Your answer" not in await _says(inside, ODETTE, "1", "o2"), "the menu's digit again"
        assert await _says(inside, JEAN, "non, je suis à Gitega", "j1") == "OIM: Merci. Votre réponse est non."
        assert [row["text"] for row in await inside.json("inbox")] == ["non, je suis à Gitega"]
        assert "réponse est" not in await _says(inside, AGNES, "1", "a2"), "it belongs to her half-made report"
        found = await inside.json("broadcast", number)
        assert found["answers"] == {"yes": 1, "no": 1}
        assert "Answers: 1 yes, 1 no, 1 question to read" in await inside.command("broadcast", number)


async def test_its_texts_are_tried_on_the_phone_of_one_of_the_team(tmp_path: Path) -> None:
    async with programme(tmp_path) as inside, inside.service():
        draft = await inside.json("broadcast", "new", "--to", "all", "--text", str(tmp_path / "fair.toml"))
        number = str(draft["id"])
        said = await inside.command("broadcast", "test", number, "--as", "Odette", code=1)
        assert "nobody of the team is called 'Odette' and has a phone or a chat" in said
        assert (await inside.json("broadcast", "test", number, "--as", "eric"))["texts"] == 2
        async with asyncio.timeout(20):
            while len(inside.gateway.sent) < 2:
                await asyncio.sleep(0.05)
        assert sorted(inside.gateway.sent) == [
            (STAFF[0].phone, "OIM: Eric (OIM), la Foire est le 12/12. Venez-vous? 1 oui 2 non"),
            (STAFF[0].phone, "OIM: Eric (OIM), the Fair is on 12/12. Will you come? 1 yes 2 no"),
        ]
        assert (await inside.json("broadcast", number))["state"] == "draft"
