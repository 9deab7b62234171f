"""The counting told once more, naively: reports in a list, figures by looking at every one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Values = Mapping[str, Any]


@dataclass(slots=True)
class Told:
    """A report as the model keeps it."""

    number: int
    association: int
    person: int | None
    values: dict[str, Any]
    state: str
    form: str = "training"
    practice: bool = False
    verdict: str = ""
    found: int = 0
    before: list[dict[str, Any]] = field(default_factory=list)

    @property
    def day(self) -> str:
        return self.values.get("held_on") or ""

    @property
    def counts(self) -> bool:
        """Told by a leader for real, not withdrawn, no twin, not rejected."""
        if self.form != "training" or self.practice or self.verdict == "rejected":
            return False
        return self.state not in ("twin", "withdrawn")

    @property
    def standing(self) -> str:
        if self.verdict == "accepted":
            return "checked"
        return "doubtful" if "doubtful" in (self.state,) or self.verdict == "hold" else "reported"

    def change(self, values: Values | None, state: str | None) -> None:
        """A correction or removal; what a person saw is not what is said now, unless only more is said."""
        if values is not None:
            if any(values.get(name) != value for name, value in self.values.items() if value is not None):
                self.verdict = "" if self.verdict == "accepted" else self.verdict
                self.found = 0
            self.before.append(self.values)
            self.values = dict(values)
        self.state = state or self.state


def _groups(values: Values, prefix: str, of: int) -> tuple[int, ...] | None:
    said = [values.get(prefix + name) for name in ("displaced", "returnee", "host")]
    if said == [None] * 3:
        return None
    known = tuple(number or 0 for number in said)
    return known if sum(known) <= of else (0, 0, 0)


def adds(told: Told) -> dict[str, int]:
    """What a report that counts adds, figure by figure, as a careful person would write it down."""
    values = told.values
    women, men = values.get("women") or 0, values.get("men") or 0
    came = women + men
    new_women, new_men = values.get("new_women"), values.get("new_men")
    sexes = (new_women or 0) + (new_men or 0)
    new = sexes if values.get("new_people") is None else values["new_people"]
    split = (new_women or 0, new_men or 0) if sexes <= new else (0, 0)
    groups = _groups(values, "", came)
    fresh = _groups(values, "new_", new)
    if fresh is None and groups is not None:
        fresh = tuple(_at_least(number, came, new) for number in groups)
    youth = values.get("youth")
    said_youth = youth if youth is not None and youth <= came else None
    new_youth = values.get("new_youth")
    young, age_not_said = (new_youth, 0) if new_youth is not None and new_youth <= new else (0, new)
    if new_youth is None and said_youth is not None:
        young = _at_least(said_youth, came, new)
        age_not_said = new - young - _at_least(came - said_youth, came, new)
    nothing_said = new_women is None and new_men is None and values.get("new_people") is None
    return {
        "trainings": 1,
        "attendances": came,
        "women": women,
        "men": men,
        "new_people": new,
        "new_women": split[0],
        "new_men": split[1],
        "new_sex_not_said": new - sum(split),
        "new_checked": new if told.standing == "checked" else min(new, told.found),
        "new_not_said": 1 if nothing_said else 0,
        "youth": said_youth or 0,
        "youth_not_said": came if said_youth is None else 0,
        **_named("", groups, came),
        "new_youth": young,
        "new_youth_not_said": age_not_said,
        **_named("new_", fresh, new),
    }


def _at_least(of_group: int, came: int, new: int) -> int:
    """The new people are chosen among those who came so that as few as possible are of the group."""
    others = came - of_group
    return max(0, min(new, came) - others)


def _named(prefix: str, groups: tuple[int, ...] | None, of: int) -> dict[str, int]:
    known = groups or (0, 0, 0)
    names = ("displaced", "returnee", "host")
    return {prefix + name: n for name, n in zip(names, known, strict=True)} | {
        prefix + "groups_not_said": of - sum(known)
    }


def totals(told: Iterable[Told], members: Mapping[int, int] | None = None) -> dict[str, int]:
    """The figures of these reports; `members` of associations where only members attend."""
    counted = [one for one in told if one.counts]
    found: dict[str, int] = {}
    for one in counted:
        for name, number in adds(one).items():
            found[name] = found.get(name, 0) + number
    lower = upper = 0
    for association in {one.association for one in counted}:
        own = [one.values for one in counted if one.association == association]
        most = sum((values.get("women") or 0) + (values.get("men") or 0) for values in own)
        if members is not None:
            most = min(most, members[association])
        least = sum(max(values.get(sex) or 0 for values in own) for sex in ("women", "men"))
        lower, upper = lower + min(least, most), upper + most
    return found | {"unique_lower": lower, "unique_upper": upper}
