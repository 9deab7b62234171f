"""What the bench holds: the floors and targets of docs/performance.md, and how a row is shown."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Bound:
    """A floor that `make bench` holds and the target beyond it; both in the row's unit."""

    floor: float
    target: float
    less_is_better: bool = False

    def met(self, value: float) -> bool:
        """Whether the floor is held."""
        return value <= self.floor if self.less_is_better else value >= self.floor


BOUNDS = {
    "w1_100": Bound(2_000, 4_000),
    "w1_2000": Bound(2_000, 4_000),
    "w1_100_by_ptb": Bound(3, 7),
    "w1_100_by_aiogram": Bound(3, 7),
    "w1_2000_by_ptb": Bound(3, 7),
    "w1_2000_by_aiogram": Bound(3, 7),
    "w1_100_by_raw": Bound(0.4, 0.8),
    "slow_disk": Bound(600, 1_000),
    "slow_provider": Bound(900, 1_200),
    "open_loop_p99": Bound(15, 8, less_is_better=True),
    "memory": Bound(150, 100, less_is_better=True),
    "start": Bound(3, 2, less_is_better=True),
    "start_24": Bound(4, 2, less_is_better=True),
    "start_2400": Bound(4, 2, less_is_better=True),
    "ten_times": Bound(0.8, 1.0),
    "postgres_1_by_sqlite": Bound(0.7, 0.8),
    "w2_in_10000": Bound(20_000, 40_000),
    "w2_in_100000": Bound(20_000, 40_000),
    "w2_out_10000": Bound(1_500, 4_000),
    "w2_out_100000": Bound(1_500, 4_000),
    "w4_100000": Bound(5, 2, less_is_better=True),
    "w2_paced": Bound(0.98 * 30, 0.98 * 30),
    "w2_paced_most": Bound(30, 30, less_is_better=True),
    "w2_memory": Bound(50, 20, less_is_better=True),
    "w3_all_24": Bound(300, 100, less_is_better=True),
    "w3_all_2400": Bound(300, 100, less_is_better=True),
    "w3_one_24": Bound(10, 2, less_is_better=True),
    "w3_one_2400": Bound(10, 2, less_is_better=True),
}
"""What is not here is reported and not held: one contact, and a second process on PostgreSQL, which wants cores."""


@dataclass(slots=True)
class Row:
    """One line of the table. `key` is its bound's name."""

    key: str
    what: str
    value: float
    unit: str
    beside: dict[str, float] = field(default_factory=dict)
    """What others reached in the same run, or figures that explain this one."""
    wrong: str = ""
    """What must not happen and did."""
    skipped: str = ""
    """Why this row could not be measured."""

    @property
    def bound(self) -> Bound | None:
        """The floor and target, where there are any."""
        return BOUNDS.get(self.key)

    @property
    def missed(self) -> bool:
        """Whether the floor was missed, or something went wrong. A skipped row is said, not missed."""
        if self.skipped:
            return False
        return bool(self.wrong) or (self.bound is not None and not self.bound.met(self.value))


def show(rows: list[Row]) -> str:
    """The table, as text."""
    lines = [("row", "ours", "floor", "target", "held", "beside, in the same run")]
    for row in rows:
        bound = row.bound
        held = "skipped" if row.skipped else "MISSED" if row.missed else "yes" if bound else "-"
        beside = ", ".join(f"{name} {_number(value)}" for name, value in row.beside.items())
        lines.append(
            (
                row.what,
                "-" if row.skipped else f"{_number(row.value)} {row.unit}".strip(),
                f"{'<=' if bound.less_is_better else '>='} {_number(bound.floor)}" if bound else "",
                _number(bound.target) if bound else "",
                held,
                row.skipped or " | ".join(filter(None, (beside, row.wrong))),
            )
        )
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[5]]).rstrip()
        for line in lines
    )


def brief(row: Row) -> str:
    """One row as soon as it is measured."""
    beside = ", ".join(f"{name} {_number(value)}" for name, value in row.beside.items())
    said = f"{row.what}: {row.skipped or f'{_number(row.value)} {row.unit}'}"
    return " | ".join(filter(None, (said, beside, row.wrong)))


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}".rstrip("0").rstrip(".")
