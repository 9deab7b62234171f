"""The words behind words.py, as tables: command words, yes and no, questions, sensitive words.

All entries are plain (small letters, no accents). Kirundi and Swahili entries are drafts until native
speakers from Rutana have read them (conversations 1.7); a correction here is a correction everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


KEYWORDS: Final[Mapping[str, tuple[str, ...]]] = {
    # Kirundi "reka" (leave it) is everyday speech and CANCEL must not unsubscribe (conversations 1.6)
    "stop": ("stop", "arret", "arreter", "hagarika", "acha"),
    "start": ("start",),
    "help": ("help", "aide", "fasha", "msaada", "imfashanyo", "menu"),
    "fix": ("fix", "corr", "corriger", "kosoa", "gukosora"),
    "back": ("back", "retour"),
    "language": ("lang", "langue", "ururimi", "lugha", "language"),
    "call": ("call", "appel", "appeler", "mumpamagare", "nipigie"),
    "data": ("data", "mydata", "donnees", "amakuru", "taarifa"),
    "delete": ("delete", "effacer", "futa"),
    "problem": ("problem", "complaint", "probleme", "plainte", "ingorane", "tatizo", "malalamiko"),
    "cancel": ("cancel", "annuler"),
    "mentor": ("mentor", "kubaza", "mshauri"),
    "lesson": ("lesson", "lecon", "icigwa", "somo"),
    "totals": ("total", "totals", "totaux", "ibitigiri", "jumla"),
    "road": ("road", "voie", "inzira", "njia", "sms", "telegram", "whatsapp"),
}

COURTESY: Final = _words(
    "please thanks thank you merci beaucoup bien svp stp murakoze cane neza asante sana tafadhali"
)
"""May follow a yes or a no without changing it."""

COUNTED: Final = _words(
    "femme femmes homme hommes personne personnes jeune jeunes nouveau nouveaux nouvelle nouvelles membre membres"
    " formation formations jour jours sac sacs woman women man men person people youth new member members training"
    " trainings day days bag bags abakenyezi abagore abagabo abantu urwaruka bashasha inyigisho imisi imifuko"
    " wanawake wanaume watu vijana wapya mafunzo siku magunia kg kilo kilos fbu bif francs"
)
"""A digit before one of these counts them: it is not the menu's."""

ACKNOWLEDGES: Final = _words(
    "thanks thank merci bien murakoze asante ok okay d'accord daccord sawa \U0001f44d \U0001f44c \U0001f64f"
)
"""Alone they say that a text arrived; a yes may be the late answer to a question, and so is none of them."""

YES: Final = _words(
    "yes yeah yep ok okay oui ouais d'accord daccord ego eego yego ndiyo ndio ndyo naam sawa exact exactement correct"
    " nivyo kweli"
)
NO: Final = _words("no nope non oya oyaa hoya hapana siyo")
"""Kirundi "no" joins words ("no kurima"), so only a whole message counts, see words.yes_no."""
NO_WITHOUT_COURTESY_OF: Final = frozenset(("murakoze", "cane"))
"""After a bare "no" these make the message Kirundi, where "no" means "and"."""

NO_COMMANDS: Final = _words("inzara plante")
"""Words of their own, one letter from a command: inzara is hunger, inzira the road; plante is no plainte."""

NO_NEAR_MISS: Final = _words(
    "ferme fermes pommes nommes hotel hotels chine haine chaise agir jaune jaunes retourne retourner nombre zero"
    " vendre demarche manche passe passee passes pris prise prive prime prie marches transfert transforme agent"
    " agents train trains urgent urgente urgents grain grains instants voile plume pese reperer separer preparer anne"
    " chair home june makes mates miles mall hotels hopes holes hates displayed pressing transportation"
    " transform rice train brain drain goods lots loss losses lose mother bother brother coast broke prize pride"
    " stepped passed caused march monkey leather remember mali gari"
    " km cm mm kg gr mn hr hrs dr my many dry why"
)
"""Words of their own that are one letter from one of a form, a month or a weekday, or are made of its labels."""

HELD: Final = _words("did done held tenu tenue organise organisee twarakoze twarayikoze twayikoze une un")
PERIODS: Final = _words("semaine mois week month ndwi indwi ukwezi kwezi wiki mwezi la ce cette this")
"""Around "yes, we did" and "yes, last week" they say no more than that."""

GREETINGS: Final = _words(
    "bonjour bonsoir salut hello hi good morning evening afternoon amahoro bwakeye mwaramutse mwiriwe habari jambo"
    " salama shikamoo"
)
"""Around a report they say nothing of it."""

WISHES: Final = _words("bon bonne journee soiree nuit day night monsieur madame mr mme chef")
"""Nor do these, which alone are no greeting."""

POLITE: Final = COURTESY | GREETINGS | WISHES | YES
"""What people add to whatever they say."""

REGRETS: Final = _words(
    "pardon sorry desole desolee excusez excuse erreur oops mistake plutot rather non no oya hapana siyo samahani"
    " mbabarira imbabazi kosa c'est c'etait cetait it's"
)
"""Before what is right they say that something was not."""

DENIES: Final = REGRETS | _words(
    "pas faux fausse annule annuler annulez cancel wrong not erreurs corriger corr fix sauf sans mais but except"
    " without n'est si sivyo nta ntabwo sio bado futa effacez effacer supprimez enlever remove delete environ about"
    " presque maybe perhaps around ou or canke au etre"
)
"""Words that may take back, or make uncertain, what was said before them."""

IT_IS: Final = _words(
    "c'est cest it's its this is ni ndi je suis moi i am me my name jewe mimi ici here hapa oui yes ego"
    " colline umutumba kilima hill a de la ku kuri mu sur at in"
)
"""Around a name that was asked for, of a person, a place or an association, they say nothing."""

GREETS: Final[Mapping[str, frozenset[str]]] = {"amakuru": _words("yanje yacu")}
"""A command word that is an everyday greeting too -> what stands behind it where it is the command ("my news")."""

FILLERS: Final = _words(
    "et and na no ni de des du le la les the of a an il y ya wa za oim fbu bif frw fr francs franc"
    " dont including incl with avec pour for zo kandi frs"
    # what a sentence around the figures is made of; no word of it denies, doubts, or speaks of a day to come
    " it its it's is was were are there we had came come attended trained have in on at"
    " c'etait cetait c'est cest etait etaient etions sommes avait avons avaient sont nous on fait faite forme venu"
    " nombre number igitigiri idadi colline umutumba kilima"
    " venus venue venues participe participants presents sur en rapport report ce"
    " ca elle"
    " bari hari twari haje twagize twarigishije twigishije twatanze ku bijanye icegeranyo"
    " walihudhuria waliohudhuria"
    " walikuwa kulikuwa ilikuwa tulikuwa walikuja tumefanya tulifanya tulifundisha ripoti kuhusu"
)
"""Words that carry no value in a report line; the grammar may pass over them unless a form uses them."""

MONEY: Final = _words("argent money amahera amafaranga pesa faranga francs shilingi")
PRICE: Final = _words("prix price bei ibiciro igiciro")
"""Beside an amount both say what it is, though money and prices may be a problem too."""

UNITS: Final = _words(
    "sac sacs bag bags kg kgs kilo kilos tonne tonnes litre litres liter liters caisse caisses bidon bidons"
    " imifuko umufuko ibiro ikiro amalitiro magunia gunia mifuko"
)
"""What a stock is counted in."""

QUESTIONS: Final = (
    "how", "what", "when", "where", "why", "who", "which", "can i", "can we", "can you", "could i", "could we",
    "could you", "do i", "do we", "do you", "is it", "is there", "are there", "are you", "should i", "should we",
    "comment", "pourquoi", "quand", "ou est", "ou sont", "ou se", "quel", "quelle", "quels", "quelles", "combien",
    "est ce que", "est ce qu", "qu'est", "qui est", "que faire", "que dois", "que faut",
    "gute", "nigute", "ni gute", "kuki", "ryari", "hehe", "ni hehe", "nde", "ninde", "ni nde", "iki", "ni iki",
    "ni ryari", "kubera iki", "mbega", "angahe", "bangahe",
    "vipi", "kwa nini", "kwanini", "lini", "wapi", "nani", "nini", "gani", "namna gani", "je ni", "je nini",
)  # fmt: skip
"""What a question begins with (conversations 1.6); bare "ou", "none", "je" mean other things in another language."""

SENSITIVE: Final[Mapping[str, tuple[str, ...]]] = {
    "en": (
        "rape", "raped", "rapist", "abuse", "abused", "abuses", "harass", "harassed", "harassment", "assault",
        "assaulted", "molested", "sexual", "sex", "sleep with", "violence", "violent", "threatened", "threatens",
        "beaten", "beat me", "beats me", "hit me", "hits me", "suicide", "kill me", "kill myself", "afraid of",
        "i am afraid", "i'm afraid", "want to die",
        "touched me", "touches me", "forced me", "bribe", "bribes", "raping", "rapes", "harassing", "harasses",
        "molest", "molests", "touching me", "touches the girls", "touches girls", "touches women",
        "touches the women", "sleeps with", "slept with", "beats her", "beat her", "threatening",
        "child marriage", "forced marriage", "my breast", "my breasts", "kissed me", "forced himself", "me pregnant",
        "touched my daughter", "attacked me", "kill us", "kill him", "kill her", "beat my child", "hit my son",
        "hit my daughter", "hit my child", "grabbed me",
    ),
    "fr": (
        "viol", "violee", "viole", "violer", "abus", "abuse", "abusee", "harcelement", "harcele", "harcelee",
        "agression", "agresse", "agressee", "attouchement", "attouchements", "sexuel", "sexuelle", "sexe",
        "coucher avec", "violence", "violences", "violent", "menace", "menacee", "menaces", "battue", "me bat",
        "m'a battue", "m'a battu", "m'a frappe", "m'a frappee", "suicide", "me tuer", "peur de lui",
        "j'ai peur", "m'a touche", "me toucher", "veux mourir", "faveurs",
        "m'a touchee", "m'a forcee", "m'a force", "corruption", "pot de vin", "harceler", "touche les filles",
        "touche les femmes", "couche avec", "fille de force", "femme de force", "pris de force", "prise de force",
        "mariage force", "me battre", "bat sa femme", "bat les femmes", "de coucher", "me drague", "me draguer",
        "fait des avances", "me tape", "me frappe", "m'a tape", "m'a tapee", "mes fesses", "mes seins",
        "m'a embrassee", "enceinte de", "touche ma fille", "nous menacent", "nous bat", "me suicider",
        "frappe mon enfant", "exploitation sexuelle",
    ),
    # "kubaka" alone is Kirundi "to build" and Swahili "to rape": never list it
    "rn": (
        "ku nguvu", "ihohoterwa", "guhohoterwa", "guhohotera", "yampohoteye", "yarampohoteye", "yankubise",
        "yarankubise", "arankubita", "gukubitwa", "kwiyahura", "niyahura", "iterabwoba", "yanteye ubwoba",
        "ndafise ubwoba", "mfise ubwoba", "yankozeko", "nshaka gupfa", "igitsina", "kuryamana", "turyamane", "ruswa",
        "turyamana", "ndyamana", "arantera ubwoba", "barantera ubwoba", "yantera ubwoba", "baradukubita",
        "kunyica", "amabere yanje",
    ),
    "sw": (
        "ubakaji", "kubakwa", "amebakwa", "nimebakwa", "alinibaka", "amenibaka", "unyanyasaji", "kunyanyaswa",
        "ananinyanyasa", "ukatili", "kingono", "ngono", "vitisho", "ananitisha", "kujiua", "alinipiga",
        "amenipiga", "ananipiga", "kulala naye", "naogopa", "ninaogopa", "nataka kufa",
        "ananitishia", "alinigusa", "amenigusa", "rushwa", "hongo", "kulala nami", "alale nami", "ananigusa",
        "anawagusa", "kunigusa", "kunipiga", "kunibaka", "ndoa ya utotoni", "nilale naye", "ananitongoza",
        "ananisumbua", "matiti yangu", "anatupiga", "kuniua", "wataniua", "ananilazimisha", "alinilazimisha",
        "alinitisha",
    ),
}  # fmt: skip
"""A message with one of these goes to the sealed queue with a neutral answer (conversations J2)."""

DRAFT: Final = frozenset(("rn", "sw"))
"""Languages whose words no native speaker has signed yet."""

# "back" is in no list: the Kirundi and Swahili texts tell her to send BACK
_WORDS_OF: Final[Mapping[str, str]] = {
    "rn": (
        "ni na mu ku nta canke kandi ariko cane murakoze ego oya abakenyezi abagabo bashasha inyigisho turi twari"
        " twagize turafise dufise mfise nfise ishirahamwe amahera uyu umusi ejo haheze hirya gute iki ryari hehe"
        " ubu bari twebwe jewe mwaramutse mwiriwe bwakeye amakuru icegeranyo rungika umuceri ndashaka turashaka"
        " ndasaba turasaba ingorane fasha imfashanyo hagarika ururimi ibitigiri gukosora urwaruka umutumba"
        " guhingura ubudandaji abantu bose umwe ico ivyo ibi iyi iyo uwo abo kugira gukora twakoze mbega"
    ),
    "fr": (
        "le la les des du un une et est dans pour avec nous vous je pas ne sur que qui merci bonjour bonsoir"
        " femmes hommes nouveaux nouvelles nouvelle nouveau formation oui non aide comment pourquoi quand combien"
        " avons ai suis sont etait aujourd'hui hier il elle mon ma notre nos votre au aux ce cette mais plus"
        " personnes jeunes probleme plainte retour langue appel arret effacer annuler donnees totaux encore"
    ),
    "sw": (
        "ya wa kwa ni na la za katika lakini sana asante ndiyo hapana wanawake wanaume wapya mafunzo tuna nina"
        " tunahitaji nahitaji naomba tunaomba habari leo jana juzi hakuna pamoja bado sasa kuna yetu yangu wetu"
        " mimi sisi biashara tatizo msaada lugha pesa nipigie taarifa acha kosoa jumla vijana watu tulifanya"
        " tumefanya usindikaji vipi nini lini wapi gani hii hiyo huyu kama"
    ),
    "en": (
        "the and is are was were we you they with for not have has had women men new training please thank thanks"
        " hello yes help how what when where why of to in my our this that it but who which yesterday today"
        " people problem call delete language young need want came did do"
    ),
}


def _exclusive(lists: Mapping[str, str]) -> dict[str, str]:
    """Word -> language, for words that only one of the languages has."""
    owner: dict[str, str] = {}
    shared: set[str] = set()
    for language, words in lists.items():
        for word in words.split():
            if owner.setdefault(word, language) != language:
                shared.add(word)
    return {word: language for word, language in owner.items() if word not in shared}


LANGUAGE_OF: Final[Mapping[str, str]] = _exclusive(_WORDS_OF)
"""Word -> the only one of our languages that has it."""
