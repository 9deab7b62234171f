"""How the bot looks before anyone has written to it: its commands and what it says about itself.

Only in the languages whose texts somebody has signed. The name is left to BotFather: it is the
programme's, and Telegram lets it be changed a few times a day only.
"""

from __future__ import annotations

from collections.abc import Mapping

from telegram import Bot

COMMANDS: Mapping[str, Mapping[str, str]] = {
    "": {
        "start": "Begin",
        "language": "Choose the language",
        "help": "What I can do",
        "privacy": "What we keep about you",
    },
    "fr": {
        "start": "Commencer",
        "language": "Choisir la langue",
        "help": "Ce que je sais faire",
        "privacy": "Ce que nous gardons sur vous",
    },
}
"""The default scope's, which is what a stranger sees; '' is for every language without its own."""

ABOUT: Mapping[str, str] = {
    "": "Follow-up for trained associations: report a training, ask a mentor, receive a lesson.",
    "fr": "Suivi des associations formées : annoncer une formation, demander un conseil, recevoir une leçon.",
}
"""At most 120 letters, since the profile page takes no more."""


async def introduce(bot: Bot) -> None:
    """Set what is not so yet. Asked first, because Telegram counts the changes, not the questions."""
    for language, commands in COMMANDS.items():
        now = await bot.get_my_commands(language_code=language)
        if {command.command: command.description for command in now} != commands:
            await bot.set_my_commands(list(commands.items()), language_code=language)
    for language, about in ABOUT.items():
        if (await bot.get_my_description(language_code=language)).description != about:
            await bot.set_my_description(about, language_code=language)
        if (await bot.get_my_short_description(language_code=language)).short_description != about:
            await bot.set_my_short_description(about, language_code=language)
