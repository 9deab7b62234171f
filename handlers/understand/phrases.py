"""Whole messages and what they mean, as tables: a greeting before them and thanks behind do not count.

All entries are plain (small letters, no accents, an apostrophe within a word). Kirundi and Swahili entries are drafts
until native speakers from Rutana have read them.
"""

from __future__ import annotations

from typing import Final

ACKNOWLEDGED: Final = frozenset(
    ("ca marche", "c'est bon", "c'est note", "bien recu", "bien note", "entendu", "compris", "j'ai compris", "recu",
     "got it", "noted", "understood", "received", "all good", "ndabibonye", "nabibonye", "ndabitahuye", "nabitahuye",
     "bonne journee", "bonne soiree", "bonne nuit", "good night", "nimeelewa", "nimeipata", "nimepata", "sawa sawa",
     "thank you very much", "thank you so much", "thanks a lot", "thanks so much", "many thanks", "thx",
     "merci infiniment", "mille mercis", "merci bcp", "murakoze cane rwose", "turabashimiye", "turabashimira",
     "asanteni", "asanteni sana", "ahsante", "ahsante sana", "shukrani", "nashukuru", "tunashukuru")
)  # fmt: skip
"""Whole messages that say so. Kirundi and Swahili are drafts."""

SMALL_TALK: Final = frozenset(
    ("how are you", "how are you doing", "how do you do", "who is this", "who are you", "who is it", "who is writing",
     "comment ca va", "ca va", "ca va bien", "comment allez vous", "comment vas tu", "vous allez bien", "c'est qui",
     "qui est ce", "qui etes vous", "vous etes qui", "tu es qui", "qui es tu", "qui parle", "qui m'ecrit",
     "mumeze gute", "umeze gute", "mumerewe gute", "muraho", "ni nde", "ninde", "ni bande", "muri bande", "uri nde",
     "habari yako", "habari yenu", "habari gani", "habari za leo", "habari za asubuhi", "habari za mchana",
     "habari za jioni", "habari za kazi", "ndabaramukije", "amakuru y'uyu musi", "hujambo", "hamjambo", "mambo",
     "wewe ni nani", "ni nani", "nyinyi ni nani", "nani")
)  # fmt: skip
"""Whole messages that ask how or who we are: nothing for a mentor. Kirundi and Swahili are drafts."""

AFFIRMS: Final = frozenset(
    ("c'est ca", "oui c'est ca", "c'est exact", "c'est correct", "ni vyo", "ego ni vyo", "that's right")
)

AGREES: Final = frozenset(
    ("j'accepte", "je suis d'accord", "i agree", "agree", "agreed", "i accept", "ndavyemeye", "ndemeye",
     "ndabemereye", "ndabivyemeye", "nakubali", "nimekubali", "ninakubali")
)  # fmt: skip

REFUSES: Final = frozenset(
    ("je refuse", "je n'accepte pas", "pas d'accord", "je ne suis pas d'accord", "i refuse", "i do not agree",
     "i don't agree", "don't agree", "do not agree", "not agree", "sindavyemeye", "sindemera", "sindemeye", "ndanse",
     "sikubali", "sijakubali", "nakataa")
)  # fmt: skip
"""Whole messages that agree, or not, to what is asked. Kirundi and Swahili are drafts."""

NO_TRAINING: Final = frozenset(
    ("pas de formation", "aucune formation", "non pas de formation", "pas encore de formation", "no training",
     "no trainings", "nta nyigisho", "oya nta nyigisho", "hakuna mafunzo", "hapana hakuna mafunzo", "pas formation",
     "pa de formation", "pas de formation ce mois", "pas de formation cette semaine", "no training this month",
     "no training yet", "no training this week", "nta nyigisho twakoze", "nta nyigisho twatanze")
)  # fmt: skip
"""A no in the words in which the reminders offer it."""

NONE_YET: Final = frozenset(
    ("pas encore", "non pas encore", "rien", "rien encore", "zero", "not yet", "no not yet", "nothing", "nothing yet",
     "bado", "hapana bado", "nta zo", "oya nta zo", "aucun", "aucune", "non aucune", "ntayo", "oya ntayo", "hakuna",
     "nous n'avons pas fait", "on n'a pas fait", "nous n'avons rien fait", "on n'a rien fait", "on a rien fait",
     "nous n'avons pas fait de formation", "on n'a pas fait de formation", "we did not", "we did nothing",
     "we have not", "we didn't", "no we did not", "ntitwakoze", "ntitwayikoze", "hatujafanya", "bado hatujafanya",
     "hapana hatujafanya", "hatukufanya")
)  # fmt: skip
"""A whole message that says so to "did you hold a training?"."""

SENDS: Final = frozenset(
    ("envoyer", "envoyez", "envoie", "send", "send it", "rungika", "tuma", "c'est bon", "je confirme", "confirmer")
)
"""Whole messages that send what is shown."""

COMES_BACK: Final = frozenset(
    ("je veux revenir", "je reviens", "revenir", "recommencer", "je veux recommencer", "reprendre", "demarrer",
     "star", "i want to come back", "start again", "restart", "come back", "ndashaka kugaruka", "kugaruka",
     "nataka kurudi", "kurudi")
)  # fmt: skip
"""Whole messages that mean START, after STOP. Kirundi and Swahili are drafts."""

NO_QUESTION: Final = frozenset(
    ("rien", "nothing", "pas de question", "aucune question", "je n'ai pas de question", "no question", "none",
     "nta kibazo", "nta co", "ntaco", "hakuna swali", "sina swali", "hakuna")
)  # fmt: skip

REPORTS_NOW: Final = frozenset(
    ("je rapporte", "oui je rapporte", "rapporter", "je rapporte maintenant", "report now", "i report now", "report",
     "yes i report now", "ndabimenyesha", "ego ndabimenyesha", "naripoti", "ndiyo naripoti")
)  # fmt: skip
"""A whole message that chooses to report, as the reminders' own choices say it."""

LATER: Final = frozenset(
    ("later", "ask me later", "not now", "plus tard", "mu nyuma", "mumbaze mu nyuma", "baadaye", "niulize baadaye")
)
"""A whole message that puts off what is asked, as the reminders' own choices say it."""

STOP_PHRASES: Final = frozenset(
    (
        "no more sms", "no more messages", "do not write to me", "do not write to me any more", "don't write to me",
        "don't write to me any more", "stop writing to me", "stop sending me sms", "stop sending me messages",
        "do not send me sms", "don't send me sms", "do not send me messages", "don't send me messages",
        "i want to stop", "i want to leave", "i don't want sms", "i do not want sms", "i don't want your messages",
        "i do not want any more sms", "i do not want any more messages", "unsubscribe", "unsubscribe me",
        "ne m'ecrivez plus", "ne m'envoyez plus de sms", "ne m'envoyez plus de messages", "plus de sms",
        "plus de messages", "je ne veux plus de sms", "je ne veux plus de messages", "je ne veux plus vos messages",
        "je ne veux plus recevoir de sms", "je ne veux plus recevoir de messages", "je veux arreter",
        "je retire mon consentement", "i withdraw my consent",
        "arretez de m'ecrire", "arretez de m'envoyer des sms", "arretez de m'envoyer des messages", "desabonner",
        "desabonnez moi", "desinscrire", "je veux me desabonner",
        "ntimunyandikire", "ntimusubire kunyandikira", "ntimusubire kundungikira ubutumwa", "sinshaka ubundi butumwa",
        "sinshaka ubutumwa", "sinkishaka ubutumwa", "mureke kunyandikira", "muhagarike ubutumwa",
        "muhagarike kunyandikira", "ndashaka guhagarika",
        "usinitumie sms", "usinitumie tena", "usinitumie ujumbe", "usinitumie ujumbe tena", "msinitumie sms",
        "msinitumie ujumbe", "msinitumie ujumbe tena", "sitaki sms", "sitaki sms tena", "sitaki ujumbe",
        "sitaki ujumbe tena", "sitaki tena ujumbe wenu", "acheni kunitumia ujumbe", "acheni kunitumia sms",
        "nataka kuacha",
    )
)  # fmt: skip
"""Whole messages that ask for no more texts (conversations I1)."""

SAME: Final = ("la meme", "meme", "le meme", "meme chose", "same", "the same", "same training", "imwe", "ile ile")
OTHER: Final = ("autre", "autre formation", "une autre", "another", "another training", "other", "iyindi", "nyingine")
"""D4's choices. Kirundi and Swahili are drafts."""

CHANGES: Final = {
    "held_on": ("date", "jour", "day", "umusi", "itariki", "tarehe"),
    "topics": ("theme", "themes", "topic", "topics", "ivyigwa", "mada"),
    "people": ("personnes", "people", "abantu", "watu"),
    "new": ("nouveaux", "new", "bashasha", "wapya"),
    "": ("enlever", "supprimer", "remove", "gukuraho", "ondoa"),
}
"""What E1 offers of a training, by its step; '' removes it."""

_HOW: Final = (
    (("how to", "how do i", "how do we", "how can i", "how can we", "how should i", "how should we"),
     ("report", "report a training", "report trainings", "send a report", "send the report", "send my report",
      "send our report", "send reports", "make a report")),
    (("comment", "comment je peux", "comment puis je", "comment dois je", "comment peut on", "comment on peut"),
     ("rapporter", "rapporter une formation", "envoyer un rapport", "envoyer le rapport", "envoyer mon rapport",
      "envoyer notre rapport", "envoyer les rapports", "faire un rapport", "faire le rapport", "faire rapport",
      "donner le rapport")),
    (("norungika gute", "twarungika gute", "notanga gute", "gute norungika", "gute notanga"),
     ("icegeranyo", "icegeranyo c'inyigisho")),
    (("jinsi ya", "namna ya", "ninawezaje", "tunawezaje"), ("kuripoti", "kutuma ripoti")),
    (("naripoti", "nitaripoti", "tunaripoti", "natuma ripoti", "nitatuma ripoti", "ripoti natuma"), ("vipi",)),
)  # fmt: skip
BEGINS: Final = frozenset(
    ("i want to report", "i want to report training", "i want to report a training", "report training", "a report")
    + ("je veux rapporter", "je veux faire un rapport", "faire un rapport", "rapport", "rapporter une formation")
    + ("ndashaka gutanga icegeranyo", "icegeranyo", "nataka kuripoti", "ripoti")
    + tuple(f"{how} {what}" for hows, whats in _HOW for how in hows for what in whats)
)
"""Whole messages of somebody who wants to report and does not say what, or asks how: the menu says it.

Kirundi and Swahili are drafts.
"""
