"""2,000 ways of smuggling markup into a page, and every field that people can fill with them (faults, D12)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Table, select, update

from bot.app import App
from bot.store import tables as t
from bot.store.types import Personal
from tests.console.site import rows, write

MARK = "zxss"
"""Every planted element or attribute carries this name: found in a page's tree, it has come through."""
VECTORS = (
    "<img zxss src=x onerror=alert(1)>",
    "<svg zxss onload=alert(1)>",
    "<svg/zxss/onload=alert(1)>",
    "<script zxss>alert(1)</script>",
    "<script/zxss src=//evil.example></script>",
    '<a zxss href="javascript:alert(1)">x</a>',
    "<iframe zxss srcdoc='<b zxss>'></iframe>",
    "<object zxss data=data:text/html,x></object>",
    "<embed zxss src=//evil.example>",
    "<style zxss>@import'//evil.example'</style>",
    "<link zxss rel=stylesheet href=//evil.example>",
    "<base zxss href=//evil.example>",
    "<meta zxss http-equiv=refresh content=0>",
    "<form zxss action=//evil.example><button>x</button></form>",
    "<input zxss autofocus onfocus=alert(1)>",
    "<details zxss open ontoggle=alert(1)>",
    "<marquee zxss onstart=alert(1)>",
    "<body zxss onload=alert(1)>",
    "<math zxss><mi xlink:href=javascript:alert(1)>",
    "<table zxss background=javascript:alert(1)>",
    "<template zxss><b zxss></b></template>",
    "<div zxss style=background:url(//evil.example)>",
    "<div zxss hx-get=//evil.example hx-trigger=load>",
    "<b zxss>",
    "<zxss>",
    "<ZXSS>",
    "<!--><zxss>-->",
    "<![CDATA[><zxss>]]>",
    "<?zxss?><zxss>",
    "<noscript><p title='</noscript><zxss>'></noscript>",
    "&lt;zxss&gt;<zxss&gt;",
    "\\u003czxss\\u003e<zxss\u2028>",
    "＜zxss＞<zxss\u00a0>",
    "<zxss\x0b>",
    "<zxss\r\n>",
    "onmouseover=alert(1) zxss=1 <zxss>",
    "javascript:alert(1)//<zxss>",
    "data:text/html,<zxss>",
    "{{ 7*7 }}<zxss>{% raw %}",
    "%(zxss)s ${7*7} #{7*7}<zxss>",
)
BREAKS = (
    "", '"', "'", "`", ">", '">', "'>", '"/>', "'/>", "</a>", "</td></tr></table>", "</li></ul>", "</title>",
    "</textarea>", "</select>", "</option>", "</style>", "</script>", "</button></form>", "</svg>", "-->", "]]>",
    "\\", "\\\"", "\\'", "&quot;>", "&#34;>", "&#x27;>", "%22>", "%3E", "\u2028", "\u202e", "\u200b", "\ufeff", "\n",
    "\r\n\r\n", "\t", "<", "<<", "<x ", "=", "= ", "//", "/*", "*/", ";", "&", "|", "+", "@",
)  # fmt: skip
"""What ends the place in which a text stands."""
PAYLOADS = tuple(f"{begin}{vector}" for begin, vector in itertools.product(BREAKS, VECTORS))
FIELDS: Mapping[Table, tuple[str, ...]] = {
    t.associations: ("name", "sms_name", "colline", "commune_old", "commune_now", "activity"),
    t.people: ("name", "sms_name", "role", "best_time"),
    t.partners: ("name", "contact", "place", "hours", "subjects"),
    t.businesses: ("type", "kit"),
    t.inbox: ("text",),
    t.outbox: ("text",),
    t.notes: ("text",),
    t.tasks: ("about", "result"),
    t.lessons: ("text",),
    t.questions: ("answer", "subject"),
    t.visits: ("note",),
    t.checks: ("reason",),
    t.report_history: ("reason",),
    t.samples: ("by",),
    t.sessions: ("agent",),
    t.export_requests: ("what", "reason"),
    t.audit: ("what", "who"),
    t.forms: ("source",),
    t.accounts: ("login",),
    t.media: ("reason",),
}
"""Text that somebody writes; values of JSON are planted by `_inside`."""
ELSEWHERE = {("addresses", "value"), ("countings", "question"), ("accounts", "totp"), ("sign_in_links", "totp")}
"""Personal, but on no page as anybody's own text: numbers, secrets, what a chat's card asks."""


def uncovered() -> set[tuple[str, str]]:
    """Personal columns that are planted nowhere."""
    personal = {
        (table.name, column.name)
        for table in t.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Personal)
    }
    return personal - {(table.name, name) for table, names in FIELDS.items() for name in names} - ELSEWHERE


async def plant(app: App, team: frozenset[str]) -> int:
    """Fill every field of the programme; `team`: names that the tests know people by. Returns how many payloads."""
    supply, statements, used = itertools.cycle(PAYLOADS), [], 0
    for table, names in FIELDS.items():
        keys = list(table.primary_key.columns)
        for row in await rows(app, select(*keys, *_named(table))):
            if table is t.people and row.name in team:
                continue
            values = {}
            for name in names:
                values[name] = " ".join(itertools.islice(supply, 6))
                used += 6
            values |= _inside(table, supply)
            there = [column == value for column, value in zip(keys, row, strict=False)]
            statements.append(update(table).where(*there).values(**values))
    for start in range(0, len(statements), 200):
        await write(app, *statements[start : start + 200])
    return used


def _named(table: Table) -> list[Any]:
    return [table.c.name] if table is t.people else []


def _inside(table: Table, supply: Iterator[str]) -> dict[str, Any]:
    """Texts that stand within JSON."""
    if table is t.lessons:
        return {"translations": {"fr": {"text": next(supply), "by": next(supply)}}, "show": "name"}
    return {}


FAULTS = """([pages, kind]) => pages.map(html => {
  const tree = new DOMParser().parseFromString(html, kind), faults = [];
  if (tree.querySelector('parsererror')) faults.push('cannot be parsed');
  const inside = /^(\\/(?!\\/)|#|\\?|tel:|https:\\/\\/t\\.me\\/)/;
  const leads = ['href', 'src', 'action', 'formaction', 'data'], never = ['iframe', 'object', 'embed', 'base'];
  const see = root => { for (const one of root.querySelectorAll('*')) {
    const name = one.localName.toLowerCase();
    if (name.includes('zxss') || never.includes(name)) faults.push('<' + name + '>');
    if (name === 'script' && !/^\\/console\\//.test(one.getAttribute('src') || '')) faults.push('a script');
    for (const {name: said, value} of one.attributes) {
      if (/^(on|hx-on)/.test(said) || said.includes('zxss')) faults.push(name + ' ' + said);
      if (leads.includes(said) && value && !inside.test(value)) faults.push(said + '=' + value.slice(0, 60));
    }
    if (name === 'template') see(one.content);
  } };
  see(tree);
  return faults;
})"""
"""What a browser's own parser makes of these pages: the faults of each."""
