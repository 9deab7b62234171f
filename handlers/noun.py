"""How a noun is written: a value that is made once and never changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

Value = TypeVar("Value")


@dataclass_transform(frozen_default=True)
def noun(cls: type[Value]) -> type[Value]:
    """A class of values with fields. To the type checker it is frozen: what assigns to a field does not pass.

    When it runs it is not, since a frozen one takes four times as long to make, and an answer makes some twenty.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)
