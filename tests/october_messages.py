"""The 27 messages of ABAHUZA's October, and the 11 texts that nobody asked for. Kirundi and Swahili are drafts."""

from __future__ import annotations

MESSAGES: tuple[tuple[str, int, int, int, int, str, str, str, str], ...] = (
    # key, day, hour, minute, which leader, channel, kind, text, understood
    ("t3", 3, 16, 0, 0, "kannel", "text", "3 10 1 6 3 1 1", "training: saved No 3981"),
    ("sheets", 5, 9, 0, 0, "kannel", "text", "Dukeneye amafishi y'abitavye", "need"),
    ("belt1", 9, 8, 0, 0, "kannel", "text", "MENTOR umukanda w'imashini wacitse, tugire gute?", "question 571"),
    ("belt2", 9, 9, 30, 0, "kannel", "text", "Umukanda wacitse mugitondo, imashini ihagaze", "note"),
    ("belt3", 10, 10, 0, 0, "kannel", "text", "Twaronse umukanda mushasha i Rutana", "note"),
    ("belt4", 12, 8, 0, 0, "kannel", "text", "Umukanda nturakora neza, imashini iracahagaze", "note"),
    ("belt5", 13, 15, 0, 0, "kannel", "text", "Jean yaduhamagaye ku mukanda w'imashini", "note"),
    ("belt6", 14, 17, 0, 0, "kannel", "text", "Imashini irakora, umukanda warakowe", "note"),
    ("price", 16, 14, 0, 0, "kannel", "text", "MENTOR tugurishe gusekura umuceri angahe ku kiro?", "question 583"),
    ("t17", 17, 17, 0, 0, "kannel", "text", "17 10 3 9 5 2 1", "training: saved No 4038"),
    ("dry", 18, 10, 0, 0, "kannel", "text",
     "LESSON Kuva twumutsa umuceri igihe kirekire, abaguzi i Rutana bawutora batarinze guharira", "lesson 1"),
    ("dry2", 19, 9, 0, 0, "kannel", "text", "Umuceri wumye neza uragurishwa igiciro ciza", "note"),
    ("agreed", 20, 9, 0, 0, "kannel", "text", "FIX 4038 8 5", "correct: No 4038 changed"),
    ("time1", 21, 9, 0, 0, "kannel", "text", "Urwaruka ruza inyuma y'isaha icenda z'umugoroba", "note"),
    ("rain1", 23, 18, 0, 0, "kannel", "text", "Imvura nyinshi ejo, inyigisho izoba ku wa 31", "note"),
    ("credit", 24, 10, 0, 0, "kannel", "text", "MENTOR twokura hehe ingurane y'imifuko yo gupakira?", "question 598"),
    ("rain2", 24, 16, 0, 0, "kannel", "text", "Imvura yatubujije gukora inyigisho", "note"),
    ("biz", 27, 16, 0, 0, "kannel", "text", "BIZ 1 385000 228000 1 5", "business: saved No 4080"),
    ("dry3", 28, 11, 0, 0, "kannel", "text", "Abaguzi bashima umuceri wumye neza", "note"),
    ("bags", 26, 9, 0, 2, "kannel", "text", "Il nous faut des sacs d'emballage", "need"),
    ("dry4", 28, 15, 0, 2, "kannel", "text", "Le riz bien séché se vend à meilleur prix", "note"),
    ("totals", 29, 12, 0, 2, "telegram", "text", "TOTAL", "totals"),
    ("hello", 30, 9, 0, 1, "telegram", "text", "Habari, kesho mafunzo saa tisa", "note"),
    ("time2", 31, 12, 0, 1, "telegram", "text", "Leo tunaanza saa tisa ili vijana waje", "note"),
    ("t31", 31, 17, 0, 1, "telegram", "text", "31 10 23 7 4 1 0", "training: saved No 4102"),
    ("sheet", 31, 17, 5, 1, "telegram", "photo", "", "photo kept for No 4102"),
    ("voice", 31, 18, 0, 1, "telegram", "voice", "Vijana walikuja tu tulipoanza saa tisa", "lesson 2"),
)  # fmt: skip
SUBJECTS = {
    "price of quality": ("dry", "dry2", "dry3", "dry4"),
    "time of the training": ("time1", "time2", "voice"),
    "broken belt": ("belt1", "belt2", "belt3", "belt4", "belt5", "belt6"),
    "rain": ("rain1", "rain2"),
}
"""What they told, grouped as a person would: the keys of the messages."""

TEXTS_OUT: tuple[tuple[int, int, int, str, str], ...] = (
    # day, hour, which leader, kind, key of the catalogue
    (2, 9, 0, "tip", "tip"),
    (9, 11, 0, "reply", "H3"),
    (12, 9, 0, "tip", "tip"),
    (12, 10, 2, "tip", "tip"),
    (13, 9, 0, "reminder", "F1"),
    (16, 21, 0, "reply", "H3"),
    (20, 9, 0, "reply", "E2"),
    (22, 9, 1, "tip", "tip"),
    (23, 9, 0, "broadcast", "broadcast"),
    (26, 9, 0, "reminder", "G1"),
    (31, 18, 1, "reply", "T9"),
)
