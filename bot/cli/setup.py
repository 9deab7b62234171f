"""init, doctor: from nothing to a running programme."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import added_forms
from bot import channels as channel_list
from bot.channel_sections import Kannel
from bot.channels import kannel_conf
from bot.channels.base import Channel
from bot.cli import backup, base, clock, recount
from bot.cli.channel_check import fail_unless_one, looked_at, reached, there_and_back
from bot.clock import Clock
from bot.errors import BotError
from bot.programme import roster
from bot.render import Words
from bot.render.plural import many
from bot.settings import Settings, find, rules
from bot.store import listing, sealed, tip_list
from bot.words import drafts

SAFE_SQLITE = (3, 51, 3)
"""From this version on the WAL-reset bug is gone; below it one writing connection avoids it."""

_TOML = """\
# Kurikirana. Every setting with its unit: docs/settings.md
live = false                 # true = may write to leaders

[project]
name = "Rutana"
timezone = "Africa/Bujumbura"
sender = "OIM"               # put before every SMS, at most 11 letters
start = {today}           # first day a report may be about
target_people = 600          # people to be reached
target_includes_representatives = true

[database]
url = "sqlite:///kurikirana.db"

[web]
host = "127.0.0.1"
port = 8080
public_url = ""              # how providers reach us from outside, https://...

[hours]
send_from = "07:30"
send_to = "19:30"
no_sending = ["Sat before 12:00", "Sun before 13:00"]
holidays = []

[sms]
price_bif = 0                # BIF per SMS part, 0 = not known

[safeguarding]
hotline = ""                 # live stays false until this is filled

# Switch a channel on with `kurikirana connect CHANNEL`, or by taking its lines' # away:
# [channels.smsgate]         # an Android phone with the SMS Gateway app
# url = "http://192.168.1.20:8080"
# username = "sms"
# password = ""              # better: KURIKIRANA_CHANNELS__SMSGATE__PASSWORD
# signing_key = ""
"""


DRAFTED = {"rn": "Kirundi", "sw": "Swahili"}
"""Languages of leaders in which the program comes with drafts."""


def init(
    folder: Annotated[Path | None, typer.Argument(help="Where to write the two files.", show_default=False)] = None,
) -> None:
    """Write kurikirana.toml and roster-empty.xlsx. Files that are there stay as they are."""
    settings = folder / "kurikirana.toml" if folder else find(None)  # what --config names is what is read afterwards
    files = ((settings, _write_settings), (settings.with_name("roster-empty.xlsx"), _write_roster))
    try:
        settings.parent.mkdir(parents=True, exist_ok=True)
        for file, write in files:
            if file.exists():
                base.words.print(f"{file}: is there already, not touched.", markup=False)
            else:
                write(file)
                base.words.print(f"{file}: written.", markup=False)
    except OSError as error:
        base.fail(f"{settings.parent}: cannot be written ({error.strerror}). Name another: kurikirana init FOLDER.")
    base.words.print(
        "Next: fill in both, save the workbook as roster.xlsx, then "
        "`kurikirana roster check roster.xlsx` and `kurikirana roster import roster.xlsx`."
    )


def _write_settings(file: Path) -> None:
    today = datetime.now(UTC).date()
    file.write_text(_TOML.format(today=today.isoformat()), encoding="utf-8")


def _write_roster(file: Path) -> None:
    roster.write_empty(file)


def doctor(
    channel: Annotated[str, typer.Argument(help="Only this channel.")] = "",
    file: Annotated[Path | None, typer.Argument(help="With kannel: its kannel.conf, checked line by line.")] = None,
    to: Annotated[str, typer.Option("--to", help="Write to this phone of the team and wait for its answer.")] = "",
    wait: Annotated[int, typer.Option(min=1, max=3600, help="So many seconds at most.")] = 180,
) -> None:
    """One line per check: what is wrong in a sentence, and what to do."""
    settings = base.load()
    lines = base.run(_channel(settings, channel, file, to, wait)) if channel else _everything(settings)
    for mark, text in lines:
        typer.echo(f"{mark:4}{text}")
    if any(mark == "!!" for mark, _ in lines):
        raise typer.Exit(1)


def _everything(settings: Settings) -> list[tuple[str, str]]:
    lines = [("ok", f"settings file {find(None)}"), *_sqlite(), *_words(settings)]
    lines.append(backup.last(settings, Clock().now()))

    async def sending(tx: Any) -> list[tuple[str, str]]:
        return [*await clock.wrong(tx), *await clock.full(tx, settings, channel_list.limits(settings))]

    if not base.exists(settings):
        lines.append(("!!", "no database yet -> kurikirana roster import roster.xlsx"))
        return [*lines, *_wishes(settings), *base.run(_channels(settings))]
    try:
        lines += base.read(settings, _database)
        lines += base.read(settings, sending)
        lines += base.read(settings, _unsigned)
    except typer.Exit:
        lines.append(("!!", "database not usable -> see the message above"))
    return [*lines, *_wishes(settings), *base.run(_channels(settings))]


async def _channel(settings: Settings, name: str, file: Path | None, to: str, wait: int) -> list[tuple[str, str]]:
    """One channel: its settings and its account, its file, and a text there and back where a phone is named."""
    found = channel_list.build(settings, Clock().now)
    one = {name: fail_unless_one(name, found)}
    lines = await _asked(settings, one)
    if name == "kannel" and settings.channels.kannel:
        hint = [("i", "its file is checked when it is named: kurikirana doctor kannel /etc/kannel/kannel.conf")]
        lines += _kannel_conf(settings.channels.kannel, file) if file else hint
    elif file:
        lines.append(("!!", f"{file}: only kannel has a file that is checked"))
    if to and not await there_and_back(settings, name, one[name], to, wait):
        lines.append(("!!", f"{name}: not there and back"))
    return lines


def _kannel_conf(settings: Kannel, file: Path) -> list[tuple[str, str]]:
    try:
        wrong = kannel_conf.problems(file.read_text(encoding="utf-8", errors="replace"), settings)
    except OSError as error:
        return [("!!", f"{file}: cannot be read ({error.strerror}); ask as root, or name the file")]
    return [("!!", f"{file}: {text}") for text in wrong] or [("ok", f"{file}")]


def _sqlite() -> list[tuple[str, str]]:
    if sqlite3.sqlite_version_info >= SAFE_SQLITE:
        return [("ok", f"SQLite {sqlite3.sqlite_version}")]
    return [("i", f"SQLite {sqlite3.sqlite_version}: safe with the one writer we use; newer than 3.51.2 is better")]


def _words(settings: Settings) -> list[tuple[str, str]]:
    folder = settings.path(settings.words.folder)
    try:
        words = Words.load(folder if folder.is_dir() else None)
    except BotError as error:
        return [("!!", f"words: {error}")]
    lines = []
    for language, name in DRAFTED.items():
        number = len(drafts(words, language))
        if number:
            sent = "sent all the same" if settings.words.send_drafts or not settings.live else "not sent"
            lines.append(
                (
                    "!!" if settings.live else "i",
                    f"{name}: {many(number, 'text is a draft', 'texts are drafts')}, {sent} -> "
                    f"kurikirana words list --draft --language {language}",
                )
            )
    return lines or [("ok", "words signed")]


async def _unsigned(tx: Any) -> list[tuple[str, str]]:
    """What else a native speaker has to read: tips and forms."""
    tips = [row["drafts"] for row in await tip_list.listed(tx) if row["active"]]
    forms, lines = await added_forms.load_all(tx), []
    for language, name in DRAFTED.items():
        if number := sum(language in drafts for drafts in tips):
            drafts_of = many(number, "tip is a draft", "tips are drafts")
            lines.append(("i", f"{name}: {drafts_of} -> kurikirana tips list --draft"))
        if there := ", ".join(form.name for form in forms.values() if language in form.drafts):
            lines.append(("i", f"{name}: drafts in the forms {there} -> their questions, and draft_languages"))
    return lines


async def _database(tx: Any) -> list[tuple[str, str]]:
    counted = await listing.counts(tx)
    people, reports = many(counted["people"], "person", "people"), many(counted["reports"], "report", "reports")
    lines = [("ok", f"database: {people}, {reports}")]
    if not counted["associations"]:
        lines.append(("!!", "no associations -> kurikirana roster import roster.xlsx"))
    lines.append(("ok", many(counted["consents"], "consent", "consents")))
    if not await sealed.reachable(tx):
        lines.append(("!!", "nobody hears of a sealed message -> the role safeguarding and a chat for somebody"))
    if counted["quarantined"]:
        aside = many(counted["quarantined"], "message was", "messages were")
        lines.append(("!!", f"{aside} set aside -> kurikirana messages --unanswered"))
    return [*lines, await recount.line(tx)]


def _wishes(settings: Settings) -> list[tuple[str, str]]:
    lines = [
        (
            "i",
            f"[reminders{section}]: who never answers is asked about trainings anew every {days} days; with "
            f"limits.unasked_per_week = {settings.limits.unasked_per_week} they come late, tips and totals hardly "
            f"-> training_every_days = {least}, or fewer limits.reminders",
        )
        for section, days, least in rules(settings).crowded()
    ]
    if not settings.sms.price_bif:
        lines.append(("i", "price of an SMS not set -> sms.price_bif (shown as 'not set')"))
    if not settings.live:
        lines.append(
            (
                "i",
                "live = false: what leaders send counts, only the team and practice phones are answered",
            )
        )
    if not settings.safeguarding.hotline:
        lines.append(("!!", "no hotline -> safeguarding.hotline; live needs it"))
    return lines


async def _channels(settings: Settings) -> list[tuple[str, str]]:
    found = channel_list.build(settings, Clock().now)
    if not found:
        return [("!!", "no channel -> a [channels.*] section in the settings, see docs/channels/")]
    return await _asked(settings, found)


async def _asked(settings: Settings, channels: Mapping[str, Channel]) -> list[tuple[str, str]]:
    """Sending and receiving."""
    lines = []
    for name, wrong in (await looked_at(channels)).items():
        lines += [("!!", f"{name}: {text}") for text in wrong] or [("ok", name)]
    return [*lines, *await reached(settings, channels)]
