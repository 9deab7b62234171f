"""The rules by which the programme counts, as they are printed under figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from bot.programme.counting.small_cells import LEAST
from bot.settings import Settings

LANGUAGES = ("en", "fr")
"""Of staff."""
_SAID: Mapping[str, tuple[str, str]] = {
    "includes": (
        "Target {target}: it includes the representatives trained by the project itself ({direct}).",
        "Cible {target}\u00a0: elle comprend les représentants formés par le projet lui-même ({direct}).",
    ),
    "excludes": (
        "Target {target}: the representatives trained by the project itself ({direct}) are not counted in it.",
        "Cible {target}\u00a0: les représentants formés par le projet lui-même ({direct}) n'y sont pas comptés.",
    ),
    "three": (
        "Attendances, new people and unique people are three figures that are never added.",
        "Présences, nouvelles personnes et personnes uniques sont trois chiffres que l'on n'additionne jamais.",
    ),
    "unique": (
        "Unique people: at least the largest number of women in one training plus the largest number of men, of each "
        "association; at most all attendances.",
        "Personnes uniques\u00a0: au moins le plus grand nombre de femmes à une formation plus le plus grand nombre "
        "d'hommes, par association\u00a0; au plus toutes les présences.",
    ),
    "members": (
        "Unique people: at least the largest number of women in one training plus the largest number of men, of each "
        "association; at most all attendances or, if less, all members.",
        "Personnes uniques\u00a0: au moins le plus grand nombre de femmes à une formation plus le plus grand nombre "
        "d'hommes, par association\u00a0; au plus toutes les présences ou, si c'est moins, tous les membres.",
    ),
    "standing": (
        "Checked: a person saw the sheet or a call confirmed it. Doubtful: a question about it is open. Reported: "
        "the rest. Rejected reports do not count.",
        "Vérifié\u00a0: une personne a vu la liste ou un appel l'a confirmé. Douteux\u00a0: une question est "
        "ouverte. Déclaré\u00a0: le reste. Les rapports refusés ne comptent pas.",
    ),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """`target` and `direct`, how many the project itself trained, are those of the place where rules are printed."""

    target: int
    includes_representatives: bool
    members_only: bool
    direct: int = 0
    step: int = LEAST
    """Groups of people are told in steps of so many (small_cells)."""
    start: date = date.min
    """The project's first day: before it nobody was reached."""

    @classmethod
    def of(cls, settings: Settings) -> Rules:
        """Those of this programme."""
        return cls(
            settings.project.target_people,
            settings.project.target_includes_representatives,
            settings.counting.members_only,
            step=settings.privacy.small_cells_below,
            start=settings.project.start,
        )

    def said(self, language: str = "en") -> Iterator[str]:
        """Sentence by sentence, in English or French."""
        keys = ["includes" if self.includes_representatives else "excludes", "three"]
        keys += ["members" if self.members_only else "unique", "standing"]
        for key in keys:
            text = _SAID[key][LANGUAGES.index(language)]
            yield text.format(target=self.target, direct=self.direct)
