"""People counted twice in one message: a total beside women and men, and the new people by sex behind their word.

"19 personnes: 12 femmes 7 hommes" is read where the sum is right, and asked about where it is not; "nouveaux 5 femmes
3 hommes" are the new people. The form itself has no question for either.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from handlers.forms import Reading

_PEOPLE: Final = r"(?:personnes?|people|persons?|participante?s?|pers|(?:abantu|watu)(?! ?\d))"
_BEFORE: Final = r"(?:personnes?|people|persons?|participante?s?|pers|abantu|watu)"
_NEW: Final = r"(?:nouveaux|nouvelles|nouveau|nouvelle|new|bashasha|abashasha|wapya|mpya)"
_ALL: Final = r"(?:au total|en tout|in total|altogether|total|totaux|bose hamwe|kwa jumla|jumla|pamoja)"
_SURE: Final = re.compile(
    rf"\b(\d{{1,3}}) ?{_PEOPLE}\b(?: {_ALL}\b)?(?: soit\b)?(?! ?{_NEW})"
    rf"|\b{_ALL}\W{{0,3}}(?:de |of |ni |ya |watu |abantu )?(\d{{1,3}})\b(?![./]\d)(?: {_PEOPLE}\b)?"
    rf"|\b(\d{{1,3}}) {_ALL}\b(?!\W{{0,3}}\d)|\bsoit (\d{{1,3}})\W*$"
    rf"|(?<=\d) ?= ?(\d{{1,3}})\b",
    re.IGNORECASE,
)
_PERHAPS: Final = re.compile(rf"\b{_BEFORE}\W{{1,3}}(\d{{1,3}})\b(?![./]\d)", re.IGNORECASE)
"""As well a word before the women: "abantu 12 7"."""
_WOMEN: Final = r"(?:femmes?|women|woman|dames?|abakenyezi|abagore|wanawake|f|w)"
_MEN: Final = r"(?:hommes?|men|man|messieurs|abagabo|wanaume|h|m|g)"
_AND: Final = r"(?:[,.;]? ?(?:et|and|na|n')? ?)"


def _either_way(women: str, men: str, between: str, begins: int) -> Iterator[tuple[str, str, str]]:
    """Her and him with a figure before or behind them, in either order, and what is said by it as new women and men.

    `begins`: the number of the first figure's group.
    """
    figure = r"(\d{1,3})"
    for she, he in (
        (f"{figure} ?{women}", f"{figure} ?{men}"),
        (f"{women}{between}{figure}", f"{men}{between}{figure}"),
    ):
        yield she, he, rf" NF\{begins} NM\{begins + 1} "
        yield he, she, rf" NM\{begins} NF\{begins + 1} "


_BY_SEX: Final = tuple(
    (re.compile(rf"\b(?P<new>{_NEW})\b\W{{0,3}}(?:dont |including )?{first}\b{_AND}{second}\b", re.IGNORECASE), said)
    for first, second, said in _either_way(_WOMEN, _MEN, " ?[:=]? ?", 2)
)
_BY_GENDER: Final = tuple(
    (re.compile(rf"\b{first}{_AND}{second}\b", re.IGNORECASE), said)
    for first, second, said in _either_way(r"nouvelles?(?: femmes?)?", r"nouveaux?(?: hommes?)?", r"\W{1,3}", 1)
)
"""5 nouvelles, 3 nouveaux: side by side, the French words alone say whom they mean."""
_OF_THEM: Final = rf"\W{{0,2}}(?:dont|including|incl|parmi lesquelles|parmi eux|muri bo) (\d{{1,3}}) ?(?:{_NEW})\b"
_NEW_AMONG: Final = (
    (re.compile(rf"\b(\d{{1,3}}) ?{_WOMEN}{_OF_THEM}", re.IGNORECASE), r" F\1 NF\2 "),
    (re.compile(rf"\b(\d{{1,3}}) ?{_MEN}{_OF_THEM}", re.IGNORECASE), r" M\1 NM\2 "),
)
"""12 femmes dont 5 nouvelles."""
_ALL_OF_THEM: Final = re.compile(rf"\b(?:tous|toutes|all|bose|wote)(?: sont| are| ni)? {_NEW}\b", re.IGNORECASE)
_FIGURE: Final = re.compile(r"\d")
_TOLD_NEW: Final = frozenset(("new_women", "new_men", "new_people"))
_NEW_WORD: Final = re.compile(_NEW, re.IGNORECASE)

Read = Callable[[str], Reading]


def read(text: str, of: Read, names: tuple[str, str] = ("women", "men")) -> Reading:
    """What `of` reads in a text, with its total looked at. `names`: the two whose sum it is.

    A total that is not the sum is a leftover, and nothing is offered.
    """
    if "=" not in text and (text.lower() == text.upper() or _FIGURE.search(text) is None):
        return of(text)
    sure = _SURE.search(text)
    if sure is not None:
        return _summed(text, sure, of, names)
    reading = _by_sex(text, of)
    perhaps = None if reading.status in ("whole", "ambiguous") else _PERHAPS.search(text)
    if perhaps is None:
        return reading
    summed = _summed(text, perhaps, of, names)
    return summed if summed.status == "whole" else reading


def _summed(text: str, total: re.Match[str], of: Read, names: tuple[str, str]) -> Reading:
    """The text without its total, where that agrees, or where women and men are asked for anyhow."""
    reading = _by_sex(f"{text[: total.start()]} {text[total.end() :]}", of)
    if reading.status == "nothing":
        as_it_is = of(text)
        return as_it_is if as_it_is.status != "whole" else Reading("leftover", {}, (total[0].strip(),))
    told = [reading.values.get(name) for name in names]
    figure = next(int(group) for group in total.groups() if group)
    agrees = told == [None, None] or (None not in told and sum(map(int, told)) == figure)  # type: ignore[arg-type]
    return reading if agrees and reading.values else Reading("leftover", {}, (total[0].strip(),), (), reading.keyword)


def _by_sex(text: str, of: Read) -> Reading:
    """As `of`; where it reads no whole, new people by sex behind their word: "nouveaux 5 femmes 3 hommes"."""
    reading = of(text)
    if reading.status in ("whole", "ambiguous") or _NEW_WORD.search(text) is None:
        return reading
    if (everybody := _ALL_OF_THEM.search(text)) is not None:
        other = of(f"{text[: everybody.start()]} {text[everybody.end() :]}")
        came = [other.values.get(name) for name in ("women", "men")]
        if other.status == "whole" and None not in came and not _TOLD_NEW & other.values.keys():
            return replace(other, values={**other.values, "new_women": came[0], "new_men": came[1]})
    splits = [pattern.subn(said, text) for pattern, said in (*_BY_SEX, *_BY_GENDER)]
    women, men = _NEW_AMONG
    among = men[0].subn(men[1], women[0].sub(women[1], text))
    for split, found in (*splits, among):
        other = of(split) if found == 1 else reading
        if other.status == "whole":
            return other
    return reading
