"""Structured logs: one JSON object a line, ids only. Third parties' loggers that tell secrets are muted."""

from __future__ import annotations

import logging
import sys
from pathlib import PureWindowsPath

import structlog

_TELL_TOO_MUCH = (
    "aiosqlite",
    "alembic",
    "httpx",
    "httpcore",
    "telegram",
    "aiohttp.access",
    "uvicorn.access",
    "apscheduler",
)
"""httpx logs every URL at INFO, and the bot's token is part of Telegram's URLs (measured)."""


def configure(level: str = "INFO", *, human: bool = False) -> None:
    """Set up once, at start. `human` writes for a terminal instead of JSON."""
    for name in _TELL_TOO_MUCH:
        logging.getLogger(name).setLevel(logging.WARNING)
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if human else structlog.processors.JSONRenderer()
    )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _exception,
    ]
    to_error = logging.StreamHandler(sys.stderr)
    finish = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
    to_error.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=finish))
    logging.basicConfig(level=level, handlers=[to_error], force=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _exception(logger: object, name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Where it failed, without the values that stood there: a traceback's text may hold a message."""
    error = event.pop("exc_info", None)
    if isinstance(error, tuple):
        error = error[1]
    elif error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        lines, trace = [], error.__traceback__
        while trace is not None:
            lines.append(f"{PureWindowsPath(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}")
            trace = trace.tb_next
        event["error"], event["at"] = type(error).__name__, " ".join(lines[-8:])
    return event
