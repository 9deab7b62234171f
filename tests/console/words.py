"""Every text of the console, in templates, in Python and of the fields. Run it for what lacks French:

python -m tests.console.words
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import write_po

from bot.console.words import _catalogue
from bot.render.fields import FIELDS

ROOT = Path(__file__).parents[2]
Text = str | tuple[str, ...]


def used() -> dict[Text, str]:
    """Text (or its forms) -> the file that says it first."""
    found: dict[Text, str] = {field.meaning: "bot/render/fields.py" for field in FIELDS.values()}
    kinds = (("jinja2.ext.babel_extract", "templates/console", "*.html"), ("python", "bot/console", "**/*.py"))
    for method, folder, pattern in kinds:
        for path in sorted((ROOT / folder).glob(pattern)):
            if path.name.startswith("simulator"):
                continue
            with path.open("rb") as file:
                for _line, text, _comments, _context in extract(method, file):
                    found.setdefault(text, str(path.relative_to(ROOT)))
    return found


def missing(language: str = "fr") -> dict[Text, str]:
    """What has no translation."""
    there = _catalogue(language)
    return {t: where for t, where in used().items() if (t if isinstance(t, str) else t[0]) not in there}


if __name__ == "__main__":
    catalog = Catalog(locale="fr")
    for text, where in missing().items():
        catalog.add(text, locations=[(where, None)])
    out = BytesIO()
    write_po(out, catalog, width=0, omit_header=True, include_lineno=False)
    print(out.getvalue().decode())
