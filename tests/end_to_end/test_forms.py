"""A form that staff wrote: added while the service runs, answered by its keyword at once, exported."""

# ruff: noqa: E501

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp

from tests.programme import ODETTE, Gateway, Programme, small_roster

FORM = """
| survey | type | name | label::English (en) | required | sms_position | constraint | constraint_message::English (en) |
|---|---|---|---|---|---|---|---|
|  | integer | bags | How many bags of seed? | yes | 1 | . < 1000 | Fewer than 1000 bags, please |
|  | select_one quality | quality | How good is it? | yes | 2 |  |  |

| choices | list_name | name | label::English (en) |
|---|---|---|---|
|  | quality | good | good |
|  | quality | bad | bad |

| settings | form_id | version | form_title::English (en) | sms_keyword |
|---|---|---|---|---|
|  | seed | 1 | Seed | SEED |
"""


async def test_a_form_of_the_staff(tmp_path: Path) -> None:
    gateway = Gateway()
    programme = Programme(tmp_path, {"kannel": gateway.settings})
    programme.bring(small_roster())
    (tmp_path / "broken.md").write_text(FORM.replace("integer", "number!").replace(". < 1000", ". < (1000"))
    problems = programme.command("forms", "check", "broken.md", code=1)
    assert "number!" in problems
    assert "survey" in problems
    (tmp_path / "taken.md").write_text(FORM.replace("| SEED |", "| STOP |").replace("| seed |", "| training |"))
    problems = programme.command("forms", "check", "taken.md", "--lang", "fr", code=1)
    assert "«\u00a0stop\u00a0» veut déjà dire stop" in problems
    assert "training est un de nos formulaires, et celui-ci n'a pas held_on, topics" in problems
    programme.command("forms", "add", "taken.md", code=1)
    (tmp_path / "seed.md").write_text(FORM)
    programme.command("forms", "check", "seed.md")

    async def says(text: str, key: str) -> str:
        before = len(gateway.sent)
        query = {"from": ODETTE, "to": "8585", "text": text, "id": key, "time": "1795000000"}
        async with aiohttp.ClientSession() as http:
            await http.get(f"{programme.url}/channels/kannel/s3cret/incoming", params=query)
        async with asyncio.timeout(30):
            while len(gateway.sent) == before:
                await asyncio.sleep(0.02)
        return gateway.sent[-1][1]

    async with gateway, programme:
        assert "person will read it" in await says("SEED 12 1", "a")
        programme.command("forms", "add", "seed.md")
        assert (await says("SEED 12 1", "b")).startswith("OIM No 1 OK. Seed:")
        assert "bags" in await says("SEED", "c")
        (stored,) = programme.json("reports")
        assert stored["form"] == "seed"
        assert stored["values"] == {"bags": 12, "quality": "good"}
        assert "seed" in programme.command("forms", "list")
