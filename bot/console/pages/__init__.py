"""Every page of the console, in the order of the navigation. A new file of pages is one line here."""

from __future__ import annotations

from bot.console.pages import (
    access,
    account,
    accounts,
    assets,
    broadcasts,
    composer,
    businesses,
    cascade,
    demo,
    enrol,
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
)

PAGES = (
    *today.PAGES,
    *progress.PAGES,
    *cascade.PAGES,
    *places.PAGES,
    *businesses.PAGES,
    *quality.PAGES,
    *reports.PAGES,
    *talks.PAGES,
    *unanswered.PAGES,
    *lessons.PAGES,
    *broadcasts.PAGES,
    *composer.PAGES,
    *people.PAGES,
    *access.PAGES,
    *accounts.PAGES,
    *account.PAGES,
    *sign_in.PAGES,
    *enrol.PAGES,
    *demo.PAGES,
    *assets.PAGES,
)
