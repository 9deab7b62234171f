"""What the one-line grammar knows of one form, worked out once: labels, choices, keywords, positions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from handlers.forms.definition import Definition
from handlers.forms.model import SAID, SELECTS, Choice, Context, Question, Step
from handlers.understand.choices import Listed
from handlers.understand.vocabulary import POLITE
from handlers.understand.words import FILLERS, plain, tokens

Words = tuple[str, ...]
Group = tuple[tuple[Question, ...], ...]
"""Questions that are asked together: the ways in which bare numbers may fill them, all or none."""

THOUSANDS: Final = "thousands-sep"
"""XLSForm's appearance for amounts: their thousands may be written apart, 450 000."""
_SHORTEST_LABEL: Final = 3
PEOPLE: Final = frozenset(["people", "persons", "personnes", "personne", "abantu", "watu", "umuntu", "mtu", "ni"])
CONNECTIVES: Final = frozenset(["et", "and", "na", "n'", "n", "'", "kandi"])
"""Between two numbers they may join the digits of one answer: "1 et 3"."""
UNKNOWN: Final = frozenset(
    ["x", "inconnu", "unknown", "simbizi", "mutabizi", "sinzi", "ntubizi", "sijui", "haijulikani"]
    + ["do not know", "i do not know", "don't know", "i don't know", "dont know", "i dont know", "not known"]
    + ["je ne sais pas", "je sais pas", "ne sais pas", "pas connu"]
)
"""Asked and not known (C6, G2). Kirundi and Swahili are drafts."""
NOBODY: Final = frozenset(
    ["nobody", "none", "nobody new", "personne", "aucun", "aucune", "hakuna", "nta n'umwe", "nta numwe"]
    + ["no one", "nothing", "rien", "personne de nouveau", "il n'y en a pas", "pas un", "ntanumwe", "ntawe"]
    + ["nta n'umwe mushasha", "nta numwe mushasha", "les memes", "les memes personnes", "memes personnes"]
    + ["ce sont les memes", "the same", "the same people", "same people", "ni bamwe", "wale wale"]
)
"""How C4 itself says 0 0. Kirundi and Swahili are drafts."""


NOTHING_OF_IT: Final = frozenset(
    ["rien", "rien du tout", "nothing", "none", "aucun", "aucune", "hakuna", "nta na kimwe", "ntaco", "nta co"]
)
"""Said to one amount: 0."""
EVERYBODY: Final = frozenset(
    ["tous", "toutes", "tous nouveaux", "tous sont nouveaux", "tout le monde", "tout le monde est nouveau"]
    + ["all", "all new", "all are new", "all of them", "everybody", "bose", "bose ni bashasha", "wote", "wote wapya"]
    + ["wote ni wapya"]
)
"""Who of them is new: all. Kirundi and Swahili are drafts."""


def key_of(text: str) -> Words:
    """A label, an alias or a name as the words of a message; figures without leading zeros."""
    return tuple(bare(token.text) for token in tokens(text.replace("_", " ")))


def bare(word: str) -> str:
    """07 -> 7, anything else as it is."""
    return (word.lstrip("0") or "0") if word.isdecimal() else word


class Phrases:
    """Sequences of words and the (question, choice) they may mean; the choice is '' for a label."""

    __slots__ = ("_by_first", "words")

    def __init__(self, entries: Iterable[tuple[Words, str, str]]) -> None:
        meanings: dict[Words, dict[tuple[str, str], None]] = {}
        for words, question, choice in entries:
            if words:
                meanings.setdefault(words, {})[question, choice] = None
        self.words = meanings
        self._by_first: dict[str, list[tuple[Words, tuple[tuple[str, str], ...]]]] = {}
        for words in sorted(meanings, key=len, reverse=True):
            self._by_first.setdefault(words[0], []).append((words, tuple(meanings[words])))

    def at(self, words: Sequence[str], start: int) -> Iterator[tuple[tuple[tuple[str, str], ...], int]]:
        """Every phrase at this place, the longest first: its meanings and how many words it takes."""
        for phrase, meaning in self._by_first.get(words[start], ()):
            if tuple(words[start : start + len(phrase)]) == phrase:
                yield meaning, len(phrase)


class Tables:
    """One form's words."""

    def __init__(self, form: Definition) -> None:
        self.form = form
        said = [q for q in form.questions if q.type in SAID and q.stored and not q.shows_only]
        labels = [(key_of(alias), q.name, "") for q in said for alias in q.aliases]
        self.labels = Phrases(labels)
        counts = {q.name for q in said if q.type == "integer"}
        self.label_words = frozenset(word for phrase in self.labels.words for word in phrase)
        self.choices = Phrases(
            (key_of(text), q.name, choice.name)
            for q in said
            if q.type in SELECTS and not q.from_file
            for choice in q.choices
            for text in _spellings(choice)
        )
        self.keywords = frozenset(plain(word) for word in form.keywords)
        used = self.label_words | {words[0] for words in self.choices.words}
        self.fillers = (FILLERS | PEOPLE | POLITE) - used
        self.groups = self._line_groups()
        self.dates = tuple(q.name for q in said if q.type == "date")
        self.fractions = any(q.type == "decimal" for q in said)
        self.amounts = any(THOUSANDS in q.appearance for q in said)
        self.from_file = tuple(q for q in said if q.from_file)
        self.splits_digits = any(q.type == "select_multiple" for q in said)
        single = (" ".join(words) for p in (self.labels, self.choices) for words in p.words if len(words) == 1)
        self.near = Listed((word, ()) for word in single)
        self.single_words = frozenset(w[0] for p in (self.labels, self.choices) for w in p.words if len(w) == 1)
        counted = [w[0] for w, meaning in self.labels.words.items() if any(q in counts for q, _ in meaning)]
        self.none_of, self.none_behind = _none_of(counted), _none_behind(counted)
        self._steps: dict[int, tuple[tuple[Group, ...], Phrases]] = {}

    def hides(self, word: str, found: str) -> bool:
        """Whether a word is what was found with labels or choices of the form stuck to its ends."""
        rests, seen = [word], {word}
        while rests:
            rest = rests.pop()
            for cut in range(1, len(rest)):
                head, tail = rest[:cut], rest[cut:]
                less = {tail} if head in self.single_words else set()
                less |= {head} if tail in self.single_words else set()
                if found in less:
                    return True
                rests += [part for part in less if len(part) > len(found) and part not in seen]
                seen |= less
        return False

    def _line_groups(self) -> tuple[Group, ...]:
        """The bare numbers of the one-line form, in groups that are filled whole."""
        placed = sorted((q for q in self.form.questions if q.position and not q.stands_for), key=_position)
        groups: dict[str, list[Question]] = {}
        for question in placed:
            try:
                step = self.form.step_of(question.name).name
            except KeyError:
                step = question.name
            groups.setdefault(step, []).append(question)
        return tuple(self._ways(tuple(questions)) for questions in groups.values())

    def _ways(self, questions: tuple[Question, ...]) -> Group:
        """All of the questions, or with one that stands for several of them in their place."""
        ways = [questions]
        names = [q.name for q in questions]
        for other in self.form.questions:
            if other.stands_for and set(other.stands_for) <= set(names):
                first = names.index(other.stands_for[0])
                rest = [q for q in questions if q.name not in other.stands_for]
                ways.append((*rest[:first], other, *rest[first:]))
        return tuple(ways)

    def step(self, step: Step) -> tuple[tuple[Group, ...], Phrases]:
        """The positions and labels that count while a step is open."""
        found = self._steps.get(id(step))
        if found is None:
            asked = tuple(q for q in step.questions if q.type in SAID and not q.shows_only)
            own = [(key_of(alias), q.name, "") for q in asked for alias in q.step_aliases]
            amount = any(THOUSANDS in q.appearance for q in asked)
            everywhere = [
                (words, q, c)
                for words, meaning in self.labels.words.items()
                for q, c in meaning
                if not (amount and len(words) == len(words[0]) == 1)  # "1M" is no man
            ]
            found = ((self._ways(asked),) if asked else (), Phrases([*own, *everywhere]))
            if any(step is own for own in self.form.all_steps):
                self._steps[id(step)] = found
        return found

    def names(self, ctx: Context) -> list[tuple[Question, Sequence[Choice]]]:
        """The lists given at run time: places, businesses."""
        return [(q, ctx.lists[q.list_name]) for q in self.from_file if ctx.lists.get(q.list_name)]


def _none_of(labels: Iterable[str]) -> re.Pattern[str] | None:
    """ "pas de", "nta", "hakuna" before one of these words, and no figure behind it: none of it came."""
    words = "|".join(sorted({word for word in labels if len(word) >= _SHORTEST_LABEL}, key=len, reverse=True))
    none = r"(?:pas de |pas d'|pas d'un |aucune? |nta |hakuna |no |none |nobody )"
    return re.compile(rf"\b{none}(?=(?:{words})\b(?! ?[:=]? ?\d))") if words else None


def _none_behind(labels: Iterable[str]) -> re.Pattern[str] | None:
    """ "nouveaux: aucun", "wapya hakuna": the same, said behind the word."""
    words = "|".join(sorted({word for word in labels if len(word) >= _SHORTEST_LABEL}, key=len, reverse=True))
    none = r"(?:aucune?|none|nobody|hakuna|nta n'umwe|nta numwe)(?=\W*$|[.,;])"
    return re.compile(rf"\b((?:{words})\W{{1,3}}){none}") if words else None


def _position(question: Question) -> int:
    return question.position or 0


def _spellings(choice: Choice) -> Iterator[str]:
    yield choice.name
    yield from choice.aliases
    yield from choice.label.texts.values()
    yield from choice.short.texts.values()
