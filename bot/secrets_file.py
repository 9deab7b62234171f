"""The file of secrets beside the settings: the same sections, read after them, for nobody's eyes but the owner's.

`kurikirana.toml` may be shown, mailed and kept in a repository; what `connect` was told in secret stands in
`kurikirana.secrets.toml`. Environment variables go before both.
"""

from __future__ import annotations

import os
import stat
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.errors import SettingsError


def beside(settings: Path) -> Path:
    """kurikirana.toml -> kurikirana.secrets.toml."""
    return settings.with_name(f"{settings.stem}.secrets.toml")


def read(settings: Path) -> dict[str, Any]:
    """What stands in it; nothing when it is not there. Raises SettingsError, also when others may read it."""
    file = beside(settings)
    try:
        with file.open("rb") as opened:
            mode = stat.S_IMODE(os.fstat(opened.fileno()).st_mode)
            if sys.platform != "win32" and mode & 0o077:
                raise SettingsError(
                    f"{file}: others may read it. Do `chmod 600 {file.name}`; then change the secrets."
                )
            return tomllib.load(opened)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read ({error.strerror}). Correct its owner.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):  # a message would quote the line, and a secret stands in it
        raise SettingsError(f"{file}: not TOML. Write it anew with `kurikirana connect`.") from None


def lay(values: dict[str, Any], over: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Lay `over` upon `values`, section by section; the places that it gave."""
    given: list[tuple[str, ...]] = []
    for name, value in over.items():
        inner = values.get(name)
        if isinstance(value, Mapping) and value and isinstance(values.setdefault(name, {}), dict):
            inner = values[name]
            given += [(name, *place) for place in lay(inner, value)]
        else:
            values[name] = value
            given.append((name,))
    return given
