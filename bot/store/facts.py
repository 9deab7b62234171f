"""Loads the facts that turns ask for: one loader per kind, one or two queries for the whole group."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import (
    countings,
    elsewhere,
    lessons,
    links,
    partners,
    questions,
    recipients,
    reminders,
    sealed,
    sessions,
    team,
    tips,
    uncertain,
)
from bot.store.people import by_ids
from bot.store.prepared import rows
from bot.store.singles import next_number
from bot.store.tables import addresses, figures, inbox, people, people_addresses, reports, tokens
from bot.store.tokens import digest
from handlers.turn import (
    Association,
    Fact,
    Figures,
    FiguresOf,
    LastReport,
    NextNumber,
    PeopleNamed,
    PeopleOfPhone,
    Person,
    PersonNumbered,
    Report,
    ReportNumbered,
    ReportOfCard,
    ReportOfMessage,
    ReportsOn,
    TokenOwner,
)
from handlers.understand.words import plain

Associations = dict[int, Association]
Values = dict[Fact, Any]
_FIGURES = ("trainings", "attendances_women", "attendances_men", "new_women", "new_men", "new_people")


def _last_of(column: Any) -> Any:
    last = select(column, func.max(reports.c.number)).where(reports.c.state != "withdrawn").group_by(column)
    return last.where(column.in_(bindparam("ids", expanding=True)))


_LAST_OF_PERSON, _LAST_OF_PHONE = _last_of(reports.c.person_id), _last_of(reports.c.address_id)
_NUMBERED = select(reports).where(reports.c.number.in_(bindparam("numbers", expanding=True)))
_SAME_DAYS = (
    select(reports)
    .where(
        reports.c.association_id.in_(bindparam("associations", expanding=True)),
        reports.c.form.in_(bindparam("forms", expanding=True)),
        reports.c.day.in_(bindparam("days", expanding=True)),
        reports.c.state.in_(("reported", "doubtful")),
    )
    .order_by(reports.c.number)
)
_OF_ASSOCIATIONS = select(figures).where(figures.c.association_id.in_(bindparam("ids", expanding=True)))
_OF_ALL = select(*(func.sum(figures.c[name]).label(name) for name in _FIGURES))


async def load(
    tx: AsyncConnection, facts: Iterable[Fact], known: Associations, more: Mapping[type, Loader] | None = None
) -> Values:
    """The values of these facts. Every kind of fact has its loader below, or in `more`: those above the store."""
    kinds: dict[type, list[Any]] = {}
    for fact in facts:
        kinds.setdefault(type(fact), []).append(fact)
    values: Values = {}
    for kind, wanted in kinds.items():
        values.update(await ((more or {}).get(kind) or LOADERS[kind])(tx, wanted, known))
    return values


def _figures(row: Any) -> Figures:
    return Figures(**{name: int(getattr(row, name) or 0) for name in _FIGURES})


async def _figures_of(tx: AsyncConnection, wanted: list[FiguresOf], known: Associations) -> Values:
    values: Values = dict.fromkeys(wanted, Figures())
    if ids := [fact.association_id for fact in wanted if fact.association_id is not None]:
        for row in await rows(tx, _OF_ASSOCIATIONS, {"ids": ids}):
            values[FiguresOf(row.association_id)] = _figures(row)
    if FiguresOf(None) in values:
        values[FiguresOf(None)] = _figures((await rows(tx, _OF_ALL, {}))[0])
    return values


def report(row: Any) -> Report:
    """A row of `reports` as a conversation sees it."""
    return Report(
        number=row.number,
        form=row.form,
        association_id=row.association_id,
        person_id=row.person_id,
        values=row.values,
        state=row.state,
        created_at=row.created_at,
        withdrawn_at=row.withdrawn_at,
        practice=bool(row.practice),
        address_id=row.address_id,
        verdict=row.verdict,
        revision=row.revision,
    )


async def _report_numbered(tx: AsyncConnection, wanted: list[ReportNumbered], known: Associations) -> Values:
    values: Values = dict.fromkeys(wanted)
    for row in await rows(tx, _NUMBERED, {"numbers": [fact.number for fact in wanted]}):
        values[ReportNumbered(row.number)] = report(row)
    return values


async def _last_report(tx: AsyncConnection, wanted: list[LastReport], known: Associations) -> Values:
    """Three queries, however many people: the last number of each, of each phone, then those reports."""
    people_ids = sorted({number for fact in wanted for number in fact.person_ids})
    of_person = {row[0]: row[1] for row in await rows(tx, _LAST_OF_PERSON, {"ids": people_ids})}
    phones = sorted({fact.address_id for fact in wanted if fact.address_id is not None})
    of_phone = {row[0]: row[1] for row in await rows(tx, _LAST_OF_PHONE, {"ids": phones})}
    last = {
        fact: max(of_phone.get(fact.address_id, 0), *(of_person.get(one, 0) for one in fact.person_ids), 0)
        for fact in wanted
    }
    found = {}
    if numbers := sorted(set(last.values()) - {0}):
        found = {row.number: report(row) for row in await rows(tx, _NUMBERED, {"numbers": numbers})}
    return {fact: found.get(number) for fact, number in last.items()}


async def _reports_on(tx: AsyncConnection, wanted: list[ReportsOn], known: Associations) -> Values:
    """Asked for all associations, forms and days at once; what one has on another one's day is left out here."""
    found: dict[Fact, list[Report]] = {fact: [] for fact in wanted}
    there = {
        "associations": sorted({fact.association_id for fact in wanted}),
        "forms": sorted({fact.form for fact in wanted}),
        "days": sorted({fact.day for fact in wanted}),
    }
    for row in await rows(tx, _SAME_DAYS, there):
        if (fact := ReportsOn(row.association_id, row.form, row.day)) in found:
            found[fact].append(report(row))
    return {fact: tuple(those) for fact, those in found.items()}


async def _report_of_card(tx: AsyncConnection, wanted: list[ReportOfCard], known: Associations) -> Values:
    values: Values = dict.fromkeys(wanted)
    for row in await tx.execute(select(reports).where(reports.c.card.in_([fact.card for fact in wanted]))):
        values[ReportOfCard(row.card)] = report(row)
    return values


async def _report_of_message(tx: AsyncConnection, wanted: list[ReportOfMessage], known: Associations) -> Values:
    """What arrived is personal and may be encrypted, so it is compared here; her last reports are few."""
    values: Values = dict.fromkeys(wanted)
    for fact in wanted:
        theirs = (
            select(inbox.c.data, reports)
            .join(reports, reports.c.card == inbox.c.id)
            .where(inbox.c.address_id == fact.address_id)
            .order_by(reports.c.number.desc())
            .limit(_LAST_REPORTS)
        )
        rows = (await tx.execute(theirs)).all()
        values[fact] = next((report(row) for row in rows if (row.data or {}).get("message") == fact.message), None)
    return values


_LAST_REPORTS = 50


async def _people_named(tx: AsyncConnection, wanted: list[PeopleNamed], known: Associations) -> Values:
    """Names are compared here, not in SQL: once they are encrypted the database cannot compare them."""
    values: Values = {}
    for fact in wanted:
        words = set(fact.words)
        meant = {a.id for a in known.values() if plain(a.sms_name) in words or set(plain(a.name).split()) <= words}
        found: list[Person] = []
        if meant:
            rows = await tx.execute(
                select(people.c.id).where(people.c.association_id.in_(meant), people.c.left_at.is_(None))
            )
            members = await by_ids(tx, list(rows.scalars()), known)
            found = [p for p in members.values() if words & {plain(p.sms_name), *plain(p.name).split()}]
        values[fact] = tuple(found)
    return values


async def _person_numbered(tx: AsyncConnection, wanted: list[PersonNumbered], known: Associations) -> Values:
    found = await by_ids(tx, [fact.person_id for fact in wanted], known)
    return {fact: found.get(fact.person_id) for fact in wanted}


async def _people_of_phone(tx: AsyncConnection, wanted: list[PeopleOfPhone], known: Associations) -> Values:
    values: Values = {}
    for fact in wanted:
        rows = await tx.execute(
            select(people_addresses.c.person_id)
            .join(addresses, addresses.c.id == people_addresses.c.address_id)
            .where(addresses.c.scheme == "tel", addresses.c.value == fact.phone)
            .order_by(people_addresses.c.person_id)
        )
        found = await by_ids(tx, list(rows.scalars()), known)
        values[fact] = tuple(found.values())
    return values


async def _next_number(tx: AsyncConnection, wanted: list[NextNumber], known: Associations) -> Values:
    return {wanted[0]: await next_number(tx, "last_report")}


async def _token_owner(tx: AsyncConnection, wanted: list[TokenOwner], known: Associations) -> Values:
    values: Values = dict.fromkeys(wanted)
    digests: Mapping[str, TokenOwner] = {digest(fact.token): fact for fact in wanted}
    rows = (
        await tx.execute(select(tokens).where(tokens.c.digest.in_(list(digests)), tokens.c.used_at.is_(None)))
    ).all()
    found = await by_ids(tx, [row.person_id for row in rows], known)
    for row in rows:
        values[digests[row.digest]] = found.get(row.person_id)
    return values


Loader = Callable[[AsyncConnection, Any, Associations], Awaitable[Values]]
LOADERS: dict[type, Loader] = {
    FiguresOf: _figures_of,
    ReportNumbered: _report_numbered,
    LastReport: _last_report,
    ReportsOn: _reports_on,
    ReportOfCard: _report_of_card,
    ReportOfMessage: _report_of_message,
    PeopleNamed: _people_named,
    PersonNumbered: _person_numbered,
    PeopleOfPhone: _people_of_phone,
    NextNumber: _next_number,
    TokenOwner: _token_owner,
    **recipients.LOADERS,
    **team.LOADERS,
    **tips.LOADERS,
    **questions.LOADERS,
    **lessons.LOADERS,
    **partners.LOADERS,
    **reminders.LOADERS,
    **sealed.LOADERS,
    **links.LOADERS,
    **elsewhere.LOADERS,
    **uncertain.LOADERS,
    **sessions.LOADERS,
    **countings.LOADERS,
}
