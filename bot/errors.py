"""The error tree. An error carries the decision, so that a worker asks it instead of guessing.

BotError
+-- SettingsError           the settings file or environment is wrong; start-up stops
+-- FormError               a form does not load; says sheet, row, what to do
+-- DatabaseError           the database cannot be used (damaged, locked by another process, newer)
+-- SendError               a channel could not send
    +-- RetryLater          nothing left; try again after `after_s` seconds
    +-- Refused             it will never be taken (wrong number, text refused): do not retry
    +-- RecipientStopped    the recipient blocked us or said stop to the provider: address off
    +-- Ambiguous           it may have left: never a plain retry
    +-- AddressMoved        the chat has a new id; send there
    +-- ChannelMisconfigured  our account, not the recipient: stop the channel, tell a person
"""

from __future__ import annotations

from collections.abc import Sequence


class BotError(Exception):
    """Base of all errors of ours; the text says where, what and what to do, without personal data."""


class SettingsError(BotError):
    """One or more settings are wrong; the text lists all of them."""


class FormError(BotError):
    """A form definition is wrong; `problems` lists sheet, row, what was found, what to do."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class DatabaseError(BotError):
    """The database cannot be used; the text says why and how to go on. Nothing was written."""


class SendError(BotError):
    """Base of what a channel's send may raise."""


class RetryLater(SendError):
    """The provider did not take it and said so (429, 503, connection refused). Args: after_s seconds."""

    def __init__(self, reason: str, after_s: float = 30.0) -> None:
        super().__init__(reason)
        self.after_s = after_s


class Refused(SendError):
    """The provider will never take this message: wrong number, text refused."""


class RecipientStopped(SendError):
    """The recipient blocked us; the address is switched off, the person stays."""


class Ambiguous(SendError):
    """The request was written and no clear answer came: it may have been sent."""


class AddressMoved(SendError):
    """The chat has moved; `address` is the new one."""

    def __init__(self, address: str) -> None:
        super().__init__("the chat has a new id")
        self.address = address


class ChannelMisconfigured(SendError):
    """Our own account is refused (401, 403): the channel stops; `what_to_do` is for the operator."""

    def __init__(self, reason: str, what_to_do: str) -> None:
        super().__init__(f"{reason}: {what_to_do}")
        self.what_to_do = what_to_do
