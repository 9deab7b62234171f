"""W1, the conversation: a keyword and six answers, each is answered, the last stores a report. 7 in, 7 out.

It is the quarterly business report, step by step, as templates/forms/business.md asks it: working, sales,
costs, the kit, the biggest problem (none), workers and stock. Quarterly questions are asked in the last
month of a quarter, so the service runs with its clock moved there (`offset`).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

TEXTS = ("BIZ", "1", "{sales}", "210000", "1", "1", "X")
"""What a contact sends; the peers read the same seven texts."""


def text(place: int, talks: int) -> str:
    """Message 0 to 6 of a contact's conversation number `talks`. Every time she sold something else: two reports
    that are the same, figure by figure, would rightly be asked about."""
    return TEXTS[place].format(sales=450_000 + 1_000 * talks)


PROMPTS = (
    "OIM: business 07A (rice husker) this month: 1 working 2 paused 3 stopped. Later: 0",
    "07A: sales this month in BIF? Send the amount, example 450000. Do not know: send X",
    "07A: costs this month in BIF (inputs, pay, fuel, repair)? Example 210000. Do not know: X",
    "07A: the start-up kit is 1 good 2 needs repair 3 broken 4 lost or stolen",
    "07A: biggest problem? 1 none 2 buyers 3 price 4 inputs 5 machine 6 money 7 transport 8 weather 9 other",
    "07A: paid workers now? Women then men, example 1 2. Then stock in bags or kg, example 6 bags",
)
"""What the peers ask; they have one language and no catalogue."""

FIELDS = ("status", "sales", "costs", "kit", "problem", "jobs")
PER_HOUR = 4
"""Conversations one contact holds in a run: our service stops answering an address that gets more than 30
prompts an hour (an echo), so a load generator must be as many people as it pretends to be."""

FIRST_PHONE = 79_100_000
FIRST_CHAT = 100_000_000


def phone(number: int) -> str:
    """The mobile number of contact 0, 1, 2, ..."""
    return f"+257{FIRST_PHONE + number}"


def chat(number: int) -> str:
    """The Telegram chat of contact 0, 1, 2, ..."""
    return str(FIRST_CHAT + number)


def receipt(number: int, sales: int, costs: int) -> str:
    """What the peers say at the end."""
    left = sales - costs
    return f"OIM No {number} OK. 07A: working, sales {sales}, costs {costs}, left {left} BIF. Wrong? FIX {number}"


def offset(now: datetime | None = None) -> timedelta:
    """How far ahead the 15th of the next month lies in which the quarterly questions are asked."""
    now = now or datetime.now(UTC)
    month = -(-now.month // 3) * 3
    if now.month == month and now.day > 15:
        return timedelta()
    return now.replace(month=month, day=15, hour=8) - now
