"""How the running service's channels are: asked of the service itself, since no table has it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp

from bot import control
from bot.cli import base
from bot.settings import Settings
from handlers.team.waiting import STUCK

PATIENCE_S = 5
_EVERYWHERE = ("0.0.0.0", "::", "")


def leaving(settings: Settings, told: str) -> str:
    """`told` of a text that is on its way; without a service it waits for one."""
    return told if base.run(control.served(settings)) else "No service runs: it leaves once `kurikirana run` does."


def states(settings: Settings, now: datetime) -> list[dict[str, Any]] | None:
    """Each channel with its state: ok, silent, full, refused; None when no service answers here."""
    return base.run(seen(settings, now))


async def seen(settings: Settings, now: datetime) -> list[dict[str, Any]] | None:
    """The same, within a loop."""
    host = "127.0.0.1" if settings.web.host in _EVERYWHERE else settings.web.host
    found = await _asked(f"http://{host}:{settings.web.port}/healthz")
    return None if found is None else [_state(one, now) for one in found]


async def _asked(url: str) -> Sequence[dict[str, Any]] | None:
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE_S)) as http,
            http.get(url) as answer,
        ):
            said = await answer.json()
    except (TimeoutError, aiohttp.ClientError, ValueError):
        return None
    channels = said.get("channels") if isinstance(said, dict) else None
    return channels if isinstance(channels, list) else None


def _state(one: dict[str, Any], now: datetime) -> dict[str, Any]:
    heard = datetime.fromisoformat(one["heard_at"]) if one["heard_at"] else None
    state = "refused" if one["broken"] else "full" if one["full"] else "ok"
    if state == "ok" and heard and now - heard > STUCK:
        state = "silent"
    return {"channel": one["name"], "state": state, "heard_at": heard, "rest": one.get("rest")}


def lines(found: Sequence[dict[str, Any]] | None, zone: ZoneInfo) -> Iterator[str]:
    """The same in words."""
    if found is None:
        yield "Gateway: no service answers here, so its state is not known. See `kurikirana doctor`."
        return
    words = {
        "ok": "no fault known",
        "full": "its SIM has sent all that it may today",
        "refused": "its account or its settings are refused; see `kurikirana doctor`",
        "silent": "silent for more than 15 minutes: wake the phone",
    }
    for one in found:
        heard = f", last heard {one['heard_at'].astimezone(zone):%d/%m %H:%M} (local)" if one["heard_at"] else ""
        rest = f", {one['rest']} SMS left for today" if one["rest"] else ""
        yield f"{one['channel']}: {words[one['state']]}{heard}{rest}"
