"""What every worker would make anew at the same moment is made once before they start, by a process per core.

In a fresh clone that is the tests themselves, which pytest rewrites so that an assertion says what it compared
(nine seconds of processor), the modules beside them, and hypothesis' table of characters (three).
"""

from __future__ import annotations

import compileall
import os
import sys
import warnings
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest
from _pytest.assertion import rewrite
from hypothesis import strategies

TESTS = Path(__file__).parent


def compile_once(config: pytest.Config) -> None:
    """For processes that start after this. Where none may be kept, nothing is done."""
    if sys.dont_write_bytecode or sys.platform == "win32":
        return
    files = sorted(TESTS.rglob("*.py"), key=lambda file: -file.stat().st_size)
    work: list[Callable[[], object]] = [
        strategies.text().validate,
        *(partial(_compile, config, one) for one in files),
    ]
    children = [get_context("fork").Process(target=_do, args=(work[n::_CORES],)) for n in range(_CORES)]
    for child in children:
        child.start()
    for child in children:
        child.join()


_CORES = os.cpu_count() or 1


def _do(work: list[Callable[[], object]]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is to be said of a module is said by who imports it
        for one in work:
            one()


def _compile(config: pytest.Config, file: Path) -> None:
    """As pytest does it at import; what cannot be compiled is said there."""
    if not file.name.startswith("test_") and file.name != "conftest.py":
        compileall.compile_file(file, quiet=2)
        return
    kept = rewrite.get_cache_dir(file) / (file.stem + rewrite.PYC_TAIL)
    if rewrite._read_pyc(file, kept) is None and rewrite.try_makedirs(kept.parent):
        try:
            source, code = rewrite._rewrite_test(file, config)
        except (SyntaxError, ValueError):
            return
        rewrite._write_pyc(config.stash[rewrite.assertstate_key], code, source, kept)
