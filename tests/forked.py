"""Imported by the process that others are forked from (tests/processes.py): it has lived, and knows the commands."""

from __future__ import annotations

import typer.main

from bot.__main__ import app
from tests.crash.warm import live_once

live_once()
typer.main.get_command(app)
