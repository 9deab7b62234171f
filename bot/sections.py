"""The sections of the settings file: every value with its type, unit, default and help.

docs/settings.md is tested against these models, in both directions.
"""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr


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
