"""The summary of a place and a period: what happened and what was said, each with what stands behind it.

Rules and no language model: the same data and the same "as of" give the same bytes. `summary` counts and reads;
`full_text`, `caption`, `picture` and `page` put it in words, in English or French.
"""

from __future__ import annotations

from bot.programme.summary.build import Asked, summary
from bot.programme.summary.model import Summary
from bot.programme.summary.words import Say

__all__ = ["Asked", "Say", "Summary", "summary"]
