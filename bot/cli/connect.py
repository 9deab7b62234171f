"""connect: walks a newcomer through one channel; asks, tries, writes the settings, says what to do next.

What was typed in secret is never shown again and stands in the file of secrets; what we make ourselves (the part of
our address that only the provider knows) is shown once, within the address that must be given to the provider.
"""

from __future__ import annotations

import os
import re
import secrets
import sys
import tomllib
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from bot import channels as channel_list
from bot import secrets_file, toml_section
from bot import settings as settings_file
from bot.channel_sections import Channels, Paced
from bot.channels.base import Channel, Recorder
from bot.cli import base, first_start
from bot.cli.channel_check import looked_at
from bot.cli.connect_words import ALSO, GUIDES, Guide
from bot.clock import Clock
from bot.errors import BotError
from bot.settings import Settings

MADE = ("secret", "verify_token")
"""Secrets between a provider and us that we make, unless they are there; see `_ours`."""
HIDDEN = "SECRET"
ASKED = ("sender", "whatsapp")
"""Asked for although they may be empty."""


def connect(
    channel: Annotated[str, typer.Argument(help="telegram, sms (= smsgate), kannel, africastalking, twilio, ...")],
    given: Annotated[
        list[str] | None, typer.Option("--set", help="NAME=VALUE of docs/settings.md; NAME=- reads a line of input.")
    ] = None,
    public_url: Annotated[str, typer.Option(help="How providers reach us from outside, https://...")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be written, try nothing.")] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="Write it although the try did not succeed.")] = False,
    admin: Annotated[str, typer.Option(help="telegram: who opens the bot first, as an administrator.")] = "",
) -> None:
    """Connect a channel: asks what it needs, tries it, writes kurikirana.toml, says what to set at the provider."""
    name = ALSO.get(channel, channel)
    if name not in Channels.model_fields:
        base.fail(f"{channel}: no such channel. There are {', '.join(sorted([*Channels.model_fields, *ALSO]))}.")
    guide = GUIDES.get(name, Guide())
    _say("Have ready", guide.ready)
    have, here = _there(name)
    if guide.app and not have:
        _opens("On the phone open", guide.app)
    typed = _typed(name, given or [])
    values = _asked(name, have | typed)
    made = _made(name, have | values)
    called = name not in ("gammu", "smpp") and not (name == "telegram" and values.get("mode") != "webhook")
    web = {"public_url": public_url or _public_url(name, here, called)} if public_url or not here else {}
    over = {"channels": {name: values | made}, **({"web": web} if any(web.values()) else {})}
    settings = _whole(over)
    link = ""
    if not dry_run:
        link = _tried(settings, name, anyway=anyway)
    _write(name, values | made, web, dry_run=dry_run)
    there = _filled(guide.there, _addresses(settings, name, shown=bool(made) and not dry_run))
    _say("At the provider", (*there, *([f"The bot is {link}"] if link else [])))
    if name == "telegram" and link:
        first_start.greet(settings, link, admin)
    _say("Next", ("`kurikirana run` (start it anew if it runs), then `kurikirana doctor`", *guide.then))
    if guide.reach and settings.web.public_url:
        _opens(guide.reach, settings.web.public_url.rstrip("/") + "/healthz")


def _say(title: str, lines: tuple[str, ...]) -> None:
    if lines:
        base.words.print(f"\n{title}:", markup=False)
    for line in lines:
        base.words.print(f"  {line}", markup=False)


def _opens(words: str, address: str) -> None:
    """What a phone is to open, and on a terminal its QR code: nobody types an address on a phone."""
    base.words.print(f"  {words}: {address}", markup=False)
    base.draw(address)


def _fields(name: str) -> Mapping[str, FieldInfo]:
    section = Channels.model_fields[name].annotation
    model: Any = next(one for one in getattr(section, "__args__", ()) if one is not type(None))
    fields: Mapping[str, FieldInfo] = model.model_fields
    return {name: fields[name] for name in sorted(fields, key=lambda name: name in Paced.model_fields)}


def _is_secret(field: FieldInfo) -> bool:
    parts = (field.annotation, *getattr(field.annotation, "__args__", ()))
    return SecretStr in parts


def _there(name: str) -> tuple[dict[str, Any], str]:
    """What the files and the environment say of this channel already, and our public address."""
    file = settings_file.find(None)
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8-sig"))
        secrets_file.lay(values, secrets_file.read(file))
    except FileNotFoundError:
        base.fail(f"{file}: no such settings file. Make one with `kurikirana init`, or name it with --config.")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        base.fail(f"{file}: cannot be read ({type(error).__name__}). `kurikirana doctor` says where.")
    except BotError as error:
        base.fail(str(error))
    have = dict(values.get("channels", {}).get(name, {}))
    have |= {
        field: os.environ[variable] for field in _fields(name) if (variable := _variable(name, field)) in os.environ
    }
    return have, os.environ.get("KURIKIRANA_WEB__PUBLIC_URL") or values.get("web", {}).get("public_url", "")


def _variable(name: str, field: str) -> str:
    return f"{settings_file.PREFIX}CHANNELS__{name.upper()}__{field.upper()}"


def _in_environment(name: str, field: str) -> bool:
    return _variable(name, field) in os.environ


def _typed(name: str, given: list[str]) -> dict[str, Any]:
    """What --set says; its mistakes are named without the values, which may be secret."""
    found: dict[str, Any] = {}
    for one in given:
        field, is_there, value = one.partition("=")
        field, _, inner = field.partition(".")
        if not is_there or field not in _fields(name):
            base.fail(f"--set {field}: write NAME=VALUE; {name} has {', '.join(_fields(name))}.")
        if value == "-":
            value = sys.stdin.readline().rstrip("\n")
        if inner:
            found.setdefault(field, {})[inner] = value
        else:
            found[field] = int(value) if _fields(name)[field].annotation is int and value.isdecimal() else value
    return found


def _asked(name: str, have: dict[str, Any]) -> dict[str, Any]:
    """What must be given and is not there is asked for; without a terminal it is named."""
    values = dict(have)
    due = [
        (field, info)
        for field, info in _fields(name).items()
        if (info.is_required() or field in ASKED) and not have.get(field)
    ]
    if not sys.stdin.isatty():
        if missing := [field for field, info in due if info.is_required() and field not in _ours(values)]:
            base.fail(f"{name} needs " + ", ".join(f"--set {field}=..." for field in missing))
        return values
    for field, info in due:
        if field in _ours(values):
            continue
        hidden, default = _is_secret(info), None if info.is_required() else str(info.default)
        unseen = " It is not shown while you type or paste it." if hidden else ""
        base.words.print(f"\n{info.description}{unseen}", markup=False)
        said = typer.prompt(field, default=default, show_default=bool(default), hide_input=hidden, err=True)
        if said.strip():
            values[field] = said.strip()
    return values


def _ours(values: Mapping[str, Any]) -> tuple[str, ...]:
    """What we make: also the key of a phone's app, which takes it from us. Phones at a private server have theirs."""
    return MADE if "/3rdparty/" in str(values.get("url", "")) else (*MADE, "signing_key")


def _made(name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Secrets of ours that are not there yet. Telegram's is needed when it calls us."""
    if name == "telegram" and values.get("mode", "polling") == "polling":
        return {}
    due = (field for field in _ours(values) if field in _fields(name) and not values.get(field))
    return {field: secrets.token_hex(24) for field in due}


def _public_url(name: str, here: str, called: bool) -> str:
    """Our address, where a provider must call it."""
    if here or not called or not sys.stdin.isatty():
        return here
    base.words.print(
        "\nHow providers reach us from outside; empty when this channel only sends, or is read (sms).",
        markup=False,
    )
    default = "http://127.0.0.1:8080" if name == "kannel" else ""
    return str(typer.prompt("web.public_url", default=default, show_default=bool(default), err=True)).strip()


def _whole(over: Mapping[str, Any]) -> Settings:
    try:
        return settings_file.load(over=over)
    except BotError as error:
        return base.fail(f"{error}\nNothing was written.")


def _channels(settings: Settings, name: str) -> dict[str, Channel]:
    """What the section switches on: Twilio's may be two, twilio and twilio_whatsapp."""
    built = channel_list.build(settings, Clock().now)
    return {each: channel for each, channel in built.items() if each == name or each.startswith(f"{name}_")}


def _tried(settings: Settings, name: str, *, anyway: bool) -> str:
    """Log in and look; returns the bot's address where there is one. Leaves with 1 when something is wrong."""
    again = True
    while again:
        channels, again = _channels(settings, name), False
        problems = [text for wrong in base.run(looked_at(channels, set_up=True)).values() for text in wrong]
        for text in problems:
            base.words.print(f"!!  {text}", markup=False)
        if problems and not anyway:
            again = _tries_again()
    if not problems:
        for text in (f"{name} answers", *getattr(channels.get(name), "found", ())):
            base.words.print(f"ok  {text}", markup=False)
    return str(getattr(channels.get(name), "link", ""))


def _tries_again() -> bool:
    """On a terminal, where perhaps a phone must be woken only: True; False writes it. Leaves with 1 for neither."""
    if sys.stdin.isatty():
        base.words.print("\nEnter tries again; w writes it all the same; q leaves and writes nothing.", markup=False)
        said = str(typer.prompt("again", default="", show_default=False, err=True)).strip().lower()
        if said in ("", "w"):
            return not said
    return base.fail("Nothing was written. Correct it and ask again, or write it all the same with --anyway.")


def _write(name: str, values: Mapping[str, Any], web: Mapping[str, str], *, dry_run: bool) -> None:
    """Open values into the settings, secret ones into their file; what the environment gives stays there."""
    file, fields = settings_file.find(None), _fields(name)
    kept = {field: value for field, value in values.items() if not _in_environment(name, field)}
    hidden = {field: value for field, value in kept.items() if _is_secret(fields[field]) or field == "headers"}
    shown = {field: value for field, value in kept.items() if field not in hidden}
    beside, section = secrets_file.beside(file), f"channels.{name}"
    if dry_run:
        lines = [f"[{section}]", *(f"{field} = {value!r}" for field, value in shown.items())]
        lines += [f"[web] public_url = {web['public_url']}"] if web.get("public_url") else []
        _say(f"Would be written to {file}", tuple(lines))
        _say(f"Would be written to {beside}", tuple(f"{field} = (hidden)" for field in hidden))
        return
    try:
        source = file.read_text(encoding="utf-8-sig")
        text = toml_section.with_values(toml_section.without(source, section, hidden), section, shown)
        if web.get("public_url"):
            text = toml_section.with_values(text, "web", web)
        if hidden:
            old = beside.read_text(encoding="utf-8") if beside.exists() else _HEAD
            toml_section.replace(beside, toml_section.with_values(old, section, hidden), 0o600, file)
            base.words.print(f"{beside}: secrets written; only its owner may read it.", markup=False)
        toml_section.replace(file, text)
    except (BotError, OSError) as error:
        base.fail(f"not written: {error}")
    base.words.print(f"{file}: [{section}] written.", markup=False)


_HEAD = "# Secrets of the channels, for their owner only. Written by `kurikirana connect`.\n"


def _addresses(settings: Settings, name: str, *, shown: bool) -> dict[str, str]:
    """What stands behind the channel in a path -> the whole address, with our secret when it was made now."""
    secret = getattr(getattr(settings.channels, name), "secret", SecretStr("")).get_secret_value()
    here, found = settings.web.public_url.rstrip("/") or "https://OUR-ADDRESS", {}
    for channel in _channels(settings, name).values():
        for route in channel.routes(Recorder()):
            path = str(getattr(route, "path", ""))
            if "{" not in (rest := path.removeprefix(f"/channels/{name}/").removeprefix("{secret}/")):
                found[rest] = here + path.replace("{secret}", secret if shown else HIDDEN)
    return found


def _filled(lines: tuple[str, ...], addresses: Mapping[str, str]) -> tuple[str, ...]:
    """The lines with their addresses; those of an address that this channel does not have are left out."""
    left, said = dict(addresses), []
    for line in lines:
        names = re.findall(r"\{([a-z/]+)\}", line)
        if all(name in addresses for name in names):
            for name in names:
                line = line.replace(f"{{{name}}}", addresses[name])
                left.pop(name, None)
            said.append(line)
    if any(HIDDEN in address for address in addresses.values()):
        said.append(f"{HIDDEN} stands for the channel's secret in the file of secrets.")
    return tuple(said) if lines else (*said, *left.values())
