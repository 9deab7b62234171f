"""Cases that are tried in one test: each that fails is named, and all are tried."""

from __future__ import annotations

import pytest

from tests.cases import cases


def test_each_case_that_fails_is_named_and_the_others_are_tried() -> None:
    tried = []

    @cases("number, double", [(1, 2), (2, 5), (3, 6), (4, 9)])
    def doubled(number: int, double: int) -> None:
        tried.append(number)
        assert 2 * number == double

    with pytest.raises(ExceptionGroup, match="2 of 4 cases") as failed:
        doubled()
    assert tried == [1, 2, 3, 4]
    assert [error.__notes__ for error in failed.value.exceptions] == [
        ["case: {'number': 2, 'double': 5}"],
        ["case: {'number': 4, 'double': 9}"],
    ]


def test_no_case_is_no_proof() -> None:
    @cases("number", [])
    def never(number: int) -> None:
        raise AssertionError(number)

    with pytest.raises(AssertionError, match="no case"):
        never()
