"""The summary as plain text, for a terminal and as a long message of a chat. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from bot.programme.summary.caption import text_chart
from bot.programme.summary.figure_tables import Table
from bot.programme.summary.model import Summary
from bot.programme.summary.sections import sections, title
from bot.programme.summary.words import Say

WIDTH = 100


def full_text(found: Summary, say: Say) -> str:
    """With tables in columns, to be read with letters of one width."""
    lines = [title(found, say)]
    for section in sections(found, say):
        lines.append("")
        if section.title:
            lines += [section.title.upper()]
        for block in section.blocks:
            lines += list(_columns(block)) if isinstance(block, Table) else wrap(block, WIDTH, break_on_hyphens=False)
        if section.title == say("Figures"):
            lines += ["", text_chart(found, say)]
    return "\n".join(lines) + "\n"


def _columns(table: Table) -> Iterator[str]:
    rows = [table.head, *table.rows]
    widths = [max(len(row[at]) for row in rows) for at in range(len(table.head))]
    for row in rows:
        yield "  ".join(f"{cell:{wide}}" for cell, wide in zip(row, widths, strict=True)).rstrip()


def chat_text(found: Summary, say: Say) -> str:
    """The same for a chat, where letters have different widths: a table is a line for each row."""
    lines = [title(found, say)]
    for section in sections(found, say):
        lines += ["", section.title] if section.title else [""]
        for block in section.blocks:
            lines += list(_rows(block, say)) if isinstance(block, Table) else [block]
    return "\n".join(lines)


def _rows(table: Table, say: Say) -> Iterator[str]:
    for row in table.rows:
        cells = [(head, cell) for head, cell in zip(table.head, row, strict=True) if cell]
        said = [say("{where}: {what}", where=head, what=cell) if head else cell for head, cell in cells]
        yield "• " + "; ".join(said)
