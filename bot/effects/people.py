"""People: consent (append only), language, which address is whose, erasure."""

from __future__ import annotations

from typing import Any

from bot.effects.scene import Scene
from bot.store import consent as store
from bot.store import erasure
from bot.store.tokens import digest
from handlers.turn import (
    ErasePerson,
    LinkAddress,
    PreferRoad,
    RecordConsent,
    ReopenAddress,
    RoadsOf,
    SetLanguage,
    UnlinkAddress,
    UseToken,
    Wake,
)


def record_consent(effect: RecordConsent, scene: Scene) -> None:
    """Append the answer with its proof. A stop cancels what waits for any address of the person."""
    state = "yes" if effect.given == "started" else effect.given
    scene.batch.add(
        store.CONSENT,
        {
            "person_id": effect.person_id,
            "given": effect.given,
            "how": "chat" if scene.turn.address.rich else "sms",
            "text_key": effect.text_key,
            "language": scene.turn.language,
            "at": scene.now,
            "inbox_id": scene.turn.inbound.id,
        },
    )
    scene.batch.add(store.STATE, {"person": effect.person_id, "new_consent": state})
    if effect.given in ("stopped", "no"):
        scene.batch.add(store.CANCEL, {"person": effect.person_id, "this": scene.turn.inbound.id})
    scene.people_changed = True


def set_language(effect: SetLanguage, scene: Scene) -> None:
    """From the next text on."""
    scene.batch.add(store.LANGUAGE, {"person": effect.person_id, "new_language": effect.language})
    scene.people_changed = True


def prefer_road(effect: PreferRoad, scene: Scene) -> None:
    """From the next text on that nobody asked for."""
    scene.batch.add(store.ROAD, {"person": effect.person_id, "new_road": effect.road})
    scene.facts.pop(RoadsOf(effect.person_id), None)


def link_address(effect: LinkAddress, scene: Scene) -> None:
    """The address belongs to the person too."""
    scene.batch.add(store.LINK[scene.dialect], {"person_id": effect.person_id, "address_id": effect.address_id})
    scene.people_changed = True


def unlink_address(effect: UnlinkAddress, scene: Scene) -> None:
    """Nobody of ours is reached here; a blocked bot keeps its owner, a wrong number loses it."""
    scene.batch.add(store.OFF, {"address": effect.address_id, "why": effect.reason})
    if effect.reason == "wrong number":
        scene.batch.add(store.UNLINK, {"address": effect.address_id})
    scene.forget(RoadsOf)
    scene.people_changed = True


def reopen_address(effect: ReopenAddress, scene: Scene) -> None:
    """As if it had never been closed."""
    scene.batch.add(store.ON, {"address": effect.address_id})
    scene.forget(RoadsOf)
    scene.people_changed = True


def wake(effect: Wake, scene: Scene) -> None:
    """An inbox row from ourselves; each conversation is woken once by a turn for one thing."""
    whom = effect.person_id if effect.address_id is None else f"a{effect.address_id}"
    row: dict[str, Any] = {
        "wake_key": f"wake:{scene.turn.inbound.id}:{whom}:{effect.data.get('what', '')}",
        "what": {"timer": "wake", **effect.data},
        "at": scene.now,
    }
    if effect.address_id is not None:
        scene.batch.add(store.WAKE_ADDRESS, {**row, "address": effect.address_id})
    else:
        scene.batch.add(store.WAKE_CHAT if effect.chat else store.WAKE_PHONE, {**row, "person": effect.person_id})


def use_token(effect: UseToken, scene: Scene) -> None:
    """A one-time token works once."""
    scene.batch.add(store.USED, {"used": digest(effect.token), "at": scene.now})
    scene.facts.clear()


def erase(effect: ErasePerson, scene: Scene) -> None:
    """Cancel what waits for her, blank the name, the words and, once I5 has left, the number (store/erasure.py)."""
    erasure.begin(scene.batch, effect.person_id, scene.now, scene.turn.inbound.id)
    scene.people_changed = True
