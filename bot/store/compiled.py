"""A statement compiled once: its text in a database's words, and what its parameters and columns pass through."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import repeat
from operator import is_, itemgetter
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.sql.elements import BindParameter

FEW = 16
"""Of fewer sets of parameters, looking for what they have in common costs more than it saves."""
_LIST = "__[POSTCOMPILE_{}]"
"""What SQLAlchemy's compiler writes for a list that it expands at each execution; here it is one parameter."""


class Compiled:
    """One statement in a database's words, and what its parameters and columns pass through."""

    dialect: Dialect

    def __init__(self, statement: Any, names: tuple[str, ...]) -> None:
        compiled = statement.compile(dialect=self.dialect, column_keys=names or None)
        self._text: str = compiled.string
        binds: list[tuple[str, BindParameter[Any]]] = [(n, compiled.binds[n]) for n in compiled.positiontup]
        for name, bind in (named for named in binds if named[1].expanding and not named[1].required):
            said = ", ".join(map(self._literal(bind), bind.value or ()))
            self._text = self._text.replace(_LIST.format(name), said)
        binds = [(name, bind) for name, bind in binds if bind.required or not bind.expanding]
        if compiled._numeric_binds:  # only what is no list has its number already
            binds.sort(key=lambda named: bool(named[1].expanding))
        for place, (name, bind) in enumerate(binds, 1):
            if bind.expanding:
                self._text = self._in_list(self._text, f"IN ({_LIST.format(name)})", place, bind)
        self._lists = [name for name, bind in binds if bind.expanding]
        processes = [self._of_list(bind) if bind.expanding else self._of_one(bind) for _, bind in binds]
        self._own = {
            name: process(bind.value) if process else bind.value
            for (name, bind), process in zip(binds, processes, strict=True)
            if not bind.required
        }
        """Values that the statement itself names."""
        self._processes = [(p, processes[p]) for p, (_, bind) in enumerate(binds) if bind.required and processes[p]]
        self._values = itemgetter(*(name for name, _ in binds)) if len(binds) > 1 else _only([n for n, _ in binds])
        self._columns([(column.keyname, column.type) for column in compiled._result_columns])

    def _columns(self, columns: Sequence[tuple[str, Any]]) -> None:
        self._row: Any = namedtuple("Row", [name for name, _ in columns], rename=True)  # type: ignore[misc]
        processes = [(p, kind._cached_result_processor(self.dialect, None)) for p, (_, kind) in enumerate(columns)]
        self._results = [(place, process) for place, process in processes if process]

    def _literal(self, bind: BindParameter[Any]) -> Callable[[Any], str]:
        """How a value that the statement itself names is written in it."""
        process: Callable[[Any], str] = bind.type._cached_literal_processor(self.dialect)  # type: ignore[assignment]
        return process

    def _of_one(self, bind: BindParameter[Any]) -> Any:
        return bind.type._cached_bind_processor(self.dialect)

    def _of_list(self, bind: BindParameter[Any]) -> Any:
        """What a list of such values passes through."""
        raise NotImplementedError

    def _in_list(self, text: str, said: str, place: int, bind: BindParameter[Any]) -> str:
        """The statement with the list as the parameter at this place, where the compiler `said` "IN (...)"."""
        raise NotImplementedError

    def _parameters(self, given: Mapping[str, Any]) -> Sequence[Any]:
        values = self._values({**self._own, **given} if self._own else given)
        if not self._processes:
            return values
        values = list(values)
        for place, process in self._processes:
            values[place] = process(values[place])
        return values

    def _parameters_of(self, many: Sequence[Mapping[str, Any]]) -> list[Sequence[Any]]:
        """Those of each. What all have in common (the moment of a group, what every text of a broadcast says) passes
        through its type once."""
        if len(many) < FEW or not self._processes:
            return [self._parameters(given) for given in many]
        own = self._own
        columns: list[Iterable[Any]] = list(
            zip(*map(self._values, ({**own, **given} for given in many) if own else many), strict=True)
        )
        for place, process in self._processes:
            first, *others = columns[place]
            same = all(map(is_, others, repeat(first)))
            columns[place] = repeat(process(first), len(many)) if same else list(map(process, columns[place]))
        return list(zip(*columns, strict=True))

    def _made(self, found: Sequence[Any]) -> list[Any]:
        if self._results and found:
            columns: list[Iterable[Any]] = list(zip(*found, strict=True))
            for place, process in self._results:
                columns[place] = map(process, columns[place])
            found = list(zip(*columns, strict=True))
        return list(map(self._row._make, found))


def _only(names: Sequence[str]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    return lambda given: tuple(given[name] for name in names)
