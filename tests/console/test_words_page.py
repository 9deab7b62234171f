"""/words: counted with the longest names, changed with checks, said at once, and one click back; keywords; forms."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from bot import words as tables
from bot.app import App
from bot.console.pages.keywords import COMMANDS
from bot.store import tables as t
from handlers.understand.words import SHIPPED
from tests.console.bringing import a_form, corrected
from tests.console.site import Browser, console, rows, signed_in


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with console(tmp_path) as running:
        yield running


def _short(app: App) -> str:
    """The key of an SMS with a field and no answers, in Kirundi a draft."""
    words = app.words
    return next(
        key
        for key, rule in words.rules.items()
        if {"name"} <= rule.fields
        and not rule.chat
        and not rule.answers
        and key in words.drafts["rn"]
        and f"{key}~2" not in words.rules
    )


async def _edit(browser: Browser, path: str, text: str, signed: str = "", **more: Any) -> Any:
    await browser.get(path)
    return await browser.post(path, text=text, signed=signed, **more)


async def test_a_text_is_looked_at_saved_said_at_once_and_taken_back(app: App) -> None:
    boss, key = await signed_in(app, "supervisor"), _short(app)
    old = app.words.texts["rn"][key].text
    path = f"/words/text/{key}/rn"
    new = re.sub(r"(?<![{\w])([a-z]{5,})\b(?!})", lambda word: word[1][:-1], old, count=1)
    assert new != old
    shown = await _edit(boss, path, new, "Anna N.")
    assert shown.status_code == 200, shown.text
    assert "of 160 characters with the longest names" in shown.text
    assert "signed: Anna N." in shown.text
    assert app.words.texts["rn"][key].text == old
    left = len(app.words.drafts["rn"])
    saved = await _edit(boss, path, new, "Anna N.", sure="yes")
    after = await boss.get(saved.headers["location"])
    assert f"{left - 1} drafts are left in Kirundi." in after.text
    following = re.search(r'"/words/text/([^/"]+)/rn">The next one: \1<', after.text)
    assert following and following[1] in app.words.drafts["rn"] - {key}
    assert f">{app.words.texts['fr'][key].text}<" in after.text.replace("&#39;", "'")
    values = tables.longest()
    assert app.words.texts["rn"][key].text == new
    assert app.words.text(key, "rn", values, drafts=False).text.endswith(new[-20:])
    assert f">{old}<" in (await boss.get(path)).text.replace("&#39;", "'")
    assert (await _edit(boss, path, old, "", sure="yes")).status_code == 303
    assert (app.words.texts["rn"][key].text, app.words.texts["rn"][key].draft) == (old, True)
    folder = app.settings.path(app.settings.words.folder)
    assert [entry.text for _at, entry in tables.earlier(folder, key, "rn")] == [new]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: f"{text} {{nom}}", "{nom} is not known"),
        (lambda text: text.replace("{name}", ""), "{name} is missing"),
        (lambda text: f"{text} {'x' * 60}", "2 SMS with the longest names"),
        (lambda text: f"{text} error", "leaders never read the words"),
        (lambda text: text, "Nothing is different"),
        (lambda text: "", "Nothing is different"),
    ],
)
async def test_what_may_not_be_said_is_refused_with_the_reason(app: App, change: Any, said: str) -> None:
    boss, key = await signed_in(app, "supervisor"), _short(app)
    old = app.words.texts["rn"][key].text
    answer = await _edit(boss, f"/words/text/{key}/rn", change(old), sure="yes")
    assert answer.status_code == 422
    assert said in answer.text
    assert app.words.texts["rn"][key].text == old
    assert not app.settings.path(app.settings.words.folder).exists()


async def test_the_list_finds_and_marks_and_is_a_file(app: App) -> None:
    officer = await signed_in(app, "officer")
    key = _short(app)
    page = (await officer.get(f"/words?q={key}")).text
    assert f"/words/text/{key}" in page
    assert "/160" in page
    assert "draft" in page
    pages, after = 0, ""
    while True:
        pages, found = pages + 1, await officer.get(f"/words?after={after}")
        assert len(found.content) < 100_000
        if "Further" not in found.text:
            break
        after = found.text.rsplit("after=", 1)[1].split('"')[0]
    assert pages > 4
    assert len((await officer.get("/words.json")).json()) == len(app.words.rules)
    assert len((await officer.get("/words.json?show=own")).json()) == 0
    assert len((await officer.get("/words.json?show=draft-sw")).json()) == len(app.words.drafts["sw"])
    sheet = load_workbook(io.BytesIO((await officer.get("/words/sheet")).content)).active
    assert sheet.max_row == len(app.words.rules) + 1
    assert (await officer.get(f"/words/text/{key}/rn")).status_code == 404
    heads = [cell.value for cell in sheet[1]]
    told = {row[0].value: dict(zip(heads, (cell.value for cell in row), strict=True)) for row in sheet}
    assert (told["A3"]["when"], told["A3"]["quand"]) == ("answer 1 to A2.", "réponse 1 à A2.")
    assert "{name} prénom de la responsable" in told["A3"]["champs"]
    assert "answer 1 to A2." in (await officer.get("/words/text/A3")).text
    await officer.post("/account/language", language="fr")
    assert "réponse 1 à A2." in (await officer.get("/words/text/A3")).text
    assert "A3" in {row["key"] for row in (await officer.get("/words.json?q=réponse+a2")).json()}
    assert (await officer.get("/words/text/nothing")).status_code == 404


async def test_no_keyword_means_two_things(app: App) -> None:
    page = (await (await signed_in(app, "officer")).get("/words/keywords")).text
    assert "hagarika" in page
    assert "These words mean two things" not in page
    assert COMMANDS.keys() == SHIPPED.of.keys(), "each is said in words and can be changed"


async def _sent(browser: Browser, path: str, field: str, name: str, content: bytes) -> Any:
    await browser.get(path.removesuffix("/check"))
    return await browser.http.post(path, data={"csrf": browser.token}, files={field: (name, content)})


def _digest(page: str) -> str:
    return re.search(r'name="digest" value="(\w{64})"', page)[1]  # type: ignore[index]


async def test_a_form_is_checked_shown_and_taken(app: App) -> None:
    boss, path = await signed_in(app, "supervisor"), "/words/forms/check"
    refused = await _sent(boss, path, "form", "seed.xlsx", b"no workbook")
    assert refused.status_code == 422
    assert "cannot be read" in refused.text
    assert not list(app.console.uploads._folder.glob("*"))
    shown = await _sent(boss, path, "form", "seed.xlsx", (await a_form(app))["form"])
    assert shown.status_code == 200
    for said in ("How many bags of seed?", "good, bad", "It is a new form.", "SEED"):
        assert said in shown.text
    assert (await rows(app, select(func.count(t.forms.c.name))))[0][0] == 0
    taken = await boss.post("/words/forms/add", digest=_digest(shown.text))
    assert taken.status_code == 303
    name = (await rows(app, select(t.forms.c.name)))[0][0]
    assert name in app.turns.forms
    assert f"<td>{name}</td>" in (await boss.get("/words/forms")).text
    assert (await boss.post("/words/forms/add", digest=_digest(shown.text))).status_code == 422, "once only"
    again = await _sent(boss, path, "form", "seed.xlsx", (await a_form(app))["form"])
    assert "It takes the place of version 1." in again.text
    assert again.text.count("<td>as before</td>") == 2
    md = (Path(__file__).parents[1] / "conversations" / "seed.md").read_text("utf-8")
    for old, new, said in (
        ("SEED", "Aide", "&#39;aide&#39; means help already"),
        ("integer | bags", "integre | bags", "integre"),
    ):
        wrong = await _sent(boss, path, "form", "mine.md", md.replace(old, new).encode())
        assert wrong.status_code == 422
        assert said in wrong.text
        assert "mine.md" in wrong.text
    await boss.post("/account/language", language="fr")
    wrong = await _sent(boss, path, "form", "mine.md", md.replace("integer | bags", "integre | bags").encode())
    assert "mine.md\u00a0: survey, ligne 2\u00a0: le type «\u00a0integre\u00a0» n" in wrong.text
    await boss.post("/account/language", language="en")
    changed = await _sent(boss, path, "form", "mine.md", md.replace("How many bags", "How many sacks").encode())
    assert "<td>changed</td>" in changed.text


async def test_a_file_of_words_is_shown_and_saved_as_it_was_shown(app: App) -> None:
    boss, text = await signed_in(app, "supervisor"), "{sender}: Ni vyiza cane. START"
    shown = await _sent(boss, "/words/import/check", "file", "mine.xlsx", corrected(app))
    assert shown.status_code == 200, shown.text
    assert "1 change." in shown.text
    assert f'<td lang="rn">{text} (draft)</td>' in shown.text
    assert app.words.texts["rn"]["A4"].text != text
    assert "1 change." in (await boss.get(f"/words/import?file={_digest(shown.text)}")).text
    other = await signed_in(app, "admin")
    await other.get("/words/import")
    assert (await other.post("/words/import/now", digest=_digest(shown.text))).status_code == 422, "not hers"
    assert (await boss.post("/words/import/now", digest=_digest(shown.text))).status_code == 303
    assert app.words.texts["rn"]["A4"].text == text
    po = 'msgid ""\nmsgstr ""\n"Language: rn\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    po += '# signed: Anna N.\nmsgid "A4"\nmsgstr "{sender}: Ego. START"\n'
    shown = await _sent(boss, "/words/import/check", "file", "from-poedit.po", po.encode())
    assert "{sender}: Ego. START (signed: Anna N.)" in shown.text


async def test_a_file_that_may_not_be_saved_says_where(app: App) -> None:
    boss, path = await signed_in(app, "supervisor"), "/words/import/check"
    for name, content, said in (
        ("w.xlsx", corrected(app, text="{nom} " + "x" * 9), "A4 rn: {nom} is not known"),
        ("w.xlsx", b"PK nothing", "w.xlsx: not an Excel workbook"),
        ("w.po", b"msgid ]", "w.po"),
        ("w.doc", b"x", "Choose the file first"),
    ):
        refused = await _sent(boss, path, "file", name, content)
        assert refused.status_code == 422, name
        assert said in refused.text, refused.text
        assert 'name="digest"' not in refused.text
    await boss.post("/account/language", language="fr")
    wrong = corrected(app, text="{nom} 1")
    refused = await _sent(boss, path, "file", "w.xlsx", wrong)
    assert "<li>A4 rn\u00a0: {nom} n&#39;est pas connu" in refused.text
    assert not app.settings.path(app.settings.words.folder).exists()
    assert not list(app.console.uploads._folder.glob("*"))


async def _answered(browser: Browser, said: str) -> list[str]:
    page = await browser.get("/words/forms/try", params={"language": "fr", "text": said})
    return re.findall(r'<p lang="fr">(.*?)</p>', page.text)


async def test_a_keyword_is_looked_at_saved_understood_and_taken_back(app: App) -> None:
    boss, path = await signed_in(app, "supervisor"), "/words/keywords/fix"
    await boss.get(path)
    now = ", ".join(app.words.keywords.of["fix"])
    shown = await boss.post(path, words=f"{now}, Rectifier")
    assert "rectifier" in shown.text
    assert "rectifier" not in app.words.keywords.command_of
    assert (await boss.post(path, words=f"{now} rectifier", sure="yes")).status_code == 303
    answers = [await _answered(boss, said) for said in ("Corriger", "Rectifier", "Ratifier")]
    assert answers[0] == answers[1] != answers[2]
    page = (await boss.get("/words/keywords")).text
    assert "changed here" in page
    back = await boss.post(path, words=now, sure="yes")
    assert back.status_code == 303
    assert "rectifier" not in app.words.keywords.command_of
    assert "rectifier" in (await boss.get(path)).text, "earlier words"
    for words, said in (
        ("fix, corr, femmes", "of the form"),
        ("fix", "stands in the text"),
        ("fix corr stop", "too"),
    ):
        refused = await boss.post(path, words=words, sure="yes")
        assert refused.status_code == 422
        assert said in refused.text
