"""What a disk may hold after the current fails: everything synced, and any part of the rest, sector by sector.

The diary of `diary.c` has every write in order. At a moment of it, what was written before the last sync of its file
is certain; of each later write every sector of 512 bytes arrived or did not, on its own. Files are made and removed
at once: the folder's own entries are not modelled, and neither is a disk that lies about fsync.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SECTOR = 512
_ENTRY = struct.Struct("<cBQI")
PROMISES = "promises"


@dataclass(frozen=True, slots=True)
class Entry:
    """One act: 'w'rite, 't'runcate, 's'ync or 'u'nlink."""

    kind: str
    name: str
    at: int
    data: bytes


def read(diary: Path) -> list[Entry]:
    """The whole diary."""
    raw, place, found = diary.read_bytes(), 0, []
    while place < len(raw):
        kind, length, at, size = _ENTRY.unpack_from(raw, place)
        place += _ENTRY.size
        name, place = raw[place : place + length].decode(), place + length
        found.append(Entry(kind.decode(), name, at, raw[place : place + size]))
        place += size
    return found


@dataclass(frozen=True, slots=True)
class Cut:
    """The disk at one moment, and what had been promised by then."""

    moment: int
    files: dict[str, bytearray]
    promises: tuple[str, ...]


def cuts(diary: list[Entry], how_many: int, chance: random.Random) -> Iterator[Cut]:
    """So many power cuts, in the order of time."""
    certain: dict[str, bytearray] = {}
    unsure: list[Entry] = []
    promises: list[str] = []
    moments = iter(sorted(chance.randrange(len(diary)) for _ in range(how_many)))
    moment = next(moments, None)
    for place, entry in enumerate(diary):
        if entry.name == PROMISES:
            promises += entry.data.decode().split("\n")[:-1]
        elif entry.kind == "s":
            for done in (one for one in unsure if one.name == entry.name):
                _act(certain, done)
            unsure = [one for one in unsure if one.name != entry.name]
        elif entry.kind == "u":
            certain.pop(entry.name, None)
            unsure = [one for one in unsure if one.name != entry.name]
        else:
            unsure.append(entry)
        while moment == place:
            yield Cut(place, _after(certain, unsure, chance), tuple(promises))
            moment = next(moments, None)


def _after(certain: dict[str, bytearray], unsure: list[Entry], chance: random.Random) -> dict[str, bytearray]:
    files = {name: bytearray(data) for name, data in certain.items()}
    share = chance.choice((0.1, 0.5, 0.9))
    for entry in unsure:
        if entry.kind == "t":
            if chance.random() < share:
                _act(files, entry)
            continue
        first = entry.at - entry.at % SECTOR
        for start in range(first, entry.at + len(entry.data), SECTOR):
            if chance.random() < share:
                begin, end = max(start, entry.at), min(start + SECTOR, entry.at + len(entry.data))
                part = entry.data[begin - entry.at : end - entry.at]
                _act(files, Entry("w", entry.name, begin, part))
    return files


def _act(files: dict[str, bytearray], entry: Entry) -> None:
    file = files.setdefault(entry.name, bytearray())
    end = entry.at + len(entry.data)
    if entry.kind == "t":
        del file[entry.at :]
    if len(file) < end:
        file.extend(bytes(end - len(file)))
    if entry.kind == "w":
        file[entry.at : end] = entry.data
