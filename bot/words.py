"""The words for people who do not program: what a file or a page would change, with checks; drafts; saving.

`kurikirana words export|import|list` call these functions. An import shows what would change first;
saving writes PO files into the programme's own words folder, over the shipped ones, and keeps the old.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from bot import keywords
from bot.render import Entry, Rule, Words, WordsError, replaced
from bot.render.catalogue import COMPLETE, all_shipped, base, entries, faults, read, signer
from bot.render.fields import FIELDS
from bot.render.sentences import Sentence, at
from handlers.forms import Form
from handlers.noun import noun
from handlers.understand.words import Keywords

SHEET_LANGUAGES = ("en", "fr", "rn", "sw")
NEVER_SAID = re.compile(r"\b(invalide?|error|r[eé]f[eé]rence|code)s?\b", re.IGNORECASE)
"""Words that no leader reads (conversations, finding 10 and L11)."""
_NUMBER = re.compile(r"(?<![\w/{.:])\d{1,2}(?![\w/}.:]\d|\d)")
_SIGNED = "signed: "
_UNSIGNED = ("", "draft", "brouillon", "missing", "shipped")
"""What else may stand in the state column: whatever is none of it was meant as a signature."""


@noun
class Brought:
    """What a file brings (bot/word_files.py reads it): where each row stands, and its cells by column."""

    rows: Sequence[tuple[int, Mapping[str, str]]]
    keywords: Mapping[str, Sequence[str]]


@noun
class Change:
    """One text that an import would replace."""

    key: str
    language: str
    old: Entry | None
    new: Entry

    def show(self) -> str:
        """Old and new below each other."""
        before = f"{self.old.text!r} ({state(self.old)})" if self.old else "missing"
        return f"{self.key} {self.language}\n  old: {before}\n  new: {self.new.text!r} ({state(self.new)})"


@dataclass(slots=True)
class Proposal:
    """What an import would do. With `problems` nothing may be saved; `notes` are for information."""

    changes: list[Change] = field(default_factory=list)
    keywords: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Commands whose words would be others."""
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many texts and commands would be others."""
        return len(self.changes) + len(self.keywords)

    def show(self, words: Words) -> list[str]:
        """Every change, old and new below each other."""
        commands = [
            f"keywords {command}\n  old: {', '.join(words.keywords.of[command])}\n  new: {', '.join(new)}"
            for command, new in self.keywords.items()
        ]
        return [*(change.show() for change in self.changes), *commands]


def state(entry: Entry | None) -> str:
    """What the state column says: missing, draft, shipped, or who signed."""
    if entry is None:
        return "missing"
    if entry.draft:
        return "draft"
    return _SIGNED + entry.signed if entry.signed else "shipped"


def drafts(words: Words, language: str | None = None) -> list[tuple[str, str, str]]:
    """The texts that nobody has signed: (language, key, text)."""
    wanted = [language] if language else list(SHEET_LANGUAGES)
    return [(lang, key, words.texts[lang][key].text) for lang in wanted for key in sorted(words.drafts[lang])]


def missing(words: Words, language: str) -> list[str]:
    """The keys that a language does not have, for which another one is sent."""
    return [key for key in words.rules if key not in words.texts[language]]


def propose(words: Words, brought: Brought, forms: Iterable[Form] = ()) -> Proposal:
    """Compare what a file brings with the words in use. `forms`: whose words no keyword may be."""
    proposal = Proposal()
    seen: set[str] = set()
    kept: list[str] = []
    for place, row in brought.rows:
        key = row["key"]
        if key not in words.rules or key in seen:
            proposal.problems.append(
                Sentence("row {row}: '{key}' is there twice. Keep the keys as exported.", row=place, key=key)
                if key in seen
                else Sentence("row {row}: '{key}' is no key of ours. Keep the keys as exported.", row=place, key=key)
            )
            continue
        seen.add(key)
        for language in SHEET_LANGUAGES:
            _compare(words, words.rules[key], language, row, proposal, kept)
    if kept:
        told = "corrected or signed since this file was made, so they stay: {where}"
        proposal.notes.append(Sentence(told, where=tuple(kept)))
    proposal.keywords = keywords.changed(words, brought.keywords)
    _try(words, proposal)
    proposal.problems += keywords.faults(words, forms, proposal.keywords)
    return proposal


def propose_one(words: Words, key: str, language: str, text: str, signed: str = "") -> Proposal:
    """As `propose`, for one text; `signed` is the native speaker who answers for it, '' makes it a draft."""
    proposal = Proposal()
    row = {language.upper(): text, f"state {language.upper()}": f"{_SIGNED}{signed}" if signed else ""}
    _compare(words, words.rules[key], language, row, proposal)
    _try(words, proposal)
    return proposal


def earlier(folder: Path, key: str, language: str, most: int = 20) -> list[tuple[datetime, Entry]]:
    """What stood for a key before each of its changes, and when it was replaced (UTC), newest first."""
    found: list[tuple[datetime, Entry]] = []
    for file in sorted((folder / "history").glob(f"{language}-*.po"), reverse=True):
        entry = entries(read(file.read_text("utf-8"), language, str(file))).get(key)
        if entry and (not found or found[-1][1] != entry):
            at = datetime.strptime(file.stem.removeprefix(f"{language}-"), "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
            found.append((at, entry))
    return found[:most]


def as_shipped(key: str, language: str) -> Entry | None:
    """The text that comes with the program."""
    return all_shipped()[1][language].get(key)


def _compare(
    words: Words,
    rule: Rule,
    language: str,
    row: Mapping[str, str],
    proposal: Proposal,
    kept: list[str] | None = None,
) -> None:
    """`kept` takes what a file is older than; a page (None) shows what is there and may take it back."""
    text, said = row.get(language.upper(), "").rstrip(), row.get(f"state {language.upper()}", "").strip()
    old = words.texts[language].get(rule.key)
    if not text:
        return  # an emptied cell takes nothing away
    signed, where = signer(said), f"{rule.key} {language}"
    if not signed and said.lower() not in _UNSIGNED:
        fault = "'{said}' signs nothing; write signed: YOUR NAME, or leave draft"
        proposal.problems.append(at(where, Sentence(fault, said=said)))
        return
    new = Entry(text, language not in COMPLETE and not signed, signed)
    if new == old:
        return
    if kept is not None and old and not signed and _older(rule.key, language, old, text):
        if text != old.text:
            kept.append(where)
        return
    proposal.problems += [at(where, fault) for fault in [*faults(rule, text), *_answers(words, rule, text)]]
    if NEVER_SAID.search(text):
        proposal.problems.append(at(where, Sentence("leaders never read the words invalid, error, reference, code")))
    if gone := "" if rule.chat else " ".join(replaced(text)):
        proposal.notes.append(at(where, Sentence("{gone} will be replaced, an SMS would be cut to 70", gone=gone)))
    proposal.changes.append(Change(rule.key, language, old, new))


def _older(key: str, language: str, old: Entry, text: str) -> bool:
    """Whether this unsigned text would take back what was signed, or is the shipped one that was corrected."""
    came = as_shipped(key, language)
    return bool(old.signed) or (came is not None and text == came.text)


def _answers(words: Words, rule: Rule, text: str) -> list[Sentence]:
    """Answer digits that the programme does not know, or that the text forgets to offer."""
    if not rule.answers:
        return []
    offered = set(_NUMBER.findall(text))
    known = set(rule.answers)
    for texts in words.texts.values():
        if rule.key in texts:
            known |= set(_NUMBER.findall(texts[rule.key].text))
    asked = " ".join(rule.answers)
    return [
        *(
            Sentence("{digit} in the text, this question knows {asked}", digit=digit, asked=asked)
            for digit in sorted(offered - known)
        ),
        *(Sentence("answer {digit} is not in the text", digit=one) for one in rule.answers if one not in offered),
    ]


def _try(words: Words, proposal: Proposal) -> None:
    """With all changes made: how long the texts get, and what a tap on a label would be taken for."""
    if proposal.problems:
        return
    texts = {language: dict(found) for language, found in words.texts.items()}
    for change in proposal.changes:
        texts[change.language][change.key] = change.new
    trial = Words(words.rules, texts, keywords=Keywords({**words.keywords.of, **proposal.keywords}))
    for change in proposal.changes:
        came = as_shipped(change.key, change.language) or as_shipped(change.key, "en")
        gone = keywords.lost(came.text, change.new.text, trial.keywords) if came else ()
        proposal.problems += [at(f"{change.key} {change.language}", fault) for fault in gone]
    _measure(words, trial, proposal)
    proposal.problems += keywords.label_faults(trial, {one.key for one in proposal.changes})


def _measure(words: Words, trial: Words, proposal: Proposal) -> None:
    """Refuse a text that needs two SMS with the longest values, after its shorter versions."""
    for change in proposal.changes:
        if words.rules[change.key].chat:
            continue
        said = trial.text(base(change.key), change.language, longest())
        if said.language == change.language and said.parts > 1:
            proposal.problems.append(
                at(
                    f"{change.key} {change.language}",
                    Sentence(
                        "{parts} SMS with the longest names: {characters} of 160 characters; make it shorter",
                        parts=said.parts,
                        characters=len(said.text),
                    ),
                )
            )


def longest() -> dict[str, Any]:
    """Every field with the longest value it may get."""
    return {name: about.longest for name, about in FIELDS.items()}


def save(proposal: Proposal, words: Words, folder: Path, at: datetime) -> list[Path]:
    """Write the changes into `folder`/rn.po ...; the files they replace go to `folder`/history.

    Raises WordsError when the proposal has problems: nothing is written then.
    """
    if proposal.problems:
        raise WordsError(proposal.problems)
    written = []
    for language in SHEET_LANGUAGES:
        changes = [change for change in proposal.changes if change.language == language]
        if changes:
            written.append(_write(folder, language, changes, words.rules, at))
    if proposal.keywords:
        written.append(keywords.save(proposal.keywords, folder, at))
    return written


def _write(folder: Path, language: str, changes: list[Change], rules: Mapping[str, Rule], at: datetime) -> Path:
    file = folder / f"{language}.po"
    catalog = Catalog(locale=language, project="Kurikirana words", charset="utf-8", fuzzy=False)
    if file.is_file():
        before = file.read_text("utf-8")
        catalog = read(before, language, str(file))
        (folder / "history").mkdir(exist_ok=True)
        (folder / "history" / f"{language}-{at:%Y%m%dT%H%M%S%f}.po").write_text(before, "utf-8")
    catalog.revision_date = at
    for change in changes:
        when = rules[change.key].when
        catalog.delete(change.key)
        catalog.add(
            change.key,
            change.new.text,
            flags=("fuzzy",) if change.new.draft else (),
            auto_comments=(f"When: {when['en']}" if language == "en" else f"Quand : {when['fr']}",),
            user_comments=(_SIGNED + change.new.signed,) if change.new.signed else (),
        )
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f".{language}.po.new"
    with fresh.open("wb") as out:
        write_po(out, catalog, width=0)
    os.replace(fresh, file)
    return file
