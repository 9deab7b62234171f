"""/healthz and /metrics: true, and silent about people."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot import health
from bot.app import App
from bot.errors import DatabaseError
from bot.settings import load
from tests.play_service import service
from tests.programme import ODETTE, Programme, free_port, small_roster


async def test_health_and_metrics(tmp_path: Path) -> None:
    provider = {
        "sendsms_url": f"http://127.0.0.1:{free_port()}/",
        "username": "u",
        "password": "p4ss",
        "secret": "s3",
    }
    programme = Programme(tmp_path, {"kannel": provider})
    programme.bring(small_roster())
    counted = 'kurikirana_arrived_total{channel="kannel",kind="text"} '
    async with programme, aiohttp.ClientSession() as http:
        async with http.get(f"{programme.url}/metrics") as answer:
            _, _, before = (await answer.text()).partition(counted)  # a process that others ran in has counted theirs
        query = {"from": ODETTE, "to": "8585", "text": "12 11 3 12 7 5 3", "id": "a"}
        async with http.get(f"{programme.url}/channels/kannel/s3/incoming", params=query) as answer:
            assert answer.status == 200
        async with http.get(f"{programme.url}/healthz") as answer:
            assert (await answer.json())["ok"] is True
        async with http.get(f"{programme.url}/metrics") as answer:
            metrics = await answer.text()
        assert f"{counted}{float(before.split()[0] if before else 0) + 1}\n" in metrics
        for secret in ("79123456", "Odette", "p4ss"):
            assert secret not in metrics
            assert secret not in programme.log
        for path in ("kannel/incoming", "kannel//incoming", "smsgate/incoming", "acme/s3/status", ""):
            # a gateway that calls a wrong address must not be told that all is well
            for method in ("GET", "POST"):
                async with http.request(method, f"{programme.url}/channels/{path}", params=query) as answer:
                    assert (answer.status, await answer.read()) == (404, b""), path
        for path in (
            "/",
            "/sim/people",
        ):  # the simulator exists only in the demo
            async with http.get(f"{programme.url}{path}", allow_redirects=False) as answer:
                assert (answer.status, answer.headers["location"][:8]) == (303, "/sign-in")


async def test_an_answer_does_not_wait_for_more_to_send(tmp_path: Path) -> None:
    """By asyncio's own loop, as on Windows: where a connection is not known for TCP each answer waits for 40 ms."""
    programme = Programme(tmp_path, {})
    settings = load(tmp_path / "kurikirana.toml", programme.environment)
    took = []
    async with App.running(settings), aiohttp.ClientSession() as http:
        for _ in range(30):
            began = time.perf_counter()
            async with http.get(f"{programme.url}/healthz") as answer:
                assert await answer.read()
            took.append(time.perf_counter() - began)
    assert min(took[10:]) < 0.03, "the first ones do not wait"


async def test_health_says_when_a_phone_was_heard(tmp_path: Path) -> None:
    phone = {"url": f"http://127.0.0.1:{free_port()}", "username": "u", "password": "p", "signing_key": "k"}
    programme = Programme(tmp_path, {"smsgate": phone})
    programme.bring(small_roster())
    async with programme, aiohttp.ClientSession() as http:
        event = json.dumps({"id": "1", "event": "system:ping", "payload": {}}).encode()
        at = str(int(time.time()))
        signed = hmac.new(b"k", event + at.encode(), hashlib.sha256).hexdigest()
        headers = {"X-Timestamp": at, "X-Signature": signed}
        async with http.post(f"{programme.url}/channels/smsgate/incoming", data=event, headers=headers) as answer:
            assert answer.status == 200
        async with http.get(f"{programme.url}/healthz") as answer:
            (state,) = (await answer.json())["channels"]
    assert state["name"] == "smsgate"
    assert state["heard_at"].startswith("20")


async def test_health_says_that_nothing_can_be_kept(tmp_path: Path) -> None:
    """The database answers, but takes nothing: every SMS is refused meanwhile (fault A10)."""

    async def full(tx: Any, items: Any) -> Any:
        raise OSError(28, "No space left on device")

    async with service(tmp_path) as app:
        get = next(one for one in health.routes(app) if getattr(one, "path", "") == "/healthz").endpoint
        assert (await get(None)).status_code == 200
        with pytest.raises(DatabaseError):
            await app.database.writer.do(full, 1)
        said = await get(None)
        assert said.status_code == 503 and b"is its disk full?" in said.body
        await app.guard.look()
        assert (await get(None)).status_code == 200
