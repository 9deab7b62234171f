"""Reads kannel.conf for `doctor kannel`: which of the lines that docs/channels/kannel.md explains are wrong.

Kannel's own format: groups that begin with `group = NAME`, `name = value` lines, values perhaps in quotes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import parse_qsl, urlsplit

from bot.channel_sections import Kannel as Settings

Group = Mapping[str, str]
Rules = Mapping[str, tuple[Callable[[str], bool], str]]
"""Name -> what is right, and in words what must be written and what happens else."""
_LINE = re.compile(r'^\s*([a-z][a-z0-9-]*)\s*=\s*(?:"(.*)"|(.*?))\s*$')
PLACEHOLDER = re.compile(r"\b(ADMIN-PASSWORD|SENDSMS-PASSWORD|OPERATOR-[A-Z]+|SECRET)\b")
CORE: Rules = {
    "store-type": (lambda value: value == "spool", "spool: messages in bearerbox die with it"),
    "store-location": (bool, "a folder: messages in bearerbox die with it"),
    "dlr-storage": (lambda value: value == "spool", "spool: after a restart no report finds its message"),
    "dlr-spool": (bool, "a folder for the reports"),
}
SMSBOX: Rules = {
    "http-request-retry": (
        lambda value: value.isdecimal() and int(value) >= 100,
        "8640: what arrives while we restart is gone",
    ),
    "mo-recode": (lambda value: value == "true", "true: accents arrive as UTF-16"),
    "sendsms-interface": (
        lambda value: value in ("127.0.0.1", "::1"),
        "127.0.0.1: the password travels in plain HTTP",
    ),
}
SERVICE: Rules = {
    "catch-all": (lambda value: value == "true", "true: a text with another keyword goes elsewhere"),
    "max-messages": (lambda value: value == "0", "0: our empty answer would go out as an SMS"),
    "omit-empty": (lambda value: value == "true", 'true: she gets "<Empty reply from service provider>"'),
}
USER: Rules = {
    "max-messages": (
        lambda value: value.isdecimal() and int(value) > 1,
        "8: a text of two parts is cut after the first",
    ),
    "concatenation": (lambda value: value == "true", "true: a long text arrives in pieces"),
}
FIELDS = {"from": ("%p",), "text": ("%a", "%b"), "id": ("%I",), "time": ("%T",)}
"""What our address must be given, and the codes of Kannel that are right for it."""


def problems(text: str, settings: Settings) -> list[str]:
    """What is wrong in it, each with what to write; no password and no secret is quoted."""
    groups = list(_groups(text))
    found = [
        f"{name} is a placeholder still; write your own." for name in sorted(set(PLACEHOLDER.findall(_told(text))))
    ]
    found += _wrong(groups, "core", CORE) + _wrong(groups, "smsbox", SMSBOX)
    if not any(group.get("group") == "smsc" for group in groups):
        found.append("no group = smsc: Kannel has no operator.")
    if any("smsbox-id" in group for group in groups if group.get("group") == "smsbox"):
        found.append('group = smsbox: take smsbox-id out, else "smsbox_list empty!" and messages wait in the spool.')
    return [*found, *_account(groups, settings), *_way_to_us(groups, settings)]


def _above(value: str, number: int) -> bool:
    return value.isdecimal() and int(value) > number


def _told(text: str) -> str:
    """The lines that Kannel reads."""
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))


def _groups(text: str) -> Iterator[Group]:
    group: dict[str, str] = {}
    for line in _told(text).splitlines():
        if found := _LINE.match(line):
            name, value = found[1], found[2] if found[2] is not None else found[3]
            if name == "group" and group:
                yield group
                group = {}
            group[name] = value
    if group:
        yield group


def _wrong(groups: Sequence[Group], kind: str, due: Rules, only: str = "") -> list[str]:
    here = [group for group in groups if group.get("group") == kind and (not only or group.get("username") == only)]
    if not here:
        return [f"no group = {kind}."]
    return [
        f"group = {kind}: {name} must be {what}."
        for name, (right, what) in due.items()
        if not all(right(group.get(name, "")) for group in here)
    ]


def _account(groups: Sequence[Group], settings: Settings) -> list[str]:
    users = [group for group in groups if group.get("group") == "sendsms-user"]
    mine = [group for group in users if group.get("username") == settings.username]
    if not mine:
        return [f"no group = sendsms-user with username = {settings.username}, as channels.kannel.username says."]
    found = _wrong(groups, "sendsms-user", USER, settings.username)
    if mine[0].get("password") != settings.password.get_secret_value():
        found.append("group = sendsms-user: the password is not channels.kannel.password.")
    ports = [group.get("sendsms-port", "") for group in groups if group.get("group") == "smsbox"]
    if ports and str(urlsplit(settings.sendsms_url).port or 80) not in ports:
        found.append(
            f"group = smsbox: sendsms-port is not the port of channels.kannel.sendsms_url ({', '.join(ports)})."
        )
    return found


def _way_to_us(groups: Sequence[Group], settings: Settings) -> list[str]:
    services = [group for group in groups if group.get("group") == "sms-service"]
    ours = [group for group in services if "/channels/kannel/" in group.get("get-url", "")]
    if not ours:
        return ["no group = sms-service whose get-url leads to /channels/kannel/SECRET/incoming; see kannel.md."]
    found = _wrong(services, "sms-service", SERVICE)
    address = urlsplit(ours[0]["get-url"])
    if address.path != f"/channels/kannel/{settings.secret.get_secret_value()}/incoming":
        found.append(
            "group = sms-service: get-url has not the secret of channels.kannel.secret, or does not end in /incoming."
        )
    given = dict(parse_qsl(address.query.replace("%", "%25"), keep_blank_values=True))
    for name, codes in FIELDS.items():
        if given.get(name) not in codes:
            found.append(f"group = sms-service: get-url needs {name}={' or '.join(codes)}.")
    return found
