"""Every mistake in the settings is named: the file, the line, what was read, what is allowed."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from bot.errors import SettingsError
from bot.settings import Settings, find, load
from tests.examples import examples

MINIMAL = """\
live = true

[project]
name = "Rutana"
start = 2026-04-01

[database]
url = "sqlite:///kurikirana.db"

[web]
port = 8080

[safeguarding]
hotline = "+257 22 00 00 00"

[channels.telegram]
token = "1:AAHdq-canary"
"""
KANNEL = """
[channels.kannel]
sendsms_url = "http://127.0.0.1:13013/cgi-bin/sendsms"
username = "user"
password = "pass-canary"
secret = "path-canary"
"""
SMSGATE = """
[channels.smsgate]
url = "http://phone:8080"
username = "user"
password = "pass-canary"
signing_key = "key-canary"
"""
HTTP = """
[channels.http]
send_url = "http://gateway/?key=address-canary"
body = '{"key": "body-canary"}'
headers = {Authorization = "header-canary"}
secret = "path-canary"
"""


class Written:
    """A settings file in an empty folder, and what is said about it."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "programme.toml"

    def load(self, text: str | bytes = MINIMAL, **environ: str) -> Settings:
        self.file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load(self.file, environ)

    def refused(self, text: str | bytes = MINIMAL, **environ: str) -> list[str]:
        """The lines that refuse it, without the file that each begins with."""
        with pytest.raises(SettingsError) as error:
            self.load(text, **environ)
        lines = str(error.value).splitlines()
        assert all(line.startswith(f"{self.file}: ") for line in lines)
        return [line.removeprefix(f"{self.file}: ") for line in lines]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    return Written(tmp_path)


def changed(old: str, new: str) -> str:
    assert old in MINIMAL
    return MINIMAL.replace(old, new)


# --- what is accepted ---


def test_the_minimal_file_is_accepted_and_the_rest_has_safe_values(written: Written) -> None:
    made = written.load()
    assert made.live and made.project.start == date(2026, 4, 1) and made.safeguarding.hotline
    assert made.project.timezone == "Africa/Bujumbura" and made.zone.key == made.project.timezone
    assert (made.hours.send_from, made.hours.send_to) == (time(7, 30), time(19, 30))
    assert made.web.host == "127.0.0.1" and not made.words.send_drafts
    assert made.sqlite_file == written.file.parent / "kurikirana.db"
    assert made.path("words") == written.file.parent / "words"


def test_nothing_is_sent_unless_it_is_said(written: Written) -> None:
    assert not written.load("[project]\nstart = 2026-04-01\n").live


@pytest.mark.parametrize("channel", [KANNEL, SMSGATE, HTTP, KANNEL + SMSGATE + HTTP, ""])
def test_any_channels(written: Written, channel: str) -> None:
    made = written.load(MINIMAL + channel)
    assert (made.channels.kannel is not None) == ("kannel" in channel)
    assert (made.channels.smsgate is not None) == ("smsgate" in channel)


def test_no_secret_is_shown_by_the_settings_themselves(written: Written) -> None:
    made = written.load(MINIMAL + KANNEL + SMSGATE + HTTP)
    for shown in (repr(made), str(made), made.model_dump_json(), repr(made.channels.telegram)):
        assert "canary" not in shown and "AAHdq" not in shown


# --- what is refused, and how ---

WRONG = [
    ("port = 8080", "port = 99999", "line 11, web.port: read 99999; ", "65535"),
    ("port = 8080", 'port = "x"', "line 11, web.port: read 'x'; ", "valid integer"),
    ("live = true", 'live = "perhaps"', "line 1, live: read 'perhaps'; ", "boolean"),
    ("start = 2026-04-01", 'start = "1 April"', "line 5, project.start: read '1 April'; ", "YYYY-MM-DD"),
    ('name = "Rutana"', 'timezone = "Mars"', "line 4, project.timezone: read 'Mars'; ", "Africa/Bujumbura"),
    ('name = "Rutana"', 'sender = "MUCH TOO LONG"', "line 4, project.sender: read 'MUCH TOO LONG'; ", "at most 11"),
    ('name = "Rutana"', "target_people = 0", "line 4, project.target_people: read 0; ", "or equal to 1"),
    ('name = "Rutana"', 'sender = "OI\\nM"', "line 4, project.sender: read 'OI\\nM'; ", "without { and }"),
    ('name = "Rutana"', 'sender = "{name}"', "line 4, project.sender: read '{name}'; ", "letters, digits"),
    ("sqlite:///kurikirana.db", "mysql://x", "line 8, database.url: read 'mysql://x'; ", "postgresql://"),
    ("port = 8080", "live = true", "line 11, web.live: stands in a section. ", "at the top of the file"),
    ("port = 8080", 'prt = "1"', "line 11, web.prt: no such setting. ", "Known here: host, port, public_url."),
    (
        "[web]",
        "[webb]",
        "line 10, webb: no such setting. ",
        "Known here: backup, channels, counting, database, hours,",
    ),
    ("[channels.telegram]", "[channels.signal]", "line 16, channels.signal: no such setting. ", "kannel, smpp, "),
    ("token =", 'mode = "push"\ntoken =', "line 17, channels.telegram.mode: read 'push'; ", "'polling' or 'webhook'"),
    ("start = 2026-04-01", "", "project.start: missing. ", "First day a report may be about (YYYY-MM-DD)."),
    ("token =", "secret =", "channels.telegram.token: missing. ", "From BotFather"),
    ('"+257 22 00 00 00"', '""', "safeguarding.hotline: empty; ", "live = true needs a number people may call."),
]


@pytest.mark.parametrize(("old", "new", "begins", "holds"), WRONG)
def test_a_mistake_is_named(written: Written, old: str, new: str, begins: str, holds: str) -> None:
    said = written.refused(changed(old, new))
    assert len(said) == 1 and said[0].startswith(begins) and holds in said[0]


def test_without_live_no_hotline_is_needed(written: Written) -> None:
    assert not written.load(changed("live = true", "live = false").replace('"+257 22 00 00 00"', '""')).live


def test_all_mistakes_are_named_at_once(written: Written) -> None:
    text = changed("port = 8080", 'port = "x"\nhosst = "y"').replace("start = 2026-04-01\n", "")
    assert [line.split(": ")[0] for line in written.refused(text)] == [
        "project.start",
        "line 10, web.port",
        "line 11, web.hosst",
    ]


@pytest.mark.parametrize(
    ("hours", "begins"),
    [
        ('no_sending = ["Sat befor 12:00"]', "line 20, hours.no_sending: read 'Sat befor 12:00'; allowed is a day"),
        ('no_sending = [\n  "Sun",\n  "Sa"\n]', "line 20, hours.no_sending: read 'Sa'; allowed is a day"),
        ('no_sending = ["Fri 14:00-12:00"]', "line 20, hours.no_sending: read 'Fri 14:00-12:00'; it holds no time"),
        ('send_to = "07:00"', "hours.send_from: read 07:30; it must be before send_to (07:00)."),
        ('send_from = "07:30Z"', "line 20, hours.send_from: read 07:30:00+00:00; allowed is a local time"),
        ("send_from = 730", "line 20, hours.send_from: read 00:12:10+00:00; allowed is a local time"),
        ('holidays = ["25/12/2026"]', "line 20, hours.holidays: read '25/12/2026'; "),
        (
            'no_sending = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]',
            "line 20, hours.no_sending: read 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'; with send_from",
        ),
    ],
)
def test_wrong_hours_are_refused(written: Written, hours: str, begins: str) -> None:
    said = written.refused(f"{MINIMAL}\n[hours]\n{hours}\n")
    assert len(said) == 1 and said[0].startswith(begins)


@pytest.mark.parametrize("secret", ["password", "secret", "signing_key", "token"])
def test_an_empty_secret_is_named(written: Written, secret: str) -> None:
    text = "\n".join(
        f'{secret} = ""' if line.startswith(f"{secret} =") else line
        for line in (MINIMAL + KANNEL + SMSGATE + HTTP).splitlines()
    )
    said = written.refused(text)
    assert said and all(f".{secret}: empty; write the secret or set it by environment." in line for line in said)


@pytest.mark.parametrize("secret", ["password", "secret", "signing_key"])
def test_a_missing_secret_is_named(written: Written, secret: str) -> None:
    lines = (MINIMAL + KANNEL + SMSGATE + HTTP).splitlines()
    said = written.refused("\n".join(line for line in lines if not line.startswith(f"{secret} =")))
    assert said and all(f".{secret}: missing. " in line for line in said)


def test_a_webhook_needs_a_secret_and_an_address(written: Written) -> None:
    said = written.refused(MINIMAL + 'mode = "webhook"\n')
    assert [line.split(": ")[0] for line in said] == ["channels.telegram.secret", "web.public_url"]
    whole = MINIMAL + 'mode = "webhook"\nsecret = "s"\n'
    assert written.load(whole.replace("port = 8080", 'public_url = "https://x.org"')).channels.telegram


def test_a_file_that_cannot_be_read(written: Written, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such settings file. Make one with `kurikirana init`"):
        load(tmp_path / "none.toml", {})
    assert written.refused("port = \n") == ["not TOML: Invalid value (at line 1, column 8)."]
    assert written.refused(MINIMAL.encode() + b"# \xe9") == [
        f"not UTF-8 (byte {len(MINIMAL) + 2}). Save it as UTF-8."
    ]


@examples(300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(st.binary(max_size=80), st.text("[]=\"'\n.#ahlivewportj{},1:", max_size=80)))
def test_any_file_is_read_or_refused_in_words(written: Written, text: str | bytes) -> None:
    start = b"[project]\nstart = 2026-04-01\n"
    try:
        written.load(start + (text if isinstance(text, bytes) else text.encode()))
    except SettingsError as error:
        assert str(written.file) in str(error)


# --- by the environment ---


def test_the_environment_goes_before_the_file(written: Written) -> None:
    made = written.load(
        KURIKIRANA_LIVE="false",
        KURIKIRANA_WEB__PORT="9090",
        KURIKIRANA_PROJECT__START="2026-05-01",
        KURIKIRANA_CHANNELS__TELEGRAM__TOKEN="2:B",
        KURIKIRANA_CONFIG="elsewhere.toml",
        KURIKIRANA_CRASH_AT="of the tests",
        PATH="/bin",
    )
    assert not made.live and made.web.port == 9090 and made.project.start == date(2026, 5, 1)
    assert made.channels.telegram and made.channels.telegram.token.get_secret_value() == "2:B"
    assert made.project.name == "Rutana"


def test_a_channel_may_stand_in_the_environment_alone(written: Written) -> None:
    names = {"URL": "http://phone:8080", "USERNAME": "u", "PASSWORD": "p", "SIGNING_KEY": "k"}
    made = written.load(**{f"KURIKIRANA_CHANNELS__SMSGATE__{key}": value for key, value in names.items()})
    assert made.channels.smsgate and made.channels.smsgate.per_half_hour == 30


def test_a_mistake_in_the_environment_is_named(written: Written) -> None:
    said = written.refused(KURIKIRANA_WEB__PRT="1", KURIKIRANA_LIMITS__REMINDERS="-1")
    assert any(
        line.startswith("KURIKIRANA_WEB__PRT, web.prt: no such setting. Known here: host, port") for line in said
    )
    assert any(line.startswith("KURIKIRANA_LIMITS__REMINDERS, limits.reminders: read '-1'; ") for line in said)


def test_which_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KURIKIRANA_CONFIG", raising=False)
    assert find(None) == Path("kurikirana.toml")
    monkeypatch.setenv("KURIKIRANA_CONFIG", "other.toml")
    assert find(None) == Path("other.toml") and find(Path("third.toml")) == Path("third.toml")


# --- what once went wrong ---


@pytest.mark.parametrize(
    "line",
    [
        '[channels]\ntelegram = "1:canary"',
        '[channels.telegram]\ntoken = ["1:canary"]',
        HTTP.replace("http://gateway", "gateway"),
        HTTP.replace("body-canary", "{canary}"),
        HTTP.replace('"header-canary"', '["canary"]'),
        HTTP.replace("header-canary", "{canary}"),
    ],
)
def test_no_mistake_shows_a_secret(written: Written, line: str) -> None:
    said = written.refused(MINIMAL.split("[channels")[0] + line)
    assert said and "canary" not in "".join(said)


def test_folder_is_no_setting(written: Written) -> None:
    assert written.refused('folder = "x"\n' + MINIMAL)[0].startswith("line 1, folder: no such setting.")


def test_a_section_that_is_no_section(written: Written) -> None:
    assert written.refused("web = 8080\n" + MINIMAL.replace("[web]\nport = 8080\n", ""), KURIKIRANA_WEB__PORT="1")


def test_a_file_saved_by_notepad(written: Written) -> None:
    assert written.load(b"\xef\xbb\xbf" + MINIMAL.encode()).live


def test_a_wrong_value_of_the_environment_is_not_looked_for_in_the_file(written: Written) -> None:
    assert "line" not in written.refused(KURIKIRANA_WEB__PORT="99999")[0].split("web.port")[0]
