"""The sections of the settings file: every value with its type, unit, default and help.

Those of the channels are in bot/channel_sections.py. docs/settings.md is tested against both, in both directions.
"""

from __future__ import annotations

import re
from datetime import date, time
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from bot.channel_sections import Channels, OnDisk, Section, on_disk
from bot.http_templates import Address


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("not a time zone; write one such as Africa/Bujumbura") from error
    return name


def _hour(at: time) -> time:
    if at.tzinfo is not None or at.second or at.microsecond:
        raise ValueError("write a local time in hours and minutes, such as 17:30")
    return at


_AT = Annotated[time, AfterValidator(_hour)]


def _rising(days: tuple[int, ...]) -> tuple[int, ...]:
    if list(days) != sorted(set(days)):
        raise ValueError("each day must be later than the one before, as in [3, 7]")
    return days


def _season(text: str) -> str:
    try:
        for part in text.split(" to "):
            date.fromisoformat(f"2024-{part}")
    except ValueError as error:
        raise ValueError('write the first and the last day as "09-15 to 02-14"') from error
    if text.count(" to ") != 1:
        raise ValueError('write the first and the last day as "09-15 to 02-14"')
    return text


_SEASON = Annotated[str, AfterValidator(_season)]


def _sender(name: str) -> str:
    if not name.isprintable() or set(name) & set("{}"):
        raise ValueError("write letters, digits and spaces on one line, without { and }")
    return name


def _association(number: str) -> str:
    if not re.fullmatch(r"[0-9]{2,4}", number):
        raise ValueError("write the association's number as the roster has it, such as 07")
    return number


class Project(Section):
    name: str = Field("Rutana", description="Name of the programme, shown to staff.")
    timezone: Annotated[str, AfterValidator(_zone)] = Field(
        "Africa/Bujumbura", description="Where the programme is: decides what 'today' is."
    )
    sender: Annotated[str, AfterValidator(_sender)] = Field(
        "OIM", max_length=11, description="Put before every SMS; at most 11 letters."
    )
    start: date = Field(description="First day a report may be about (YYYY-MM-DD).")
    target_people: int = Field(600, ge=1, description="People to be reached, in persons.")
    target_includes_representatives: bool = Field(
        True, description="Whether the target counts the trained representatives; printed under figures."
    )
    map: OnDisk = Field("", description="GeoJSON file of the communes for the console's map; empty = no map.")


_BEHIND = {"host", "port", "ssl", "sslmode"}
"""What is taken behind a server's address, as in psql's; `ssl` is the driver's own word for sslmode."""


def _database(url: str) -> str:
    on_disk(url)
    if ":memory:" in url:
        raise ValueError("in memory nothing is kept")
    try:
        urlsplit(url).port  # noqa: B018 - raises
    except ValueError as error:
        raise ValueError("its port is not a number") from error
    if parse_qs(urlsplit(url).query, keep_blank_values=True).keys() - _BEHIND:
        raise ValueError("behind a ? stand host, port and sslmode only")
    return url


class Database(Section):
    url: Annotated[str, AfterValidator(_database)] = Field(
        "sqlite:///kurikirana.db",
        pattern=r"^(sqlite:///[^?]+|postgresql://.+)$",
        description="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME.",
    )


class Web(Section):
    host: str = Field("127.0.0.1", min_length=1, description="Address the web server listens on.")
    port: int = Field(8080, ge=0, le=65535, description="TCP port; 0 takes a free one.")
    public_url: Address = Field(
        "", description="How providers and the team's browsers reach us from outside, https://..."
    )

    @property
    def address(self) -> str:
        """Where our pages are, without a slash at the end."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"


class Hours(Section):
    send_from: time = Field(time(7, 30), description="Unasked messages leave from this local time on.")
    send_to: time = Field(time(19, 30), description="... and until this local time.")
    no_sending: tuple[str, ...] = Field(
        ("Sat before 12:00", "Sun before 13:00"), description="Further times without unasked messages."
    )
    holidays: tuple[date, ...] = Field((), description="Days without unasked messages.")
    market_days: dict[str, tuple[str, ...]] = Field(
        {}, description="Commune = rules as in no_sending: its leaders are at the market, unasked messages wait."
    )


_EVERY = Annotated[int, Field(ge=1, le=366)]
_TOUCHES = Annotated[tuple[Annotated[int, Field(ge=1, le=60)], ...], AfterValidator(_rising)]
_MONTH_DAY = Annotated[int, Field(ge=1, le=27)]


class Reminding(Section):
    """What an association or a season has of its own; what is not given is as in [reminders]."""

    training_every_days: _EVERY | None = Field(None, description="Days without news until we ask again.")
    at: _AT | None = Field(None, description="The local time of day of reminders.")
    then_after_days: _TOUCHES | None = Field(None, description="Days after the first touch for each further one.")
    business_after_day: _MONTH_DAY | None = Field(None, description="Day of the month after which we ask.")


class Reminders(Section):
    training_every_days: _EVERY = Field(
        14, description="Days without a training report or a zero report until we ask for one."
    )
    at: _AT = Field(time(17, 30), description="The local time of day at which reminders leave.")
    then_after_days: _TOUCHES = Field(
        (3, 7), description="Days after the first touch for each further one; the last one says who will call."
    )
    business_after_day: _MONTH_DAY = Field(
        25, description="Businesses are asked about on the first working day after this day of the month."
    )
    totals_after_month: bool = Field(True, description="Whether an association hears its totals after each month.")
    associations: dict[Annotated[str, AfterValidator(_association)], Reminding] = Field(
        {}, description="By number, as on the roster."
    )
    seasons: dict[Literal["A", "B", "C"], Reminding] = Field({}, description="By letter.")


class Seasons(Section):
    A: _SEASON = Field("09-15 to 02-14", description="First and last day of season A, MM-DD to MM-DD.")
    B: _SEASON = Field("02-15 to 06-30", description="First and last day of season B.")
    C: _SEASON = Field("07-01 to 09-14", description="First and last day of season C, in the wet lowlands.")

    @property
    def windows(self) -> dict[str, str]:
        """Letter to its window."""
        return {"A": self.A, "B": self.B, "C": self.C}


class Limits(Section):
    unasked_per_week: int = Field(2, ge=0, description="Unasked messages per person and week.")
    reminders: int = Field(3, ge=0, description="Touches before an officer calls; 0 = a call at once.")
    people_in_one_training_ask_above: int = Field(60, ge=1, description="Ask whether it is right above this.")
    replies_per_hour: int = Field(
        30, ge=5, description="Automatic answers to one address per hour; valid reports are always answered."
    )
    people_per_association: int = Field(5, ge=1, description="Representatives expected per association.")
    associations: int = Field(24, ge=1, description="Associations the programme has.")


class Tips(Section):
    on: bool = Field(True, description="Whether mentoring tips are sent.")
    every_days: int = Field(14, ge=7, description="Days between two tips to one person.")
    at: _AT = Field(time(12, 0), description="Local time at which tips are sent.")
    repeat_after_weeks: int = Field(12, ge=1, description="Weeks until somebody may be told a tip once more.")


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
    folder: OnDisk = Field("words", description="Folder of the programme's own corrected texts.")


class Privacy(Section):
    keep_messages_months: int = Field(24, ge=1, description="Months that the words of messages are kept.")
    keep_photos_months: int = Field(12, ge=1, description="Months that photos and voice notes are kept.")
    small_cells_below: int = Field(
        5,
        ge=5,
        le=100,
        multiple_of=5,
        description="Groups of fewer persons are not told; others in steps of so many. A multiple of five.",
    )
    media_folder: OnDisk = Field("media", description="Folder of photos and voice notes.")
    photo_megabytes: int = Field(10, ge=1, le=20, description="Largest photo or voice note, in MB.")


class Backup(Section):
    folder: OnDisk = Field("backups", description="Folder of the copies; empty = none is made.")
    at: _AT = Field(time(2, 0), description="Local time at which the day's copy is made.")
    keep: int = Field(14, ge=1, description="So many copies are kept, the newest.")


class Safeguarding(Section):
    hotline: str = Field("", description="Number people may call about a problem; live needs it.")


class Settings(Section):
    live: bool = Field(False, description="true = may write to leaders.")
    project: Project
    database: Database = Database()
    web: Web = Web()
    hours: Hours = Hours()
    limits: Limits = Limits()
    reminders: Reminders = Reminders()
    seasons: Seasons = Seasons()
    tips: Tips = Tips()
    counting: Counting = Counting()
    sms: Sms = Sms()
    words: Words = Words()
    privacy: Privacy = Privacy()
    backup: Backup = Backup()
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
