"""Whatever a leader answers to whatever is open, and whatever form staff replace meanwhile, no turn fails."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from bot import forms
from bot.store import listing
from bot.store.tables import inbox
from tests.examples import THOROUGH
from tests.play_lines import PhoneLine
from tests.play_service import asking, service

FORMS = Path(__file__).parents[1] / "conversations"
TEXTS = (
    *(
        "1",
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "9",
        "0",
        "X",
        "yes",
        "no",
        "oya",
        "?",
        "...",
        "13",
        "12 7",
        "5 3",
        "15 3",
    ),
    *(
        "F12",
        "M7",
        "NF5",
        "NM3",
        "N8",
        "12/11",
        "25/12",
        "yesterday",
        "4 6 9",
        "6 4 6 9",
        "6 4 6 8",
        "J6 D4",
        "O",
        "l2",
    ),
    *("HELP", "FIX", "CORR", "BACK", "CANCEL", "DATA", "LANG", "CALL", "TOTALS", "BIZ", "START", "ROAD", "SMS"),
    *("12 11 3 12 7 5 3", "13/11 3 12 7 8", "14/11 13 70 5 3 3", "12/11 3 12 7 NM3", "16/11 3 1 1 0 0 D4 R6 C8"),
    *("15/11 3 1 1 0 0 J6 D4 R6 C8", "17/11 1 12 7 0 0 D4 R6 C8", "18/11 2 12 7 0 0 D4 R6 C8", "6 4 6", "4 6"),
    *(
        "FORM 12/11",
        "FORM 12/11 AGRI",
        "12/11 3 12 7 5 3 well done",
        "BIZ 1 450000 210000 2 5",
        "450000",
        "1 2 6 bags",
    ),
    *(
        "CROP",
        "CROP 12/11 rutana kivoga rice 500 5",
        "CROP 13/11 giharo",
        "rice",
        "other",
        "muzye",
        "500 10",
        "Kivoga",
    ),
    *(
        "how do I repair the belt",
        "It went well",
        "hello",
        "thank you",
        "processing",
        "machine",
        "79 11 22 33",
        "a {name}",
    ),
)


async def test_no_turn_fails(tmp_path: Path) -> None:
    chance = random.Random(3)
    async with service(tmp_path) as app, asking(tmp_path, "") as ask:
        async with app.database.read() as tx:
            (person,) = await listing.people_named(tx, "ABAHUZA ODETTE")
        line = PhoneLine(app, ask, str(person["phone"]))
        said: list[str] = []
        for number in range(3000 if THOROUGH else 250):
            if number % 20 == 0:
                form = forms.load(FORMS / chance.choice(("crop.md", "crop_fewer.md", "seed.md")))
                app.turns.forms[form.name] = form
            if number % 25 == 24:
                await line.move(timedelta(hours=chance.choice((1, 25, 49))))
            said.append(chance.choice(TEXTS))
            await line.send(said[-1])
            answers = [shown.text for shown in await line.answers()]
            assert not any("{" in text.replace("{name}", "") for text in answers), (said[-5:], answers)
            async with app.database.read() as tx:
                aside = (await tx.execute(select(inbox.c.id).where(inbox.c.state == "quarantined"))).all()
            assert not aside, said[-8:]
