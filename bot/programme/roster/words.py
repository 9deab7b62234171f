"""What people write in a roster for what a column takes: each such word, plain, and what it is read as."""

from __future__ import annotations

from types import MappingProxyType

YES_NO = ("yes", "no")
YES_NO_WORDS = MappingProxyType(
    {"oui": "yes", "y": "yes", "o": "yes", "ego": "yes", "ndiyo": "yes", "true": "yes", "1": "yes", "x": "yes"}
    | {"non": "no", "n": "no", "oya": "no", "hapana": "no", "false": "no", "0": "no"}
)
LANGUAGES = MappingProxyType(
    {"kirundi": "rn", "ikirundi": "rn", "run": "rn", "rundi": "rn"}
    | {"francais": "fr", "french": "fr", "igifaransa": "fr", "fra": "fr", "kifaransa": "fr"}
    | {"swahili": "sw", "kiswahili": "sw", "igiswahili": "sw", "swa": "sw"}
    | {"anglais": "en", "english": "en", "icongereza": "en", "eng": "en", "kiingereza": "en"}
)
SEXES = MappingProxyType(
    {"femme": "F", "feminin": "F", "female": "F", "woman": "F", "w": "F", "umugore": "F", "umukenyezi": "F"}
    | {"homme": "M", "masculin": "M", "male": "M", "man": "M", "h": "M", "umugabo": "M"}
)
PHONE_IS = MappingProxyType(
    {"propre": "own", "personnel": "own", "a elle": "own", "a lui": "own"}
    | {"partage": "shared", "commun": "shared", "parent": "relative", "famille": "relative"}
)
CONSENTS = MappingProxyType(
    dict(YES_NO_WORDS) | dict.fromkeys(("pas demande", "non demande", "none", "not yet", "pas encore"), "not asked")
)
ROLES = MappingProxyType(
    dict.fromkeys(("agent", "agent de terrain"), "officer") | {"superviseur": "supervisor", "administrateur": "admin"}
)
HOW = MappingProxyType(
    dict.fromkeys(("papier", "signe", "signature", "signed", "ecrit", "written", "formulaire", "fiche"), "paper")
    | dict.fromkeys(("oral", "orally", "oralement", "verbal", "verbalement", "dit", "temoin"), "spoken")
)
STATUSES = MappingProxyType(
    {"deplace": "displaced", "deplacee": "displaced", "idp": "displaced"}
    | {"rapatrie": "returnee", "rapatriee": "returnee", "retourne": "returnee", "hote": "host"}
)
ROADS = MappingProxyType({"appel": "call", "telephone": "call", "text": "sms"})
YOUTH = MappingProxyType({"yes": "y", "oui": "y", "o": "y", "ego": "y", "no": "n", "non": "n", "oya": "n"})
CAN_READ = MappingProxyType(dict(YES_NO_WORDS) | {"aide": "help", "avec aide": "help", "with help": "help"})
