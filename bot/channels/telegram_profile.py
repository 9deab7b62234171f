"""How the bot looks before anyone has written to it: its commands and what it says about itself.

Only in the languages whose texts somebody has signed. The name is left to BotFather: it is the
programme's, and Telegram lets it be changed a few times a day only.
"""

from __future__ import annotations

from collections.abc import Mapping

from telegram import Bot, BotCommandScopeChat

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

_LEADER: Mapping[str, Mapping[str, str]] = {
    "en": {
        "report": "Report a training",
        "business": "How the business goes",
        "mentor": "Ask the mentor",
        "lesson": "Tell a lesson",
        "totals": "Our totals",
        "settings": "Language",
        "mydata": "What we keep about you",
        "help": "What I can do",
        "cancel": "Throw the open report away",
        "stop": "No more messages",
    },
    "fr": {
        "formation": "Annoncer une formation",
        "activite": "Comment va l'activité",
        "mentor": "Demander au mentor",
        "lecon": "Raconter une leçon",
        "total": "Nos totaux",
        "reglages": "Langue",
        "donnees": "Ce que nous gardons sur vous",
        "aide": "Ce que je sais faire",
        "annuler": "Jeter le rapport ouvert",
        "stop": "Plus de messages",
    },
}
_OFFICER: Mapping[str, Mapping[str, str]] = {
    "en": {
        "today": "What waits for you",
        "late": "Who has not reported",
        "broadcast": "Write to many",
        "remind": "Remind an association: /remind 11",
        "inbox": "Messages without an answer",
        "association": "Open an association: /association 07",
        "find": "Find names, associations, texts",
        "summary": "What happened: /summary 07 2026-10",
        "progress": "Where we are against the target",
        "export": "Tables: /export donor 2026-10",
        "report_for": "A report by phone: /report_for 07",
        "answer": "Answer a question: /answer 608 ...",
        "visit": "Write down a visit or a call",
        "console": "A link to the pages",
        "help": "What I can do",
    },
    "fr": {
        "today": "Ce qui vous attend",
        "late": "Qui n'a pas rapporté",
        "broadcast": "Écrire à beaucoup de personnes",
        "remind": "Rappeler une association : /remind 11",
        "inbox": "Les messages sans réponse",
        "association": "Ouvrir une association : /association 07",
        "find": "Chercher noms, associations, textes",
        "summary": "Ce qui s'est passé : /summary 07 2026-10",
        "progress": "Où nous en sommes",
        "export": "Tableaux : /export donor 2026-10",
        "report_for": "Un rapport par téléphone : /report_for 07",
        "repondre": "Répondre à une question : /repondre 608 ...",
        "visite": "Noter une visite ou un appel",
        "console": "Un lien vers les pages",
        "help": "Ce que je sais faire",
    },
}
_MENTOR: Mapping[str, Mapping[str, str]] = {
    "en": {
        "answer": "Answer a question: /answer 608 ...",
        "visit": "Write down a visit or a call",
        "console": "A link to the pages",
        "language": "Choose the language",
        "help": "What I can do",
    },
    "fr": {
        "repondre": "Répondre à une question : /repondre 608 ...",
        "visite": "Noter une visite ou un appel",
        "console": "Un lien vers les pages",
        "language": "Choisir la langue",
        "help": "Ce que je sais faire",
    },
}
_OTHERS: Mapping[str, Mapping[str, str]] = {
    "en": {"console": "A link to the pages", "language": "Choose the language", "help": "What I can do"},
    "fr": {"console": "Un lien vers les pages", "language": "Choisir la langue", "help": "Ce que je sais faire"},
}
_STAFF: Mapping[str, Mapping[str, str]] = {
    "en": {
        "summary": "What happened: /summary 07 2026-10",
        "progress": "Where we are against the target",
        "export": "Tables: /export donor 2026-10",
        "find": "Find associations",
        **_OTHERS["en"],
    },
    "fr": {
        "summary": "Ce qui s'est passé : /summary 07 2026-10",
        "progress": "Où nous en sommes",
        "export": "Tableaux : /export donor 2026-10",
        "find": "Chercher des associations",
        **_OTHERS["fr"],
    },
}
_FOCAL: Mapping[str, Mapping[str, str]] = {
    "en": {"sealed": "Who asks to talk", **_OTHERS["en"]},
    "fr": {"sealed": "Qui demande à parler", **_OTHERS["fr"]},
}
SHOWN: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "leader": _LEADER,
    "officer": _OFFICER,
    "admin": _OFFICER,
    "mentor": _MENTOR,
    "staff": _STAFF,
    "safeguarding": _FOCAL,
    "supervisor": _OFFICER,
    "auditor": _OTHERS,
}
"""Who -> language -> the commands that this chat shows; all other names go on working when they are typed.
Kirundi and Swahili readers see the French ones until theirs are signed."""

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


async def show(bot: Bot, chat: str, whose: str, language: str) -> None:
    """The commands of this chat, by role and language. Raises TelegramError."""
    lists = SHOWN.get(whose, _OTHERS)
    commands = lists["en" if language == "en" else "fr"]
    await bot.set_my_commands(list(commands.items()), scope=BotCommandScopeChat(chat))
