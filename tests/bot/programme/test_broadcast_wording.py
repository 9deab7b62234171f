"""What staff write for a broadcast: fields, gaps, lengths; every mistake is said, nothing is a program."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.programme.broadcasts.wording import FIELDS, LEAVE_OUT, Wording, WordingError, from_values, read
from bot.render import segments

EVERYTHING = {"name": "Odette", "association": "ABAHUZA", "officer": "Eric"}


def test_a_file_with_everything(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(
        'fr = "OIM: {name}, Foire le {date}. 1 oui 2 non"\nasks = true\ndate = 2026-12-12\n'
        'not_after = 2026-12-12T12:00:00+02:00\n[missing]\nrn = "fr"\nsw = "leave_out"\n'
    )
    wording = read(tmp_path / "a.toml")
    said = wording.say("fr", "Odette", "ABAHUZA", "Eric", rich=False)
    assert said == ("OIM: Odette, Foire le 12/12. 1 oui 2 non", 1)
    assert [wording.for_reader(language) for language in ("fr", "rn", "sw", "en")] == ["fr", "fr", LEAVE_OUT, None]
    assert wording.not_after and wording.not_after.hour == 10


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "no text"),
        ('fr = "a {nom}"', "fr: {nom} at character 3 is no field. Allowed are {name} {association} {date}"),
        ('fr = "a } b"', "fr: } at character 3"),
        ('fr = "a {name.__class__}"', "{name.__class__}"),
        ('fr = "{{ 1 + 1 }}"', "fr: {"),
        ('fr = "{date}"', "needs a line such as date"),
        ('fr = "Venez?"\nasks = true', "does not say what 1 and 2 mean"),
        ('fr = "Le 1/2?"\nasks = true', "does not say what 1 and 2 mean"),
        ('de = "Hallo"', "de: not known. Known are asks, date, en, fr, missing, not_after, rn, sw."),
        ("fr = 3", "fr: read 3"),
        ('fr = "a"\n[missing]\nrn = "en"', "missing.rn: read 'en'; allowed are fr, leave_out."),
        ('fr = "a"\n[missing]\nfr = "leave_out"', "there is a text in this language"),
        ('fr = "1 oui 2 non"\n[missing]\nasks = true', "Put it above [missing]"),
        ('fr = "a"\nnot_after = 2026-12-12T12:00:00', "has no zone"),
        (f'fr = "{"x" * 901}"', "901 characters; at most 900"),
        ('fr = "a', "not TOML"),
    ],
)
def test_every_mistake_says_where_and_what_is_allowed(tmp_path: Path, source: str, said: str) -> None:
    (tmp_path / "a.toml").write_text(source)
    with pytest.raises(WordingError) as error:
        read(tmp_path / "a.toml")
    assert said in str(error.value)
    assert all(line.startswith(str(tmp_path / "a.toml")) for line in str(error.value).splitlines())


def test_a_file_that_is_not_there_or_not_utf8(tmp_path: Path) -> None:
    with pytest.raises(WordingError, match="No such file"):
        read(tmp_path / "none.toml")
    (tmp_path / "b.toml").write_bytes('fr = "é"'.encode("latin-1"))
    with pytest.raises(WordingError, match="not UTF-8"):
        read(tmp_path / "b.toml")


@given(st.text(max_size=300))
def test_what_staff_write_is_said_as_it_is_or_refused(text: str) -> None:
    """No text runs, hangs or loses a brace: it is a mistake, or every character but its fields is kept."""
    try:
        wording = Wording({"en": text}, day=date(2026, 12, 12))
    except WordingError:
        return
    said = wording.say("en", "N", "A", "O", rich=True).text
    for name, value in (("name", "N"), ("association", "A"), ("officer", "O"), ("date", "12/12")):
        text = text.replace(f"{{{name}}}", value)
    assert said == text


@given(
    st.lists(st.sampled_from([*(f"{{{name}}}" for name in FIELDS), "é", "ê", "x" * 40, "~", "ok "]), max_size=20),
    st.text(min_size=1, max_size=12),
)
def test_the_parts_are_those_of_the_text_that_leaves(pieces: list[str], name: str) -> None:
    text = "".join(pieces) or "x"
    if not text.strip():
        return
    wording = Wording({"fr": text}, day=date(2026, 12, 31))
    said = wording.say("fr", name, "TWIYUNGANIR", "Jeanpierre", rich=False)
    assert said.parts == segments(said.text)[0]
    assert segments(said.text)[1] == "gsm7", "an SMS of ours is never cut to 70 characters"


def test_the_same_words_have_the_same_digest_whatever_the_spaces() -> None:
    one, other = from_values({"fr": "a  b", "en": "c"}), from_values({"en": "c ", "fr": "a b"})
    assert one.digest == other.digest
    assert one.digest != from_values({"fr": "a b"}).digest
