"""Reads the settings: one TOML file, one of secrets beside it, any value overridable by KURIKIRANA_SECTION__KEY.

All mistakes are reported at once, with the line, what was read and what is allowed. Unknown names are
refused. The values themselves stand in bot/sections.py.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError

from bot import secrets_file
from bot.errors import SettingsError
from bot.sections import Project, Reminding, Settings
from handlers.turn import TipRules
from scheduler import quiet
from scheduler.cadence import Cadence, Season
from scheduler.when import Rules

__all__ = [
    "Project",
    "Settings",
    "find",
    "load",
    "rules",
    "unasked_hours",
]

DEFAULT_FILE = "kurikirana.toml"
PREFIX = "KURIKIRANA_"


def find(config: Path | None) -> Path:
    """The settings file: --config, then KURIKIRANA_CONFIG, then ./kurikirana.toml."""
    return config or Path(os.environ.get(PREFIX + "CONFIG") or DEFAULT_FILE)


def load(
    config: Path | None = None, environ: dict[str, str] | None = None, over: Mapping[str, Any] | None = None
) -> Settings:
    """Read and check the settings, as if `over` stood in the file. Raises SettingsError that lists every mistake."""
    file = find(config)
    try:
        source = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SettingsError(
            f"{file}: no such settings file. Make one with `kurikirana init`, or name it with --config."
        ) from None
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read ({error.strerror}). Correct its rights or its name.") from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file}: not UTF-8 (byte {error.start}). Save it as UTF-8.") from None
    try:
        values = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}: not TOML: {error}.") from None
    if "folder" in values:
        raise SettingsError(f"{file}: {_line(source, ('folder',))}folder: no such setting. Known here: {_known(())}.")
    given = dict.fromkeys(secrets_file.lay(values, secrets_file.read(file)), f"in {secrets_file.beside(file).name}")
    secrets_file.lay(values, over or {})
    given |= _override(file, values, dict(os.environ) if environ is None else environ)
    try:
        settings = Settings.model_validate({**values, "folder": file.parent})
    except ValidationError as error:
        raise SettingsError("\n".join(_say(file, source, given, p) for p in error.errors())) from None
    _check(settings, file)
    return settings


def unasked_hours(settings: Settings) -> quiet.Hours:
    """When messages that nobody asked for may leave. Raises ValueError, which `load` has excluded."""
    return _hours(settings)


def _hours(settings: Settings, market: tuple[str, ...] = ()) -> quiet.Hours:
    own = settings.hours
    return quiet.Hours.parse(own.send_from, own.send_to, (*own.no_sending, *market), own.holidays, settings.zone)


def rules(settings: Settings) -> Rules:
    """All rules of time of the programme. Raises ValueError, which `load` has excluded."""
    own = settings.reminders
    usual = Cadence(own.training_every_days, own.at, own.then_after_days, own.business_after_day)
    return Rules(
        hours=unasked_hours(settings),
        usual=usual,
        reminders=settings.limits.reminders,
        per_week=settings.limits.unasked_per_week,
        totals_after_month=own.totals_after_month,
        seasons={letter: _season(window) for letter, window in settings.seasons.windows.items()},
        of_season={letter: _given(one) for letter, one in own.seasons.items()},
        of_association={no: _given(one) for no, one in own.associations.items()},
        market_days={
            commune.lower(): _hours(settings, there) for commune, there in settings.hours.market_days.items()
        },
    )


def _given(own: Reminding) -> dict[str, Any]:
    """What an association or a season has of its own."""
    return {name: value for name, value in own.model_dump().items() if value is not None}


def tip_rules(settings: Settings) -> TipRules | None:
    """The rules of mentoring tips; None when they are switched off."""
    tips = settings.tips
    if not tips.on:
        return None
    seasons = tuple((letter, one.starts, one.ends) for letter, one in rules(settings).seasons.items())
    return TipRules(tips.every_days, tips.at, tips.repeat_after_weeks, settings.project.timezone, seasons)


def _season(window: str) -> Season:
    first, last = ((int(part[:2]), int(part[3:])) for part in window.split(" to "))
    return Season(first, last)


def _override(file: Path, values: dict[str, Any], environ: dict[str, str]) -> dict[tuple[str, ...], str]:
    """Lay the environment over the file; returns which variable gave which setting."""
    given: dict[tuple[str, ...], str] = {}
    for name, value in environ.items():
        if not name.startswith(PREFIX) or name == PREFIX + "CONFIG":
            continue
        parts = name.removeprefix(PREFIX).lower().split("__")
        *sections, key = (part.upper() if len(part) == 1 else part for part in parts)  # seasons are called A, B, C
        if not sections and (key == "folder" or key not in Settings.model_fields):
            _two_underscores(file, name, key)
            continue  # KURIKIRANA_SOMETHING that is no setting, as the tests' own switches
        place = values
        for section in sections:
            inner = place.setdefault(section, {})
            if not isinstance(inner, dict):
                raise SettingsError(
                    f"{file}: {name}: {section} is not a section in the settings file. Write it as [{section}]."
                )
            place = inner
        place[key] = _listed(tuple(sections), key, value)
        given[(*sections, key)] = name
    return given


def _two_underscores(file: Path, name: str, key: str) -> None:
    """Raises SettingsError for KURIKIRANA_WEB_PORT."""
    section, _, rest = key.partition("_")
    if rest and _model((section,)):
        meant = f"{PREFIX}{section}__{rest}".upper()
        raise SettingsError(f"{file}: {name}: no such setting. Write two underscores behind a section: {meant}.")


def _listed(sections: tuple[str, ...], key: str, text: str) -> Any:
    """A list or a table, as it would stand in the file; everything else is text, also a password that begins so."""
    model = _model(sections)
    kind = model.model_fields[key].annotation if model and key in model.model_fields else None
    if not text.startswith(("[", "{")) or (isinstance(kind, type) and issubclass(kind, str | SecretStr)):
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _line(source: str, location: tuple[int | str, ...]) -> str:
    """Where in the file a setting stands: 'line 12, ' or ''."""
    names = [str(part) for part in location]
    section, key = ".".join(names[:-1]), names[-1]
    current = ""
    for number, text in enumerate(source.splitlines(), 1):
        stripped = text.split("#", 1)[0].strip()
        if stripped.startswith("["):
            current = stripped.strip("[] ").replace('"', "").replace("'", "")
            if current == ".".join(names):
                return f"line {number}, "
        elif current == section and stripped.split("=", 1)[0].strip(" \"'") == key:
            return f"line {number}, "
    return ""


def _say(file: Path, source: str, given: dict[tuple[str, ...], str], problem: Any) -> str:
    location = tuple(part for part in problem["loc"] if not isinstance(part, int) and part != "[key]")
    name = ".".join(str(part) for part in location)
    names = tuple(str(part) for part in location)
    within = (variable for place, variable in given.items() if place[: len(names)] == names)
    by = given.get(names) or (not _line(source, location) and next(within, None))
    where = f"{file}: {f'{by}, ' if by else _line(source, location)}{name}"
    if problem["type"] == "missing":
        return f"{where}: missing. {_help(location)}"
    if problem["type"] == "extra_forbidden" and location[-1] == "live":
        return f"{where}: stands in a section. Write it at the top of the file, before the first [section]."
    if problem["type"] == "extra_forbidden":
        return f"{where}: no such setting. Known here: {_known(location[:-1])}."
    read = "" if _secret(location) else re.sub("//.*@", "//...@", f"read {problem['input']!r}; ")  # no password
    what = 'Write a list, as in ["..."]' if problem["type"] == "tuple_type" else problem["msg"]
    what = what.removeprefix("Value error, ")
    return f"{where}: {read}{what}. {_help(location)}"


def _model(location: tuple[int | str, ...]) -> type[BaseModel] | None:
    model: type[BaseModel] | None = Settings
    free = False  # the part is a name of the writer's own: an association's number
    for part in location:
        if free:
            free = False
            continue
        if model is None or str(part) not in model.model_fields:
            return None
        annotation: Any = model.model_fields[str(part)].annotation
        candidates = [annotation, *getattr(annotation, "__args__", ())]
        model = next((c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)), None)
        free = getattr(annotation, "__origin__", None) is dict
    return model


def _secret(location: tuple[int | str, ...]) -> bool:
    """Whether what was read may hold a secret: a secret's own place, one within it, or a channel's section."""
    within = (location[:length] for length in range(2, len(location) + 1))
    return location[:1] == ("channels",) and (_model(location) is not None or any(map(_is_secret, within)))


def _is_secret(location: tuple[int | str, ...]) -> bool:
    model = _model(location[:-1])
    field = model.model_fields.get(str(location[-1])) if model else None
    return field is not None and SecretStr in (field.annotation, *getattr(field.annotation, "__args__", ()))


def _known(location: tuple[int | str, ...]) -> str:
    model = _model(location)
    return ", ".join(sorted(set(model.model_fields) - {"folder"})) if model else "nothing"


def _help(location: tuple[int | str, ...]) -> str:
    model = _model(location[:-1])
    if model is None or str(location[-1]) not in model.model_fields:
        return ""
    return model.model_fields[str(location[-1])].description or ""


def _check(settings: Settings, file: Path) -> None:
    problems = []
    if settings.live and not settings.safeguarding.hotline:
        problems.append(f"{file}: safeguarding.hotline: empty; live = true needs a number people may call.")
    telegram = settings.channels.telegram
    if telegram and telegram.mode == "webhook":
        if not telegram.secret.get_secret_value():
            problems.append(f"{file}: channels.telegram.secret: empty; mode = webhook needs a secret.")
        if not settings.web.public_url:
            problems.append(f"{file}: web.public_url: empty; mode = webhook needs our public address.")
    if (twilio := settings.channels.twilio) and not (twilio.sender or twilio.whatsapp):
        problems.append(f"{file}: channels.twilio.sender: empty; write our number, or channels.twilio.whatsapp.")
    if twilio and twilio.sender.startswith("whatsapp:"):
        problems.append(f"{file}: channels.twilio.sender: a WhatsApp sender stands under channels.twilio.whatsapp.")
    for name, section, fields in (
        ("telegram", telegram, ("token",)),
        ("kannel", settings.channels.kannel, ("secret", "password")),
        ("smsgate", settings.channels.smsgate, ("password", "signing_key")),
        ("http", settings.channels.http, ("secret",)),
        ("smpp", settings.channels.smpp, ("password",)),
        ("twilio", twilio, ("auth_token",)),
        ("whatsapp", settings.channels.whatsapp, ("token", "app_secret", "verify_token")),
        ("africastalking", settings.channels.africastalking, ("secret", "api_key")),
    ):
        for field in fields:
            value = getattr(section, field, None)
            if isinstance(value, SecretStr) and not value.get_secret_value():
                problems.append(f"{file}: channels.{name}.{field}: empty; write the secret or set it by environment.")
    source = file.read_text(encoding="utf-8-sig")
    problems += [f"{file}: {_line(source, tuple(name.split('.')))}{name}: {text}" for name, text in _times(settings)]
    if problems:
        raise SettingsError("\n".join(problems))


def _times(settings: Settings) -> Iterator[tuple[str, str]]:
    """What is wrong with the times: the setting, and what was read and is allowed."""
    try:
        unasked_hours(settings)
    except ValueError as error:
        for problem in str(error).splitlines():
            name, _, text = problem.partition(": ")
            yield f"hours.{name}", text
        return
    for commune, there in settings.hours.market_days.items():
        try:
            _hours(settings, there)
        except ValueError as error:
            yield f"hours.market_days.{commune}", str(error).partition(": ")[2]
    most = 1 + len(settings.reminders.then_after_days)
    if settings.limits.reminders > most:
        yield (
            "limits.reminders",
            f"read {settings.limits.reminders}; reminders.then_after_days says when {most - 1} of them follow the "
            f"first one. Allowed are 0 to {most}, or give it one more day.",
        )
