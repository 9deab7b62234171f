"""What a message is about: topics and value chains, by words in four languages.

Kirundi and Swahili words are drafts until native speakers from Rutana have read them; a correction here is a
correction everywhere. A topic is what a mentor knows; a value chain is what an association lives from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from handlers.understand.choices import Listed, choose
from handlers.understand.text import plain

TOPICS: Final[Mapping[str, str]] = {
    "business": "business sell selling sales market customer price profit loss accounts"
    " affaires activite commerce vendre vente client prix benefice perte comptabilite"
    " ubudandaji kudandaza kugurisha isoko umukiriya igiciro inyungu igihombo"
    " biashara kuuza soko mteja bei faida hasara",
    "savings": "saving savings save loan credit bank"
    " epargne epargner pret credit banque cotisation"
    " kuziganya ingurane banki akiba mkopo benki kuweka",
    "processing": "processing process husk husker husking mill machine engine motor belt flour press drying dry"
    " transformation transformer decorticage decortiqueuse moulin moteur courroie farine presse sechage secher"
    " guhingura imashini moteri ifu gusekura gusya kwanika"
    " usindikaji mashine injini mkanda unga kusaga kukausha",
    "value_chain": "chain buyer buyers transport storage store quality packaging"
    " filiere acheteur stockage stocker qualite emballage"
    " urunani umuguzi gutwara kubika mnyororo mnunuzi usafiri kuhifadhi",
    "seeds": "seed seeds seedling fertilizer manure pest disease planting"
    " semence semences engrais fumier ravageur maladie plantation planter"
    " imbuto ifumbire udukoko indwara gutera mbegu mbolea wadudu magonjwa kupanda",
}  # fmt: skip
CHAINS: Final[Mapping[str, str]] = {
    "rice": "rice paddy riz umuceri mchele mpunga",
    "maize": "maize corn ibigori mahindi",
    "cassava": "cassava manioc imyumbati muhogo",
    "beans": "bean beans haricot haricots ibiharage maharage maharagwe",
    "palm": "palm palme amamesa mawese",
    "vegetables": "vegetable vegetables legume legumes imboga mboga",
    "goats": "goat goats chevre chevres impene mbuzi",
    "poultry": "poultry chicken hen eggs poule poules volaille oeufs inkoko amagi kuku mayai",
    "honey": "honey bee bees beekeeping miel abeille abeilles apiculture ubuki inzuki asali nyuki",
    "soap": "soap savon isabuni sabuni",
    "banana": "banana bananas banane bananes ibitoke ndizi",
    "mushrooms": "mushroom mushrooms champignon champignons ibizinu uyoga",
}

_SUBJECT_OF: Final = {
    word: name for table in (CHAINS, TOPICS) for name, words in table.items() for word in (name, *words.split())
}
_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST = 4
"""Letters of a word that nobody listed, so that it may count: "and", "de", "na" say nothing."""
_SHORTEST_NEAR = 5
"""Letters of a word that may be one of ours, misspelt."""


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, plain, without what an apostrophe joins to them (y'umuceri -> umuceri)."""
    return tuple(_WORD.findall(plain(text)))


def spelled(text: str, more: Iterable[str] = ()) -> str:
    """The text with each word that is one clear near miss of a subject's, or of one of `more`, put right."""
    known = [(words.split()[0], words.split()[1:]) for table in (CHAINS, TOPICS) for words in table.values()]
    there = Listed([*known, *((word, ()) for word in more if word not in _SUBJECT_OF)])

    def right(word: str) -> str:
        short = len(word) < _SHORTEST_NEAR  # "moto" is no motor, and "goal" no goat
        return word if short or word in _SUBJECT_OF else choose(word, there) or word

    return " ".join(map(right, words_of(text)))


def subjects(text: str) -> frozenset[str]:
    """Names of the topics and value chains that a text speaks of."""
    whole = {name for name in TOPICS if "_" in name and name.replace("_", " ") in plain(text)}
    return frozenset(whole | {_SUBJECT_OF[word] for word in words_of(text) if word in _SUBJECT_OF})


def keys(text: str) -> frozenset[str]:
    """The subjects, and the words that are none of ours but may be somebody's subject all the same."""
    return subjects(text) | {w for w in words_of(text) if w not in _SUBJECT_OF and len(w) >= _SHORTEST}
