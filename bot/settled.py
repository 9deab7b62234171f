"""What a start has built is left alone by the collector: looking at it again and again cost 5 % of an answer."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache


@contextmanager
def unwatched() -> Iterator[None]:
    """While modules are imported, which stay: looking for what may go took a fifth of that time.

    Who is tired of waiting and presses Ctrl-C reads no traceback.
    """
    gc.disable()
    try:
        yield
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    finally:
        gc.freeze()
        gc.enable()


@cache
def settle() -> None:
    """Leave what is there now to itself, and look more rarely.

    Once in a process: where one service is started after another, what the last one left must go.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
