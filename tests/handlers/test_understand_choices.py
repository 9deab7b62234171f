"""One of a list: exact first, one clear near miss, never an invention."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from handlers.understand.choices import choose, name
from tests.cases import cases

PEOPLE = [
    ("women", ["F", "W", "K", "femmes", "abakenyezi", "wanawake"]),
    ("men", ["M", "H", "G", "hommes", "abagabo", "wanaume"]),
    ("new", ["N", "nouveaux", "bashasha", "wapya"]),
]
PLACES = ["Kivoga", "Kivuga", "Mpinga-Kayove", "Rutana", "Gitanga"]


@cases(
    "word expected",
    [
        ("F", "women"), ("f", "women"), ("Fémmes", "women"), ("women", "women"), ("ABAGABO", "men"), ("wapya", "new"),
        ("fammes", "women"), ("wanawke", "women"), ("wanaumke", "men"), ("abgabo", "men"), ("abakenyesi", "women"),
        ("xyz", None), ("", None), ("12", None), ("fm", None), ("hemmes", None), ("w a", None), ("\ud800", None),
    ],
)  # fmt: skip
def test_choose(word: str, expected: str | None) -> None:
    assert choose(word, PEOPLE) == expected


def test_choose_without_near_misses() -> None:
    assert choose("fammes", PEOPLE, near=False) is None
    assert choose("femmes", PEOPLE, near=False) == "women"


def test_an_alias_of_two_choices_is_nobody() -> None:
    assert choose("x", [("a", ["x"]), ("b", ["X"])]) is None
    assert choose("same", [("one", ["same", "same"])]) == "one"


def test_men_are_never_a_misspelling_of_women() -> None:
    """Jaro-Winkler alone puts wanaume within .88 of wanawake."""
    only_women = PEOPLE[:1]
    assert choose("wanaume", only_women) is None
    assert choose("abagabo", only_women) is None
    assert choose("hommes", only_women) is None


@cases("choice alias", [(c, a) for c, aliases in PEOPLE for a in aliases if len(a) >= 5])
def test_every_single_mistake_is_that_choice_or_nothing(choice: str, alias: str) -> None:
    spellings = {alias[:i] + alias[i + 1 :] for i in range(len(alias))}
    spellings |= {alias[:i] + letter + alias[i:] for i in range(len(alias)) for letter in "aemnk"}
    spellings |= {alias[:i] + letter + alias[i + 1 :] for i in range(len(alias)) for letter in "aemnk"}
    found = [choose(spelled, PEOPLE) for spelled in spellings]
    assert set(found) <= {choice, None}
    assert found.count(choice) >= 0.6 * len(found)


@cases(
    "words expected",
    [
        ("kivoga f", ("Kivoga", 1)), ("KIVOGA", ("Kivoga", 1)), ("mpinga kayove m", ("Mpinga-Kayove", 2)),
        ("mpingakayove", ("Mpinga-Kayove", 1)), ("mpinga kayov m", ("Mpinga-Kayove", 2)), ("ru tana", ("Rutana", 2)),
        ("rutna", ("Rutana", 1)), ("kivga", None), ("bujumbura", None), ("rut", None), ("", None),
        ("12 rutana", None),
        ("gitega", None),
    ],
)  # fmt: skip
def test_name(words: str, expected: tuple[str, int] | None) -> None:
    assert name(words.split(), PLACES) == expected


def test_the_longest_name_wins_and_twins_are_nobody() -> None:
    assert name(["kivoga", "haut", "f"], ["Kivoga", "Kivoga haut"]) == ("Kivoga haut", 2)
    assert name(["kivoga"], ["Kivoga", "KIVOGA"]) is None
    assert name(["kivoga"], ["Kivoga", "Kivoga"]) == ("Kivoga", 1)
    assert name(["kivoga"], []) is None
    assert name(["kivoga"], ["", "?"]) is None


@given(st.lists(st.text(max_size=8), max_size=6), st.lists(st.text(max_size=8), max_size=6))
def test_never_raises_and_never_invents(words: list[str], names: list[str]) -> None:
    found = name(words, names)
    assert found is None or (found[0] in names and 1 <= found[1] <= min(4, len(words)))
    for word in words:
        choice = choose(word, [(given_name, [given_name]) for given_name in names])
        assert choice is None or choice in names
