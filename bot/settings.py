"""The settings: one TOML file, any value overridable by KURIKIRANA_SECTION__KEY.

Every value has its unit and help here; docs/settings.md is tested against it. All mistakes are
reported at once, with the line, what was read and what is allowed. Unknown names are refused.
"""

from __future__ import annotations

import os
import tomllib
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from bot.errors import SettingsError
from scheduler import quiet

DEFAULT_FILE = "kurikirana.toml"
PREFIX = "KURIKIRANA_"


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("not a time zone; write one such as Africa/Bujumbura") from error
    return name


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Project(Section):
    name: str = Field("Rutana", description="Name of the programme, shown to staff.")
    timezone: Annotated[str, AfterValidator(_zone)] = Field(
        "Africa/Bujumbura", description="Where the programme is: decides what 'today' is."
    )
    sender: str = Field("OIM", max_length=11, description="Put before every SMS; at most 11 letters.")
    start: date = Field(description="First day a report may be about (YYYY-MM-DD).")
    target_people: int = Field(600, ge=1, description="People to be reached, in persons.")
    target_includes_representatives: bool = Field(
        True, description="Whether the target counts the trained representatives; printed under figures."
    )


class Database(Section):
    url: str = Field(
        "sqlite:///kurikirana.db",
        pattern=r"^(sqlite:///|postgresql://).+",
        description="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME.",
    )


class Web(Section):
    host: str = Field("127.0.0.1", description="Address the web server listens on.")
    port: int = Field(8080, ge=0, le=65535, description="TCP port; 0 takes a free one.")
    public_url: str = Field("", description="How providers reach us from outside, https://...")


class Hours(Section):
    send_from: time = Field(time(7, 30), description="Unasked messages leave from this local time on.")
    send_to: time = Field(time(19, 30), description="... and until this local time.")
    no_sending: tuple[str, ...] = Field(
        ("Sat before 12:00", "Sun before 13:00"), description="Further times without unasked messages."
    )
    holidays: tuple[date, ...] = Field((), description="Days without unasked messages.")


class Limits(Section):
    unasked_per_week: int = Field(2, ge=0, description="Unasked messages per person and week.")
    reminders: int = Field(3, ge=0, description="Touches before an officer calls.")
    people_in_one_training_ask_above: int = Field(60, ge=1, description="Ask whether it is right above this.")
    replies_per_hour: int = Field(
        30, ge=5, description="Automatic answers to one address per hour; valid reports are always answered."
    )
    people_per_association: int = Field(5, ge=1, description="Representatives expected per association.")
    associations: int = Field(24, ge=1, description="Associations the programme has.")


class Counting(Section):
    members_only: bool = Field(
        False, description="Only members attend: the upper bound is then at most the membership."
    )


class Sms(Section):
    price_bif: int = Field(0, ge=0, description="Price of one SMS part in BIF; 0 = not known, shown as 'not set'.")
    budget_month_bif: int = Field(0, ge=0, description="Budget of a month in BIF; 0 = none.")


class Words(Section):
    send_drafts: bool = Field(
        False, description="In a live programme, also send Kirundi and Swahili texts that nobody has signed."
    )
    folder: str = Field("words", description="Folder of the programme's own corrected texts.")


class Privacy(Section):
    keep_messages_months: int = Field(24, ge=1, description="Months that messages are kept.")
    keep_photos_months: int = Field(12, ge=1, description="Months that photos are kept.")
    small_cells_below: int = Field(5, ge=1, description="Counts of persons below this are not published.")
    media_folder: str = Field("media", description="Folder of photos and voice notes.")
    photo_megabytes: int = Field(10, ge=1, le=20, description="Largest photo or voice note, in MB.")


class Safeguarding(Section):
    hotline: str = Field("", description="Number people may call about a problem; live needs it.")


class Telegram(Section):
    token: SecretStr = Field(description="From BotFather; better by environment than in the file.")
    api_url: str = Field("https://api.telegram.org", description="Any host that speaks the Bot API.")
    mode: Literal["polling", "webhook"] = Field("polling", description="How updates come in.")
    secret: SecretStr = Field(SecretStr(""), description="Secret token of the webhook (mode webhook).")


class Kannel(Section):
    sendsms_url: str = Field(description="http://HOST:PORT/cgi-bin/sendsms of Kannel's smsbox.")
    username: str = Field(description="User of the sendsms-user group.")
    password: SecretStr = Field(description="Its password.")
    sender: str = Field("", description="Sender number or name of outgoing SMS.")
    secret: SecretStr = Field(description="The part of our address that only Kannel knows.")
    per_half_hour: int = Field(0, ge=0, description="SMS parts in 30 minutes; 0 = no limit.")


class SmsGate(Section):
    url: str = Field(description="The Android app's local server, http://PHONE:8080.")
    username: str = Field(description="User shown in the app.")
    password: SecretStr = Field(description="Password shown in the app.")
    signing_key: SecretStr = Field(description="Key that the app signs its webhooks with.")
    per_half_hour: int = Field(30, ge=0, description="SMS parts in 30 minutes; Android stops an app above 30.")


class Channels(Section):
    telegram: Telegram | None = None
    kannel: Kannel | None = None
    smsgate: SmsGate | None = None


class Settings(Section):
    live: bool = Field(False, description="true = may write to leaders.")
    project: Project
    database: Database = Database()
    web: Web = Web()
    hours: Hours = Hours()
    limits: Limits = Limits()
    counting: Counting = Counting()
    sms: Sms = Sms()
    words: Words = Words()
    privacy: Privacy = Privacy()
    safeguarding: Safeguarding = Safeguarding()
    channels: Channels = Channels()
    folder: Path = Field(Path(), exclude=True, description="Folder of the settings file.")

    @property
    def zone(self) -> ZoneInfo:
        """The programme's time zone."""
        return ZoneInfo(self.project.timezone)

    def path(self, name: str) -> Path:
        """A file or folder named in the settings, relative to the settings file."""
        return self.folder / name

    @property
    def sqlite_file(self) -> Path | None:
        """The database file, or None on PostgreSQL."""
        if not self.database.url.startswith("sqlite:///"):
            return None
        return self.path(self.database.url.removeprefix("sqlite:///"))


def find(config: Path | None) -> Path:
    """The settings file: --config, then KURIKIRANA_CONFIG, then ./kurikirana.toml."""
    return config or Path(os.environ.get(PREFIX + "CONFIG") or DEFAULT_FILE)


def load(config: Path | None = None, environ: dict[str, str] | None = None) -> Settings:
    """Read and check the settings. Raises SettingsError that lists every mistake with its line."""
    file = find(config)
    try:
        source = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SettingsError(
            f"{file}: no such settings file. Make one with `kurikirana init`, or name it with --config."
        ) from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file}: not UTF-8 (byte {error.start}). Save it as UTF-8.") from None
    try:
        values = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}: not TOML: {error}.") from None
    _override(values, dict(os.environ) if environ is None else environ)
    try:
        settings = Settings(**values, folder=file.parent)
    except ValidationError as error:
        raise SettingsError("\n".join(_say(file, source, problem) for problem in error.errors())) from None
    _check(settings, file)
    return settings


def _override(values: dict[str, Any], environ: dict[str, str]) -> None:
    for name, value in environ.items():
        if not name.startswith(PREFIX) or name == PREFIX + "CONFIG":
            continue
        *sections, key = name.removeprefix(PREFIX).lower().split("__")
        if not sections and key not in Settings.model_fields:
            continue  # KURIKIRANA_SOMETHING that is no setting, as the tests' own switches
        place = values
        for section in sections:
            place = place.setdefault(section, {})
        place[key] = value


def _line(source: str, location: tuple[int | str, ...]) -> str:
    """Where in the file a setting stands: 'line 12, ' or ''."""
    names = [str(part) for part in location]
    section, key = ".".join(names[:-1]), names[-1]
    current = ""
    for number, text in enumerate(source.splitlines(), 1):
        stripped = text.split("#", 1)[0].strip()
        if stripped.startswith("["):
            current = stripped.strip("[] ")
            if current == ".".join(names):
                return f"line {number}, "
        elif current == section and stripped.split("=", 1)[0].strip() == key:
            return f"line {number}, "
    return ""


def _say(file: Path, source: str, problem: Any) -> str:
    location = tuple(part for part in problem["loc"] if not isinstance(part, int))
    name = ".".join(str(part) for part in location)
    where = f"{file}: {_line(source, location)}{name}"
    if problem["type"] == "missing":
        return f"{where}: missing. {_help(location)}"
    if problem["type"] == "extra_forbidden":
        return f"{where}: no such setting. Known here: {', '.join(_names(location[:-1]))}."
    return f"{where}: read {problem['input']!r}; {problem['msg']}. {_help(location)}"


def _model(location: tuple[int | str, ...]) -> type[BaseModel] | None:
    model: type[BaseModel] | None = Settings
    for part in location:
        if model is None or str(part) not in model.model_fields:
            return None
        annotation: Any = model.model_fields[str(part)].annotation
        candidates = [annotation, *getattr(annotation, "__args__", ())]
        model = next((c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)), None)
    return model


def _names(location: tuple[int | str, ...]) -> list[str]:
    model = _model(location)
    return sorted(set(model.model_fields) - {"folder"}) if model else []


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
    for name, section, fields in (
        ("telegram", telegram, ("token",)),
        ("kannel", settings.channels.kannel, ("secret", "password")),
        ("smsgate", settings.channels.smsgate, ("password", "signing_key")),
    ):
        for field in fields:
            value = getattr(section, field, None)
            if isinstance(value, SecretStr) and not value.get_secret_value():
                problems.append(f"{file}: channels.{name}.{field}: empty; write the secret or set it by environment.")
    try:
        hours = settings.hours
        quiet.Hours.parse(hours.send_from, hours.send_to, hours.no_sending, hours.holidays, settings.zone)
    except ValueError as error:
        source = file.read_text(encoding="utf-8")
        for problem in str(error).splitlines():
            problems.append(f"{file}: {_line(source, ('hours', problem.split(':')[0]))}hours.{problem}")
    if problems:
        raise SettingsError("\n".join(problems))
