"""What a message says, read once: the command it is, the digit it is, and nothing guessed."""

from __future__ import annotations

import re
from functools import lru_cache

from handlers.noun import noun
from handlers.turn import Turn
from handlers.understand.text import SHORT
from handlers.understand.vocabulary import GREETINGS, GREETS
from handlers.understand.words import COURTESY, Keywords, is_sensitive, is_stop, keyword, plain, yes_no

MENU = {
    "training": "1",
    "business": "2",
    "mentor": "3",
    "lesson": "4",
    "totals": "5",
    "language": "6",
    "problem": "7",
    "data": "8",
    "call": "9",
}
COMMANDS = {
    "training": ("report", "training", "formation", "inyigisho", "mafunzo"),
    "business": ("business", "activite", "ubudandaji", "biashara"),
    "mentor": ("mentor", "kubaza", "mshauri"),
    "lesson": ("lesson", "lecon", "icigwa", "somo"),
    "totals": ("totals", "total", "totaux", "ibitigiri", "jumla"),
    "language": ("language", "langue", "ururimi", "lugha"),
    "data": ("mydata", "donnees", "amakuru", "taarifa"),
    "call": ("call me", "appelez-moi", "mumpamagare", "nipigie"),
    "help": ("help", "aide", "imfashanyo", "msaada", "menu"),
    "start": ("start",),
    "settings": ("settings", "reglages"),
    "privacy": ("privacy",),
    "cancel": ("cancel", "annuler"),
    "stop": ("stop", "guhagarika", "arret"),
}
"""The slash commands and the words of the chat's main keyboard, in every language (conversations 1.5)."""
_COMMAND_OF = {word: command for command, words in COMMANDS.items() for word in words}
_FREE_REST = ("call", "problem")
"""Commands that may be said in a sentence: a person calls in any case."""
_LED = re.compile(rf"(?:(?:{'|'.join(sorted(GREETINGS | COURTESY))})\b[\s.,;:!]*)+")
"""A greeting or a please before what she wants."""
_ONE = re.compile(r"[\s.,;:!#*()\[\]'\"]*([0-9])[\s.,;:!*()\[\]'\"]*")
_ONE_AND_WORDS = re.compile(r"([0-9])[\s.,;:!)=-]*([^\W\d_].{0,40})")
_YES_IS, _NO_IS = "1", "023"
"""The digits that stand for yes and for no where a text asks (1 yes 2 no, 0 no, 3 no)."""
_LONGEST_LABEL = 3
"""Words behind a digit of the menu: "lesson for Fair"."""
_NUMBERED = ("fix", "back")
NUMBER = re.compile(r"(?:no|n|nr|num|numero|number|report|rapport)?[\s.:\u00b0\u00ba#-]*([0-9]{1,9})\b")
"""A report's number behind FIX or BACK: 4127, No 4127, no.4127, n\u00b0 4127, #4127."""
_BEGIN_WORDS = ("help", "training", "business", "mentor", "lesson", "totals", "language", "data", "road")
_ME = COURTESY | {"moi", "me", "us", "nous", "mimi", "jewe"}
_ALONE = ("road",)
"""Words that mean something else in a sentence: "SMS nyinshi cane", "la voie est coupée"."""
_NOT_OURS = re.compile(r"[^\x00-\x7f]|\d{17}")
"""In a button's data: we write ASCII there, and no number that a database could not hold. Anybody may press what she
made up."""
_NUMBERED_DAY = re.compile(r"\bno\W{0,3}\d.*\d/\d", re.IGNORECASE | re.DOTALL)
_RECEIPT = 320
"""A receipt of ours is shorter, with what a forward puts before it."""
_LETTERS = re.compile(r"\w+")
_LONGEST_REST = 2
"""Words behind any other command; more of them are a sentence, which a person must read."""


@noun
class Said:
    """`command` is a word of the programme (stop, help, fix ...); `rest` what stood behind it."""

    text: str
    plain: str
    command: str
    rest: str
    digit: str
    """What a message says that is one digit, or one with the word that it stands for; else ''."""


def read(turn: Turn) -> Said:
    """Read the turn's message. A button's data and a keyboard's word are commands too."""
    inbound = turn.inbound
    text = inbound.text.strip()
    if inbound.kind == "button":
        data = str(inbound.data.get("data", ""))
        data = "" if _NOT_OURS.search(data) else data
        head, _, rest = data.partition(":")
        return Said(rest, rest, f"button {head}", rest, "")
    return (_read_short if len(text) <= SHORT else _read)(text, turn.address.rich, turn.programme.keywords)


def _read(text: str, rich: bool, keywords: Keywords) -> Said:
    said = plain(text)
    digit = _digit(said)
    command, rest = _command(text, said, rich, keywords)
    return Said(text, said, command, rest, digit)


_read_short = lru_cache(maxsize=2048)(_read)


def _digit(said: str) -> str:
    """The digit of "1", "1 merci" and "(1)", of a lone O, and of "1 oui" and "2 oya", where both say the same."""
    if alone := _ONE.fullmatch(said):
        return alone[1]
    if said == "o":
        return "0"
    both = _ONE_AND_WORDS.fullmatch(said)
    if both and all(word.strip(" .,!") in COURTESY for word in both[2].split()):
        return both[1]
    agreed = yes_no(both[2]) if both else None
    return both[1] if both and agreed is not None and both[1] in (_YES_IS if agreed else _NO_IS) else ""


def _of_menu(said: str, keywords: Keywords) -> str:
    """The command of "9 call me" or "5 our totals": the menu's digit with its words."""
    both = _ONE_AND_WORDS.fullmatch(said)
    words = both[2].split() if both else []
    if both is None or len(words) > _LONGEST_LABEL:
        return ""
    named = {keywords.command_of.get(word) or _COMMAND_OF.get(word, "") for word in words}
    return next((command for command in named if MENU.get(command) == both[1]), "")


def _command(text: str, said: str, rich: bool, keywords: Keywords) -> tuple[str, str]:
    if is_stop(text, keywords):
        return "stop", ""
    if is_sensitive(text):
        return "sensitive", ""
    if said.startswith("/"):
        word, _, rest = said[1:].partition(" ")
        return _COMMAND_OF.get(word.partition("@")[0], "unknown"), rest
    if rich:
        if said in keywords.labels:
            return keywords.labels[said], ""
        bare = said.lstrip("".join(c for c in said if not c.isalnum() and c != " ")).strip()
        if bare in _COMMAND_OF and not said[:1].isalnum():
            return _COMMAND_OF[bare], ""
    if command := _of_menu(said, keywords):
        return command, ""
    found = keyword(text, keywords)
    if found is None and (led := _LED.match(said)) and led.end() < len(said):
        said = said[led.end() :]  # "bonjour, appelez-moi"
        found = keyword(said, keywords)
        found = found if found and found[0] != "stop" else None  # that is a whole message only
    if found and _greets(said, found[1]):
        return "help", ""
    return found if found and _is_meant(*found) else ("", "")


def _greets(said: str, rest: str) -> bool:
    """Whether a command word is a greeting here: "Amakuru?", "Amakuru yanyu". The menu offers both."""
    first, behind = said.removesuffix(rest).strip(" .,:;!?"), rest.strip(" .,:;!?").split()
    return first in GREETS and len(behind) <= _LONGEST_REST and GREETS[first].isdisjoint(behind)


def meaning(text: str, keywords: Keywords) -> str:
    """The command that a message is in a chat; '' when it is none."""
    return _command(text, plain(text), True, keywords)[0]


def _is_meant(command: str, rest: str) -> bool:
    """Whether a message that begins with a command word is the command: not "help me to repair the husker"."""
    words = rest.split()
    if command in _FREE_REST or not words:
        return True
    if command in _ALONE:
        return False
    if command in _NUMBERED and (NUMBER.match(rest) or any(word.isdigit() for word in words)):
        return len(words) <= _LONGEST_REST
    return len(words) <= _LONGEST_REST and not any(char.isdigit() for char in rest)


def own_words(said: Said) -> bool:
    """Whether it is a sentence of her own where one is asked: no digit, no command but with words behind it.

    "aide mutuelle" to "what worked well?" asks for no help; "aide moi" does.
    """
    if said.digit or not said.text:
        return False
    behind = said.rest.split()
    return not said.command or (said.command in _BEGIN_WORDS and bool(behind) and not _ME.intersection(behind))


def copied(turn: Turn) -> str:
    """The line of a training whose receipt, hers or another's, is sent back to us; '' when it is none."""
    said, keywords = turn.inbound.text.strip(), turn.programme.keywords
    if turn.inbound.kind != "text" or len(said) > _RECEIPT or not _NUMBERED_DAY.search(said):
        return ""
    found = next(filter(None, (one.fullmatch(plain(said)) for one in keywords.receipts)), None)
    told = found.groupdict() if found else {}
    if not told or any(word in keywords.command_of for word in _LETTERS.findall(told["before"] or "")):
        return ""  # "FIX No 4127 ..." is about that report
    labels = {"women": "F", "men": "M", "new_women": "NF", "new_men": "NM", "new": "N"}
    figures = (label + told[name] for name, label in labels.items() if told.get(name))
    return " ".join((told["date"], told.get("topics") or told["topics_digits"], *figures))
