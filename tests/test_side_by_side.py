"""Parts that are added up: nothing is left out, and one broken part breaks the whole."""

from __future__ import annotations

import pytest

from tests.side_by_side import added, main, sizes


@pytest.mark.parametrize(
    ("total", "each", "parts"), [(45, 20, [20, 20, 5]), (20, 20, [20]), (3, 20, [3]), (0, 20, [])]
)
def test_the_parts_are_the_whole(total: int, each: int, parts: list[int]) -> None:
    assert list(sizes(total, each)) == parts


def test_figures_are_added_and_what_is_broken_is_kept() -> None:
    fine, bad = {"sent": 2, "seconds": 0.5, "broken": []}, {"sent": 3, "lost": 1, "broken": ["seed 7: one lost"]}
    assert added([(fine, 0), (fine, 0)]) == ({"sent": 4, "seconds": 1.0, "broken": []}, True)
    assert added([(fine, 0), (bad, 0)])[0] == {"sent": 5, "seconds": 0.5, "lost": 1, "broken": ["seed 7: one lost"]}
    assert not added([(fine, 0), (bad, 0)])[1]
    assert not added([(fine, 0), ({}, 70)])[1], "a part that died"


def test_a_harness_runs_in_parts(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    ran = []

    def part(module: str, option: str, many: int, seed: int, more: list[str]) -> tuple[dict[str, int], int]:
        ran.append((module, option, many, seed, tuple(more)))
        return {"simulated": many}, 0

    monkeypatch.setattr("tests.side_by_side.part", part)
    assert main(["a.module", "--runs", "5", "--each", "2", "--jobs", "1", "--seed", "4", "--plant", "drop"]) == 0
    assert ran == [("a.module", "--runs", n, seed, ("--plant", "drop")) for n, seed in ((2, 4), (2, 5), (1, 6))]
    assert '"simulated": 5' in capsys.readouterr().out
