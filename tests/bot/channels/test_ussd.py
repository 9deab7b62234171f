"""USSD sessions by themselves: pages, requests that come twice, answers that come late, lost memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

from bot.channels.base import Arrival, Message, Recorder
from bot.channels.ussd import LONGEST, MORE, Sessions, pages, parts
from bot.errors import DatabaseError
from bot.render.gsm import BASIC, EXTENSION, fold
from tests.contracts.channel_kit import PHONE, Call, knock
from tests.contracts.test_channels import SECRET
from tests.contracts.test_channels_africastalking import AfricasTalkingKit

Say = Callable[[Arrival], "tuple[str, bool] | None"]


class Service(Recorder):
    """An intake with a conversation behind it: `say` gives the text and whether it asks, None for nothing yet."""

    def __init__(self, say: Say) -> None:
        super().__init__()
        self.ids: dict[str, int] = {}
        self.said: dict[str, Message] = {}
        self._say, self.sessions = say, Sessions("africastalking", b"key")

    async def arrivals(self, arrivals: Sequence[Arrival]) -> None:
        await super().arrivals(arrivals)
        for arrival in arrivals:
            if arrival.key not in self.ids:
                self.ids[arrival.key] = len(self.ids)
                if said := self._say(arrival):
                    asyncio.get_running_loop().call_soon(self.answer, arrival, *said)

    def answer(self, arrival: Arrival, text: str, asks: bool) -> bool:
        session = {"key": arrival.key, "asks": asks, "language": "en", "more": "00 More", "kept": "Kept."}
        message = self.said[arrival.key] = Message(len(self.said) + 1, PHONE, text, 1, {"session": session})
        return self.sessions.shows(message)

    async def answered(self, channel: str, keys: Sequence[str]) -> Mapping[str, Message | None]:
        return {key: self.said.get(key) for key in keys if key in self.ids}

    async def asks(self, text: str, session: str = "ATUid_1") -> str:
        return await self.sessions.ask(self, PHONE, session, text)

    def forgets(self) -> None:
        """As after a restart, or in another process."""
        self.sessions = Sessions("africastalking", b"key")

    @property
    def typed(self) -> list[str]:
        """What had a turn."""
        return list({each.key: each.text for each in self.kept}.values())


def echo(arrival: Arrival) -> tuple[str, bool]:
    return (f"You typed {arrival.text}", arrival.text != "9") if arrival.text else ("Menu", True)


async def test_a_session_is_a_conversation_and_ends_with_it() -> None:
    service = Service(echo)
    assert await service.asks("") == "CON Menu"
    assert await service.asks("1") == "CON You typed 1"
    assert await service.asks("1*12/11 3 12 7") == "CON You typed 12/11 3 12 7"
    assert await service.asks("1*12/11 3 12 7*a*b") == "CON You typed a*b", "her own star"
    assert await service.asks("1*12/11 3 12 7*a*b*9") == "END You typed 9"
    first = service.kept[0]
    assert (first.kind, first.scheme, first.address, first.data["session"]) == ("ussd", "tel", PHONE, first.key)
    assert len({each.key for each in service.kept}) == 5


@pytest.mark.fault("B11")
async def test_a_request_that_comes_again_has_one_turn_and_the_same_screen() -> None:
    service = Service(echo)
    assert await asyncio.gather(*(service.asks("") for _ in range(20))) == ["CON Menu"] * 20
    assert await asyncio.gather(*(service.asks("1") for _ in range(20))) == ["CON You typed 1"] * 20
    service.forgets()
    assert await asyncio.gather(*(service.asks("1") for _ in range(20))) == ["CON You typed 1"] * 20
    assert service.typed == ["", "1"]


async def test_after_a_restart_a_session_goes_on() -> None:
    service = Service(echo)
    await service.asks("")
    await service.asks("1")
    service.forgets()
    assert await service.asks("1*2") == "CON You typed 2"
    assert await service.asks("1*2*3") == "CON You typed 3"


async def test_digits_behind_the_code_are_one_message() -> None:
    service = Service(echo)
    assert await service.asks("12*11*3*12*7*5*3") == "CON You typed 12 11 3 12 7 5 3"
    assert await service.asks("12*11*3*12*7*5*3*1") == "CON You typed 1"
    assert await service.asks("5", "ATUid_2") == "CON You typed 5"


async def test_an_operator_that_gives_only_the_last_step() -> None:
    service = Service(echo)
    assert [await service.asks(text) for text in ("", "1", "7")] == ["CON Menu", "CON You typed 1", "CON You typed 7"]


async def test_a_long_answer_has_pages_that_make_no_turns() -> None:
    text = " ".join(f"word{number}" for number in range(60))
    service = Service(lambda arrival: (text if arrival.text == "1" else "Menu", True))
    await service.asks("")
    screens, typed = [await service.asks("1")], "1"
    while MORE in screens[-1]:
        typed += f"*{MORE}"
        screens.append(await service.asks(typed))
    assert all(len(screen) <= LONGEST and screen.startswith("CON ") for screen in screens) and len(screens) == 3
    assert " ".join(screen.removeprefix("CON ").removesuffix(f"\n{MORE} More") for screen in screens) == text
    assert await service.asks(f"{typed}*") == screens[-1], "nothing typed: the same page"
    assert await service.asks(f"{typed}**2") == "CON Menu"
    assert service.typed == ["", "1", "2"]


async def test_the_last_page_of_what_asks_nothing_ends() -> None:
    service = Service(lambda arrival: ("long " * 60, False))
    assert (await service.asks("")).startswith("CON long") and (await service.asks(MORE)).startswith("END long")


async def test_turning_a_page_after_a_restart_asks_where_things_stand() -> None:
    service = Service(lambda arrival: ("long " * 60 if arrival.text else "Menu", True))
    for text in ("", "1", f"1*{MORE}"):
        await service.asks(text)
    service.forgets()
    assert await service.asks(f"1*{MORE}*{MORE}") == "CON Menu"
    service.forgets()
    assert (await service.asks(f"1*{MORE}*{MORE}*4")).startswith("CON long"), "4 was typed, not the whole line"
    assert service.typed == ["", "1", "", "4"]


async def test_what_comes_too_late_is_not_taken_for_a_screen() -> None:
    service = Service(lambda arrival: None)
    service.sessions.within_s = 0.02
    assert await service.asks("") == "END USSD_LATER"
    assert not service.answer(service.kept[0], "Menu", asks=True), "it is for an SMS"
    assert await service.asks("") == "END USSD_LATER", "the same request, the same screen"


async def test_a_second_session_of_a_phone_takes_the_place_of_the_first() -> None:
    service = Service(echo)
    await service.asks("1", "ATUid_1")
    assert await service.asks("", "ATUid_2") == "CON Menu"
    assert len(service.sessions._phones) == 1


async def test_an_answer_goes_to_the_step_that_it_answers() -> None:
    service = Service(lambda arrival: None)
    service.sessions.within_s = 0.1
    asking = asyncio.create_task(service.asks(""))
    await asyncio.sleep(0.01)
    assert not service.sessions.shows(Message(1, PHONE, "An SMS", 1))
    assert not service.sessions.shows(Message(2, PHONE, "Another step's", 1, {"session": {"key": "other"}}))
    assert service.answer(service.kept[0], "", asks=False)
    assert await asking == "END Kept."


async def test_what_was_not_kept_comes_again() -> None:
    service = Service(echo)
    service.broken = DatabaseError("disk full")
    with pytest.raises(DatabaseError):
        await service.asks("")
    service.broken = None
    assert await service.asks("") == "CON Menu"


def test_a_screen_that_leaves_by_sms_after_all_is_counted_in_parts() -> None:
    session = {"session": {"key": "1"}}
    assert [parts(Message(1, PHONE, text, 1, session)) for text in ("", "a" * 160, "a" * 161)] == [None, 1, 2]
    assert parts(Message(1, PHONE, "an SMS", 1)) is None


@given(st.text(alphabet=BASIC + EXTENSION, max_size=900))
def test_no_page_is_too_long_and_nothing_is_lost(text: str) -> None:
    found = pages(fold(text), "00 More")
    for page in found:
        assert len(page) + sum(sign in EXTENSION for sign in page) <= LONGEST - len("CON ")
    whole = "".join(page.removesuffix("\n00 More") for page in found[:-1]) + found[-1]
    assert "".join(whole.split()) == "".join(text.split())


# --- over HTTP, as Africa's Talking calls ---

FIELDS = {"sessionId": "ATUid_43f81d8b2d8dac7b95e9e4b7", "serviceCode": "*384*57#", "networkCode": "99999"}
FIELDS |= {"phoneNumber": PHONE, "text": ""}


def call(fields: Mapping[str, str], secret: str = SECRET, method: str = "POST") -> Call:
    return Call(method, f"/channels/africastalking/{secret}/ussd", b"", urlencode(fields).encode())


@pytest.mark.fault("B19")
async def test_only_africas_talking_opens_a_session() -> None:
    channel, intake = AfricasTalkingKit().channel("http://127.0.0.1:9"), Recorder()
    for wrong in ("x", SECRET[:-1], SECRET.upper(), "é" * 9, " "):
        assert await knock(channel, intake, call(FIELDS, wrong)) == 403
    assert await knock(channel, intake, call(FIELDS, method="GET")) == 405
    for name, value in {"phoneNumber": "", "sessionId": "", "text": "1" * 1601}.items():
        assert await knock(channel, intake, call(FIELDS | {name: value})) == 400
    assert await knock(channel, intake, call(FIELDS | {"sessionId": "a b"})) == 400
    assert not intake.kept
    assert await knock(channel, Recorder(broken=DatabaseError("disk full")), call(FIELDS)) == 503


async def test_a_screen_is_plain_text() -> None:
    channel, intake = AfricasTalkingKit().channel("http://127.0.0.1:9"), Recorder()
    channel.sessions.within_s = 0.0
    said: list[dict[str, object]] = []
    events = [{"type": "http.request", "body": call(FIELDS).body, "more_body": False}]

    async def send(event: dict[str, object]) -> None:
        said.append(event)

    async def receive() -> dict[str, object]:
        return events.pop(0)

    scope = {"type": "http", "method": "POST", "path": call(FIELDS).path, "query_string": b"", "headers": []}
    await Starlette(routes=list(channel.routes(intake)))(scope | {"root_path": ""}, receive, send)
    headers = dict(said[0]["headers"])  # type: ignore[call-overload]
    assert headers[b"content-type"] == b"text/plain; charset=utf-8" and headers[b"content-length"] == b"14"
    assert said[1]["body"] == b"END USSD_LATER"
    (kept,) = intake.kept
    assert (kept.channel, kept.kind, kept.address, kept.text) == ("africastalking", "ussd", PHONE, "")
    assert PHONE[1:] not in kept.key
