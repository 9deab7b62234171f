"""The contract's part about receiving, for gammu-smsd: its provider is a folder or a file, so nobody calls us."""

from __future__ import annotations

import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.channels.base import Recorder
from bot.channels.gammu import Gammu
from bot.channels.gammu_sql import GammuSql
from bot.errors import DatabaseError
from tests.bot.channels.test_gammu import NAME, channel, sms
from tests.contracts.channel_contract import Receiving
from tests.contracts.channel_kit import Call, Kit, Sample
from tests.gammu import database, empty, folders, left, put

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
        return Gammu(Path("/nowhere"))

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


def row(text: str = "Ego", sender: str = "+25779123456", coding: str = "Default_No_Compression", **more: Any) -> Call:
    raw = text.encode("utf-8" if coding == "8bit" else "utf-16-be", "surrogatepass")
    said = {"ID": 1, "SenderNumber": sender, "Text": raw.hex(), "Coding": coding, "UDH": "", "RecipientID": ""} | more
    return Call("ROW", "inbox", b"", json.dumps([said | {"ReceivingDateTime": "2026-11-23 17:30:00"}]).encode())


def ended(*statuses: str) -> Call:
    parts = [{"SequencePosition": n, "Status": status} for n, status in enumerate(statuses, 1)]
    ours = {"ID": 7, "CreatorID": "kurikirana 41 0123456789ab", "Text": "00", "UDH": "", "SenderID": ""}
    return Call("ROW", "sentitems", b"", json.dumps([ours | part for part in parts]).encode())


class GammuSqlKit(Kit):
    samples = {
        "received": Sample(row(), 1),
        "unicode": Sample(row("Ça 😀", coding="Unicode_No_Compression"), 1),
        "short sender": Sample(row(sender="ECONET"), 1),
        "local sender": Sample(row(sender="79123456"), 1),
        "empty": Sample(row(""), 1),
        "8bit": Sample(row("Ego", coding="8bit"), 1),
        "half a letter": Sample(row("Ego \ud83d"), 1),
        "USSD": Sample(row(Class=127)),
        "sent": Sample(ended("SendingOK"), 0, ("sent",)),
        "sent, no report": Sample(ended("SendingOKNoReport"), 0, ("sent",)),
        "delivered": Sample(ended("DeliveryOK", "DeliveryOK"), 0, ("delivered",)),
        "a part on its way": Sample(ended("DeliveryOK", "DeliveryPending"), 0, ("sent",)),
        "nobody knows": Sample(ended("DeliveryUnknown"), 0, ("sent",)),
        "failed": Sample(ended("DeliveryFailed"), 0, ("failed",)),
        "a part failed": Sample(ended("SendingOK", "SendingError"), 0, ("failed",)),
        "not sent": Sample(ended("Error"), 0, ("failed",)),
    }
    ego = (row(), row(ID=2))

    def channel(self, url: str) -> GammuSql:
        return GammuSql(Path("/nowhere"))

    async def deliver(self, intake: Recorder, *calls: Call) -> set[int]:
        """As with files: the same call again is the row that a kill left. Five of fifty: each opens the file anew."""
        with TemporaryDirectory() as place:
            made, statuses = GammuSql(database(Path(place))), set()
            for call in calls[:5]:
                for each in json.loads(call.body):
                    put(made.folder, call.path, each)
                try:
                    await made._look(intake)
                except DatabaseError:
                    statuses.add(503)
                    empty(made.folder)
                else:
                    statuses.add(503 if left(made.folder) else 200)
            return statuses


class TestGammu(Receiving):
    kit = GammuKit()


class TestGammuSql(Receiving):
    kit = GammuSqlKit()
