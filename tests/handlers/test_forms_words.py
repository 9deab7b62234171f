"""The prompts that the shipped forms make are the texts of the catalogue, letter for letter."""

from __future__ import annotations

from datetime import date
from typing import Any

from smsutil import is_valid_gsm

from bot.forms import load_shipped
from handlers.forms import Choice, Context
from handlers.turn import Label
from tests.cases import cases

FORMS = load_shipped()
HUSKER = Label(
    {
        "en": "07A (rice husker)",
        "fr": "07A (décortiqueuse)",
        "rn": "07A (imashini y'umuceri)",
        "sw": "07A (mashine ya mpunga)",
    }
)
CTX = Context(
    date(2026, 11, 23), "en", date(2026, 4, 1), {"businesses": [Choice("07A", HUSKER)], "collines": []}, sender="OIM"
)
VALUES: dict[str, dict[str, Any]] = {
    "training": {"women": 12, "men": 7},
    "business": {"business": "07A", "quarterly": "1", "problem": "machine"},
}

CATALOGUE: dict[str, tuple[str, str, dict[str, str]]] = {
    "C1": (
        "training",
        "held_on",
        {
            "en": "Training 1/4. When? 1 today, 2 yesterday, or send day and month, example 12/11",
            "fr": "Formation 1/4. Quand? 1 aujourd'hui, 2 hier, ou le jour et le mois, exemple 12/11",
            "rn": "Inyigisho 1/4. Ryari? 1 uyu musi, 2 ejo haheze, canke umusi n'ukwezi, akarorero 12/11",
            "sw": "Mafunzo 1/4. Lini? 1 leo, 2 jana, au siku na mwezi, mfano 12/11",
        },
    ),
    "C2": (
        "training",
        "topics",
        {
            "en": "Training 2/4. Topic? 1 business 2 value chain 3 processing. Two topics: send both, example 13",
            "fr": "Formation 2/4. Thème? 1 affaires 2 chaine de valeur 3 transformation. Deux thèmes: exemple 13",
            "rn": "Inyigisho 2/4. Zerekeye? 1 ubudandaji 2 urunani rw'agaciro 3 guhingura ivyimburwa."
            " Bibiri: akarorero 13",
            "sw": "Mafunzo 2/4. Mada? 1 biashara 2 mnyororo wa thamani 3 usindikaji. Mada mbili: mfano 13",
        },
    ),
    "C3": (
        "training",
        "people",
        {
            "en": "Training 3/4. How many women, then how many men? Example for 12 women and 7 men: 12 7",
            "fr": "Formation 3/4. Combien de femmes, puis d'hommes? Exemple pour 12 femmes et 7 hommes: 12 7",
            "rn": "Inyigisho 3/4. Abakenyezi bangahe, abagabo bangahe? Akarorero: 12 7",
            "sw": "Mafunzo 3/4. Wanawake wangapi, kisha wanaume wangapi? Mfano: 12 7",
        },
    ),
    "C4": (
        "training",
        "new",
        {
            "en": "Training 4/4. Of these 19, how many NEW women, then NEW men, never counted before?"
            " Example 5 3. Nobody new: 0 0",
            "fr": "Formation 4/4. Sur ces 19, combien de NOUVELLES femmes, puis NOUVEAUX hommes, jamais comptés?"
            " Exemple 5 3. Personne: 0 0",
            "rn": "Inyigisho 4/4. Muri abo 19, abakenyezi bashasha bangahe, abagabo bashasha bangahe?"
            " Akarorero 5 3. Nta n'umwe: 0 0",
            "sw": "Mafunzo 4/4. Kati ya hao 19, wanawake wapya wangapi, wanaume wapya wangapi?"
            " Mfano 5 3. Hakuna: 0 0",
        },
    ),
    "G1": (
        "business",
        "status",
        {
            "en": "OIM: business 07A (rice husker) this month: 1 working 2 paused 3 stopped. Later: 0",
            "fr": "OIM: activité 07A (décortiqueuse) ce mois: 1 marche 2 en pause 3 arretée. Plus tard: 0",
            "rn": "OIM: ubudandaji 07A (imashini y'umuceri) uku kwezi: 1 burakora 2 burahagaze gato 3 bwarahagaze."
            " Mu nyuma: 0",
            "sw": "OIM: biashara 07A (mashine ya mpunga) mwezi huu: 1 inafanya kazi 2 imesimama kidogo 3 imefungwa."
            " Baadaye: 0",
        },
    ),
    "G2": (
        "business",
        "sales",
        {
            "en": "07A: sales this month in BIF? Send the amount, example 450000."
            " Do not know or do not want to say: send X",
            "fr": "07A: ventes de ce mois en BIF? Envoyez le montant, exemple 450000."
            " Inconnu ou vous préférez ne pas dire: X",
            "rn": "07A: mwagurishije amahera angahe uku kwezi (BIF)? Akarorero 450000."
            " Mutabizi canke mudashaka kubivuga: X",
            "sw": "07A: mauzo ya mwezi huu kwa BIF? Tuma kiasi, mfano 450000. Hujui au hutaki kusema: tuma X",
        },
    ),
    "G3": (
        "business",
        "costs",
        {
            "en": "07A: costs this month in BIF (inputs, pay, fuel, repair)? Example 210000. Do not know: X",
            "fr": "07A: dépenses de ce mois en BIF (intrants, paie, carburant, réparation)?"
            " Exemple 210000. Inconnu: X",
            "rn": "07A: mwasohoye amahera angahe uku kwezi (BIF): ivyo mwaguze, abakozi, esanse?"
            " Akarorero 210000. Mutabizi: X",
            "sw": "07A: gharama za mwezi huu kwa BIF (pembejeo, malipo, mafuta, matengenezo)? Mfano 210000. Hujui: X",
        },
    ),
    "G4": (
        "business",
        "kit",
        {
            "en": "07A: the start-up kit is 1 good 2 needs repair 3 broken 4 lost or stolen",
            "fr": "07A: le kit de démarrage est 1 bon 2 à réparer 3 en panne 4 perdu ou volé",
            "rn": "07A: ibikoresho mwahawe ni 1 vyiza 2 birakeneye gukorwa 3 vyarapfuye 4 vyarazimanganye",
            "sw": "07A: vifaa mlivyopewa: 1 vizuri 2 vinahitaji matengenezo 3 vimeharibika 4 vimepotea au kuibiwa",
        },
    ),
    "G5": (
        "business",
        "problem",
        {
            "en": "07A: biggest problem? 1 none 2 buyers 3 price 4 inputs 5 machine 6 money 7 transport"
            " 8 weather 9 other",
            "fr": "07A: plus grand problème? 1 aucun 2 clients 3 prix 4 intrants 5 machine 6 argent 7 transport"
            " 8 climat 9 autre",
            "rn": "07A: ingorane nyamukuru? 1 nta yo 2 abaguzi 3 ibiciro 4 imbuto n'ifumbire 5 imashini 6 amahera"
            " 7 gutwara 8 ikirere 9 ikindi",
            "sw": "07A: tatizo kubwa? 1 hakuna 2 wateja 3 bei 4 pembejeo 5 mashine 6 pesa 7 usafiri"
            " 8 hali ya hewa 9 lingine",
        },
    ),
    "G6": (
        "business",
        "workers",
        {
            "en": "07A: paid workers now? Women then men, example 1 2. Then stock in bags or kg, example 6 bags",
            "fr": "07A: personnes payées? Femmes puis hommes, exemple 1 2. Puis le stock, exemple 6 sacs",
            "rn": "07A: abakozi muhemba? Abakenyezi, abagabo, akarorero 1 2. Hanyuma ibiri mu bubiko,"
            " akarorero imifuko 6",
            "sw": "07A: wafanyakazi wanaolipwa? Wanawake kisha wanaume, mfano 1 2. Kisha akiba kwa magunia au kg,"
            " mfano magunia 6",
        },
    ),
    "G8": (
        "business",
        "need",
        {
            "en": "07A: what help do you need for the machine? Write one SMS, or 9 and we call you",
            "fr": "07A: de quelle aide avez-vous besoin pour la machine? Un SMS, ou 9 et nous vous appelons",
            "rn": "07A: imashini: mukeneye imfashanyo iyihe? Andika SMS imwe, canke 9 tubahamagare",
            "sw": "07A: mnahitaji msaada gani kuhusu mashine? Andika SMS moja, au 9 tutakupigia",
        },
    ),
}


@cases("key", CATALOGUE)
def test_prompts_are_those_of_the_catalogue(key: str) -> None:
    name, step, texts = CATALOGUE[key]
    form = FORMS[name]
    prompt = form.prompt(form.step(step), VALUES[name], CTX)
    assert dict(prompt.texts) == texts
    # a language without a text of its own falls back, and is never invented
    assert prompt.text("sw") == texts.get("sw", texts["fr"])


def test_every_question_that_is_asked_has_a_catalogue_text() -> None:
    asked = {(name, step) for name, step, _ in CATALOGUE.values()}
    all_asked = {(form.name, step.name) for form in FORMS.values() for step in form.steps}
    assert all_asked - asked == {("business", "business")}


@cases("name", FORMS)
def test_sms_prompts_are_one_part_in_the_sms_alphabet(name: str) -> None:
    form = FORMS[name]
    for step in form.all_steps:
        for language, text in form.prompt(step, VALUES[name], CTX).texts.items():
            assert is_valid_gsm(text.replace("\u00a0", " ")), (step.name, language, text)  # as it leaves
            assert len(text) <= 160, (step.name, language, text)
            assert not set(text) & set("çêâîôûëïœ’“”"), (step.name, language, text)


def test_chat_prompts_are_label_and_hint() -> None:
    form = FORMS["training"]
    prompt = form.prompt(form.step("topics"), {}, CTX, rich=True)
    assert prompt.text("en") == "Which topics? (several possible)"
    assert prompt.text("fr") == "Quels thèmes\u00a0? (plusieurs possibles)"


def test_drafts_are_marked() -> None:
    for form in FORMS.values():
        assert form.drafts == {"rn", "sw"}
        assert form.languages == ("en", "fr", "rn", "sw")
