"""What the environment may say of the settings: lists too, and every slip in a name is said."""

from __future__ import annotations

from datetime import date, time

import pytest

from tests.bot.test_settings import KANNEL, MINIMAL, Written, written

__all__ = ["written"]


def test_lists_seasons_and_tables_may_stand_in_the_environment(written: Written) -> None:
    made = written.load(
        KURIKIRANA_HOURS__HOLIDAYS='["2026-12-25", 2027-01-01]',
        KURIKIRANA_REMINDERS__THEN_AFTER_DAYS="[2, 5]",
        KURIKIRANA_REMINDERS__ASSOCIATIONS__07__AT="12:15",
        KURIKIRANA_REMINDERS__SEASONS__B__THEN_AFTER_DAYS="[4]",
        KURIKIRANA_LIMITS__REMINDERS="2",
        KURIKIRANA_SEASONS__C="07-02 to 09-13",
        KURIKIRANA_HOURS__MARKET_DAYS='{Rutana = ["Thu"]}',
    )
    assert made.hours.holidays == (date(2026, 12, 25), date(2027, 1, 1))
    assert made.reminders.then_after_days == (2, 5)
    assert made.reminders.associations["07"].at == time(12, 15)
    assert made.reminders.seasons["B"].then_after_days == (4,)
    assert made.seasons.C == "07-02 to 09-13"
    assert made.hours.market_days == {"Rutana": ("Thu",)}


def test_a_secret_that_begins_like_a_list_is_a_secret(written: Written) -> None:
    made = written.load(MINIMAL + KANNEL, KURIKIRANA_CHANNELS__KANNEL__PASSWORD='["a"]')
    assert made.channels.kannel and made.channels.kannel.password.get_secret_value() == '["a"]'


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        (
            "HOURS__HOLIDAYS",
            "2026-12-25",
            "HOURS__HOLIDAYS, hours.holidays: read '2026-12-25'; Write a list, as in [\"",
        ),
        ("WEB_PORT", "1", "WEB_PORT: no such setting. Write two underscores behind a section: KURIKIRANA_WEB__PORT."),
        ("WEBB__PORT", "1", "WEBB__PORT, webb: no such setting. Known here: backup, channels,"),
    ],
)
def test_a_slip_is_said_with_its_variable(written: Written, name: str, value: str, says: str) -> None:
    [line] = written.refused(**{f"KURIKIRANA_{name}": value})
    assert line.startswith(f"KURIKIRANA_{says}")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgres://u:canary@h/d", "'postgres://...@h/d'; "),
        ("postgresql://u:canary@h/d?connect_timeout=5", "behind a ? stand host, port and sslmode only"),
        ("postgresql://u:can/ary@h:port/d", "'postgresql://...@h:port/d'; its port is not a number"),
        ("sqlite:///:memory:", "'sqlite:///:memory:'; in memory nothing is kept"),
        ("sqlite:///k.db?mode=ro", "'sqlite:///k.db?mode=ro'; "),
    ],
)
def test_an_address_of_no_database_is_refused_without_its_password(written: Written, url: str, says: str) -> None:
    [line] = written.refused(KURIKIRANA_DATABASE__URL=url)
    assert says in line and "sqlite:///FILE or postgresql://" in line
    assert "canary" not in line and "ary@" not in line


@pytest.mark.parametrize(
    "address", ["h:13013/sms", "ftp://h/", "http://", "http://h:99999/", "http://[h/", "http://h/é"]
)
@pytest.mark.parametrize("name", ["channels.kannel.sendsms_url", "web.public_url", "channels.telegram.api_url"])
def test_what_is_no_address_is_refused_before_anything_is_sent_there(
    written: Written, name: str, address: str
) -> None:
    variable = "KURIKIRANA_" + name.replace(".", "__").upper()
    [line] = written.refused(MINIMAL + KANNEL, **{variable: address})
    assert line.startswith(f"{variable}, {name}: read {address!r}; write http://HOST/... or https://HOST/...")


def test_an_address_may_have_an_account_and_a_path(written: Written) -> None:
    address = "https://proxy:canary@sms.example.org:8443/cgi-bin/sendsms?lane=1"
    made = written.load(MINIMAL + KANNEL, KURIKIRANA_CHANNELS__KANNEL__SENDSMS_URL=address)
    assert made.channels.kannel and made.channels.kannel.sendsms_url == address
