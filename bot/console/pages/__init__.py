"""Every page of the console, in the order of the navigation. A new file of pages is one line here."""

from __future__ import annotations

from bot.console.pages import (
    access,
    account,
    accounts,
    assets,
    broadcasts,
    businesses,
    cascade,
    composer,
    demo,
    enrol,
    importing,
    lessons,
    people,
    places,
    progress,
    quality,
    reports,
    sign_in,
    talks,
    today,
    unanswered,
    verify,
)

PAGES = (
    *today.PAGES,
    *progress.PAGES,
    *cascade.PAGES,
    *places.PAGES,
    *businesses.PAGES,
    *reports.PAGES,
    *talks.PAGES,
    *unanswered.PAGES,
    *quality.PAGES,
    *verify.PAGES,
    *lessons.PAGES,
    *broadcasts.PAGES,
    *composer.PAGES,
    *importing.PAGES,  # before /people/{person}
    *people.PAGES,
    *access.PAGES,
    *accounts.PAGES,
    *account.PAGES,
    *sign_in.PAGES,
    *enrol.PAGES,
    *demo.PAGES,
    *assets.PAGES,
)
