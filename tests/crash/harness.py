"""Kills the real service again and again, then looks what is left.

    python -m tests.crash.harness --kills 200

A process of its own: it imports everything once and forks each life of the service before it has a
thread or a connection. The phones and the gateway are processes too, and outlive the service.
Prints one JSON object: what was done and every broken promise.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from tests.crash import child, gateway, phones, programme
from tests.crash.check import Outcome
from tests.crash.child import Plan, Shared
from tests.crash.warm import warm

POINTS = ("before_commit", "after_commit", "inside_turn", "after_send")
IN_RECOVERY = ("inside_recovery", "before_commit", "after_commit", "inside_turn")
KILLS_PER_ROUND = 250
"""Then a new database: a round's checks name the seed that broke it."""
PAUSE_S = 0.03
"""A phone rests about so long between two messages."""
PATIENCE_S = 60.0
LOOKS_S = 0.005
"""Rest between two looks at a child; when it dies is drawn, not measured."""


def fork(work: Callable[[], None]) -> int:
    """A child that does this and nothing of ours after it."""
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
        os._exit(0)
    except BaseException:  # noqa: BLE001 - or the child would go on as a second harness
        traceback.print_exc()
    finally:
        os._exit(70)


def dead(pid: int, within_s: float) -> int | None:
    """The child's wait status, or None while it lives after so many seconds."""
    end = time.monotonic() + within_s
    while True:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return status
        if time.monotonic() >= end:
            return None
        time.sleep(LOOKS_S)


def killed(pid: int, shared: Shared, within_s: float) -> bool:
    """Wait until a life is ready, and then so long for its death; whether it had to be killed after that."""
    began = time.monotonic()
    while not shared.ready and dead(pid, 0) is None and time.monotonic() - began < PATIENCE_S:
        time.sleep(0.001)
    with suppress(ChildProcessError):  # it died before it was ready
        if dead(pid, within_s) is None:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return True
    return False


def wait(pid: int, within_s: float = PATIENCE_S) -> None:
    """Wait until a child has done what it had to do. Raises RuntimeError when it did not."""
    status = dead(pid, within_s)
    if status is None:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    if status != 0:
        raise RuntimeError(f"a helper process ended with {status}")


def listening() -> socket.socket:
    """A socket on a free port of this machine."""
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.bind(("127.0.0.1", 0))
    return found


class Round:
    """One database, its phones and its gateway, and many deaths."""

    def __init__(self, seed: int, folder: Path, planted: str = "", *, poison: bool = False) -> None:
        self.chance = random.Random(seed)
        self.today = date.today()
        self.shared, self.died, self.under_way = Shared(), Counter[str](), 0
        self.plan = Plan(planted=planted, poison=poison)
        self.nested = 0
        self._folder, gate, door = folder, listening(), listening()
        self.settings = programme.settings(folder, door.getsockname()[1], gate.getsockname()[1], self.today)
        door.close()
        self._logs = folder / "phones.json", folder / "gateway.json"
        wait(fork(lambda: asyncio.run(programme.make(self.settings))))
        first = programme.POISON if poison else ""
        port = self.settings.web.port
        self._gateway = fork(lambda: gateway.serve(gate, self._logs[1]))
        gate.close()
        self._phones = fork(lambda: phones.run((port,), seed, PAUSE_S, self.today, self._logs[0], first))

    def life(self, plan: Plan) -> int:
        """Start the service; returns its pid. Half of them do not know that the one before died, so they are not
        careful: they answer in the transaction that keeps."""
        self.shared.ready = self.shared.died_at_point = 0
        if not plan.poison and self.chance.random() < 0.5:
            self.settings.folder.joinpath("crash.db.lock").write_text("")
        return fork(lambda: child.live(self.settings, plan, self.shared))

    def kill(self, pid: int, why: str) -> None:
        """SIGKILL unless it is dead already."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(pid, 0)
        self.count(why)

    def count(self, why: str) -> None:
        self.died[why] += 1
        self.under_way += self.shared.under_way
        self.shared.under_way = 0

    def until_ready(self, pid: int) -> bool:
        """True when the service has recovered and listens; False when it died before."""
        end = time.monotonic() + PATIENCE_S
        while not self.shared.ready:
            if dead(pid, 0) is not None:
                return False
            if time.monotonic() > end:
                raise RuntimeError("the service did not start")
            time.sleep(LOOKS_S)
        return True

    def ordinary(self) -> None:
        """A life that recovers, works for a moment and dies at a point or at any time."""
        point = self.chance.choice((*POINTS, "any time", "any time"))
        nth = self.chance.choice((1, 1, 2, 3, 5, 8, 13))
        pid = self.life(replace(self.plan, point=point, nth=nth))
        if not self.until_ready(pid):
            raise RuntimeError("the service died by itself")
        within = self.chance.random() * 0.12 if point == "any time" else 0.3
        if dead(pid, within) is None:
            self.kill(pid, "any time")
        else:
            if not self.shared.died_at_point:
                raise RuntimeError("the service died by itself")
            self.count(point)

    def recovering(self) -> None:
        """A life that dies while it takes over what a dead one left."""
        point = self.chance.choice((*IN_RECOVERY, "any time"))
        nth = 1 if point == "inside_recovery" else self.chance.randint(1, 8)
        pid = self.life(replace(self.plan, point=point, nth=nth, early=True))
        within = self.chance.random() * 0.2 if point == "any time" else 0.5
        if dead(pid, within) is None:
            self.kill(pid, "any time" + (" in recovery" if not self.shared.ready else ""))
        else:
            self.count(point + (" in recovery" if not self.shared.ready else ""))
        self.nested += not self.shared.ready

    def deaths(self, how_many: int) -> None:
        """So many deaths; never three in one recovery, which is what sets a message aside."""
        while self.died.total() < how_many:
            self.ordinary()
            for _ in range(self.chance.choice((0, 0, 0, 0, 1, 2))):
                self.recovering()

    def finish(self) -> dict[str, Any]:
        """A last, clean life; then the checks."""
        pid = self.life(replace(self.plan, finish=True))
        os.kill(self._phones, signal.SIGTERM)
        wait(self._phones)
        self.shared.stopped = 1
        wait(pid)
        os.kill(self._gateway, signal.SIGTERM)
        wait(self._gateway)
        taken, counts = phones.read(self._logs[0])
        copies = json.loads(self._logs[1].read_text())
        poison = programme.POISON if self.plan.poison else ""
        outcome = Outcome(sqlite3.connect(self.settings.folder / "crash.db"), taken, copies, poison)
        broken = outcome.broken(self.under_way)
        done = {"deaths": self.died.total(), "nested": self.nested, "under_way": self.under_way}
        result = {**done, **counts, **outcome.measured(), "died": dict(self.died), "broken": broken}
        outcome.close()
        return result


SLOWEST_LIFE_S = 4.0
"""A life that is to end by itself gets so long to come that far, also on a machine with other work."""


def poison(one: Round) -> None:
    """A message whose turn ends the process: the service is started until it stays alive."""
    for _ in range(10):
        pid = one.life(one.plan)
        if dead(pid, SLOWEST_LIFE_S) is None:
            one.kill(pid, "by hand")
            return
        one.count("by the message")


def same_text(one: Round) -> None:
    """The process dies right after its first send, life after life."""
    for number in range(12):
        pid = one.life(replace(one.plan, point="after_send" if number else "", early=True))
        if dead(pid, SLOWEST_LIFE_S if number else 0.4) is None:
            one.kill(pid, "by hand")
        else:
            one.count("after_send")


def rounds(how_many: int, seed: int, planted: str, base: Path) -> dict[str, Any]:
    """So many deaths, a new database every KILLS_PER_ROUND."""
    total, broken = Counter[str](), []
    while how_many > 0:
        one = Round(seed, _folder(base, seed), planted)
        one.deaths(min(how_many, KILLS_PER_ROUND))
        result = one.finish()
        broken += [f"seed {seed}: {line}" for line in result.pop("broken")]
        total.update({f"died {why}": count for why, count in result.pop("died").items()})
        total.update(result)
        print(json.dumps({"seed": seed, **result}), file=sys.stderr, flush=True)
        how_many, seed = how_many - result["deaths"], seed + 1
        shutil.rmtree(one.settings.folder)
    return {**total, "broken": broken}


def _folder(base: Path, seed: int) -> Path:
    folder = base / str(seed)
    folder.mkdir()
    return folder


def main(arguments: Sequence[str] | None = None) -> None:
    parse = argparse.ArgumentParser()
    parse.add_argument("--kills", type=int, default=200)
    parse.add_argument("--seed", type=int, default=1)
    parse.add_argument("--planted", default="", choices=("", "early", "twice", "again"))
    parse.add_argument("--scenario", default="rounds", choices=("rounds", "poison", "same_text"))
    chosen = parse.parse_args(arguments)
    base = Path(tempfile.mkdtemp(prefix="kurikirana-crash-"))
    try:
        warm()
        began = time.monotonic()
        if chosen.scenario == "rounds":
            result = rounds(chosen.kills, chosen.seed, chosen.planted, base)
        else:
            one = Round(chosen.seed, _folder(base, 0), chosen.planted, poison=chosen.scenario == "poison")
            {"poison": poison, "same_text": same_text}[chosen.scenario](one)
            result = one.finish()
        print(json.dumps({"seconds": round(time.monotonic() - began, 1), **result}))
    finally:
        shutil.rmtree(base)


if __name__ == "__main__":
    main()
