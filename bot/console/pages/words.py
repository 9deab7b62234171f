"""How do we say it? Every text in four languages, with counter and draft mark; changed with an import's checks."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot import changes, word_files
from bot import words as tables
from bot.console import roles
from bot.console.ask import Ask
from bot.console.page import Page
from bot.console.tables import Column, Table
from bot.console.values import LANGUAGES
from bot.console.words import Words as Said
from bot.console.words import _
from bot.render import Entry, Rule, replaced
from bot.render.catalogue import COMPLETE, fields_of
from bot.render.fields import COMMON, FIELDS
from handlers.understand.words import plain

PAGE = 40
ORDER = tables.SHEET_LANGUAGES
SHOWN = {
    "": _("All"),
    "draft": _("Drafts that nobody has signed"),
    "draft-rn": _("Drafts in Kirundi"),
    "draft-sw": _("Drafts in Swahili"),
    "missing": _("Missing"),
    "own": _("Changed here"),
}
TABLE = Table(
    "words",
    (
        Column("key", _("Text"), link="/words/text/{key}"),
        Column("when", _("When it is said")),
        *(Column(language, LANGUAGES[language]) for language in ORDER),
    ),
)
FILE = Table(
    "words",
    (
        Column("key", _("Text")),
        Column("when", _("When it is said")),
        Column("fields", _("Fields")),
        *(Column(language, LANGUAGES[language]) for language in ORDER),
        *(Column(f"state_{language}", language.upper()) for language in ORDER),
    ),
)
_STATES = {"missing": _("missing"), "draft": _("draft"), "shipped": _("as it came with the program")}
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def show(ask: Ask) -> Response:
    """All texts; found by words, or only drafts, missing ones, changed ones."""
    words, said = ask.parts.words, ask.query.get("q", "")[:100]
    kind = ask.query.get("show", "") if ask.query.get("show", "") in SHOWN else ""
    wanted, after = plain(said).split(), ask.query.get("after", "")
    rules = [rule for rule in words.rules.values() if _fits(ask, rule, wanted, kind)]
    if ask.ending:
        return FILE.answer(ask, "words.html", [_file_row(ask, rule) for rule in rules])
    keys = [rule.key for rule in rules]
    start = keys.index(after) + 1 if after in keys else 0
    shown = rules[start : start + PAGE]
    sms = {rule.key for rule in words.rules.values() if not rule.chat}
    counts = [(lang, len(words.drafts[lang]), len(sms.intersection(tables.missing(words, lang)))) for lang in ORDER]
    return ask.show(
        "words.html",
        rows=[_row(ask, rule) for rule in shown],
        count=len(rules),
        said=said,
        kind=kind,
        kinds=SHOWN,
        counts=counts,
        order=ORDER,
        languages=LANGUAGES,
        fallbacks=sum(words.fallbacks.values()),
        older=shown[-1].key if len(rules) > start + PAGE else None,
        may=ask.me.role in roles.KEEPERS,
    )


def _fits(ask: Ask, rule: Rule, wanted: list[str], kind: str) -> bool:
    found = [ask.parts.words.texts[language].get(rule.key) for language in ORDER]
    drafts = {language for language, entry in zip(ORDER, found, strict=True) if entry and entry.draft}
    if kind.startswith("draft") and not drafts.intersection([kind[-2:]] if "-" in kind else ORDER):
        return False
    if kind == "missing" and all(found):
        return False
    if kind == "own" and all(e == tables.as_shipped(rule.key, lang) for e, lang in zip(found, ORDER, strict=True)):
        return False
    line = plain(" ".join([rule.key, *rule.when.values(), *(entry.text for entry in found if entry)]))
    return all(word in line for word in wanted)


def _row(ask: Ask, rule: Rule) -> dict[str, Any]:
    return {"rule": rule, "texts": {language: _text(ask, rule, language) for language in ORDER}}


def _text(ask: Ask, rule: Rule, language: str) -> dict[str, Any] | None:
    """A text with what it measures when the names are longest; None where it is missing."""
    entry = ask.parts.words.texts[language].get(rule.key)
    return _measured(ask, rule, language, entry) if entry else None


def state(words: Said, entry: Entry | None) -> str:
    """As the file says it, for whoever reads a page."""
    if entry is None or entry.draft or not entry.signed:
        return words.gettext(_STATES[tables.state(entry)])
    return words.say(_("signed: %(name)s"), name=entry.signed)


def _measured(ask: Ask, rule: Rule, language: str, entry: Entry) -> dict[str, Any]:
    said = ask.parts.words.alone(rule.key, language, entry.text)
    gone = () if rule.chat else replaced(entry.text)
    counted = {"longest": said.text, "characters": len(said.text), "parts": said.parts, "chat": rule.chat}
    return {"text": entry.text, "state": state(ask.words, entry), "draft": entry.draft, "replaced": gone, **counted}


def _file_row(ask: Ask, rule: Rule) -> dict[str, Any]:
    found = {language: ask.parts.words.texts[language].get(rule.key) for language in ORDER}
    return {
        "key": rule.key,
        "when": rule.when[ask.words.language],
        "fields": " ".join(f"{{{name}}}" for name in sorted(rule.fields)),
        **{language: entry.text if entry else "" for language, entry in found.items()},
        **{f"state_{language}": tables.state(entry) for language, entry in found.items()},
    }


async def sheet(ask: Ask) -> Response:
    """The Excel file that `words import` takes back."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "words.xlsx"
        await asyncio.to_thread(word_files.export, ask.parts.words, file)
        content = await asyncio.to_thread(file.read_bytes)
    there = {"content-disposition": 'attachment; filename="words.xlsx"'}
    return Response(content, media_type=_SHEET, headers=there)


# --- one text ---


def _rule(ask: Ask) -> Rule:
    found = ask.parts.words.rules.get(str(ask.request.path_params["key"]))
    if found is None:
        ask.missing()
    return found


def _language(ask: Ask) -> str:
    language = str(ask.request.path_params["language"])
    if language not in ORDER:
        ask.missing()
    return language


def _fields(ask: Ask, rule: Rule) -> list[tuple[str, str]]:
    """What may stand in braces, with its meaning; of the settings' fields those that the text has."""
    there = {
        name
        for texts in ask.parts.words.texts.values()
        if rule.key in texts
        for name in fields_of(texts[rule.key].text)
    }
    return [(name, ask.words.gettext(FIELDS[name].meaning)) for name in sorted(rule.fields - set(COMMON) | there)]


async def one(ask: Ask) -> Response:
    """One text in all languages, as it reads with the longest names, and its neighbours in the conversation."""
    rule, keys = _rule(ask), list(ask.parts.words.rules)
    place = keys.index(rule.key)
    around = [keys[at] for at in (place - 1, place + 1) if 0 <= at < len(keys)]
    english = ask.parts.words.texts["en"]
    return ask.show(
        "word.html",
        rule=rule,
        texts={language: _text(ask, rule, language) for language in ORDER},
        fields=_fields(ask, rule),
        around=[(key, english[key].text) for key in around],
        languages=LANGUAGES,
        fallbacks={lang: ask.parts.words.fallbacks[lang, rule.key] for lang in ORDER},
        may=ask.me.role in roles.KEEPERS,
    )


async def edit(ask: Ask) -> Response:
    """The form for one text in one language, with its history."""
    rule, language = _rule(ask), _language(ask)
    entry = ask.parts.words.texts[language].get(rule.key)
    signed = entry.signed if entry else ""
    return await _edited(ask, rule, language, entry.text if entry else "", signed)


def _typed(fields: Mapping[str, str]) -> str:
    return fields.get("text", "").replace("\r\n", "\n").strip()


async def room(ask: Ask) -> Response:
    """A piece of that form: how long the text is as it stands now, or what is wrong with it, while one types."""
    rule, language = _rule(ask), _language(ask)
    text = _typed(ask.query)
    problems = tables.propose_one(ask.parts.words, rule.key, language, text, "").problems if text else ()
    measured = None if problems or not text else _measured(ask, rule, language, Entry(text, draft=True))
    return ask.show("_room.html", rule=rule, problems=problems, room=measured)


async def _edited(
    ask: Ask, rule: Rule, language: str, text: str, signed: str, status: int = 200, **more: Any
) -> Response:
    folder = ask.parts.settings.path(ask.parts.settings.words.folder)
    entry = ask.parts.words.texts[language].get(rule.key)
    values: dict[str, Any] = {"proposal": None, "measured": None, **more}
    texts, keys = ask.parts.words.texts, list(ask.parts.words.rules)
    drafts = [key for key in keys if key in ask.parts.words.drafts[language]]
    at = sum(keys.index(key) <= keys.index(rule.key) for key in drafts)
    return ask.show(
        "word_edit.html",
        status,
        rule=rule,
        text_language=language,
        entry=entry,
        text=text,
        signed=signed,
        complete=language in COMPLETE,
        fields=_fields(ask, rule),
        earlier=await asyncio.to_thread(tables.earlier, folder, rule.key, language),
        shipped=tables.as_shipped(rule.key, language),
        languages=LANGUAGES,
        states=partial(state, ask.words),
        problems=(),
        room=_text(ask, rule, language),
        beside=[(one, texts[one][rule.key].text) for one in COMPLETE if one != language],
        drafts=len(drafts),
        following=next((key for key in (*drafts[at:], *drafts) if key != rule.key), None),
        **values,
    )


async def change(ask: Ask) -> Response:
    """Checked as an import checks it; old and new are shown first, then it is saved and said at once."""
    rule, language = _rule(ask), _language(ask)
    text = _typed(ask.form)
    signed = " ".join(ask.form.get("signed", "").split())[:80]
    proposal = tables.propose_one(ask.parts.words, rule.key, language, text, signed)
    if proposal.problems or not proposal.changes:
        return await _edited(ask, rule, language, text, signed, 422, proposal=proposal)
    if ask.form.get("sure") != "yes":
        measured = _measured(ask, rule, language, proposal.changes[0].new)
        return await _edited(ask, rule, language, text, signed, proposal=proposal, measured=measured)
    await keep(ask, proposal, text=rule.key, language=language)
    return ask.go(f"/words/text/{rule.key}/{language}", _("The text is saved; it is said like this from now on."))


async def keep(ask: Ask, proposal: tables.Proposal, **audited: Any) -> None:
    """Save what was shown; from now on every process speaks in it."""
    folder = ask.parts.settings.path(ask.parts.settings.words.folder)

    def saved() -> dict[str, str]:
        tables.save(proposal, ask.parts.words, folder, ask.now)
        return changes.files_of(folder)

    async def work(tx: AsyncConnection) -> None:
        await changes.share(tx, await asyncio.to_thread(saved))

    await ask.write(work, **audited)
    ask.parts.reload_words()


_EDIT = "/words/text/{key}/{language}"
PAGES = (
    Page("/words", show, title=_("Words"), table=True),
    Page("/words/sheet", sheet),
    Page("/words/text/{key}", one),
    Page(_EDIT, edit),
    Page(f"{_EDIT}/room", room),
    Page(_EDIT, change, writes="words changed"),
)
