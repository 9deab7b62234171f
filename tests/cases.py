"""Many cases of microseconds in one test: an item for each takes every worker a millisecond to collect."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def cases(names: str, rows: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """As pytest.mark.parametrize, but one test. All cases are tried; each that fails is named with its values."""
    wanted, tried = names.replace(",", " ").split(), list(rows)

    def decorate(test: Callable[..., None]) -> Callable[[], None]:
        def every_case() -> None:
            assert tried, "no case"
            failed = []
            for row in tried:
                values = dict(zip(wanted, row if len(wanted) > 1 else (row,), strict=True))
                try:
                    test(**values)
                except Exception as error:  # noqa: BLE001 - all are raised together below
                    error.add_note(f"case: {values!r}")
                    failed.append(error)
            if failed:
                raise ExceptionGroup(f"{len(failed)} of {len(tried)} cases", failed)

        every_case.__name__, every_case.__doc__, every_case.__module__ = test.__name__, test.__doc__, test.__module__
        return every_case

    return decorate
