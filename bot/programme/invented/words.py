"""The words of the invented programme: associations, hills, names. Nobody and nothing here exists."""

from __future__ import annotations


def _words(text: str, separator: str | None = None) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(separator) if word.strip())


# no, name in SMS, old commune, hill, new people reached in the four months
ASSOCIATIONS = _words(
    """
01 TERIMBERE Bukemba Karuzibu 12
02 TWIYUNGE Giharo Nyabisenga 12
03 DUKOREHAMWE Giharo Rutegera 15
04 TUGWIZUMWE Gitanga Kigamboro 9
05 ABANYAMWETE Mpinga-Kayove Muhororo 14
06 TURASHOBOYE Musongati Gasenyiro 10
07 ABAHUZA Rutana Kivoga 8
08 IMBONEZA Bukemba Bugarara 10
09 TUZAMURANE Giharo Kivumuro 13
10 DUTERIMBERE Giharo Nyakabande 14
11 REMESHA Gitanga Rusengero 11
12 KEREBUKA Mpinga-Kayove Mugobora 12
13 TWUNGUBUMWE Musongati Kabanzira 12
14 SANGIRA Rutana Gitwenze 9
15 TWITEHO Bukemba Nyamugariro 13
16 GARUKIRA Giharo Rukobero 11
17 SHIRUBUTE Giharo Kinyonzo 16
18 NTUSIGARE Gitanga Mubirizi 9
19 BIRASHOBOKA Mpinga-Kayove Rugwiza 13
20 UMUCO Musongati Kagunguru 11
21 INTUMBERO Rutana Butezire 11
22 TUJAMBERE Bukemba Gashirwe 12
23 UMWETE Mpinga-Kayove Nyarubanga 13
24 URUMURI Rutana Murehero 9
""",
    "\n",
)
MORE_HILLS = {
    "Bukemba": "Gihamagara Murayi-Nkuru",
    "Giharo": "Kabingozi Nyembuye",
    "Gitanga": "Ruhinga Gasakuzo",
    "Mpinga-Kayove": "Mutwazi Karindo",
    "Musongati": "Rwamabuye Nyarwubo",
    "Rutana": "Gatongera Mabawe",
}
NOW = {old: "Musongati" if old in ("Musongati", "Mpinga-Kayove", "Giharo") else "Rutana" for old in MORE_HILLS}
"""New communes; which old one went where is invented."""
WOMEN = _words(
    "Alice Angelique Anitha Annonciate Beatrice Bernadette Beline Capitoline Cecile Chantal Christella "
    "Claudine Clementine Concilie Daphrose Denise Divine Donatille Dorothee Emelyne Espérance Eugenie Evelyne "
    "Fabiola Fides Florence Floride Francine Generose Gaudence Goreth Grace Immaculee Inès Jacqueline Jeannette "
    "Josephine Judith Languide Leocadie Leonie Liliane Lydia Marceline Marguerite Marthe Médiatrice Nadine Nadia "
    "Nathalie Nicelate Odile Pascasie Perpetue Philomene Renilde Rosalie Sandrine Scholastique Spes Steria Suavis "
    "Violette Yvonne Zita"
)
MEN = _words(
    "Adolphe Alexis Aloys Ambroise Anicet Apollinaire Astere Audace Balthazar Boniface Celestin Charles Cyprien "
    "Cyriaque Deo Desire Dieudonné Donatien Edouard Elie Emmanuel Ernest Evariste Felix Ferdinand Firmin Fulgence "
    "Gabriel Gaspard Gerard Gervais Hilaire Innocent Isidore Japhet Jeremie Joachim Jonas Joseph Juvenal Lambert "
    "Laurent Leonidas Louis Lucien Melchior Nestor Nicodeme Oscar Pacifique Pierre Prosper Remy Salvator Samuel "
    "Severin Simeon Sylvestre Tharcisse Thomas Venant Zacharie"
)
SURNAMES = _words(
    "Bigirimana Bizimana Gahungu Habonimana Hakizimana Havyarimana Irakoze Irankunda Kabura Kwizera Manirakiza "
    "Mpawenimana Muhimpundu Ndayisenga Ndayizeye Ndikumana Nduwimana Ngendakumana Nibigira Nimpagaritse "
    "Ninahazwe Niyongabo Niyonkuru Niyonzima Nkurikiye Nshimirimana Nsengiyumva Ntahonkiriye Nyandwi Sabushimike"
)
KINDS = _words(
    "maize mill,cassava press,beekeeping,goats,soap,tailoring,palm oil press,vegetable seeds,poultry,bakery,"
    "market stall,pineapple juice,mushrooms,rice seed",
    ",",
)
"""Kinds of business."""
