"""What belongs to a chat at Telegram: its commands by role and language, its new id, the card that opens it."""

from __future__ import annotations

import importlib
import json
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import control
from bot.channels.telegram_profile import SHOWN
from bot.programme import certificates
from bot.programme.roster import Staff
from tests.botapi import Emulator
from tests.botapi_updates import Fault, error
from tests.end_to_end.chats import Chats, chats_fixture  # noqa: F401
from tests.end_to_end.inside import Inside
from tests.programme import Gateway, small_roster


@pytest.fixture
def botapi() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


def shown(botapi: Emulator, chat: int) -> dict[str, str]:
    """The commands that this chat was given last."""
    found: dict[str, str] = {}
    for given in botapi.called("setMyCommands"):
        scope = json.loads(given.get("scope") or "{}")
        if str(scope.get("chat_id")) == str(chat):
            found = {one["command"]: one["description"] for one in json.loads(given["commands"])}
    return found


async def test_each_chat_shows_the_commands_of_its_role_in_its_language(chats: Chats) -> None:
    odette = await chats.odette()
    assert shown(chats.botapi, 4711) == SHOWN["leader"]["en"]
    await chats.says(odette, "/language")
    await chats.presses(odette, "Français")
    assert shown(chats.botapi, 4711) == SHOWN["leader"]["fr"]
    await chats.eric(31)
    await chats.one_of_the_team("Beatrice", 41, "Français")
    assert shown(chats.botapi, 31) == SHOWN["officer"]["en"] and "today" in shown(chats.botapi, 31)
    assert shown(chats.botapi, 41) == SHOWN["safeguarding"]["fr"]
    assert shown(chats.botapi, 4711) == SHOWN["leader"]["fr"], "nobody else's changed"
    for lists in SHOWN.values():
        for commands in lists.values():
            assert len(commands) <= 100 and all(name.islower() and len(name) <= 32 for name in commands)


@pytest.mark.fault("B8")
async def test_a_chat_that_moved_is_written_to_at_its_new_id(chats: Chats) -> None:
    odette = await chats.odette()
    new = chats.botapi.user(-1_009, "Odette")
    chats.botapi.fail("sendMessage", _moved(-1_009))
    odette.says("/help")
    await chats.settled()
    assert "report a training" in new.sees[-1].text
    ids = {row["value"]: row["active"] for row in await chats.rows("addresses", scheme="telegram")}
    assert ids == {"-1009": True}
    assert [row["state"] for row in await chats.rows("outbox")][-1] in ("sent", "delivered")


def _moved(to: int) -> Fault:
    return error(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=to)


# --- certificates ---


async def _cards(chats: Chats, **details: Any) -> list[dict[str, Any]]:
    """As the command gets them from the running service."""
    return list(await control.act(chats.app.settings, "certificates", {"who": "test", **details}))


async def test_a_card_opens_her_own_chat_once_and_is_made_once(chats: Chats) -> None:
    await chats.odette()
    cards = await _cards(chats)
    assert [card["name"] for card in cards] == ["Jean Ndayizeye", "Agnes Nizigama"], "Odette has a chat"
    assert await _cards(chats) == [], "their cards wait to be used"
    assert len(await _cards(chats, again=True, association="11")) == 1
    jean = chats.botapi.user(4712, "Jean")
    jean.starts(cards[0]["token"])
    await chats.presses(jean, "Français")
    assert jean.sees[-1].keyboard[0] == ["📋 Formation", "🏪 Activité"]
    thief = chats.botapi.user(666, "Thief")
    thief.starts(cards[0]["token"])
    await chats.settled()
    assert "QR" in thief.sees[-1].text
    assert [card["name"] for card in await _cards(chats, again=True)] == ["Agnes Nizigama"]
    tokens = {card["token"] for card in cards}
    noted = [row for row in await chats.rows("audit") if row["what"] == "certificates"]
    assert len(noted) == 4 and not [token for token in tokens if token in str(noted)]


async def test_the_commands_print_links_cards_and_no_key_twice(tmp_path: Path, botapi: Emulator) -> None:
    telegram = f'[channels.telegram]\ntoken = "{botapi.token}"\napi_url = "{botapi.url}"\n'
    async with Gateway() as gateway:
        programme_ = Inside(tmp_path, gateway, telegram)
        await programme_.bring(small_roster())
        file = tmp_path / "cards.pdf"
        listed = await programme_.command("certificates", str(file), "--dry-run")
        assert "Odette Ninahazwe" in listed and not file.exists()
        await programme_.command("certificates", str(file))
        assert file.read_bytes().startswith(b"%PDF") and stat.S_IMODE(file.stat().st_mode) == 0o600
        assert "Nobody needs a card" in await programme_.command("certificates", str(file), code=1)
        await programme_.command("certificates", str(file), "--again", "--bot", "https://t.me/other_bot")
        token = (await programme_.command("token", "ABAHUZA ODETTE")).strip()
        assert len(token) == 32


async def test_a_mentor_who_is_called_as_a_leader_is_gets_a_link_too(botapi: Emulator, tmp_path: Path) -> None:
    telegram = f'[channels.telegram]\ntoken = "{botapi.token}"\napi_url = "{botapi.url}"\n'
    roster = small_roster()
    roster = replace(roster, staff=(*roster.staff, Staff("Jean", "mentor")))
    async with Gateway() as gateway:
        programme_ = Inside(tmp_path, gateway, telegram)
        await programme_.bring(roster)
        why = await programme_.command("token", "JEAN", code=1)
        assert "2 people are called 'JEAN': ABAHUZA Jean, mentor Jean; write one of these" in " ".join(why.split())
        for name in ("ABAHUZA JEAN", "mentor Jean"):
            assert len((await programme_.command("token", name)).strip()) == 32


def test_eight_stand_on_a_page_whatever_the_names_are() -> None:
    typst: Any = importlib.import_module("typst")
    names = ['#import "x" $y$ *z* @w', "Nshimirimana-Ndayishimiye Marie Claire Espérance", "É", "<b>"] * 5
    card = {"no": "07", "language": "rn", "token": "t" * 32}
    given = certificates.inputs(
        [{**card, "name": name, "association": name} for name in names], "Rutana", "https://t.me/rutana_bot", "8585"
    )
    pages = typst.compile(certificates.TEMPLATE.read_bytes(), format="png", ppi=40, sys_inputs=given)
    assert len(pages) == 3
    codes = {one["code"] for one in json.loads(given["cards"])}
    assert codes == {certificates.code("https://t.me/rutana_bot?start=" + "t" * 32)}
