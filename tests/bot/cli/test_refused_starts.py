"""What a command says when the port is taken or the database's server is not there: a sentence, never a traceback."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from bot.app import App
from bot.settings import load
from tests.programme import Programme, command, free_port


@pytest.fixture
def programme(tmp_path: Path) -> Programme:
    return Programme(tmp_path, {})


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ("127.0.0.1", "Does it run already? Stop that, or take another port (web.port; `demo --port`)."),
        ("localhost:80", "Write 127.0.0.1, or 0.0.0.0 for every address of this machine."),
        ("192.0.2.1", "Write 127.0.0.1, or 0.0.0.0 for every address of this machine."),
    ],
)
def test_nobody_can_listen_there(programme: Programme, host: str, says: str) -> None:
    with socket.create_server(("127.0.0.1", programme.port)):
        refused = command(["run"], programme.environment | {"KURIKIRANA_WEB__HOST": host}, programme.folder)
    assert refused.returncode == 1
    last = refused.stderr.splitlines()[-1]
    assert last.startswith(f"web.host {host}, web.port {programme.port}: ") and last.endswith(says)


async def test_nobody_takes_the_port_between_the_look_and_the_start(
    programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    def settled() -> None:  # who calls now is answered once all stands
        early.connect(("127.0.0.1", programme.port))
        early.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        with pytest.raises(OSError, match="in use"), socket.create_server(("127.0.0.1", programme.port)):
            pass

    monkeypatch.setattr("bot.app.settle", settled)
    with socket.socket() as early:
        async with App.running(load(programme.folder / "kurikirana.toml", programme.environment)) as app:
            assert app.port == programme.port
            assert (await asyncio.to_thread(early.recv, 99)).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("words", ["doctor", "run", "totals", "reports --json", "admin list"])
def test_the_server_of_the_database_is_not_there(programme: Programme, words: str) -> None:
    url = f"postgresql://u:canary@127.0.0.1:{free_port()}/d?sslmode=require"  # as psql takes it
    refused = command(words.split(), programme.environment | {"KURIKIRANA_DATABASE__URL": url}, programme.folder)
    assert refused.returncode == 1
    assert (
        "cannot be reached (ConnectionRefusedError). Check database.url and that the server runs." in refused.stderr
    )
    assert "Traceback" not in refused.stderr and "canary" not in refused.stderr
