"""The contract's part about receiving, for gammu-smsd: its provider is a folder, so nobody calls us."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.channels.base import Recorder
from bot.channels.gammu import Gammu
from bot.errors import DatabaseError
from bot.settings import Gammu as Settings
from tests.bot.channels.test_gammu import NAME, channel, sms
from tests.contracts.channel_contract import Receiving
from tests.contracts.channel_kit import Call, Kit, Sample
from tests.gammu import folders

NOW_NS = 1_795_487_454_000_000_000


def file(content: bytes, name: str = NAME, place: str = "inbox", at_ns: int = NOW_NS) -> Call:
    return Call("FILE", f"{place}/{name}", str(at_ns).encode(), content)


def ours(place: str) -> Call:
    return file(b"", "OUTA_0000000000000000041_0_+25779123456_41-0123456789ab.txt", place)


class GammuKit(Kit):
    samples = {
        "received": Sample(file(sms()), 1),
        "unicode": Sample(file(sms("Ça 😀", coding="Unicode_No_Compression")), 1),
        "short sender": Sample(file(sms(), NAME.replace("+25779123456", "ECONET")), 1),
        "local sender": Sample(file(sms(), NAME.replace("+25779123456", "79123456")), 1),
        "empty": Sample(file(sms("")), 1),
        "8bit": Sample(file(sms("Ego", coding="8bit")), 1),
        "report": Sample(file(sms(pdu="Status_Report"))),
        "sent": Sample(ours("sent"), 0, ("sent",)),
        "failed": Sample(ours("error"), 0, ("failed",)),
    }
    ego = (file(sms()), file(sms(), at_ns=NOW_NS + 4_000_000))

    def channel(self, url: str) -> Gammu:
        return Gammu(Settings(folder="gammu"), Path("/nowhere"))

    async def deliver(self, intake: Recorder, *calls: Call) -> set[int]:
        """200: the file is gone; 503: it is there still. The same call again is the file that a kill left."""
        with TemporaryDirectory() as place:
            made, inode = channel(folders(Path(place))), Path(place) / "kept"
            statuses = set()
            for call in calls:
                path = Path(place) / call.path
                if not inode.exists():
                    inode.write_bytes(call.body)
                os.link(inode, path)
                os.utime(path, ns=(int(call.query), int(call.query)))
                try:
                    await made._look(intake)
                except DatabaseError:
                    statuses.add(503)
                    path.unlink()
                else:
                    statuses.add(503 if path.exists() else 200)
            return statuses


class TestGammu(Receiving):
    kit = GammuKit()
