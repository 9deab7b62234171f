"""Scripts of tests/conversations on PostgreSQL: some in `make test`, every one in `make thorough`."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.databases import copy_of, postgres_server, with_schema
from tests.examples import THOROUGH
from tests.play import play
from tests.play_service import begin
from tests.test_conversations import SCRIPTS

__all__ = ["postgres_server"]
pytestmark = pytest.mark.postgres
_begun: list[str] = []


@pytest.fixture
async def url(postgres_server: str, tmp_path: Path) -> AsyncIterator[str]:
    """A copy of a database that the process has begun."""
    if not _begun:
        name = f"programme{os.getpid()}"
        await begin(tmp_path, await with_schema(postgres_server, name))
        _begun.append(name)
    async with copy_of(_begun[0], postgres_server, f"played{os.getpid()}") as copy:
        yield copy


@pytest.mark.parametrize("script", SCRIPTS[:: 1 if THOROUGH else 30], ids=lambda script: script.stem)
async def test_conversation(script: Path, url: str, tmp_path: Path) -> None:
    await play(script.read_text(encoding="utf-8"), script.name, tmp_path, url)
