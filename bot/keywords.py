"""Correcting the words by which leaders command: what may be one, who reads it where, and the file that keeps them.

A word means one thing: of two commands, of a command and a form, of a command and an answer, one only.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rapidfuzz.distance import OSA

from bot.forms import load_shipped
from bot.render import Words
from bot.render.catalogue import fields_of
from bot.render.fields import COMMON
from bot.render.keywords import FILE, LABEL, read, written
from bot.render.sentences import Sentence, at
from handlers.forms import Form
from handlers.said import meaning
from handlers.understand.vocabulary import COURTESY, NO, SENSITIVE, YES
from handlers.understand.words import FILLERS, KEYWORDS, SHIPPED, Keywords, plain, yes_no

Lists = Mapping[str, Sequence[str]]
"""Command -> its words."""
SHORTEST = 3
"""Letters: shorter ones stand in reports (12F 7M)."""
_LONG = 5
"""From so many letters on, one typing mistake is forgiven."""
_WORD = re.compile(rf"[^\W\d_]{{{SHORTEST},16}}")
_LETTERS = re.compile(r"[^\W\d_]+")
_ANSWERS = YES | NO | COURTESY | FILLERS | {entry for row in SENSITIVE.values() for entry in row}


def read_list(text: str) -> tuple[str, ...]:
    """What somebody wrote, with commas or spaces between: plain words, each once."""
    return tuple(dict.fromkeys(plain(word) for word in re.split(r"[,;\s]+", text) if word))


def changed(words: Words, lists: Lists) -> dict[str, tuple[str, ...]]:
    """Those of the lists that are other than what is in use; a missing or empty one changes nothing."""
    return {name: tuple(new) for name, new in lists.items() if new and tuple(new) != words.keywords.of.get(name)}


def faults(words: Words, forms: Iterable[Form], lists: Lists) -> list[Sentence]:
    """What is wrong with these lists, in words for their writer: where, what, what to do; empty when nothing."""
    together = {**words.keywords.of, **lists}
    means: dict[str, list[str]] = {}
    for command, there in together.items():
        for word in there:
            means.setdefault(word, []).append(command)
    forms, problems = list(forms), list[Sentence]()
    for command, new in lists.items():
        if command not in KEYWORDS:
            problems.append(
                at(command, Sentence("no command of ours; they are {commands}.", commands=", ".join(KEYWORDS)))
            )
            continue
        for word in new:
            others = [other for other in means[word] if other != command]
            problems += [at(command, fault) for fault in _word_faults(word, others, forms, SHIPPED.of[command])]
        problems += [at(command, fault) for fault in _gone(words, command, set(words.keywords.of[command]) - {*new})]
    return problems + label_faults(Words(words.rules, words.texts, keywords=Keywords(together)), words.rules)


def _word_faults(word: str, others: Sequence[str], forms: Iterable[Form], shipped: Collection[str]) -> list[Sentence]:
    if not _WORD.fullmatch(word):
        return [Sentence("'{word}' cannot be one: write one word of 3 to 16 letters, without figures.", word=word)]
    found = [
        Sentence("'{word}' means {other} too; take it away from one of them.", word=word, other=other)
        for other in others
    ]
    if word in shipped:
        return found
    if word in _ANSWERS:
        found.append(Sentence("'{word}' is said in answers and sentences; choose another word.", word=word))
    for form in forms:
        if near := next((one for one in sorted(words_of(form)) if _reads_alike(word, one)), None):
            found.append(
                Sentence(
                    "'{word}' is '{near}' of the form {form}, or one letter from it; choose another word.",
                    word=word,
                    near=near,
                    form=form.name,
                )
            )
    return found


def words_of(form: Form) -> frozenset[str]:
    """The single words that a form understands: those that start it, its labels, its choices."""
    return form.tables.keywords | form.tables.single_words


def _reads_alike(word: str, other: str) -> bool:
    if word == other:
        return True
    return len(word) >= _LONG and len(other) >= _LONG and OSA.distance(word, other, score_cutoff=1) <= 1


def _gone(words: Words, command: str, gone: Collection[str]) -> list[Sentence]:
    """A word that leaders were told, or that ends messages, is understood for ever."""
    if command == "stop" and (lost := sorted(set(gone) & set(SHIPPED.of["stop"]))):
        return [Sentence("keep {word}: whoever says it must be heard.", word=", ".join(lost))]
    told = {word: where for word, where in _told(words).items() if word in gone}
    return [
        Sentence("'{word}' stands in the text {text}; correct the text first.", word=word, text=text)
        for word, text in sorted(told.items())
    ]


def _told(words: Words) -> dict[str, str]:
    """Words that stand in capitals in a text -> the first such text."""
    found: dict[str, str] = {}
    for language, texts in words.texts.items():
        for key, entry in texts.items():
            for word in _LETTERS.findall(entry.text):
                if word.isupper():
                    found.setdefault(plain(word), f"{key} ({language})")
    return found


def lost(came: str, text: str, known: Keywords) -> list[Sentence]:
    """What every version of the shipped text must have: its fields of the settings, and what leaders are to send."""
    gone, there = sorted((fields_of(came) & {*COMMON}) - fields_of(text)), _in_capitals(text, known)
    return [Sentence("{field} is missing", field=f"{{{name}}}") for name in gone] + [
        Sentence("{word} is missing, which leaders are to send", word=word)
        for command, word in _in_capitals(came, known).items()
        if command not in there
    ]


def _in_capitals(text: str, known: Keywords) -> dict[str, str]:
    """Commands that a text says in capitals -> the word. SMS is mostly said of the thing itself."""
    return {
        known.command_of[plain(word)]: word
        for word in _LETTERS.findall(text)
        if word.isupper() and word != "SMS" and plain(word) in known.command_of
    }


def form_faults(words: Words, form: Form, others: Iterable[Form]) -> list[Sentence]:
    """Why a form cannot be taken: a word that starts it commands, or starts another form; a new version of
    one of ours lacks what texts and figures are made of."""
    taken: dict[str, str] = dict(words.keywords.command_of)
    taken |= {
        plain(word): Sentence("the form {name}", name=other.name)
        for other in others
        if other.name != form.name
        for word in other.keywords
    }
    starts = [plain(word) for word in form.keywords]
    if not starts:
        return [Sentence("sheet settings, sms_keyword: there is none, so nobody can start the form; write a word.")]
    figures = "sheet settings, sms_keyword: '{word}' would be read as an answer; choose a word of letters."
    return [
        *_not_ours(form),
        *(Sentence(figures, word=word) for word in starts if not word[:1].isalpha()),
    ] + [
        Sentence(
            "sheet settings, sms_keyword: '{word}' means {other} already; choose another word.",
            word=word,
            other=taken[word],
        )
        for word in starts
        if word in taken
    ]


def _not_ours(form: Form) -> list[Sentence]:
    """A form with a shipped one's name begins with its questions: receipts, corrections and figures need them."""
    ours = load_shipped().get(form.name)
    if ours is None:
        return []
    there = {question.name: question.type for question in form.questions}
    wanted = [question for question in ours.questions if question.stored]
    gone = [question.name for question in wanted if there.get(question.name) != question.type]
    steps = [step.name for step in ours.steps]
    if not gone and [step.name for step in form.steps][: len(steps)] == steps:
        return []
    what = (
        Sentence("lacks {gone}, or has another type for it", gone=tuple(gone))
        if gone
        else Sentence("asks in another order")
    )
    return [
        Sentence(
            "sheet settings, form_id: {name} is one of our own forms, and this one {what}; "
            "keep its questions and add yours behind them, or give the form another form_id.",
            name=form.name,
            what=what,
        )
    ]


def label_faults(words: Words, keys: Collection[str]) -> list[Sentence]:
    """Labels of the main keyboard, among these keys, whose tap would be taken for something else than their command.

    What she taps comes back as text, and stop, answers and other labels are heard first.
    """
    labels = [
        (key, language, entry.text)
        for language, texts in words.texts.items()
        for key, entry in texts.items()
        if key.startswith(LABEL)
    ]
    problems = []
    for key, language, text in labels:
        where = f"{key} {language}"
        others = [other for other, _, one in labels if other != key and plain(one) == plain(text)]
        other = _taken_for(text, others, words.keywords.of)
        if key in keys and other == ANSWER:
            problems.append(
                at(where, Sentence("'{label}' would be taken for an answer; write another label.", label=text))
            )
        elif key in keys and other not in ("", key.removeprefix(LABEL)):
            problems.append(
                at(
                    where,
                    Sentence("'{label}' would be taken for {other}; write another label.", label=text, other=other),
                )
            )
    return problems


ANSWER = "answer"
"""What a label is read as that is no command."""


def _taken_for(text: str, others: Sequence[str], of: Lists) -> str:
    """What a label is read as before it is looked for among the labels: '' for nothing."""
    if not any(char.isalpha() for char in text) or yes_no(text) is not None:
        return ANSWER
    return next(iter(others), "") or meaning(text, Keywords(of))


def save(lists: Lists, folder: Path, at: datetime) -> Path:
    """Keep these lists, which have no faults, in `folder`; the file that they replace goes to its history."""
    file = folder / FILE
    own = read(file) if file.is_file() else {}
    if file.is_file():
        (folder / "history").mkdir(exist_ok=True)
        (folder / "history" / f"keywords-{at:%Y%m%dT%H%M%S%f}.toml").write_text(file.read_text("utf-8"), "utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    own |= {command: tuple(words) for command, words in lists.items()}
    fresh = folder / f".{FILE}.new"
    fresh.write_text(written({name: words for name, words in own.items() if words != SHIPPED.of[name]}), "utf-8")
    os.replace(fresh, file)
    return file


def earlier(folder: Path, command: str, most: int = 10) -> list[tuple[datetime, tuple[str, ...]]]:
    """The lists that a command had before, each with when it was replaced (UTC), newest first."""
    found: list[tuple[datetime, tuple[str, ...]]] = []
    for file in sorted((folder / "history").glob("keywords-*.toml"), reverse=True):
        there = read(file).get(command, SHIPPED.of[command])
        if not found or found[-1][1] != there:
            at = datetime.strptime(file.stem.removeprefix("keywords-"), "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
            found.append((at, there))
    return found[:most]
