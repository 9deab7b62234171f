"""Writes values into one section of a TOML file and leaves every other letter of it as it was."""

from __future__ import annotations

import io
import json
import os
import re
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bot.errors import SettingsError

HEADER = re.compile(r"^\s*\[\[?\s*([^\]#]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*([\"']?)([^\"'=#]+?)\1\s*=\s*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def with_values(source: str, section: str, values: Mapping[str, Any]) -> str:
    """The same text with these values in [section], which is added at the end when it is not there.

    Comments stay, also those behind a value that is replaced. Raises SettingsError when the text does not then say
    exactly this: a value over several lines, a section written as a.b = ... in another one.
    """
    lines = io.StringIO(source).readlines()
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    begin, end = _bounds(lines, section)
    left = dict(values)
    for number in range(begin, end):
        found = _KEY.match(lines[number])
        if found and found[2] in left:
            comment = re.search(r"(?<=[\"'\]\d\w])\s+#[^\"']*$", lines[number].rstrip("\n"))
            lines[number] = f"{_name(found[2])} = {_value(left.pop(found[2]))}{comment[0] if comment else ''}\n"
    added = [f"{_name(name)} = {_value(value)}\n" for name, value in left.items()]
    if begin == end == len(lines) and not (lines and _is(lines[-1], section)):
        added = ["\n" if lines and lines[-1].strip() else "", f"[{section}]\n", *added]
    while begin < end and not lines[end - 1].strip():
        end -= 1
    text = "".join([*lines[:end], *added, *lines[end:]])
    due = tomllib.loads(source)
    place = due
    for name in section.split("."):
        place = place.setdefault(name, {})
        if not isinstance(place, dict):
            raise SettingsError(f"[{section}]: {name} is no section in the file; correct it by hand.")
    place.update(values)
    _compare(text, due, section, values)
    return text


def without(source: str, section: str, names: Iterable[str]) -> str:
    """The same text without these values of [section], for what shall stand elsewhere. Raises as above."""
    lines, gone = io.StringIO(source).readlines(), set(names)
    begin, end = _bounds(lines, section)
    kept = [line for line in lines[begin:end] if (found := _KEY.match(line)) is None or found[2] not in gone]
    text = "".join([*lines[:begin], *kept, *lines[end:]])
    due = tomllib.loads(source)
    place = due
    for name in section.split("."):
        place = place.get(name, {})
    for name in gone:
        place.pop(name, None)
    _compare(text, due, section, gone)
    return text


def replace(file: Path, text: str, mode: int | None = None, owner_of: Path | None = None) -> None:
    """Write the whole file or nothing; `mode` are its rights, else those it has. Root gives it to `owner_of`'s."""
    rights = mode if mode is not None else (file.stat().st_mode & 0o777 if file.exists() else 0o644)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        Path(name).chmod(rights)
        if sys.platform != "win32" and os.geteuid() == 0:  # root writes for the service, which must read it
            owner = (owner_of or file).stat()
            os.chown(name, owner.st_uid, owner.st_gid)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _bounds(lines: list[str], section: str) -> tuple[int, int]:
    """The lines below the section's header, up to the next header; twice the end when there is none."""
    headers = [number for number, line in enumerate(lines) if HEADER.match(line)]
    for number in headers:
        if _is(lines[number], section):
            after = [each for each in headers if each > number]
            return number + 1, (after[0] if after else len(lines))
    return len(lines), len(lines)


def _is(line: str, section: str) -> bool:
    found = HEADER.match(line)
    return bool(found) and re.sub(r"[\s\"']", "", found[1]) == section if found else False


def _name(name: str) -> str:
    return name if _BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_name(name)} = {_value(each)}" for name, each in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _compare(text: str, due: Mapping[str, Any], section: str, names: Iterable[str]) -> None:
    """Raises SettingsError unless the text says exactly what is due."""
    try:
        right = tomllib.loads(text) == due
    except tomllib.TOMLDecodeError:
        right = False
    if not right:
        names = ", ".join(sorted(names))
        raise SettingsError(f"[{section}]: written in a way that cannot be changed here; change {names} by hand.")
