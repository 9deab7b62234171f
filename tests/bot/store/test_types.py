"""A time is read as it was stored, whatever year a provider wrote: a row that cannot be read stops everything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects.sqlite import dialect

from bot.store.types import Moment
from tests.examples import examples

ZONES = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
DAY = timedelta(days=1)
FIRST, LAST = datetime.min + DAY, datetime.max - DAY


@examples(300)
@given(moment=st.datetimes(FIRST, LAST, timezones=ZONES))
def test_a_time_is_read_as_it_was_stored(moment: datetime) -> None:
    stored = Moment().process_bind_param(moment, dialect())
    read = Moment().process_result_value(stored, dialect())
    assert isinstance(stored, int) and read == moment and read.tzinfo is UTC


def test_a_time_without_a_zone_is_not_stored() -> None:
    with pytest.raises(ValueError, match="zone"):
        Moment().process_bind_param(datetime(2026, 11, 29), dialect())
