"""Which role may open which page: the written list. What stands in no line is open to nobody.

The role is looked up for every request, so that a change holds at once. What somebody sees on a page is
limited in the query besides, by area (bot/store/area.py).
"""

from __future__ import annotations

from collections.abc import Mapping

from handlers.team import console

Roles = frozenset[str]

OFFICER, SUPERVISOR, STAFF, MENTOR = "officer", "supervisor", "staff", "mentor"
FOCAL_POINT, ADMINISTRATOR, AUDITOR = "safeguarding", "admin", "auditor"
"""As the roster calls them."""

TEAM: Roles = frozenset((OFFICER, SUPERVISOR, STAFF, MENTOR, FOCAL_POINT, ADMINISTRATOR, AUDITOR))
ANYBODY: Roles = TEAM | {""}
"""Also who is not signed in."""
FIELD: Roles = frozenset((OFFICER, SUPERVISOR))
"""Who reads what leaders wrote, of their area."""
FIGURES: Roles = FIELD | {STAFF}
"""Who reads what is counted."""
KEEPERS: Roles = frozenset((SUPERVISOR, ADMINISTRATOR))
"""Who sees to the accounts of others."""
BY_LINK: Roles = console.BY_LINK
"""Who signs in by a link from the bot and a PIN; everybody else by password and authenticator."""

MAY: Mapping[str, Roles] = {
    # signing in
    "/sign-in": ANYBODY,
    "/sign-in/link": ANYBODY,
    "/sign-in/link/{token}": ANYBODY,
    "/sign-in/enrol/{token}": ANYBODY,
    "/sign-in/demo": ANYBODY,
    "/console/{name}": ANYBODY,
    # every one of the team
    "/": TEAM,
    "/account": TEAM,
    "/account/end": TEAM,
    "/account/language": TEAM,
    "/account/secret": TEAM,
    "/sign-out": TEAM,
    "/confirm": TEAM,
    # the pages
    "/today": FIELD,
    "/progress": FIGURES,
    "/progress/months": FIGURES,
    "/progress/chart": FIGURES,
    "/reports": FIGURES,
    "/reports/{report}": FIGURES,
    "/reports/{report}/photo/{photo}": FIELD,
    "/reports/{report}/check": FIELD,
    "/reports/{report}/ask": FIELD,
    "/cascade": FIGURES,
    "/cascade/chart": FIGURES,
    "/cascade/{association}": FIGURES,
    "/associations/{association}": FIGURES,
    "/summary/{what}": FIGURES,
    "/summary/{what}/picture": FIGURES,
    "/summary/{what}/pdf": FIGURES,
    "/summary/{what}/xlsx": FIGURES,
    "/places": FIGURES,
    "/places/chart": FIGURES,
    "/businesses": FIGURES,
    "/businesses/{business}": FIGURES,
    "/businesses/{business}/chart": FIGURES,
    "/conversations": FIELD,
    "/conversations/{conversation}": FIELD,
    "/conversations/{conversation}/file/{message}": FIELD,
    "/conversations/{conversation}/reply": FIELD,
    "/conversations/{conversation}/note": FIELD,
    "/conversations/{conversation}/assigned": FIELD,
    "/conversations/{conversation}/state": FIELD,
    "/unanswered": FIELD,
    "/uncertain": FIELD,
    "/uncertain/{text}": FIELD,
    "/quality": FIGURES,
    "/verify": FIGURES,
    "/verify/draw": FIELD,
    "/verify/{call}": FIELD,
    "/verify/{call}/result": FIELD,
    "/lessons": FIELD,
    "/lessons/posters": FIELD,
    "/lessons/{lesson}": FIELD,
    "/lessons/{lesson}/file": FIELD,
    "/lessons/{lesson}/translation": FIELD,
    "/lessons/{lesson}/hidden": FIELD,
    "/questions": frozenset((MENTOR,)),
    "/questions/{question}": frozenset((MENTOR,)),
    "/questions/{question}/answer": frozenset((MENTOR,)),
    "/questions/{question}/give": frozenset((MENTOR,)),
    "/fair": frozenset((MENTOR,)),
    "/partners": frozenset((MENTOR,)),
    "/broadcasts": FIGURES,
    "/broadcasts/new": FIELD,
    "/broadcasts/{broadcast}": FIELD,
    "/broadcasts/{broadcast}/draft": FIELD,
    "/broadcasts/{broadcast}/test": FIELD,
    "/broadcasts/{broadcast}/send": FIELD,
    "/broadcasts/{broadcast}/stop": FIELD,
    "/broadcasts/{broadcast}/again": FIELD,
    "/people/import": KEEPERS,
    "/people/import/empty": KEEPERS,
    "/people/import/check": KEEPERS,
    "/people/import/now": KEEPERS,
    "/people": FIELD | {ADMINISTRATOR},
    "/people/{person}": FIELD | {ADMINISTRATOR},
    "/people/{person}/number": FIELD | {ADMINISTRATOR},
    "/people/{person}/left": FIELD | {ADMINISTRATOR},
    "/people/{person}/merge": KEEPERS,
    "/people/{person}/merged": KEEPERS,
    "/exports": KEEPERS,
    "/exports/{request}": KEEPERS,
    "/words": FIGURES | {ADMINISTRATOR},
    "/words/sheet": FIGURES | {ADMINISTRATOR},
    "/words/keywords": FIGURES | {ADMINISTRATOR},
    "/words/keywords/{command}": KEEPERS,
    "/words/import": KEEPERS,
    "/words/import/check": KEEPERS,
    "/words/import/now": KEEPERS,
    "/words/text/{key}": FIGURES | {ADMINISTRATOR},
    "/words/text/{key}/{language}": KEEPERS,
    "/words/text/{key}/{language}/room": KEEPERS,
    "/words/forms": FIGURES | {ADMINISTRATOR},
    "/words/forms/check": KEEPERS,
    "/words/forms/add": KEEPERS,
    "/words/forms/try": FIGURES | {ADMINISTRATOR},
    "/sealed": frozenset((FOCAL_POINT,)),
    "/sealed/{case}": frozenset((FOCAL_POINT,)),
    "/sealed/{case}/closed": frozenset((FOCAL_POINT,)),
    "/access": frozenset((AUDITOR, ADMINISTRATOR)),
    "/accounts": KEEPERS,
    "/accounts/{member}": KEEPERS,
    "/accounts/invite": frozenset((ADMINISTRATOR,)),
    "/accounts/role": frozenset((ADMINISTRATOR,)),
    "/accounts/revoke": frozenset((ADMINISTRATOR,)),
    "/accounts/left": frozenset((ADMINISTRATOR,)),
    "/accounts/unlock": KEEPERS,
}
"""Path of a page -> who may; the same for looking and doing. What is for fewer people has a path of its own."""


def may(role: str, path: str) -> bool:
    """Whether this role ('' = nobody is signed in) may use the page of this path."""
    return role in MAY.get(path, ())
