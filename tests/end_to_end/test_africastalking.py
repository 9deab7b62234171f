"""The service with an Africa's Talking that behaves as its documentation says: pages, calls, reports."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from tests.programme import ODETTE, Programme, database_rows, free_port, small_roster

SECRET = "the-secret-of-the-path"


class AfricasTalking:
    """An account on the loopback: its inbox, and what it was ordered to send."""

    def __init__(self) -> None:
        self.port = free_port()
        self.inbox: list[dict[str, Any]] = []
        self.sent: list[dict[str, str]] = []

    @property
    def settings(self) -> dict[str, str]:
        """The service's [channels.africastalking]."""
        url = f"http://127.0.0.1:{self.port}"
        return {"username": "rutana", "api_key": "key-canary", "api_url": url, "sender": "21512", "secret": SECRET}

    def hears(self, text: str) -> dict[str, str]:
        """An SMS has come in; the fields of the call that it makes, or does not get through with."""
        number, now = len(self.inbox) + 1, datetime.now(UTC)
        sms = {"linkId": f"0309{number}", "text": text, "to": "21512", "from": ODETTE}
        self.inbox.append(sms | {"id": number, "date": now.strftime("%Y-%m-%dT%H:%M:%S.445Z")})
        return sms | {"id": f"uuid-{number}", "date": now.strftime("%Y-%m-%d %H:%M:%S")}

    async def _messaging(self, request: web.Request) -> web.Response:
        if request.headers["apiKey"] != "key-canary":
            return web.Response(status=401, text="The supplied authentication is invalid")
        if request.method == "GET":
            after = int(request.query["lastReceivedId"])
            page = [each for each in self.inbox if each["id"] > after][:2]
            return web.json_response({"SMSMessageData": {"Messages": page}})
        form = await request.post()
        self.sent.append({name: str(value) for name, value in form.items()})
        one = {"statusCode": 101, "number": form["to"], "status": "Success", "messageId": f"ATXid_{len(self.sent)}"}
        data = {"Message": "Sent to 1/1", "Recipients": [one | {"cost": "BIF 40.0000"}]}
        return web.json_response({"SMSMessageData": data}, status=201)

    async def _user(self, request: web.Request) -> web.Response:
        return web.json_response({"UserData": {"balance": "BIF 1785.50"}})

    async def __aenter__(self) -> AfricasTalking:
        site = web.Application()
        site.router.add_route("*", "/version1/messaging", self._messaging)
        site.router.add_get("/version1/user", self._user)
        self._runner = web.AppRunner(site)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        return self

    async def __aexit__(self, *reason: object) -> None:
        await self._runner.cleanup()


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.05)


async def test_what_came_while_we_were_away_counts_once_and_is_answered(tmp_path: Path) -> None:
    async with AfricasTalking() as provider:
        programme = Programme(tmp_path, {"africastalking": provider.settings})
        programme.bring(small_roster())
        missed = provider.hears("12 11 3 12 7 5 3")
        async with programme, aiohttp.ClientSession() as http:

            async def call(what: str, fields: dict[str, str], secret: str = SECRET) -> int:
                url = f"{programme.url}/channels/africastalking/{secret}/{what}"
                async with http.post(url, data=fields) as answer:
                    assert await answer.read() == b""
                    return answer.status

            def states() -> list[tuple[Any, ...]]:
                return database_rows(tmp_path, "select state, provider_id from outbox order by id")

            await until(lambda: provider.sent)
            assert "No 1 OK" in provider.sent[0]["message"]
            assert (provider.sent[0]["to"], provider.sent[0]["from"]) == (ODETTE, "21512")
            assert [await call("incoming", missed) for _ in range(3)] == [200, 200, 200], "a call that came late"
            assert await call("incoming", missed | {"text": "x"}, "wrong") == 403
            await until(lambda: states() == [("sent", "ATXid_1")])
            report = {"id": "ATXid_1", "status": "Success", "phoneNumber": ODETTE, "networkCode": "99999"}
            assert await call("status", report) == 200
            await until(lambda: states() == [("delivered", "ATXid_1")])
            assert await call("incoming", provider.hears("HELP")) == 200
            await until(lambda: len(provider.sent) == 2)
            said = await asyncio.to_thread(programme.command, "doctor", code=1)  # the rest of it is not set up
            assert "tips are drafts -> kurikirana tips list --draft" in said
            assert "ok  africastalking\n" in said
            reports = await asyncio.to_thread(programme.json, "reports")
            assert [each["state"] for each in reports] == ["reported"]
            assert len(await asyncio.to_thread(programme.json, "messages")) == 2
    for canary in (ODETTE, "79123456", "key-canary", SECRET):
        assert canary not in programme.log
