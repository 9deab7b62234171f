"""The real service, `python -m bot run`, with its clock moved to a month of quarterly questions.

`python -m benchmarks.service SETTINGS OFFSET_S [PROFILE]`: the same start as the command `run`; with PROFILE it
writes cProfile's figures there when it is stopped.
"""

from __future__ import annotations

import asyncio
import cProfile
import sys
from datetime import timedelta
from pathlib import Path

from bot import logs
from bot import settings as settings_file
from bot.cli import base, service
from bot.clock import Clock


def main(settings: Path, offset_s: float, profile: str = "") -> None:
    """Run until stopped."""
    logs.configure("WARNING")
    serving = service._serve(settings_file.load(settings), Clock(timedelta(seconds=offset_s)))
    if not profile:
        base.run(serving)
        return
    profiler = cProfile.Profile()
    try:
        with asyncio.Runner(loop_factory=base.loop_factory()) as runner:
            profiler.runcall(runner.run, serving)
    finally:
        profiler.dump_stats(profile)


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), *sys.argv[3:4])
